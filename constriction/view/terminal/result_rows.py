"""The lines of a run's table: what result.json says, for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from constriction.view.terminal.numbers import between, engineering, farad, significant, with_error
from constriction.view.terminal.words import AREA, apparent_text, resistance_text

NO_CURRENT = "none: the interface lets no direct current pass"
NO_DIFFERENCE = "none: in full contact no direct current passes"
YIELD_STRAIN = 2.5e-3  # of bending, at which copper yields: docs/physics.md#lifted-foil
ROUGH = 0.1  # finer pitch over an island's width from which two levels are warned of


def run_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines of a run's table.

    Args:
        record: the content of result.json.
    """
    yield from resistance_rows(record)
    if ends := bounds(record):
        yield "bounds", f"{' to '.join(ends)} {AREA}"
    for name, value, remark in capacitance_rows(record):
        yield name, f"{value} ({remark})" if remark else value
    if has_law(record):
        yield "R_full_contact", plain_resistance(record, "R_full_contact")
    yield "R_electrolyte", plain_resistance(record, "R_electrolyte")
    yield "R_dc", plain_resistance(record, "R_dc")
    yield from metal_rows(record)
    yield from pellet_rows(record)
    yield from fine_rows(record)
    yield from lift_rows(record)
    yield from current_rows(record)
    for tip in record.get("tips", ()):
        density = with_error(tip["current_density_over_mean"], tip["current_density_over_mean_error"], "×")
        yield f"tip of solid {tip['solid']}", f"{density} the mean current density"
    yield "apparent", apparent_text(record)
    yield "contact fraction", f"{record['contact_fraction']:.6g}"
    yield from map_rows(record)
    yield "gap", {"none": "insulating", "thin": "thin", "volume": "meshed"}[record["gap_model"]]
    for number, peak in enumerate(record["peaks"], start=1):
        yield f"peak {number}", _peak(peak) + (", the electrolyte's" if is_electrolytes(peak, record) else "")
    yield from _effort_rows(record)


