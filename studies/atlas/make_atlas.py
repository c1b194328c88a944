"""Make the atlas of solved interfaces anew, the tables that `constriction interpret` reads.

    python studies/atlas/make_atlas.py [PATTERN ...] [--films] [--tolerance 1e-3] [--out FOLDER] [--kept FOLDER]

Tables of patterns that are not named stay as they are. `--films` makes those of contacts with a law: some two hundred
interfaces, each a second of a core for stripes and 4 to 20 s for spots. A table grows until what it says of
interfaces that it does not have yet is right within the tolerance, relative to R_cstr; how it goes is printed. Those
of patterns at random are fitted to a number of cells. `--kept` keeps each solved interface of the others in a file of
its own, and one that was killed goes on from there.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from constriction.base.files import whole_file
from constriction.base.versions import library_versions, package_version
from constriction.interpret.atlas.atlas import Atlas, read_atlas, write_atlas
from constriction.interpret.atlas.building import FILMS, RECIPES, grow
from constriction.interpret.atlas.scattered import SCATTERED, scattered
from constriction.interpret.atlas.solving import Recipe, SolvedPoint, solve_point

HOME = Path(__file__).parents[2] / "constriction" / "interpret" / "atlas" / "tables"
VERSIONS = {"constriction": package_version(), **library_versions("dolfinx-solver-complex", "gmsh", "numpy")}


def keeping(folder: Path | None) -> Callable[[Recipe, float, float], SolvedPoint]:
    """A solve that keeps what it solved in a folder, if there is one, and does not solve again what is there."""

    def solve(recipe: Recipe, share: float, depth: float) -> SolvedPoint:
        if folder is None:
            return solve_point(recipe, share, depth)
        path = folder / f"{recipe.pattern}{'_film' * recipe.film}_{share:.12g}_{depth:.12g}.npz"
        if not path.exists():
            point = solve_point(recipe, share, depth)
            arrays = {"rest": np.array(point.rest), "residues": point.residues}
            folder.mkdir(parents=True, exist_ok=True)
            with whole_file(path) as fresh, fresh.open("wb") as file:
                np.savez(file, **arrays, **({} if point.times is None else {"times": np.array(point.times)}))
        with np.load(path, allow_pickle=False) as kept:
            times = float(kept["times"]) if "times" in kept.files else None
            return SolvedPoint(float(kept["rest"]), kept["residues"], times)

    return solve


def main() -> None:
    """Make the tables that are asked for."""
    parser = argparse.ArgumentParser(description="Make tables of the atlas anew.")
    parser.add_argument("patterns", nargs="*", metavar="PATTERN", help="which; default: all")
    parser.add_argument("--films", action="store_true", help="those of contacts with a law")
    parser.add_argument("--tolerance", type=float, default=1e-3, help="relative to R_cstr")
    parser.add_argument("--cells", type=int, default=512, help="of a pattern at random; a power of two")
    parser.add_argument("--out", type=Path, default=HOME, metavar="FOLDER")
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="where solved interfaces wait for the next time")
    given = parser.parse_args()
    recipes = {recipe.pattern: recipe for recipe in (FILMS if given.films else (*RECIPES, *SCATTERED))}
    if unknown := [name for name in given.patterns if name not in recipes]:
        parser.error(f"PATTERN {unknown[0]}: expected {', '.join(recipes)}")
    for name in given.patterns or recipes:
        recipe = recipes[name]
        if recipe in SCATTERED:
            table, how = scattered(recipe, given.cells), {"cells": given.cells}
        else:
            table, how = grow(recipe, given.tolerance, solve=keeping(given.kept)), {"tolerance": given.tolerance}
        there = read_atlas(given.out) if (given.out / "atlas.json").exists() else Atlas({})
        kind = "films" if given.films else "tables"
        tables = {**getattr(there, kind), name: table}
        made_by = {**there.made_by, f"{name}{'_film' * given.films}": {**how, **VERSIONS}}
        write_atlas(given.out, replace(there, **{kind: tables}, made_by=made_by))


if __name__ == "__main__":
    main()
