"""GMRES for the fields of pixels: slower than conjugate gradients, with more to keep, but it cannot break down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]  # complex values of the pixels, (across, along)
Operator = Callable[[Field], Field]

RESTART = 50  # steps, each of which keeps a field


def least_residuals(
    operator: Operator, inverse: Operator, load: Field, reached: Callable[[Field, Field], bool], steps: int
) -> Field | None:
    """Solve operator(u) = load; None if it takes more than so many steps.

    Args:
        operator: complex, its real part positive.
        inverse: roughly its inverse, real and positive.
        load: (across, along), as the fields.
        reached: whether u and its residual are good enough.
        steps: at most.
    """
    from scipy.sparse.linalg import LinearOperator, gmres

    def flattened(of: Operator) -> LinearOperator:
        return LinearOperator((load.size,) * 2, lambda flat: of(flat.reshape(load.shape)).ravel(), dtype=complex)

    matrix, preconditioner = flattened(operator), flattened(inverse)
    field, restart = np.zeros(load.shape, dtype=complex), min(RESTART, steps)
    for _ in range(steps // restart):
        flat, _ = gmres(matrix, load.ravel(), field.ravel(), rtol=0.0, restart=restart, maxiter=1, M=preconditioner)
        field = np.asarray(flat.reshape(load.shape))
        if reached(field, load - operator(field)):
            return field
    return None
