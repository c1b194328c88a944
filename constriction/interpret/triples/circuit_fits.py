"""R-RQ and R-RQ-RQ fitted to many simulated spectra at once, as `spectra.fit` fits one that was measured."""

from __future__ import annotations

import math

import numpy as np

from constriction.laws.arrays import Complexes, Reals
from constriction.laws.circuit import Circuit, evaluate, parse_circuit
from constriction.spectra.fit.marquardt import Indices, minimise_each
from constriction.spectra.fit.problem import ENDLESS, INVISIBLE

ONE_ARC, TWO_ARCS = "R-RQ", "R-RQ-RQ"
FIRST_STEPS, STEPS = 9, 150
"""Steps of all starts, and then of the best one."""
SPLITS = ((0.1, 0.3), (20.0, 0.03))
"""Further starts: an arc of so many times the time of the larger one, which gives it this part of its resistance."""
SMALL = 1e-3  # part of |Z| that a starting arc has at least


def fit_many(circuit: str, frequency: Reals, impedance: Complexes, starts: Reals) -> Reals:
    """The best fit of each spectrum.

    Args:
        circuit: `ONE_ARC` or `TWO_ARCS`, of P parameters.
        frequency: (n,) in Hz.
        impedance: (m, n) in Ω·m²; both parts weigh with 1/|Z|.
        starts: (m, k, P) internal coordinates, k of each spectrum.

    Returns:
        (m, P) internal coordinates: logarithms, exponents as they are; NaN of a spectrum that has no numbers.
    """
    parsed, (count, tries, size) = parse_circuit(circuit), starts.shape
    found, known = np.full((count, size), np.nan), np.isfinite(impedance).all(axis=1) & (np.abs(impedance) > 0).all(1)
    if not known.any():
        return found
    z, omega = impedance[known], 2 * math.pi * frequency
    weight = 1 / np.abs(z)

    def residuals(points: Reals, owners: Indices) -> tuple[Reals, Reals]:
        model, slopes = evaluate(parsed, points, omega)
        apart = (model - z[owners]) * weight[owners]
        steep = slopes * weight[owners][:, np.newaxis]
        return np.concatenate([apart.real, apart.imag], axis=-1), np.concatenate([steep.real, steep.imag], axis=-1)

    owners = np.repeat(np.arange(len(z)), tries)
    lower, upper = (np.repeat(bound, tries, axis=0) for bound in _bounds(parsed, np.abs(z)))
    minima = minimise_each(residuals, starts[known].reshape(-1, size), owners, (lower, upper), FIRST_STEPS, False)
    best = np.argmin(minima.costs.reshape(-1, tries), axis=1) + tries * np.arange(len(z))
    ends = (lower[best], upper[best])
    found[known] = minimise_each(residuals, minima.points[best], owners[best], ends, STEPS, False).points
    return found


def _bounds(circuit: Circuit, modulus: Reals) -> tuple[Reals, Reals]:
    """As of a fit of each spectrum by itself, (m, P) each, of |Z| (m, n)."""
    lower, upper = (
        np.tile([getattr(p, end) for p in circuit.parameters], (len(modulus), 1)) for end in ("lower", "upper")
    )
    for place, parameter in enumerate(circuit.parameters):
        if parameter.kind == "R":
            lower[:, place] = np.maximum(lower[:, place], INVISIBLE * modulus.min(axis=1))
            upper[:, place] = np.minimum(upper[:, place], ENDLESS * modulus.max(axis=1))
        if parameter.logarithmic:
            lower[:, place], upper[:, place] = np.log(lower[:, place]), np.log(upper[:, place])
    return lower, upper


def starts_of(circuit: str, series: Reals, arcs: Reals) -> Reals:
    """Where fits start.

    Args:
        circuit: `ONE_ARC` or `TWO_ARCS`.
        series: resistance in series in Ω·m², (m,).
        arcs: resistance in Ω·m², time in s and exponent of two arcs, (m, 2, 3); with one arc: of both together.

    Returns:
        (m, k, P) internal coordinates.
    """
    size = series + arcs[:, :, 0].sum(axis=1)
    strong = np.maximum(arcs[:, :, 0], SMALL * size[:, np.newaxis])
    first = np.log(np.maximum(series, SMALL * size))
    if circuit == ONE_ARC:
        heavier = np.argmax(strong, axis=1)
        chosen = arcs[np.arange(len(arcs)), heavier]
        return np.column_stack([first, *_arc(strong.sum(axis=1), chosen[:, 1], chosen[:, 2])])[:, np.newaxis]
    larger = np.argmax(strong, axis=1)
    rows, found = np.arange(len(arcs)), [_start(first, strong, arcs[:, :, 1], arcs[:, :, 2])]
    time, exponent = arcs[rows, larger, 1], arcs[rows, larger, 2]
    for factor, part in SPLITS:
        shares = strong.sum(axis=1)[:, np.newaxis] * np.array([1 - part, part])
        times = np.column_stack([time, time * factor])
        found.append(_start(first, shares, times, np.column_stack([exponent, exponent])))
    return np.stack(found, axis=1)


def _start(first: Reals, resistances: Reals, times: Reals, exponents: Reals) -> Reals:
    """A start of each spectrum, (m, P): the logarithm of the series resistance (m,), and two arcs, (m, 2) each."""
    parts = [_arc(resistances[:, k], times[:, k], exponents[:, k]) for k in (0, 1)]
    return np.column_stack([first, *parts[0], *parts[1]])


def _arc(resistance: Reals, time: Reals, exponent: Reals) -> tuple[Reals, Reals, Reals]:
    """Internal coordinates of R beside Q: ln R, ln Q with R·Q = time^exponent, the exponent."""
    return np.log(resistance), exponent * np.log(time) - np.log(resistance), exponent


def read_many(circuit: str, points: Reals) -> Reals:
    """R_SE, R_int and C_int of fits, as `spectra.reading.apparent` reads them: the faster arc is the electrolyte's.

    Args:
        circuit: of the fits.
        points: (m, P) from `fit_many`.

    Returns:
        (m, 3) in Ω·m², Ω·m², F/m²; with one arc the last two are NaN.
    """
    series, found = np.exp(points[:, 0]), np.full((len(points), 3), np.nan)
    if circuit == ONE_ARC:
        found[:, 0] = series + np.exp(points[:, 1])
        return found
    arcs = points[:, 1:].reshape(-1, 2, 3)
    logs = (arcs[:, :, 0] + arcs[:, :, 1]) / arcs[:, :, 2]  # of the times
    fast = np.argmin(logs, axis=1)
    rows = np.arange(len(points))
    resistance = np.exp(arcs[:, :, 0])
    found[:, 0] = series + resistance[rows, fast]
    found[:, 1] = resistance[rows, 1 - fast]
    found[:, 2] = np.exp(logs[rows, 1 - fast]) / found[:, 1]
    return found
