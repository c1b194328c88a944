"""The rival (c): a network of resistors between voxels, conjugate gradients with pyamg's multigrid at every frequency.

Tuned: a face that the rim cuts conducts with the fraction of it that is in contact; voxels are cubes at the interface
and near the disc, and grow below and beside them; one hierarchy, that of the real network without a gap, preconditions
every complex symmetric system (conjugate orthogonal conjugate gradients). Mesh: `step`, the cubes' side; `growth` from
one voxel to the next (1: cubes all over); `margin`, how far beyond the rim, in steps, the growth starts; `amg`, "rs"
(Ruge and Stüben's, better on stretched voxels) or "sa" (smoothed aggregation, better on cubes).
"""

from typing import Any

import numpy as np
import pyamg
import rival
from scipy import sparse

TOLERANCE = 1e-5  # of the residual: leaves about 2e-5 of R_cstr
MOST_ITERATIONS = 500
SAMPLES = 16  # per side of a face that may be cut


def grown(end: float, step: float, growth: float, uniform: float) -> np.ndarray:
    """Edges of voxels from 0 to `end`: as wide as `step` up to `uniform`, then growing, stretched to end there."""
    edges = [0.0]
    while edges[-1] < end * (1 - 1e-9):
        edges.append(edges[-1] + step)
        step *= growth if edges[-1] >= uniform else 1
    return np.array(edges) * (end / edges[-1])


def contact_fractions(edges: np.ndarray, radius: float) -> np.ndarray:
    """Part of each face on the plane that lies in the disc, (n, n)."""
    inner = (np.arange(SAMPLES) + 0.5) / SAMPLES
    fine = (edges[:-1, None] + np.diff(edges)[:, None] * inner).ravel()
    height = np.sqrt(np.maximum(radius**2 - fine**2, 0))  # of the disc over each fine column
    covered = np.clip((height[:, None] - edges[:-1]) / np.diff(edges), 0, 1)
    return covered.reshape(len(edges) - 1, SAMPLES, -1).mean(axis=1)


def network(x: np.ndarray, z: np.ndarray) -> sparse.csr_matrix:
    """Conductances between the centres of voxels with edges x (both ways) and z, no flux anywhere outside."""
    dx, dz = np.diff(x), np.diff(z)
    along, below = chain(dx), chain(dz)
    widths, heights = sparse.diags(dx), sparse.diags(dz)

    def product(a: Any, b: Any, c: Any) -> Any:
        return sparse.kron(sparse.kron(a, b), c, format="csr")

    return (product(along, widths, heights) + product(widths, along, heights) + product(widths, widths, below)).tocsr()


def chain(width: np.ndarray) -> Any:
    """The one-dimensional network between centres."""
    conductance = 2 / (width[1:] + width[:-1])
    diagonal = np.concatenate([conductance, [0]]) + np.concatenate([[0], conductance])
    return sparse.diags([-conductance, diagonal, -conductance], [-1, 0, 1])


def solve(problem: rival.Problem, size: dict[str, Any]) -> rival.Answer:
    watch = rival.Stages()
    step, growth = size["step"], size["growth"]
    x = grown(problem.half_side, step, growth, problem.radius + size.get("margin", 4) * step)
    z = grown(problem.depth, step, growth, size.get("margin", 4) * step)
    fraction = contact_fractions(x, problem.radius)
    seconds_mesh = watch.lap()
    matrix = network(x, z)
    face = np.multiply.outer(np.diff(x), np.diff(x))
    half, last = 0.5 * (z[1] - z[0]), 0.5 * (z[-1] - z[-2])
    count = len(z) - 1
    top, low = (np.arange(face.size) * count + layer for layer in (0, count - 1))
    fixed, driven = np.zeros(matrix.shape[0]), np.zeros(matrix.shape[0])
    fixed[top] += (face * fraction).ravel() / half
    driven[low] = face.ravel() / last
    matrix = (matrix + sparse.diags(fixed + driven)).tocsr()
    gap = (face * (1 - fraction)).ravel()
    make = pyamg.ruge_stuben_solver if size.get("amg") == "rs" else pyamg.smoothed_aggregation_solver
    hierarchy = make(matrix, max_coarse=500)
    seconds_assemble = watch.lap()
    field, steps, impedance = np.zeros(matrix.shape[0], dtype=complex), 0, []
    for ratio in problem.ratios:
        beside = np.zeros(matrix.shape[0], dtype=complex)
        beside[top] = ratio * gap / (1 + ratio * half)
        field, taken = conjugate_gradients(matrix, beside, driven, field, hierarchy)
        steps += taken
        impedance.append(problem.area / (driven.sum() - driven @ field))
    return rival.Answer(
        impedance=impedance,
        unknowns=matrix.shape[0],
        cells=matrix.shape[0],
        seconds_mesh=seconds_mesh,
        seconds_assemble=seconds_assemble,
        seconds_solve=watch.lap(),
        iterations=steps,
    )


def conjugate_gradients(
    matrix: Any, diagonal: np.ndarray, right: np.ndarray, field: np.ndarray, hierarchy: Any
) -> tuple[np.ndarray, int]:
    """Solve (matrix + diagonal) field = right, complex symmetric, from a first guess; with the number of iterations."""
    field = field.copy()
    precondition = hierarchy.aspreconditioner(cycle="V")

    def apply(residual: np.ndarray) -> np.ndarray:
        real = precondition @ np.ascontiguousarray(residual.real)
        if not residual.imag.any():
            return real + 0j
        return real + 1j * (precondition @ np.ascontiguousarray(residual.imag))

    residual = right - matrix @ field - diagonal * field
    enough = TOLERANCE * np.linalg.norm(right)
    search, before = None, 1.0
    for step in range(MOST_ITERATIONS):
        if np.linalg.norm(residual) <= enough:
            return field, step
        smoothed = apply(residual)
        product = residual @ smoothed  # without conjugation
        search = smoothed if search is None else smoothed + product / before * search
        image = matrix @ search + diagonal * search
        length = product / (search @ image)
        field += length * search
        residual -= length * image
        before = product
    raise RuntimeError(f"no convergence in {MOST_ITERATIONS} iterations")


if __name__ == "__main__":
    rival.main(solve, warm_up={"step": 0.1})
