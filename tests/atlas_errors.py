"""How far the atlas is from interfaces that it was not made of, each solved anew.

    python tests/atlas_errors.py [PATTERN ...] [--points 60] [--films | --zones] [--seed 1] [--out FILE.json]

Contact fraction and depth are drawn over the whole table, even in their logarithms, the gap's θ (and the film's) over
the complex values that a passive cell has. Printed and written is the largest error of F − d relative to R_cstr, at
rest and on θ, beside the error bar of the solve. `--zones`: the metal is lifted beside contacts.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from constriction import parse_case
from constriction.field.reduction.curves import Curve
from constriction.geometry.cell import lay_out
from constriction.interpret.atlas import load_atlas
from constriction.interpret.atlas.building import FILMS, RECIPES
from constriction.interpret.atlas.gaps import DEPTHS
from constriction.interpret.atlas.solving import ASKED_CONTACT, film_scale, pairs, response_of
from constriction.interpret.atlas.zones import ZONED, LiftedZone, half_gap

ALLOWED = 3e-3
GAP = np.logspace(-1.9, 4, 24) * np.exp(1j * np.linspace(0, np.pi / 2, 24)[::-1])
CONTACT = np.logspace(-1.5, 2, 8) * np.exp(1j * np.array([0.1, 1.4, -0.7, 0.4, 0.0, 1.0, -0.3, 0.7]))


def drawn(recipe, random):
    """A contact fraction and a depth within a recipe's table."""
    share, depth = (random.uniform(*np.log(ends)) for ends in (recipe.shares, recipe.depths))
    return float(np.exp(share)), float(np.exp(depth))


def error_at(recipe, share, depth, seed=None, relative_error=1e-3):
    """The atlas's largest errors at rest and on θ, relative to R_cstr, and the solve's own bar; floats."""
    recipe = replace(recipe, accuracy={"relative_error": relative_error})
    case = recipe.case(share, depth, seed)
    theta, scale, curves = points_of(recipe, share)
    response = response_of(case, curves)
    rest = response.constriction
    at = np.array([share]), np.array([depth])
    atlas = load_atlas()
    film = theta[None, :, 0] if recipe.film else None
    found = atlas.interface(recipe.pattern, *at, theta[None, :, -1], film)[0]
    at_rest = atlas.interface(recipe.pattern, *at, np.zeros((1, 1), complex))[0, 0].real
    actual = lay_out(case.interface).contact_fraction
    solved = response(theta)
    errors = np.abs(found - solved) / (scale(actual, rest, solved) if recipe.film else rest)
    bar = float(np.max(response.errors(curves[0]))) / rest
    return abs(at_rest / rest - 1), float(errors.max()), bar


def drawn_zone(pattern, random):
    """Contact fraction and depth of a pattern, and of the zone beside it its part of the gap and the rims' height."""
    shares = ZONED[pattern].shares
    ends = ((shares.low, shares.high), (DEPTHS.low, DEPTHS.high), (0.02, 0.7), (1.5, 200.0))
    return tuple(float(np.exp(random.uniform(*np.log(pair)))) for pair in ends)


def zone_error_at(pattern, share, depth, zone, ratio):
    """The largest errors beside a zone at rest and on θ, relative to R_cstr, and the solve's own bar; floats."""
    spots = pattern != "stripes"
    half = float(half_gap(pattern, np.array(share)))
    wedge = {"profile": "linear", "rise": f"{ratio} nm", "length": f"{zone * half} mm"}
    case = parse_case(
        {
            "interface": {"pattern": pattern, "contact_fraction": share, "pitch": "1 mm"},
            "electrolyte": {"thickness": f"{depth} mm"},
            "gap": {"height": "1 nm", "model": "thin", **wedge},
            "accuracy": {"relative_error": 2e-3 if spots else 1e-3},
        }
    )
    theta, curve = np.concatenate([[0.0], GAP]), Curve(GAP[:, None], np.zeros(1))
    response = response_of(case, (curve,))
    beside = LiftedZone(np.array([zone]), np.array([ratio]))
    at = np.array([share]), np.array([depth])
    found = load_atlas().lifted_interface(pattern, *at, beside, theta[None].astype(complex))[0]
    errors = np.abs(found[1:] - response(GAP[:, None])) / response.constriction
    bar = float(np.max(response.errors(curve))) / response.constriction
    return abs(found[0].real / response.constriction - 1), float(errors.max()), bar


def points_of(recipe, share):
    """θ (n, terms), what a film's errors are relative to, and the curves that the solver is asked for."""
    if not recipe.film:
        return GAP[:, None], None, (Curve(GAP[:, None], np.zeros(1)),)
    theta = pairs(CONTACT, GAP)
    curves = tuple(Curve(pairs(np.array([one]), GAP[::5]), np.array([abs(one), 0.0]), True) for one in ASKED_CONTACT)
    return theta, lambda f, rest, solved: film_scale(np.array(f), theta[:, 0], rest, solved), curves


def main():
    """Draw, solve, compare; exit 1 if the atlas of a lattice is further off than it may be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("patterns", nargs="*", metavar="PATTERN", help="which, of lattices without zones; default: all")
    parser.add_argument("--points", type=int, default=60)
    parser.add_argument("--films", action="store_true")
    parser.add_argument("--zones", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/atlas-errors.json"))
    given = parser.parse_args()
    atlas, random, rows = load_atlas(), np.random.default_rng(given.seed), []
    there = atlas.films if given.films else atlas.tables
    recipes = [one for one in (FILMS if given.films else RECIPES) if one.pattern in (given.patterns or there)]
    for number in range(given.points if given.zones else 0):
        pattern = tuple(ZONED)[number % len(ZONED)]
        share, depth, *beside = drawn_zone(pattern, random)
        at_rest, on_theta, bar = zone_error_at(pattern, share, depth, *beside)
        rows.append({"pattern": pattern, "contact_fraction": share, "depth": depth, "zone": beside})
        rows[-1] |= {"at_rest": at_rest, "on_theta": on_theta, "bar_of_solve": bar}
        print(
            f"{pattern:10} f {share:.4f}  depth {depth:.3f}  zone {beside[0]:.3f}  ratio {beside[1]:.1f}: "
            f"{at_rest:.1e} at rest, {on_theta:.1e} on θ"
        )
    for number in range(0 if given.zones else given.points):
        recipe = recipes[number % len(recipes)]
        share, depth = drawn(recipe, random)
        at_rest, on_theta, bar = error_at(recipe, share, depth)
        rows.append({"pattern": recipe.pattern, "contact_fraction": share, "depth": depth})
        rows[-1] |= {"at_rest": at_rest, "on_theta": on_theta, "bar_of_solve": bar}
        print(f"{recipe.pattern:10} f {share:.4f}  depth {depth:.3f}: {at_rest:.1e} at rest, {on_theta:.1e} on θ")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(rows, indent=1) + "\n")
    worst = max(max(row["at_rest"], row["on_theta"]) for row in rows)
    print(f"worst of {len(rows)}: {worst:.1e}; allowed {ALLOWED:.0e}")
    sys.exit(worst > ALLOWED)


if __name__ == "__main__":
    main()
