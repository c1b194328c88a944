"""A sheet on which a posterior lies: few scores lead, and the others follow.

Where a film lies on contacts, contact fraction, pitch, the film's exponent and often its capacitance or the gap are
loose: each by itself can be nearly anything. But beside them all others follow: resistances and capacitances of the
whole interface are known as sharply as the spectrum is. So a few scores lead; the others are searched for, anew for
each draw, and drawn from a Student's t about what is found, as wide as the curvature there has it. Its density is
exact, however far a search has come: what is found is a function of what leads, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from constriction.interpret.posterior.likelihood import Likelihood
from constriction.interpret.posterior.sheets.perturbed import (
    Numbers,
    curvature_and_gradient,
    limited,
    perturbed_fits,
    residuals_and_slopes,
)
from constriction.laws.arrays import Reals

LOOSE, QUANTILE, AT_FIRST = 0.2, 0.8, 5
"""A score leads if, beside those that lead already, it is wider than this at so large a part of the known places; at
most so many."""
LIKELY, LOOKED_AT = 16.0, 200
"""Known places are likely whose logarithm of the posterior is at most so far below the best one's; so many at most."""
SEARCH, LONGEST, LOUDER = 3, 1.5, 8.0
"""Steps of the search for what follows, how long one may be in scores, noise at its start over the spectrum's."""
STARTS, LOW = 3, 20.0
"""A search ends too low where the logarithm of the posterior is so far below the best known one: then it starts from
another known place, from so many at the most."""
FREEDOM = 8.0  # degrees of freedom of Student's t that what follows is drawn from


@dataclass(frozen=True, eq=False)
class KnownPlaces:
    """Where a posterior is, about: ends of fits of perturbed spectra.

    Attributes:
        likelihood: of a model.
        noise: of one part, relative to |Z|.
        scores: (k, d).
        heights: logarithms of the posterior there, (k,).
        curvature: of minus that, (k, d, d).
    """

    likelihood: Likelihood
    noise: float
    scores: Reals
    heights: Reals
    curvature: Reals

    @cached_property
    def likely(self) -> Numbers:
        """Numbers of those that are about as likely as the best."""
        return np.flatnonzero(self.heights > self.heights.max() - LIKELY)[:LOOKED_AT]


def known_places(likelihood: Likelihood, noise: float, random: np.random.Generator) -> KnownPlaces:
    """Where the posterior of a model is; `noise` of one part, relative to |Z|."""
    scores = perturbed_fits(likelihood, noise, random)
    apart, slopes = residuals_and_slopes(likelihood, scores, np.arange(likelihood.dimension))
    curvature, _ = curvature_and_gradient(apart / noise, slopes / noise, scores)
    return KnownPlaces(likelihood, noise, scores, likelihood.log_posterior(scores), curvature)


