"""Real sparse matrices whose rows are spread over ranks.

A vector is the plain array of the unknowns that a rank owns; an operator fetches what it needs from other ranks. All
matrices of the impedance problem are real, and this stays real where PETSc's build is complex: half the memory to
move, and a smoother may use single precision.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
from dolfinx import fem, la
from dolfinx.common import IndexMap
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc
from scipy import sparse
from scipy.sparse.csgraph import reverse_cuthill_mckee

Vector = NDArray[np.inexact[Any]]


@dataclass(frozen=True)
class Numbering:
    """Unknowns of which each rank owns some and sees others as ghosts, which come after its own."""

    index_map: IndexMap

    @cached_property
    def _buffers(self) -> dict[type, la.Vector]:
        return {kind: la.vector(self.index_map, dtype=kind) for kind in (np.float32, np.float64)}

    @property
    def comm(self) -> MPI.Comm:
        """Communicator of the ranks that share the unknowns."""
        comm: MPI.Comm = self.index_map.comm
        return comm

    @property
    def owned(self) -> int:
        """Number of unknowns of this rank."""
        return int(self.index_map.size_local)

    @property
    def size(self) -> int:
        """Number of unknowns on all ranks."""
        return int(self.index_map.size_global)

    def with_ghosts(self, owned: Vector) -> Vector:
        """The values of a rank's own unknowns and of its ghosts; (owned,) → (owned + ghosts,)."""
        if self.comm.size == 1:
            return owned
        if np.iscomplexobj(owned):
            return np.asarray(self.with_ghosts(owned.real) + 1j * self.with_ghosts(owned.imag))
        buffer = self._buffers[owned.dtype.type]
        buffer.array[: self.owned] = owned
        buffer.scatter_forward()
        return np.array(buffer.array)

    def summed(self, shares: Vector) -> Vector:
        """Add what other ranks contribute to a rank's own unknowns; (owned + ghosts,) → (owned,)."""
        if self.comm.size == 1:
            return shares
        buffer = self._buffers[shares.dtype.type]
        buffer.array[:] = shares
        buffer.scatter_reverse(la.InsertMode.add)
        return np.array(buffer.array[: self.owned])

    def dot(self, first: Vector, second: Vector) -> Any:
        """Scalar product over all ranks, nothing conjugated; complex where a vector is."""
        return self.comm.allreduce((first @ second).item())


@dataclass(frozen=True)
class Operator:
    """A symmetric matrix: a rank's own rows × (its own and ghost columns)."""

    rows: sparse.csr_array
    numbering: Numbering

    def __matmul__(self, vector: Vector) -> Vector:
        """Matrix times vector, (owned,) → (owned,)."""
        if np.iscomplexobj(vector):
            return np.asarray(self @ vector.real + 1j * (self @ vector.imag))
        return np.asarray(self.rows @ self.numbering.with_ghosts(vector))

    def energy(self, vector: Vector) -> float:
        """vᵀAv over all ranks."""
        return float(self.numbering.dot(vector, self @ vector))

    def diagonal(self) -> NDArray[np.float64]:
        """Of a rank's own rows; (owned,)."""
        return np.asarray(self.rows.diagonal()[: self.numbering.owned], dtype=np.float64)

    def single(self) -> Operator:
        """The same in single precision."""
        return replace(self, rows=self.rows.astype(np.float32))

    def plus(self, factors: Iterable[complex], others: Iterable[Operator]) -> Operator:
        """This + Σ factor·other."""
        rows: Any = self.rows
        for factor, other in zip(factors, others, strict=True):
            if factor != 0:
                rows = rows + factor * other.rows
        return replace(self, rows=rows)

    def within(self, mask: NDArray[np.bool_]) -> Operator:
        """Cut off the unknowns outside a mask, (owned,): their rows and columns are those of the unit matrix."""
        inside = self.numbering.with_ghosts(mask.astype(np.float64)) > 0
        rows = sparse.csr_array(self.rows, copy=True)
        rows.data[~(np.repeat(mask, np.diff(rows.indptr)) & inside[rows.indices])] = 0
        rows.eliminate_zeros()
        outside = sparse.dia_array(((~mask)[None, :].astype(np.float64), 0), shape=rows.shape)
        return replace(self, rows=sparse.csr_array(rows + outside))

    def petsc(self) -> PETSc.Mat:
        """The same as a PETSc matrix (complex numbers); the caller destroys it."""
        index_map = self.numbering.index_map
        columns = index_map.local_to_global(self.rows.indices.astype(np.int32)).astype(np.int32)
        size = (self.numbering.owned, self.numbering.size)
        csr = (self.rows.indptr.astype(np.int32), columns, self.rows.data.astype(np.complex128))
        return PETSc.Mat().createAIJ((size, size), csr=csr, comm=self.numbering.comm)


