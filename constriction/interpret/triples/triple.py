"""R_SE, R_int and C_int as data: how well a model's spectrum, read off by a circuit, has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import solve_triangular

from constriction.base.constants import VACUUM_PERMITTIVITY
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.space import Values
from constriction.interpret.posterior.likelihood import Likelihood
from constriction.interpret.triples.circuit_fits import ONE_ARC, TWO_ARCS, fit_many, read_many, starts_of
from constriction.laws.arrays import Reals

NAMES = ("R_SE", "R_int", "C_int")
PER_DECADE = 5
"""Points a decade at which a simulated spectrum is fitted: twice as many move a fit by less than 1 %."""
READING = 1e-3
"""Standard deviation of the logarithm of what is read off a simulated spectrum, each value by itself: fits of many at
once and of each spectrum alone agree to it. Correlated errors may know a sum of resistances better than that."""
UNLIKE = 1e3  # standard errors of a spectrum that no circuit can be fitted to
TYPICAL = 0.97  # exponent of an arc of constriction, where fits start


@dataclass(frozen=True, eq=False)
class Triple:
    """What was read off a measured spectrum.

    Attributes:
        values: R_SE and R_int in Ω·m², C_int in F/m², (3,); NaN: not given.
        errors: their standard errors, (3,).
        highest: frequency of the measurement in Hz.
        lowest: likewise.
        file: where it is from.
        name: what it is called.
        charge: per area that had passed, C/m²; None: not told.
        notes: what of its row is not used, and why.
        correlations: of the errors, (3, 3); None: each is by itself.
    """

    values: Reals
    errors: Reals
    highest: float
    lowest: float
    file: str = ""
    name: str = ""
    charge: float | None = None
    notes: tuple[str, ...] = ()
    correlations: Reals | None = None

    @property
    def known(self) -> bool:
        """Whether there is any value with its error."""
        return bool(np.isfinite(self.values).any())

    @property
    def frequency(self) -> Reals:
        """At which simulated spectra are fitted, (n,) in Hz, falling."""
        count = 1 + round(PER_DECADE * np.log10(self.highest / self.lowest))
        return np.geomspace(self.highest, self.lowest, count)

    @property
    def impedance(self) -> Reals:
        """Nothing but what was read off, and the errors, (6,), correlated (15,): there is no spectrum."""
        more = np.empty(0) if self.correlations is None else self.correlations.ravel()
        return np.concatenate([self.values, self.errors, more])

    @cached_property
    def root(self) -> Reals:
        """Lower triangular, (q, q) of q given values: root·rootᵀ is the covariance of their logarithms."""
        given = np.isfinite(self.values)
        width = (self.errors / self.values)[given]
        related = np.eye(3) if self.correlations is None else self.correlations
        covariance = related[np.ix_(given, given)] * np.outer(width, width) + READING**2 * np.eye(width.size)
        found: Reals = np.linalg.cholesky(covariance)
        return found

    @property
    def circuit(self) -> str:
        """With which it was read off: of one arc where there is no R_int."""
        return TWO_ARCS if np.isfinite(self.values[1:]).any() else ONE_ARC


@dataclass(frozen=True, eq=False)
class TripleLikelihood(Likelihood):
    """Of a model, given a triple: the logarithms of what is given are normal.

    Attributes:
        read: from scores (m, d) to R_SE, R_int, C_int, (m, 3), SI.
        triple: what was measured.
    """

    read: Callable[[Reals], Reals] = np.asarray
    triple: Triple | None = None

    def residuals(self, scores: Reals) -> Reals:
        """Logarithm of model over measured, in standard errors, (m, q) of q given values, of scores (m, d).

        With correlated errors each is what is left of it beside those before it.
        """
        assert self.triple is not None
        given = np.isfinite(self.triple.values)
        with np.errstate(all="ignore"):
            apart = np.log(self.read(scores)[:, given] / self.triple.values[given])
        apart = np.clip(np.nan_to_num(apart, nan=UNLIKE), -UNLIKE, UNLIKE)
        found: Reals = solve_triangular(self.triple.root, apart.T, lower=True).T
        return np.clip(found, -UNLIKE, UNLIKE)

    def log_likelihood(self, scores: Reals) -> Reals:
        """Logarithm of the probability density of the logarithms, (m,)."""
        apart = self.residuals(scores)
        assert self.triple is not None
        size = np.log(np.diagonal(self.triple.root) * np.sqrt(2 * np.pi)).sum()
        found: Reals = -0.5 * np.square(apart).sum(axis=1) - size
        return found

    def level(self, scores: Reals) -> float:
        """One standard error."""
        return 1.0

    def possible(self, noise: float) -> float:
        """One standard error, whatever the noise."""
        return 1.0


def reader(forward: Forward, circuit: str) -> Callable[[Reals], Reals]:
    """What a circuit reads off the spectra of a model: from scores (m, d) to R_SE, R_int, C_int, (m, 3), SI."""

    def read(scores: Reals) -> Reals:
        return read_values(forward, circuit, forward.space.values(scores))

    return read


def read_values(forward: Forward, circuit: str, values: Values) -> Reals:
    """What a circuit reads off the spectra of a model: R_SE, R_int, C_int, (m, 3), SI, of unknowns (m,) each, SI."""
    starts = starts_of(circuit, *parts_of(forward, values))
    return read_many(circuit, fit_many(circuit, forward.frequency, forward.at(values), starts))


def parts_of(forward: Forward, values: Values) -> tuple[Reals, Reals]:
    """About what a circuit sees in a spectrum.

    Args:
        forward: of m models.
        values: their unknowns, (m,) each, SI.

    Returns:
        The resistance in series in Ω·m², (m,), and of two arcs resistance in Ω·m², time in s and exponent, (m, 2, 3).
    """
    bulk = forward.thickness / values["bulk_conductivity"]
    time = VACUUM_PERMITTIVITY * values["relative_permittivity"] / values["bulk_conductivity"]
    one, series, first = np.ones(len(bulk)), 0 * bulk, np.column_stack([bulk, time, np.ones(len(bulk))])
    if "grain_boundary_conductivity" in values:
        boundaries = forward.thickness / values["grain_boundary_conductivity"]
        time = 1 / (2 * np.pi * values["grain_boundary_frequency"])
        series, first = bulk, np.column_stack([boundaries, time, values["grain_boundary_exponent"]])
    if forward.model.constricts:
        resistance = forward.resistance_at(values)
        storage = VACUUM_PERMITTIVITY * values["gap_permittivity"] / values["gap_height"]
        storage = storage / (1 - np.minimum(values["contact_fraction"], 0.99))
        second = np.column_stack([resistance, resistance * storage, TYPICAL * one])
    elif "film_resistance" in values:
        resistance = values["film_resistance"]
        second = np.column_stack([resistance, resistance * values["film_capacitance"], values["film_exponent"]])
    else:
        second = np.column_stack([0 * one, 10 * first[:, 1], one])
    return series, np.stack([first, second], axis=1)
