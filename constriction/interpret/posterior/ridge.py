"""Coordinates in which a posterior is straight.

Contact fraction and pitch lie on a narrow, bent ridge: finer spots and more area lower R_cstr alike. Walkers creep
along such a ridge, and no normal distribution is like it. So one unknown of the interface is chosen as the guide; at
many values of it the best values of all others and their curvature are found; and the interface's others are counted
from there, in units of their standard deviations. The electrolyte is counted from where it follows the spectrum best
beside that interface: a few steps of Newton's method, extrapolated, find it, as it is nearly linear. What is left
of the electrolyte is nearly a normal distribution, and of the interface few unknowns remain that are not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import least_squares
from scipy.special import ndtr, ndtri

from constriction.interpret.posterior.likelihood import Likelihood
from constriction.interpret.posterior.search import Mode, jacobian
from constriction.laws.arrays import Reals

FARTHEST = 3.3  # scores of the guide between which a ridge is followed: 99.9 % of the prior
COARSE, FINE = 0.4, 32  # step of the first walk along the ridge, in scores; intervals of the second
LOWEST = 14.0  # the ridge ends where the logarithm of its density is this far below its highest
NEWTON, LONGEST = 4, 2.0  # steps towards the best electrolyte, and how long one may be, in scores
FURTHER = 2.0  # steps by which what two of them tell may be extrapolated
LINEAR = 3.0  # standard deviations of the interface within which the electrolyte's first guess follows it


@dataclass(frozen=True, eq=False)
class Straight:
    """Straight coordinates: the guide's score, the interface's distance from the ridge, the electrolyte's.

    Attributes:
        likelihood: of the model.
        order: (d,) which score is which coordinate: the guide, q others of the interface, the electrolyte's.
        interface: q.
        mode: about which the electrolyte is taken as linear.
        knots: (k,) scores of the guide, rising.
        centres: (k, d − 1) best scores of the others there, in their order.
        roots: (k, d − 1, d − 1) lower triangular, root·rootᵀ their conditional covariance.
    """

    likelihood: Likelihood
    order: Sequence[int]
    interface: int
    mode: Mode
    knots: Reals
    centres: Reals
    roots: Reals

    @cached_property
    def _line(self) -> CubicSpline:
        return CubicSpline(self.knots, self.centres)

    @cached_property
    def _slopes(self) -> tuple[Reals, Reals]:
        """Of the residuals over the electrolyte's scores, by the noise squared; and what Newton's step multiplies."""
        steep = jacobian(self.likelihood, self.mode.scores)[:, list(self.order[1 + self.interface :])]
        weighted = steep / self.mode.noise**2
        return weighted, np.linalg.inv(steep.T @ weighted + np.eye(steep.shape[1]))

    def _root(self, along: Reals) -> Reals:
        place = np.clip(np.searchsorted(self.knots, along) - 1, 0, self.knots.size - 2)
        part = (along - self.knots[place]) / (self.knots[place + 1] - self.knots[place])
        share = np.clip(part, 0.0, 1.0)[:, np.newaxis, np.newaxis]
        found: Reals = (1 - share) * self.roots[place] + share * self.roots[place + 1]
        return found

    def scores(self, places: Reals) -> Reals:
        """Scores (m, d) of places (m, d) in straight coordinates."""
        q = self.interface
        along = np.clip(places[:, 0], self.knots[0], self.knots[-1])
        root, others = self._root(along), self._line(along)
        near = np.clip(places[:, 1 : 1 + q], -LINEAR, LINEAR)
        others[:, q:] += np.einsum("mij,mj->mi", root[:, q:, :q], near)
        others[:, :q] += np.einsum("mij,mj->mi", root[:, :q, :q], places[:, 1 : 1 + q])
        if q:
            others[:, q:] = self._best_electrolyte(along, others)
        others[:, q:] += np.einsum("mij,mj->mi", root[:, q:, q:], places[:, 1 + q :])
        return self._ordered(along, others)

    def _best_electrolyte(self, along: Reals, others: Reals) -> Reals:
        """Scores of the electrolyte (m, d − 1 − q) that follow the spectrum best, from those in `others` (m, d − 1).

        Newton's steps with one slope, extrapolated by the last two of them (Anderson 1965): where the slope is that of
        the mode alone, two plain steps end two to nine standard deviations from the best electrolyte, these four 0.1.
        """
        q, others = self.interface, others.copy()
        before: tuple[Reals, Reals] | None = None
        for _ in range(NEWTON):
            step = self._step(self._ordered(along, others), others[:, q:])
            reached = others[:, q:] - step
            others[:, q:] = reached
            if before is not None:
                apart = step - before[0]
                size = np.maximum(np.einsum("ij,ij->i", apart, apart), np.finfo(float).tiny)
                part = np.clip(np.einsum("ij,ij->i", step, apart) / size, -FURTHER, FURTHER)
                others[:, q:] -= part[:, np.newaxis] * (reached - before[1])
            before = step, reached
        return others[:, q:]

    def _ordered(self, along: Reals, others: Reals) -> Reals:
        found = np.empty((along.size, others.shape[1] + 1))
        found[:, list(self.order)] = np.column_stack([along, others])
        return found

    def _step(self, scores: Reals, electrolyte: Reals) -> Reals:
        """Newton's step of the electrolyte's scores, (m, d − 1 − q)."""
        weighted, inverse = self._slopes
        step = (self.likelihood.residuals(scores) @ weighted + electrolyte) @ inverse
        return np.clip(np.nan_to_num(step), -LONGEST, LONGEST)

    def places(self, scores: Reals) -> Reals:
        """Places (m, d) of scores (m, d) whose guide is on the ridge; the electrolyte is at its best there."""
        q = self.interface
        along = np.clip(scores[:, self.order[0]], self.knots[0], self.knots[-1])
        apart = scores[:, list(self.order[1 : 1 + q])] - self._line(along)[:, :q]
        found = np.zeros(scores.shape)
        found[:, 0] = along
        found[:, 1 : 1 + q] = np.linalg.solve(self._root(along)[:, :q, :q], apart[..., np.newaxis])[..., 0]
        return found

    def log_volume(self, along: Reals, first: int | None = None) -> Reals:
        """Logarithm of what the others' scores change per place, (m,); `first`: of so many of them alone."""
        diagonal = np.diagonal(self._root(along), axis1=1, axis2=2)[:, :first]
        found: Reals = np.log(diagonal).sum(axis=1)
        return found

    def log_posterior(self, places: Reals) -> Reals:
        """Logarithm of the posterior density in straight coordinates, (m,); −∞ beyond the ridge's ends."""
        return self.log_both(places)[0]

    def log_both(self, places: Reals) -> tuple[Reals, Reals, Reals]:
        """Of places (m, d): logarithms of the posterior's density and of what `draw_wide` draws from, and scores.

        Densities (m,) are −∞ beyond the ridge's ends, the scores (m, d) there those at the ends.
        """
        along, q = places[:, 0], self.interface
        inside = (along >= self.knots[0]) & (along <= self.knots[-1])
        scores = self.scores(places)
        squares = np.square(scores[:, list(self.order[: 1 + q])]).sum(axis=1)
        squares += np.square(places[:, 1 + q :]).sum(axis=1)
        size = 0.5 * places.shape[1] * np.log(2 * np.pi) + np.log(self._part)
        wide = self.log_volume(along, q) - 0.5 * squares - size
        found = self.likelihood.log_posterior(scores) + self.log_volume(along)
        return np.where(inside, found, -np.inf), np.where(inside, wide, -np.inf), scores

    @property
    def _part(self) -> float:
        """Of the prior, that lies between the ends."""
        return float(ndtr(self.knots[-1]) - ndtr(self.knots[0]))

    def draw(self, count: int, random: np.random.Generator) -> Reals:
        """Places (count, d) about as the ridge's own density has them: where walkers start."""
        heights = self.log_posterior(np.insert(np.zeros_like(self.centres), 0, self.knots, axis=1))
        share = np.exp(heights - heights.max())
        middle = 0.5 * (share[1:] + share[:-1]) * np.diff(self.knots)
        which = random.choice(middle.size, count, p=middle / middle.sum())
        along = self.knots[which] + random.random(count) * np.diff(self.knots)[which]
        return np.column_stack([along, random.standard_normal((count, self.centres.shape[1]))])

    def draw_about(self, mode: Mode, count: int, random: np.random.Generator) -> Reals:
        """Places (count, d) about a maximum as its curvature has them."""
        root = np.linalg.cholesky(mode.covariance)
        places = self.places(mode.scores + random.standard_normal((count, mode.scores.size)) @ root.T)
        places[:, 1 + self.interface :] = random.standard_normal((count, places.shape[1] - 1 - self.interface))
        return places

    def draw_wide(self, count: int, random: np.random.Generator) -> Reals:
        """Places (count, d): interfaces drawn from the prior between the ends, electrolytes about their best ones."""
        q = self.interface
        scores = random.standard_normal((count, len(self.order)))
        low, high = ndtr(self.knots[[0, -1]])
        along = ndtri(low + (high - low) * random.random(count))
        scores[:, self.order[0]] = np.clip(along, self.knots[0], self.knots[-1])
        places = self.places(scores)
        places[:, 1 + q :] = random.standard_normal((count, places.shape[1] - 1 - q))
        return places


