"""A case in sentences."""

from __future__ import annotations

from constriction.base.quantities import format_quantity
from constriction.case.interface import Interface
from constriction.case.schema import Case

_SHAPES = {"disc": ("disc", "discs"), "square": ("square", "squares")}


def case_in_words(case: Case) -> str:
    """What was asked, in sentences."""
    electrolyte, gap, sweep = case.electrolyte, case.gap, case.sweep
    words = [_interface_in_words(case.interface)]
    if gap.height is None:
        words.append("Beside the contacts the interface insulates.")
    else:
        filled = f", filled with ε_r = {gap.relative_permittivity:g}" if gap.relative_permittivity != 1 else ""
        words.append(f"Beside them a gap of {_said(gap.height, 'length')}{filled} lies under flat copper.")
    slab = f"The electrolyte is {_said(electrolyte.thickness, 'length')} thick; its bulk has "
    slab += f"{_said(electrolyte.bulk_conductivity, 'conductivity')}"
    if electrolyte.grain_boundary_conductivity is not None:
        slab += f", its grain boundaries {_said(electrolyte.grain_boundary_conductivity, 'conductivity')}"
        slab += f" and their arc at {_said(electrolyte.grain_boundary_frequency, 'frequency')}"
    words.append(f"{slab}.")
    ends = " to ".join(_said(f, "frequency") for f in (sweep.start, sweep.stop))
    asked = f"{100 * case.accuracy.relative_error:.3g} %"
    words.append(f"Asked for: the spectrum from {ends}, to {asked} of R_cstr.")
    return " ".join(words)


def _said(value: float, kind: str) -> str:
    """A quantity as a reader writes it: 500 µm."""
    return format_quantity(value, kind).replace("um", "µm")


def _interface_in_words(interface: Interface) -> str:
    one, many = ("pore", "pores") if interface.inverted else _SHAPES[interface.shape]
    if interface.pattern == "list":
        return _listed(interface, one, many)
    fraction = f"{100 * (interface.contact_fraction or 0):.4g} % of the interface"
    touch = f"the metal touches {fraction}" if interface.inverted else f"in contact over {fraction}"
    pitch = "" if interface.pitch is None else _said(interface.pitch, "length")
    places = {
        "single": f"A single {one} in a {interface.cell_shape} cell {pitch} wide",
        "stripes": f"Stripes with a period of {pitch}",
        "random": f"{interface.spots} {many} at random places (seed {interface.seed}), one per ({pitch})²",
    }
    lattice = f"{many.capitalize()} on a {interface.pattern} lattice, {pitch} apart"
    return f"{places.get(interface.pattern, lattice)}, {touch}."


def _listed(interface: Interface, one: str, many: str) -> str:
    assert interface.cell is not None and interface.discs is not None  # the schema demands them
    width, depth = (_said(side, "length") for side in interface.cell)
    count = len(interface.discs)
    places = f"One {one} at a given place" if count == 1 else f"{count} {many} at given places"
    return f"{places} in a cell of {width} × {depth}."
