"""Cells as the paper's text leaves them possible: drawn from priors without a trend over charge or current built in.

A cell keeps its electrolyte and its pitch. Sodium is conserved: islands of the contact fraction f are as high as the
mean thickness by the charge over f. How f goes with charge is not known: f ∝ charge^a, one a up to the third step, one
after it. Of *any* contact each is anywhere from −0.5 (contact is lost) to 1 (islands spread and grow no higher); of
*settled* contact, as the paper reads R_int, from −0.2 to 0.2 and then −0.05 to 0.05. What nothing is conserved of, such
as a narrow gap, goes with charge^b, b anywhere from −0.5 to 0.5: it grows as probably as it shrinks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from constriction.geometry.plate.foil import rigidity
from constriction.interpret.atlas.atlas import load_atlas
from constriction.interpret.atlas.zones import ZONE_LIMITS, half_gap
from constriction.interpret.model.forward import island_size
from constriction.interpret.model.models import FILMED, FINE_PATTERN, LATTICE, LIFTED, TWO_LEVELS
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.model.unknowns import BOUNDARIES, BULK
from constriction.interpret.series.balance import metal_thickness
from constriction.spectra.timeseries import MAH_PER_CM2

STEPS = 0.05, 0.15, 0.5  # mAh/cm²: the first, the third and the last of the ten steps
THICKNESS = 1.5e-3  # of the pellet in m: assumed, the text has none
HIGHEST = 13.3e-6  # m: the thickest sodium of the cross-sections (Fig. 6)
PRISTINE, FACTOR = 100e-9, 1.5  # m: the gap before the deposition (Fig. S8), 68 % within the factor
NARROW = 1e-9, 1e-6  # m: a narrow gap anywhere; the lamella also shows close contact (Fig. 8a)
PITCHES = 10e-6, 10e-3  # m: assumed, from ten grains to the electrode
ANY, SETTLED = ((-0.5, 1.0), (-0.5, 1.0)), ((-0.2, 0.2), (-0.05, 0.05))  # of charge: powers of contact, early and late
FREE = (-0.5, 0.5), (-0.5, 0.5)  # likewise of what nothing is conserved of
PRESSURES = 1e4, 2e6  # Pa: what of the 2 MPa presses on the copper between islands is not known
ADHESIONS = 1e-3, 1.0  # J/m²: assumed
COPPER = 5e-6, 1.2e11, 0.34  # m (text); modulus in Pa and Poisson's ratio of copper
LATTICES = "hexagonal", "stripes"
ATLAS = load_atlas()
MEAN = np.array([metal_thickness(MAH_PER_CM2 * charge, "sodium") for charge in STEPS])  # m, of the sodium at each step


@dataclass(frozen=True, eq=False)
class Cells:
    """m cells of one kind and pattern at every step: unknowns by name, SI, (m, steps), and the islands' height in m."""

    kind: str
    pattern: str
    values: dict[str, np.ndarray]
    height: np.ndarray

    def part(self, some):
        """Those of the cells that are marked, (m,)."""
        return Cells(
            self.kind, self.pattern, {key: value[some] for key, value in self.values.items()}, self.height[some]
        )


@dataclass(frozen=True)
class Scenario:
    """What the interface is taken for: its words, its kind in the atlas, what is drawn beside contacts and pitch."""

    words: str
    kind: str
    beside: Callable


def between(random, ends, shape):
    """Numbers whose logarithms are evenly spread between two ends."""
    return np.exp(random.uniform(*np.log(ends), shape))


def path(random, count, ends):
    """A quantity over its last value at each step, (m, 3): powers of the charge, one to the middle step, one after."""
    early, late = (random.uniform(*pair, count) for pair in ends)
    first, then = np.diff(np.log(STEPS))
    return np.exp(-np.stack([early * first + late * then, late * then, 0 * late], axis=1))


def pristine(random, count):
    """A gap as the pristine cell has it, the same at each step, m; (m, 1)."""
    return PRISTINE * FACTOR ** random.standard_normal((count, 1))


def unchanged(random, cells):
    """Nothing is lifted: the gap stays as it was in the pristine cell."""
    return {"gap_height": pristine(random, len(cells.height))}


def narrow(random, cells):
    """Nothing is lifted, but a narrow gap of any height changes with charge, either way."""
    count = len(cells.height)
    return {"gap_height": between(random, NARROW, (count, 1)) * path(random, count, FREE)}


def lifted(random, cells):
    """The copper is everywhere as high as the islands."""
    return {"gap_height": cells.height}


