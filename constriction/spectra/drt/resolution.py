"""How near two relaxation times may lie before a spectrum no longer tells that they are two."""

import math
from collections.abc import Sequence

import numpy as np

from constriction.laws.arrays import Complexes, Reals

# Distances tried, in decades, and exponents of the two between that of the one and 1.
DISTANCES, EXPONENTS = np.arange(0.05, 2.0, 0.05), 6


def resolution(
    omega: Reals, sigma: Reals, zarcs: Sequence[tuple[float, float, float]], which: int, evidence: float
) -> float:
    """Distance below which two ZARCs would be told as one.

    Two equal ZARCs with its R together and any exponent take the place of one of them; all parameters of the fit may
    move, to first order, to follow them. What remains must lower the sum of squares by more than the evidence asked
    for and BIC's price of three parameters.

    Args:
        omega: (N,) in rad/s.
        sigma: (N,) standard deviation of each part, in the unit of Z.
        zarcs: R, τ in s and exponent of each.
        which: of them is replaced.
        evidence: by which BIC must fall.

    Returns:
        In decades; two equal ones this near, or nearer, would look like one.
    """
    resistance, tau, exponent = zarcs[which]
    basis, _ = np.linalg.qr(_real(_tangent(omega, zarcs) / sigma[:, np.newaxis]))
    one = _zarc(omega, resistance, tau, exponent)
    asked = evidence + 3 * math.log(2 * omega.size)
    found = 0.0
    for distance in DISTANCES.tolist():
        apart = 10 ** (distance / 2)
        pairs = [
            _zarc(omega, resistance / 2, tau / apart, narrow) + _zarc(omega, resistance / 2, tau * apart, narrow)
            for narrow in np.linspace(exponent, 1, EXPONENTS).tolist()
        ]
        rest = _real((np.stack(pairs, axis=1) - one[:, np.newaxis]) / sigma[:, np.newaxis])
        rest -= basis @ (basis.T @ rest)
        if float((rest**2).sum(axis=0).min()) > asked:
            break
        found = distance
    return found


def _zarc(omega: Reals, resistance: float, tau: float, exponent: float) -> Complexes:
    return np.asarray(resistance / (1 + (1j * omega * tau) ** exponent), dtype=np.complex128)


def _tangent(omega: Reals, zarcs: Sequence[tuple[float, float, float]]) -> Complexes:
    """Return the derivatives of R, L and ZARCs with respect to their parameters, (N, 2 + 3K), up to factors."""
    columns = [np.ones(omega.size, dtype=np.complex128), 1j * omega / omega[0]]
    for resistance, tau, exponent in zarcs:
        z, x = _zarc(omega, resistance, tau, exponent), (1j * omega * tau) ** exponent
        inner = z * x / (1 + x)
        columns += [z, inner, inner * np.log(1j * omega * tau)]
    return np.stack(columns, axis=1)


def _real(values: Complexes) -> Reals:
    return np.concatenate([values.real, values.imag])
