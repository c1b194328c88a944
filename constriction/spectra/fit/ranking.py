"""Several circuits fitted to one spectrum, by Bayes's criterion; one without what sits on a bound."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType

from constriction.base.errors import InputError
from constriction.laws.circuit import Circuit, Element, parse_circuit
from constriction.laws.elements import ELEMENTS
from constriction.spectra.fit.fitting import AT_LOWER_BOUND, AT_UPPER_BOUND, CircuitFit, fit_circuit
from constriction.spectra.fit.problem import FitOptions, limited_to
from constriction.spectra.spectrum import Spectrum


@dataclass(frozen=True)
class RankedCircuit:
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
) -> tuple[RankedCircuit, ...]:
    """Fit several circuits to one spectrum and rank them.

    Args:
        spectrum: N points.
        circuits: at least one.
        options: as for `fit_circuit`; bounds hold in those circuits that have the parameter.

    Returns:
        By rising BIC; fits that did not converge come last.

    Raises:
        InputError: no circuit, a bound of a parameter that none has, or as `fit_circuit`.
    """
    if not circuits:
        raise InputError(f"no circuit to compare in {list(circuits)!r}: expected at least one")
    options = FitOptions() if options is None else options
    parsed = [parse_circuit(circuit) if isinstance(circuit, str) else circuit for circuit in circuits]
    check_names(options.bounds, parsed)
    return ranked([fit_circuit(spectrum, circuit, limited_to(options, circuit)) for circuit in parsed])


def check_names(
    names: Iterable[str], circuits: Sequence[Circuit], given: Mapping[str, str] = MappingProxyType({})
) -> None:
    """See that each name is a parameter of one of the circuits.

    Args:
        names: of parameters.
        circuits: any of which may have them.
        given: how the limits of a name were given, for the message.

    Raises:
        InputError: one is not; the message lists the names there are.
    """
    known = set(chain(*(circuit.names for circuit in circuits)))
    if unknown := [name for name in names if name not in known]:
        there = "; ".join(f"{circuit.text} has {', '.join(circuit.names)}" for circuit in circuits)
        where = given.get(unknown[0], f"held or bound is {unknown[0]!r:.40}")
        raise InputError(f"{where}, which no circuit has: {there}")


def ranked(fits: Sequence[CircuitFit]) -> tuple[RankedCircuit, ...]:
    """Rank fits of one spectrum by rising BIC; those that did not converge come last.

    Args:
        fits: at least one, all with the same weights.
    """
    trusted = [fit for fit in fits if fit.converged] or fits
    aic = min(fit.aic for fit in trusted)
    in_order = sorted(fits, key=lambda fit: (not fit.converged, fit.bic))
    return tuple(RankedCircuit(fit, fit.aic - aic, fit.bic - in_order[0].bic) for fit in in_order)


def settle(spectrum: Spectrum, fit: CircuitFit, options: FitOptions) -> CircuitFit:
    """Fit again without the parameters that sit on a bound, so that the others have error bars.

    An exponent at 1 makes its constant phase element a capacitor; a plain resistance at its lower bound is left out.

    Args:
        spectrum: n points.
        fit: of it.
        options: of the fit.

    Raises:
        InputError: as `fit_circuit`.
    """
    elements = [part for part in fit.circuit.parts if isinstance(part, Element)]
    parts = [_settled(element, fit) for element in elements]
    texts = [text for text, _ in parts if text]
    if len(elements) < len(fit.circuit.parts) or texts == [element.kind for element in elements]:
        return fit
    guess = chain.from_iterable(values for _, values in parts)
    return fit_circuit(spectrum, "-".join(texts), replace(options, starts=1), [list(guess)])


def _settled(element: Element, fit: CircuitFit) -> tuple[str, list[float]]:
    """Text and values of an element without what sits on a bound; "" if nothing is left."""
    mine = fit.parameters[element.first : element.first + len(ELEMENTS[element.kind].parameters)]
    values = [parameter.value for parameter in mine]
    if element.kind == "R" and mine[0].remark.startswith(AT_LOWER_BOUND):
        return "", []
    if element.kind == "RQ" and mine[2].remark.startswith(AT_UPPER_BOUND):
        return "p(R,C)", values[:2]
    return element.kind, values
