"""What spectra of one cell tell each other of its electrolyte.

Each spectrum's word on the electrolyte's scores is taken for normal (expectation propagation; Minka, UAI 2001): what
its posterior knows beyond its prior, averaged over models. What the others say together is the prior of the next.
An electrolyte is not quite the same from one spectrum to the next (contacts, cables, temperature): the scores of two
spectra are correlated by 1 − drift, with widths that stay those of the prior.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular
from scipy.stats import chi2, norm

from constriction.interpret.model.priors import Prior
from constriction.laws.arrays import Reals

DRIFT = 1.003
"""Factor within which the electrolyte stays the same from spectrum to spectrum, as beside a pristine cell."""
TELLING = 0.1
"""Part of the others' precision that a word must have in a direction to agree or disagree with them there."""
CONTRADICTION = 1e-4
"""A spectrum whose electrolyte is as far from the others' in fewer cases than this contradicts them."""
LEAST = 0.5  # precision of what is heard, relative to the prior's
SMALLEST = -690.0  # logarithm of a chance, beyond which all are as small: 37 standard deviations


@dataclass(frozen=True, eq=False)
class Word:
    """What one spectrum says of the electrolyte, beyond what was known: exp(shiftᵀe − ½ eᵀ precision e).

    Attributes:
        precision: (s, s), symmetric.
        shift: (s,).
    """

    precision: Reals
    shift: Reals


@dataclass(frozen=True, eq=False)
class Belief:
    """A normal distribution of the electrolyte's scores: mean (s,) and covariance (s, s)."""

    mean: Reals
    covariance: Reals

    @classmethod
    def prior(cls, size: int) -> Belief:
        """Of scores by themselves."""
        return cls(np.zeros(size), np.eye(size))

    @property
    def root(self) -> Reals:
        """Lower triangular root of the covariance, (s, s)."""
        found: Reals = np.linalg.cholesky(self.covariance)
        return found

    def log_density(self, scores: Reals) -> Reals:
        """Logarithm of the density at scores (k, s), up to a constant of s; (k,)."""
        root = self.root
        apart = solve_triangular(root, (scores - self.mean).T, lower=True)
        found: Reals = -0.5 * np.square(apart).sum(axis=0) - np.log(np.diagonal(root)).sum()
        return found


def drift_of(priors: Sequence[Prior]) -> Reals:
    """Part of each score's variance, (s,), that is each spectrum's own; 1: they have nothing in common."""
    slopes = [_relative_slope(prior) for prior in priors]
    return np.minimum((math.log(DRIFT) / np.array(slopes)) ** 2, 1.0)


def _relative_slope(prior: Prior) -> float:
    low, middle, high = (float(prior.values(score)) for score in (-1e-3, 0.0, 1e-3))
    return (high - low) / (2e-3 * middle)


def word_of(posterior: Belief, prior: Belief) -> Word:
    """What took a spectrum's electrolyte from its prior to its posterior; it may have been made less sure by it."""
    after, before = np.linalg.inv(posterior.covariance), np.linalg.inv(prior.covariance)
    return Word(after - before, after @ posterior.mean - before @ prior.mean)


def tamed(word: Word) -> Word:
    """A word without what makes less sure: where it is the first, and others build on it."""
    values, vectors = np.linalg.eigh(word.precision)
    heard = (vectors * (values > 0)) @ vectors.T
    return Word((vectors * np.maximum(values, 0)) @ vectors.T, heard @ word.shift)


def heard(words: Sequence[Word], drift: Reals) -> Belief:
    """What a spectrum's electrolyte is by what others say, before its own word; `drift` (s,) from `drift_of`.

    Words that together would make less sure than the prior was are heard without what does.
    """
    precision, shift = _together(words, drift)
    if np.linalg.eigvalsh(precision)[0] < LEAST:
        precision, shift = _together([tamed(word) for word in words], drift)
    kept, covariance = np.sqrt(1 - drift), np.linalg.inv(precision)
    found = kept[:, np.newaxis] * covariance * kept + np.diag(drift)
    return Belief(kept * (covariance @ shift), 0.5 * (found + found.T))


def _together(words: Sequence[Word], drift: Reals) -> tuple[Reals, Reals]:
    """Precision and shift of what the electrolytes have in common; each speaks of its own, which has drifted."""
    size, kept = drift.size, np.sqrt(1 - drift)
    precision, shift = np.eye(size), np.zeros(size)
    for word in words:
        softer = np.linalg.inv(np.eye(size) + word.precision * drift)
        precision = precision + kept[:, np.newaxis] * (softer @ word.precision) * kept
        shift = shift + kept * (softer @ word.shift)
    return 0.5 * (precision + precision.T), shift


def log_chance(word: Word, others: Belief) -> float:
    """Logarithm of the chance that a word of the same electrolyte is at least this far from what the others say."""
    root = others.root
    values, vectors = np.linalg.eigh(root.T @ word.precision @ root)
    pulls = vectors.T @ (root.T @ (word.shift - word.precision @ others.mean))
    clear = values > TELLING
    if not clear.any():
        return 0.0
    values, pulls = values[clear], pulls[clear]
    squares = float(np.sum(pulls**2 / (values * (1 + values))))
    log = float(chi2.logsf(squares, values.size))
    return log if math.isfinite(log) else -squares / 2  # smaller than any double: what leads there


def in_deviations(log: float) -> float:
    """How many standard deviations of a normal number are passed, on either side, with a chance of this logarithm."""
    return float(norm.isf(math.exp(max(log, SMALLEST)) / 2))


@dataclass(frozen=True, eq=False)
class Agreement:
    """Of one spectrum with the others of its series.

    Attributes:
        before: its electrolyte by what the others say; None: it contradicts them, or there are none.
        deviations: how far its own word is from theirs, in standard deviations; None: there are none.
    """

    before: Belief | None
    deviations: float | None


def agreements(words: Sequence[Word], drift: Reals) -> tuple[Agreement, ...]:
    """How spectra agree: the one that contradicts most is left out, as long as there is one; two can only both be.

    Args:
        words: of the spectra.
        drift: (s,) from `drift_of`.
    """
    within = _within(words, drift)
    return tuple(_agreement(words, within, k, drift) for k in range(len(words)))


def _within(words: Sequence[Word], drift: Reals) -> list[int]:
    """Those that do not contradict each other."""
    within = list(range(len(words)))
    while len(within) > 1:
        chances = [log_chance(words[k], heard(_but(words, within, k), drift)) for k in within]
        worst = int(np.argmin(chances))
        if chances[worst] >= math.log(CONTRADICTION):
            return within
        within = [] if len(within) == 2 else [k for k in within if k != within[worst]]
    return within


def _agreement(words: Sequence[Word], within: Sequence[int], k: int, drift: Reals) -> Agreement:
    """Of one with those that do not contradict each other; where all do, with all."""
    others = _but(words, within or range(len(words)), k)
    if not others:
        return Agreement(None, None)
    before = heard(others, drift)
    far = in_deviations(log_chance(words[k], before))
    return Agreement(before if k in within else None, far)


def _but(words: Sequence[Word], within: Sequence[int], k: int) -> list[Word]:
    return [words[j] for j in within if j != k]
