"""Divergence-free fluxes on the mesh of a potential, and of these nearly the one of least energy.

The current through a face is one unknown and how it is spread over the face two more, without divergence; so the only
constraint is that the currents through the faces of each cell cancel. The flux of least energy is found by conjugate
gradients which start at the potential's own flux, averaged over the two sides of each face, and never leave the
constraint: a cell-centred matrix is factored once and every direction projected with it (Gould, Hribar and Nocedal
2001). Any step's flux is admissible, so stopping early costs sharpness and never the bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse

from constriction.field.bounds.faces import Faces, SlabCells, find_faces, frames_of_cells, rim_corners
from constriction.field.bounds.fluxes import CHUNK, Quadrature, QuadratureRule, energies, potential_loads, rules_by_rim
from constriction.field.bounds.interface import find_law_faces, law_energies, rim_gains
from constriction.field.elements.operators import alone
from constriction.field.elements.solvers import factorise
from constriction.field.mesh.simplices import Ints, Reals
from constriction.field.mesh.tags import SURFACES

MOST_STEPS = 60
LEAST_GAIN = 0.01  # a step that narrows the bounds by less than this part of their distance is the last
MORE_AT_EDGES = 1  # points per direction of `Quadrature.edge` where there are laws
ROUNDING = 1e-14  # of the energy: in full contact nothing else is left


@dataclass(frozen=True)
class FluxSystem:
    """Energy of fluxes as a quadratic form.

    `matrices` (n, 12, 12) act on the signed unknowns of a cell's faces, `laws` (g, 3, 3) on those of the faces
    `law_faces` (g,). `start` (m, 3) is the potential's flux, averaged; `drive` (m, 3) gives the current through the
    counter electrode. `potential_energy` is the potential's own.
    """

    faces: Faces
    matrices: Reals
    laws: Reals
    law_faces: Ints
    start: Reals
    drive: Reals
    potential_energy: float

    def gathered(self, flux: Reals) -> Reals:
        """Unknowns of faces (m, 3) → of cells (n, 12)."""
        return np.take(flux, self.faces.of, axis=0).reshape(-1, 12)

    def apply(self, flux: Reals) -> Reals:
        """The matrix times a flux, (m, 3)."""
        product = _scattered(np.matmul(self.matrices, self.gathered(flux)[..., None]), self.faces)
        product[self.law_faces] += np.matmul(self.laws, flux[self.law_faces, :, None])[..., 0]
        return product


def _scattered(values: Reals, faces: Faces) -> Reals:
    """Sum what cells give to their faces, (n, 12) → (m, 3), and drop what is not free."""
    values = values.reshape(-1, 3)
    total = np.take(values, faces.first, axis=0)
    total += np.take(values, faces.second, axis=0) * (faces.second >= 0)[:, None]  # −1 takes anything
    total *= faces.free
    return total


def build_system(slab: SlabCells, theta: Mapping[str, float], quadrature: Quadrature) -> FluxSystem:
    """Energies on all cells, and the potential's flux.

    Args:
        slab: its cells.
        theta: θ of contact and gap, 0 to infinity: insulated to ideal.
        quadrature: how finely energies are integrated.
    """
    on_rim = rim_corners(slab)
    faces = find_faces(slab, on_rim, theta)
    on = find_law_faces(slab, faces)
    if len(on.which):
        quadrature = replace(quadrature, edge=quadrature.edge + MORE_AT_EDGES)
    matrices, fluxes, energy = np.empty((len(slab.points), 12, 12)), np.empty((len(slab.points), 12)), 0.0
    for which, rule in rules_by_rim(on_rim, quadrature):
        for begin in range(0, len(which), CHUNK):
            some = which[begin : begin + CHUNK]
            matrices[some], fluxes[some], part = _cells(slab, faces, some, rule)
            energy += part
    laws, law_energy = law_energies(on)
    cells, gains = rim_gains(slab, faces, on, quadrature)
    matrices[cells] -= gains
    start = _scattered(fluxes, faces) / np.where(faces.second >= 0, 2, 1)[:, None]
    drive = np.zeros_like(start)
    drive[faces.tags == SURFACES["counter_electrode"], 0] = 0.5
    return FluxSystem(faces, matrices, laws, on.which, start, drive, energy + law_energy)


def _cells(slab: SlabCells, faces: Faces, which: Ints, rule: QuadratureRule) -> tuple[Reals, Reals, float]:
    """Matrices of some cells in the unknowns of faces, the fluxes nearest to the potential's, and its energy."""
    matrices, energy = energies_in(slab, which, rule)
    change = frames_of_cells(slab, faces, which)
    back = change.transpose(0, 2, 1)
    matrices = back @ (matrices @ change)
    load = np.matmul(back, (slab.potential[which] @ potential_loads().T)[..., None])
    fixed = np.eye(12) * (1 - faces.free[faces.of[which]].reshape(-1, 1, 12))
    return matrices, np.linalg.solve(matrices + fixed, load)[..., 0], float(energy.sum())


