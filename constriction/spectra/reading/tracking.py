"""A series of spectra: fitted one after the other, each from where the last one ended, arcs keeping their identity."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from constriction.base.errors import InputError
from constriction.laws.circuit import Circuit, parse_circuit
from constriction.spectra.fit.arcs import distance
from constriction.spectra.fit.fitting import CircuitFit, fit_circuit
from constriction.spectra.fit.problem import FitOptions
from constriction.spectra.spectrum import Spectrum

# More arcs than this are matched in the order of their time constants: all orders would be too many.
MOST_MATCHED = 6


@dataclass(frozen=True, eq=False)
class SeriesMember:
    """One spectrum of a series.

    Attributes:
        fit: of this spectrum; None if it could not be fitted.
        error: "" or why not, one line.
        identities: of the arcs of the fit, in their order: the same number from spectrum to spectrum means the same
            process. In the first one they count from 0 by rising time constant.
    """

    fit: CircuitFit | None
    error: str
    identities: tuple[int, ...]


def fit_series(
    spectra: Sequence[Spectrum], circuit: Circuit | str, options: FitOptions | None = None
) -> tuple[SeriesMember, ...]:
    """Fit one circuit to a series of spectra.

    Each fit starts from the last converged one and from blind starts as well; the best minimum wins, and where several
    are equally good, the one reached from the last fit. Arcs are matched with those of the last converged fit so that
    the squared changes of ln τ and ln R add up to the least: two arcs that pass each other keep their names.

    Args:
        spectra: in the order of time, charge or temperature.
        circuit: or its text.
        options: as for `fit_circuit`.

    Returns:
        One member per spectrum. One that cannot be fitted (too few points) is recorded, and the others go on.

    Raises:
        InputError: no spectrum, or the circuit cannot be read.
    """
    if not spectra:
        raise InputError(f"no spectrum to fit in {spectra!r}: expected at least one")
    circuit = parse_circuit(circuit) if isinstance(circuit, str) else circuit
    members: list[SeriesMember] = []
    last: SeriesMember | None = None
    for spectrum in spectra:
        guesses = [list(last.fit.values.values())] if last and last.fit else []
        try:
            fit = fit_circuit(spectrum, circuit, options, guesses)
        except InputError as error:
            members.append(SeriesMember(None, str(error), ()))
            continue
        member = SeriesMember(fit, "", _identities(fit, last))
        members.append(member)
        if fit.converged:
            last = member
    return tuple(members)


def _identities(fit: CircuitFit, last: SeriesMember | None) -> tuple[int, ...]:
    if last is None or last.fit is None or len(fit.arcs) > MOST_MATCHED:
        return tuple(range(len(fit.arcs)))
    before = last.fit.arcs

    def cost(order: tuple[int, ...]) -> float:
        return sum(distance(arc, before[k]) for arc, k in zip(fit.arcs, order, strict=True))

    best = min(itertools.permutations(range(len(before))), key=cost)
    return tuple(last.identities[k] for k in best)
