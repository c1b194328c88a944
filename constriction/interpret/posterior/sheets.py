"""Importance samples of a posterior that lies on a thin, bent sheet.

Where a film lies on contacts, contact fraction, pitch, the film's exponent and often its capacitance or the gap are
loose: each by itself can be nearly anything. But beside them all others follow: resistances and capacitances of the
whole interface are known as sharply as the spectrum is. So a few scores lead and are drawn from a mixture; the others
are searched for, anew for each draw, and drawn from a normal distribution about what is found, as wide as the curvature
there has it. Weights are exact, however far a search has come: it is a function of what leads, and nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import gammaln, logsumexp

from constriction.interpret.posterior.evidence import DrawnRounds, Evidence, weighed
from constriction.interpret.posterior.likelihood import Likelihood
from constriction.interpret.posterior.mixtures import Mixture, fit_mixture
from constriction.interpret.posterior.perturbed import (
    Numbers,
    curvature_and_gradient,
    limited,
    perturbed_fits,
    residuals_and_slopes,
)
from constriction.laws.arrays import Reals

LOOSE, LESS_LOOSE, QUANTILE, MOST = 0.2, 0.05, 0.8, 5
"""A score leads if, beside those that lead already, it is wider than this at so large a part of the perturbed fits'
ends, at the second attempt than the other; at most so many lead."""
SEARCH, LONGEST, LOUDER = 3, 1.5, 8.0
"""Steps of the search for what follows, how long one may be in scores, noise at its start over the spectrum's."""
FREEDOM = 8.0  # degrees of freedom of Student's t that what follows is drawn from
PARTS, DRAWS, ROUNDS = 12, 500, 48
"""Components of the mixture of what leads, draws of each round, and most rounds."""
AMPLE = 1500.0
"""Effective samples after which no further round is."""
PATIENCE, HOPE = 24, 100.0
"""From so many rounds on there is none if at no time as many samples as this were effective."""
MILD = 300.0
"""Weights are made milder until so many samples are effective, before a mixture is fitted to them."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """What leads, and how the others follow.

    Attributes:
        likelihood: of a model.
        lead: which scores lead, (q,).
        follow: the others, (d − q,).
        noise: of one part, relative to |Z|.
        known: scores (k, d) about where the posterior is, from which searches start.
        ahead: slopes of what follows over what leads, along the sheet from each of these, (k, d − q, q).
    """

    likelihood: Likelihood
    lead: Numbers
    follow: Numbers
    noise: float
    known: Reals
    ahead: Reals

    def scores(self, leading: Reals, normal: Reals) -> tuple[Reals, Reals]:
        """Scores (m, d) of those that lead, (m, q), and normal numbers of the others; and ln of their volume, (m,)."""
        found = self._start(leading)
        loud = np.full(len(found), LOUDER * self.noise)
        for _ in range(SEARCH):
            apart, slopes = residuals_and_slopes(self.likelihood, found, self.follow)
            reached = np.sqrt(np.mean(np.square(apart), axis=1))
            loud = np.maximum(self.noise, np.minimum(loud, reached))
            seen = apart / loud[:, np.newaxis], slopes / loud[:, np.newaxis, np.newaxis]
            curvature, gradient = curvature_and_gradient(*seen, found[:, self.follow])
            step = np.linalg.solve(curvature, gradient[..., np.newaxis])[..., 0]
            found[:, self.follow] -= limited(step, LONGEST)
        curvature, _ = curvature_and_gradient(apart / self.noise, slopes / self.noise, found[:, self.follow])
        root = np.linalg.cholesky(curvature)
        away = np.linalg.solve(np.swapaxes(root, 1, 2), normal[..., np.newaxis])[..., 0]
        found[:, self.follow] += away
        return found, -np.log(np.einsum("mjj->mj", root)).sum(axis=1)

    def _start(self, leading: Reals) -> Reals:
        """Scores (m, d) with what leads, the others as where it is nearest among what is known."""
        wide = self.known[:, self.lead].std(axis=0) + 1e-3
        apart = (leading[:, np.newaxis] - self.known[np.newaxis][:, :, self.lead]) / wide
        nearest = np.argmin(np.square(apart).sum(axis=2), axis=1)
        found = self.known[nearest].copy()
        ahead = self.ahead[nearest] @ (leading - found[:, self.lead])[..., np.newaxis]
        found[:, self.follow] += limited(ahead[..., 0], LONGEST)
        found[:, self.lead] = leading
        return found


def sheet_evidence(
    likelihood: Likelihood, interface: Sequence[int], noise: float, random: np.random.Generator
) -> Evidence:
    """The evidence of a model, and weighted samples of its posterior.

    Args:
        likelihood: of the model.
        interface: which of its scores may lead; where too few draws have weight at two attempts, all may.
        noise: of one part of the best fit's residuals, relative to |Z|.
        random: of all draws.
    """
    known = perturbed_fits(likelihood, noise, random)
    found: list[Evidence] = []
    for sheet in _sheets(likelihood, interface, noise, known):
        found.append(_drawn(sheet, random))
        if found[-1].sure:
            break
    return max(found, key=lambda one: one.effective)


def _drawn(sheet: Sheet, random: np.random.Generator) -> Evidence:
    """Rounds of draws, each from a mixture that follows those before, until samples are ample or there is no hope."""
    points, weights = sheet.known[:, sheet.lead], np.full(len(sheet.known), 1 / len(sheet.known))
    rounds, most = _Rounds(), 0.0
    for number in range(ROUNDS):
        rounds = rounds.with_round(sheet, fit_mixture(points, weights, PARTS, random), random)
        found = weighed(rounds.drawn)
        most = max(most, found.effective)
        if found.effective > AMPLE or (number >= PATIENCE and most < HOPE):
            break
        points, weights = rounds.places[:, : sheet.lead.size], _milder(found.weights)
    return found


def _sheets(likelihood: Likelihood, interface: Sequence[int], noise: float, known: Reals) -> Iterator[Sheet]:
    """Ways to lead it, the one with fewest leads first: these are found soonest, and suffice most often."""
    every = np.arange(likelihood.dimension)
    apart, slopes = residuals_and_slopes(likelihood, known, every)
    curvature, _ = curvature_and_gradient(apart / noise, slopes / noise, known)
    left, led = np.linalg.inv(curvature), []
    for may, loose in ((interface, LOOSE), (interface, LESS_LOOSE), (every, LESS_LOOSE)):
        lead = np.array(_leads(left, may, loose))
        if set(lead) in led:
            continue
        led.append(set(lead))
        follow = np.setdiff1d(every, lead)
        column = follow[:, np.newaxis]
        ahead = -np.linalg.solve(curvature[:, column, follow], curvature[:, column, lead])
        yield Sheet(likelihood, lead, follow, noise, known, ahead)


def _leads(left: Reals, may: Sequence[int] | Numbers, loose: float) -> list[int]:
    """Which scores lead, the loosest first, of those that may; `left` has covariances at many places, (k, d, d)."""
    lead: list[int] = []
    while len(lead) < min(MOST, len(may)):
        others = [number for number in may if number not in lead]
        widths = np.quantile(np.sqrt(np.maximum(left[:, others, others], 0)), QUANTILE, axis=0)
        if lead and widths.max() < loose:
            break
        first = others[int(np.argmax(widths))]
        lead.append(first)
        column = left[:, :, first]
        left = left - column[:, :, np.newaxis] * (column / np.maximum(column[:, [first]], 1e-12))[:, np.newaxis]
    return lead


@dataclass(frozen=True, eq=False)
class _Rounds:
    """Draws of all rounds; `sums` are the logarithms of the sum of all mixtures' densities at each of them, (m,)."""

    mixtures: tuple[Mixture, ...] = ()
    parts: tuple[tuple[Reals, Reals, Reals, Reals], ...] = field(default=())
    sums: Reals = field(default_factory=lambda: np.zeros(0))

    def with_round(self, sheet: Sheet, mixture: Mixture, random: np.random.Generator) -> "_Rounds":
        """The same with the draws of one more mixture."""
        leading = mixture.draw(DRAWS, random)
        stretch = np.sqrt(FREEDOM / random.chisquare(FREEDOM, DRAWS))[:, np.newaxis]
        normal = stretch * random.standard_normal((DRAWS, sheet.follow.size))
        scores, volume = sheet.scores(leading, normal)
        heights = sheet.likelihood.log_posterior(scores) + volume
        part = np.concatenate([leading, normal], axis=1), scores, heights, _log_tails(normal)
        mixtures = (*self.mixtures, mixture)
        here = logsumexp([one.log_density(leading) for one in mixtures], axis=0)
        return _Rounds(mixtures, (*self.parts, part), np.concatenate([self._sums_with(mixture, sheet), here]))

    def _sums_with(self, mixture: Mixture, sheet: Sheet) -> Reals:
        if not self.parts:
            return self.sums
        return np.logaddexp(self.sums, mixture.log_density(self.places[:, : sheet.lead.size]))

    @property
    def places(self) -> Reals:
        """What leads and the normal numbers of what follows, (m, d)."""
        return np.concatenate([part[0] for part in self.parts])

    @property
    def drawn(self) -> DrawnRounds:
        """All draws, as if from the mean of all mixtures."""
        scores, heights, tails = (np.concatenate([part[k] for part in self.parts]) for k in (1, 2, 3))
        densities = self.sums - np.log(len(self.mixtures)) + tails
        return DrawnRounds((), self.places, heights, densities, scores)


def _log_tails(normal: Reals) -> Reals:
    """Logarithm of the density of Student's t of width 1 at (m, k); (m,)."""
    k = normal.shape[1]
    constant = gammaln((FREEDOM + k) / 2) - gammaln(FREEDOM / 2) - k / 2 * np.log(FREEDOM * np.pi)
    found: Reals = constant - (FREEDOM + k) / 2 * np.log1p(np.square(normal).sum(axis=1) / FREEDOM)
    return found


def _milder(weights: Reals) -> Reals:
    """Weights (m,) to a power at which enough samples are effective."""
    logs, power = np.log(np.maximum(weights, 1e-300)), 1.0
    found = weights
    while found @ found > 1 / MILD and power > 1e-2:
        power *= 0.8
        found = np.exp(power * logs - logsumexp(power * logs))
    return found
