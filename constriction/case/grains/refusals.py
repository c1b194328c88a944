"""What does not go together with [grains], told from the keys of a case before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity, shown
from constriction.case.interface import HeightMapped, Image, List, Pattern, Sided, Stripes
from constriction.case.patterns.lattices import Lattice
from constriction.case.solids.refusals import check_gap_model, check_solids

if TYPE_CHECKING:
    from constriction.case.schema import Case

ELEMENTS = "finite_elements"


def check_bodies(case: Case) -> None:
    """Refuse what is not meshed: of gaps, of [[solid]] and of [grains].

    Raises:
        InputError: with key, value and what to do.
    """
    check_gap_model(case)
    check_solids(case)
    check_grains(case)


def check_grains(case: Case) -> None:
    """Refuse what does not go together with [grains] yet.

    Raises:
        InputError: with key, value and what to do.
    """
    if not case.grains.given:
        return
    about = _of_outlines(case.interface), _of_sides(case.interface), _of_regions(case), _of_electrolyte(case)
    for problem in chain(_of_method(case), *about):
        raise InputError(problem)


def _of_method(case: Case) -> Iterator[str]:
    method = case.accuracy.method
    if method != ELEMENTS:
        yield (
            f"accuracy.method = '{method}': grains are meshed; expected accuracy.method = '{ELEMENTS}', without "
            "--cross-check"
        )
    if case.accuracy.bounds:
        yield "accuracy.bounds = true: not with [grains] yet; expected bounds = false and no --bounds"
    if case.solid:
        yield f"solid: {len(case.solid)} of them beside [grains], not yet; expected none"


def _of_outlines(interface: Pattern) -> Iterator[str]:
    name = f"interface.pattern = '{interface.pattern}'"
    if isinstance(interface, Image | HeightMapped):
        yield f"{name}: not with [grains] yet; expected another pattern, such as 'polygons' of the same outlines"
    if isinstance(interface, Stripes):
        yield f"{name}: beside [grains] its cell has no depth; expected pattern = 'list' with rectangles"
    if isinstance(interface, Lattice) and interface.shape == "ellipse":
        yield f"interface.shape = '{interface.shape}': not with [grains] yet; expected 'disc' or 'rectangle'"
    if isinstance(interface, List) and interface.ellipses:
        yield f"interface.ellipses: {len(interface.ellipses)} with [grains], not yet; expected discs or rectangles"


def _of_sides(interface: Pattern) -> Iterator[str]:
    if isinstance(interface, Sided) and interface.periodic:
        yield f"interface.sides = '{interface.sides}': not with [grains] yet; expected sides = 'mirror'"
    if isinstance(interface, Sided) and interface.pellet is not None:
        width = format_quantity(interface.pellet[0], "length")
        yield f"interface.pellet = '{width}': not with [grains] yet; expected pellet = 'none'"


def _of_regions(case: Case) -> Iterator[str]:
    contact, gap, counter = case.contact, case.gap, case.counter
    if contact.has_law:
        key = "law" if contact.law is not None else "fine"
        yield f"contact.{key} = {shown(getattr(contact, key))}: not with [grains] yet; expected a contact without {key}"
    if gap.model == "volume":
        yield f"gap.model = '{gap.model}': not with [grains] yet; expected gap.model = 'thin' or 'auto'"
    if gap.uneven:
        yield f"gap.profile = '{gap.profile}': not with [grains] yet; expected gap.profile = 'uniform'"
    if counter.symmetric or counter.file is not None:
        key = "symmetric" if counter.symmetric else "file"
        yield f"counter.{key} = {shown(getattr(counter, key))}: not with [grains] yet; expected no section [counter]"


def _of_electrolyte(case: Case) -> Iterator[str]:
    electrolyte, grains = case.electrolyte, case.grains
    if grains.boundary_law is None and electrolyte.grain_boundary_conductivity is None:
        yield (
            "grains.boundary_law: missing; expected a circuit per area such as 'p(R1,C1)', as "
            "electrolyte.grain_boundary_conductivity = 'none'"
        )
    law = grains.law_of()
    if law is not None and law.resistance == float("inf"):
        yield (
            f"grains.boundary_law = {shown(grains.boundary_law)}: lets no direct current pass; expected a circuit that "
            "does, such as 'p(R1,C1)'"
        )
    if grains.depth is not None and grains.depth > electrolyte.thickness:
        yield (
            f"grains.depth = '{format_quantity(grains.depth, 'length')}': above electrolyte.thickness = "
            f"'{format_quantity(electrolyte.thickness, 'length')}'; expected at most that"
        )