@dataclass(frozen=True, eq=False)
class _Point:
    """Of a ridge: the guide's score, the best scores of the others, the curvature, the logarithm of the density."""

    along: float
    others: Reals
    curvature: Reals
    height: float


def straighten(likelihood: Likelihood, mode: Mode, lead: Sequence[int]) -> Straight:
    """Follow the ridge through a maximum.

    Args:
        likelihood: of a model of at least two unknowns.
        mode: its maximum.
        lead: which scores are the interface's, the first one is held on the way; at least one.
    """
    order = (*lead, *(k for k in range(mode.scores.size) if k not in lead))
    points = _ridge(likelihood, mode, lead[0])
    others = np.argsort(np.argsort(order[1:]))
    knots, centres = np.array([point.along for point in points]), np.array([point.others for point in points])
    roots = np.array([_root_of_inverse(point.curvature[np.ix_(others, others)]) for point in points])
    return Straight(likelihood, order, len(lead) - 1, mode, *_to_the_ends(knots, centres[:, others], roots))


def _to_the_ends(knots: Reals, centres: Reals, roots: Reals) -> tuple[Reals, Reals, Reals]:
    """A ridge that goes on as it ends where it was left: what else is there, off the ridge, stays possible."""
    step = knots[1] - knots[0]
    before = np.arange(-FARTHEST, knots[0] - 0.5 * step, step)
    after = np.arange(FARTHEST, knots[-1] + 0.5 * step, -step)[::-1]
    ends = [(before, centres[:1], roots[:1]), (after, centres[-1:], roots[-1:])]
    low, high = ((more, np.repeat(c, more.size, 0), np.repeat(r, more.size, 0)) for more, c, r in ends)
    found = zip(low, (knots, centres, roots), high, strict=True)
    return tuple(np.concatenate(parts) for parts in found)  # type: ignore[return-value]


