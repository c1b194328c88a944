"""Linear solvers for the symmetric matrices of `assembly`: factored once, used for many right-hand sides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from types import TracebackType

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
from petsc4py import PETSc

from constriction.errors import SolverError

WORKSPACE = 14, 100  # MUMPS's ICNTL 14: per cent more than it expects; its 20 is at times too little on several ranks
QUICK_ORDERING = 7, 2  # MUMPS's ICNTL 7: approximate minimum fill, ordered in half of METIS's time, 10 % more fill
QUICK_BELOW = 100_000  # unknowns
_NUMBERS = count()  # every KSP gets options of its own


@dataclass(frozen=True)
class Factor:
    """A factored matrix; a context manager that gives its memory back."""

    ksp: PETSc.KSP

    def solve(self, right: PETSc.Vec) -> PETSc.Vec:
        """Solve for one right-hand side; the caller destroys the answer.

        Raises:
            SolverError: MUMPS failed.
        """
        solution = right.duplicate()
        self.ksp.solve(right, solution)
        reason = self.ksp.getConvergedReason()
        if reason < 0:
            size = self.ksp.getOperators()[0].getSize()[0]
            raise SolverError(f"MUMPS failed on {size} unknowns (PETSc reason {reason}); is there enough memory?")
        return solution

    def destroy(self) -> None:
        """Give the factor's memory back."""
        self.ksp.destroy()

    def __enter__(self) -> Factor:
        """Return the factor itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Destroy the factor."""
        self.destroy()


def factorise(matrix: PETSc.Mat) -> Factor:
    """Factor a symmetric matrix (real or complex) as LDLᵀ with MUMPS.

    This is the seam for other solvers: whatever has `solve` and `destroy` may take its place.
    """
    matrix.setOption(PETSc.Mat.Option.SYMMETRIC, True)
    ksp = PETSc.KSP().create(matrix.comm)
    ksp.setOptionsPrefix(f"constriction_{next(_NUMBERS)}_")
    ksp.setOperators(matrix)
    ksp.setType("preonly")
    pc = ksp.getPC()
    pc.setType("cholesky")
    pc.setFactorSolverType("mumps")
    pc.setFactorSetUpSolverType()
    pc.getFactorMatrix().setMumpsIcntl(*WORKSPACE)
    if matrix.getSize()[0] < QUICK_BELOW:
        pc.getFactorMatrix().setMumpsIcntl(*QUICK_ORDERING)
    ksp.setUp()
    return Factor(ksp)
