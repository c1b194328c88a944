"""Mixtures of normal distributions fitted to samples, with long tails: what importance samples are drawn from."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

from constriction.laws.arrays import Reals

FREEDOM = 6.0  # degrees of freedom of Student's t: tails longer than the posterior's
ROUNDS = 15  # of expectation and maximisation
MOST = 3000  # samples that a mixture is fitted to: of more so many are drawn by their weights
FLOOR = 1e-6  # of a variance, relative to that of all samples


@dataclass(frozen=True, eq=False)
class Mixture:
    """Student's t distributions with weights.

    Attributes:
        weights: (c,), their sum is 1.
        means: (c, d).
        roots: (c, d, d) lower triangular, root·rootᵀ the scale matrix.
    """

    weights: Reals
    means: Reals
    roots: Reals

    def draw(self, count: int, random: np.random.Generator) -> Reals:
        """Samples (count, d)."""
        which = random.choice(self.weights.size, count, p=self.weights)
        normal = random.standard_normal((count, self.means.shape[1]))
        stretch = np.sqrt(FREEDOM / random.chisquare(FREEDOM, count))[:, np.newaxis]
        found: Reals = self.means[which] + stretch * np.einsum("kij,kj->ki", self.roots[which], normal)
        return found

    def log_density(self, points: Reals) -> Reals:
        """Logarithm of the density, (k,), at points (k, d)."""
        d = points.shape[1]
        squares = _squares(points, self.means, self.roots)
        constant = gammaln((FREEDOM + d) / 2) - gammaln(FREEDOM / 2) - d / 2 * np.log(FREEDOM * np.pi)
        each = constant - _log_size(self.roots) - (FREEDOM + d) / 2 * np.log1p(squares / FREEDOM)
        found: Reals = logsumexp(each + np.log(self.weights), axis=1)
        return found


def fit_mixture(points: Reals, weights: Reals, parts: int, random: np.random.Generator, thin: bool = False) -> Mixture:
    """A mixture like weighted samples.

    Args:
        points: (k, d).
        weights: (k,), their sum is 1.
        parts: at most so many components.
        random: where the components start.
        thin: whether the samples may lie on a thin, bent sheet, which components follow; else they stay as fat as a
            part of all of them, so that what the samples miss is drawn as well.
    """
    if len(points) > MOST:
        points = points[random.choice(len(points), MOST, p=weights)]
        weights = np.full(MOST, 1 / MOST)
    mean = weights @ points
    spread = (weights[:, np.newaxis] * (points - mean)).T @ (points - mean)
    floor = FLOOR * spread + 1e-12 * np.eye(points.shape[1])
    means = points[random.choice(len(points), parts, p=weights)]
    covariances = np.repeat((spread / parts + floor)[np.newaxis], parts, axis=0)
    shares = np.full(parts, 1 / parts)
    # As if a few samples of the whole, or of all components, were in each: none collapses on fewer than dimensions.
    few, usual = 2 * points.shape[1] / len(points), spread / parts
    for _ in range(ROUNDS):
        roots = np.linalg.cholesky(covariances)
        each = np.log(shares) - _log_size(roots) - 0.5 * _squares(points, means, roots)
        belongs = np.exp(each - logsumexp(each, axis=1, keepdims=True)) * weights[:, np.newaxis]
        shares = np.maximum(belongs.sum(axis=0), 1e-8)
        means = (belongs.T @ points) / shares[:, np.newaxis]
        apart = points - means[:, np.newaxis]  # (c, k, d)
        inside = np.swapaxes(belongs.T[:, :, np.newaxis] * apart, 1, 2) @ apart
        usual = inside.sum(axis=0) if thin else usual
        covariances = (inside + few * usual) / (shares + few)[:, np.newaxis, np.newaxis] + floor
    return Mixture(shares / shares.sum(), means, np.linalg.cholesky(covariances))


def _squares(points: Reals, means: Reals, roots: Reals) -> Reals:
    """Squared distances in scales, (k, c)."""
    scaled = (points - means[:, np.newaxis]) @ np.swapaxes(np.linalg.inv(roots), 1, 2)
    found: Reals = np.square(scaled).sum(axis=2).T
    return found


def _log_size(roots: Reals) -> Reals:
    """Logarithm of the determinant of each root, (c,)."""
    found: Reals = np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
    return found
