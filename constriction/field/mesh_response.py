"""What meshes answer: one mesh's solution, and the response of the two finest, extrapolated, with its error bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.field.bounds.bounds import Bounds
from constriction.field.fineness import COARSEST_MESH, OF_VOLUMES, OF_VOLUMES_AT_REST, sectors, usual_error
from constriction.field.layers import film_caution, leak_caution, rings_for
from constriction.field.response import Goal, Response, Simplified, Solution

# What extrapolation leaves, in 95 of 100: this part of R_cstr at fineness 1, as stations come in whole numbers, and
# this part of what it adds. Measured on the library of docs/numerics/error_bars.md#calibration.
SURE_ERROR, CAUTION = 6.3e-4, 0.4
SECTORS_SHARE = 0.7  # of what sectors leave at the most
# Of the least error of what constricts, that of what a film takes: arcs are not meshed exactly, straight rims are.
OF_FILMS, OF_STRAIGHT_FILMS = 0.2, 0.05
APART = 1.5  # fineness of two meshes that are extrapolated from: of nearer ones the difference is mostly chance
# Bound on the reduced model's error, relative to R_cstr: this part of the asked one, and at the most so much: twice to
# three times the true error, of which extrapolation adds up three.
REDUCTION_SHARE, REDUCTION_TOLERANCE = 0.01, 5e-6


@dataclass(frozen=True)
class MeshSolution(Solution):
    """One mesh's answer; `bounds` if they were asked for, at each θ at rest of the goal; `rings` in its collars."""

    fineness: float
    bounds: tuple[Bounds, ...]
    rings: int = field(default=0, kw_only=True)


@dataclass(frozen=True)
class MeshResponse(Response[MeshSolution]):
    """Extrapolated from the finest mesh and one of about twice its fineness, for an error proportional to the fineness.

    `outlines`: how those of a map were simplified; None: what was meshed is what the case says. `caution`: how many
    times the usual error the cell leaves. `rims`: what part of the least error its rims leave; `straight`: all are.
    """

    outlines: Simplified | None = None
    caution: float = 1.0
    rims: float = 1.0
    straight: bool = False

    @property
    def coarse(self) -> MeshSolution:
        """The finest mesh that is coarser by far enough, or the second finest."""
        finest = self.fine.fineness
        return next((one for one in self.solutions[-2::-1] if one.fineness >= APART * finest), self.solutions[-2])

    @property
    def compared(self) -> tuple[MeshSolution, ...]:
        """As `Response`: the coarse and the fine one."""
        return self.coarse, self.fine

    @property
    def step(self) -> float:
        """Extrapolated = fine + step·(fine − coarse)."""
        return 1.0 / (self.coarse.fineness / self.fine.fineness - 1.0)

    def _combine(self, values: Sequence[ArrayLike]) -> NDArray[np.complex128]:
        return self._extrapolated(values) * self._into_bounds

    def _extrapolated(self, values: Sequence[ArrayLike]) -> NDArray[np.complex128]:
        coarse, fine = (np.asarray(value, dtype=np.complex128) for value in values[-2:])
        return np.asarray(fine + self.step * (fine - coarse))

    @cached_property
    def _into_bounds(self) -> float:
        """What takes F − depth at rest into its bounds: what is extrapolated may lie outside. All of F follows."""
        least, most = 0.0, math.inf
        for one in self.fine.bounds:
            value = float(self._extrapolated(self._values(one.theta)).real)
            if value > 0:
                least, most = max(least, one.interface[0] / value), min(most, one.interface[1] / value)
        return min(max(1.0, least), most)

    def _bar(self, values: Sequence[ArrayLike]) -> NDArray[np.float64]:
        return np.asarray(self.caution * CAUTION * np.abs(self._combine(values) - np.asarray(values[-1])))

    def reduction_share(self, relative_error: float) -> float:
        """As `Response`."""
        return reduction_share(relative_error)

    def _layers(
        self, theta: NDArray[np.complex128], scale: NDArray[np.float64], film: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        fine, constricted = self.fine, self.fine.model.interface(theta)
        if film:
            constricted = constricted - fine.model.in_film(theta)
            caution = film_caution(theta, fine.resolution, fine.rings)
            own = OF_STRAIGHT_FILMS if self.straight else OF_FILMS
            return caution, self.least_error * np.maximum(own * scale, caution * np.abs(constricted))
        # two meshes tell the error of a gap's layer, if they do not agree by chance
        least = self.least_error * np.maximum(scale, leak_caution(theta, fine.resolution) * np.abs(constricted))
        if fine.flat_storage is None:
            return np.ones(len(theta)), least
        part = np.where(np.any(theta, axis=1), 1.0, OF_VOLUMES_AT_REST / OF_VOLUMES)
        return part, least * part + (1 - part) * self._of_sectors * scale

    def resolves(self, goal: Goal) -> bool:
        """As `Response`: there are as many rings as the films need."""
        fine = self.fine
        ideal = usual_error(self.rims, fine.fineness)
        return rings_for(goal.curves, fine.model, fine.resolution, ideal, goal.relative_error) <= fine.rings

    @property
    def least_error(self) -> float:
        """What only the fineness sets; on meshes that discs alone may have, as of all rims: chance is larger there."""
        fineness = self.fine.fineness
        rims = self.rims if fineness <= COARSEST_MESH else 1.0
        return rims * self.caution * SURE_ERROR * fineness + self._of_sectors

    @property
    def _of_sectors(self) -> float:
        """What sectors leave of it."""
        return SECTORS_SHARE * sectors(self.fine.fineness)[1] * min(1.0, 2 * self.rims)

    def bounds_at(self, theta: NDArray[np.float64]) -> tuple[float, float] | None:
        """Of the finest mesh."""
        return next((one.interface for one in self.fine.bounds if np.array_equal(one.theta, theta)), None)

    @property
    def flat_storage(self) -> float | None:
        """The limit of s·(F − depth) of a gap volume, None for a thin gap."""
        if self.coarse.flat_storage is None or self.fine.flat_storage is None:
            return None
        # a boundary layer as thick as the gap is high stands on the islands' walls: the error goes with elements' width
        step = 1 / (math.sqrt(self.coarse.fineness / self.fine.fineness) - 1)
        return self.fine.flat_storage + step * (self.fine.flat_storage - self.coarse.flat_storage)


@dataclass(frozen=True)
class WholeResponse(MeshResponse):
    """Of meshes whose error bars tell all by themselves: they need no least one, and look for no layers."""

    @property
    def least_error(self) -> float:
        """None."""
        return 0.0

    def _layers(
        self, theta: NDArray[np.complex128], scale: NDArray[np.float64], film: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        del film, scale
        return np.ones(len(theta)), np.zeros(len(theta))

    def resolves(self, goal: Goal) -> bool:
        """As `Response`."""
        del goal
        return True


def reduction_share(relative_error: float) -> float:
    """The part of a curve's scale that the bound on a reduced model's error may take, from the asked error."""
    return min(REDUCTION_SHARE * relative_error, REDUCTION_TOLERANCE)
