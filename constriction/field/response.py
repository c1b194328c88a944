"""The response of a mirror cell, whatever solved it: solutions of different fineness, extrapolated."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.field.currents.spread import BarredSpread, Spread, with_bars
from constriction.field.currents.tips import BarredTip
from constriction.field.reduction.affine import Model
from constriction.field.reduction.curves import Curve, Curves

Report = Callable[[str], None]

AT_ONCE = 10_000  # θ, so that many cases of one geometry take no memory
ROUNDING = 1e-12  # of F
# Error of a current density over the contacts, relative, that error bars of its spread are for at least, and how much
# more where the layer of a film, or of a gap that leaks, is not resolved: meshes and grids of all fineness err alike.
# Measured on stripes and discs, up to 1.6 %, 10 % and 22 %, half of these where the layer is the resolution over
# UNSEEN:
# tests/verification/test_currents.py.
DENSITY_ERROR, FILM_DENSITY_ERROR, LEAK_DENSITY_ERROR, UNSEEN = 0.02, 0.1, 0.22, 2.0
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
    def resting(self) -> tuple[NDArray[np.float64], ...]:
        """The θ of ω → 0, (terms,), where current passes; none if there are several: nobody looks at their fields."""
        found = {tuple(curve.at_rest.tolist()) for curve in self.curves if curve.at_rest is not None}
        return tuple(map(np.array, found)) if len(found) == 1 else ()

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
    `seconds_mesh`, the part `seconds_gmsh` is spent in gmsh by rank 0 while the others wait. `spreads`: how the current
    at rest spreads over the contacts, at each θ of `Goal.resting` where they carry one.
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
    spreads: tuple[Spread, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Simplified:
    """How outlines that were meshed differ from those of the case.

    `farthest`: largest distance between the rims, m; `error`: what that may change in F, pitches.
    """

    farthest: float
    error: float


@dataclass(frozen=True)
class Response[Answer: Solution](ABC):
    """The interface's impedance in a mirror cell, F(θ) − depth in pitches, extrapolated from its solutions."""

    LOOKED_AT: ClassVar[int] = 2
    """How many of the finest solutions make a value."""

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

    @property
    def outlines(self) -> Simplified | None:
        """How what was solved differs from the case; None: it does not."""
        return None

    @property
    def compared(self) -> tuple[Answer, ...]:
        """The solutions that `_combine` and `_bar` look at, the finest last."""
        return self.solutions[-self.LOOKED_AT :]

    def _values(self, theta: NDArray[Any]) -> list[NDArray[np.complex128]]:
        return [answer.model.interface(theta) for answer in self.compared]

    def __call__(self, theta: NDArray[Any]) -> NDArray[np.complex128]:
        """F(θ) − depth at θ (…, terms); (…)."""
        return self._combine(self._values(theta))

    def each(self, theta: NDArray[Any]) -> NDArray[np.complex128]:
        """The same, each θ by itself: many that are asked together may be rounded otherwise than one alone."""
        return self(theta[..., None, :])[..., 0]

    def reduction_share(self, relative_error: float) -> float:
        """The part of a scale that the bound on a reduced model's error may take; infinite: it has no error."""
        return math.inf

    @property
    def direct(self) -> NDArray[np.complex128] | None:
        """F(θ) − depth at the points that were asked to be solved directly."""
        values = [answer.direct for answer in self.compared if answer.direct is not None]
        return self._combine(values) if values else None

    @property
    def constriction(self) -> float:
        """F(0) − depth of ideal contacts: their constriction resistance in pitches per unit conductivity."""
        return float(self._combine([answer.model.constriction for answer in self.compared]).real)

    def errors(self, curve: Curve) -> NDArray[np.float64]:
        """Error bars of F on `every` θ of a curve: what the solutions say, and not below `least_error`; (1 + n or n,).

        The reduced model of ideal contacts is exact at rest; elsewhere it has a bound.
        """
        curves = Curves((curve,))
        return self.errors_on(curves, curves.scale(self))

    def errors_on(self, curves: Curves, scale: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same on `every` θ of several curves, (n,), of which the scales are known, (n,)."""
        every = curves.every
        if not self.fine.cells:  # exact
            return np.zeros(len(every))
        parts = np.array_split(every, 1 + len(every) // AT_ONCE)
        bars = np.concatenate([self._bar(self._values(part)) for part in parts])
        caution, least = self._layers(every, scale, curves.members[0].film)
        bars = bars * caution
        least = np.maximum(least, ROUNDING * self.fine.model.depth)
        firsts = np.searchsorted(curves.owners, np.arange(len(curves.members)))
        rests = np.array([curve.at_rest is not None for curve in curves.members])
        if rests.any():  # what is not resolved at rest is nowhere
            at_rest = np.zeros(len(rests))
            at_rest[rests] = bars[firsts[rests]]
            least = np.maximum(least, at_rest[curves.owners])
        of_outlines = 0.0 if self.outlines is None else self.outlines.error
        return np.asarray(np.maximum(bars, least) + self.fine.model.errors_at(every) + of_outlines)

    def _layers(
        self, theta: NDArray[np.complex128], scale: NDArray[np.float64], film: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How many times the bar of ideal contacts one with layers is, and what it is at least, in pitches; (n,) each.

        At a rim the potential of a film, or of a gap that takes current, changes within 1/θ. A layer that is thinner
        than the resolution is not seen: the error then goes with ln(θ·resolution), and the difference of two solutions
        tells less of it (docs/numerics/error_bars.md#films).

        Args:
            theta: θ, (n, terms).
            scale: what errors are relative to, in pitches, (n,).
            film: whether the contact has a law.
        """
        del film
        return np.ones(len(theta)), self.least_error * scale

    def resolves(self, goal: Goal) -> bool:
        """Whether the solutions see the layers of a goal's films well enough for their error bars to hold."""
        del goal
        return True

    def ends_at_rounding(self, goal: Goal) -> bool:
        """Whether the reduced model alone misses the goal: on a finer mesh or grid it would be no better."""
        if not goal.curves:
            return False
        least = np.min(Curves(goal.curves).scale(self), initial=np.inf)
        return bool(self.fine.model.error > goal.relative_error * least)

    def misses(self, goal: Goal) -> float:
        """The largest error bar over what is allowed: at most 1 where the goal is reached."""
        if not goal.curves:
            return 0.0
        curves = Curves(goal.curves)
        scale = curves.scale(self)
        errors, allowed = self.errors_on(curves, scale), goal.relative_error * scale
        return float(np.max(errors[errors > 0] / allowed[errors > 0], initial=0.0))

    @property
    def covered(self) -> float | None:
        """F − depth where the gap conducts like metal, beside ideal contacts; None: solids' laws move it."""
        return 0.0

    @property
    def tips(self) -> tuple[BarredTip, ...]:
        """The densities of direct current at the tips of metal solids, over the mean; none without solids."""
        return ()

    @property
    def stored(self) -> float:
        """−∂F/∂θ_gap at rest of ideal contacts."""
        return float(self._combine([answer.model.stored for answer in self.compared]).real)

    def spread(self, at_rest: NDArray[np.float64] | None) -> BarredSpread | None:
        """How the current at rest spreads over the contacts at θ (terms,); None where that was not asked for."""
        if at_rest is None:
            return None
        found = [one for answer in self.compared for one in answer.spreads if np.array_equal(one.at_rest, at_rest)]
        thickness = float(at_rest.max()) * self.fine.resolution
        layer = FILM_DENSITY_ERROR if at_rest.size > 1 else LEAK_DENSITY_ERROR
        error = DENSITY_ERROR + layer * thickness / (UNSEEN + thickness)
        return with_bars(found, error if self.fine.cells else 0.0)

    @property
    def flat_storage(self) -> float | None:
        """The limit of θ_gap·(F − depth) of a gap volume, None for a thin gap."""
        return None

    def bounds_at(self, theta: NDArray[np.float64]) -> tuple[float, float] | None:
        """Bounds on F − depth from below and above at θ at rest, (terms,); None if there are none."""
        del theta
        return None
