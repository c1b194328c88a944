"""Coordinates in which a posterior is straight.

Contact fraction and pitch lie on a narrow, bent ridge: finer spots and more area lower R_cstr alike. Walkers creep
along such a ridge, and no normal distribution is like it. So one unknown is chosen as the guide; at many values of it
the best values of all others and their curvature are found; and the others are counted from there, in units of their
conditional standard deviations. What is left is nearly a normal distribution beside any density of the guide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import least_squares

from constriction.interpret.posterior.likelihood import Likelihood
from constriction.interpret.posterior.search import Mode, jacobian
from constriction.laws.arrays import Reals

FARTHEST = 3.3  # scores of the guide between which a ridge is followed: 99.9 % of the prior
COARSE, FINE = 0.4, 32  # step of the first walk along the ridge, in scores; intervals of the second
LOWEST = 14.0  # the ridge ends where the logarithm of its density is this far below its highest


@dataclass(frozen=True, eq=False)
class Straight:
    """Straight coordinates: the guide's score, then the others' distance from the ridge.

    Attributes:
        likelihood: of the model.
        guide: which score leads.
        knots: (k,) its scores, rising.
        centres: (k, d − 1) best scores of the others there.
        roots: (k, d − 1, d − 1) lower triangular, root·rootᵀ their conditional covariance.
    """

    likelihood: Likelihood
    guide: int
    knots: Reals
    centres: Reals
    roots: Reals

    @cached_property
    def _line(self) -> CubicSpline:
        return CubicSpline(self.knots, self.centres)

    def _root(self, along: Reals) -> Reals:
        place = np.clip(np.searchsorted(self.knots, along) - 1, 0, self.knots.size - 2)
        part = (along - self.knots[place]) / (self.knots[place + 1] - self.knots[place])
        share = np.clip(part, 0.0, 1.0)[:, np.newaxis, np.newaxis]
        found: Reals = (1 - share) * self.roots[place] + share * self.roots[place + 1]
        return found

    def scores(self, places: Reals) -> Reals:
        """Scores (m, d) of places (m, d) in straight coordinates."""
        along = np.clip(places[:, 0], self.knots[0], self.knots[-1])
        others = self._line(along) + np.einsum("mij,mj->mi", self._root(along), places[:, 1:])
        return np.insert(others, self.guide, along, axis=1)

    def log_posterior(self, places: Reals) -> Reals:
        """Logarithm of the posterior density in straight coordinates, (m,); −∞ beyond the ridge's ends."""
        along = places[:, 0]
        inside = (along >= self.knots[0]) & (along <= self.knots[-1])
        found = np.full(along.size, -np.inf)
        if inside.any():
            diagonal = np.diagonal(self._root(along[inside]), axis1=1, axis2=2)
            found[inside] = self.likelihood.log_posterior(self.scores(places[inside])) + np.log(diagonal).sum(axis=1)
        return found

    def draw(self, count: int, random: np.random.Generator) -> Reals:
        """Places (count, d) about as the ridge's own density has them: where walkers start."""
        heights = self.log_posterior(np.insert(np.zeros_like(self.centres), 0, self.knots, axis=1))
        share = np.exp(heights - heights.max())
        middle = 0.5 * (share[1:] + share[:-1]) * np.diff(self.knots)
        which = random.choice(middle.size, count, p=middle / middle.sum())
        along = self.knots[which] + random.random(count) * np.diff(self.knots)[which]
        return np.column_stack([along, random.standard_normal((count, self.centres.shape[1]))])


@dataclass(frozen=True, eq=False)
class _Point:
    """Of a ridge: the guide's score, the best scores of the others, their root, the logarithm of the density."""

    along: float
    others: Reals
    root: Reals
    height: float


def straighten(likelihood: Likelihood, mode: Mode, guide: int) -> Straight:
    """Follow the ridge through a maximum.

    Args:
        likelihood: of a model of at least two unknowns.
        mode: its maximum.
        guide: which score is held on the way.
    """
    start = _at(likelihood, (guide, float(np.clip(mode.scores[guide], -FARTHEST, FARTHEST))), mode, mode.scores)
    walks = [list(_walk(likelihood, mode, guide, (start, step))) for step in (-COARSE, COARSE)]
    coarse = [*reversed(walks[0]), start, *walks[1]]
    line = CubicSpline([point.along for point in coarse], np.array([point.others for point in coarse]))
    fine = []
    for along in np.linspace(coarse[0].along, coarse[-1].along, FINE + 1):
        guess = np.insert(line(along), guide, along)
        fine.append(_at(likelihood, (guide, float(along)), mode, guess))
    stacked = (np.array([point.others for point in fine]), np.array([point.root for point in fine]))
    return Straight(likelihood, guide, np.array([point.along for point in fine]), *stacked)


def _walk(likelihood: Likelihood, mode: Mode, guide: int, way: tuple[_Point, float]) -> Iterator[_Point]:
    """The ridge from a point on, in steps, until its density is low or the prior ends."""
    point, step = way
    before, highest = point, point.height
    while abs(point.along) < FARTHEST or np.sign(point.along) != np.sign(step):
        along = float(np.clip(point.along + step, -FARTHEST, FARTHEST))
        slope = (point.others - before.others) / ((point.along - before.along) or 1.0)
        guess = np.insert(point.others + slope * (along - point.along), guide, along)
        before, point = point, _at(likelihood, (guide, along), mode, guess)
        highest = max(highest, point.height)
        yield point
        if point.height < highest - LOWEST:
            return


def _at(likelihood: Likelihood, held: tuple[int, float], mode: Mode, guess: Reals) -> _Point:
    """The point of the ridge where the guide has a score: least squares over the others."""
    guide, along = held

    def whole(others: Reals) -> Reals:
        return np.insert(others, guide, along)

    def residuals(others: Reals) -> Reals:
        return np.concatenate([likelihood.residuals(whole(others)[np.newaxis])[0] / mode.noise, others])

    def slopes(others: Reals) -> Reals:
        steep = np.delete(jacobian(likelihood, whole(others)), guide, axis=1)
        return np.concatenate([steep / mode.noise, np.eye(others.size)])

    found = least_squares(residuals, np.delete(guess, guide), slopes, method="trf", max_nfev=30, xtol=1e-5, ftol=1e-5)
    steep = slopes(found.x)
    root = _root_of_inverse(steep.T @ steep)
    height = float(likelihood.log_posterior(whole(found.x)[np.newaxis])[0]) + float(np.log(np.diag(root)).sum())
    return _Point(along, np.asarray(found.x, dtype=np.float64), root, height)


def _root_of_inverse(curvature: Reals) -> Reals:
    """Lower triangular root with root·rootᵀ the inverse of a positive definite matrix."""
    inverse = solve_triangular(cholesky(curvature, lower=True), np.eye(curvature.shape[0]), lower=True)
    found: Reals = cholesky(inverse.T @ inverse, lower=True)
    return found
