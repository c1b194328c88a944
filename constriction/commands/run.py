"""`constriction run`: a case becomes a folder of results."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from constriction.base.beside import Helper, helper
from constriction.base.errors import DisagreementError, InputError, naming
from constriction.base.folders import check_place
from constriction.base.ranks import agree
from constriction.commands.job.guard import guarded
from constriction.commands.job.options import FLAG, Debug, Memory, given_arguments, memory_limit
from constriction.commands.job.steps import load_case, tell_folder, wait_for_compilers
from constriction.view.terminal.streams import note, tell, tell_record

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.case.schema import Case
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
    """Also solve by another method, transforms or, beside these, finite elements; exit code 1 if they disagree."""
    bounds: Annotated[bool, FLAG] = False
    """Also bound R_cstr from below and above (finite elements only), as accuracy.bounds = true does."""
    report: Annotated[bool, FLAG] = False
    """Also write report.html: everything on one page that opens from disk, plots and scene respond."""
    pdf: Annotated[bool, FLAG] = False
    """Also write nyquist.pdf and bode.pdf, vector graphics one journal column wide."""
    circuit: Annotated[bool, FLAG] = False
    """Also write the impedance as a circuit: circuit.txt, circuit.json for impedance.py, circuit.sp for SPICE."""
    memory: Memory = None
    relative_error: float | None = None
    """Accuracy instead of the case's own accuracy.relative_error."""
    debug: Debug = False


def run(case: Path, /, *, options: RunOptions = RunOptions()) -> int:  # noqa: B008 - frozen, so no state is shared
    """Solve a case: print R_cstr, C_cstr and the peaks, write spectrum, numbers, contacts and picture into a folder.

    Example: constriction run meshes/sodium_islands.toml --out results/islands

    Example: mpiexec -n 2 constriction run meshes/random_islands.toml --json

    Resistances in Ω·cm², capacitances in F/cm². Exit codes: 0 done; 2 wrong input; 1 anything else.

    Parameters
    ----------
    case:
        The case file (TOML), or the folder of an earlier run.
    """
    return guarded(partial(_run, case, options), options.debug)


PLANES, JOURNAL = "constriction.view.writers.planes", "constriction.view.writers.journal"  # import matplotlib


def _run(path: Path, options: RunOptions, comm: MPI.Comm) -> None:
    with helper([PLANES, JOURNAL], wanted=comm.size == 1) as painter:
        _run_beside(painter, path, options, comm)


def _run_beside(painter: Helper, path: Path, options: RunOptions, comm: MPI.Comm) -> None:
    case, folder, memory = agree(comm, lambda: _prepare(path, options))
    from constriction.simulation.record import write_result
    from constriction.simulation.simulate import Options
    from constriction.view.terminal.words import progress

    if options.cross_check or case.accuracy.method == "finite_elements":
        wait_for_compilers()
    with progress(silent=options.json or comm.rank != 0) as report:
        how = Options(comm=comm, direct=options.direct, memory=memory, report=report)
        result = _solve(path, case, options, how)
        if comm.rank == 0:
            report("writing")
            write_result(result, folder, _extras(result, options, comm.size, painter))
        # the first result is kept, whatever happens to the second
        disagreement = _second(comm, result, how, options, folder) if options.cross_check else ""
    if comm.rank == 0:
        _show(case.title, folder, options.json)
    if disagreement:
        raise DisagreementError(disagreement)


def _solve(path: Path, case: Case, options: RunOptions, how: Options) -> Result:
    """The result of the case's own method; what either method cannot do is refused before anything is computed."""
    from constriction.geometry.cell import lay_out_case
    from constriction.simulation.cross_check import twin
    from constriction.simulation.simulate import check_geometry, simulate

    with naming(path):
        if options.cross_check:
            check_geometry(twin(case), lay_out_case(case), how)
        return simulate(case, how)


def _second(comm: MPI.Comm, result: Result, how: Options, options: RunOptions, folder: Path) -> str:
    """Solve by the other method, too, and put that into the result that is there; why the two disagree, or ""."""
    from constriction.simulation.cross_check import cross_check
    from constriction.simulation.record import amend_result

    check = cross_check(result, how)
    if comm.rank == 0:
        again = [partial(_write_report, result, comm.size)] if options.report else []
        amend_result(folder, check.record(), again)
    return "" if check.agrees else check.verdict


