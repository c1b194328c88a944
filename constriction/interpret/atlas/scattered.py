"""Tables of patterns at random: not of one interface each, but of what many of them have in common.

Cells with their own seed, contact fraction and depth are solved, and a cubic in the variables of the axes is fitted to
ln(F − d) at rest, ln τ and the residues; what is left of the first is how much one cell differs from another.
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
    """Make the table of a pattern at random from a number of cells, each of its own seed.

    Raises:
        InputError, SolverError: as `solve_point`.
    """
    shares = TableAxis("logit", *recipe.shares, DEGREE + 1)
    depths = TableAxis("log", *recipe.depths, DEGREE + 1)
    places = qmc.Sobol(2, seed=1).random(cells)
    at = shares.between(places[:, 0]), depths.between(places[:, 1])
    points = []
    for number, (share, depth) in enumerate(zip(*at, strict=True)):
        points.append(_placed(recipe, (float(share), float(depth)), range(number + 1, TRIES * cells, cells), solve))
        if (number + 1) % 10 == 0:
            report(f"{recipe.pattern}: {number + 1} of {cells} cells")
    solved = (np.array([getattr(point, name) for point in points]) for name in ("rest", "residues", "times"))
    return regressed(recipe.pattern, (shares, depths), at, *solved)


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
    design = _cubic(axes[0].unit(at[0]), axes[1].unit(at[1]))
    nodes = np.meshgrid(axes[0].unit(axes[0].points), axes[1].unit(axes[1].points), indexing="ij")
    there = _cubic(nodes[0].ravel(), nodes[1].ravel())

    def common(values: Floats) -> tuple[Floats, Floats]:
        found = np.linalg.lstsq(design, values, rcond=None)[0]
        return there @ found, values - design @ found

    logs, left = common(rest)
    variance = left.var(ddof=design.shape[1])
    shape = axes[0].count, axes[1].count
    # The mean of what is log-normal, not its median.
    return PatternTable(
        pattern,
        *axes,
        (logs + variance / 2).reshape(shape),
        common(residues)[0].reshape(*shape, -1),
        common(times)[0].reshape(shape),
        np.full(shape, np.sqrt(variance)),
    )


def _cubic(x: Floats, y: Floats) -> Floats:
    """Products of powers of x and y (m,), together at most of `DEGREE`; (m, terms)."""
    powers = [(i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]
    return np.stack([x**i * y**j for i, j in powers], axis=1)
