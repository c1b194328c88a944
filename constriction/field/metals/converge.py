"""From a cell with its metals to what they add, with an error bar: from two meshes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError, MeshError
from constriction.field.fineness import check_mesh, mesh_sizes
from constriction.field.metals.resistance import MetalProblem, pose
from constriction.field.metals.stacked import MetalCell, Sheets, mesh_with_metals
from constriction.field.response import Report

MOST_SPOTS = 8
"""Of a mirror cell: a whole disc takes some 60 000 unknowns, of which MUMPS makes 0.4 GB and 7 s."""
CHECKED_AT = 1e-2  # relative error, for whose mesh a cell must be large enough
CAUTION, LEAST = 1.5, 1e-2
"""The error bar: so many times what the finer mesh changes, and this part of all: both meshes may miss up to 0.6 %."""
FINENESS = 0.5, 0.25, 0.125  # tried in this order where a mesh cannot be made


@dataclass(frozen=True)
class MetalMesh:
    """How a mesh is cut: its `fineness` over the pair's, `rings` in its collars, and its sheets over the slab."""

    fineness: float
    rings: int
    sheets: Sheets


COARSE, FINE = MetalMesh(2.0, 2, Sheets(1e-2, 4.0)), MetalMesh(1.0, 3, Sheets(1e-3, 2.0))


@dataclass(frozen=True)
class Added:
    """What metals add to F, times the islands' conductivity over the electrolyte's, in pitches.

    Attributes:
        values: at each θ of the gap, (n,).
        errors: their error bars, (n,).
        full: what they add in full contact, at every θ.
    """

    values: NDArray[np.complex128]
    errors: NDArray[np.float64]
    full: float


def check_spots(cell: MetalCell) -> None:
    """Refuse a cell whose metals are not meshed.

    Raises:
        InputError: with how many spots there are, or what is too small.
    """
    count = len(cell.layout.spots)
    if count > MOST_SPOTS:
        raise InputError(
            f"accuracy.metals = 'resolved': {count} spots in the mirror cell; expected at most {MOST_SPOTS}, or "
            "metals = 'equipotential'"
        )
    check_mesh(cell.layout, cell.thickness, None, CHECKED_AT)


def converge_metals(cell: MetalCell, theta: Sequence[complex], report: Report) -> Added:
    """Solve electrolyte, gap and metals on two meshes; on the calling rank.

    Args:
        cell: what is solved.
        theta: of the gap.
        report: told in words what is being done.

    Raises:
        InputError: no mesh can be made.
        SolverError: MUMPS failed.
    """
    full = (cell.height + cell.foil / cell.foil_over_island) / cell.layout.pitch
    if not cell.layout.spots:
        return Added(np.full(len(theta), full, dtype=np.complex128), np.zeros(len(theta)), full)
    coarse, fine = _two(cell, theta, report)
    return Added(fine, CAUTION * np.abs(fine - coarse) + LEAST * np.abs(fine), full)


def problem_of(cell: MetalCell, fineness: float, mesh: MetalMesh) -> MetalProblem:
    """Mesh and assemble a cell.

    Raises:
        MeshError: gmsh failed.
    """
    sizes = mesh_sizes(cell.layout, cell.thickness, None, fineness * mesh.fineness)
    slab = replace(sizes, collar=replace(sizes.collar, rings=mesh.rings))
    return pose(mesh_with_metals(cell, slab, mesh.sheets), cell.foil_over_island)


def _two(cell: MetalCell, theta: Sequence[complex], report: Report) -> list[NDArray[np.complex128]]:
    failure: MeshError | None = None
    for fineness in FINENESS:
        found = []
        try:
            for mesh in (COARSE, FINE):
                problem = problem_of(cell, fineness, mesh)
                report(f"metals: mesh of {problem.unknowns} unknowns")
                found.append(np.array([problem.added(one) for one in theta]))
        except MeshError as error:
            failure = error
        else:
            return found
    raise InputError(f"accuracy.metals = 'resolved': {failure}")