def _prepare(path: Path, options: RunOptions) -> tuple[Case, Path, float | None]:
    """Everything that can be checked before computing."""
    from constriction.simulation.record import RESULT

    case = load_case(path, options.relative_error)
    _check_method(path, "--bounds", options.bounds, case)
    if options.bounds:
        case = case.model_copy(update={"accuracy": case.accuracy.model_copy(update={"bounds": True})})
    memory = memory_limit(options.memory)
    folder = options.out or Path("results") / path.stem
    check_place(folder, RESULT)
    _check_method(path, "--field", options.field, case)
    return case, folder, memory


def _check_method(path: Path, option: str, given: bool, case: Case) -> None:
    """Refuse an option that needs finite elements where the case has another method."""
    method = case.accuracy.method
    if given and method != "finite_elements":
        raise InputError(f"{path}: {option}: expected accuracy.method = 'finite_elements', given '{method}'")
    if given and option == "--bounds" and case.grains.given:
        raise InputError(f"{path}: {option}: not with [grains] yet; expected a case without them, or no {option}")


def _extras(result: Result, options: RunOptions, ranks: int, painter: Helper) -> list[Callable[[Path], None]]:
    """What is written beside the numbers, in this order: the report tells of what lies there already."""
    from constriction.simulation.record import write_field_of

    extras: list[Callable[[Path], None]] = [partial(_write_nyquist, painter, result, "nyquist.png")]
    if result.currents is not None and result.response.fine.cells:
        extras.append(partial(_write_currents, painter, result))
    if options.pdf:
        extras += [partial(_write_nyquist, painter, result, "nyquist.pdf"), partial(_write_bode, painter, result)]
    if options.field:
        extras.append(partial(write_field_of, result))
    if options.circuit:
        extras.append(partial(_write_circuit, result))
    if options.report:
        extras.append(partial(_write_report, result, ranks))
    return extras


def _write_nyquist(painter: Helper, result: Result, name: str, place: Path) -> None:
    from constriction.view.charts.curves import peaks_seen, slab_name

    spectra, path = (result.spectrum, result.slab, peaks_seen(result)), (place / name).absolute()
    painter.call(PLANES, "nyquist", *spectra, path, result.case.title, slab_name(result.laws.film))


def _write_currents(painter: Helper, result: Result, place: Path) -> None:
    from constriction.view.charts.current_charts import current_chart

    assert result.currents is not None
    chart = current_chart(result.currents)
    painter.call(JOURNAL, "draw_chart", chart, (place / "currents.png").absolute(), result.case.title or chart.title)


def _write_bode(painter: Helper, result: Result, place: Path) -> None:
    from constriction.view.charts.spectra_charts import bode_chart, result_curves

    chart, path = bode_chart(result_curves(result)), (place / "bode.pdf").absolute()
    painter.call(JOURNAL, "draw_chart", chart, path, result.case.title)


def _write_circuit(result: Result, place: Path) -> None:
    from constriction.simulation.network.files import DIFFERENT, write_circuit
    from constriction.view.terminal.streams import note

    difference = write_circuit(result, place)
    if difference > DIFFERENT:
        note(f"circuit: differs from Z by up to {difference:.1e} of |Z|, expected at most {DIFFERENT:.0e}")


def _write_report(result: Result, ranks: int, place: Path) -> None:
    import json

    from constriction.view.pages.provenance import origin
    from constriction.view.pages.report import write_report
    from constriction.view.pages.run_report import run_report

    record = json.loads((place / "result.json").read_text(encoding="utf-8"))
    how = origin(given_arguments.get(), ranks)
    write_report(run_report(result, record, how, sorted(os.listdir(place))), place / "report.html")


def _show(title: str, folder: Path, as_json: bool) -> None:
    import json

    from constriction.view.terminal.result_rows import cautions, run_rows
    from constriction.view.terminal.words import accuracy_text, cross_check_rows, print_table

    text = (folder / "result.json").read_text(encoding="utf-8")
    record = json.loads(text)
    for caution in cautions(record):
        note(caution)
    if as_json:
        tell_record(text)
        return
    print_table(title, run_rows(record))
    if "cross_check_method" in record:
        print_table("Cross-check", cross_check_rows(record))
    if not record["accuracy_reached"]:
        tell(accuracy_text(record))
    tell_folder(folder)
