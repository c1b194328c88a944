"""Make the atlas of solved interfaces anew, the tables that `constriction interpret` reads.

    python studies/atlas/make_atlas.py [PATTERN ...] [--films] [--tolerance 1e-3] [--out FOLDER]

Tables of patterns that are not named stay as they are. `--films` makes those of contacts with a law: some two hundred
interfaces, each a second of a core for stripes and 4 to 20 s for spots. A table grows until what it says of
interfaces that it does not have yet is right within the tolerance, relative to R_cstr; how it goes is printed. Those
of patterns at random are fitted to a number of cells.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from constriction.base.versions import library_versions, package_version
from constriction.interpret.atlas.atlas import Atlas, read_atlas, write_atlas
from constriction.interpret.atlas.building import FILMS, RECIPES, grow
from constriction.interpret.atlas.scattered import SCATTERED, scattered

HOME = Path(__file__).parents[2] / "constriction" / "interpret" / "atlas" / "tables"
VERSIONS = {"constriction": package_version(), **library_versions("dolfinx-solver-complex", "gmsh", "numpy")}


def main() -> None:
    """Make the tables that are asked for."""
    parser = argparse.ArgumentParser(description="Make tables of the atlas anew.")
    parser.add_argument("patterns", nargs="*", metavar="PATTERN", help="which; default: all")
    parser.add_argument("--films", action="store_true", help="those of contacts with a law")
    parser.add_argument("--tolerance", type=float, default=1e-3, help="relative to R_cstr")
    parser.add_argument("--cells", type=int, default=512, help="of a pattern at random; a power of two")
    parser.add_argument("--out", type=Path, default=HOME, metavar="FOLDER")
    given = parser.parse_args()
    recipes = {recipe.pattern: recipe for recipe in (FILMS if given.films else (*RECIPES, *SCATTERED))}
    if unknown := [name for name in given.patterns if name not in recipes]:
        parser.error(f"PATTERN {unknown[0]}: expected {', '.join(recipes)}")
    for name in given.patterns or recipes:
        recipe = recipes[name]
        table = scattered(recipe, given.cells) if recipe in SCATTERED else grow(recipe, given.tolerance)
        how = {"cells": given.cells} if recipe in SCATTERED else {"tolerance": given.tolerance}
        there = read_atlas(given.out) if (given.out / "atlas.json").exists() else Atlas({})
        kind = "films" if given.films else "tables"
        tables = {**getattr(there, kind), name: table}
        made_by = {**there.made_by, f"{name}{'_film' * given.films}": {**how, **VERSIONS}}
        write_atlas(given.out, replace(there, **{kind: tables}, made_by=made_by))


if __name__ == "__main__":
    main()