def zone(random, cells):
    """Beside islands the copper is lifted as far as plate theory has it; far from them lies the pristine gap."""
    return beside_zone(random, cells, unchanged(random, cells)["gap_height"])


def narrow_zone(random, cells):
    """The same, but far from islands lies a narrow gap that changes either way."""
    return beside_zone(random, cells, narrow(random, cells)["gap_height"])


def beside_zone(random, cells, gap):
    """Zone and rims beside a gap, m, (m, 1 or steps); higher rims than the atlas has count as its highest."""
    count = len(cells.height)
    stiffness = rigidity(*COPPER)
    by_pressure = (72 * stiffness * cells.height / between(random, PRESSURES, (count, 1))) ** 0.25
    by_adhesion = (18 * stiffness * cells.height**2 / between(random, ADHESIONS, (count, 1))) ** 0.25
    length = np.where(random.uniform(size=(count, 1)) < 0.5, by_pressure, by_adhesion)
    width = half_gap(cells.pattern, cells.values["contact_fraction"]) * cells.values["pitch"]
    ratio = np.minimum(cells.height / gap, ZONE_LIMITS["rise_ratio"][1])
    return {"gap_height": gap, "zone_share": length / width, "rise_ratio": ratio}


def finer(random, cells):
    """Copper as high as islands that touch by finer spots, whose contact and gap change either way."""
    count = len(cells.height)
    size = island_size(cells.pattern, cells.values)
    return lifted(random, cells) | {
        "fine_contact_fraction": between(random, (5e-3, 0.9), (count, 1)) * path(random, count, FREE),
        "fine_gap_height": between(random, NARROW, (count, 1)) * path(random, count, FREE),
        "fine_ratio": between(random, (1e-4, 0.2), (count, 1)) * size[:, -1:] / size,
    }


def behind_film(random, cells):
    """Copper as high as islands that lie behind a film, which does not change."""
    count, priors = len(cells.height), default_priors()
    names = ("film_resistance", "film_capacitance", "film_exponent")
    film = {name: priors[name].values(random.standard_normal((count, 1))) for name in names}
    return lifted(random, cells) | film


SCENARIOS = (
    Scenario("one level, pristine gap", LATTICE, unchanged),
    Scenario("one level, narrow gap", LATTICE, narrow),
    Scenario("copper as high as the islands", LATTICE, lifted),
    Scenario("lifted zone, beyond it the pristine gap", LIFTED, zone),
    Scenario("lifted zone, beyond it a narrow gap", LIFTED, narrow_zone),
    Scenario("lifted copper, finer spots below", TWO_LEVELS, finer),
    Scenario("lifted copper, film below", FILMED, behind_film),
)


def drawn(scenario, pattern, count, random, contact=ANY):
    """Cells of a scenario from the priors, `contact` that of its path, and the part of draws that they are.

    Left out is what cannot be: contact fractions that the pattern does not have, zones that meet, finer spots as large
    as islands.
    """
    end = MEAN[-1] / between(random, (MEAN[-1] / 0.95, HIGHEST), (count, 1))
    fraction = end * path(random, count, contact)
    values = {"contact_fraction": fraction, "pitch": between(random, PITCHES, (count, 1)), "gap_permittivity": 1.0}
    values |= electrolyte(random, count)
    cells = Cells(scenario.kind, pattern, values, MEAN / fraction)
    values |= scenario.beside(random, cells)
    whole = {name: np.broadcast_to(value, fraction.shape).astype(float) for name, value in values.items()}
    low, high = ATLAS.limits(pattern, {LATTICE: "ideal", LIFTED: "zone"}.get(scenario.kind, "film"))
    limits = {
        "contact_fraction": (low, high),
        "fine_contact_fraction": ATLAS.limits(FINE_PATTERN),
        "fine_ratio": (0, 0.2),
    }
    limits |= ZONE_LIMITS
    possible = np.ones(count, dtype=bool)
    for name in whole.keys() & limits.keys():
        possible &= ((whole[name] >= limits[name][0]) & (whole[name] <= limits[name][1])).all(axis=1)
    return Cells(scenario.kind, pattern, whole, cells.height).part(possible), float(possible.mean())


def electrolyte(random, count):
    """Of each cell, by the program's priors about NZSP; the same at each step, (m, 1)."""
    priors = default_priors()
    return {name: priors[name].values(random.standard_normal((count, 1))) for name in (*BULK, *BOUNDARIES)}
