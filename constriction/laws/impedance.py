"""The impedance of each element of a circuit and its derivatives, at many points and frequencies at once.

Every law takes the element's internal coordinates, (S, k, 1): logarithms, exponents plain; ln(iω), (N,); and the index
of the first of them in the circuit. It returns Z, (S, N) in Ω, and for each coordinate its index and ∂Z/∂coordinate.
"""

import math

import numpy as np
from numpy.typing import NDArray

type Reals = NDArray[np.float64]
type Complexes = NDArray[np.complex128]
type Law = tuple[Complexes, list[tuple[int, Complexes]]]


def _resistor(p: Reals, log_s: Complexes, first: int) -> Law:
    z: Complexes = np.exp(p[:, 0]) + 0 * log_s
    return z, [(first, z)]


def _capacitor(p: Reals, log_s: Complexes, first: int) -> Law:
    z: Complexes = np.exp(-p[:, 0] - log_s)
    return z, [(first, -z)]


def _inductor(p: Reals, log_s: Complexes, first: int) -> Law:
    z: Complexes = np.exp(p[:, 0] + log_s)
    return z, [(first, z)]


def _warburg(p: Reals, log_s: Complexes, first: int) -> Law:
    # W(1 − i)/√ω = √2 W/√(iω).
    z: Complexes = np.exp(p[:, 0] - log_s / 2 + math.log(2) / 2)
    return z, [(first, z)]


def _open_warburg(p: Reals, log_s: Complexes, first: int) -> Law:
    root, fading = _root(p[:, 1], log_s)
    z: Complexes = np.exp(p[:, 0]) * (1 + fading) / (_one_minus(root) * root)
    # x/2·d(coth x/x)/dx = −(1/sinh²x + coth x/x)/2
    slope = -(np.exp(p[:, 0]) * 4 * fading / _one_minus(root) ** 2 + z) / 2
    return z, [(first, z), (first + 1, slope)]


def _short_warburg(p: Reals, log_s: Complexes, first: int) -> Law:
    root, fading = _root(p[:, 1], log_s)
    z: Complexes = np.exp(p[:, 0]) * _one_minus(root) / ((1 + fading) * root)
    # x/2·d(tanh x/x)/dx = (1/cosh²x − tanh x/x)/2
    slope = (np.exp(p[:, 0]) * 4 * fading / (1 + fading) ** 2 - z) / 2
    return z, [(first, z), (first + 1, slope)]


def _root(log_time: Reals, log_s: Complexes) -> tuple[Complexes, Complexes]:
    """The root x = √(iωT), whose real part is positive, and e^(−2x), which fades where coth and tanh would overflow."""
    root: Complexes = np.exp((log_time + log_s) / 2)
    fading: Complexes = np.exp(-2 * root)
    return root, fading


def _one_minus(root: Complexes) -> Complexes:
    """1 − e^(−2x), also for small x."""
    return np.asarray(-np.expm1(-2 * root), dtype=np.complex128)


def _gerischer(p: Reals, log_s: Complexes, first: int) -> Law:
    turned: Complexes = np.exp(p[:, 1] + log_s)
    z: Complexes = np.exp(p[:, 0] - np.log1p(turned) / 2)
    return z, [(first, z), (first + 1, -z / 2 * (turned / (1 + turned)))]


def _constant_phase(p: Reals, log_s: Complexes, first: int) -> Law:
    z: Complexes = np.exp(-log_s * p[:, 1] - p[:, 0])
    return z, [(first, -z), (first + 1, -log_s * z)]


def _zarc(p: Reals, log_s: Complexes, first: int) -> Law:
    t: Complexes = np.exp(p[:, 0] + p[:, 1] + p[:, 2] * log_s)
    d: Complexes = np.reciprocal(1 + t)
    z: Complexes = np.exp(p[:, 0]) * d
    slope = -z * t * d
    return z, [(first, z * d), (first + 1, slope), (first + 2, slope * log_s)]


LAWS = {
    "R": _resistor,
    "C": _capacitor,
    "L": _inductor,
    "Q": _constant_phase,
    "W": _warburg,
    "RQ": _zarc,
    "Wo": _open_warburg,
    "Ws": _short_warburg,
    "G": _gerischer,
}
