"""Two-sided bounds on the impedance of a cell at real θ ≥ 0 of its interface's regions, from one mesh.

With φ = 1 on the counter electrode, φ = 0 on the metals, lengths in pitches, conductivity 1 and the θ of `assembly`,
the admittance Y = area / F is at once (docs/physics.md#bounds)

    the least of      ∫|∇φ|² + Σ ∫θφ²                                  over potentials φ (Dirichlet),
    the greatest of   2 ∫_counter τ·n − ∫|τ|² − Σ ∫(τ·n)²/θ            over divergence-free fluxes τ (Thomson)

with the sums over the regions that have a law: a thin gap, and a contact that has a film, behind which φ is free. On an
ideal contact φ = 0 and τ·n costs nothing; τ·n = 0 on mirrors and where θ = 0. Any potential thus gives F from below and
any flux F from above; of the multiples of a flux with current I and energy E the best gives F ≤ area·E/I². F of the
flat interface, `depth`, is known, so the bounds on F are bounds on F − depth: the constriction resistance of ideal
contacts, and with films that and what full contact has, 1/θ of the contact, which is known as well.

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

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.field.bounds.equilibration import build_system, equilibrate
from constriction.field.bounds.faces import SlabCells
from constriction.field.bounds.fluxes import Quadrature
from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.multigrid import Hierarchy, solver_of
from constriction.field.elements.operators import Vector
from constriction.field.elements.solvers import Stop
from constriction.field.mesh.tags import VOLUMES, body_tag

ROUNDING = 1e-12  # of F, added on both sides: sums of many cells
SOLVED = 1e-6  # energy norm of a potential's error, relative: what it costs the lower bound is the square


@dataclass(frozen=True, eq=False)
class Bounds:
    """`lower` ≤ F(θ) ≤ `upper` in pitches, at θ `theta` (terms,), real; `depth` = F of the flat interface.

    `unknowns` of the flux and `seconds` of finding it.
    """

    theta: NDArray[np.float64]
    lower: float
    upper: float
    depth: float
    unknowns: int
    seconds: float

    @property
    def interface(self) -> tuple[float, float]:
        """Bounds on F(θ) − depth in pitches: at rest of ideal contacts of the constriction resistance."""
        return self.lower - self.depth, self.upper - self.depth


def solve_potential(problem: CellProblem, theta: ArrayLike, levels: Hierarchy | None = None) -> Vector:
    """The potential of 1 V on this rank's free unknowns, (n,), at real θ ≥ 0 (terms,); factored without `levels`.

    Where a reduced model was built on that potential it has it already.

    Raises:
        ValueError: θ has no bounds.
        SolverError: MUMPS failed or multigrid did not converge.
    """
    at = _checked(problem, theta)
    solver = solver_of(problem, levels, at)
    try:
        return np.asarray(solver.solve(problem.drive, Stop(relative=SOLVED), _even(problem, at)))
    finally:
        solver.destroy()


def _even(problem: CellProblem, theta: NDArray[np.float64]) -> Vector:
    """The potential of an interface that lets as much pass everywhere, 1 V nearly all over where that is little."""
    if not problem.film:
        return problem.flat
    one = np.ones(len(problem.flat))
    through = [problem.numbering.dot(one, term @ one) for term in problem.terms]
    left = 1 / (1 + float(theta @ through) / problem.area * problem.depth)
    return np.asarray(left + (1 - left) * problem.flat)


def _checked(problem: CellProblem, theta: ArrayLike) -> NDArray[np.float64]:
    """θ (terms,) that has bounds."""
    at = np.asarray(theta, dtype=np.float64)
    if at.shape != (len(problem.terms),) or not np.all((at >= 0) & (at < math.inf)):
        raise ValueError(f"bounds: expected θ ≥ 0 of {len(problem.terms)} terms, got {at.tolist()}")
    if problem.gap_volume and at[-1] > 0:
        raise ValueError(f"bounds: expected θ = 0 of a gap volume, got {at[-1]:g}: only thin gaps have bounds there")
    if problem.film and not np.any(at):
        raise ValueError(f"bounds: expected an interface that lets current pass, got θ = {at.tolist()}")
    return at


def bound(
    problem: CellProblem,
    potential: Vector,
    theta: ArrayLike,
    quadrature: Quadrature = Quadrature(),  # noqa: B008 - frozen, so no state is shared
) -> Bounds:
    """Bounds on F(θ); collective over the mesh's communicator, the work being done by rank 0.

    Args:
        problem: the matrices of a mesh.
        potential: on this rank's free unknowns; any will do, the solution at θ gives the sharpest bounds.
        theta: of the contact, if it has a law, and of the gap, (terms,), real, ≥ 0 and not all 0 where no contact is
            ideal; 0 for a gap volume.
        quadrature: how finely energies are integrated.

    Raises:
        ValueError: θ has no bounds, or the mesh has cells that cannot be bounded.
        SolverError: MUMPS failed.
    """
    at = _checked(problem, theta)
    start = time.perf_counter()
    depth = problem.area / problem.flat_energy
    slab = gather_slab(problem, potential)
    comm = problem.numbering.comm
    made: tuple[float, float, int] | Exception | None = None
    if slab is not None:
        regions = {"contact": float(at[0]) if problem.film else math.inf, "gap": float(at[-1])}
        try:
            made = _bound_slab(slab, problem.area, regions, quadrature)
        except Exception as error:  # raised on all ranks, or the others would wait
            made = error
    made = comm.bcast(made)
    if isinstance(made, Exception):
        raise made
    assert made is not None
    lower, upper, unknowns = made
    return Bounds(at, lower, upper, depth, unknowns, time.perf_counter() - start)


def _bound_slab(
    slab: SlabCells, area: float, theta: Mapping[str, float], quadrature: Quadrature
) -> tuple[float, float, int]:
    system = build_system(slab, theta, quadrature)
    flux = equilibrate(system)
    current, energy = float(np.vdot(system.drive, flux)), float(np.vdot(flux, system.apply(flux)))
    lower, upper = area / system.potential_energy, area * energy / current**2
    return lower * (1 - ROUNDING), upper * (1 + ROUNDING), system.faces.unknowns


def gather_slab(problem: CellProblem, potential: Vector, bodies: Mapping[int, float] | None = None) -> SlabCells | None:
    """Bring the electrolyte's cells and the potential to rank 0; None on the others.

    Args:
        problem: the matrices of a mesh.
        potential: on this rank's free unknowns.
        bodies: real θ of solids with a law, by the law's number, None: there are none. Those that let nothing pass are
            left out.
    """
    cell = problem.cell
    topology, geometry, comm = cell.mesh.topology, cell.mesh.geometry, cell.mesh.comm
    owned = topology.index_map(3).size_local
    conductivities = {VOLUMES["electrolyte"]: 1.0} | {body_tag(law): at for law, at in (bodies or {}).items() if at > 0}
    pieces = {tag: found[found < owned] for tag in conductivities if len(found := cell.volumes.find(tag))}
    here = np.concatenate([np.zeros(0, dtype=np.int32), *pieces.values()])
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
        np.concatenate([np.zeros(0), *(np.full(len(found), conductivities[tag]) for tag, found in pieces.items())]),
    )
    gathered = [comm.gather(part) for part in parts]
    if comm.rank > 0:
        return None
    points, corners, tags, values, conductivity = (np.concatenate(part) for part in gathered)
    return SlabCells(points, corners.astype(np.int64), tags.astype(np.int64), values, conductivity)
