"""`constriction compare`: a case is simulated and laid over measured spectra."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from cyclopts import Parameter

from constriction.base.errors import InputError, naming, one_line
from constriction.base.folders import check_place, whole_folder
from constriction.base.ranks import agree
from constriction.commands.job.guard import complain, guarded
from constriction.commands.job.options import (
    FLAG,
    SEVERAL,
    Debug,
    Impedance,
    Memory,
    geometry,
    given_arguments,
    masks,
    memory_limit,
)
from constriction.commands.job.steps import load_case, tell_folder, wait_for_compilers
from constriction.view.terminal.streams import tell, tell_record

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.case.schema import Case
    from constriction.compare.cell import Cell
    from constriction.compare.measured import Loaded
    from constriction.compare.records import ComparedSpectrum
    from constriction.spectra.reading.analysis import Mask
    from constriction.view.pages.provenance import Origin


@Parameter(name="*")
@dataclass(frozen=True)
class CompareOptions:
    """How a case is laid over measurements."""

    area: str | None = None
    """Area of the electrode, such as "1.13 cm2". [default: what each file says]"""
    thickness: str | None = None
    """Of the electrolyte, such as "1.5 mm": results also in Ω·cm and F/cm, as in the paper."""
    interfaces: int = 1
    """Interfaces of the measured cell like the simulated one: 1 (the other electrode is ideal), or 2 (both equal)."""
    impedance: Impedance = None
    circuit: str | None = None
    """Circuit for both, such as R-RQ-RQ. [default: R-RQ or R-RQ-RQ, as the measurement needs]"""
    mask: Annotated[tuple[str, ...], SEVERAL] = ()
    """Measured point left out by hand, such as "1 kHz" (within 5%), or points: "10 Hz-20 Hz"; may be repeated."""
    relative_error: float | None = None
    """Accuracy of the simulation instead of the case's own accuracy.relative_error."""
    memory: Memory = None
    report: Annotated[bool, FLAG] = False
    """Also write report.html: everything on one page that opens from disk, plots respond."""
    json: Annotated[bool, FLAG] = False
    """Print comparison.json to stdout and nothing else."""
    debug: Debug = False


def compare(
    case: Path,
    /,
    *files: Path,
    out: Path,
    options: CompareOptions = CompareOptions(),  # noqa: B008 - frozen, so no state is shared
) -> int:
    """Simulate a case and lay it over measured spectra: differences of R_SE, R_int, C_int in units of the error bars.

    Example: constriction compare meshes/sodium_islands.toml measured.mpt --area "1.13 cm2" --out results/compared

    Both go through the same window (what sweep and measurement share), the same Kramers-Kronig rule and the same fit,
    at the measured frequencies, per area. Cables, leads and contacts outside the electrolyte are not simulated. A
    file that cannot be compared stays in the table with its error, and the others go on; only if none can, nothing
    is written. Exit codes: 0 done; 2 wrong input; 1 anything else.

    Parameters
    ----------
    case:
        The case file (TOML).
    files:
        Measured files, of any kind that `constriction convert` reads.
    out:
        Folder of the comparison; an earlier one there is replaced as a whole.
    """
    return guarded(partial(_compare, case, files, out, options), options.debug)


class Prepared(NamedTuple):
    """What is checked before anything is solved; `memory` in bytes."""

    case: Case
    folder: Path
    memory: float | None
    loaded: tuple[Loaded, ...]
    masks: tuple[Mask, ...]


def _compare(path: Path, files: Sequence[Path], out: Path, options: CompareOptions, comm: MPI.Comm) -> None:
    ready = agree(comm, lambda: _prepare(path, files, out, options))
    from constriction.compare.cell import Cell, cell_case
    from constriction.simulation.simulate import Options, simulate
    from constriction.view.pages.provenance import origin
    from constriction.view.terminal.words import progress

    if ready.case.accuracy.method == "finite_elements":
        wait_for_compilers()
    with progress(silent=options.json or comm.rank != 0) as report:
        with naming(path):
            solving = Options(comm=comm, memory=ready.memory, report=report)
            result = simulate(cell_case(ready.case, options.interfaces), solving)
        cell = Cell(result, options.interfaces)
        report("comparing")
        entries = agree(comm, lambda: _entries(ready, cell, options.circuit))
        report("writing")
        how = origin(given_arguments.get(), comm.size) if options.report else None
        record = agree(comm, lambda: _write(path, ready.folder, cell, entries, how))
    if comm.rank == 0:
        _show(cell, entries, ready.folder, record if options.json else None)


def _prepare(path: Path, files: Sequence[Path], out: Path, options: CompareOptions) -> Prepared:
    """Everything that can be checked before computing; a file that cannot be compared keeps its error."""
    from constriction.compare.measured import load_all
    from constriction.compare.records import COMPARISON
    from constriction.laws.circuit import parse_circuit

    case = load_case(path, options.relative_error)
    if not files:
        raise InputError(f"no measured file: expected at least one after the case, given {len(files)}")
    _check_interfaces(path, case, options.interfaces)
    if options.circuit is not None:
        parse_circuit(options.circuit)
    memory, size = memory_limit(options.memory), geometry(options.area, options.thickness)
    loaded = load_all(files, size.area, options.impedance or "", size.thickness)
    hidden, told = masks(options.mask), _other_thickness(size.thickness, case)
    checked = tuple(_checked(replace(item, notes=item.notes + told), case, hidden) for item in loaded)
    if all(item.error for item in checked):
        raise InputError(checked[0].error)
    check_place(out, COMPARISON)
    return Prepared(case, out, memory, checked, hidden)


