"""What does not go together with [grains], told from the keys of a case before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity, shown
from constriction.case.interface import List, Pattern, Stripes
from constriction.case.patterns.lattices import Lattice
from constriction.case.solids.refusals import (
    check_gap_model,
    check_solids,
    of_counter,
    of_law,
    of_maps,
    of_sides,
)

if TYPE_CHECKING:
    from constriction.case.schema import Case

ELEMENTS, BESIDE = "finite_elements", "with [grains]"


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
    about = _of_outlines(case.interface), of_sides(case.interface, BESIDE), _of_regions(case), _of_electrolyte(case)
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
    yield from of_maps(interface, BESIDE)
    if isinstance(interface, Stripes):
        yield (
            f"interface.pattern = '{interface.pattern}': beside [grains] its cell has no depth; expected pattern = "
            "'list' with rectangles"
        )
    if isinstance(interface, Lattice) and interface.shape == "ellipse":
        yield f"interface.shape = '{interface.shape}': not with [grains] yet; expected 'disc' or 'rectangle'"
    if isinstance(interface, List) and interface.ellipses:
        yield f"interface.ellipses: {len(interface.ellipses)} with [grains], not yet; expected discs or rectangles"


def _of_regions(case: Case) -> Iterator[str]:
    gap = case.gap
    yield from of_law(case.contact, BESIDE)
    if gap.model == "volume":
        yield f"gap.model = '{gap.model}': not with [grains] yet; expected gap.model = 'thin' or 'auto'"
    if gap.uneven:
        yield f"gap.profile = '{gap.profile}': not with [grains] yet; expected gap.profile = 'uniform'"
    yield from of_counter(case.counter, BESIDE)


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