def alone(rows: sparse.csr_array) -> Operator:
    """A matrix that the calling rank holds by itself."""
    return Operator(rows, Numbering(IndexMap(MPI.COMM_SELF, rows.shape[0])))


def largest_eigenvalue(apply: Callable[[Vector], Vector], numbering: Numbering, steps: int) -> float:
    """Of a symmetric operator, from below, by Lanczos steps from a fixed random vector."""
    rng = np.random.default_rng(numbering.comm.rank)
    vector: Vector = rng.standard_normal(numbering.owned)
    vector /= math.sqrt(numbering.dot(vector, vector))
    last: Vector = np.zeros_like(vector)
    length = 0.0
    diagonal, beside = [], []
    for _ in range(min(steps, numbering.size)):
        image = apply(vector) - length * last
        diagonal.append(numbering.dot(image, vector))
        image -= diagonal[-1] * vector
        length = math.sqrt(numbering.dot(image, image))
        beside.append(length)
        if length <= 1e-12 * abs(diagonal[0]):
            break
        last, vector = vector, image / length
    small = np.diag(diagonal) + np.diag(beside[: len(diagonal) - 1], 1) + np.diag(beside[: len(diagonal) - 1], -1)
    return float(np.linalg.eigvalsh(small)[-1])


def on_facets(space: fem.FunctionSpace, facets: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Marks of the owned unknowns on facets of any rank; (owned,)."""
    return touched(space, fem.locate_dofs_topological(space, 2, facets, remote=False))


def touched(space: fem.FunctionSpace, unknowns: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Marks of the owned unknowns that some rank names: a facet or cell may live on another rank; (owned,)."""
    marks = la.vector(space.dofmap.index_map)
    marks.array[unknowns] = 1
    marks.scatter_reverse(la.InsertMode.add)
    return np.asarray(marks.array[: space.dofmap.index_map.size_local] > 0)


def spread(owned: NDArray[np.bool_], index_map: IndexMap) -> NDArray[np.bool_]:
    """Marks of the ghosts of an index map, too; (owned,) → (owned + ghosts,)."""
    marks = la.vector(index_map)
    marks.array[: len(owned)] = owned
    marks.scatter_forward()
    return np.asarray(marks.array > 0)


def neighbours_together(matrix: sparse.csr_array, numbers: NDArray[np.int32]) -> NDArray[np.int32]:
    """Reorder the unknowns of the only rank so that a product finds neighbours in the cache: a fourth less time."""
    order = reverse_cuthill_mckee(sparse.csr_matrix(matrix[numbers][:, numbers]), symmetric_mode=True)
    return np.asarray(numbers[order], dtype=np.int32)


def restricted(matrix: sparse.csr_array, numbers: NDArray[np.int32], numbering: Numbering) -> Operator:
    """Rows and columns of the free unknowns, without stored zeros."""
    rows = sparse.csr_array(matrix[numbers[: numbering.owned]][:, numbers])
    rows.eliminate_zeros()
    rows.sort_indices()
    return Operator(rows, numbering)
