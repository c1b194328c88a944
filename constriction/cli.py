"""The command `constriction`: parse, call, print.

Heavy libraries are imported where they are used, so that help and wrong options cost nothing. What can be wrong with
the input is found on rank 0 and told to the other ranks, so that none waits for another.
"""

from __future__ import annotations

import io
import math
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from constriction.errors import DisagreementError, InputError
from constriction.guard import DONE, INTERRUPTED, WRONG_INPUT, complain, first_rank, guarded
from constriction.ranks import agree
from constriction.versions import package_version

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.case.schema import Case
    from constriction.comparison import CrossCheck
    from constriction.field.export import CellCase
    from constriction.simulation import Options, Result

BYTES = {"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
FREE_MEMORY_SHARE = 0.8

HELP = """From the contacts of a metal on a solid electrolyte to R_cstr, C_cstr and an impedance spectrum.

Example: constriction run meshes/sodium_islands.toml

Example: constriction mesh meshes/sodium_islands.toml -o islands.msh

Example: constriction convert measured.mpt -o measured.csv

Resistances are in Ω·cm² and capacitances in F/cm², both per area of interface and one-sided.

Exit codes: 0 done; 2 the input is wrong (one line says what); 1 anything else; 130 interrupted.
"""

FLAG = Parameter(negative="", show_default=False)

app = App(
    name="constriction",
    help=HELP,
    version=package_version,
    help_format="plaintext",
    exit_on_error=False,
    print_error=False,
    result_action="return_value",
)


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
    """Also solve by the other method, finite elements or transforms; exit code 1 if the two disagree."""
    bounds: Annotated[bool, FLAG] = False
    """Also bound R_cstr from below and above (finite elements only), as accuracy.bounds = true does."""
    memory: str | None = None
    """Memory that may be used, such as "8 GB". [default: 80% of what is free]"""
    relative_error: float | None = None
    """Accuracy instead of the case's own accuracy.relative_error."""
    debug: Annotated[bool, FLAG] = False
    """Show where an unexpected error comes from."""


@app.command
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


@Parameter(name="*")
@dataclass(frozen=True)
class MeshOptions:
    """How a case is meshed."""

    level: float = 1.0
    """Size of the elements: the error of R_cstr falls with it in proportion, and is about 0.1% at 1."""
    memory: str | None = None
    """Memory that solving the mesh may take, such as "8 GB". [default: 80% of what is free]"""
    debug: Annotated[bool, FLAG] = False
    """Show where an unexpected error comes from."""


@app.command
def mesh(
    case: Path,
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    options: MeshOptions = MeshOptions(),  # noqa: B008 - frozen, so no state is shared
) -> int:
    """Mesh a case without solving it: write the mesh as it would be solved, with its quarter points at the rims.

    Example: constriction mesh meshes/sodium_islands.toml -o islands.msh

    Lengths in the file are in metres. Exit codes: 0 done; 2 wrong input; 1 anything else.

    Parameters
    ----------
    case:
        The case file (TOML).
    output:
        The mesh file: .msh (gmsh, named groups), .vtu or .xdmf.
    """
    return guarded(partial(_mesh, case, output, options), options.debug)


@app.command
def convert(
    source: Path,
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    debug: Annotated[bool, FLAG] = False,
) -> int:
    """Read the file of an impedance instrument and write its spectra as csv, frequency falling, units as measured.

    Example: constriction convert measured.mpt -o measured.csv

    Several sweeps become measured-1.csv, measured-2.csv, … Exit codes: 0 done; 2 wrong input; 1 anything else.

    Parameters
    ----------
    source:
        BioLogic .mpt or .mpr, Gamry .DTA, ZPlot .z, VersaStudio .par, RelaxIS, Autolab, CH Instruments or Parstat
        text, any csv or tsv with a header, or three columns of numbers.
    output:
        The csv file; replaced if it exists.
    debug:
        Show where an unexpected error comes from.
    """
    return guarded(partial(_convert, source, output), debug)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Ω shows something else instead of failing
    try:
        code = app(sys.argv[1:] if arguments is None else list(arguments))
    except CycloptsError as error:
        if first_rank():
            complain(f"{error} See constriction --help.")
        return WRONG_INPUT
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    return code if isinstance(code, int) else DONE


# --- run -----------------------------------------------------------------------------------------------------------


def _run(path: Path, options: RunOptions, comm: MPI.Comm) -> None:
    case, folder, memory = agree(comm, lambda: _prepare(path, options))
    from constriction.simulation import Options, simulate
    from constriction.view.terminal import progress

    if options.cross_check or case.accuracy.method == "finite_elements":
        from constriction.field.environment import wait_for_other_compilers

        wait_for_other_compilers()
    with progress(silent=options.json or comm.rank != 0) as report:
        how = Options(comm=comm, direct=options.direct, memory=memory, report=report)
        try:
            result = simulate(case, how)
            check = _cross_check(result, how) if options.cross_check else None
        except InputError as error:  # from the geometry, which does not know the file
            raise InputError(f"{path}: {error}") from None
        if comm.rank == 0:
            report("writing")
            record = _write(result, folder, options.field, {} if check is None else check.record())
    if comm.rank == 0:
        _show(case.title, record, folder, options.json)
    if check is not None and not check.agrees:
        raise DisagreementError(
            f"the two methods disagree: R_cstr by {check.difference:.3g}, the spectrum by "
            f"{check.spectrum_difference:.3g} times both error bars together"
        )


def _cross_check(result: Result, how: Options) -> CrossCheck:
    from constriction.comparison import CrossCheck, twin
    from constriction.simulation import simulate

    how.report(f"cross-check: {twin(result.case).accuracy.method}")
    return CrossCheck(result, simulate(twin(result.case), how))


def _prepare(path: Path, options: RunOptions) -> tuple[Case, Path, float | None]:
    """Everything that can be checked before computing."""
    from constriction.case.schema import load
    from constriction.folders import check_place
    from constriction.results import RESULT

    case = load(path)
    if options.relative_error is not None:
        case = _with_accuracy(case, options.relative_error)
    if options.bounds:
        if case.accuracy.method == "spectral":
            raise InputError(f"{path}: --bounds: expected accuracy.method = 'finite_elements', given 'spectral'")
        case = case.model_copy(update={"accuracy": case.accuracy.model_copy(update={"bounds": True})})
    memory = None if options.memory is None else _bytes(options.memory)
    folder = options.out or Path("results") / path.stem
    check_place(folder, RESULT)
    if options.field and case.accuracy.method == "spectral":
        raise InputError(f"{path}: --field: expected accuracy.method = 'finite_elements', given 'spectral'")
    if options.cross_check:
        _check_twin(path, case, memory)
    return case, folder, memory


def _check_twin(path: Path, case: Case, memory: float | None) -> None:
    """Refuse a cross-check that one of the methods cannot do."""
    from constriction.case.contacts import layout
    from constriction.simulation import check_flat, check_size

    try:
        check_size(case, memory or _free_memory())
        check_flat(case, layout(case.interface))
    except InputError as error:  # from the geometry, which does not know the file
        raise InputError(f"{path}: {error}") from None


def _with_accuracy(case: Case, relative_error: float) -> Case:
    from pydantic import ValidationError

    from constriction.case.schema import Accuracy

    try:
        accuracy = Accuracy.model_validate({**case.accuracy.model_dump(), "relative_error": relative_error})
    except ValidationError:
        expected = Accuracy.model_fields["relative_error"].description
        raise InputError(f"--relative-error {relative_error!r}: expected {expected}") from None
    return case.model_copy(update={"accuracy": accuracy})


def _write(result: Result, folder: Path, with_field: bool, more: Mapping[str, Any]) -> dict[str, Any]:
    from constriction.results import write_field_of, write_result
    from constriction.view.plots import nyquist

    frequencies = result.spectrum.frequency
    marks = [
        (peak.frequency, complex(result.impedance(peak.frequency)))
        for peak in result.peaks
        if frequencies[-1] <= peak.frequency <= frequencies[0]
    ]
    extras: list[Callable[[Path], None]] = [
        lambda place: nyquist(result.spectrum, result.slab, marks, place / "nyquist.png", result.case.title)
    ]
    if with_field:
        extras.append(lambda place: write_field_of(result, place / "field.vtu"))
    return write_result(result, folder, extras, more)


def _show(title: str, record: dict[str, Any], folder: Path, as_json: bool) -> None:
    from constriction.results import record_text
    from constriction.view.terminal import cross_check_rows, print_table, run_rows

    if as_json:
        print(record_text(record), end="", flush=True)
        return
    print_table(title, run_rows(record))
    if "cross_check_method" in record:
        print_table("Cross-check", cross_check_rows(record))
    if not record["accuracy_reached"]:
        reached, asked = record["relative_error_reached"], record["relative_error_asked"]
        limit = "the memory or the finest mesh or grid is the limit"
        print(f"Accuracy not reached: asked {asked:g}, reached {reached:.3g}; {limit}")
    print(f"Written: {folder}{os.sep} ({', '.join(sorted(os.listdir(folder)))})", flush=True)


# --- mesh ----------------------------------------------------------------------------------------------------------


def _mesh(path: Path, output: Path, options: MeshOptions, comm: MPI.Comm) -> None:
    """On rank 0 alone: a file is written by one rank anyway."""
    from constriction.field.environment import wait_for_other_compilers
    from constriction.field.export import mesh_case  # on all ranks at once: PETSc starts here
    from constriction.view.terminal import mesh_rows, print_table, progress

    cell, title = agree(comm, lambda: _prepare_mesh(path, output, options))
    if comm.rank != 0:
        return
    wait_for_other_compilers()
    with progress(silent=False) as report:
        report("meshing")
        facts = mesh_case(cell, output)
    print_table(title, mesh_rows(facts))


def _prepare_mesh(path: Path, output: Path, options: MeshOptions) -> tuple[CellCase, str]:
    """Everything that can be checked before meshing."""
    from constriction.case.schema import load

    case = load(path)
    if not 1e-3 <= options.level <= 1e2:
        raise InputError(f"--level {options.level!r}: expected a number from 0.001 to 100")
    memory = _free_memory() if options.memory is None else _bytes(options.memory)
    from constriction.case.contacts import layout
    from constriction.field.export import CellCase, check_memory, check_suffix
    from constriction.folders import check_file
    from constriction.simulation import check_size, gap_model

    check_suffix(output)
    check_file(output)
    try:
        check_size(case, memory)
        plan = layout(case.interface)
        height = case.gap.height if gap_model(case, plan) == "volume" else None
        cell = CellCase(plan, case.electrolyte.thickness, height, options.level)
        check_memory(cell, memory)
    except InputError as error:  # from the geometry, which does not know the file
        raise InputError(f"{path}: {error}") from None
    return cell, case.title


# --- convert -------------------------------------------------------------------------------------------------------


def _convert(source: Path, output: Path, comm: MPI.Comm) -> None:
    """On rank 0 alone."""
    from constriction.commands.convert import convert, converted_rows
    from constriction.view.terminal import print_table

    written = agree(comm, lambda: convert(source, output))
    for item in written if comm.rank == 0 else ():
        print_table(f"{source}, sweep {item.measurement.metadata.sweep} of {len(written)}", converted_rows(item))


# --- small things --------------------------------------------------------------------------------------------------


def _bytes(text: str) -> float:
    """Bytes of a text such as 8 GB, 512MiB."""
    parts = re.fullmatch(r"\s*([0-9]+\.?[0-9]*|\.[0-9]+)\s*([kKMGT]i?|)B\s*", text)
    value = float(parts[1]) * BYTES[parts[2]] if parts else 0.0
    if not 0 < value < math.inf:
        raise InputError(f"--memory {text!r}: expected a memory above zero with its unit, such as '8 GB'")
    return value


def _free_memory() -> float:
    import psutil

    return FREE_MEMORY_SHARE * float(psutil.virtual_memory().available)
