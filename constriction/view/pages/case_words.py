"""A case in sentences."""

from __future__ import annotations

from constriction.base.quantities import format_quantity
from constriction.case.interface import Filled, Hexagonal, List, Pattern, Random, Single, Square, Stripes
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


def _interface_in_words(interface: Pattern) -> str:
    """Where the metal touches, one sentence; a pattern without words of its own is told by its name."""
    one, many = ("pore", "pores") if interface.inverted else _SHAPES[getattr(interface, "shape", "disc")]
    if isinstance(interface, List):
        return _listed(interface, one, many)
    if not isinstance(interface, Filled):
        return f"The metal touches in a pattern of the kind '{interface.pattern}'."
    fraction = f"{100 * interface.contact_fraction:.4g} % of the interface"
    touch = f"the metal touches {fraction}" if interface.inverted else f"in contact over {fraction}"
    return f"{_places(interface, one, many)}, {touch}."


def _places(interface: Filled, one: str, many: str) -> str:
    pitch = _said(interface.pitch, "length")
    match interface:
        case Single():
            return f"A single {one} in a {interface.cell_shape} cell {pitch} wide"
        case Stripes():
            return f"Stripes with a period of {pitch}"
        case Random():
            return f"{interface.spots} {many} at random places (seed {interface.seed}), one per ({pitch})²"
        case Square() | Hexagonal():
            return f"{many.capitalize()} on a {interface.pattern} lattice, {pitch} apart"
    return f"{many.capitalize()} in a pattern of the kind '{interface.pattern}', {pitch} apart"


def _listed(interface: List, one: str, many: str) -> str:
    width, depth = (_said(side, "length") for side in interface.cell)
    count = len(interface.discs)
    places = f"One {one} at a given place" if count == 1 else f"{count} {many} at given places"
    return f"{places} in a cell of {width} × {depth}."
