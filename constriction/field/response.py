"""The response of a mirror cell, whatever solved it: solutions of different fineness, extrapolated."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.field.reduction.affine import Model
from constriction.field.reduction.curves import Curve

Report = Callable[[str], None]

AT_ONCE = 10_000  # θ, so that many cases of one geometry take no memory
ROUNDING = 1e-12  # of F
AT_REST = Curve(np.zeros((0, 1), dtype=np.complex128), np.zeros(1))
"""Ideal contacts and a gap that takes no current."""


@dataclass(frozen=True)
class Goal:
    """What is asked.

    The error of F on the `curves`, relative to their scales, within `memory` (bytes, all ranks). With `direct` F on
    them is also solved directly, with `bounds` F at rest is bounded from both sides.
    """

    relative_error: float
    memory: float
    curves: tuple[Curve, ...] = (AT_REST,)
    direct: bool = False
    bounds: bool = False

    @property
    def film(self) -> bool:
        """Whether the contact has a law."""
        return self.curves[0].film

    @property
    def moves(self) -> bool:
        """Whether anything but θ = 0 is asked."""
        return any(curve.moves for curve in self.curves)

    @property
    def points(self) -> NDArray[np.complex128]:
        """θ of all sweeps, (n, terms)."""
        return np.concatenate([curve.points for curve in self.curves])

    @property
    def at_rest(self) -> tuple[NDArray[np.float64], ...]:
        """The θ at rest, (terms,), that `bounds` are asked for, each once."""
        found = [curve.at_rest for curve in self.curves if self.bounds and curve.at_rest is not None and curve.finite]
        return tuple(np.unique(found, axis=0)) if found else ()


@dataclass(frozen=True)
class Solution:
    """One mesh's or grid's answer.

    `resolution`: what is thinner along the interface, in pitches, the mesh or grid does not see beside a rim.
    `flat_storage` = lim θ·(F − depth) for θ_gap → ∞, None for a thin gap; `direct` = F − depth at the goal's points. Of
    `seconds_mesh`, the part `seconds_gmsh` is spent in gmsh by rank 0 while the others wait.
    """

    model: Model
    resolution: float
    flat_storage: float | None
    direct: NDArray[np.complex128] | None
    cells: int
    unknowns: int
    seconds_mesh: float
    seconds_gmsh: float
    seconds_solve: float


@dataclass(frozen=True)
class Response[Answer: Solution](ABC):
    """The interface's impedance in a mirror cell, F(θ) − depth in pitches, extrapolated from its solutions."""

    solutions: tuple[Answer, ...]

    @property
    def fine(self) -> Answer:
        """The finest solution."""
        return self.solutions[-1]

    @abstractmethod
    def _combine(self, values: Sequence[ArrayLike]) -> NDArray[np.complex128]:
        """Extrapolate one value of each solution, all of one shape."""

    @abstractmethod
    def _bar(self, values: Sequence[ArrayLike]) -> NDArray[np.float64]:
        """The error bar that the solutions' values give, same shape."""

    @property
    @abstractmethod
    def least_error(self) -> float:
        """What the error bar is at least, relative to a curve's scale: solutions may agree by chance."""

    def _values(self, theta: NDArray[Any]) -> list[NDArray[np.complex128]]:
        return [answer.model.interface(theta) for answer in self.solutions]

    def __call__(self, theta: NDArray[Any]) -> NDArray[np.complex128]:
        """F(θ) − depth at θ (…, terms); (…)."""
        return self._combine(self._values(theta))

    @property
    def direct(self) -> NDArray[np.complex128] | None:
        """F(θ) − depth at the points that were asked to be solved directly."""
        values = [answer.direct for answer in self.solutions if answer.direct is not None]
        return self._combine(values) if values else None

    @property
    def constriction(self) -> float:
        """F(0) − depth of ideal contacts: their constriction resistance in pitches per unit conductivity."""
        return float(self._combine([answer.model.constriction for answer in self.solutions]).real)

    def errors(self, curve: Curve) -> NDArray[np.float64]:
        """Error bars of F on `every` θ of a curve: what the solutions say, and not below `least_error`; (1 + n or n,).

        The reduced model is exact at rest of ideal contacts; elsewhere it has a bound.
        """
        if not self.fine.cells:  # exact
            return np.zeros(len(curve.every))
        parts = np.array_split(curve.every, 1 + len(curve.every) // AT_ONCE)
        bars = np.concatenate([self._bar(self._values(part)) for part in parts])
        caution = self._caution(np.abs(curve.every[:, 0]) * self.fine.resolution) if curve.film else 1.0
        bars = bars * caution
        least = np.maximum(self.least_error * np.sqrt(caution) * curve.scale(self), ROUNDING * self.fine.model.depth)
        if curve.at_rest is not None:  # what is not resolved at rest is nowhere
            least = np.maximum(least, bars[0])
        reduced = curve.film | np.any(curve.every, axis=1)
        return np.asarray(np.maximum(bars, least) + np.where(reduced, self.fine.model.error, 0.0))

    def _caution(self, thickness: NDArray[np.float64]) -> NDArray[np.float64]:
        """How many times the bar of ideal contacts a film's is, by 1/(thickness of its layer) in resolutions, (n,).

        At a rim a film's potential changes within 1/θ. A layer that is thinner than the resolution is not seen: the
        error then goes with ln(θ·resolution), and the difference of two solutions tells less of it
        (docs/numerics/error_bars.md#films).
        """
        return np.ones(len(thickness))

    def misses(self, goal: Goal) -> float:
        """The largest error bar over what is allowed: at most 1 where the goal is reached."""
        return max((self._misses(curve, goal.relative_error) for curve in goal.curves), default=0.0)

    def ends_at_rounding(self, goal: Goal) -> bool:
        """Whether the reduced model alone misses the goal: on a finer mesh or grid it would be no better."""
        error = float(self.fine.model.error)
        return any(error > goal.relative_error * np.min(curve.scale(self), initial=np.inf) for curve in goal.curves)

    def _misses(self, curve: Curve, relative_error: float) -> float:
        errors, allowed = self.errors(curve), relative_error * curve.scale(self)
        return float(np.max(errors[errors > 0] / allowed[errors > 0], initial=0.0))

    @property
    def stored(self) -> float:
        """−∂F/∂θ_gap at rest of ideal contacts."""
        return float(self._combine([answer.model.stored for answer in self.solutions]).real)

    @property
    def flat_storage(self) -> float | None:
        """The limit of θ_gap·(F − depth) of a gap volume, None for a thin gap."""
        return None

    def bounds_at(self, theta: NDArray[np.float64]) -> tuple[float, float] | None:
        """Bounds on F − depth from below and above at θ at rest, (terms,); None if there are none."""
        del theta
        return None
