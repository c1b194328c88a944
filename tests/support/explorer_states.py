"""States of the explorer at random, and what the program's own atlas says of them."""

import math

import numpy as np
from support.explorer_numerics import NZSP, STATE

from constriction.base.constants import VACUUM_PERMITTIVITY
from constriction.interpret.atlas.atlas import load_atlas
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import FILMED, LATTICE, LIFTED, TWO_LEVELS, InterfaceModel
from constriction.spectra.reading.slab import ReferenceSlab

NAMES = {
    "contactFraction": "contact_fraction",
    "pitch": "pitch",
    "gapHeight": "gap_height",
    "gapPermittivity": "gap_permittivity",
    "electrolyte.bulkConductivity": "bulk_conductivity",
    "electrolyte.relativePermittivity": "relative_permittivity",
    "electrolyte.grainBoundaryConductivity": "grain_boundary_conductivity",
    "electrolyte.grainBoundaryFrequency": "grain_boundary_frequency",
    "electrolyte.grainBoundaryExponent": "grain_boundary_exponent",
    "film.resistance": "film_resistance",
    "film.capacitance": "film_capacitance",
    "film.exponent": "film_exponent",
    "fine.ratio": "fine_ratio",
    "fine.contactFraction": "fine_contact_fraction",
    "fine.gapHeight": "fine_gap_height",
    "zone.share": "zone_share",
    "zone.ratio": "rise_ratio",
}

TABLES = {LATTICE: "ideal", LIFTED: "zone"}
KINDS = {"film": FILMED, "fine": TWO_LEVELS, "zone": LIFTED}


def between(rng, low, high):
    """A number whose logarithm is as likely anywhere."""
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def random_state(rng):
    """Any state that the atlas covers."""
    atlas = load_atlas()
    kind = rng.choice([LATTICE, FILMED, TWO_LEVELS, LIFTED], p=[0.4, 0.2, 0.2, 0.2])
    there = {LATTICE: atlas.patterns, FILMED: atlas.filmed, TWO_LEVELS: atlas.filmed, LIFTED: atlas.lifted}[kind]
    pattern = str(rng.choice(there))
    thickness = between(rng, 1e-4, 3e-3)
    boundaries = {
        "grainBoundaryConductivity": between(rng, 1e-3, 10) if rng.random() < 0.7 else None,
        "grainBoundaryFrequency": between(rng, 1e4, 1e7),
        "grainBoundaryExponent": float(rng.choice([1.0, rng.uniform(0.6, 1)])),
    }
    state = STATE | {
        "pattern": pattern,
        "contactFraction": float(
            rng.uniform(*atlas.limits(pattern, {LATTICE: "ideal", LIFTED: "zone"}.get(kind, "film")))
        ),
        "pitch": min(between(rng, 1e-6, 1e-2), thickness / 0.021),
        "gapHeight": between(rng, 1e-9, 1e-5),
        "gapPermittivity": between(rng, 1, 30),
        "thickness": thickness,
        "electrolyte": {
            "bulkConductivity": between(rng, 1e-3, 10),
            "relativePermittivity": between(rng, 5, 100),
            **boundaries,
        },
    }
    if kind == FILMED:
        state["film"] = {
            "resistance": between(rng, 1e-6, 0.1),
            "capacitance": between(rng, 1e-4, 1),
            "exponent": rng.uniform(0.7, 1),
        }
    if kind == TWO_LEVELS:
        state["fine"] = {
            "ratio": between(rng, 1e-3, 0.2),
            "contactFraction": between(rng, 0.005, 0.9),
            "gapHeight": between(rng, 1e-9, 1e-7),
        }
    if kind == LIFTED:
        state["zone"] = {"share": rng.uniform(0.01, 0.7), "ratio": between(rng, 1, 200)}
    return state


def nzsp_state(rng):
    """Spots on NZSP, whose arc may show or not."""
    exponent = float(rng.choice([1.0, 0.9]))
    boundaries = {"grainBoundaryConductivity": None if rng.random() < 0.25 else 0.75, "grainBoundaryExponent": exponent}
    size = {"contactFraction": rng.uniform(0.02, 0.7), "pitch": between(rng, 2e-5, 8e-3)}
    return STATE | size | {"gapHeight": between(rng, 2e-9, 3e-7), "electrolyte": NZSP | boundaries}


def values_of(state):
    """The unknowns of `interpret` that a state stands for, (1,) each."""
    found = {}
    for path, name in NAMES.items():
        part = state
        for key in path.split("."):
            part = None if part is None else part[key]
        if part is not None:
            found[name] = np.array([float(part)])
    if "grain_boundary_conductivity" not in found:
        found = {name: value for name, value in found.items() if not name.startswith("grain_boundary")}
    return found


def impedance_of(state, frequency):
    """Z of a state in Ω·m² by `interpret`, and its R_cstr without film."""
    kind = next((kind for name, kind in KINDS.items() if state[name]), LATTICE)
    values = values_of(state)
    atlas = load_atlas()
    z = Forward(InterfaceModel(kind, state["pattern"]), None, atlas, frequency, state["thickness"]).at(values)[0]
    ideal = {name: value for name, value in values.items() if not name.startswith(("film", "fine"))}
    bare = InterfaceModel(kind if kind == LIFTED else LATTICE, state["pattern"])
    at_rest = Forward(bare, None, atlas, np.zeros(1), state["thickness"]).at(ideal)
    return z, float(at_rest[0, 0].real) - float(slab_of(state, frequency).resistance)


def slab_of(state, frequency):
    """The slab of a state in full contact."""
    own, thickness = state["electrolyte"], state["thickness"]
    bulk = own["bulkConductivity"]
    parts = [(bulk, bulk / (2 * math.pi * VACUUM_PERMITTIVITY * own["relativePermittivity"]), 1.0)]
    if own["grainBoundaryConductivity"] is not None:
        parts.append((own["grainBoundaryConductivity"], own["grainBoundaryFrequency"], own["grainBoundaryExponent"]))
    conductivities, apexes, exponents = (np.array(column, dtype=float) for column in zip(*parts, strict=True))
    return ReferenceSlab(frequency, thickness / conductivities, apexes, exponents)
