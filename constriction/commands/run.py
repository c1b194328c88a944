"""`constriction run`: a case becomes a folder of results."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from constriction.base.errors import DisagreementError, InputError
from constriction.base.ranks import agree
from constriction.commands.job.guard import guarded
from constriction.commands.job.options import FLAG, bytes_of, given_arguments, with_accuracy

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.case.schema import Case
    from constriction.simulation.cross_check import CrossCheck
    from constriction.simulation.result import Result
    from constriction.simulation.simulate import Options


@Parameter(name="*")
@dataclass(frozen=True)
class RunOptions:
    """How a case is run."""

    out: Path | None = None
    """Folder of the result; an earlier result there is replaced as a whole. [default: results/NAME-OF-CASE]"""
    json: Annotated[bool, FLAG] = False
    """Print result.json to stdout and nothing else."""
    direct: Annotated[bool, FLAG] = False
    """Solve every frequency by itself instead of with the reduced model: slow, an independent check."""
    field: Annotated[bool, FLAG] = False
    """Also write the potential at DC and at f_cstr, field.vtu (finite elements only)."""
    cross_check: Annotated[bool, FLAG] = False
    """Also solve by the other method, finite elements or transforms; exit code 1 if the two do not agree."""
    bounds: Annotated[bool, FLAG] = False
    """Also bound R_cstr from below and above (finite elements only), as accuracy.bounds = true does."""
    report: Annotated[bool, FLAG] = False
    """Also write report.html: everything on one page that opens from disk, plots and scene respond."""
    pdf: Annotated[bool, FLAG] = False
    """Also write nyquist.pdf and bode.pdf, vector graphics one journal column wide."""
    memory: str | None = None
    """Memory that may be used, such as "8 GB". [default: 80% of what is free]"""
    relative_error: float | None = None
    """Accuracy instead of the case's own accuracy.relative_error."""
    debug: Annotated[bool, FLAG] = False
    """Show where an unexpected error comes from."""


def run(case: Path, /, *, options: RunOptions = RunOptions()) -> int:  # noqa: B008 - frozen, so no state is shared
    """Solve a case: print R_cstr, C_cstr and the peaks, write spectrum, numbers, contacts and picture into a folder.

    Example: constriction run meshes/sodium_islands.toml --out results/islands

    Example: mpiexec -n 2 constriction run meshes/random_islands.toml --json

    Resistances in Ω·cm², capacitances in F/cm². Exit codes: 0 done; 2 wrong input; 1 anything else.

    Parameters
    ----------
    case:
        The case file (TOML).
    """
    return guarded(partial(_run, case, options), options.debug)


def _run(path: Path, options: RunOptions, comm: MPI.Comm) -> None:
    case, folder, memory = agree(comm, lambda: _prepare(path, options))
    from constriction.simulation.cross_check import cross_check
    from constriction.simulation.record import write_result
    from constriction.simulation.simulate import Options
    from constriction.view.terminal.words import progress

    if options.cross_check or case.accuracy.method == "finite_elements":
        from constriction.field.elements.compiler import wait_for_other_compilers
        from constriction.view.terminal.streams import note

        wait_for_other_compilers(note)
    record: dict[str, Any] = {}
    with progress(silent=options.json or comm.rank != 0) as report:
        how = Options(comm=comm, direct=options.direct, memory=memory, report=report)
        result = _solve(path, case, options, how)
        if comm.rank == 0:
            report("writing")
            record = write_result(result, folder, _extras(result, options, comm.size))
        # the first result is kept, whatever happens to the second
        check = cross_check(result, how) if options.cross_check else None
        if check is not None and comm.rank == 0:
            record = _add(check, folder, options, comm.size)
    if comm.rank == 0:
        _show(case.title, record, folder, options.json)
    if check is not None and not check.agrees:
        raise DisagreementError(check.verdict)


def _solve(path: Path, case: Case, options: RunOptions, how: Options) -> Result:
    """The result of the case's own method; what either method cannot do is refused before anything is computed."""
    from constriction.geometry.cell import layout
    from constriction.simulation.cross_check import twin
    from constriction.simulation.simulate import check_geometry, simulate

    try:
        if options.cross_check:
            check_geometry(twin(case), layout(case.interface), how)
        return simulate(case, how)
    except InputError as error:  # from the geometry, which does not know the file
        raise InputError(f"{path}: {error}") from None


