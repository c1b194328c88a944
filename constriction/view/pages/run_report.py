"""The report of `constriction run`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from constriction.case.schema import resolved_toml
from constriction.geometry.solids.placed import solids_of
from constriction.simulation.grains.solving import crystal_of
from constriction.simulation.maps.densities import Density, density_of
from constriction.simulation.result import Result
from constriction.simulation.weights import uneven_gap
from constriction.view.charts.current_charts import current_chart
from constriction.view.charts.curves import peaks_seen
from constriction.view.charts.spectra_charts import bode_chart, nyquist_chart, result_curves
from constriction.view.pages.case_words import case_in_words
from constriction.view.pages.contact_scene import contact_scene, cut_open, from_above
from constriction.view.pages.provenance import Origin, links, repeat_sections, timing_table
from constriction.view.pages.record_tables import NOTHING, RecordColumn, record_table
from constriction.view.pages.sections import Answer, Code, Heading, Paragraph, Report, Section, TableSection
from constriction.view.terminal.numbers import engineering, farad, quantity, significant, with_error
from constriction.view.terminal.result_rows import (
    MULTIPLES,
    bounds,
    capacitance_rows,
    cautions,
    fine_rows,
    has_law,
    is_electrolytes,
    map_rows,
    pellet_rows,
    plain_resistance,
    resistance_rows,
)
from constriction.view.terminal.sentences import headline, method_name, sentences, total_text
from constriction.view.terminal.words import AREA, resistance_text

# One line each.
DEFINITIONS = (
    ("contact fraction", "Contact area over interface area."),
    (
        "map",
        "Its error is the larger of what contacts grown or shrunk by a quarter of a pixel change in R_cstr. The error "
        "bar of R_cstr is for the outline as it is drawn.",
    ),
    ("R_cstr", "Re Z(ω→0) less that of the same cell with the whole interface in contact; per area, one-sided."),
    ("Z_cstr", "Z(ω) less that of the same cell with the whole interface in contact."),
    ("f_cstr", "Frequency of the highest peak of −Im Z_cstr."),
    (
        "C_cstr",
        "1/(2π f_cstr R_cstr): what a fit of a resistor beside a constant-phase element would report. It is the gap's "
        "if it is within a factor of 2 of C_low; else, if f_cstr is within that factor of a peak of the electrolyte's "
        "own −Im Z, it is the electrolyte's.",
    ),
    ("C_low", "Limit ω→0 of −Im Z_cstr/(ω R_cstr²): the energy that the DC field stores in the gap."),
    ("C_high", "Limit ω→∞ of 1/(iω Z_cstr), with an electrolyte that only conducts."),
    ("R_electrolyte", "The slab's resistance with the whole interface in contact."),
    ("R_full_contact", "R_electrolyte, and the resistance of the contact's law if it has one."),
    ("R_dc", "Re Z(ω→0) = R_full_contact + R_cstr."),
    ("R_interface", "R_dc − R_electrolyte: what the interface adds, its laws and its constriction."),
    (
        "current above x ×",
        "Parts of the contacts' area and of their current where the current density at ω→0 is above x times its mean "
        "over the contacts.",
    ),
    ("peaks", "All maxima of −Im Z_cstr over frequency, each with R, C and f."),
    (
        "apparent R_SE, R_int, C_int",
        "What is read off the spectrum in the sweep, beside the same slab in full contact: the electrolyte's arcs, "
        "larger by a factor, and an RQ besides. Their error bars hold that of the reading.",
    ),
    ("error bar", "Estimated from meshes or grids of different fineness; it is no statistical error."),
)
FILES = (
    ("result.json", "all numbers, the unit in each key"),
    ("spectrum.csv", "the impedance spectrum"),
    ("case.toml", "the case with every default written out"),
    ("contacts.geojson", "outlines of the contacts, in metres"),
    ("nyquist.png", "the Nyquist plot for one journal column"),
    ("currents.png", "how the current spreads over the contacts, for one journal column"),
    ("field.vtu", "the potential at DC and at f_cstr"),
)


def run_report(result: Result, record: Mapping[str, Any], how: Origin, files: Sequence[str]) -> Report:
    """The report of one run.

    Args:
        result: what was simulated.
        record: the content of its result.json.
        how: from `provenance.origin`.
        files: names of those that lie beside the report.
    """
    case = result.case
    sections: tuple[Section, ...] = (
        Paragraph(case_in_words(case)),
        answer(record),
        Heading("Spectrum"),
        *_charts(result),
        Heading("Interface"),
        *_interface(result),
        *([] if result.currents is None or not result.response.fine.cells else [current_chart(result.currents)]),
        Heading("Numbers"),
        TableSection(
            "Results, per area of interface",
            ("quantity", "value", "error bar or remark"),
            tuple(number_rows(record)),
            True,
        ),
        *_peaks(record),
        *_cross_check(record),
        Heading("Case"),
        Paragraph("With every default written out:"),
        Code(resolved_toml(case)),
        *repeat_sections(how, record["versions"], [("SHA-256 of the case", record["case_sha256"])]),
        timing_table(list(_times(record))),
        Paragraph("Files beside this page:"),
        links(FILES, files),
        Heading("Definitions"),
        TableSection("Quantities", ("name", "meaning"), DEFINITIONS, True),
    )
    return Report(case.title or "Constriction at an interface", "constriction run", sections)


def answer(record: Mapping[str, Any]) -> Answer:
    """R_cstr and what it means, in sentences.

    Args:
        record: the content of result.json.
    """
    if record["relative_error_reached"] is None and record["contact_fraction"] > 0 and not has_law(record):
        slab = plain_resistance(record, "R_electrolyte")
        return Answer(headline(record), (f"Nothing constricts: the whole interface is in contact, and R_dc = {slab}.",))
    agrees = record.get("cross_check_within_error_bars", True)
    return Answer(
        headline(record),
        sentences(record),
        caution=not (record["accuracy_reached"] and agrees and not cautions(record)),
    )


def number_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Rows (quantity, value, error bar) of what result.json has.

    Args:
        record: the content of result.json.
    """
    for name, text in resistance_rows(record):
        yield name, *_split(text)
    yield "R_dc", *_split(total_text(record))
    if has_law(record):
        yield "R_full_contact", plain_resistance(record, "R_full_contact"), NOTHING
    yield "R_electrolyte", plain_resistance(record, "R_electrolyte"), "exact"
    for name, text in (*pellet_rows(record), *fine_rows(record)):
        yield name, text, NOTHING
    if ends := bounds(record):
        yield "R_cstr lies between", f"{' and '.join(ends)} {AREA}", "two-sided bounds"
    for name, value, remark in capacitance_rows(record):
        yield name, value, remark or NOTHING
    yield from _currents(record)
    for tip in record.get("tips", ()):
        density = with_error(tip["current_density_over_mean"], tip["current_density_over_mean_error"], "×")
        yield f"current density at the tip of solid {tip['solid']}, over its mean", *_split(density)
    yield from _apparent(record)
    yield "any Z of the sweep", NOTHING, f"± {significant(record['spectrum_error_ohm_cm2'], 2)} {AREA}"
    yield "contact fraction", f"{record['contact_fraction']:.6g}", "exact"
    for name, text in map_rows(record):
        yield name, text, NOTHING


