"""What is not meshed: told from the keys of a case, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity, shown
from constriction.case.interface import HeightMapped, Image, List, Pattern, Sided, Stripes
from constriction.case.patterns.lattices import Lattice
from constriction.case.solids.kinds import BodyTable

if TYPE_CHECKING:
    from constriction.case.regions import Contact, CounterElectrode
    from constriction.case.schema import Case


BESIDE = "beside [[solid]]"


def of_maps(interface: Pattern, beside: str) -> Iterator[str]:
    """That contacts of maps are not meshed beside something yet, such as "beside [[solid]]"."""
    if isinstance(interface, Image | HeightMapped):
        yield (
            f"interface.pattern = '{interface.pattern}': not {beside} yet; expected another pattern, such as "
            "'polygons' of the same outlines"
        )


def of_sides(interface: Pattern, beside: str) -> Iterator[str]:
    """That cells beside something end at mirrors; as `of_maps`."""
    if isinstance(interface, Sided) and interface.periodic:
        yield f"interface.sides = '{interface.sides}': not {beside} yet; expected sides = 'mirror'"
    if isinstance(interface, Sided) and interface.pellet is not None:
        width = format_quantity(interface.pellet[0], "length")
        yield f"interface.pellet = '{width}': not {beside} yet; expected pellet = 'none'"


def of_law(contact: Contact, beside: str) -> Iterator[str]:
    """That contacts beside something are ideal; as `of_maps`."""
    if contact.has_law:
        key = "law" if contact.law is not None else "fine"
        yield f"contact.{key} = {shown(getattr(contact, key))}: not {beside} yet; expected a contact without {key}"


def of_counter(counter: CounterElectrode, beside: str) -> Iterator[str]:
    """That there is no second interface beside something; as `of_maps`."""
    if counter.symmetric or counter.file is not None:
        key = "symmetric" if counter.symmetric else "file"
        yield f"counter.{key} = {shown(getattr(counter, key))}: not {beside} yet; expected no section [counter]"


def check_gap_model(case: Case) -> None:
    """Refuse a meshed gap on a pellet, or beside a contact with a law.

    Raises:
        InputError: with the gap's model.
    """
    if case.gap.model != "volume":
        return
    if isinstance(case.interface, Sided) and case.interface.pellet is not None:
        raise InputError(
            f"gap.model = '{case.gap.model}': a gap beside which a pellet lies bare is not meshed; expected "
            "gap.model = 'thin', or interface.pellet = 'none'"
        )
    if case.contact.has_law:
        raise InputError(
            f"gap.model = '{case.gap.model}': a contact with a law beside it has a potential at its rim, where the "
            "wall of a meshed gap has none; expected gap.model = 'thin' or 'auto', or a contact without law or fine"
        )


def check_solids(case: Case) -> None:
    """Refuse what does not go together with [[solid]] yet.

    Raises:
        InputError: with key, value and what to do.
    """
    if not case.solid:
        return
    about = _of_outlines(case.interface), of_sides(case.interface, BESIDE), _of_regions(case), _of_bodies(case)
    for problem in chain(_of_method(case), *about):
        raise InputError(problem)


def _of_method(case: Case) -> Iterator[str]:
    method = case.accuracy.method
    if method != "finite_elements":
        yield (
            f"accuracy.method = '{method}': solids in the electrolyte are meshed; expected accuracy.method = "
            "'finite_elements', without --cross-check"
        )


def _of_outlines(interface: Pattern) -> Iterator[str]:
    yield from of_maps(interface, BESIDE)
    if isinstance(interface, Lattice) and interface.shape == "ellipse":
        yield f"interface.shape = '{interface.shape}': not beside [[solid]] yet; expected 'disc' or 'rectangle'"
    if isinstance(interface, List) and interface.ellipses:
        yield f"interface.ellipses: {len(interface.ellipses)} beside [[solid]], not yet; expected discs or rectangles"


def _of_regions(case: Case) -> Iterator[str]:
    contact, gap = case.contact, case.gap
    if contact.fine is not None:
        yield (
            f"contact.fine = {shown(contact.fine)}: a finer case is no law beside [[solid]] yet; expected contact.law "
            "such as 'p(R1,C1)', or no section [contact]"
        )
    if gap.model == "volume":
        yield f"gap.model = '{gap.model}': not beside [[solid]] yet; expected gap.model = 'thin' or 'auto'"
    yield from of_counter(case.counter, BESIDE)


def _of_bodies(case: Case) -> Iterator[str]:
    if isinstance(case.interface, Stripes) and any(isinstance(table, BodyTable) for table in case.solid):
        yield (
            f"interface.pattern = '{case.interface.pattern}': beside bodies its cell has no depth; expected pattern = "
            "'list' with rectangles for the stripes"
        )
