"""What is solved once for many cases: the dimensionless geometry, and what solving it will probably take.

The response F(θ) of a mirror cell knows neither the electrolyte nor a law of the interface nor any frequency, but only
whether the contact has a law, and all lengths may be multiplied by one factor. What remains decides whether two cases
share a mesh.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from constriction.case.interface import Interface
from constriction.case.schema import Case
from constriction.field.fineness import disturbed_depth, expected_effort
from constriction.field.response import Goal
from constriction.field.transforms.convergence import expected_pixels
from constriction.geometry.cell import Layout, lay_out, lay_out_case
from constriction.geometry.outlines import Edge, Outline
from constriction.geometry.profiles import foil_cells, profile_name
from constriction.simulation.simulate import error_asked
from constriction.simulation.weights import gap_model

# Keys whose whole effect is in θ, in the slab's depth, in a meshed gap's height, in whether there is a film, or in the
# far side; all of [interface] is in the layout. None: every key of the section, for laws bring keys of their own.
# A key that is not here separates geometries: new ones cost a solve too many rather than a wrong result.
SHARED: dict[str, set[str] | None] = {
    "electrolyte": {
        "material",
        "temperature",
        "thickness",
        "bulk_conductivity",
        "relative_permittivity",
        "grain_boundary_conductivity",
        "grain_boundary_frequency",
        "grain_boundary_exponent",
    },
    "contact": None,
    "gap": None,
    "collector": None,
    "counter": None,
    "sweep": {"from", "to", "points_per_decade"},
    "accuracy": {"relative_error"},
}
DIGITS = 12  # of lengths in pitches, as meshes have them
LAYOUTS_KEPT = 256

# Measured on one core: lattices of 1 000 to 15 000 unknowns, random discs of 20 000 to 300 000.
SECONDS_AT_LEAST, SECONDS_PER_UNKNOWN, SECONDS_PER_PIXEL = 0.03, 4.5e-5, 1e-5
SECONDS_PER_DENSITY = 2e-4  # on discs, with the whole spectrum: tests/benchmarks/contacts.py
# On all meshes round solids, about: 5 000 to 80 000 on the finest, which are reduced and bounded at every step.
UNKNOWNS_OF_SOLIDS = 8e4
# On both meshes of polycrystals at 1e-2: 32 to 207 Voronoi grains.
UNKNOWNS_PER_GRAIN, SECONDS_PER_GRAIN = 600.0, 0.2
# Measured on foils of 1008 × 1008 cells over a map: 21 s by adhesion, 37 s by pressure, 1.3 GB.
SECONDS_PER_FOIL_CELL, BYTES_PER_FOIL_CELL = 3.6e-5, 1300.0
SECONDS_PER_CASE = 0.01  # peaks, apparent values, record and file


class Effort(NamedTuple):
    """What solving a geometry will probably take: unknowns of all meshes (or pixels), seconds on one core, bytes."""

    unknowns: float
    seconds: float
    memory: float


def layout_of(case: Case) -> Layout:
    """The layout of a case; the last ones are kept, for neighbours in a study often share one."""
    return lay_out_case(case) if case.solid else _layout_of(case.interface)


@lru_cache(maxsize=LAYOUTS_KEPT)
def _layout_of(interface: Interface) -> Layout:
    return lay_out(interface)


def geometry_key(case: Case) -> str:
    """A name of what is solved for a case: equal for cases that share a response, 64 hexadecimal digits."""
    contacts = layout_of(case)
    volume = gap_model(case, contacts) == "volume"
    parts = (
        _not_shared(case),
        error_asked(case),
        case.contact.has_law,
        _outlines_key(case.interface),
        _rounded([min(case.electrolyte.thickness, disturbed_depth(contacts)) / contacts.pitch]),
        _rounded([case.gap.height / contacts.pitch]) if volume and case.gap.height is not None else None,
        (case.gap.profile, _rounded(profile_name(case.gap, case.collector, contacts))),
    )
    return hashlib.sha256(repr((*parts, *_solids_key(case, contacts))).encode()).hexdigest()


def _solids_key(case: Case, contacts: Layout) -> tuple[Any, ...]:
    """What tells apart geometries with solids or grains; nothing of others. They share none in other units."""
    if not case.holds_bodies:
        return ()
    own = tuple(table.model_dump(by_alias=True) for table in case.solid)
    return (
        own,
        case.grains.model_dump(by_alias=True),
        case.electrolyte.model_dump(),
        contacts.pitch,
        _in_pitches(contacts.cell, contacts.pitch),
    )


@lru_cache(maxsize=LAYOUTS_KEPT)
def _outlines_key(interface: Interface) -> str:
    """A name of the outlines of an interface's mirror cell in pitches, 64 hexadecimal digits; kept as layouts are."""
    contacts = _layout_of(interface)
    parts = (
        _in_pitches(contacts.cell, contacts.pitch),
        tuple(_in_pitches(spot, contacts.pitch) for spot in contacts.spots),
        _rounded([spot.size / contacts.pitch for spot in contacts.spots]),
        tuple((patch.region, len(patch.outlines)) for patch in contacts.patches),
        contacts.periodic,
        None if contacts.electrode is None else _in_pitches(contacts.electrode.layout.cell, contacts.pitch),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _not_shared(case: Case) -> dict[str, dict[str, Any]]:
    """The keys of a case that are in no other part of its geometry's name."""
    return {
        section: {key: value for key, value in values.items() if key not in (SHARED.get(section) or ())}
        for section, values in case.model_dump(by_alias=True, exclude={"interface"}).items()
        if isinstance(values, dict) and SHARED.get(section, ()) is not None
    }


def effort_of(case: Case, contacts: Layout) -> Effort:
    """What solving the geometry of a case will probably take: an estimate from its rims' length and a foil's cells."""
    goal = Goal(case.accuracy.relative_error, math.inf)
    cells = foil_cells(case.gap, case.collector, contacts, case.accuracy.relative_error)
    seconds, least = SECONDS_AT_LEAST + SECONDS_PER_FOIL_CELL * cells, BYTES_PER_FOIL_CELL * cells
    if case.accuracy.method == "contacts":
        from constriction.field.contacts.convergence import expected_densities

        unknowns, memory = expected_densities(contacts, case.electrolyte.thickness / contacts.pitch, goal)
        return Effort(unknowns, seconds + SECONDS_PER_DENSITY * unknowns, max(memory, least))
    if case.accuracy.method == "spectral":
        pixels, memory = expected_pixels(contacts, goal)
        return Effort(pixels, seconds + SECONDS_PER_PIXEL * pixels, max(memory, least))
    if case.grains.given:
        from constriction.geometry.grains.placed import expected_grains

        grains, memory = expected_grains(case, contacts, disturbed_depth(contacts))
        return Effort(UNKNOWNS_PER_GRAIN * grains, seconds + SECONDS_PER_GRAIN * grains, memory)
    unknowns, memory = expected_effort(contacts, goal)
    unknowns += UNKNOWNS_OF_SOLIDS * bool(case.solid)
    return Effort(unknowns, seconds + SECONDS_PER_UNKNOWN * unknowns, max(memory, least))


def _in_pitches(outline: Outline, pitch: float) -> list[list[tuple[float, ...]]]:
    """The edges of an outline and of each of its holes."""
    return [[_edge_in_pitches(edge, pitch) for edge in chain] for chain in outline.chains]


def _edge_in_pitches(edge: Edge, pitch: float) -> tuple[float, ...]:
    return _rounded([x / pitch for point in (edge.start, edge.end, edge.centre or ()) for x in point])


def _rounded(lengths: Iterable[float]) -> tuple[float, ...]:
    """Lengths in pitches without their last digits, so that one geometry in other units is the same one."""
    return tuple(float(f"{length:.{DIGITS}g}") + 0.0 for length in lengths)