# --- parts ---------------------------------------------------------------------------------------------------------


def _interface(result: Result) -> Iterator[Section]:
    """The contacts to look at: of a map from above, of other cases a scene to turn; and where the gap is uneven, it."""
    layout, case = result.layout, result.case
    if layout.contact_fraction == 0:
        yield Paragraph("The metal touches nowhere: the gap is everywhere.")
        return
    profile = uneven_gap(case, layout)
    inside = solids_of(case, layout) if case.grains.mean_size is None else crystal_of(case, layout)
    if layout.traced is None and profile is None:
        yield contact_scene(layout, case.gap.height, case.electrolyte.thickness, inside)
    elif layout.traced is None:
        scene = contact_scene(layout, case.gap.rise, case.electrolyte.thickness, inside)
        yield replace(scene, caption=f"{scene.caption} Copper is drawn flat; how high it lies is seen below.")
    if layout.traced is not None or profile is not None:
        yield from_above(layout, case.gap.height, profile, _densities(result))
    yield from cut_open(result)


def _densities(result: Result) -> list[Density]:
    """The current density over the interface of a map, direct current if it passes; none of other patterns."""
    if result.layout.traced is None:
        return []
    frequency = result.spectrum.window[0] if result.R_interface is None else 0.0
    return [density_of(result.case, result.layout, result.laws, frequency)]


