"""What a result says, in the sentences of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from constriction.view.terminal.numbers import engineering, farad, with_error
from constriction.view.terminal.result_rows import bounds, cautions, has_law, plain_resistance
from constriction.view.terminal.words import AREA, apparent_text, cross_check_text, resistance_text


def sentences(record: Mapping[str, Any]) -> tuple[str, ...]:
    """What the numbers mean.

    Args:
        record: the content of result.json.
    """
    said = (_resistance, _arcs, _apparent_values, _accuracy, _checks)
    return (*(text for part in said for text in part(record)), *cautions(record))


def headline(record: Mapping[str, Any]) -> str:
    """What people want first: what the interface adds, which without laws is the pattern's constriction."""
    if not has_law(record):
        return f"R_cstr = {resistance_text(record, 'R_cstr')}"
    if record["R_interface_ohm_cm2"] is None:
        return "No direct current passes"
    return f"R_interface = {resistance_text(record, 'R_interface')}"


def total_text(record: Mapping[str, Any]) -> str:
    """R_dc with its error bar, or "none"."""
    value = record["R_dc_ohm_cm2"]
    error = record.get("R_interface_error_ohm_cm2", record["R_cstr_error_ohm_cm2"])
    return "none" if value is None else with_error(value, error or 0.0, AREA)


def _of_pattern(record: Mapping[str, Any]) -> str:
    """How much of R_interface is the contacts' pattern."""
    if record["R_cstr_ohm_cm2"] is None:
        return "In full contact no direct current would pass."
    full = plain_resistance(record, "R_full_contact")
    return f"In full contact it would be {full}; the pattern adds R_cstr = {resistance_text(record, 'R_cstr')}."


def _resistance(record: Mapping[str, Any]) -> Iterator[str]:
    slab = plain_resistance(record, "R_electrolyte")
    if record["R_dc_ohm_cm2"] is None:
        yield f"The interface blocks direct current; the electrolyte resists {slab}."
    elif not has_law(record):
        what = "The pattern of contacts adds" if record["contact_fraction"] < 1 else "Solids in the electrolyte add"
        yield f"{what} this to the electrolyte's {slab}: together R_dc = {total_text(record)}."
    else:
        yield f"The interface adds this to the electrolyte's {slab}: together R_dc = {total_text(record)}."
        yield _of_pattern(record)


def _arcs(record: Mapping[str, Any]) -> Iterator[str]:
    peaks = [engineering(peak["frequency_hertz"], "Hz") for peak in record["peaks"]]
    owner, low = record.get("C_cstr_belongs_to"), record["C_low_farad_per_cm2"]
    what = "The constriction" if has_law(record) else "It"
    if len(peaks) == 1 and owner != "electrolyte":
        capacitance = record["C_cstr_farad_per_cm2"]
        arc = "" if capacitance is None else f", as an arc with C_cstr = {farad(capacitance)}"
        yield f"{what} relaxes at f_cstr = {peaks[0]}{arc}."
    elif len(peaks) > 1:
        yield f"{what} relaxes at {len(peaks)} frequencies: {', '.join(peaks[:-1])} and {peaks[-1]}."
    if owner == "electrolyte":
        stores = "" if low is None else f"; the gap itself stores C_low = {farad(low)}"
        frequency = engineering(record["f_cstr_hertz"], "Hz")
        yield f"The highest peak, at f_cstr = {frequency}, is the electrolyte's own, and so is C_cstr{stores}."


def _apparent_values(record: Mapping[str, Any]) -> Iterator[str]:
    yield f"Read as a measurement would be, by a fit: {apparent_text(record)}."


def _accuracy(record: Mapping[str, Any]) -> Iterator[str]:
    if record["relative_error_reached"] is None:
        yield "Accuracy: exact, for the interface is the same everywhere."
        return
    asked, reached = (f"{100 * record[f'relative_error_{which}']:.2g} %" for which in ("asked", "reached"))
    what = "|Z| of the interface" if record["R_cstr_ohm_cm2"] is None else "R_cstr"
    if record["accuracy_reached"]:
        yield f"Accuracy: {reached} of {what}, where {asked} was asked."
    else:
        yield f"The accuracy was not reached: {reached} of {what} instead of {asked}; memory or fineness is the limit."


def _checks(record: Mapping[str, Any]) -> Iterator[str]:
    if ends := bounds(record):
        yield f"Bounded from both sides: R_cstr lies between {' and '.join(ends)} {AREA}."
    if "cross_check_method" in record:
        method, agrees = method_name(record["cross_check_method"]), record["cross_check_within_error_bars"]
        if agrees is None:
            yield f"The cross-check with a second method ({method}) is {record['cross_check_remark']}."
            return
        other = (
            cross_check_text(record)
            if record["R_cstr_ohm_cm2"] is None
            else resistance_text(record, "cross_check_R_cstr")
        )
        yield f"A second method ({method}) {'agrees' if agrees else 'DISAGREES'}: {other}."


def method_name(name: str) -> str:
    """A method as people call it."""
    names = {"finite_elements": "finite elements", "spectral": "cosine transforms", "contacts": "unknowns on contacts"}
    return names[name]
