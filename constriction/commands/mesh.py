"""`constriction mesh`: the mesh of a case, not solved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from constriction.base.errors import naming
from constriction.base.files import check_file
from constriction.base.ranks import agree
from constriction.commands.job.guard import guarded
from constriction.commands.job.options import Debug, check_level, memory_of
from constriction.commands.job.steps import wait_for_compilers

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.field.mesh_files import CellCase


@Parameter(name="*")
@dataclass(frozen=True)
class MeshOptions:
    """How a case is meshed."""

    level: float = 1.0
    """Size of the elements: the error of R_cstr falls with it in proportion, and is about 0.1% at 1."""
    memory: str | None = None
    """Memory that solving the mesh may take, such as "8 GB". [default: 80% of what is free]"""
    debug: Debug = False


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


def _mesh(path: Path, output: Path, options: MeshOptions, comm: MPI.Comm) -> None:
    """On rank 0 alone: a file is written by one rank anyway."""
    from constriction.field.mesh_files import mesh_case  # on all ranks at once: PETSc starts here
    from constriction.view.terminal.words import mesh_rows, print_table, progress

    cell, title = agree(comm, lambda: _prepare_mesh(path, output, options))
    if comm.rank != 0:
        return
    wait_for_compilers()
    with progress(silent=False) as report:
        report("meshing")
        facts = mesh_case(cell, output)
    print_table(title, mesh_rows(facts))


def _prepare_mesh(path: Path, output: Path, options: MeshOptions) -> tuple[CellCase, str]:
    """Everything that can be checked before meshing."""
    from constriction.case.schema import load

    case = load(path)
    check_level(options.level)
    memory = memory_of(options.memory)
    from constriction.field.mesh_files import check_cell_case, check_suffix
    from constriction.simulation.scene import cell_case
    from constriction.simulation.simulate import check_size

    check_suffix(output)
    check_file(output)
    with naming(path):
        check_size(case, memory)
        cell = cell_case(case, options.level)
        check_cell_case(cell, memory)
    return cell, case.title
