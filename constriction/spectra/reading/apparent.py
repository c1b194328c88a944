"""R_SE, R_int and C_int as the paper reads them off a fitted circuit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from constriction.laws.arrays import Reals
from constriction.spectra.fit.arcs import Arc, series_resistances
from constriction.spectra.fit.covariance import error_of_sum
from constriction.spectra.fit.fitting import AT_UPPER_BOUND, CircuitFit

# One definition for what is measured, simulated and compared; which arcs are whose is told in one of two ways.
DEFINITION = (
    "R_SE = series resistances + R of the electrolyte's arcs (bulk and grain boundaries); "
    "R_int, C_int = R and C = (R^(1-a) Q)^(1/a) of the interface's arc"
)
TOLD_BY_TIME = (
    "without a spectrum in full contact the electrolyte's arc is the first by rising time constant, the interface's "
    "the second"
)
TOLD_BY_PRISTINE = (
    "beside a pristine cell the electrolyte's arcs are those most like that cell's, in time constant and resistance, "
    "and the interface's is the first of the others by rising time constant"
)
TOLD_BY_SLAB = (
    "beside the same slab in full contact the electrolyte's arcs are the slab's, larger by a factor, and the "
    "interface's is what is there besides"
)


@dataclass(frozen=True)
class Apparent:
    """What an experimenter calls electrolyte and interface. Standard errors are None where the fit gives none.

    Attributes:
        R_SE: series resistances and the electrolyte's arc, in Ω (or the unit of the spectrum).
        R_SE_stderr: with the correlation of its parts, in Ω.
        R_int: of the interface's arc, in Ω; None if the circuit has one arc only.
        R_int_stderr: in Ω.
        C_int: of the same arc, in F; None if the circuit has one arc only.
        C_int_stderr: in F.
        correlations: of the errors of R_SE and R_int, of R_SE and C_int, of R_int and C_int, as a fit has them; None
            where one of both has no error bar.
    """

    R_SE: float
    R_SE_stderr: float | None = None
    R_int: float | None = None
    R_int_stderr: float | None = None
    C_int: float | None = None
    C_int_stderr: float | None = None
    correlations: tuple[float | None, float | None, float | None] = (None, None, None)


def apparent(fit: CircuitFit, identities: tuple[int, ...] = ()) -> Apparent:
    """Read R_SE, R_int and C_int off a fit.

    The electrolyte's arc is the fastest, the interface's the second; in a series of spectra, those that were the
    fastest and the second at its beginning.

    Args:
        fit: of a circuit with or without arcs.
        identities: of its arcs, as in `tracking.SeriesMember`; 0 may stand for several arcs, all of the electrolyte;
            (): by rising time constant.
    """
    named = list(zip(identities or range(len(fit.arcs)), fit.arcs, strict=True))
    electrolyte = [arc for identity, arc in named if identity == 0]
    interface = next((arc for identity, arc in named if identity == 1), None)
    error = _stderr_of_sum(fit, electrolyte)
    total = fit.R_series + sum(arc.resistance for arc in electrolyte)
    if interface is None:
        return Apparent(total, error)
    errors = error, interface.resistance_stderr, interface.capacitance_stderr
    return Apparent(
        R_SE=total,
        R_SE_stderr=error,
        R_int=interface.resistance,
        R_int_stderr=interface.resistance_stderr,
        C_int=interface.capacitance,
        C_int_stderr=interface.capacitance_stderr,
        correlations=_correlations(fit, _slopes(fit, electrolyte, interface), errors),
    )


def with_numerical_error(found: Apparent, error: float) -> Apparent:
    """Add, in squares, what the error bar of a simulated spectrum makes of the values; correlations are left out.

    Args:
        found: of a simulated spectrum.
        error: bar of every Z, in the unit of R. Both R are differences of Z at two frequencies of a smooth error,
            so it is theirs too; C = τ/R has the relative one of R_int.
    """

    def with_it(stderr: float | None, value: float | None) -> float | None:
        return None if stderr is None or value is None else math.hypot(stderr, value)

    of_c = found.C_int * error / found.R_int if found.C_int is not None and found.R_int else None
    return replace(
        found,
        R_SE_stderr=with_it(found.R_SE_stderr, error),
        R_int_stderr=with_it(found.R_int_stderr, error),
        C_int_stderr=with_it(found.C_int_stderr, of_c),
        correlations=(None, None, None),
    )


def _stderr_of_sum(fit: CircuitFit, electrolyte: Sequence[Arc]) -> float | None:
    """Standard error of the series resistances and the arcs' resistances together."""
    names = _resistances(fit, electrolyte)
    at_bound = {item.name for item in fit.parameters if item.remark.startswith(AT_UPPER_BOUND)}
    if not at_bound.isdisjoint(names):  # the data ask for more, nobody knows how much
        return None
    places = list(map(fit.circuit.names.index, names))
    values = np.array(list(map(fit.values.__getitem__, names)))
    return error_of_sum(fit.covariance, places, values) if places else None


def _resistances(fit: CircuitFit, electrolyte: Sequence[Arc]) -> list[str]:
    """Names of the resistances that make R_SE."""
    series = [fit.circuit.names[place] for place in series_resistances(fit.circuit)]
    return [*series, *(arc.parameters[0] for arc in electrolyte)]


def _slopes(fit: CircuitFit, electrolyte: Sequence[Arc], interface: Arc) -> Reals:
    """Derivatives of R_SE, R_int and C_int with respect to the coordinates of the covariance, (3, P)."""
    place, slopes = fit.circuit.names.index, np.zeros((3, len(fit.circuit.names)))
    for name in _resistances(fit, electrolyte):
        slopes[0, place(name)] = fit.values[name]
    slopes[1, place(interface.parameters[0])] = interface.resistance
    alpha = interface.exponent
    by_logarithms = 1 / alpha - 1, 1 / alpha, -math.log(interface.time_constant) / alpha  # ln R, ln Q and α
    for name, slope in zip(interface.parameters, by_logarithms, strict=False):  # a capacitor has no α
        slopes[2, place(name)] = slope * interface.capacitance
    return slopes


def _correlations(
    fit: CircuitFit, slopes: Reals, errors: tuple[float | None, float | None, float | None]
) -> tuple[float | None, float | None, float | None]:
    """Of the errors of what has these derivatives, (3, P), in pairs; None where one of a pair has no error bar."""

    def covariance(one: int, other: int) -> float:
        rows, columns = np.flatnonzero(slopes[one]), np.flatnonzero(slopes[other])  # what is not used may be NaN
        return float(slopes[one, rows] @ fit.covariance[np.ix_(rows, columns)] @ slopes[other, columns])

    def correlation(one: int, other: int) -> float | None:
        if not (errors[one] and errors[other]):
            return None
        found = covariance(one, other) / math.sqrt(covariance(one, one) * covariance(other, other))
        return min(max(found, -1.0), 1.0)

    first, second, third = (correlation(*pair) for pair in combinations(range(3), 2))
    return first, second, third
