"""A case in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from constriction.base.quantities import format_quantity
from constriction.case.interface import (
    Annulus,
    Clustered,
    Filled,
    Frame,
    HeightMapped,
    Hexagonal,
    Image,
    List,
    Pattern,
    Polygons,
    Sided,
    Single,
    Square,
    Stripes,
)
from constriction.case.law_keys import LawSection
from constriction.case.patterns.scattered import Scattered
from constriction.case.regions import Contact
from constriction.case.schema import Case
from constriction.case.solids.kinds import BULK, BodyTable, LayerTable, MetalTable

_SHAPES = {shape: (shape, f"{shape}s") for shape in ("disc", "square", "ellipse", "rectangle")}


def case_in_words(case: Case) -> str:
    """What was asked, in sentences."""
    electrolyte, sweep = case.electrolyte, case.sweep
    words = [_interface_in_words(case.interface), *_sides_in_words(case.interface)]
    words += [*_contact_in_words(case.contact), *_gap_in_words(case)]
    slab = f"The electrolyte is {_said(electrolyte.thickness, 'length')} thick; its bulk has "
    slab += f"{_said(electrolyte.bulk_conductivity, 'conductivity')}"
    if electrolyte.grain_boundary_conductivity is not None:
        slab += f", its grain boundaries {_said(electrolyte.grain_boundary_conductivity, 'conductivity')}"
        slab += f" and their arc at {_said(electrolyte.grain_boundary_frequency, 'frequency')}"
    words.append(f"{slab}.")
    words += _solids_in_words(case)
    ends = " to ".join(_said(f, "frequency") for f in (sweep.start, sweep.stop))
    asked = f"{100 * case.accuracy.relative_error:.3g} %"
    words.append(f"Asked for: the spectrum from {ends}, to {asked} of R_cstr.")
    return " ".join(words)


def _sides_in_words(interface: Pattern) -> Iterator[str]:
    """What is beyond the sides of a cell, but for mirrors."""
    if isinstance(interface, Sided) and interface.periodic:
        yield "The cell repeats without mirrors."
    if isinstance(interface, Sided) and interface.pellet is not None:
        sides = " × ".join(_said(side, "length") for side in interface.pellet)
        yield f"It is the electrode in the middle of a pellet of {sides}, which insulates beside it."


def _contact_in_words(contact: Contact) -> Iterator[str]:
    """What current meets where the metal touches; nothing of an ideal contact."""
    if contact.law is not None:
        yield f"Where it touches, current passes {_law_in_words(contact)}."
    elif contact.fine_case is not None:
        finer = _interface_in_words(contact.fine_case.interface)
        yield f"Where it touches it does so in a finer pattern ({contact.fine}): {finer[0].lower()}{finer[1:]}"
        yield from _contact_in_words(contact.fine_case.contact)


def _gap_in_words(case: Case) -> Iterator[str]:
    """What lies where the metal does not touch; nothing where it touches all over."""
    if getattr(case.interface, "contact_fraction", None) != 1:
        yield _beside_contacts(case)


def _beside_contacts(case: Case) -> str:
    gap = case.gap
    where = "Everywhere" if getattr(case.interface, "contact_fraction", None) == 0 else "Beside the contacts"
    law = "" if gap.law is None else f" current passes {_law_in_words(gap)}"
    if gap.height is None:
        return f"{where}{law or ' the interface insulates'}."
    filled = f", filled with ε_r = {gap.relative_permittivity:g}" if gap.relative_permittivity != 1 else ""
    if (heights := gap.height_map) is not None:
        points = " × ".join(dict.fromkeys(_said(length, "length") for length in heights.pixel))
        return (
            f"{where} a gap{filled} is as high as the map {heights.file.name} says it, with points {points} apart, and "
            f"{_said(gap.height, 'length')} at least."
        )
    if gap.rise is not None:
        return f"{where} a gap{filled} lies under {_lifted_in_words(case)}."
    return f"{where} a gap of {_said(gap.height, 'length')}{filled} lies under flat copper{law and ';' + law}."


def _lifted_in_words(case: Case) -> str:
    """The metal above a gap of uneven height."""
    gap, collector = case.gap, case.collector
    heights = f"{_said(gap.rise or 0.0, 'length')} high at their rims and {_said(gap.height or 0.0, 'length')} far away"
    if gap.length is not None:
        return f"copper that falls within {_said(gap.length, 'length')} of them: {heights}"
    held = [
        f"{words} {_said(value, kind)}"
        for words, value, kind in (
            ("a stack pressure of", collector.stack_pressure, "pressure"),
            ("an adhesion of", collector.adhesion, "energy per area"),
        )
        if value is not None
    ]
    return f"a foil of {_said(collector.thickness, 'length')} that they lift against {' and '.join(held)}: {heights}"


def _solids_in_words(case: Case) -> Iterator[str]:
    """What lies in the electrolyte; nothing of a case without solids or grains."""
    if case.solid:
        told = [_layer_in_words(t) if isinstance(t, LayerTable) else _body_in_words(t) for t in case.solid]
        yield f"In it there are {'; '.join(told)}."
    if case.grains.mean_size is not None:
        grains, size = case.grains, _said(case.grains.mean_size, "length")
        depth = "" if grains.depth is None else f" down to {_said(grains.depth, 'length')}"
        law = "the electrolyte's" if grains.boundary_law is None else f"{grains.boundary_law} per area"
        shape = "cubes" if grains.shape == "cubes" else f"Voronoi cells (seed {grains.seed})"
        yield f"It consists{depth} of grains of {size}, {shape}; their boundaries have a law of their own, {law}."


def _body_in_words(table: BodyTable) -> str:
    """One kind of bodies, with their sizes and places."""
    below, permittivity = getattr(table, "below", 0.0), getattr(table, "relative_permittivity", None)
    stuff = "empty" if permittivity is None else f"dielectric (ε_r = {permittivity:g})"
    if isinstance(table, MetalTable):
        stuff = "floating metal" if table.floating else "metal"
    whole = "half spheroids" if below == 0 else f"spheroids {_said(below, 'length')} under the interface"
    kind = {"pit": "pits", "whisker": "whiskers"}.get(table.kind, whole)
    sizes = f"radius {_said(table.radius, 'length')}, depth {_said(table.depth, 'length')}"
    return f"{stuff} {kind} ({sizes}) {_places_of_solids(table)}"


def _places_of_solids(table: BodyTable) -> str:
    if table.density is not None:
        return f"at random places, {_said(table.density, 'number density')} (seed {table.seed})"
    if table.x is None or table.y is None:
        return "at every lattice point"
    return f"at x {_said(table.x, 'length')}, y {_said(table.y, 'length')}"


def _layer_in_words(table: LayerTable) -> str:
    """A layer with its law."""
    values = ", ".join(f"{key} = {value}" for key, value in table.written())
    if table.conductivity is not None:
        law = f"that has {_said(table.conductivity, 'conductivity')}"
    elif table.law == BULK:
        law = "without grain boundaries"
    else:
        law = f"that is {table.law} per length" + (f" with {values}" if values else "")
    return (
        f"a layer {_said(table.thickness, 'length')} thick, {_said(table.below, 'length')} under the interface, {law}"
    )


def _law_in_words(section: LawSection) -> str:
    """A law with its values."""
    values = ", ".join(f"{key} = {value}" for key, value in section.written())
    return f"{section.law} per area" + (f" with {values}" if values else "")


def _said(value: float, kind: str) -> str:
    """A quantity as a reader writes it: 500 µm."""
    return format_quantity(value, kind).replace("um", "µm")


def _interface_in_words(interface: Pattern) -> str:
    """Where the metal touches, one sentence; a pattern without words of its own is told by its name."""
    one, many = ("pore", "pores") if interface.inverted else _SHAPES[getattr(interface, "shape", "disc")]
    if isinstance(interface, List):
        return _listed(interface, one, many)
    if isinstance(interface, Image | Polygons):
        return _from_file(interface)
    if isinstance(interface, HeightMapped):
        limit = _said(interface.heights.contact_below or 0.0, "length")
        return f"The metal touches where the map {interface.heights.file.name} has it below {limit}."
    if not isinstance(interface, Filled):
        return f"The metal touches in a pattern of the kind '{interface.pattern}'."
    if interface.contact_fraction in (0, 1):
        return f"The metal touches {'nowhere' if interface.contact_fraction == 0 else 'the whole interface'}."
    fraction = f"{100 * interface.contact_fraction:.4g} % of the interface"
    touch = f"the metal touches {fraction}" if interface.inverted else f"in contact over {fraction}"
    return f"{_places(interface, one, many)}, {touch}."


def _places(interface: Filled, one: str, many: str) -> str:
    pitch = _said(interface.pitch, "length")
    if isinstance(interface, Scattered):
        return f"{_at_random(interface, many)}, one per ({pitch})²"
    match interface:
        case Single():
            return f"A single {one} in a {interface.cell_shape} cell {pitch} wide"
        case Stripes():
            return f"Stripes with a period of {pitch}"
        case Annulus() | Frame():
            return f"One {'round' if interface.pattern == 'annulus' else 'square'} ring in a square cell {pitch} wide"
        case Square() | Hexagonal():
            return f"{many.capitalize()} on a {interface.pattern} lattice, {pitch} apart"
    return f"{many.capitalize()} in a pattern of the kind '{interface.pattern}', {pitch} apart"


def _at_random(interface: Scattered, many: str) -> str:
    if isinstance(interface, Clustered):
        radius = _said(interface.cluster_radius, "length")
        each = interface.spots_per_cluster
        return f"{interface.clusters} clusters of {each} {many} within {radius} (seed {interface.seed})"
    return f"{interface.spot_count} {many} at random places (seed {interface.seed})"


def _from_file(interface: Image | Polygons) -> str:
    if isinstance(interface, Image):
        pixel = " × ".join(dict.fromkeys(_said(length, "length") for length in interface.pixel))
        return f"The metal touches where the map {interface.file.name} says it, with pixels of {pixel}."
    cell = " × ".join(_said(side, "length") for side in interface.cell)
    where = "beside" if interface.inverted else "over"
    return f"The metal touches {where} the polygons of {interface.file.name}, in a cell of {cell}."


def _listed(interface: List, one: str, many: str) -> str:
    width, depth = (_said(side, "length") for side in interface.cell)
    count = interface.spot_count
    if count > len(interface.discs) and not interface.inverted:
        one, many = "spot", "spots"
    places = f"One {one} at a given place" if count == 1 else f"{count} {many} at given places"
    return f"{places} in a cell of {width} × {depth}."
