"""What is shown in a terminal: tables, and a line of progress."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from constriction.base.catalogue import EDGE_UNITS, FARAD_PER_CM2, OHM_CM2, edge_unit
from constriction.base.errors import printable, shortened
from constriction.view.terminal.numbers import (
    engineering,
    farad,
    percent_apart,
    quantity,
    significant,
    with_error,
)
from constriction.view.terminal.streams import note, stdout

if TYPE_CHECKING:
    from constriction.compare.differences import Difference, Overlay

AREA = "Ω·cm²"  # of resistances in tables
NAME_WIDTH = 18
LONGEST_TITLE, LONGEST_VALUE = 200, 1000  # characters
FINITE_ELEMENTS_END = 3e-5  # relative error: what their collars' sectors leave, and a little for the rest

type Rows = Iterable[tuple[str, str]]


def resistance_text(record: Mapping[str, Any], name: str, unit: str = "ohm_cm2") -> str:
    """A resistance of a record with its error bar, or "none".

    Args:
        record: the content of result.json.
        name: such as R_cstr.
        unit: as its key ends.
    """
    value, error = record[f"{name}_{unit}"], record.get(f"{name}_error_{unit}")
    return "none" if value is None else with_error(value, error or 0.0, edge_unit(f"{name}_{unit}").label)


def cross_check_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines of a table of both methods.

    Args:
        record: the content of result.json, with the keys of a cross-check.
    """
    for name, prefix in ((record["method"], ""), (record["cross_check_method"], "cross_check_")):
        seconds = record[f"{prefix}seconds_total"]
        if seconds is None:
            yield name, "no result"
            continue
        parts = [f"R_cstr {resistance_text(record, f'{prefix}R_cstr')}"]
        if (capacitance := record[f"{prefix}C_cstr_farad_per_cm2"]) is not None:
            parts.append(f"C_cstr {farad(capacitance)}")
        if (frequency := record[f"{prefix}f_cstr_hertz"]) is not None:
            parts.append(f"f_cstr {engineering(frequency, 'Hz')}")
        yield name, ", ".join([*parts, f"{seconds:.1f} s"])
    yield "difference", cross_check_text(record)


def cross_check_text(record: Mapping[str, Any]) -> str:
    """What a cross-check says, in one line.

    Args:
        record: the content of result.json, with the keys of a cross-check.
    """
    agrees = record["cross_check_within_error_bars"]
    if agrees is None:
        return str(record["cross_check_remark"])
    apart, spectrum = (
        "no number" if value is None else f"{value:.2f}"
        for value in (record[f"cross_check_{part}difference_in_error_bars"] for part in ("", "spectrum_"))
    )
    words = "agree" if agrees else "DISAGREE"
    if record["R_cstr_ohm_cm2"] is None:
        return f"spectrum {spectrum} of both error bars together: they {words}"
    return f"R_cstr {apart}, spectrum {spectrum} of both error bars together: they {words}"


def accuracy_text(record: Mapping[str, Any]) -> str:
    """That the asked accuracy was not reached, and what the limit was."""
    reached, asked = record["relative_error_reached"], record["relative_error_asked"]
    limit = "the memory, the finest mesh or grid, or rounding is the limit"
    if record["method"] == "finite_elements" and asked < FINITE_ELEMENTS_END:
        limit = f"finite elements end at {FINITE_ELEMENTS_END:g} (README, Accuracy)"
    shown = "unknown" if reached is None else f"{reached:.3g}"
    return f"Accuracy not reached: asked {asked:g}, reached {shown}; {limit}"


def apparent_text(record: Mapping[str, Any]) -> str:
    """What an experimenter would read off the spectrum, in one line."""
    electrolyte, interface = record["apparent_R_SE_ohm_cm2"], record["apparent_R_int_ohm_cm2"]
    if electrolyte is None:
        return f"none: {record['apparent_remark']}"
    parts = [f"R_SE {with_error(electrolyte, record['apparent_R_SE_error_ohm_cm2'], AREA)}"]
    if interface is None:
        parts.append("no arc of the interface")
    else:
        parts.append(f"R_int {with_error(interface, record['apparent_R_int_error_ohm_cm2'] or 0.0, AREA)}")
        capacitance, error = (record[f"apparent_C_int{what}_farad_per_cm2"] for what in ("", "_error"))
        parts.append(f"C_int {quantity(capacitance, error or 0.0, 'F/cm²')}")
    return f"{', '.join(parts)} ({record['apparent_circuit']})"


