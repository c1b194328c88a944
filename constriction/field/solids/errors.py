"""What a mesh with solids leaves: bounds at rest, each cell's part of their distance, and how far its shape is off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constriction.base.ranks import agree
from constriction.field.bounds.bounds import ROUNDING, gather_slab
from constriction.field.bounds.equilibration import FluxSystem, build_system, energies_in, equilibrate
from constriction.field.bounds.faces import SlabCells, frames_of_cells, rim_corners
from constriction.field.bounds.fluxes import (
    CHUNK,
    CORNERS,
    Quadrature,
    potential_loads,
    rules_by_rim,
    triangle_rule,
)
from constriction.field.bounds.gradients import on_faces
from constriction.field.currents.tips import Tip
from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.operators import Vector
from constriction.field.mesh.simplices import Flags, Ints, Reals
from constriction.field.mesh.tags import SURFACES
from constriction.field.solids.sizes import SizeField, refined
from constriction.field.solids.surfaces import distances, on_surface
from constriction.field.solids.tips import tips_on
from constriction.geometry.solids.bodies import Body

INSULATING = 1e-8
"""θ of a solid that lets nothing pass, so that its potential has a value; below, it does not count."""
SURFACE_POINTS = 3  # per direction, where the shape of bodies is compared with the mesh


@dataclass(frozen=True)
class Leftovers:
    """Bounds on F at rest of what is meshed, and how much of F the bodies' shape in the mesh is wrong, pitches.

    `tips` are the current densities there.
    """

    lower: float
    upper: float
    shape: float
    tips: tuple[Tip, ...]

    @property
    def width(self) -> float:
        """What is left in all: the distance of the bounds, and the shape."""
        return self.upper - self.lower + self.shape


@dataclass(frozen=True, eq=False)
class CellErrors:
    """Where it comes from: `corners` (N, 3) and `cells` (n, 4) of a mesh, and `errors` (n,) of the cells' energy."""

    corners: Reals
    cells: Ints
    errors: Reals

    def refined(self, share: float, bodies: tuple[Body, ...]) -> SizeField:
        """The sizes of a mesh round bodies that leaves a share of it."""
        return refined(self.corners, self.cells, self.errors, share, bodies)


def leftovers(
    problem: CellProblem, bodies: tuple[Body, ...], potential: Vector, theta: Reals
) -> tuple[Leftovers, CellErrors | None]:
    """Bound F at rest and see where the bounds' distance comes from; collective, the work being done by rank 0.

    Args:
        problem: the matrices of a mesh.
        bodies: in its electrolyte, in pitches.
        potential: of 1 V at rest, on this rank's free unknowns.
        theta: at rest, (terms,).

    Returns:
        What is left, and, on rank 0, where it comes from.
    """
    first = int(problem.film)
    present = {law: float(at) for law, at in zip(problem.laws, theta[first:], strict=False) if at > INSULATING}
    slab, comm = gather_slab(problem, potential, present), problem.numbering.comm
    contact = float(theta[0]) if problem.film else math.inf
    regions = {"contact": contact, "solid": contact, "gap": float(theta[-1])}
    errors: list[CellErrors] = []

    def work() -> Leftovers:
        assert slab is not None
        left, where = _on_slab(slab, bodies, problem.area, regions)
        errors.append(where)
        return left

    left = agree(comm, work)  # what fails is raised on all ranks, or the others would wait
    return left, errors[0] if errors else None


def _on_slab(
    slab: SlabCells, bodies: tuple[Body, ...], area: float, regions: Mapping[str, float]
) -> tuple[Leftovers, CellErrors]:
    quadrature = Quadrature()
    system = build_system(slab, regions, quadrature)
    flux = equilibrate(system)
    current, energy = float(np.vdot(system.drive, flux)), float(np.vdot(flux, system.apply(flux)))
    lower, upper = area / system.potential_energy, area * energy / current**2
    numbers, cells = np.unique(slab.corners, return_inverse=True)
    cells = cells.reshape(-1, 4)
    corners = np.zeros((len(numbers), 3))
    corners[cells] = slab.points[:, :4]
    left = Leftovers(
        lower=lower * (1 - ROUNDING),
        upper=upper * (1 + ROUNDING),
        shape=lower**2 / area * _misshaped(slab, bodies),
        tips=tips_on(slab, bodies, lower),
    )
    return left, CellErrors(corners, cells, cell_errors(slab, system, flux, quadrature))


def cell_errors(slab: SlabCells, system: FluxSystem, flux: Reals, quadrature: Quadrature) -> Reals:
    """∫|∇φ − τ|² of each cell, (n,): their sum is the distance of the energies, but for what laws take of it."""
    errors = np.empty(len(slab.points))
    for which, rule in rules_by_rim(rim_corners(slab), quadrature):
        for begin in range(0, len(which), CHUNK):
            some = which[begin : begin + CHUNK]
            matrices, energy = energies_in(slab, some, rule)
            own = (frames_of_cells(slab, system.faces, some) @ system.gathered(flux)[some][..., None])[..., 0]
            load = slab.potential[some] @ potential_loads().T
            errors[some] = np.einsum("ni,nij,nj->n", own, matrices, own) - 2 * np.sum(own * load, axis=1) + energy
    return np.maximum(errors, 0.0)


def _misshaped(slab: SlabCells, bodies: tuple[Body, ...]) -> float:
    """∫|∇φ|²|δ| over the bodies' surfaces, δ how far the mesh is from them: what that changes in the energy."""
    cut_out = (slab.tags == SURFACES["solid"]) | (slab.tags == SURFACES["void"])
    cells, places = np.nonzero(cut_out | _round_present(slab, bodies))
    if not len(cells):
        return 0.0
    rule = triangle_rule(SURFACE_POINTS)
    at, gradient = on_faces(slab, cells, places, rule.places)
    surface = _surface_elements(slab, cells, places)
    away = _away(bodies, at.reshape(-1, 3)).reshape(at.shape[:2])
    return float(np.einsum("fq,fq,f,q->", np.sum(gradient**2, axis=2), away, surface, rule.weights))


def _round_present(slab: SlabCells, bodies: tuple[Body, ...]) -> Flags:
    """Which faces of the electrolyte's cells lie on bodies that are meshed with a law of their own, (n, 4)."""
    on = np.zeros(slab.tags.shape, dtype=bool)
    outside = slab.conductivity == 1.0
    for body in bodies:
        if body.region is not None:
            corners = on_surface(body, slab.points[outside, :4].reshape(-1, 3)).reshape(-1, 4)
            on[outside] |= corners[:, CORNERS].all(axis=2)
    return on


def _surface_elements(slab: SlabCells, cells: Ints, places: Ints) -> Reals:
    """Area per area of the reference triangle on faces, (f,)."""
    corners = slab.points[cells[:, None], CORNERS[places]]
    return np.asarray(np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1))


def _away(bodies: tuple[Body, ...], points: Reals) -> NDArray[np.float64]:
    """Distance of points to the nearest body's surface, (n,)."""
    return np.asarray(np.min([distances(body, points) for body in bodies], axis=0))