def _other_thickness(thickness: float | None, case: Case) -> tuple[str, ...]:
    """A note where the measured electrolyte is of another thickness (m) than the simulated one."""
    simulated = case.electrolyte.thickness
    if thickness is None or math.isclose(thickness, simulated, rel_tol=1e-3):
        return ()
    return (f"the electrolyte is {thickness * 1e3:.6g} mm thick, the case's {simulated * 1e3:.6g} mm",)


def _check_interfaces(path: Path, case: Case, interfaces: int) -> None:
    """Refuse numbers of interfaces that are none, or that the case has itself."""
    if interfaces not in (1, 2):
        raise InputError(f"--interfaces {interfaces}: expected 1 or 2")
    if interfaces == 2 and (case.counter.symmetric or case.counter.file is not None):
        raise InputError(f"--interfaces {interfaces}: [counter] of {path} is the second one already; expected 1")


def _checked(item: Loaded, case: Case, hidden: tuple[Mask, ...]) -> Loaded:
    """With an error if it cannot be compared: found before the case is solved."""
    from constriction.compare.differences import screened

    if item.spectrum is None:
        return item
    try:
        screened(item.spectrum, case, hidden)
    except Exception as error:  # one bad file must not cost the others
        return replace(item, error=one_line(item.file, error))
    return item


def _entries(ready: Prepared, cell: Cell, circuit: str | None) -> list[ComparedSpectrum]:
    """Lay the cell over each spectrum; on rank 0."""
    entries = [_entry(item, cell, circuit, ready.masks) for item in ready.loaded]
    if all(entry.overlay is None for entry in entries):
        raise InputError(entries[0].error)
    return entries


def _entry(item: Loaded, cell: Cell, circuit: str | None, hidden: tuple[Mask, ...]) -> ComparedSpectrum:
    from constriction.compare.differences import overlay
    from constriction.compare.records import ComparedSpectrum

    if item.spectrum is None or item.error:
        return ComparedSpectrum(item, None, item.error)
    try:
        return ComparedSpectrum(item, overlay(item.spectrum, cell, circuit, hidden), "")
    except Exception as error:
        return ComparedSpectrum(item, None, one_line(item.file, error))


def _write(
    path: Path, folder: Path, cell: Cell, entries: Sequence[ComparedSpectrum], how: Origin | None
) -> dict[str, Any]:
    """Fill the folder; returns the content of comparison.json. On rank 0."""
    from constriction.case.schema import resolved_toml
    from constriction.compare.records import COMPARISON, REPORT, comparison_record, table_csv
    from constriction.simulation.record import record_text, write_case

    record, case = comparison_record(str(path), cell, entries), resolved_toml(cell.result.case)
    with whole_folder(folder, COMPARISON) as fresh:
        write_case(cell.result.case, fresh)
        (fresh / "table.csv").write_text(table_csv(entries), encoding="utf-8")
        for number, entry in enumerate(entries, start=1):
            try:
                _draw(fresh, entry, cell, (number, len(entries)))
            except OSError:  # the disk, which all others need as well
                raise
            except Exception as error:
                complain(f"WARNING: no picture: {one_line(entry.loaded.file, error)}")
        (fresh / "comparison.json").write_text(record_text(record), encoding="utf-8")
        if how is not None:
            from constriction.view.pages.compare_report import compare_report
            from constriction.view.pages.report import write_report

            write_report(compare_report(record, cell, entries, case, how), fresh / REPORT)
    return record


def _draw(folder: Path, entry: ComparedSpectrum, cell: Cell, place: tuple[int, int]) -> None:
    from constriction.compare.records import picture_name
    from constriction.view.writers.overlay import draw_overlay, draw_relaxation_times, draw_residuals

    overlay, measured = entry.overlay, entry.loaded.spectrum
    if overlay is None or measured is None:
        return
    title = f"{entry.loaded.name} over {cell.result.case.title or 'the simulated case'}"
    draw_overlay(folder / picture_name("overlay", *place), title, measured, overlay, cell)
    draw_residuals(folder / picture_name("residuals", *place), title, overlay, cell)
    draw_relaxation_times(folder / picture_name("relaxation_times", *place), title, overlay, cell)


def _rows(entry: ComparedSpectrum) -> Iterable[tuple[str, str]]:
    from constriction.compare.records import remarks
    from constriction.view.terminal.words import overlay_rows

    if entry.overlay is None:
        return [("not compared", entry.error)]
    return overlay_rows(entry.overlay, remarks(entry.loaded, entry.overlay), entry.loaded.thickness)


def _show(cell: Cell, entries: Sequence[ComparedSpectrum], folder: Path, record: dict[str, Any] | None) -> None:
    """Print the tables, or nothing but a record if there is one; failures on stderr."""
    from constriction.compare.records import left_out
    from constriction.simulation.record import record_text
    from constriction.view.terminal.words import print_table

    for error in filter(None, (entry.error for entry in entries)):
        complain(error)
    if record is not None:
        tell_record(record_text(record))
        return
    for entry in entries:
        print_table(entry.loaded.name, _rows(entry))
    if not cell.result.accuracy_reached:
        tell("Accuracy not reached: the memory or the finest mesh or grid is the limit; the error bars tell.")
    tell(f"Not simulated: {'; '.join(left_out(cell.result.case))}.")
    tell_folder(folder)
