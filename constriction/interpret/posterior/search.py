"""The best fit of a model: many starts from the prior, then least squares from those that promise most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from constriction.interpret.posterior.likelihood import Likelihood
from constriction.laws.arrays import Reals

DRAWS, STARTS, FRESH = 4096, 8, 2
"""Draws from the prior that are looked at, those of them from which is searched, and those beside known starts."""
MISSED, WIDER = 1.6, 8
"""A best fit whose residuals are so many times the noise is searched for once more, from so many times as many starts:
of a lattice whose arc hides among the electrolyte's one start in ten leads to the right minimum."""
STEP = 1e-4  # of a score, for differences
SAME = 0.1  # minima whose logarithms of the posterior differ less, and whose scores less than this, are one
REPEATED = 0.01  # an end whose scores are as near as this to those of another one leads to the same minimum
EVALUATIONS = 60  # of one search
WORTH = 12.0  # a minimum whose logarithm of the posterior is this far below the best one is none


@dataclass(frozen=True, eq=False)
class Mode:
    """A maximum of the posterior.

    Attributes:
        scores: (d,) there.
        log_posterior: there.
        covariance: (d, d) of the scores, from the curvature there.
        noise: standard deviation of one part of the residuals there, relative to |Z|.
    """

    scores: Reals
    log_posterior: float
    covariance: Reals
    noise: float


def find_modes(
    likelihood: Likelihood, random: np.random.Generator, noise: float, known: Reals | None = None
) -> tuple[Mode, ...]:
    """The maxima of a posterior that were found, best first.

    Args:
        likelihood: of a model.
        random: where the starts come from.
        noise: a guess of the noise of one part, relative to |Z|.
        known: scores (k, d) from which is searched, too; None: there are none.

    Returns:
        At least one; those far below the best one are left out.
    """
    noise = likelihood.possible(noise)
    starts = _starts(likelihood, random, STARTS)
    if known is not None:
        starts = [*known, *starts[:FRESH]]
    modes = _modes_from(likelihood, starts, noise)
    if modes[0].noise > MISSED * noise:
        more = _modes_from(likelihood, _starts(likelihood, random, WIDER * STARTS), noise)
        modes = max(modes, more, key=lambda found: found[0].log_posterior)
    return modes


def _modes_from(likelihood: Likelihood, starts: Sequence[Reals], noise: float) -> tuple[Mode, ...]:
    """The maxima to which starts lead, best first; noise of one part, relative to |Z|."""
    ends = np.array([_descend(likelihood, start, noise) for start in starts])
    modes: list[Mode] = []
    for scores in _apart(ends, likelihood.log_posterior(ends)):
        mode = _polished(likelihood, scores)
        if not any(_same(mode, other) for other in modes):
            modes.append(mode)
    best = max(mode.log_posterior for mode in modes)
    kept = [mode for mode in modes if mode.log_posterior > best - WORTH]
    return tuple(sorted(kept, key=lambda mode: -mode.log_posterior))


def _apart(ends: Reals, heights: Reals) -> list[Reals]:
    """Those ends (k, d) that may be maxima of their own, by falling heights (k,); without those far below."""
    found: list[Reals] = []
    for k in np.argsort(-heights):
        if heights[k] < np.max(heights) - 3 * WORTH:
            break
        if not any(np.max(np.abs(ends[k] - other)) < REPEATED for other in found):
            found.append(ends[k])
    return found


def _starts(likelihood: Likelihood, random: np.random.Generator, count: int) -> list[Reals]:
    """Scores of at most so many starts: draws from the prior that follow the spectrum best, and are not neighbours."""
    draws = random.standard_normal((DRAWS, likelihood.dimension))
    draws[0] = 0.0
    apart = likelihood.residuals(draws)
    squares = np.einsum("ij,ij->i", apart, apart)
    order = draws[np.argsort(np.where(np.isfinite(squares), squares, np.inf))][: 16 * count]
    chosen = [order[0]]
    while len(chosen) < min(count, len(order)):
        nearest = np.min([np.linalg.norm(order - one, axis=1) for one in chosen], axis=0)
        rank = np.arange(1, len(order) + 1)
        chosen.append(order[int(np.argmax(nearest / np.sqrt(rank)))])
    return chosen


def _descend(likelihood: Likelihood, start: Reals, noise: float) -> Reals:
    """Scores (d,) where least squares with the prior as more residuals end; noise of one part, relative to |Z|."""

    def residuals(scores: Reals) -> Reals:
        return np.concatenate([likelihood.residuals(scores[np.newaxis])[0] / noise, scores])

    def slopes(scores: Reals) -> Reals:
        return np.concatenate([jacobian(likelihood, scores) / noise, np.eye(scores.size)])

    found = least_squares(residuals, start, slopes, method="trf", max_nfev=EVALUATIONS, xtol=1e-6, ftol=1e-6)
    return np.asarray(found.x, dtype=np.float64)


def jacobian(likelihood: Likelihood, scores: Reals) -> Reals:
    """Slopes of the relative residuals over the scores, (2n, d), at (d,), by differences on both sides."""
    steps = STEP * np.eye(scores.size)
    both = likelihood.residuals(np.concatenate([scores + steps, scores - steps]))
    ahead, behind = np.split(both, 2)
    found: Reals = ((ahead - behind) / (2 * STEP)).T
    return found


def _polished(likelihood: Likelihood, scores: Reals) -> Mode:
    """The maximum near scores with the noise that the residuals have there."""
    for _ in range(2):
        scores = _descend(likelihood, scores, likelihood.level(scores))
    noise, slopes = likelihood.level(scores), jacobian(likelihood, scores)
    covariance = np.linalg.inv(slopes.T @ slopes / noise**2 + np.eye(scores.size))
    return Mode(scores, float(likelihood.log_posterior(scores[np.newaxis])[0]), covariance, noise)


def _same(mode: Mode, other: Mode) -> bool:
    near = np.max(np.abs(mode.scores - other.scores)) < SAME
    return bool(near and abs(mode.log_posterior - other.log_posterior) < SAME)
