"""Best fits of perturbed spectra from perturbed priors: about where a posterior is, however it is bent.

Each search has the residuals and the prior's centre moved by as much as noise and prior are wide. Where the model is
linear its ends are samples of the posterior (randomised maximum likelihood: Kitanidis 1995, Oliver et al. 1996); where
it is bent they are spread over all of it, also over what no walk from the maximum reaches.
"""

import numpy as np
from numpy.typing import NDArray

from constriction.interpret.posterior.likelihood import Likelihood
from constriction.laws.arrays import Reals

type Numbers = NDArray[np.intp]

FITS = 300  # searches at a time
LOUD, STEPS, LAST = 0.3, 24, 8
"""Noise at which searches begin, relative to |Z|; their steps, and how many of these at the spectrum's own noise."""
STEP = 1e-4  # of a score, for differences
LONGEST = 1.0  # step of a search, in scores
FAR = 20.0  # ends are forgotten whose logarithm of the posterior is so far below the best one
STRANGE = 1e3  # residual of what cannot be computed


def residuals_and_slopes(likelihood: Likelihood, scores: Reals, which: Numbers) -> tuple[Reals, Reals]:
    """Residuals (m, n) at scores (m, d), and their slopes over some of the scores, those numbers (k,); (m, n, k)."""
    ahead = np.repeat(scores[np.newaxis], which.size + 1, axis=0)
    for place, number in enumerate(which, 1):
        ahead[place, :, number] += STEP
    every = _finite(likelihood.residuals_near(ahead))
    return every[0], np.moveaxis((every[1:] - every[0]) / STEP, 0, 2)


def residuals(likelihood: Likelihood, scores: Reals) -> Reals:
    """Residuals (m, n) at scores (m, d), finite ones."""
    return _finite(likelihood.residuals(scores))


def _finite(apart: Reals) -> Reals:
    return np.nan_to_num(apart, nan=STRANGE, posinf=STRANGE, neginf=-STRANGE)


def perturbed_fits(likelihood: Likelihood, noise: float, random: np.random.Generator) -> Reals:
    """Scores (k, d) where searches ended that are about as likely as the best of them.

    Args:
        likelihood: of a model.
        noise: of one part, relative to |Z|.
        random: of the perturbations.
    """
    d = likelihood.dimension
    centre = random.standard_normal((FITS, d))
    scores, damping = np.clip(centre, -3.0, 3.0), np.full(FITS, 1e-2)
    errors = noise * random.standard_normal(residuals(likelihood, scores[:1]).shape[1:] + (FITS,)).T
    for loud in (*np.geomspace(max(LOUD, noise), noise, STEPS - LAST), *np.full(LAST, noise)):
        apart, slopes = residuals_and_slopes(likelihood, scores, np.arange(d))
        step = _damped_step(((apart - errors) / loud, slopes / loud), scores - centre, damping)
        trial = scores + step
        there = (residuals(likelihood, trial) - errors) / loud
        here = np.square((apart - errors) / loud).sum(axis=1) + np.square(scores - centre).sum(axis=1)
        better = np.square(there).sum(axis=1) + np.square(trial - centre).sum(axis=1) < here
        scores = np.where(better[:, np.newaxis], trial, scores)
        damping = np.clip(np.where(better, 0.3 * damping, 6 * damping), 1e-8, 1e4)
    heights = likelihood.log_posterior(scores)
    return scores[heights > heights.max() - FAR]


def _damped_step(seen: tuple[Reals, Reals], apart: Reals, damping: Reals) -> Reals:
    """Levenberg's and Marquardt's step, (m, d), of residuals (m, n), their slopes (m, n, d), and what a prior adds."""
    curvature, gradient = curvature_and_gradient(*seen, apart)
    diagonal = np.einsum("mjj->mj", curvature)
    curvature = curvature + np.eye(apart.shape[1]) * (damping[:, np.newaxis] * diagonal)[:, np.newaxis]
    return limited(-np.linalg.solve(curvature, gradient[..., np.newaxis])[..., 0], LONGEST)


def curvature_and_gradient(apart: Reals, slopes: Reals, scores: Reals) -> tuple[Reals, Reals]:
    """Of half a sum of squares, (m, k, k) and (m, k): residuals (m, n), slopes (m, n, k), and scores (m, k)."""
    turned = np.swapaxes(slopes, 1, 2)
    gradient = (turned @ apart[..., np.newaxis])[..., 0] + scores
    return turned @ slopes + np.eye(scores.shape[1]), gradient


def limited(steps: Reals, most: float) -> Reals:
    """Steps (…, k) of which no part is longer than `most`."""
    longest = np.maximum(np.abs(steps).max(axis=-1, keepdims=True), 1e-12)
    found: Reals = steps * np.minimum(1.0, most / longest)
    return found