@dataclass(frozen=True, eq=False)
class Sheet:
    """What leads, and how the others follow.

    Attributes:
        known: about where the posterior is, and from where searches start.
        lead: which scores lead, (q,).
    """

    known: KnownPlaces
    lead: Numbers

    @cached_property
    def follow(self) -> Numbers:
        """The other scores, (d − q,)."""
        return np.setdiff1d(np.arange(self.known.likelihood.dimension), self.lead)

    @cached_property
    def _ahead(self) -> Reals:
        """Slopes of what follows over what leads, along the sheet from each known place, (k, d − q, q)."""
        column, curvature = self.follow[:, np.newaxis], self.known.curvature
        found: Reals = -np.linalg.solve(curvature[:, column, self.follow], curvature[:, column, self.lead])
        return found

    def draw(self, leading: Reals, random: np.random.Generator) -> tuple[Reals, Reals]:
        """Scores (m, d) of those that lead, (m, q), and the logarithm of the density of what follows, (m,)."""
        found, root, _ = self._middle(leading)
        stretch = np.sqrt(FREEDOM / random.chisquare(FREEDOM, len(leading)))[:, np.newaxis]
        normal = stretch * random.standard_normal((len(leading), self.follow.size))
        found[:, self.follow] += np.linalg.solve(np.swapaxes(root, 1, 2), normal[..., np.newaxis])[..., 0]
        return found, _log_tails(normal) + _log_size(root)

    def log_density(self, scores: Reals) -> Reals:
        """The logarithm of the density of what follows at scores (m, d), beside those that lead; (m,)."""
        found, root, _ = self._middle(scores[:, self.lead])
        return _log_tails(self._normal(scores, found, root)) + _log_size(root)

    def strangeness(self, places: Numbers) -> Reals:
        """How much more likely known places (m,) are than draws would have it, logarithms, (m,).

        Each is compared with the middle of what follows beside it, searched for from the other places.
        """
        scores = self.known.scores[places]
        found, root, heights = self._middle(scores[:, self.lead], places)
        return self.known.heights[places] - heights - _log_tails(self._normal(scores, found, root), 0.0)

    def _normal(self, scores: Reals, found: Reals, root: Reals) -> Reals:
        return np.asarray(np.einsum("mji,mj->mi", root, (scores - found)[:, self.follow]))

    def _middle(self, leading: Reals, without: Numbers | None = None) -> tuple[Reals, Reals, Reals]:
        """About what follows is drawn: scores (m, d), roots of the curvature there, and the posterior's logarithm.

        `without`: the known places that the searches may not start from, (m,).
        """
        starts = self._starts(leading, without)
        found, root, heights = self._searched(starts[:, 0])
        for number in range(1, starts.shape[1]):
            low = np.flatnonzero(heights < self.known.heights.max() - LOW)
            if not low.size:
                break
            ends, roots, reached = self._searched(starts[low, number])
            better = reached > heights[low]
            low = low[better]
            found[low], root[low], heights[low] = ends[better], roots[better], reached[better]
        return found, root, heights

    def _searched(self, start: Reals) -> tuple[Reals, Reals, Reals]:
        """Where searches for what follows end."""
        likelihood, noise, column = self.known.likelihood, self.known.noise, self.follow
        found, loud = start.copy(), np.full(len(start), LOUDER * noise)
        for _ in range(SEARCH):
            apart, slopes = residuals_and_slopes(likelihood, found, column)
            reached = np.sqrt(np.mean(np.square(apart), axis=1))
            loud = np.maximum(noise, np.minimum(loud, reached))
            seen = apart / loud[:, np.newaxis], slopes / loud[:, np.newaxis, np.newaxis]
            curvature, gradient = curvature_and_gradient(*seen, found[:, column])
            step = np.linalg.solve(curvature, gradient[..., np.newaxis])[..., 0]
            found[:, column] -= limited(step, LONGEST)
        curvature, _ = curvature_and_gradient(apart / noise, slopes / noise, found[:, column])
        return found, np.linalg.cholesky(curvature), likelihood.log_posterior(found)

    def _starts(self, leading: Reals, without: Numbers | None) -> Reals:
        """Scores (m, k, d) with what leads, the others as in the k nearest of the known places, the nearest first."""
        places = self.known.scores
        wide = places[:, self.lead].std(axis=0) + 1e-3
        squares = np.square((leading[:, np.newaxis] - places[np.newaxis][:, :, self.lead]) / wide).sum(axis=2)
        if without is not None:
            squares[np.arange(len(squares)), without] = np.inf
        nearest = np.argsort(squares, axis=1)[:, :STARTS]
        found = places[nearest]
        apart = leading[:, np.newaxis] - found[:, :, self.lead]
        found[:, :, self.follow] += limited((self._ahead[nearest] @ apart[..., np.newaxis])[..., 0], LONGEST)
        found[:, :, self.lead] = leading[:, np.newaxis]
        return found


def loosest(known: KnownPlaces, may: Sequence[int]) -> list[int]:
    """Which of some scores are loose one after the other, the loosest first."""
    left, lead = np.linalg.inv(known.curvature), list[int]()
    while len(lead) < min(AT_FIRST, len(may)):
        others = [number for number in may if number not in lead]
        widths = np.quantile(np.sqrt(np.maximum(left[:, others, others], 0)), QUANTILE, axis=0)
        if lead and widths.max() < LOOSE:
            break
        first = others[int(np.argmax(widths))]
        lead.append(first)
        column = left[:, :, first]
        left = left - column[:, :, np.newaxis] * (column / np.maximum(column[:, [first]], 1e-12))[:, np.newaxis]
    return lead


def _log_size(roots: NDArray[np.float64]) -> Reals:
    """Logarithm of the determinant of each root (m, k, k); (m,)."""
    found: Reals = np.log(np.einsum("mjj->mj", roots)).sum(axis=1)
    return found


def _log_tails(normal: Reals, at_zero: float | None = None) -> Reals:
    """Logarithm of the density of Student's t of width 1 at (m, k), or with another value `at_zero`; (m,)."""
    k = normal.shape[1]
    if at_zero is None:
        at_zero = gammaln((FREEDOM + k) / 2) - gammaln(FREEDOM / 2) - k / 2 * np.log(FREEDOM * np.pi)
    found: Reals = at_zero - (FREEDOM + k) / 2 * np.log1p(np.square(normal).sum(axis=1) / FREEDOM)
    return found
