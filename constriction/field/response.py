"""The response of a mirror cell, whatever solved it: solutions of different fineness, extrapolated."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.field.reduction.poles import ReducedModel

Report = Callable[[str], None]

RATIOS_AT_ONCE = 10_000  # so that many cases of one geometry take no memory
ROUNDING = 1e-12  # of F


@dataclass(frozen=True)
class Goal:
    """What is asked.

    The error of F(0) − F(∞), and of F at `ratios`, relative to F(0) − F(∞), within `memory` (bytes, all ranks). With
    `direct` F at the ratios is also solved directly, with `bounds` F(0) is bounded from both sides.
    """

    relative_error: float
    memory: float
    ratios: NDArray[np.complex128] = field(default_factory=lambda: np.zeros(0, dtype=np.complex128))
    direct: bool = False
    bounds: bool = False


@dataclass(frozen=True)
class Solution:
    """One mesh's or grid's answer.

    `flat_storage` = lim s·(F − depth), None for a thin gap; `direct` = F at the asked ratios. Of `seconds_mesh`, the
    part `seconds_gmsh` is spent in gmsh by rank 0 while the others wait.
    """

    model: ReducedModel
    flat_storage: float | None
    direct: NDArray[np.complex128] | None
    cells: int
    unknowns: int
    seconds_mesh: float
    seconds_gmsh: float
    seconds_solve: float


@dataclass(frozen=True)
class Response[Answer: Solution](ABC):
    """The constriction impedance of a mirror cell, F(s) − F(∞) in pitches, extrapolated from its solutions."""

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
        """What the error bar is at least, relative to `constriction`: solutions may agree by chance."""

    def _values(self, ratio: ArrayLike) -> list[NDArray[np.complex128]]:
        return [answer.model.constriction(ratio) for answer in self.solutions]

    def __call__(self, ratio: ArrayLike) -> NDArray[np.complex128]:
        """F(s) − F(∞) at ratios s, same shape."""
        return self._combine(self._values(ratio))

    @property
    def direct(self) -> NDArray[np.complex128] | None:
        """F(s) − F(∞) at the ratios that were asked to be solved directly."""
        values = [answer.direct - answer.model.depth for answer in self.solutions if answer.direct is not None]
        return self._combine(values) if values else None

    @property
    def constriction(self) -> float:
        """F(0) − F(∞): the constriction resistance in pitches per unit conductivity."""
        return float(self(0.0).real)

    @property
    def error(self) -> float:
        """Error bar of `constriction`: what the solutions' differences say, and not below `least_error`."""
        if self.constriction == 0:  # full contact, exact
            return 0.0
        least = self.least_error * abs(self.constriction)
        return max(float(self._bar(self._values(0.0))), least, ROUNDING * self.fine.model.depth)

    def spectrum_error(self, ratios: NDArray[np.complex128]) -> float:
        """The same for F at any of the ratios and at 0, where the reduced model is exact; elsewhere with a bound."""
        parts = np.array_split(ratios, 1 + ratios.size // RATIOS_AT_ONCE)
        bars = [float(np.max(self._bar(self._values(part)), initial=0.0)) for part in parts]
        return max(self.error, *bars) + (self.fine.model.error if np.any(ratios) else 0.0)

    @property
    def stored(self) -> float:
        """−F'(0)."""
        return float(self._combine([answer.model.stored for answer in self.solutions]).real)

    @property
    def flat_storage(self) -> float | None:
        """The limit of s·(F − depth) of a gap volume, None for a thin gap."""
        return None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Bounds on `constriction` from below and above, None if there are none."""
        return None
