"""A foil lifted by the contacts of a cell: from coarse grids to a fine one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.geometry.coverage import Raster, contact_coverage
from constriction.geometry.distances import rim_distance
from constriction.geometry.patches import Layout
from constriction.geometry.plate.bending import Bending, bending, coarser, second_of
from constriction.geometry.plate.clamps import Clamp, curvature_at, hold
from constriction.geometry.plate.foil import Foil
from constriction.geometry.plate.obstacle import Rest, settle
from constriction.geometry.plate.peeling import LEAST, front_of, peel

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

COARSEST = 12.0  # cells per lifted length of the first grid
MOST_STEPS, EASED = 40, 12  # of a front on one grid, and after how many they are halved
RIM = 0.75  # cells from a rim: nodes that stand for it
LARGE, FEW_STEPS = 100_000, 6  # cells of a grid on which each step takes seconds, and how many there are
STILL = 0.02  # cells: a front that moves less has stopped


@dataclass(frozen=True, eq=False)
class LiftedFoil:
    """A foil at rest on a raster of a cell.

    `deflection` in m, (across, along), and where nodes are `free`; `reaction` of the base in Pa, zero where it does not
    touch; `problem` is its energy in units of the lift and of cells, `rest` the free nodes in these; `curvature` |Δw|
    in 1/m of the free cells, (across, along).
    """

    foil: Foil
    raster: Raster
    deflection: Floats
    reaction: Floats
    curvature: Floats
    problem: Bending
    rest: Rest

    @property
    def largest_strain(self) -> float:
        """The largest bending strain."""
        return self.foil.strain(float(self.curvature.max()))


class _Guess(NamedTuple):
    """What a coarser grid found: deflection over lift, where it touches, and the front's level in cells."""

    deflection: Floats
    touching: Marks
    level: Floats | None


def lift(layout: Layout, foil: Foil, raster: Raster) -> tuple[LiftedFoil, LiftedFoil]:
    """The foil over a cell with mirrors at its sides, and the same on a raster of cells twice as wide.

    Args:
        layout: a rectangular mirror cell with contacts and a gap.
        foil: what is lifted.
        raster: where its deflection is wanted; coarser ones of half as many cells come before.

    Raises:
        SolverError: the solution does not settle.
    """
    rasters = [raster, _halved(raster)]
    while _halves(rasters[-1]) and foil.lifted_length / max(rasters[-1].pixel[0], _depth(rasters[-1])) > COARSEST:
        rasters.append(_halved(rasters[-1]))
    guess: _Guess | None = None
    found = []
    for one in reversed(rasters):
        lifted, guess = _on(layout, foil, one, guess)
        found.append(lifted)
    return found[-1], found[-2]


