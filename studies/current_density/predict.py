"""Which signs of R_SE, R_int, C_int over charge does each model predict? `python studies/current_density/predict.py`.

Draws cells from the priors of `cells.py`, reads their spectra with the experiment's circuit R-RQ-RQ, and writes beside
itself `predicted.csv` (signs and sizes), `deciding.csv` (which number would tell the models apart), `currents.csv`
(cells of less and of more coverage beside each other) and `predicted.png`. `--cells` of each model: 4000.
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cells import ANY, ATLAS, LATTICES, SCENARIOS, SETTLED, STEPS, THICKNESS, Cells, drawn
from picture import draw

from constriction.interpret.atlas.zones import half_gap
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import InterfaceModel
from constriction.interpret.triples.triple import read_values

WINDOW = np.geomspace(7e6, 100, 25)  # Hz: the paper's, five points a decade
LIFTED_GAP = 3e-6  # m: a higher gap is one of lifted copper
CIRCUIT, SEED, AT_ONCE = "R-RQ-RQ", 2302729, 500
SEEN = 0.03, 3.0  # an arc is seen if it is this part of R_SE, and so many times slower than the grain boundaries'
CHANGE = {"R_SE": 2e-3, "R_int": 1e-2, "C_int": 1e-2}  # relative, from which on a change has a sign
QUANTILES = 0.05, 0.25, 0.5, 0.75, 0.95
SLIGHT, STEADY = 0.3, 0.05  # R_int as reported: it falls by less than this at first, then stays within that
FEWEST = 20  # draws of which something is told
BINS = 8  # of a measured number, as even as the draws allow


@dataclass(frozen=True, eq=False)
class Readings:
    """What is read off m cells at each step, (m, steps), SI; `cells` they are of, `left` the part of draws they are."""

    cells: list[Cells]
    left: float
    R_SE: np.ndarray
    R_int: np.ndarray
    C_int: np.ndarray
    R_dc: np.ndarray

    def of_cells(self, name):
        """An unknown of the cells, SI, (m, steps); NaN of those that do not have it."""
        nothing = np.full_like(self.R_SE, np.nan)
        found = [one.values.get(name, nothing[: len(one.height)]) for one in self.cells]
        return np.concatenate(found)

    @property
    def height(self):
        """Of the islands, m, (m, steps)."""
        return np.concatenate([one.height for one in self.cells])

    @property
    def slab(self):
        """Resistance of the electrolyte alone, Ω·m², (m, steps)."""
        rho = sum(1 / self.of_cells(f"{part}_conductivity") for part in ("bulk", "grain_boundary"))
        return rho * THICKNESS

    @property
    def apex(self):
        """Frequency of the interface's arc in Hz, (m, steps)."""
        return 1 / (2 * np.pi * self.R_int * self.C_int)

    @property
    def arc(self):
        """Whether the arc is seen, (m, steps)."""
        slow = self.apex * SEEN[1] < self.of_cells("grain_boundary_frequency")
        return (self.R_int > SEEN[0] * self.R_SE) & slow & (self.apex > WINDOW[-1])

    def change(self, name, first=0, last=-1):
        """Relative change of what is read between two steps, (m,)."""
        values = getattr(self, name)
        return values[:, last] / values[:, first] - 1