def _add(check: CrossCheck, folder: Path, options: RunOptions, ranks: int) -> dict[str, Any]:
    """Put a cross-check into the result that is already there; the content of result.json."""
    from constriction.simulation.record import amend_result

    again = [partial(_write_report, check.asked, ranks)] if options.report else []
    return amend_result(folder, check.record(), again)


def _prepare(path: Path, options: RunOptions) -> tuple[Case, Path, float | None]:
    """Everything that can be checked before computing."""
    from constriction.base.folders import check_place
    from constriction.case.schema import load
    from constriction.simulation.record import RESULT

    case = load(path)
    if options.relative_error is not None:
        case = with_accuracy(case, options.relative_error)
    if options.bounds:
        if case.accuracy.method == "spectral":
            raise InputError(f"{path}: --bounds: expected accuracy.method = 'finite_elements', given 'spectral'")
        case = case.model_copy(update={"accuracy": case.accuracy.model_copy(update={"bounds": True})})
    memory = None if options.memory is None else bytes_of(options.memory)
    folder = options.out or Path("results") / path.stem
    check_place(folder, RESULT)
    if options.field and case.accuracy.method == "spectral":
        raise InputError(f"{path}: --field: expected accuracy.method = 'finite_elements', given 'spectral'")
    return case, folder, memory


def _extras(result: Result, options: RunOptions, ranks: int) -> list[Callable[[Path], None]]:
    """What is written beside the numbers, in this order: the report tells of what lies there already."""
    extras: list[Callable[[Path], None]] = [partial(_write_nyquist, result, "nyquist.png")]
    if options.pdf:
        extras += [partial(_write_nyquist, result, "nyquist.pdf"), partial(_write_bode, result)]
    if options.field:
        extras.append(partial(_write_field, result))
    if options.report:
        extras.append(partial(_write_report, result, ranks))
    return extras


def _write_nyquist(result: Result, name: str, place: Path) -> None:
    from constriction.view.writers.plots import nyquist

    frequencies = result.spectrum.frequency
    marks = [
        (peak.frequency, complex(result.impedance(peak.frequency)))
        for peak in result.peaks
        if frequencies[-1] <= peak.frequency <= frequencies[0]
    ]
    nyquist(result.spectrum, result.slab, marks, place / name, result.case.title)


def _write_bode(result: Result, place: Path) -> None:
    from constriction.view.writers.plots import BLUE, VERMILION
    from constriction.view.writers.spectra_plots import Layer, bode

    layers = (
        Layer(result.spectrum, "with constriction", BLUE, line=True),
        Layer(result.slab, "full contact", VERMILION, marker="", line=True, dashed=True),
    )
    bode(layers, place / "bode.pdf", result.case.title)


def _write_field(result: Result, place: Path) -> None:
    from constriction.simulation.record import write_field_of

    write_field_of(result, place / "field.vtu")


def _write_report(result: Result, ranks: int, place: Path) -> None:
    import json

    from constriction.view.pages.provenance import origin
    from constriction.view.pages.report import write_report
    from constriction.view.pages.run_report import run_report

    record = json.loads((place / "result.json").read_text(encoding="utf-8"))
    how = origin(given_arguments.get(), ranks)
    write_report(run_report(result, record, how, sorted(os.listdir(place))), place / "report.html")


def _show(title: str, record: dict[str, Any], folder: Path, as_json: bool) -> None:
    from constriction.simulation.record import record_text
    from constriction.view.terminal.streams import tell, tell_record
    from constriction.view.terminal.words import accuracy_text, cross_check_rows, print_table, run_rows

    if as_json:
        tell_record(record_text(record))
        return
    print_table(title, run_rows(record))
    if "cross_check_method" in record:
        print_table("Cross-check", cross_check_rows(record))
    if not record["accuracy_reached"]:
        tell(accuracy_text(record))
    tell(f"Written: {folder}{os.sep} ({', '.join(sorted(os.listdir(folder)))})")
