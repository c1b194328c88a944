"""What an atlas is tabulated over: contact fraction and depth, each in a variable in which F is smooth, at Leja points.

With f the contact fraction, F has branch points at f = 0 (√f, ln f) and f = 1 (√(1 − f)), which ln(f/(1 − f)) takes
away to ±∞; over the depth d it goes as coth(2πd), of which ln d keeps the poles at a distance. Leja points are nested:
a table grows by one point at a time, and what it said there before is the error that it had.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CANDIDATES = 2001
type TableKind = Literal["ideal", "film", "zone"]
"""What a table is of: ideal contacts, contacts behind a film, or beside which the metal is lifted."""


@dataclass(frozen=True, eq=False)
class TableAxis:
    """One parameter of a table, dimensionless, at `count` points between `low` and `high`.

    Attributes:
        kind: what it is smooth in: "logit" of a share, "log" of a length.
        low: the least value, dimensionless.
        high: the largest value, dimensionless.
        count: of the points.
    """

    kind: Literal["logit", "log"]
    low: float
    high: float
    count: int

    def _smooth(self, values: Floats) -> Floats:
        return np.asarray(np.log(values / (1 - values)) if self.kind == "logit" else np.log(values))

    @cached_property
    def _ends(self) -> Floats:
        return self._smooth(np.array([self.low, self.high]))

    @cached_property
    def points(self) -> Floats:
        """Where the table is solved, dimensionless, in the order in which they were asked for; (count,)."""
        return self.between((1 + leja(self.count)) / 2)

    def between(self, places: Floats) -> Floats:
        """What lies from 0 to 1 of the way along the axis, dimensionless, even in its variable; (…)."""
        x = self._ends[0] + (self._ends[1] - self._ends[0]) * places
        values = 1 / (1 + np.exp(-x)) if self.kind == "logit" else np.exp(x)
        return np.asarray(np.clip(values, self.low, self.high))

    def unit(self, values: Floats) -> Floats:
        """The axis's variable from −1 to 1, of values clipped to it; (…)."""
        x = self._smooth(np.clip(values, self.low, self.high))
        return np.asarray(2 * (x - self._ends[0]) / (self._ends[1] - self._ends[0]) - 1)

    def weights(self, values: Floats) -> Floats:
        """What each point's value counts at other values, clipped to the axis: Lagrange's polynomials; (…, count)."""
        distances = self.unit(values)[..., None] - leja(self.count)
        at = distances == 0
        parts = self._barycentric / np.where(at, 1.0, distances)
        found = parts / parts.sum(axis=-1, keepdims=True)
        return np.asarray(np.where(at.any(axis=-1, keepdims=True), at.astype(float), found))

    @cached_property
    def _barycentric(self) -> Floats:
        x = leja(self.count)
        differences = x[:, None] - x + np.eye(len(x))
        return np.asarray(1 / np.prod(2 * differences, axis=1))  # 2: the capacity of [−1, 1] is ½


@cache
def leja(count: int) -> Floats:
    """The first Leja points of [−1, 1], each where its distances to those before have the largest product."""
    grid = -np.cos(np.linspace(0, np.pi, CANDIDATES))
    points, distance = [0.0], np.abs(grid)
    while len(points) < count:
        points.append(float(grid[np.argmax(distance)]))
        distance = distance * np.abs(grid - points[-1])
    return np.array(points[:count])
