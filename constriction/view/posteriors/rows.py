"""The table of one interpreted spectrum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from constriction.base.catalogue import EDGE_UNITS
from constriction.interpret.model.unknowns import UNKNOWNS
from constriction.view.terminal.numbers import engineering, significant, with_error

MAIN = ("contact_fraction", "pitch", "gap_height", "zone_share", "rise_ratio", "film_resistance", "film_capacitance")
LEAST = 0.01  # probability of a model that is told
FEWEST, MOST = 3, 5  # digits of an interval
WRITTEN = {edge.suffix: edge.label for edge in EDGE_UNITS.values()} | {"siemens_per_m": "S/m", "henry_cm2": "H·cm²"}

type Record = Mapping[str, Any]


def interpretation_rows(record: Record) -> Iterator[tuple[str, str]]:
    """The lines of a table.

    Args:
        record: of one spectrum in interpretation.json.
    """
    if record["error"]:
        yield "not interpreted", record["error"]
        return
    if record.get("mean_metal_thickness_m") is not None:
        yield "metal", f"{engineering(record['mean_metal_thickness_m'], 'm')} by the charge"
    yield from _unknown_rows(record)
    if record.get("electrolyte_deviations") is not None:
        yield "electrolyte", _agreement_text(record)
    for model in record["evidence"]:
        if model["probability"] >= LEAST:
            yield "model", _model_text(model)
    if anew := record["best_case"]:
        yield "solved anew", anew_text(anew)
    yield "verdict", record["verdict"]
    for note in record["notes"]:
        yield "note", note


def _unknown_rows(record: Record) -> Iterator[tuple[str, str]]:
    for words, key, unit in map(labelled, MAIN):
        if key in record:
            yield words, interval_text(record[key], unit)
    if record["R_cstr_ohm_cm2"] is not None:
        yield "R_cstr", interval_text(record["R_cstr_ohm_cm2"], "Ω·cm²")


def interval_text(numbers: Record, unit: str) -> str:
    """Such as "best 1.2 mm, 68 %: 0.9 to 1.4, 95 %: 0.5 to 2", in digits that tell the ends apart.

    What is not determined says so.

    Args:
        numbers: with best, low68, high68, low95, high95, determined, in the unit.
        unit: "" for none.
    """
    best, inner, outer = interval_cells(numbers, unit)
    said = f"best {best}, 68 %: {inner}, 95 %: {outer}"
    return said if numbers["determined"] else f"not determined ({said})"


def interval_cells(numbers: Record, unit: str) -> tuple[str, str, str]:
    """Best value, and the intervals of 68 and of 95 %, such as "0.9 to 1.4 mm"; arguments as of `interval_text`."""
    names = ("best", "low68", "high68", "low95", "high95")
    digits = FEWEST
    while digits < MOST and len({_written(numbers[name], unit, digits) for name in names[1:]}) < len(names) - 1:
        digits += 1
    best, *ends = (_written(numbers[name], unit, digits) for name in names)
    return best, f"{ends[0]} to {ends[1]}", f"{ends[2]} to {ends[3]}"


def _written(value: float, unit: str, digits: int) -> str:
    return engineering(value, unit, digits=digits) if unit else significant(value, digits)


def _agreement_text(record: Record) -> str:
    far = f"{significant(record['electrolyte_deviations'], 2)} standard deviations from what the others say"
    return far if record["electrolyte_shared"] else f"{far}: not shared"


def anew_text(anew: Record) -> str:
    """What finite elements say of the best lattice; `anew`: `best_case` of interpretation.json."""
    solved = with_error(anew["R_cstr_ohm_cm2"], anew["R_cstr_error_ohm_cm2"], "Ω·cm²")
    by_atlas = significant(anew["R_cstr_atlas_ohm_cm2"], 4)
    return f"best {anew['model']}: R_cstr {solved} by finite elements, {by_atlas} by the atlas"


def _model_text(model: Record) -> str:
    name = " ".join(filter(None, (model["model"], model["pattern"])))
    said = f"{name}: probability {significant(model['probability'], 2)}"
    if model["converged"] is False:
        said += ", not converged"
    return said


def labelled(name: str) -> tuple[str, str, str]:
    """How an unknown is called, its key in interpretation.json, and the unit that this ends with; "" for none."""
    unknown = UNKNOWNS[name]
    return unknown.words, unknown.key, WRITTEN.get(unknown.suffix, unknown.suffix)
