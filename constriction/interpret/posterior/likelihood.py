"""How well a model follows a spectrum: residuals relative to |Z|, with a noise whose level the spectrum tells itself.

Both parts of every relative residual are taken as normal with one standard deviation σ, whose logarithm is as likely
anywhere between two ends; σ is integrated out in closed form, so that it is no unknown to sample.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import gammainc, gammaincc, gammaln

from constriction.laws.arrays import Complexes, Reals
from constriction.spectra.spectrum import Spectrum

QUIETEST, LOUDEST = 3e-4, 5e-2
"""Ends of the noise of one part, relative to |Z|: below the first one no bridge measures, and no atlas is true."""

type Predict = Callable[[Reals], Complexes]
"""From scores (…, m, d) to impedances (…, m, n)."""


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Of a model, given a spectrum.

    Attributes:
        spectrum: n points, per area.
        predict: impedance of the model in the unit of the spectrum, at its frequencies.
        dimension: number of unknowns, d.
        predict_near: the same, (k, m, n), of scores (k, m, d) that differ hardly from the first; None: by `predict`.
    """

    spectrum: Spectrum
    predict: Predict
    dimension: int
    predict_near: Predict | None = None

    @cached_property
    def _weight(self) -> Reals:
        return 1 / np.abs(self.spectrum.impedance)

    @property
    def numbers(self) -> int:
        """How many real numbers were measured, 2n."""
        return 2 * self.spectrum.frequency.size

    def residuals(self, scores: Reals) -> Reals:
        """(model − measured)/|measured|, real parts then imaginary ones, (m, 2n), of scores (m, d)."""
        return self._apart(self.predict, scores)

    def residuals_near(self, scores: Reals) -> Reals:
        """The same, (k, m, 2n), of scores (k, m, d) that all differ hardly from the first ones; for slopes."""
        if self.predict_near is None:
            return self.residuals(scores.reshape(-1, scores.shape[-1])).reshape(*scores.shape[:2], -1)
        return self._apart(self.predict_near, scores)

    def _apart(self, predict: Predict, scores: Reals) -> Reals:
        with np.errstate(all="ignore"):  # far from all priors numbers overflow; nothing is like that
            apart = (predict(scores) - self.spectrum.impedance) * self._weight
        return np.concatenate([apart.real, apart.imag], axis=-1)

    def log_likelihood(self, scores: Reals) -> Reals:
        """Logarithm of the probability density of the relative residuals, (m,), noise integrated out."""
        apart = self.residuals(scores)
        return log_of_squares(np.einsum("ij,ij->i", apart, apart), self.numbers)

    def possible(self, noise: float) -> float:
        """A guess of the noise of one part, relative to |Z|, within what noise may be."""
        return float(np.clip(noise, QUIETEST, LOUDEST))

    def level(self, scores: Reals) -> float:
        """Standard deviation of one part of the residuals at scores (d,), relative to |Z|, within what noise may be."""
        return self.possible(float(np.sqrt(np.mean(self.residuals(scores[np.newaxis]) ** 2))))

    def log_posterior(self, scores: Reals) -> Reals:
        """Logarithm of likelihood times prior density, in scores, (m,)."""
        prior = -0.5 * np.einsum("ij,ij->i", scores, scores) - 0.5 * self.dimension * np.log(2 * np.pi)
        found = self.log_likelihood(scores) + prior
        return np.where(np.isfinite(found), found, -np.inf)


def log_of_squares(squares: Reals, numbers: int) -> Reals:
    """Logarithm of the likelihood of residuals whose squares sum to S, the noise integrated out.

    With a = N/2 it is (2π)^(−a)·½·(2/S)^a·[γ(a, S/2σ₁²) − γ(a, S/2σ₂²)]/ln(σ₂/σ₁) between σ₁ and σ₂.

    Args:
        squares: S, (m,), dimensionless.
        numbers: N, how many residuals were squared.
    """
    half = numbers / 2
    sums = np.maximum(squares, 1e-300)
    inside = _log_gamma_between(half, sums / (2 * LOUDEST**2), sums / (2 * QUIETEST**2))
    found: Reals = inside - half * np.log(np.pi * sums) - np.log(2 * np.log(LOUDEST / QUIETEST))
    return found


def _log_gamma_between(a: float, low: Reals, high: Reals) -> Reals:
    """Logarithm of ∫ x^(a−1) e^(−x) dx from low to high, also where it is smaller than any double."""
    with np.errstate(all="ignore"):
        plain = np.where(low > a, gammaincc(a, low) - gammaincc(a, high), gammainc(a, high) - gammainc(a, low))
        found = gammaln(a) + np.log(plain)
        above = (a - 1) * np.log(low) - low - np.log1p(-(a - 1) / low)  # low far above a: first term of the tail
        below = a * np.log(high) - high - np.log(a) + np.log1p(high / (a + 1))  # high far below a
    tiny = ~(plain > 1e-280)
    return np.where(tiny, np.where(low > a, above, below), found)
