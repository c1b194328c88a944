"""Evidence by tempering, which shares nothing with the program's own: neither best fits, nor mixtures, nor weights.

Particles drawn from the prior follow likelihood^β as β rises from 0 to 1, in steps that leave half of them effective;
between steps each moves along differences of two others (ter Braak 2006). The means of the weights of all steps
multiply to ∫ likelihood × prior.
"""

import numpy as np
from scipy.special import logsumexp

PARTICLES, MOVES = 800, 200


def tempered_log_evidence(likelihood, random):
    """Natural logarithm of the integral of likelihood times prior; where that is narrow and bent, low by one or two."""
    places = random.standard_normal((PARTICLES, likelihood.dimension))
    heights, power, found = likelihood.log_likelihood(places), 0.0, 0.0
    while power < 1:
        step = _step(heights, 1 - power)
        logs = step * heights
        found += float(logsumexp(logs) - np.log(PARTICLES))
        power = min(power + step, 1.0)
        chosen = random.choice(PARTICLES, PARTICLES, p=np.exp(logs - logsumexp(logs)))
        places, heights = _moved(likelihood, places[chosen], heights[chosen], power, random)
    return found


def _step(heights, most):
    """The largest rise of β that leaves half of the particles effective."""

    def effective(step):
        logs = step * heights
        return np.exp(2 * logsumexp(logs) - logsumexp(2 * logs))

    if effective(most) >= PARTICLES / 2:
        return most
    low, high = 0.0, most
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(middle) > PARTICLES / 2 else (low, middle)
    return max(low, 1e-12)


def _moved(likelihood, places, heights, power, random):
    """The particles after moves that leave likelihood^β × prior as it is."""
    count, size = places.shape
    for move in range(MOVES):
        first, second = (random.permutation(count) for _ in range(2))
        scale = 1.0 if move % 4 == 3 else random.uniform(0.4, 1.2) * 2.38 / np.sqrt(2 * size)
        trial = places + scale * (places[first] - places[second]) + 1e-5 * random.standard_normal(places.shape)
        there = likelihood.log_likelihood(trial)
        prior = 0.5 * (np.square(places).sum(axis=1) - np.square(trial).sum(axis=1))
        with np.errstate(invalid="ignore"):
            taken = np.log(random.uniform(size=count)) < power * (there - heights) + prior
        places = np.where(taken[:, np.newaxis], trial, places)
        heights = np.where(taken, there, heights)
    return places, heights
