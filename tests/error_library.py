"""By hand: how far error bars are from errors, over a library of cases with exact or far finer answers.

    python tests/error_library.py solve [--families tubes …] [--cases 40] [--seed 0] --out results/error_bars.jsonl
    python tests/error_library.py table results/error_bars.jsonl [--picture docs/pictures/error_bars.png]

Every case is solved on the meshes, and pairs of them, that the program may choose, or on grids a quarter of an octave
apart. Any pair, and any four such grids, make a response with an error bar, as in the program.
Kept are the solutions and the answer (tests/support/stored_solutions.py); `table` makes every response and bar of
them, by the program's own code and with today's constants. Exact answers share nothing with it (tests/alternatives.py,
tests/support/film_references.py), those of discs come from unknowns on the contacts, a method of its own, and finer
ones are of a fineness of 0.1, of many spots of 0.4 of the finest looked at, on twice the sectors.
"""

import argparse
import contextlib
import json
import math
import sys
import time
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
from mpi4py import MPI
from support.error_cases import draw, exact, with_map
from support.stored_solutions import as_row, complexes, numbers, responses

from constriction import parse_case
from constriction.base.errors import InputError, MeshError
from constriction.field import fineness, finite_elements
from constriction.field.contacts import convergence as contacts
from constriction.field.contacts.discs import check_discs
from constriction.field.layers import Guess, rings_for
from constriction.field.mesh_response import MeshResponse
from constriction.field.reduction.curves import Curves
from constriction.field.response import Goal
from constriction.field.transforms import convergence
from constriction.field.transforms.grid_response import WIDTHS, response_of
from constriction.field.transforms.scales import is_crowd, scale_of
from constriction.geometry.cell import lay_out
from constriction.geometry.maps.simplified import simplified
from constriction.simulation.result import sweep_frequencies
from constriction.simulation.simulate import Options, laws_of
from constriction.simulation.weights import curve_of, meshed_height

ON_MESHES = ("stripes", "tubes", "lattices", "shapes", "films", "gaps", "random", "merged", "maps")
ON = {"finite_elements": ON_MESHES, "spectral": ("stripes", "lattices", "shapes", "films", "random", "merged", "maps")}
MEMORY = 2e10
LADDER = 1.3  # a fineness over the next
FINER_SECTORS = ((0.0, 16, 1e-6),)
OF_CONTACTS = 1e-5  # asked of the method that answers for discs
SIMPLER = 0.2  # tolerance of outlines that are meshed; both sides of the comparison have it


class Cell:
    """A case of the library with what solving it needs."""

    def __init__(self, words):
        self.case = parse_case(with_map(words))
        self.layout = lay_out(self.case.interface)
        if self.case.accuracy.method == "finite_elements" and self.layout.traced is not None:
            self.layout = simplified(self.layout, SIMPLER)
        laws = laws_of(self.case, self.layout, Options())
        self.curve = curve_of(self.case, self.layout, laws, sweep_frequencies(self.case))
        self.goal = Goal(1e-3, MEMORY, (self.curve,))

    @property
    def depth(self):
        """Of the slab, in pitches."""
        return self.case.electrolyte.thickness / self.layout.pitch


# --- meshes and grids ------------------------------------------------------------------------------------------------


def meshes(cell):
    """The solutions of meshes, and which pairs of them the program may make."""
    volume, many = cell.case.gap.model == "volume", len(cell.layout.spots) > fineness.MANY
    rungs = fineness.rungs_of(cell.layout, volume, cell.goal.film)
    most = 8 if not many else 3 if len(cell.layout.spots) <= 9 else 2
    most += 2 * (rungs.coarsest > fineness.COARSEST_MESH)
    every = sorted({fineness.whole(rungs.coarsest / LADDER**k) for k in range(12)}, reverse=True)
    ladder = every[: min(most, 5) if volume else most]
    coarser = partial(fineness.coarser, fewest=rungs.fewest)
    sizes = partial(
        fineness.mesh_sizes, cell.layout, cell.case.electrolyte.thickness, meshed_height(cell.case, cell.layout)
    )
    weights = () if many else finite_elements._weights(cell.layout, sizes, finite_elements.ADAPT_BELOW, MPI.COMM_SELF)
    solved = {}
    for level in sorted({*ladder, *map(coarser, ladder)}, reverse=True):
        seen = next(reversed(solved.values())).model if solved else Guess(cell.layout.contact_fraction)
        resolution, usual = fineness.resolution_of(cell.layout, sizes(level)), rungs.usual(level)
        rings = rings_for((cell.curve,), seen, resolution, usual, usual)
        with contextlib.suppress(MeshError):  # merged spots whose collars would cross
            solved[level] = _mesh(cell, sizes, level, weights, rings)
    places = {level: place for place, level in enumerate(solved)}
    pairs = [(places[coarser(one)], places[one]) for one in ladder if {coarser(one), one} <= set(solved)]

    def finer():
        finest = min(0.1, ladder[-1] / 1.6) if not many else ladder[-1] / 2.5
        kept, fineness.SECTORS = fineness.SECTORS, FINER_SECTORS
        try:
            return MeshResponse(tuple(_mesh(cell, sizes, level, weights, 0) for level in (2 * finest, finest)))
        finally:
            fineness.SECTORS = kept

    return list(solved.values()), pairs, finer


