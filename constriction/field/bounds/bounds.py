"""Two-sided bounds on the impedance of a cell at real ratios s ≥ 0, from one mesh.

With φ = 1 on the counter electrode, φ = 0 on the metals, lengths in pitches, conductivity 1 and a thin gap of ratio s
(see `assembly`), the admittance Y = area / F is at once (docs/physics.md#bounds)

    the least of      ∫|∇φ|² + s ∫_gap φ²                                  over potentials φ (Dirichlet),
    the greatest of   2 ∫_counter τ·n − ∫|τ|² − ∫_gap (τ·n)²/s             over divergence-free fluxes τ (Thomson)

with τ·n = 0 on mirrors and, at s = 0, on the gap. Any potential thus gives F from below and any flux F from above; of
the multiples of a flux with current I and energy E the best gives F ≤ area·E/I². F(∞) = depth is known, so the bounds
on F are bounds on the constriction resistance F − depth.

The potential is the one solved for, its energy integrated anew: assembly's quadrature is that of another functional.
The flux is equilibrated on the same mesh (`equilibration`). The bounds hold for the meshed geometry but for rounding
and the quadrature of the energies, which makes 4e-6 of their distance at the most. The mesh is exact for straight spots
in rectangular cells. Rims of discs are polygons of the disc's area, which carry a little more current; their effect on
F goes with the fineness to the power 3/2, faster than the bounds' distance, and is far below it. The side of a circular
cell is 2e-6 of its radius inside the cylinder, which takes from R_cstr 3e-6 of itself, and 2e-5 where the rim is near
the side: bounds that lie as close together say no more there. Cutting the slab where the field is uniform changes
R_cstr by 1e-7 of itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from constriction.field.bounds.equilibration import build_system, equilibrate
from constriction.field.bounds.faces import SlabCells
from constriction.field.bounds.fluxes import Quadrature
from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.operators import Vector
from constriction.field.mesh.tags import VOLUMES

ROUNDING = 1e-12  # of F, added on both sides: sums of many cells


@dataclass(frozen=True)
class Bounds:
    """`lower` ≤ F(s) ≤ `upper` in pitches, `depth` = F(∞); `unknowns` of the flux and `seconds` of finding it."""

    lower: float
    upper: float
    depth: float
    unknowns: int
    seconds: float

    @property
    def constriction(self) -> tuple[float, float]:
        """Bounds on F(s) − F(∞) in pitches: at s = 0 of the constriction resistance."""
        return self.lower - self.depth, self.upper - self.depth


def bound(
    problem: CellProblem,
    potential: Vector,
    ratio: float = 0.0,
    quadrature: Quadrature = Quadrature(),  # noqa: B008 - frozen, so no state is shared
) -> Bounds:
    """Bounds on F(s); collective over the mesh's communicator, the work being done by rank 0.

    Args:
        problem: the matrices of a mesh.
        potential: on this rank's free unknowns; any will do, the solution gives the sharpest bounds.
        ratio: s ≥ 0, real; 0 with a gap volume.
        quadrature: how finely energies are integrated.

    Raises:
        ValueError: the ratio is negative, or positive with a gap volume; or the mesh has cells that cannot be bounded.
        SolverError: MUMPS failed.
    """
    if ratio < 0 or (problem.gap_volume and ratio > 0):
        raise ValueError(f"bounds: expected a ratio s ≥ 0, and 0 with a gap volume; got {ratio:g}")
    start = time.perf_counter()
    depth = problem.area / problem.flat_energy
    slab = gather_slab(problem, potential)
    comm = problem.numbering.comm
    made: tuple[float, float, int] | Exception | None = None
    if slab is not None:
        try:
            made = _bound_slab(slab, problem.area, ratio, quadrature)
        except Exception as error:  # raised on all ranks, or the others would wait
            made = error
    made = comm.bcast(made)
    if isinstance(made, Exception):
        raise made
    assert made is not None
    lower, upper, unknowns = made
    return Bounds(lower, upper, depth, unknowns, time.perf_counter() - start)


def _bound_slab(slab: SlabCells, area: float, ratio: float, quadrature: Quadrature) -> tuple[float, float, int]:
    system = build_system(slab, ratio, quadrature)
    flux = equilibrate(system)
    current, energy = float(np.vdot(system.drive, flux)), float(np.vdot(flux, system.apply(flux)))
    lower, upper = area / system.potential_energy, area * energy / current**2
    return lower * (1 - ROUNDING), upper * (1 + ROUNDING), system.faces.unknowns


def gather_slab(problem: CellProblem, potential: Vector) -> SlabCells | None:
    """Bring the electrolyte's cells and the potential to rank 0; None on the others."""
    cell = problem.cell
    topology, geometry, comm = cell.mesh.topology, cell.mesh.geometry, cell.mesh.comm
    owned = topology.index_map(3).size_local
    here = cell.volumes.find(VOLUMES["electrolyte"])
    here = here[here < owned]
    topology.create_connectivity(3, 2)
    faces = topology.connectivity(3, 2).array.reshape(-1, 4)[here]
    corners = topology.connectivity(3, 0).array.reshape(-1, 4)[here]
    tags = np.zeros(topology.index_map(2).size_local + topology.index_map(2).num_ghosts, dtype=np.int32)
    tags[cell.surfaces.indices] = cell.surfaces.values
    numbers = topology.index_map(0).local_to_global(corners.ravel().astype(np.int32)).reshape(-1, 4)
    parts = (
        geometry.x[geometry.dofmaps[0][here]],
        numbers,
        tags[faces],
        problem.on_cells(potential)[here],
    )
    gathered = [comm.gather(part) for part in parts]
    if comm.rank > 0:
        return None
    points, corners, tags, values = (np.concatenate(part) for part in gathered)
    return SlabCells(points, corners.astype(np.int64), tags.astype(np.int64), values)