def energies_in(slab: SlabCells, which: Ints, rule: QuadratureRule) -> tuple[Reals, Reals]:
    """As `energies`, of some cells at their conductivity σ: ∫τ_i·τ_j/σ, (cells, 12, 12), and ∫σ|∇φ|², (cells,)."""
    matrices, energy = energies(slab.points[which], slab.potential[which], rule)
    conductivity = slab.conductivity[which]
    return matrices / conductivity[:, None, None], energy * conductivity


class Balance:
    """Takes the nearest flux without divergence, in the norm of a `diagonal` (m,); a context manager."""

    def __init__(self, faces: Faces, diagonal: Reals) -> None:
        self._inverse = faces.free[:, 0] / diagonal
        cells = np.repeat(np.arange(len(faces.of)), 4)
        shape = (len(faces.of), len(faces.first))
        self._net = scipy.sparse.csr_matrix((faces.sign.ravel(), (cells, faces.of.ravel())), shape=shape)
        self._spread = (self._net @ scipy.sparse.diags_array(self._inverse)).T.tocsr()
        self._factor = factorise(alone(scipy.sparse.csr_array(self._net @ self._spread)))

    def __enter__(self) -> Balance:
        return self

    def __exit__(self, *_: object) -> None:
        self._factor.destroy()

    def net(self, flux: Reals) -> Reals:
        """Twice the net current out of each cell, (n,)."""
        return np.asarray(self._net @ flux[:, 0])

    def correct(self, flux: Reals) -> Reals:
        """Take the divergence out of a flux, in place; what was taken of the current through each face, (m,)."""
        taken = np.asarray(self._spread @ self._factor.solve(self.net(flux)))
        flux[:, 0] -= taken
        return taken


def equilibrate(system: FluxSystem) -> Reals:
    """A divergence-free flux of nearly least energy for its current through the counter electrode, (m, 3).

    Maximises 2·current − energy, which the potential's energy bounds from above.
    """
    diagonal, spreads = _face_blocks(system)
    with Balance(system.faces, diagonal) as balance:
        flux = system.start.copy()
        balance.correct(flux)
        residual = system.drive - system.apply(flux)
        distance = system.potential_energy - float(np.vdot(flux, residual + system.drive))
        direction, length = np.zeros_like(flux), 1.0
        for _ in range(MOST_STEPS):
            ahead = residual / diagonal[:, None]
            ahead[:, 1:] = np.matmul(spreads, residual[:, 1:, None])[..., 0]
            # what no flux without divergence meets is dropped: beside it rounding of the rest, a millionth as large,
            # would grow from step to step where cells conduct 1e8 times as well as others
            residual[:, 0] -= diagonal * balance.correct(ahead)
            previous, length = length, float(np.vdot(residual, ahead))
            if length <= ROUNDING * system.potential_energy:
                break
            direction = ahead + length / previous * direction
            image = system.apply(direction)
            step = length / float(np.vdot(direction, image))
            flux += step * direction
            residual -= step * image
            distance -= step * length
            if step * length <= LEAST_GAIN * distance:
                break
        balance.correct(flux)
    return flux


def _face_blocks(system: FluxSystem) -> tuple[Reals, Reals]:
    """What the matrix has on each face: its diagonal for the current, (m,), the inverse for the spread, (m, 2, 2).

    Neither depends on the order of a face's corners, and so nor does the flux: it is one on any number of ranks.
    """
    faces = system.faces
    cells = system.matrices.reshape(-1, 4, 3, 4, 3)
    own = np.stack([cells[:, face, :, face, :] for face in range(4)], axis=1).reshape(-1, 3, 3)
    blocks = own[faces.first] + own[faces.second] * (faces.second >= 0)[:, None, None]
    blocks[system.law_faces] += system.laws
    blocks += np.eye(3) * (1 - faces.free[:, None, :])
    return blocks[:, 0, 0], np.linalg.inv(blocks[:, 1:, 1:]) * faces.free[:, None, 1:]
