"""Tables of patterns at random: not of one interface each, but of what many of them have in common.

Cells with their own seed, contact fraction and depth are solved, and a cubic in the variables of the axes is fitted to
ln(F − d) at rest, ln τ and the residues; what is left of the first is how much one cell differs from another. That is
more in deep slabs: a quadratic is fitted to the logarithm of its square.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from constriction.base.errors import InputError
from constriction.interpret.atlas.atlas import PatternTable
from constriction.interpret.atlas.axes import TableAxis
from constriction.interpret.atlas.solving import Recipe, SolvedPoint, solve_point

Floats = NDArray[np.float64]
Solve = Callable[[Recipe, float, float, int], SolvedPoint]

DEGREE = 3
SPREAD_DEGREE = 2
ROUNDING = 1e-9  # of a spread
SCORINGS = 60
MEAN_LOG_SQUARE = -1.2704  # of a number with normal distribution and variance 1: −γ − ln 2
SPOTS = 16
TRIES = 8  # seeds of a cell
QUICK = {"relative_error": 2e-2, "method": "spectral"}  # off by a tenth of it, and cells differ by far more
SCATTERED = (
    Recipe(
        "random",
        {"pattern": "random", "spots": SPOTS},
        (0.005, 0.42),
        (0.02, 4.0),  # of the distance between spots, of which a side of the cell has four
        accuracy=QUICK,
    ),
    Recipe(
        "clustered",
        {"pattern": "clustered", "clusters": 4, "spots_per_cluster": 4, "cluster_radius": "1 mm"},
        (0.005, 0.2),
        (0.02, 4.0),
        accuracy=QUICK,
    ),
)


def scattered(
    recipe: Recipe, cells: int, report: Callable[[str], Any] = print, solve: Solve = solve_point
) -> PatternTable:
    """Make the table of a pattern at random from a number of cells, and half as many deep ones, each of its own seed.

    Raises:
        InputError, SolverError: as `solve_point`.
    """
    shares = TableAxis("logit", *recipe.shares, DEGREE + 1)
    depths = TableAxis("log", *recipe.depths, DEGREE + 1)
    places = _places(cells)
    at = shares.between(places[:, 0]), depths.between(places[:, 1])
    points = []
    for number, (share, depth) in enumerate(zip(*at, strict=True)):
        seeds = range(number + 1, (TRIES + 1) * cells, cells)
        points.append(_placed(recipe, (float(share), float(depth)), seeds, solve))
        if (number + 1) % 10 == 0:
            report(f"{recipe.pattern}: {number + 1} of {len(places)} cells")
    solved = (np.array([getattr(point, name) for point in points]) for name in ("rest", "residues", "times"))
    return regressed(recipe.pattern, (shares, depths), at, *solved)


def _places(cells: int) -> Floats:
    """Places of cells on both axes, 0 to 1, (n, 2): all over, and half as many at the deepest, as all deeper are."""
    deepest = qmc.Sobol(1, seed=2).random(cells // 2)
    return np.concatenate([qmc.Sobol(2, seed=1).random(cells), np.column_stack([deepest, np.ones(len(deepest))])])


def _placed(recipe: Recipe, at: tuple[float, float], seeds: Sequence[int], solve: Solve) -> SolvedPoint:
    """A cell of the first seed of which the spots find places."""
    for seed in seeds[:-1]:
        try:
            return solve(recipe, *at, seed)
        except InputError as error:
            if "found no free place" not in str(error):
                raise
    return solve(recipe, *at, seeds[-1])


def regressed(
    pattern: str,
    axes: tuple[TableAxis, TableAxis],
    at: tuple[Floats, Floats],
    rest: Floats,
    residues: Floats,
    times: Floats,
) -> PatternTable:
    """The table of what cells have in common.

    Args:
        pattern: its name.
        axes: of contact fraction and depth.
        at: contact fraction and depth of each cell, (m,) each, relative and in pitches.
        rest: their ln(F − d) at rest, (m,).
        residues: (m, poles).
        times: ln τ, (m,).
    """
    places = axes[0].unit(at[0]), axes[1].unit(at[1])
    nodes = np.meshgrid(axes[0].unit(axes[0].points), axes[1].unit(axes[1].points), indexing="ij")
    there = nodes[0].ravel(), nodes[1].ravel()

    design, of_nodes = _powers(*places, DEGREE), _powers(*there, DEGREE)

    def common(values: Floats) -> tuple[Floats, Floats]:
        found = np.linalg.lstsq(design, values, rcond=None)[0]
        return of_nodes @ found, values - design @ found

    logs, left = common(rest)
    spread = _spread(places, there, left)
    shape = axes[0].count, axes[1].count
    # The mean of what is log-normal, not its median.
    return PatternTable(
        pattern,
        *axes,
        (logs + spread**2 / 2).reshape(shape),
        common(residues)[0].reshape(*shape, -1),
        common(times)[0].reshape(shape),
        spread.reshape(shape),
    )


def _spread(places: tuple[Floats, Floats], wanted: tuple[Floats, Floats], left: Floats) -> Floats:
    """Standard deviation of cells at some places (n,), of what a cubic left of others at theirs (m,) each; (n,).

    Its logarithm is a quadratic, the likeliest one of normal distributions, by Fisher's scoring.
    """
    design = _powers(*places, SPREAD_DEGREE)
    squares = left**2 + ROUNDING**2
    found = np.linalg.lstsq(design, np.log(squares) - MEAN_LOG_SQUARE, rcond=None)[0]
    for _ in range(SCORINGS):
        step = np.linalg.lstsq(design, squares / np.exp(design @ found) - 1, rcond=None)[0]
        found = found + step / max(1.0, float(np.abs(design @ step).max()))
    free = len(left) - (DEGREE + 1) * (DEGREE + 2) // 2
    return np.asarray(np.sqrt(len(left) / free * np.exp(_powers(*wanted, SPREAD_DEGREE) @ found)))


def _powers(x: Floats, y: Floats, degree: int) -> Floats:
    """Products of powers of x and y (m,), together at most of a degree; (m, terms)."""
    powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    return np.stack([x**i * y**j for i, j in powers], axis=1)
