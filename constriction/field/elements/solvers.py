"""Solvers for the symmetric matrices of `assembly`: set up once, used for many right-hand sides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Protocol, Self

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from constriction.base.errors import SolverError
from constriction.field.elements.operators import Operator, Vector

WORKSPACE = 14, 100  # MUMPS's ICNTL 14: per cent more than it expects; its 20 is at times too little on several ranks
QUICK_ORDERING = 7, 2  # MUMPS's ICNTL 7: approximate minimum fill, ordered in half of METIS's time, 10 % more fill
QUICK_BELOW = 100_000  # unknowns
_NUMBERS = count()  # every KSP gets options of its own


@dataclass(frozen=True)
class Stop:
    """When an iteration ends: the error's energy norm below `absolute`, or `relative` to the start's."""

    absolute: float = 0.0
    relative: float = 0.0


class Solver(Protocol):
    """Solves A x = b for one symmetric positive definite A."""

    def solve(self, right: Vector, stop: Stop, guess: Vector | None = None) -> Vector:
        """The x of b = `right`, vectors of owned unknowns; direct solvers need neither `stop` nor `guess`."""

    def destroy(self) -> None:
        """Give memory back."""


@dataclass(frozen=True)
class PETScSolver:
    """A KSP that is set up; a context manager that gives its memory back."""

    ksp: PETSc.KSP
    left: PETSc.Vec
    right: PETSc.Vec

    def apply(self, right: Vector) -> NDArray[np.complex128]:
        """What the KSP makes of a right-hand side, (owned,).

        Raises:
            SolverError: PETSc failed.
        """
        self.right.array[:] = right
        self.ksp.solve(self.right, self.left)
        reason = self.ksp.getConvergedReason()
        if reason < 0:
            size = self.right.getSize()
            raise SolverError(f"MUMPS failed on {size} unknowns (PETSc reason {reason}); is there enough memory?")
        return np.array(self.left.array)

    def solve(self, right: Vector, stop: Stop = Stop(), guess: Vector | None = None) -> Vector:  # noqa: B008 - frozen
        """The same for a real matrix and right-hand side."""
        return np.array(self.apply(right).real)

    def apply_all(self, rights: list[Vector]) -> list[Vector]:
        """The same for a real matrix and several right-hand sides; two real ones are one complex one."""
        if any(np.iscomplexobj(right) for right in rights):
            return [self.apply(right) for right in rights]
        second = [*rights[1::2], np.zeros(0)] if len(rights) % 2 else rights[1::2]
        pairs = [self.apply(a + 1j * b if b.size else a) for a, b in zip(rights[::2], second, strict=True)]
        halves: list[Vector] = [part for pair in pairs for part in (pair.real.copy(), pair.imag.copy())]
        return halves[: len(rights)]

    def destroy(self) -> None:
        """Give the factor's memory back."""
        for thing in (self.ksp, self.left, self.right):
            thing.destroy()

    def __enter__(self) -> Self:
        """Return the solver itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Destroy it."""
        self.destroy()


def factorise(operator: Operator) -> PETScSolver:
    """Factor a symmetric matrix (real or complex) as LDLᵀ with MUMPS."""
    ksp = _ksp(operator)
    pc = ksp.getPC()
    pc.setType("cholesky")
    pc.setFactorSolverType("mumps")
    pc.setFactorSetUpSolverType()
    pc.getFactorMatrix().setMumpsIcntl(*WORKSPACE)
    if operator.numbering.size < QUICK_BELOW:
        pc.getFactorMatrix().setMumpsIcntl(*QUICK_ORDERING)
    return _set_up(ksp)


def aggregate(operator: Operator, options: dict[str, str | float]) -> PETScSolver:
    """One cycle of PETSc's smoothed aggregation (GAMG) for a real matrix."""
    ksp = _ksp(operator)
    ksp.getPC().setType("gamg")
    database, prefix = PETSc.Options(), ksp.getOptionsPrefix()
    for key, value in options.items():
        database[prefix + key] = value
    ksp.setFromOptions()
    for key in options:
        del database[prefix + key]
    return _set_up(ksp)


def _ksp(operator: Operator) -> PETSc.KSP:
    matrix = operator.petsc()
    matrix.setOption(PETSc.Mat.Option.SYMMETRIC, True)
    ksp = PETSc.KSP().create(matrix.comm)
    ksp.setOptionsPrefix(f"constriction_{next(_NUMBERS)}_")
    ksp.setOperators(matrix)
    ksp.setType("preonly")
    matrix.destroy()  # the KSP keeps it
    return ksp


def _set_up(ksp: PETSc.KSP) -> PETScSolver:
    ksp.setUp()
    return PETScSolver(ksp, *ksp.getOperators()[0].createVecs())
