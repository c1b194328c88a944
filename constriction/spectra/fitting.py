"""Complex nonlinear least squares: a circuit is fitted to a spectrum, with error bars that mean something."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constriction.errors import InputError
from constriction.spectra.arcs import Arc, arcs_of, swap_into_order
from constriction.spectra.circuit_problem import FitOptions, Problem, pose
from constriction.spectra.circuits import Circuit, Element, evaluate, parse_circuit, to_internal, unit_of
from constriction.spectra.marquardt import minimise
from constriction.spectra.profiles import profile
from constriction.spectra.spectrum import Spectrum
from constriction.spectra.starts import blind_starts

type Reals = NDArray[np.float64]

# Closer to a bound than this, in logarithms (exponents plain), is on it.
ON_BOUND = 1e-7
AT_LOWER_BOUND, AT_UPPER_BOUND = "at its lower bound", "at its upper bound"
# A combination of parameters to which the data are this much less sensitive than to another is not determined.
BLIND = 1e-9
# Standard error, in logarithms or of an exponent, above which a profile replaces ±1 standard error.
WEAK, WEAK_EXPONENT = 0.2, 0.1
# e to this is about the largest number there is.
LARGEST_LOGARITHM = 700.0
# Starts whose sums of squares agree to this part ended in the same place.
SAME = 1e-4
# Mean square of relative residuals below which noise-free data are followed, and a better fit is no better circuit.
ROUNDING = 1e-20


@dataclass(frozen=True)
class FittedParameter:
    """One parameter of a fit.

    Attributes:
        name: in the circuit, `R0`.
        value: SI, in `unit`.
        stderr: standard error in `unit`; None if the fit gives none, and `remark` tells why.
        interval: 68.3 % interval in `unit`: value ± stderr (logarithms: value·e^(±relative error)), or the profile
            of the likelihood where the error is large; None at an end that is open; None if there is no error bar.
        unit: for instance "ohm", "farad/m2", "1".
        remark: "" or why there is no error bar, or that the interval is a profile.
    """

    name: str
    value: float
    stderr: float | None
    interval: tuple[float | None, float | None] | None
    unit: str
    remark: str


@dataclass(frozen=True, eq=False)
class CircuitFit:
    """A circuit fitted to a spectrum.

    Attributes:
        circuit: what was fitted.
        parameters: P of them, in the order of the circuit; equal arcs sorted by time constant.
        arcs: by rising time constant.
        R_series: sum of the plain resistors in series, Ω (or the unit of the spectrum); 0 without any.
        R_series_stderr: in Ω; None if the fit gives none.
        converged: whether the minimum was reached. If not, nothing has an error bar.
        message: one line: how the fit ended, and which parameters sit on a bound or are not determined.
        points: N, number of frequencies.
        chi_squared: sum of the squared weighted residuals of both parts. With modulus weights they are relative to |Z|.
        degrees_of_freedom: 2N − number of parameters not held.
        aic: Akaike's criterion, up to a constant of the data and their weights. Parameters that came to sit on a
            bound count, those that were held do not.
        bic: Bayes's criterion, up to the same constant.
        covariance: (P, P) of ln(parameter), of α itself; NaN where there is no error bar.
        starts_agreeing: how many of the starts ended in the best minimum.
        residuals: (N,) complex, (fit − measurement)/|measurement|.
    """

    circuit: Circuit
    parameters: tuple[FittedParameter, ...]
    arcs: tuple[Arc, ...]
    R_series: float
    R_series_stderr: float | None
    converged: bool
    message: str
    points: int
    chi_squared: float
    degrees_of_freedom: int
    aic: float
    bic: float
    covariance: Reals
    starts_agreeing: int
    residuals: NDArray[np.complex128]

    @property
    def values(self) -> dict[str, float]:
        """Values by name, SI."""
        return {parameter.name: parameter.value for parameter in self.parameters}

    @property
    def correlation(self) -> Reals:
        """Correlation matrix, (P, P); NaN where there is no error bar."""
        error = np.sqrt(np.diag(self.covariance))
        matrix: Reals = self.covariance / np.outer(error, error)
        return matrix


def fit_circuit(
    spectrum: Spectrum,
    circuit: Circuit | str,
    options: FitOptions | None = None,
    guesses: Sequence[Sequence[float]] = (),
) -> CircuitFit:
    """Fit a circuit to a spectrum from blind starts.

    Complex nonlinear least squares (Boukamp, Solid State Ionics 20 (1986) 31) in the logarithms of all parameters but
    the exponents. Unless the standard deviations are given, the residuals give the variance, as in ordinary least
    squares: covariance = χ²/(2N − P)·(JᵀJ)⁻¹.

    Args:
        spectrum: N points.
        circuit: or its text.
        options: weights, bounds, number of starts.
        guesses: more starts: each the values of all parameters, SI, in order.

    Returns:
        The best of all minima found.

    Raises:
        InputError: the circuit cannot be read; too few points; wrong options; a guess of the wrong length.
    """
    circuit = parse_circuit(circuit) if isinstance(circuit, str) else circuit
    options = FitOptions() if options is None else options
    problem = pose(spectrum, circuit, options)
    starts = blind_starts(problem, options.starts)
    if len(guesses):
        starts = np.concatenate([[to_internal(circuit, list(guess)) for guess in guesses], starts])
    bounds = (problem.lower, problem.upper)
    minima = minimise(problem.residuals, starts, bounds)
    least = float(minima.costs.min())
    alike = minima.costs <= least * (1 + SAME) + 1e-20 * minima.points.shape[1]
    # Among equals a converged one wins, then a guess, which comes before the blind starts.
    first = max(np.flatnonzero(alike).tolist(), key=lambda k: (bool(minima.converged[k]), -k))
    best = minimise(problem.residuals, minima.points[first : first + 1], bounds, most_steps=200)
    point = best.points[0] if options.bounds else swap_into_order(circuit, best.points[0])
    return _report(problem, point, bool(best.converged[0]), int(alike.sum()), spectrum.unit)


@dataclass(frozen=True)
class Comparison:
    """One circuit among several fitted to the same spectrum.

    Attributes:
        fit: of this circuit.
        delta_aic: AIC above the smallest one.
        delta_bic: BIC above the smallest one; above 10 the evidence against this circuit is strong.
    """

    fit: CircuitFit
    delta_aic: float
    delta_bic: float


def compare_circuits(
    spectrum: Spectrum, circuits: Sequence[Circuit | str], options: FitOptions | None = None
) -> tuple[Comparison, ...]:
    """Fit several circuits to one spectrum and rank them.

    Args:
        spectrum: N points.
        circuits: at least one; their names for bounds must fit them all.
        options: as for `fit_circuit`.

    Returns:
        By rising BIC; fits that did not converge come last.

    Raises:
        InputError: no circuit, or as `fit_circuit`.
    """
    if not circuits:
        raise InputError("no circuit to compare: expected at least one")
    return ranked([fit_circuit(spectrum, circuit, options) for circuit in circuits])


def ranked(fits: Sequence[CircuitFit]) -> tuple[Comparison, ...]:
    """Rank fits of one spectrum by rising BIC; those that did not converge come last.

    Args:
        fits: at least one, all with the same weights.
    """
    trusted = [fit for fit in fits if fit.converged] or fits
    aic, bic = min(fit.aic for fit in trusted), min(fit.bic for fit in trusted)
    in_order = sorted(fits, key=lambda fit: (not fit.converged, fit.bic))
    return tuple(Comparison(fit, fit.aic - aic, fit.bic - bic) for fit in in_order)


def _report(problem: Problem, point: Reals, converged: bool, agreeing: int, unit: str) -> CircuitFit:
    values, slopes = (array[0] for array in problem.residuals(point[np.newaxis]))
    chi_squared, data = float(values @ values), values.size
    held = (point - problem.lower < ON_BOUND) | (problem.upper - point < ON_BOUND)
    free = int((~held).sum())
    variance = 1.0 if problem.absolute else chi_squared / (data - free)
    covariance = _covariance(slopes, held) * variance if converged else np.full((point.size, point.size), np.nan)
    remarks = _remarks(problem, point, covariance, converged)
    parameters = tuple(_parameter(problem, point, covariance, variance, k) for k in range(point.size))
    parameters = tuple(
        replace(item, remark=remark or item.remark, unit=unit_of(parameter, unit))
        for item, parameter, remark in zip(parameters, problem.circuit.parameters, remarks, strict=True)
    )
    model = evaluate(problem.circuit, point[np.newaxis], problem.omega)[0][0]
    series, series_error = _series_resistance(problem, point, covariance)
    aic, bic = _criteria(chi_squared, data, int((problem.lower < problem.upper).sum()), problem.absolute)
    return CircuitFit(
        circuit=problem.circuit,
        parameters=parameters,
        arcs=arcs_of(problem.circuit, point, covariance),
        R_series=series,
        R_series_stderr=series_error,
        converged=converged,
        message=_message(parameters, converged),
        points=problem.omega.size,
        chi_squared=chi_squared,
        degrees_of_freedom=data - free,
        aic=aic,
        bic=bic,
        covariance=covariance,
        starts_agreeing=agreeing,
        residuals=(model - problem.z) / np.abs(problem.z),
    )


def _covariance(slopes: Reals, held: NDArray[np.bool_]) -> Reals:
    """Return (JᵀJ)⁻¹ of the free parameters; NaN for the held ones and those the data do not determine."""
    free = np.flatnonzero(~held)
    covariance = np.full((held.size, held.size), np.nan)
    scale = np.linalg.norm(slopes[free], axis=1)
    visible = scale > BLIND * scale.max(initial=0.0)
    free, scale = free[visible], scale[visible]
    if free.size:
        u, s, _ = np.linalg.svd(slopes[free] / scale[:, np.newaxis], full_matrices=False)
        seen = s > BLIND * s[0]
        lost = np.abs(u[:, ~seen]).max(axis=1, initial=0.0) > 1e-3
        inverse = (u[:, seen] / s[seen] ** 2) @ u[:, seen].T / np.outer(scale, scale)
        inverse[lost], inverse[:, lost] = np.nan, np.nan
        covariance[np.ix_(free, free)] = inverse
    return covariance


def _remarks(problem: Problem, point: Reals, covariance: Reals, converged: bool) -> list[str]:
    """Tell of every parameter why it has no error bar, or ""."""
    values, low, high = (problem.values(p) for p in (point, problem.lower, problem.upper))
    remarks = []
    for k in range(point.size):
        if problem.lower[k] == problem.upper[k]:
            remarks.append(f"held at {values[k]:.4g}")
        elif point[k] - problem.lower[k] < ON_BOUND:
            remarks.append(f"{AT_LOWER_BOUND} {low[k]:.4g}")
        elif problem.upper[k] - point[k] < ON_BOUND:
            remarks.append(f"{AT_UPPER_BOUND} {high[k]:.4g}")
        elif not converged:
            remarks.append("the fit did not converge")
        else:
            remarks.append("" if np.isfinite(covariance[k, k]) else "not determined by these data")
    return remarks


def _parameter(problem: Problem, point: Reals, covariance: Reals, variance: float, k: int) -> FittedParameter:
    """Return a parameter with its error bar; unit and remark are filled in by the caller."""
    parameter, value = problem.circuit.parameters[k], float(problem.values(point)[k])
    if not np.isfinite(covariance[k, k]):
        return FittedParameter(parameter.name, value, None, None, "", "")
    error = math.sqrt(covariance[k, k])
    ends: tuple[float | None, float | None] = (float(point[k]) - error, float(point[k]) + error)
    remark = ""
    if problem.profiles and error > (WEAK if parameter.logarithmic else WEAK_EXPONENT):
        ends, remark = profile(problem, point, covariance, k, variance), "weakly determined: interval from the profile"
    if parameter.logarithmic:
        ends = _exp(ends[0]), _exp(ends[1])
    return FittedParameter(parameter.name, value, error * (value if parameter.logarithmic else 1.0), ends, "", remark)


def _exp(x: float | None) -> float | None:
    """Return e^x, None where x is or e^x has no end among numbers."""
    return None if x is None or x > LARGEST_LOGARITHM else math.exp(x)


def _series_resistance(problem: Problem, point: Reals, covariance: Reals) -> tuple[float, float | None]:
    parts = problem.circuit.parts
    index = [part.first for part in parts if isinstance(part, Element) and part.kind == "R"]
    values = np.exp(point[index])
    variance = float(values @ covariance[np.ix_(index, index)] @ values)
    error = math.sqrt(max(variance, 0.0)) if index and math.isfinite(variance) else None
    return float(values.sum()), error


def _criteria(chi_squared: float, data: int, adjustable: int, absolute: bool) -> tuple[float, float]:
    """Return AIC and BIC of independent normal errors; with an unknown variance it counts as a parameter."""
    if absolute:
        return chi_squared + 2 * adjustable, chi_squared + math.log(data) * adjustable
    deviance = data * math.log(max(chi_squared / data, ROUNDING))
    return deviance + 2 * (adjustable + 1), deviance + math.log(data) * (adjustable + 1)


def _message(parameters: tuple[FittedParameter, ...], converged: bool) -> str:
    if not converged:
        return "did not converge: no error bars"
    told = [f"{item.name} {item.remark}" for item in parameters if item.remark]
    return "; ".join(["converged", *told])