def _charts(result: Result) -> tuple[Section, ...]:
    curves = result_curves(result)
    low, high = result.spectrum.window
    alone = "the electrolyte alone" if result.laws.film else "the same slab with the whole interface in contact"
    caption = f"Impedance of electrolyte and interface; dashed: {alone}. "
    caption += "Decades of frequency are marked."
    beyond = [engineering(p.frequency, "Hz") for p in result.peaks if not low <= p.frequency <= high]
    if beyond:
        caption += f" Outside the sweep lies a peak at {' and '.join(beyond)}."
    return nyquist_chart(curves, peaks_seen(result), caption), bode_chart(curves, "The same over frequency.")


def _split(text: str) -> tuple[str, str]:
    """14.81 ± 0.01 Ω → 14.81 Ω, ± 0.01 Ω."""
    value, found, rest = text.partition(" ± ")
    if not found:
        return text, NOTHING
    error, _, unit = rest.partition(" ")
    return f"{value} {unit}", f"± {error} {unit}"


def _currents(record: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for multiple in MULTIPLES:
        for part in ("area", "current"):
            share = record.get(f"contact_{part}_above_{multiple}")
            if share is not None:
                text = with_error(100 * share, 100 * record[f"contact_{part}_above_{multiple}_error"], "%")
                yield f"contacts' {part}, current above {multiple} ×", *_split(text)


def _apparent(record: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, ending, unit in (
        ("R_SE", "ohm_cm2", AREA),
        ("R_int", "ohm_cm2", AREA),
        ("C_int", "farad_per_cm2", "F/cm²"),
    ):
        value, error = record[f"apparent_{name}_{ending}"], record[f"apparent_{name}_error_{ending}"]
        if value is not None:
            text, bar = _split(quantity(value, error or 0.0, unit))
            yield f"apparent {name}", text, bar


def _peaks(record: Mapping[str, Any]) -> Iterator[Section]:
    columns = (
        RecordColumn("frequency", lambda peak: engineering(peak["frequency_hertz"], "Hz")),
        RecordColumn("resistance", lambda peak: f"{significant(peak['resistance_ohm_cm2'], 3)} {AREA}"),
        RecordColumn("capacitance", lambda peak: farad(peak["capacitance_farad_per_cm2"])),
        RecordColumn("remark", lambda peak: "the electrolyte's own" if is_electrolytes(peak, record) else NOTHING),
    )
    if record["peaks"]:
        yield replace(record_table("Peaks of −Im Z_cstr", record["peaks"], columns), symbols=True)


def _cross_check(record: Mapping[str, Any]) -> Iterator[Section]:
    if "cross_check_method" not in record:
        return
    rows = []
    for name, prefix in ((record["method"], ""), (record["cross_check_method"], "cross_check_")):
        capacitance, frequency = record[f"{prefix}C_cstr_farad_per_cm2"], record[f"{prefix}f_cstr_hertz"]
        rows.append(
            (
                method_name(name),
                resistance_text(record, f"{prefix}R_cstr"),
                NOTHING if capacitance is None else farad(capacitance),
                NOTHING if frequency is None else engineering(frequency, "Hz"),
            )
        )
    yield TableSection("Two methods", ("method", "R_cstr", "C_cstr", "f_cstr"), tuple(rows))
    apart, spectrum = (record[f"cross_check_{part}difference_in_error_bars"] for part in ("", "spectrum_"))
    if apart is not None and spectrum is not None and record["R_cstr_ohm_cm2"] is not None:
        yield Paragraph(
            f"In units of both error bars together, R_cstr differs by {apart:.2f} and the spectrum by {spectrum:.2f}."
        )


def _times(record: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    yield "meshing", record["seconds_mesh"]
    yield "solving", record["seconds_solve"]
    yield "whole case, without starting the program", record["seconds_total"]
    if record.get("cross_check_seconds_total") is not None:
        yield "the second method", record["cross_check_seconds_total"]