def bounds(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The lower and the upper bound of R_cstr in Ω·cm², in the digits of their distance; () where there are none."""
    if record["R_cstr_lower_ohm_cm2"] is None:
        return ()
    return between(record["R_cstr_lower_ohm_cm2"], record["R_cstr_upper_ohm_cm2"])


FINENESS = {
    "finite_elements": ("mesh", "cells", "meshes"),
    "spectral": ("grid", "pixels", "grids"),
    "contacts": ("grid", "cells", "degrees"),
}
"""What a method has several of, what these have, and the first as more."""


def _effort_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """How fine the finest mesh or grid is, and what solving took."""
    if record["cells"] == 0:
        yield "mesh", "none: the interface is the same everywhere"
        return
    mesh, cells, meshes = FINENESS[record["method"]]
    yield f"finest {mesh}", f"{record['cells']} {cells}, {record['unknowns']} unknowns"
    yield "solves", f"{record['solves']} on all {meshes}"
    parts = f"meshing {record['seconds_mesh']:.1f} s, solving {record['seconds_solve']:.1f} s"
    yield "time", f"{record['seconds_total']:.1f} s ({parts})"


MULTIPLES = 2, 5, 10


def current_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """On which part of the contacts the current density is far above its mean, as far as some is.

    Args:
        record: the content of result.json.
    """
    parts = [
        f"{multiple} × on {with_error(100 * area, 100 * record[f'contact_area_above_{multiple}_error'], '%')}"
        for multiple in MULTIPLES
        if (area := record.get(f"contact_area_above_{multiple}"))
    ]
    if parts:
        yield "current above", f"{', '.join(parts)} of the contacts"


def has_law(record: Mapping[str, Any]) -> bool:
    """Whether something else than the pattern of contacts resists: R_interface is not R_cstr, or there is none."""
    return record.get("R_interface_ohm_cm2", record["R_cstr_ohm_cm2"]) != record["R_cstr_ohm_cm2"] or (
        record["R_cstr_ohm_cm2"] is None
    )


def resistance_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """R_interface, where it is another than R_cstr, and R_cstr.

    Args:
        record: the content of result.json.
    """
    if has_law(record):
        yield "R_interface", resistance_or_why(record, "R_interface")
    yield "R_cstr", resistance_or_why(record, "R_cstr")


def resistance_or_why(record: Mapping[str, Any], name: str) -> str:
    """R_interface or R_cstr of a record with its error bar, or why there is none."""
    if record[f"{name}_ohm_cm2"] is not None:
        return resistance_text(record, name)
    return NO_CURRENT if record.get("R_interface_ohm_cm2") is None else NO_DIFFERENCE


def plain_resistance(record: Mapping[str, Any], name: str) -> str:
    """A resistance of a record to five digits, or "none"."""
    value = record[f"{name}_ohm_cm2"]
    return "none" if value is None else f"{significant(value, 5)} {AREA}"


def pellet_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of an electrode on a pellet: its areas, and the resistances of the whole pellet.

    Args:
        record: the content of result.json.
    """
    if "pellet_area_cm2" not in record:
        return
    areas = [f"{significant(record[f'{name}_area_cm2'], 4)} cm²" for name in ("electrode", "pellet")]
    share = record["electrode_contact_fraction"]
    touches = f", {significant(share, 4)} of it in contact," if share < 1 - 1e-9 else ""
    yield "electrode", f"{areas[0]}{touches} on a pellet of {areas[1]}; values per area are per area of the pellet"
    texts = [f"{name} {resistance_text(record, name, 'ohm')}" for name in ("R_interface", "R_cstr")]
    texts = texts[0 if has_law(record) else 1 :]
    total = record["R_dc_ohm"]
    yield "pellet", ", ".join([*texts, f"R_dc {'none' if total is None else f'{significant(total, 5)} Ω'}"])


def fine_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of a finer case: what it gave, and what taking it as a film leaves.

    Args:
        record: the content of result.json.
    """
    if "fine_pitch_over_island" not in record:
        return
    texts = [f"R_interface {resistance_text(record, 'fine_R_interface')}"]
    if over := record["fine_pitch_over_island"]:
        error = f"an error of about {100 * record['two_levels_relative_error']:.2g} % of R_interface beside the bars"
        texts.append(f"its pitch is {over:.2g} of the narrowest contact: {error}")
    yield "finer case", ", ".join(texts)


def map_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of maps: what a quarter pixel of the rims changes, the contact fraction by pixels, what was done to the outlines.

    Args:
        record: the content of result.json.
    """
    if "outline_tolerance_um" in record:
        error = significant(record["R_cstr_outline_error_ohm_cm2"], 2)
        off = significant(record["outline_tolerance_um"], 2)
        yield "meshed rims", f"simplified by up to {off} µm, which is {error} {AREA} of the error bar"
    if "height_map_changes" in record:
        yield "done to heights", "; ".join(record["height_map_changes"]) or "nothing"
    if "map_changes" not in record:
        return
    if (error := record["R_cstr_map_error_ohm_cm2"]) is not None:
        yield "map", f"a quarter pixel of its rims changes R_cstr by {significant(error, 2)} {AREA}"
    yield "by pixels", f"contact fraction {record['contact_fraction_pixels']:.6g}"
    yield "done to the map", "; ".join(record["map_changes"]) or "nothing"


def two_levels_warning(record: Mapping[str, Any]) -> str:
    """What must be said of a finer case whose pitch is not small, one line; "" where it is.

    Args:
        record: the content of result.json.
    """
    over = record.get("fine_pitch_over_island") or 0.0
    if over <= ROUGH:
        return ""
    return (
        f"WARNING: contact.fine: the finer pitch is {over:.2g} of the width of the narrowest contact; expected at most "
        f"{ROUGH:g}: taken as a film it leaves an error of about {100 * record['two_levels_relative_error']:.2g} % of "
        "R_interface, which the error bars do not have"
    )


def strain_warning(record: Mapping[str, Any]) -> str:
    """What must be said of a foil that is bent so far that copper would yield, one line; "" of others.

    Args:
        record: the content of result.json.
    """
    strain = record.get("largest_bending_strain") or 0.0
    if strain <= YIELD_STRAIN:
        return ""
    return (
        f"WARNING: gap.profile: the foil's largest bending strain is {100 * strain:.2g} %; expected at most "
        f"{100 * YIELD_STRAIN:g} %, where copper yields: a foil that yields is lifted less far than this elastic one"
    )


def cautions(record: Mapping[str, Any]) -> tuple[str, ...]:
    """What must be said beside the numbers, a line each.

    Args:
        record: the content of result.json.
    """
    return tuple(filter(None, (two_levels_warning(record), strain_warning(record))))


def lift_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of a gap of uneven height: how much of the interface is lifted, and how far the foil is bent.

    Args:
        record: the content of result.json.
    """
    if "lifted_share" not in record:
        return
    texts = [f"{100 * record['lifted_share']:.3g} % of the interface"]
    if "largest_bending_strain" in record:
        texts.append(f"largest bending strain {100 * record['largest_bending_strain']:.2g} %")
    yield "lifted", ", ".join(texts)


def metal_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What resolved metals add to R_cstr.

    Args:
        record: the content of result.json.
    """
    if "metals_R_cstr_ohm_cm2" in record:
        added = with_error(record["metals_R_cstr_ohm_cm2"], record["metals_R_cstr_error_ohm_cm2"], AREA)
        relative = record["metals_R_cstr_relative"]
        yield "metals", f"add {added} to R_cstr" + ("" if relative is None else f", {relative:.1e} of it")


OF_OTHERS = {
    "electrolyte": "of the electrolyte's own peak: it tells nothing about the gap",
    "several": "several relaxations: see the peaks",
}


def capacitance_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """C_cstr, C_low, C_high and f_cstr: name, value, and what a reader must know ("" for nothing).

    Where the peak is not the gap's, C_cstr tells nothing about it: then C_low and C_high come first.

    Args:
        record: the content of result.json.
    """
    remark = OF_OTHERS.get(_owner(record), "")
    names = ("C_low", "C_high", "C_cstr") if remark else ("C_cstr", "C_low", "C_high")
    for name in names:
        if (capacitance := record[f"{name}_farad_per_cm2"]) is not None:
            yield name, farad(capacitance), remark if name == "C_cstr" else ""
    if record["f_cstr_hertz"] is not None:
        yield "f_cstr", engineering(record["f_cstr_hertz"], "Hz"), ""


def _owner(record: Mapping[str, Any]) -> str:
    """Whose C_cstr is; a single peak is not several relaxations, though a law may hide whose it is."""
    owner = record.get("C_cstr_belongs_to") or ""
    return "" if owner == "several" and len(record["peaks"]) == 1 else owner


def is_electrolytes(peak: Mapping[str, float], record: Mapping[str, Any]) -> bool:
    """Whether a peak of result.json is the one that gives C_cstr, and the electrolyte's."""
    main = math.isclose(peak["frequency_hertz"], record["f_cstr_hertz"] or 0.0, rel_tol=1e-9)
    return main and record.get("C_cstr_belongs_to") == "electrolyte"


def _peak(peak: Mapping[str, float]) -> str:
    resistance, capacitance = peak["resistance_ohm_cm2"], peak["capacitance_farad_per_cm2"]
    frequency = engineering(peak["frequency_hertz"], "Hz")
    return f"{frequency}: {significant(resistance, 3)} {AREA}, {farad(capacitance)}"
