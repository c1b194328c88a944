"""Complex nonlinear least squares: a circuit is fitted to a spectrum, with error bars that mean something."""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from constriction.laws.arrays import Complexes, Reals
from constriction.laws.circuit import Circuit, evaluate, parse_circuit, to_internal
from constriction.laws.elements import unit_of
from constriction.spectra.fit.arcs import Arc, arcs_of, series_resistances, swap_into_order
from constriction.spectra.fit.covariance import ON_BOUND, distance_from_bound, error_of_sum, on_bound, standard_error
from constriction.spectra.fit.marquardt import minimise
from constriction.spectra.fit.minima import ROUNDING, JointArcs, Minimum, joint_arcs, minimum_at
from constriction.spectra.fit.problem import FitOptions, Problem, pose
from constriction.spectra.fit.profiles import profile
from constriction.spectra.fit.starts import blind_starts
from constriction.spectra.spectrum import Spectrum

AT_LOWER_BOUND, AT_UPPER_BOUND = "at its lower bound", "at its upper bound"
# Standard error, in logarithms or of an exponent, above which a profile replaces ±1 standard error.
WEAK, WEAK_EXPONENT = 0.2, 0.1
# e to this is about the largest number there is.
LARGEST_LOGARITHM = 700.0
# A profile over a split may find a better minimum; so often the fit goes there.
MOST_RETURNS = 3
# Starts whose sums of squares agree to this part ended in the same place.
SAME = 1e-4


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
        remark: "" or why there is no error bar, or that the interval is a profile. On a bound: that the other error
            bars are conditional, and how far an exponent may be from the bound.
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
        joint: arcs of which only the common resistance is determined; those have no error bars of their own.
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
        covariance: (P, P) of ln(parameter), of α itself: of the free parameters, given those that are held or sit on a
            bound, whose rows are 0 (unless a profile over the split of two arcs lets one leave its bound); NaN for
            what is not determined.
        starts_agreeing: how many of the starts ended in the best minimum.
        residuals: (N,) complex, (fit − measurement)/|measurement|.
    """

    circuit: Circuit
    parameters: tuple[FittedParameter, ...]
    arcs: tuple[Arc, ...]
    joint: tuple[JointArcs, ...]
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
    residuals: Complexes

    @property
    def values(self) -> dict[str, float]:
        """Values by name, SI."""
        return {parameter.name: parameter.value for parameter in self.parameters}


def fit_circuit(
    spectrum: Spectrum,
    circuit: Circuit | str,
    options: FitOptions | None = None,
    guesses: Sequence[Sequence[float]] = (),
) -> CircuitFit:
    """Fit a circuit to a spectrum from blind starts.

    Complex nonlinear least squares (Boukamp, Solid State Ionics 20 (1986) 31) in the logarithms of all parameters but
    the exponents. Unless the standard deviations are given, the residuals give the variance, as in ordinary least
    squares: covariance = χ²/(2N − P)·(JᵀJ)⁻¹. Where two arcs are near in time or weak, the likelihood is profiled over
    their split (`splits`): error bars follow it, or only the sum of both resistances has one.

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
    # Bounds belong to names: where arcs have any, a minimum that has them in order is the one that was meant.
    wanted = [not options.bounds or np.array_equal(swap_into_order(circuit, p), p) for p in minima.points]
    costs = np.where(wanted, minima.costs, np.inf) if any(wanted) else minima.costs
    least = float(costs.min())
    alike = costs <= least * (1 + SAME) + 1e-20 * minima.points.shape[1]
    # Among equals a converged one wins, then a guess, which comes before the blind starts.
    first = max(np.flatnonzero(alike).tolist(), key=lambda k: (bool(minima.converged[k]), -k))
    found = _settled(problem, minima.points[first], not options.bounds)
    return _report(problem, found, int(alike.sum()), spectrum.unit)


def _settled(problem: Problem, start: Reals, sort: bool) -> Minimum:
    """Go to the minimum, and to a better one if a profile over a split meets it."""
    for _ in range(MOST_RETURNS):
        best = minimise(problem.residuals, start[np.newaxis], (problem.lower, problem.upper), most_steps=200)
        point = swap_into_order(problem.circuit, best.points[0]) if sort else best.points[0]
        found = minimum_at(problem, point, bool(best.converged[0]))
        better = [split.better for split in found.splits if split.better is not None]
        if not better:
            break
        start = better[0]
    return found


def _report(problem: Problem, found: Minimum, agreeing: int, unit: str) -> CircuitFit:
    point, converged = found.point, found.converged
    chi_squared, data = float(np.sum(problem.residuals(point[np.newaxis])[0] ** 2)), 2 * problem.omega.size
    joint = joint_arcs(problem, found)
    covariance = found.covariance.copy()
    for split in found.splits:
        if not split.determined:
            away = [*split.pair.fast.places, *split.pair.slow.places]
            covariance[away], covariance[:, away] = np.nan, np.nan
    if not converged:
        covariance = np.full((point.size, point.size), np.nan)
    found = replace(found, covariance=covariance)
    remarks = _remarks(problem, found, joint, unit)
    parameters = tuple(_parameter(problem, found, k, unit, remark) for k, remark in enumerate(remarks))
    model = evaluate(problem.circuit, point[np.newaxis], problem.omega)[0][0]
    series, series_error = _series_resistance(problem, point, covariance)
    aic, bic = _criteria(chi_squared, data, int((problem.lower < problem.upper).sum()), problem.absolute)
    return CircuitFit(
        circuit=problem.circuit,
        parameters=parameters,
        arcs=arcs_of(problem.circuit, point, covariance, on_bound(problem, point)),
        joint=joint,
        R_series=series,
        R_series_stderr=series_error,
        converged=converged,
        message=_message(parameters, joint, converged),
        points=problem.omega.size,
        chi_squared=chi_squared,
        degrees_of_freedom=data - int((~on_bound(problem, point)).sum()),
        aic=aic,
        bic=bic,
        covariance=covariance,
        starts_agreeing=agreeing,
        residuals=(model - problem.z) / np.abs(problem.z),
    )


