"""Samples of a posterior: walkers (emcee) that start along the ridge and run until they have converged."""

from dataclasses import dataclass

import emcee
import numpy as np

from constriction.interpret.posterior.convergence import autocorrelation_time, split_r_hat
from constriction.interpret.posterior.ridge import Straight
from constriction.laws.arrays import Reals

WALKERS = 120
BLOCK, MOST_BLOCKS = 60, 4
"""Steps after which convergence is looked at, and how often at most; the first block is forgotten."""
ENOUGH_TIMES, R_HAT = 10.0, 1.1
"""Autocorrelation times that the kept steps of each walker shall be long, and the largest split R-hat."""
KEPT = 4000  # samples


@dataclass(frozen=True, eq=False)
class Samples:
    """Of a posterior.

    Attributes:
        places: (k, d) in straight coordinates, equally likely.
        r_hat: (d,) split R-hat of each score.
        times: (d,) autocorrelation times, in steps.
        steps: that were kept, of each walker.
        converged: whether both say so.
    """

    places: Reals
    r_hat: Reals
    times: Reals
    steps: int
    converged: bool


def sample(straight: Straight, start: Reals, random: np.random.Generator) -> Samples:
    """Draw samples of a posterior.

    Args:
        straight: the coordinates in which the walkers go, and the posterior there.
        start: (k, d) places from which the walkers start, k ≥ WALKERS: about as the posterior has them.
        random: of the walkers; the same state gives the same samples.
    """
    moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.StretchMove(), 0.2)]
    sampler = emcee.EnsembleSampler(
        WALKERS, straight.likelihood.dimension, straight.log_posterior, moves=moves, vectorize=True
    )
    sampler.random_state = np.random.RandomState(int(random.integers(2**31))).get_state()  # as emcee wants it
    state = sampler.run_mcmc(_apart(start, random), BLOCK, skip_initial_state_check=True)
    sampler.reset()
    for _ in range(MOST_BLOCKS):
        state = sampler.run_mcmc(state, BLOCK, skip_initial_state_check=True)
        found = _judged(sampler)
        if found.converged:
            break
    return found


def _judged(sampler: emcee.EnsembleSampler) -> Samples:
    chains = np.asarray(sampler.get_chain())
    r_hat, times = split_r_hat(chains), autocorrelation_time(chains)
    steps = chains.shape[0]
    converged = bool(np.all(r_hat < R_HAT) and steps >= ENOUGH_TIMES * np.max(times))
    flat = chains.reshape(-1, chains.shape[2])
    thinned = flat[:: max(1, flat.shape[0] // KEPT)]
    return Samples(thinned, r_hat, times, steps, converged)


def _apart(start: Reals, random: np.random.Generator) -> Reals:
    """As many of the places as there are walkers, a little apart where one was drawn twice."""
    chosen = start[random.choice(len(start), WALKERS, replace=False)]
    found: Reals = chosen + 1e-3 * start.std(axis=0) * random.standard_normal(chosen.shape)
    return found
