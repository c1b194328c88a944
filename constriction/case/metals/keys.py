"""What a case says of its metals: which keys the foil takes, and what `accuracy.metals = "resolved"` needs and refuses.

Resolved metals are islands as high as the gap and a foil over both, each of one conductivity.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity, shown
from constriction.case.solids.refusals import of_counter, of_law, of_maps, of_sides

if TYPE_CHECKING:
    from constriction.case.schema import Case

RESOLVED = "resolved"
SODIUM, COPPER = "2.1e7 S/m", "5.96e7 S/m"
"""Conductivities at 20 °C: docs/numerics/metals.md#conductivities."""


def with_conductivities(given: Any) -> Any:
    """A case's tables, completed by the conductivities of metals that are resolved."""
    accuracy = given.get("accuracy") if isinstance(given, dict) else None
    if not isinstance(accuracy, dict) or accuracy.get("metals") != RESOLVED:
        return given
    sections = {"contact": SODIUM, "collector": COPPER}
    tables = {name: given.get(name, {}) for name in sections}
    if not all(isinstance(table, dict) for table in tables.values()):
        return given
    return {**given, **{name: {"conductivity": sections[name], **table} for name, table in tables.items()}}


def check_metals(case: Case) -> None:
    """Refuse a foil that nothing asks for, and what does not go together with resolved metals.

    Raises:
        InputError: with key, value and what to do.
    """
    resolved = case.accuracy.metals == RESOLVED
    problems = _of_resolved(case) if resolved else _of_equipotential(case)
    for problem in problems:
        raise InputError(problem)
    if not resolved:
        check_foil(case)


def check_foil(case: Case) -> None:
    """Refuse a foil that nothing holds, or that does not bend.

    Raises:
        InputError: with key, value and what to do.
    """
    plate, held = case.gap.profile == "plate", (case.collector.stack_pressure, case.collector.adhesion)
    if plate and held == (None, None):
        raise InputError(
            f"collector: neither stack_pressure nor adhesion holds down the foil of gap.profile = "
            f"'{case.gap.profile}'; expected one of them, such as stack_pressure = '0.1 MPa'"
        )
    if not plate and case.collector != type(case.collector)():
        raise InputError(
            f"collector: does not apply to gap.profile = '{case.gap.profile}'; expected gap.profile = 'plate', or "
            f"accuracy.metals = '{RESOLVED}', which takes its thickness and conductivity"
        )


def _of_equipotential(case: Case) -> Iterator[str]:
    for name in ("contact", "collector"):
        conductivity = getattr(case, name).conductivity
        if conductivity is not None:
            yield (
                f"{name}.conductivity = '{format_quantity(conductivity, 'conductivity')}': metals are equipotentials; "
                f"expected accuracy.metals = '{RESOLVED}' beside it"
            )


BESIDE = f"with accuracy.metals = '{RESOLVED}'"


def _of_resolved(case: Case) -> Iterator[str]:
    """What is not meshed with metals yet."""
    yield from _of_collector(case)
    yield from _of_gap(case)
    yield from of_maps(case.interface, BESIDE)
    yield from of_sides(case.interface, BESIDE)
    yield from of_law(case.contact, BESIDE)
    yield from of_counter(case.counter, BESIDE)
    if case.solid:
        yield f"solid: {len(case.solid)} of them {BESIDE}, not yet; expected none"
    if case.grains.given:
        yield f"grains: not {BESIDE} yet; expected no section [grains]"


def _of_gap(case: Case) -> Iterator[str]:
    gap = case.gap
    if gap.height is None:
        yield f"gap.height = 'none': {BESIDE} islands are as high as the gap; expected a length such as '100 nm'"
    if gap.uneven:
        yield f"gap.profile = '{gap.profile}': not {BESIDE} yet; expected profile = 'uniform'"
    if not gap.capacitor_only:
        yield f"gap.law = {shown(gap.law)}: not {BESIDE} yet; expected none, or law = 'C'"


def _of_collector(case: Case) -> Iterator[str]:
    """Of a foil that does not bend only thickness and conductivity count."""
    collector = case.collector
    counted = {"thickness", "conductivity"}
    for key, field in type(collector).model_fields.items():
        if key not in counted and getattr(collector, key) != field.default and not case.gap.uneven:
            yield f"collector.{key}: does not apply to gap.profile = '{case.gap.profile}'; expected profile = 'plate'"
