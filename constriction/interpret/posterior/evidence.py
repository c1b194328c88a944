"""The evidence of a model, ∫ likelihood × prior, by importance sampling from mixtures fitted to the samples.

The weights of the importance samples are exact, so they also give the posterior itself: where a chain has not mixed
well, the weighted samples are right if many of them have weight, and the effective number says whether they do.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from constriction.interpret.posterior.mixtures import Mixture, fit_mixture
from constriction.interpret.posterior.ridge import Straight
from constriction.interpret.posterior.sampling import Samples
from constriction.laws.arrays import Reals

PARTS, DRAWS = 10, 4000
"""Components of a mixture, draws of each round: each round fits its mixture to the weighted draws before."""
FIRST, LAST = 4, 5
"""Most rounds before there are samples, and with them."""
PLENTY = 1000.0
"""Effective samples after which no further round is needed."""
MILDEST = 1 / 64
"""Smallest power to which weights of first draws are raised."""
ENOUGH = 200.0
"""Effective samples that an evidence needs to be told."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Of a model.

    Attributes:
        log_evidence: natural logarithm of ∫ likelihood × prior.
        stderr: of that.
        effective: how many equally likely samples the weighted ones are worth.
        places: (k, d) importance samples of the best round, in straight coordinates.
        weights: (k,) of these, their sum is 1.
    """

    log_evidence: float
    stderr: float
    effective: float
    places: Reals
    weights: Reals

    @property
    def sure(self) -> bool:
        """Whether enough samples have weight."""
        return self.effective >= ENOUGH


def explore(straight: Straight, random: np.random.Generator) -> Evidence:
    """A first evidence, from mixtures that begin with the ridge as the curvature has it.

    Args:
        straight: coordinates of a model, and the posterior there.
        random: of the draws.
    """
    points, weights = _start(straight, random)
    best: Evidence | None = None
    for number in range(FIRST):
        found = _weighed(straight, fit_mixture(points, weights, PARTS, random), random)
        best = found if best is None or found.effective > best.effective else best
        if number == 0:
            first = points, weights
        if best.effective > PLENTY:
            break
        points, weights = _together(first, found)
    assert best is not None  # there is more than one round
    return best


def evidence(straight: Straight, samples: Samples, before: Evidence, random: np.random.Generator) -> Evidence:
    """The evidence of a model.

    Args:
        straight: the coordinates of the samples, and the posterior there.
        samples: of its posterior.
        before: as `explore` has it.
        random: of the draws.
    """
    best = before
    for _ in range(LAST):
        even = np.full(len(samples.places), 1 / len(samples.places))
        points, weights = _together((samples.places, even), best)
        found = _weighed(straight, fit_mixture(points, weights, PARTS, random), random)
        best = found if found.effective > best.effective else best
        if best.effective > PLENTY:
            break
    return best


def resampled(found: Evidence, count: int, random: np.random.Generator) -> Reals:
    """Equally likely places (count, d) from weighted ones."""
    return found.places[random.choice(len(found.weights), count, p=found.weights)]


def _weighed(straight: Straight, mixture: Mixture, random: np.random.Generator) -> Evidence:
    draws = mixture.draw(DRAWS, random)
    logs = straight.log_posterior(draws) - mixture.log_density(draws)
    total = float(logsumexp(logs))
    weights = np.exp(logs - total)
    effective = 1 / float(np.sum(weights**2))
    stderr = float(np.sqrt(max(1 / effective - 1 / DRAWS, 0.0)))
    return Evidence(total - np.log(DRAWS), stderr, effective, draws, weights)


def _start(straight: Straight, random: np.random.Generator) -> tuple[Reals, Reals]:
    """Places and weights of the first mixture: half from the ridge, half from the prior of the interface.

    The weights of the latter are made milder until enough of them count.
    """
    ridge = straight.draw(DRAWS // 2, random)
    wide, logs = straight.draw_wide(2 * DRAWS, random)
    power = 1.0
    while (shares := _shares(power * logs)) @ shares > 1 / ENOUGH and power > MILDEST:
        power /= 2
    return np.concatenate([ridge, wide]), np.concatenate([np.full(len(ridge), 0.5 / len(ridge)), 0.5 * shares])


def _shares(logs: Reals) -> Reals:
    found: Reals = np.exp(logs - logsumexp(logs))
    return found


def _together(before: tuple[Reals, Reals], found: Evidence) -> tuple[Reals, Reals]:
    """Weighted samples and importance samples together: what the next mixture is fitted to."""
    trust = found.effective / (found.effective + ENOUGH)
    places, weights = before
    return np.concatenate([places, found.places]), np.concatenate([(1 - trust) * weights, trust * found.weights])