def _mesh(cell, sizes, level, weights, rings):
    sized = fineness.sizes_for(sizes(level), weights, rings)
    return finite_elements.solve_mesh(cell.layout, sized, level, cell.goal, MPI.COMM_SELF)


def grids(cell):
    """The solutions of grids, and which fours of them the program may make."""
    scale = scale_of(cell.layout)
    first = convergence._width_of(convergence.FEWEST_PIXELS, cell.layout, scale)
    crowd = is_crowd(cell.layout) and not cell.curve.film
    coarsest = convergence.COARSEST_OF_DISCS if crowd else convergence.COARSEST
    width, most = min(coarsest, first) * WIDTHS[0], 3e4 * max(1, len(cell.layout.spots) / 16)
    solved = []
    while len(solved) < 8 or (len(solved) < 15 and convergence._pixels_of(width, cell.layout, scale) < most):
        solved.append(_grid(cell, width, scale))
        width /= 2**0.25
    fours = [(place, place + 1, place + 2, place + 5) for place in range(len(solved) - 5)]

    def finer():
        found = tuple(_grid(cell, width / 3 * float(coarser), scale) for coarser in WIDTHS)
        return response_of(cell.layout, cell.curve.film, found)

    return solved, fours, finer


def _grid(cell, width, scale):
    pixels = convergence._pixels_of(width, cell.layout, scale)
    return convergence.solve_grid(cell.layout, cell.depth, pixels, cell.goal)


# --- what is kept ----------------------------------------------------------------------------------------------------


def record(family, number, seed, method):
    """One line of the library."""
    words = draw(family, number, np.random.default_rng([seed, number]), method)
    start, cell = time.process_time(), Cell(words)
    solutions, compared, finer = (meshes if method == "finite_elements" else grids)(cell)
    every, known = cell.curve.every, exact(cell.case, cell.layout, cell.curve)
    if known is None or len(known) < len(every):
        discs, volume = are_whole_discs(cell), cell.case.gap.model == "volume"
        answer = of_discs(cell) if discs and not volume else finer()
        if known is None:
            known = [of_discs(cell).constriction] if discs and volume else []
        known = [*known, *answer(every)[len(known) :]]
    return {
        "family": family,
        "number": number,
        "method": method,
        "case": words,
        "solutions": [as_row(one, every, cell.curve.film) for one in solutions],
        "compared": compared,
        "true": numbers(known),
        "seconds": time.process_time() - start,
    }


def are_whole_discs(cell):
    """Whether unknowns on the contacts solve a cell: a second method, of an error of 1e-5."""
    try:
        check_discs(cell.layout)
    except InputError:
        return False
    return not cell.curve.film


def of_discs(cell):
    """The answer of unknowns on the contacts."""
    goal = Goal(OF_CONTACTS, MEMORY, (cell.curve,))
    return contacts.converge(cell.layout, cell.depth, goal, lambda words: None)


