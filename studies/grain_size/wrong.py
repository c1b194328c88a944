"""How wrong the homogenised electrolyte is: R_cstr over its R_cstr, from the summaries beside this file.

    python studies/grain_size/wrong.py

Prints the table of the README and draws wrong.png.
"""

from __future__ import annotations

import ast
import csv
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np

FOLDER = Path(__file__).parent
GRAIN = 1e-6
"""m: the edge of a cube of a grain's mean volume."""
BULK = 5 / 15
"""R_cstr of the bulk alone over that of the homogenised electrolyte: NZSP's conductivities, 5 and 15 mS/cm."""
R_CSTR, ERROR = "R_cstr_ohm_cm2", "R_cstr_error_ohm_cm2"


class Spot(NamedTuple):
    """R_cstr on grains over R_cstr of the homogenised electrolyte under one spot.

    `ratio`: the disc's diameter over the grain size. `values` and `errors`: of each polycrystal.
    """

    ratio: float
    values: tuple[float, ...]
    errors: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over the polycrystals."""
        return float(np.mean(self.values))

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the largest, with their error bars."""
        low = min(v - e for v, e in zip(self.values, self.errors, strict=True))
        return low, max(v + e for v, e in zip(self.values, self.errors, strict=True))


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a table beside this file."""
    with (FOLDER / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def ratio_of(row: dict[str, str]) -> float:
    """A disc's diameter over the grain size."""
    ((_, _, radius),) = ast.literal_eval(row["interface.discs"])
    return round(2 * float(radius.removesuffix(" um")) * 1e-6 / GRAIN, 6)


def spots(name: str) -> list[Spot]:
    """What a summary says of each spot, by rising ratio."""
    homogenised = {ratio_of(row): float(row[R_CSTR]) for row in rows_of("homogenised.csv")}
    found = defaultdict(list)
    for row in rows_of(name):
        found[ratio_of(row)].append((float(row[R_CSTR]), float(row[ERROR])))
    return [
        Spot(ratio, *(tuple(one[k] / homogenised[ratio] for one in values) for k in (0, 1)))
        for ratio, values in sorted(found.items())
    ]


def main() -> None:
    """Print the table and draw the picture."""
    grains, cubes = spots("summary.csv"), {spot.ratio: spot for spot in spots("cubes.csv")}
    for spot in grains:
        low, high = spot.spread
        of_cubes = f"{cubes[spot.ratio].mean:.3f}" if spot.ratio in cubes else "–"
        print(f"| {spot.ratio:g} | {spot.mean:.3f} ({low:.3f} to {high:.3f}) | {of_cubes} |")
    draw(grains, list(cubes.values()))


def draw(grains: list[Spot], cubes: list[Spot]) -> None:
    """The picture."""
    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
    means = np.array([spot.mean for spot in grains])
    bars = np.abs(np.array([spot.spread for spot in grains]).T - means)
    axes.errorbar([s.ratio for s in grains], means, bars, fmt="o", capsize=3, label="disc, three Voronoi polycrystals")
    axes.plot([spot.ratio for spot in cubes], [spot.mean for spot in cubes], "s--", label="disc, cubes")
    strips = rows_of("strips.csv")
    x, y = ([float(row[key]) for row in strips] for key in ("strip_over_cube", "over_homogenised"))
    axes.plot(x, y, "d:", label="strip, cubes")
    axes.axhline(1, color="0.4", linewidth=0.8)
    axes.axhline(BULK, color="0.4", linewidth=0.8)
    axes.annotate("homogenised", (0.3, 1), (2, 3), textcoords="offset points", color="0.3")
    axes.annotate("bulk alone, ρ_bulk/(4a)", (4, BULK), (2, 3), textcoords="offset points", color="0.3")
    axes.set(xscale="log", ylim=(0, 1.3), xlabel="width of the spot / grain size")
    axes.set_ylabel("R_cstr / R_cstr of the homogenised electrolyte")
    axes.set_xticks([0.3, 1, 3, 10, 30], ["0.3", "1", "3", "10", "30"])
    axes.legend(loc="lower right", bbox_to_anchor=(1, 0.28))
    figure.savefig(FOLDER / "wrong.png", dpi=150)


if __name__ == "__main__":
    main()