def _ridge(likelihood: Likelihood, mode: Mode, guide: int) -> list[_Point]:
    """Points at equal distances of the guide's score, found from a first walk in larger steps both ways."""
    start = _at(likelihood, (guide, float(np.clip(mode.scores[guide], -FARTHEST, FARTHEST))), mode, mode.scores)
    walks = [list(_walk(likelihood, mode, guide, (start, step))) for step in (-COARSE, COARSE)]
    coarse = [*reversed(walks[0]), start, *walks[1]]
    line = CubicSpline([point.along for point in coarse], np.array([point.others for point in coarse]))
    places = np.linspace(coarse[0].along, coarse[-1].along, FINE + 1)
    return [_at(likelihood, (guide, float(place)), mode, np.insert(line(place), guide, place)) for place in places]


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
    curvature = steep.T @ steep
    height = float(likelihood.log_posterior(whole(found.x)[np.newaxis])[0]) - 0.5 * np.linalg.slogdet(curvature)[1]
    return _Point(along, np.asarray(found.x, dtype=np.float64), curvature, float(height))


def _root_of_inverse(curvature: Reals) -> Reals:
    """Lower triangular root with root·rootᵀ the inverse of a positive definite matrix."""
    inverse = solve_triangular(cholesky(curvature, lower=True), np.eye(curvature.shape[0]), lower=True)
    found: Reals = cholesky(inverse.T @ inverse, lower=True)
    return found
