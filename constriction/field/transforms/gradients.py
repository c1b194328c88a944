"""The field of a plate of pixels: preconditioned conjugate gradients, or least residuals where these break down."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigvalsh_tridiagonal

from constriction.base.errors import SolverError
from constriction.field.transforms.grids import Field, Plate, Theta, in_rows

Operator = Callable[[NDArray[Any]], NDArray[Any]]  # complex values of the pixels, (across, along)

MOST_ITERATIONS = 500
RESTART = (
    50  # steps, each of which keeps a field; GMRES takes more of them than conjugate gradients, but cannot break down
)
# Pixels of ideal contacts from which on steps are taken in single precision, and down to which tolerance: rounding
# leaves some 1e-11 of the mean of u, and the reduced model measures in double precision what is left of all fields.
SINGLE_FROM, SINGLE_TOLERANCE = 500_000, 1e-8


@dataclass(frozen=True, eq=False)
class Solved:
    """What conjugate gradients found: the field, and of each step its length and how far the direction turned."""

    field: Field
    steps: tuple[complex, ...]
    turns: tuple[complex, ...]

    @property
    def smallest(self) -> float:
        """About the smallest eigenvalue of the preconditioned operator, for a real s (Lanczos); 1 without a step."""
        if not self.steps:
            return 1.0
        steps, turns = np.real(self.steps), np.real(self.turns)
        diagonal = 1 / steps + np.concatenate([[0.0], turns[:-1] / steps[:-1]])
        return float(eigvalsh_tridiagonal(diagonal, np.sqrt(turns[:-1]) / steps[:-1])[0])


def solve(plate: Plate, theta: Theta, tolerance: float, guess: Field | None = None) -> Solved:
    """Solve (Λ + local admittance) u = 1 by preconditioned conjugate gradients, or else by least residuals.

    Args:
        plate: the interface.
        theta: θ (terms,), real or complex with Re θ ≥ 0; the operator is symmetric, and nothing is conjugated, so that
            a complex one may break down: a product of a vector with itself is zero.
        tolerance: of the mean of u, relative: its error is the residual's energy, of which the preconditioner gives
            about a third.
        guess: where to begin, (across, along).

    Raises:
        SolverError: no convergence; with the history of the residual.
    """
    if plate.free.size >= SINGLE_FROM and tolerance >= SINGLE_TOLERANCE and not plate.film:
        with suppress(SolverError), np.errstate(all="ignore"):
            found = _conjugate_gradients(plate.single, theta, tolerance, guess)
            return replace(found, field=found.field.astype(np.result_type(found.field, np.float64)))
    try:
        with np.errstate(all="ignore"):  # what is no number is found by `_check`
            return _conjugate_gradients(plate, theta, tolerance, guess)
    except SolverError:
        if not np.iscomplexobj(theta) or (field := _least_residuals(plate, theta, tolerance)) is None:
            raise
        return Solved(field, (), ())


def _least_residuals(plate: Plate, theta: Theta, tolerance: float) -> Field | None:
    precondition, local = plate.preconditioner(np.abs(theta)), plate.local(theta)

    def reached(field: Field, residual: Field) -> bool:
        return bool(_size(residual, precondition(residual)) <= tolerance * abs(_dot(plate.load, field)))

    return _gmres(lambda field: plate.apply(field, local), precondition, plate.load, reached, MOST_ITERATIONS)


def _conjugate_gradients(plate: Plate, theta: Theta, tolerance: float, guess: Field | None) -> Solved:
    """Arguments and errors as of `solve`."""
    right = plate.load
    kind = np.result_type(right.dtype, np.complex64 if np.iscomplexobj(theta) else np.float32)
    theta = np.asarray(theta, dtype=kind)
    precondition, local = plate.preconditioner(np.abs(theta)), plate.local(theta)
    field = np.zeros(right.shape, dtype=kind) if guess is None else guess.astype(kind)
    residual: Field = right.astype(kind) if guess is None else right - plate.apply(field, local)
    direction = shaped = precondition(residual)
    energy = _dot(residual, shaped)
    history = [_size(residual, shaped)]
    steps: list[complex] = []
    turns: list[complex] = []
    _check(history, plate, theta)
    while history[-1] > tolerance * abs(_dot(right, field)):
        image = plate.apply(direction, local)
        steps.append(energy / _dot(direction, image))
        _add(field, kind.type(steps[-1]), direction)
        _add(residual, kind.type(-steps[-1]), image)
        del image
        shaped = precondition(residual)
        before, energy = energy, _dot(residual, shaped)
        turns.append(energy / before)
        direction *= kind.type(turns[-1])
        direction += shaped
        history.append(_size(residual, shaped))
        _check(history, plate, theta)
    return Solved(field, tuple(steps), tuple(turns))


def _add(field: Field, factor: Any, other: Field) -> None:
    """Add a multiple of another field in place."""
    for rows in in_rows(field):
        field[rows] += factor * other[rows]


def _dot(a: Field, b: Field) -> Any:
    """Σ a b, without conjugation; what rows give is summed in double precision."""
    parts = [np.dot(a[rows].ravel(), b[rows].ravel()) for rows in in_rows(a)]
    return np.sum(parts, dtype=np.result_type(a, b, np.float64))


def _size(residual: Field, shaped: Field) -> float:
    return float(sum(np.vdot(residual[rows], shaped[rows]).real.astype(float) for rows in in_rows(residual)))


def _check(history: list[float], plate: Plate, theta: Theta) -> None:
    """Refuse to go on without end, or with what is no number.

    Raises:
        SolverError: with the residual's norm, relative to the first, at ten steps.
    """
    if len(history) <= MOST_ITERATIONS and math.isfinite(history[-1]):
        return
    shown = np.unique(np.linspace(0, len(history) - 1, 10).round().astype(int))
    norms = ", ".join(f"{math.sqrt(abs(history[place]) / abs(history[0])):.1e}" for place in shown)
    shape = " x ".join(map(str, plate.free.shape))
    raise SolverError(
        f"conjugate gradients on {shape} pixels at θ = {', '.join(f'{one:g}' for one in theta)} do not converge; "
        f"residual after 0 to {len(history) - 1} steps: {norms}"
    )


def _gmres(
    operator: Operator,
    inverse: Operator,
    load: NDArray[Any],
    reached: Callable[[NDArray[Any], NDArray[Any]], bool],
    steps: int,
) -> NDArray[Any] | None:
    """Solve operator(u) = load by GMRES; None if it takes more than so many steps.

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
