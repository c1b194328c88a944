"""R_cstr of strips on cubes over that of the homogenised electrolyte, for ratios that discs cannot have.

    python studies/grain_size/strips.py

A case file has no strips beside grains, so the mirror cell is made here: half a strip over half of it, one cube deep,
cubes down to about a quarter of its width, whole ones, homogenised electrolyte below. Writes strips.csv.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from constriction.field.grains.converge import GrainResponse, solve_grains
from constriction.field.grains.meshed import GrainCell
from constriction.field.reduction.curves import Curve
from constriction.field.response import Goal
from constriction.geometry.grains.polycrystal import cubes
from constriction.geometry.outlines import rectangle

FOLDER = Path(__file__).parent
RATIOS = 2, 4, 10, 20, 30
"""Width of the strip over the edge of a cube: as many cubes as lie along the mirror cell."""
SCALES = 2.0, 1.4
"""Of the two meshes' elements over the usual ones of grains, which would take ten minutes."""
INTERIOR = 3.0
"""Conductivity of NZSP's grains over the homogenised one: 15 over 5 mS/cm."""
HOMOGENISED = math.log(2) / math.pi
"""F less the depth of half a contact in cells, -2/pi ln sin(pi/4): docs/physics.md#strips."""
WORD, ERROR = "strip_over_cube", 1e-2


def strip(count: int) -> tuple[float, float]:
    """R_cstr of a strip `count` cubes wide over the homogenised one, and its error bar."""
    depth = max(count // 4, 1) / count
    crystal = cubes(np.array([1.0, 1 / count, depth]), 1 / count)
    cell = GrainCell(
        cell=rectangle(0.0, 0.0, 1.0, 1 / count),
        spots=(rectangle(0.0, 0.0, 0.5, 1 / count),),
        regions=("contact",),
        background="gap",
        crystal=crystal,
        slab_depth=2.5,
        room=1 / count,
        mean_size=1 / count,
    )
    theta = np.array([[INTERIOR, crystal.sheets / (depth * (1 - 1 / INTERIOR)), 0.0]])
    curve = Curve(theta.astype(complex), theta[0], least=0.01)
    goal = Goal(ERROR, 8e9, (curve,))
    response = GrainResponse(tuple(solve_grains(cell, scale, goal) for scale in SCALES))
    return response(theta)[0].real / HOMOGENISED, float(response.errors(curve)[0]) / HOMOGENISED


def main() -> None:
    """Write the table."""
    with (FOLDER / "strips.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([WORD, "over_homogenised", "error"])
        for count in RATIOS:
            writer.writerow([count, *(f"{value:.4g}" for value in strip(count))])


if __name__ == "__main__":
    main()