def _remarks(problem: Problem, found: Minimum, joint: tuple[JointArcs, ...], unit: str) -> list[str]:
    """Tell of every parameter why it has no error bar, or ""."""
    shared = _shared(problem, found, joint)
    units = [unit_of(parameter, unit) for parameter in problem.circuit.parameters]
    return [_remark(problem, found, k, shared, "" if name == "1" else f" {name}") for k, name in enumerate(units)]


def _shared(problem: Problem, found: Minimum, joint: tuple[JointArcs, ...]) -> dict[int, str]:
    """What is determined in place of the parameters of arcs whose split is open."""
    names = problem.circuit.names
    arcs = [arc for split in found.splits for arc in split.pair]
    shared: dict[int, str] = {}
    for arc, group in itertools.product(arcs, joint):
        if names[arc.resistance] in group.parameters:
            shared |= dict.fromkeys(arc.places, group.text)
    return shared


def _remark(problem: Problem, found: Minimum, k: int, shared: Mapping[int, str], behind: str) -> str:
    """Why one parameter has no error bar, or ""; `behind` is its unit with a blank in front, or nothing."""
    value, low, high = (problem.values(point)[k] for point in (found.point, problem.lower, problem.upper))
    if problem.lower[k] == problem.upper[k]:
        return f"held at {value:.4g}{behind}"
    if found.point[k] - problem.lower[k] < ON_BOUND:
        return f"{AT_LOWER_BOUND} {low:.4g}{behind}{_given(problem, found, k)}"
    if problem.upper[k] - found.point[k] < ON_BOUND:
        return f"{AT_UPPER_BOUND} {high:.4g}{behind}{_given(problem, found, k)}"
    if not found.converged:
        return "the fit did not converge"
    if k in shared:
        return f"not determined, only {shared[k]} is"
    return "" if np.isfinite(found.covariance[k, k]) else "not determined by these data"


def _given(problem: Problem, found: Minimum, k: int) -> str:
    """What a parameter on a bound means for the error bars; a profile over a split lets it leave."""
    variance = found.covariance[k, k]
    if not (found.converged and variance >= 0):  # NaN is not
        return ""
    if variance > 0:
        return "; the other error bars, from a profile, let it leave"
    away = None
    if not problem.circuit.parameters[k].logarithmic:  # of a logarithm the sum of squares is no parabola there
        away = distance_from_bound(problem, found.point, k, found.variance)
    told = "" if away is None else f", at most {away:.1g} from it within one standard error"
    return f"{told}; the other error bars hold with it there"


def _parameter(problem: Problem, found: Minimum, k: int, unit: str, remark: str) -> FittedParameter:
    """A parameter with its error bar, of a spectrum in `unit`; `remark` says why it has none, or is ""."""
    parameter, point = problem.circuit.parameters[k], found.point
    its_unit = unit_of(parameter, unit)
    value = float(problem.values(point)[k])
    error = standard_error(found.covariance, k)
    if error is None or on_bound(problem, point)[k]:
        return FittedParameter(parameter.name, value, None, None, its_unit, remark)
    ends: tuple[float | None, float | None] = (float(point[k]) - error, float(point[k]) + error)
    if problem.profiles and error > (WEAK if parameter.logarithmic else WEAK_EXPONENT):
        ends = profile(problem, point, found.covariance, k, found.variance)
        remark = remark or "weakly determined: interval from the profile"
    if parameter.logarithmic:
        ends = _exp(ends[0]), _exp(ends[1])
    size = value if parameter.logarithmic else 1.0
    return FittedParameter(parameter.name, value, error * size, ends, its_unit, remark)


def _exp(x: float | None) -> float | None:
    """Return e^x, None where x is or e^x has no end among numbers."""
    return None if x is None or x > LARGEST_LOGARITHM else math.exp(x)


def _series_resistance(problem: Problem, point: Reals, covariance: Reals) -> tuple[float, float | None]:
    index = series_resistances(problem.circuit)
    values = np.exp(point[index])
    return float(values.sum()), error_of_sum(covariance, index, values) or None


def _criteria(chi_squared: float, data: int, adjustable: int, absolute: bool) -> tuple[float, float]:
    """Return AIC and BIC of independent normal errors; with an unknown variance it counts as a parameter."""
    if absolute:
        return chi_squared + 2 * adjustable, chi_squared + math.log(data) * adjustable
    deviance = data * math.log(max(chi_squared / data, ROUNDING))
    return deviance + 2 * (adjustable + 1), deviance + math.log(data) * (adjustable + 1)


def _message(parameters: tuple[FittedParameter, ...], joint: tuple[JointArcs, ...], converged: bool) -> str:
    told = [f"only {group.text} is determined, not the split" for group in joint]
    if not converged:
        return "; ".join(["did not converge: no error bars", *told])
    return "; ".join(["converged", *told, *shared_remarks(parameters)])


def shared_remarks(
    parameters: Iterable[FittedParameter], named: Callable[[FittedParameter], str] = attrgetter("name")
) -> list[str]:
    """The remarks on parameters, each once, behind the names of those that share it, as `named` tells them."""
    names: dict[str, list[str]] = {}
    for item in parameters:
        names.setdefault(item.remark, []).append(named(item))
    return [f"{', '.join(those)} {remark}" for remark, those in names.items() if remark]