def _halved(raster: Raster) -> Raster:
    return raster._replace(across=raster.across // 2, along=max(raster.along // 2, 1))


def _halves(raster: Raster) -> bool:
    return raster.across % 2 == 0 and raster.across > 8 and (raster.along == 1 or raster.along % 2 == 0)


def _depth(raster: Raster) -> float:
    """Depth of a cell in m, of a row its width."""
    return raster.pixel[1] if raster.along > 1 else raster.pixel[0]


@dataclass(frozen=True, eq=False)
class _Place:
    """A foil over contacts on one raster: `rims` in cells, `share` free of contacts; (across, along)."""

    foil: Foil
    raster: Raster
    rims: Floats
    share: Floats

    @property
    def sides(self) -> tuple[float, float]:
        """Width and depth of a cell, m."""
        return self.raster.pixel[0], _depth(self.raster)

    @property
    def side(self) -> float:
        """The root of a cell's area, m."""
        return math.sqrt(self.sides[0] * self.sides[1])

    @property
    def cell(self) -> tuple[float, float]:
        """Width and depth of a cell in its side."""
        return self.sides[0] / self.side, self.sides[1] / self.side

    @property
    def load(self) -> float:
        """The pressure over the rigidity, in sides and lifts."""
        return self.foil.pressure * self.side**4 / self.foil.rigidity / self.foil.lift

    @property
    def scale(self) -> float:
        """What loads are to be compared with: the pressure's, or where there is none a clamp's."""
        return max(self.load, (self.side / max(self.foil.lengths)) ** 4)

    @property
    def critical(self) -> float:
        """The curvature at which the front moves, in lifts and sides."""
        return math.sqrt(2 * self.foil.adhesion / self.foil.rigidity) * self.side**2 / self.foil.lift

    def problem(self, level: Floats | None) -> Bending:
        """The energy with a front, None: nothing adheres."""
        clamps, share = [Clamp(self.rims, 1.0)], self.share
        if level is not None:
            clamps.append(front_of(level))
            share = share * np.clip(0.5 + clamps[-1].distance, 0.0, 1.0)
        return bending(hold(clamps, share), self.cell, self.load)


def _on(layout: Layout, foil: Foil, raster: Raster, guess: _Guess | None) -> tuple[LiftedFoil, _Guess]:
    """The foil on one raster."""
    away = signed_distance(layout, raster) / max(raster.pixel[0], _depth(raster))
    place = _Place(foil, raster, away, _gap_share(layout, raster))
    at = _first(place) if guess is None else _finer(guess, place)
    for number in range(MOST_STEPS if away.size < LARGE else FEW_STEPS):
        problem = place.problem(at.level)
        free = problem.held.free
        rest = settle(problem, at.deflection[free], at.touching[free], place.scale)
        touching = np.zeros(free.shape, dtype=np.bool_)
        touching[free] = rest.touching
        at = _Guess(problem.held.whole(rest.deflection), touching, at.level)
        if at.level is None:
            break
        curved, ease = second_of(at.deflection, place.cell), 1 / (1 + number / EASED)
        level, moved = peel(at.level, curved, free, place.rims, place.critical, ease)
        at = at._replace(level=level)
        if moved < STILL * ease:
            break
    return _found(place, problem, rest), at


def _first(place: _Place) -> _Guess:
    """A flat foil, where to begin."""
    level = 2 * LEAST - place.rims if place.foil.adhesion else None
    return _Guess(np.zeros(place.rims.shape), np.zeros(place.rims.shape, dtype=np.bool_), level)


def _finer(guess: _Guess, place: _Place) -> _Guess:
    """What a coarser grid found, on one of twice as many cells."""
    level = None if guess.level is None else 2 * _refined(guess.level, place.raster)
    touching = _refined(guess.touching.astype(np.float64), place.raster) > 0.5
    return _Guess(_refined(guess.deflection, place.raster), touching, level)


def _found(place: _Place, problem: Bending, rest: Rest) -> LiftedFoil:
    held, foil, rims = problem.held, place.foil, place.rims
    whole = held.whole(rest.deflection)
    reaction = np.zeros(held.free.shape)
    reaction[held.free] = rest.reaction * foil.rigidity * foil.lift / place.side**4
    curvature = np.abs(second_of(whole, place.sides)) * foil.lift
    beside = np.argwhere(np.abs(rims) <= RIM)
    if len(beside) and held.free.any():
        curvature[tuple(beside.T)] = np.abs(curvature_at(beside, rims, held.free, curvature))
    curvature[(rims < -RIM) | (held.share <= 0)] = 0.0
    deflection = np.where(held.support >= 0, held.support, whole) * foil.lift
    return LiftedFoil(foil, place.raster, deflection, reaction, curvature, problem, rest)


def _refined(coarse: Floats, raster: Raster) -> Floats:
    """Values of a raster on one of twice as many cells, linear between its nodes."""
    return np.asarray((coarser((raster.across, raster.along)) @ coarse.ravel()).reshape(raster.across, raster.along))


def signed_distance(layout: Layout, raster: Raster) -> Floats:
    """Distance of a raster's nodes to the rims in m, below zero on contacts; (across, along)."""
    away = rim_distance(layout)(*raster.centres)
    return np.where(_gap_share(layout, raster) > 0.5, away, -away)


def _gap_share(layout: Layout, raster: Raster) -> Floats:
    """The share of each cell that no contact covers; (across, along)."""
    return 1.0 - contact_coverage(layout, raster)