def overlay_rows(overlay: Overlay, remarks: Iterable[str], thickness: float | None = None) -> Iterator[tuple[str, str]]:
    """The lines of a table that compares a measured spectrum with the simulated one.

    Args:
        overlay: of both.
        remarks: what a reader must know, a line each.
        thickness: of the electrolyte in m, for values by the cell constant as well; None: there are none.
    """
    low, high = (engineering(f, "Hz") for f in overlay.window)
    left_out = len(overlay.screened.excluded)
    told = f"{low} to {high}, {overlay.simulated.frequency.size} points, {left_out} left out (Kramers-Kronig)"
    yield "window", f"{told}, {len(overlay.screened.masked)} masked" if overlay.screened.masked else told
    circuits = dict.fromkeys([overlay.measured_reading.circuit, overlay.simulated_reading.circuit])
    yield "circuit", ", simulated ".join(circuits)
    for item in overlay.differences:
        yield item.name, _difference(item)
        if thickness is not None and (item.measured, item.simulated) != (None, None):
            yield _by_cell_constant(item, thickness)
    share = math.sqrt(sum(abs(overlay.residuals) ** 2) / overlay.residuals.size)
    yield (
        "Z, rms",
        f"measured is {100 * share:.3g}% of |Z| from simulated, and {100 * overlay.noise:.3g}% from its own fit",
    )
    for remark in remarks:
        yield "note", remark


def _by_cell_constant(item: Difference, thickness: float) -> tuple[str, str]:
    """The name and the values of a difference times area / thickness, or thickness / area."""
    if item.name == "C_int":
        return f"{item.name}·d/A", _both(item, EDGE_UNITS["F/m"].factor * thickness, "F/cm")
    return f"{item.name}·A/d", _both(item, EDGE_UNITS["ohm m"].factor / thickness, "Ω·cm")


def _both(item: Difference, factor: float, unit: str) -> str:
    """Both values with their error bars; `factor` takes SI per area to `unit`."""

    def side(value: float | None, error: float | None) -> str:
        return "none" if value is None else quantity(value * factor, (error or 0.0) * factor, unit)

    return (
        f"measured {side(item.measured, item.measured_stderr)}, simulated {side(item.simulated, item.simulated_error)}"
    )


def _difference(item: Difference) -> str:
    """Both values with their error bars, and how far they are apart."""
    text = _both(item, *((FARAD_PER_CM2, "F/cm²") if item.name == "C_int" else (OHM_CM2, "Ω·cm²")))
    if item.relative is None:
        return "in neither" if item.measured is None and item.simulated is None else text
    bars = "no error bar" if item.in_bars is None else f"{significant(item.in_bars, 2)} error bars"
    apart = percent_apart(item.relative) if item.relative < 2 else f"{significant(1 + item.relative, 3)} times as much"
    return f"{text}: {apart}, {bars}".replace("-", "−")


def mesh_rows(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines of a mesh's table.

    Args:
        facts: `contact_fraction`, `meshed_contact_fraction`, `cells`, `smallest_quality`, `files`.
    """
    exact, meshed = facts["contact_fraction"], facts["meshed_contact_fraction"]
    yield "contact fraction", f"{exact:.10g}, meshed {meshed:.10g}"
    yield "cells", f"{facts['cells']} second-order tetrahedra"
    yield "smallest quality", f"{facts['smallest_quality']:.3g} (of straight elements; 1 is regular)"
    yield "written", ", ".join(map(str, facts["files"]))


def gigabytes(size: float) -> str:
    """Bytes in GB, two digits: 0.21 GB."""
    return f"{significant(size / 1e9, 2)} GB"


def print_table(title: str, rows: Rows) -> None:
    """Print names and values in two columns to stdout, never broken into more lines.

    Titles, names and values may come from a file: a terminal only shows them, whatever they hold.

    Raises:
        StoreError: the file that stdout goes to cannot be written.
    """
    with stdout():
        console = Console(highlight=False, markup=False, emoji=False)
        if title:
            console.print(shortened(printable(title), LONGEST_TITLE), style="bold", soft_wrap=True)
        for name, value in rows:
            cells = (f"  {printable(name):<{NAME_WIDTH - 1}} ", "bold"), shortened(printable(value), LONGEST_VALUE)
            console.print(Text.assemble(*cells), soft_wrap=True)


@contextlib.contextmanager
def progress(silent: bool) -> Iterator[Callable[[str], None]]:
    """Give a function that tells, on stderr, what is being done: a line with a spinner, or plain lines to a file."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if silent:
        yield lambda _: None
    elif console.is_terminal:
        with console.status("starting") as status:
            yield lambda text: status.update(Text(printable(text)))  # no text of a file is markup
    else:
        yield note
