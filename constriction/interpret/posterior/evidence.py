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

PARTS, DRAWS, ROUNDS = 6, 3000, 3
"""Components of a mixture, draws of each round, rounds: each fits its mixture to the weighted draws before."""
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


def evidence(straight: Straight, samples: Samples, random: np.random.Generator) -> Evidence:
    """The evidence of a model.

    Args:
        straight: the coordinates of the samples, and the posterior there.
        samples: of its posterior.
        random: of the draws.
    """
    points, weights = samples.places, np.full(len(samples.places), 1 / len(samples.places))
    best: Evidence | None = None
    for _ in range(ROUNDS):
        mixture = fit_mixture(points, weights, PARTS, random)
        found = _weighed(straight, mixture, random)
        best = found if best is None or found.effective > best.effective else best
        points, weights = _joined(samples, best, random)
    assert best is not None  # there is more than one round
    return best


def _weighed(straight: Straight, mixture: Mixture, random: np.random.Generator) -> Evidence:
    draws = mixture.draw(DRAWS, random)
    logs = straight.log_posterior(draws) - mixture.log_density(draws)
    total = float(logsumexp(logs))
    weights = np.exp(logs - total)
    effective = 1 / float(np.sum(weights**2))
    stderr = float(np.sqrt(max(1 / effective - 1 / DRAWS, 0.0)))
    return Evidence(total - np.log(DRAWS), stderr, effective, draws, weights)


def _joined(samples: Samples, found: Evidence, random: np.random.Generator) -> tuple[Reals, Reals]:
    """Samples and importance samples together, with weights: what the next mixture is fitted to."""
    trust = found.effective / (found.effective + ENOUGH)
    points = np.concatenate([samples.places, found.places])
    even = np.full(len(samples.places), (1 - trust) / len(samples.places))
    return points, np.concatenate([even, trust * found.weights])