def solve(args):
    """Solve what is not in the file yet."""
    args.out.parent.mkdir(parents=True, exist_ok=True)
    lines = args.out.read_text("utf-8").splitlines() if args.out.exists() else []
    known = {(r["method"], r["family"], r["number"]) for r in map(json.loads, lines)}
    asked = [(method, family) for method in args.methods for family in ON[method] if family in args.families]
    for number, (method, family) in product(range(args.cases), asked):
        if (method, family, number) in known:
            continue
        try:
            line = record(family, number, args.seed, method)
        except MeshError as error:  # collars of merged spots cross, which the program refuses as well
            print(f"{method} {family} {number}: left out, {error}", flush=True)
            continue
        with args.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        worst = max((one["sweep"] for one in found_in(line)), default=math.nan)
        print(f"{method} {family} {number}: at most {worst:.2f} of the bar, {line['seconds']:.1f} s", flush=True)


def found_in(line):
    """Error / bar of F at rest and the largest of the sweep, with the bar, of every response of a line."""
    cell, true = Cell(line["case"]), complexes(line["true"])
    every, curves, found = cell.curve.every, Curves((cell.curve,)), []
    for response in responses(line, cell.layout, every):
        values, bars, scale = response(every), response.errors(cell.curve), curves.scale(response)
        ratio = np.abs(values - true) / bars
        found.append({"rest": ratio[0], "sweep": ratio.max(), "bar": bars[0] / scale[0], "fine": response.fine})
    return found


# --- the table -------------------------------------------------------------------------------------------------------


def ratios(lines, method, family, which):
    """Error / bar of every response of a family, those with an error bar below 3 %."""
    mine = (line for line in lines if (line["method"], line["family"]) == (method, family))
    return np.array([one[which] for line in mine for one in line["found"] if one["bar"] < 0.03])


def table(args):
    """Print quantiles of error / bar by method and family, and draw them."""
    lines = [json.loads(line) for line in args.file.read_text("utf-8").splitlines()]
    lines = [{**line, "found": found_in(line)} for line in lines]
    print(f"{'':32}{'cases':>7}{'bars':>7}{'median':>9}{'below 1':>9}{'largest':>9}{'sweep: median':>16}{'largest':>9}")
    for method, families in ON.items():
        for family in families:
            rest, sweep = (ratios(lines, method, family, which) for which in ("rest", "sweep"))
            if not rest.size:
                continue
            cases = sum((line["method"], line["family"]) == (method, family) for line in lines)
            row = f"{method + ' ' + family:32}{cases:7}{rest.size:7}{np.median(rest):9.2f}{np.mean(rest <= 1):9.1%}"
            print(f"{row}{rest.max():9.2f}{np.median(sweep):16.2f}{sweep.max():9.2f}")
    if args.picture is not None:
        draw_ratios(lines, args.picture)


def draw_ratios(lines, path):
    """Draw what part of the bars is exceeded by how much, a curve for each family."""
    from constriction.view.writers.plots import TWO_COLUMNS, journal_style, new_figure, save

    with journal_style():
        figure = new_figure(TWO_COLUMNS, TWO_COLUMNS / 2.2, layout="constrained")
        for place, (method, families) in enumerate(ON.items()):
            axes = figure.add_subplot(1, 2, place + 1)
            for family in families:
                if (found := np.sort(ratios(lines, method, family, "sweep"))).size:
                    axes.step(found, 1 - np.arange(found.size) / found.size, where="post", label=family)
            axes.axvline(1, color="0.5", lw=0.7)
            axes.axhline(0.05, color="0.5", lw=0.7)
            axes.set(xscale="log", yscale="log", xlim=(0.02, 3), ylim=(2e-3, 1), xlabel="error / error bar")
            axes.set(
                title={"spectral": "transforms"}.get(method, method.replace("_", " ")),
                ylabel="part of the bars exceeded by so much",
            )
            axes.legend(frameon=False, fontsize=6)
    save(figure, path)


def main():
    """Solve the library, or tell what it says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    solving = commands.add_parser("solve")
    solving.add_argument("--families", nargs="+", default=ON_MESHES, choices=ON_MESHES)
    solving.add_argument("--methods", nargs="+", default=list(ON), choices=list(ON))
    solving.add_argument("--cases", type=int, default=40)
    solving.add_argument("--seed", type=int, default=0)
    solving.add_argument("--out", type=Path, required=True)
    solving.set_defaults(run=solve)
    telling = commands.add_parser("table")
    telling.add_argument("file", type=Path)
    telling.add_argument("--picture", type=Path)
    telling.set_defaults(run=table)
    args = parser.parse_args(sys.argv[1:])
    args.run(args)


if __name__ == "__main__":
    main()
