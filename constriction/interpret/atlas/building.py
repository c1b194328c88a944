"""A table grows: where its last prediction was worst it is asked for more, until predictions are good enough.

Contact fraction and depth get one more Leja point in turn. Before a new line of interfaces is solved the table says
what they will be; an axis is done once it was right twice in a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.interpret.atlas.atlas import PatternTable
from constriction.interpret.atlas.axes import TableAxis
from constriction.interpret.atlas.solving import (
    FILM_CONTACT,
    FILM_GAP,
    GAP,
    Recipe,
    SolvedPoint,
    film_scale,
    pairs,
    solve_point,
)

Floats = NDArray[np.float64]
Solve = Callable[[Recipe, float, float], SolvedPoint]

FIRST, MOST = 4, 24  # points of an axis, to begin with and at most
RIGHT = 2  # predictions in a row

RECIPES = (
    Recipe("hexagonal", {"pattern": "hexagonal"}, (0.005, 0.9)),
    Recipe("square", {"pattern": "square"}, (0.005, 0.78)),
    Recipe("stripes", {"pattern": "stripes"}, (0.005, 0.98)),
    Recipe("pores", {"pattern": "hexagonal", "inverted": True}, (0.1, 0.98)),
)
FILM_MOST = {"hexagonal": 0.7, "square": 0.6}
"""Up to which contact fraction films are tabulated: between spots that nearly touch solves take four times as long."""
FILMS = tuple(
    replace(recipe, film=True, shares=(recipe.shares[0], FILM_MOST.get(recipe.pattern, recipe.shares[1])))
    for recipe in RECIPES
)


@dataclass
class Growing:
    """A table that is being made.

    Attributes:
        recipe: what of.
        shares: the contact fractions so far.
        depths: the depths so far, in pitches.
        points: what was solved, by its numbers on both axes.
        errors: how wrong the last predictions of each axis were, relative to R_cstr.
    """

    recipe: Recipe
    shares: TableAxis
    depths: TableAxis
    points: dict[tuple[int, int], SolvedPoint] = field(default_factory=dict)
    errors: dict[str, list[float]] = field(default_factory=lambda: {"shares": [], "depths": []})

    def solve(self, solve: Solve) -> None:
        """Solve what both axes ask for and is not there."""
        for i, share in enumerate(self.shares.points):
            for j, depth in enumerate(self.depths.points):
                if (i, j) not in self.points:
                    self.points[i, j] = solve(self.recipe, float(share), float(depth))

    def table(self) -> PatternTable:
        """The table as it stands."""
        shape = self.shares.count, self.depths.count
        points = [self.points[place] for place in np.ndindex(shape)]
        residues, rest = (np.array([getattr(point, name) for point in points]) for name in ("residues", "rest"))
        times = None if self.recipe.film else np.array([point.times for point in points]).reshape(shape)
        named = self.recipe.pattern, self.shares, self.depths
        return PatternTable(*named, rest.reshape(shape), residues.reshape(*shape, *residues.shape[1:]), times)

    def done(self, axis: str, tolerance: float) -> bool:
        """Whether an axis, "shares" or "depths", predicted well enough, relative to R_cstr, often enough in a row."""
        last = self.errors[axis][-RIGHT:]
        count = getattr(self, axis).count
        return count >= MOST or (len(last) == RIGHT and max(last) <= tolerance)


def grow(
    recipe: Recipe, tolerance: float, report: Callable[[str], Any] = print, solve: Solve = solve_point
) -> PatternTable:
    """Make a pattern's table, its predictions within `tolerance`, relative to R_cstr.

    Raises:
        InputError, SolverError: as `solve_point`.
    """
    shares, depths = TableAxis("logit", *recipe.shares, FIRST), TableAxis("log", *recipe.depths, FIRST)
    growing = Growing(recipe, shares, depths)
    growing.solve(solve)
    while open_axes := [axis for axis in growing.errors if not growing.done(axis, tolerance)]:
        for axis in open_axes:
            before = growing.table()
            grown = getattr(growing, axis)
            setattr(growing, axis, replace(grown, count=grown.count + 1))
            growing.solve(solve)
            error = prediction_error(before, growing, axis)
            growing.errors[axis].append(error)
            report(f"{recipe.pattern}: {growing.shares.count} × {growing.depths.count}, {axis} wrong by {error:.1e}")
    return growing.table()


def prediction_error(before: PatternTable, growing: Growing, axis: str) -> float:
    """How wrong a table was on the newest line of an axis, ideal contacts and films, relative to R_cstr."""
    last = getattr(growing, axis).count - 1
    worst = 0.0
    for (i, j), point in growing.points.items():
        if (i if axis == "shares" else j) == last:
            at = np.array([growing.shares.points[i]]), np.array([growing.depths.points[j]])
            worst = max(worst, _difference(before, point, *at))
    return worst


def _difference(table: PatternTable, point: SolvedPoint, share: Floats, depth: Floats) -> float:
    """The largest difference of F − d of a table and a point, relative to R_cstr."""
    weights, rest, one = table.mixed(share, depth), float(np.exp(point.rest)), np.ones((1, 1))
    alone = replace(table, rest=np.array([[point.rest]]), residues=point.residues[None, None])
    if point.times is not None:
        alone = replace(alone, times=np.array([[point.times]]))
        theta = np.asarray(GAP[None, :] / np.exp(point.times), np.complex128)
        return float(np.max(np.abs(table.of_ideal(weights, theta) - alone.of_ideal(one, theta)))) / rest
    contact, gap = pairs(FILM_CONTACT, FILM_GAP).T[:, None, :]
    there = alone.of_film(one, share, gap, contact)
    error = np.abs(table.of_film(weights, share, gap, contact) - there)
    return float(np.max(error / film_scale(share, contact, rest, there)))