def read(cells):
    """R_SE, R_int, C_int and R_dc of cells of one pattern, (m, steps) each, SI.

    A cell that constricts too little for an arc at some step is not fitted: as of the paper's R-RQ, R_SE is R_dc.
    """
    shape, flat = cells.height.shape, {name: value.ravel() for name, value in cells.values.items()}
    model = InterfaceModel(cells.kind, cells.pattern)
    still = Forward(model, None, ATLAS, np.zeros(1), THICKNESS).at(flat).real[:, 0]
    rho = 1 / flat["bulk_conductivity"] + 1 / flat["grain_boundary_conductivity"]
    little = still < (1 + 0.5 * SEEN[0]) * rho * THICKNESS
    fitted = np.repeat(~little.reshape(shape).any(axis=1), shape[1])
    found = np.column_stack([still, np.full((still.size, 2), np.nan), still])
    places = np.flatnonzero(fitted)
    for some in np.array_split(places, 1 + len(places) // AT_ONCE):
        own = {name: value[some] for name, value in flat.items()}
        found[some, :3] = read_values(Forward(model, None, ATLAS, WINDOW, THICKNESS), CIRCUIT, own)
    return [column.reshape(shape) for column in found.T]


def readings_of(scenario, count, random, contact=ANY):
    """Readings of `count` cells of a scenario, half of each pattern, with contact that goes with charge as it may."""
    parts, tried = [], 0
    for pattern in LATTICES:
        own, number = [], 0
        while number < count // len(LATTICES):
            some, _ = drawn(scenario, pattern, count, random, contact)
            own.append(some.part(np.arange(len(some.height)) < count // len(LATTICES) - number))
            number, tried = number + len(own[-1].height), tried + count * len(own[-1].height) / max(len(some.height), 1)
        parts += own
    read_off = [np.concatenate(column) for column in zip(*map(read, parts), strict=True)]
    found = Readings(parts, count / tried, *read_off)
    unseen = ~found.arc.all(axis=1)
    found.R_SE[unseen] = found.R_dc[unseen]
    return found


def signs(found):
    """Which cells show what the paper reports, (m,) each, by what it is."""
    seen = found.arc.all(axis=1)
    rise, first, then, less = (found.change(*of) for of in (("R_SE",), ("R_int", 0, 1), ("R_int", 1, 2), ("C_int",)))
    three = seen & (rise > CHANGE["R_SE"]) & (first < -CHANGE["R_int"]) & (less < -CHANGE["C_int"])
    reported = seen & (first < -CHANGE["R_int"]) & (first > -SLIGHT) & (np.abs(then) < STEADY)
    return {
        "arc seen": seen,
        "R_SE rises": seen & (rise > CHANGE["R_SE"]),
        "R_int falls first": seen & (first < -CHANGE["R_int"]),
        "C_int falls": seen & (less < -CHANGE["C_int"]),
        "all three": three,
        "R_int as reported": reported,
        "all three, R_int as reported": three & reported,
    }


def with_error(marks):
    """The part of draws that is marked, and its standard error; of none the part that 95 % of trials would exceed."""
    part = float(np.mean(marks))
    return part, (part * (1 - part) / len(marks)) ** 0.5 if part > 0 else 3 / len(marks)


def predicted_rows(name, found):
    """The rows of one scenario in predicted.csv: how probable signs are, how large changes where the arc is seen."""
    told = signs(found)
    for given in (None, "arc seen", "R_int as reported"):
        among = np.ones(len(found.R_SE), dtype=bool) if given is None else told[given]
        for what, marks in told.items():
            if what != given and among.sum() >= FEWEST:
                part, error = with_error(marks[among])
                row = {"model": name, "given": given or "prior", "what": what, "of": int(among.sum())}
                yield row | {"value": f"{part:.5f}", "error": f"{error:.5f}"}
    for given in ("arc seen", "R_int as reported", "all three"):
        if told[given].sum() >= FEWEST:
            yield from size_rows(name, given, found, told[given])


def size_rows(name, given, found, some):
    """How large changes are of the cells that are marked (m,)."""
    for quantity, ends in (("R_SE", (0, -1)), ("R_int", (0, 1)), ("R_int", (1, -1)), ("C_int", (0, -1))):
        spread = np.quantile(found.change(quantity, *ends)[some], QUANTILES)
        span = f"{STEPS[ends[0]]:g} to {STEPS[ends[1]]:g} mAh/cm2"
        row = {"model": name, "given": given, "what": f"change of {quantity}, {span}", "of": int(some.sum())}
        yield row | {f"q{100 * q:g}": f"{value:.4f}" for q, value in zip(QUANTILES, spread, strict=True)}


def measurable(found):
    """Numbers that somebody could measure of each cell, (m,), by their words."""
    return {
        "R_int / R_SE": (found.R_int / found.R_SE)[:, -1],
        "C_int (F/cm2)": found.C_int[:, -1] / 1e4,
        "frequency of the arc (Hz)": found.apex[:, -1],
        "relative rise of R_SE": found.change("R_SE"),
        "relative fall of C_int": -found.change("C_int"),
        "pitch of the islands (m)": found.of_cells("pitch")[:, -1],
        "contact fraction": found.of_cells("contact_fraction")[:, -1],
        "gap midway between islands (m)": found.of_cells("gap_height")[:, -1],
        "width of the lift beside a rim (m)": lifted_width(found),
    }


def lifted_width(found):
    """How far from a rim the copper is lifted, m, (m,): nowhere, over a zone, or over half the gap."""
    pitch = found.of_cells("pitch")[:, -1]
    half = pitch * np.concatenate([half_gap(one.pattern, one.values["contact_fraction"])[:, -1] for one in found.cells])
    everywhere = found.of_cells("gap_height")[:, -1] > LIFTED_GAP
    return np.nan_to_num(found.of_cells("zone_share")[:, -1]) * half + np.where(everywhere, half, 0.0)


def bits(by_model):
    """Mutual information in bits between model, each as probable as any other, and a number, (m,) of each model.

    What as many draws of one model alone seem to tell, by chance, is taken off.
    """
    everything = np.concatenate(by_model)
    edges = np.unique(np.quantile(everything, np.linspace(0, 1, BINS + 1)[1:-1]))
    table = np.array([np.bincount(np.digitize(one, edges), minlength=len(edges) + 1) / len(one) for one in by_model])
    table /= len(by_model)
    product = table.sum(axis=1, keepdims=True) * table.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.nansum(table * np.log2(table / product))
    chance = (len(by_model) - 1) * np.count_nonzero(table.sum(axis=0) > 0) / (2 * np.log(2) * len(everything))
    return max(float(found - chance), 0.0)


def deciding_rows(every):
    """How much each measurable number tells of the model, among cells that show all three signs."""
    able = {name: found for name, found in every.items() if signs(found)["all three"].sum() >= FEWEST}
    marks = {name: signs(found)["all three"] for name, found in able.items()}
    numbers = {name: {k: v[marks[name]] for k, v in measurable(found).items()} for name, found in able.items()}
    for what in next(iter(numbers.values()), ()):
        row = {"measured": what, "bits": f"{bits([own[what] for own in numbers.values()]):.2f}"}
        spans = {name: np.quantile(own[what], (0.05, 0.95)) for name, own in numbers.items()}
        yield row | {name: f"{low:.2g} to {high:.2g}" for name, (low, high) in spans.items()}


def current_rows(name, found, random):
    """Cells of less and more coverage, as the microscope has low and high currents: what else goes with it?

    Pairs are drawn at random, or of nearly the same pitch.
    """
    by_pitch = np.argsort(found.of_cells("pitch")[:, -1])
    for words, order in (("any", random.permutation(len(by_pitch))), ("same", by_pitch)):
        pairs = order[: 2 * (len(order) // 2)].reshape(-1, 2)
        fraction = found.of_cells("contact_fraction")[pairs, -1]
        less, more = np.take_along_axis(pairs, np.argsort(fraction, axis=1), axis=1).T
        arc, rise, fall = found.arc.all(axis=1), found.change("R_SE"), found.change("C_int")
        direct = (found.R_dc / found.slab)[:, -1]
        told = {
            "R_dc / R_pristine is higher": (direct[less] > direct[more], less >= 0),
            "R_SE rises more": (rise[less] > rise[more], less >= 0),
            "the arc is seen, if in one only": (arc[less], arc[less] ^ arc[more]),
            "C_int falls more, if arcs are seen": (fall[less] < fall[more], arc[less] & arc[more]),
        }
        for what, (marks, given) in told.items():
            if given.sum() >= FEWEST:
                part, error = with_error(marks[given])
                row = {"model": name, "pitch": words, "where coverage is less": what, "of": int(given.sum())}
                yield row | {"value": f"{part:.3f}", "error": f"{error:.3f}"}


def write(name, rows):
    """A table beside this script, and on the terminal."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    with open(Path(__file__).with_name(name), "w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, keys, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        print(*row.values(), sep="\t")


def main():
    """Draw, read, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=4000)
    random, count = np.random.default_rng(SEED), parser.parse_args().cells
    rows, all_found = [], {}
    for words, contact in (("any", ANY), ("settled", SETTLED)):
        every = {one.words: readings_of(one, count, random, contact) for one in SCENARIOS}
        rows += [{"contact": words} | row for name, found in every.items() for row in predicted_rows(name, found)]
        all_found[words] = every
    write("predicted.csv", rows)
    write("deciding.csv", list(deciding_rows(all_found["settled"])))
    write(
        "currents.csv", [row for name, found in all_found["any"].items() for row in current_rows(name, found, random)]
    )
    draw(Path(__file__).with_name("predicted.png"))


if __name__ == "__main__":
    main()
