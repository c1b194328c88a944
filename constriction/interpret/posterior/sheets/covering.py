"""Importance samples of a posterior that lies on a thin, bent sheet.

Weights say nothing of what is never drawn. Where few scores lead, what follows may have more places than one, or be far
from normal; then draws about the one that is found miss the others, while many have weight. Where many lead, some are
sharply known in most places, and what leads is as thin and bent as the whole. So there are several sheets: one that few
lead, and others, each with one more, for those known places that are out of reach of those before. All draws together
are as if from one mixture, and so weights are exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from constriction.interpret.posterior.evidence import DrawnRounds, Evidence, weighed
from constriction.interpret.posterior.likelihood import Likelihood
from constriction.interpret.posterior.mixtures import Mixture, fit_mixture
from constriction.interpret.posterior.sheets.leading import KnownPlaces, Sheet, known_places, loosest
from constriction.laws.arrays import Reals

STRANGE, LEFT, HARDLY, SHEETS = 3.0, 0.03, 0.1, 4
"""A place is out of reach that is so much more likely than draws would have it, as a logarithm; another sheet follows
while a larger part of the places is; with a larger part than that one samples are not trusted; most sheets."""
PARTS, DRAWS, FEWEST, ROUNDS = 12, 500, 100, 48
"""Components of the mixture of what leads, draws of each round, of each sheet at the least, and most rounds."""
AMPLE = 1000.0
"""Effective samples after which no further round is."""
NOTHING = 20.0
"""A draw's weight does not matter whose logarithm is so far below that of all draws of its round together."""
PATIENCE, HOPE = 24, 100.0
"""From so many rounds on there is none if at no time as many samples as this were effective."""
KEPT = 0.2
"""What the known places count among draws with weight: so a place is not forgotten that few draws have hit so far."""
MILD = 60.0
"""Weights are made milder until so many samples are effective, before a mixture is fitted to them."""


def sheet_evidence(
    likelihood: Likelihood, interface: Sequence[int], noise: float, random: np.random.Generator
) -> Evidence:
    """The evidence of a model, and weighted samples of its posterior.

    Args:
        likelihood: of the model.
        interface: which of its scores may lead the first sheet.
        noise: of one part of the best fit's residuals, relative to |Z|.
        random: of all draws.
    """
    known = known_places(likelihood, noise, random)
    sheets, strange = covering(known, interface)
    whole = bool(np.mean(strange.min(axis=0) > STRANGE) <= HARDLY)
    return replace(_drawn(sheets, strange, random), whole=whole)


def covering(known: KnownPlaces, interface: Sequence[int]) -> tuple[list[Sheet], Reals]:
    """Sheets that reach the likely places, and how strange these are to each, (sheets, places)."""
    lead = loosest(known, interface)
    sheets = [Sheet(known, np.array(lead))]
    strange = [sheets[0].strangeness(known.likely)]
    while len(sheets) < SHEETS:
        out = np.flatnonzero(np.min(strange, axis=0) > STRANGE)
        others = np.setdiff1d(np.arange(known.likelihood.dimension), lead)
        if len(out) <= LEFT * len(known.likely) or others.size < 2:
            break
        wider = [Sheet(known, np.array([*lead, one])) for one in others]
        reached = [np.mean(one.strangeness(known.likely[out]) <= STRANGE) for one in wider]
        sheets.append(wider[int(np.argmax(reached))])
        lead = sheets[-1].lead.tolist()
        strange.append(sheets[-1].strangeness(known.likely))
    return sheets, np.array(strange)


def _drawn(sheets: Sequence[Sheet], strange: Reals, random: np.random.Generator) -> Evidence:
    """Rounds of draws, each from mixtures that follow those before, until samples are ample or there is no hope."""
    rounds, most = _Rounds.of(sheets), 0.0
    known = sheets[0].known.scores[sheets[0].known.likely]
    even, first = np.full(len(known), 1 / len(known)), _first_to_reach(strange)
    points, weights, belongs = known, even, first
    for number in range(ROUNDS):
        rounds = rounds.with_round(points, weights * belongs, random)
        found = weighed(rounds.drawn)
        most = max(most, found.effective)
        if found.effective > AMPLE or (number >= PATIENCE and most < HOPE):
            break
        points = np.concatenate([rounds.scores, known])
        weights = np.concatenate([(1 - KEPT) * _milder(found.weights), KEPT * even])
        belongs = np.concatenate([rounds.belongs, first], axis=1)
    return found


def _first_to_reach(strange: Reals) -> Reals:
    """Which places are of which sheet, the first that reaches it or does nearly; 0 or 1, (sheets, places)."""
    reached = strange <= STRANGE
    first = np.where(reached.any(axis=0), reached.argmax(axis=0), strange.argmin(axis=0))
    return np.asarray(np.arange(len(strange))[:, np.newaxis] == first, dtype=float)


@dataclass(frozen=True, eq=False)
class _Rounds:
    """Draws of all rounds of some sheets.

    Attributes:
        sheets: k of them.
        mixtures: of what leads, with the number of draws, of each round, for each sheet.
        scores: (m, d).
        heights: logarithms of the posterior there, (m,).
        follows: logarithms of the densities of what follows by each sheet, (k, m).
        leads: those of the sums of draws' densities of what leads, (k, m).
    """

    sheets: tuple[Sheet, ...]
    mixtures: tuple[tuple[tuple[Mixture, int], ...], ...]
    scores: Reals
    heights: Reals
    follows: Reals
    leads: Reals

    @staticmethod
    def of(sheets: Sequence[Sheet]) -> "_Rounds":
        """Before any draw."""
        none, dimension = np.zeros((len(sheets), 0)), sheets[0].known.likelihood.dimension
        return _Rounds(tuple(sheets), ((),) * len(sheets), np.zeros((0, dimension)), np.zeros(0), none, none)

    def with_round(self, points: Reals, weights: Reals, random: np.random.Generator) -> "_Rounds":
        """The same with a round that is drawn from mixtures like points (n, d); `weights` (k, n) for each sheet."""
        fresh = [_like(sheet, points, mine, random) for sheet, mine in zip(self.sheets, weights, strict=True)]
        drawn = [
            sheet.draw(mixture.draw(count, random), random)
            for sheet, (mixture, count) in zip(self.sheets, fresh, strict=True)
        ]
        scores = np.concatenate([one for one, _ in drawn])
        heights = self.sheets[0].known.likelihood.log_posterior(scores)
        mixtures = tuple((*before, one) for before, one in zip(self.mixtures, fresh, strict=True))
        before = [_log_sum(sheet, [one], self.scores) for sheet, one in zip(self.sheets, fresh, strict=True)]
        here = np.array([_log_sum(sheet, every, scores) for sheet, every in zip(self.sheets, mixtures, strict=True)])
        return _Rounds(
            self.sheets,
            mixtures,
            np.concatenate([self.scores, scores]),
            np.concatenate([self.heights, heights]),
            np.concatenate([self.follows, _follows(self.sheets, drawn, heights - here)], axis=1),
            np.concatenate([np.logaddexp(self.leads, before), here], axis=1),
        )

    @property
    def belongs(self) -> Reals:
        """How probably each draw would be one of each sheet, (k, m)."""
        each = self.leads + self.follows
        return np.asarray(np.exp(each - logsumexp(each, axis=0)))

    @property
    def drawn(self) -> DrawnRounds:
        """All draws, as if from the mean of all mixtures."""
        densities = logsumexp(self.leads + self.follows, axis=0) - np.log(len(self.scores))
        return DrawnRounds((), self.scores, self.heights, densities, self.scores)


def _like(sheet: Sheet, points: Reals, weights: Reals, random: np.random.Generator) -> tuple[Mixture, int]:
    """A mixture of what leads a sheet, like points (n, d) with weights, and how many are drawn from it.

    Like all points where none has weight: another sheet reaches them better.
    """
    share = float(weights.sum())
    mine = weights / share if share > 0 else np.full(len(weights), 1 / len(weights))
    return fit_mixture(points[:, sheet.lead], mine, PARTS, random, thin=True), max(round(DRAWS * share), FEWEST)


def _follows(sheets: Sequence[Sheet], drawn: Sequence[tuple[Reals, Reals]], over: Reals) -> Reals:
    """Logarithms of the densities of what follows by each sheet, (k, m), of the draws of all sheets.

    What other sheets have of a draw makes its weight smaller, so none is asked that has hardly any already.

    Args:
        sheets: k of them.
        drawn: draws of each sheet, and the logarithm of the density of what follows.
        over: logarithms of the posterior over the density of what leads, (k, m).
    """
    count = [len(one) for one, _ in drawn]
    whose, scores = np.repeat(np.arange(len(sheets)), count), np.concatenate([one for one, _ in drawn])
    own, by_own = np.concatenate([one for _, one in drawn]), (whose, np.arange(len(scores)))
    most = over[by_own] - own
    matters = most > logsumexp(most) - NOTHING
    found = np.full(over.shape, -np.inf)
    found[by_own] = own
    for number, sheet in enumerate(sheets):
        some = np.flatnonzero(matters & (whose != number))
        if some.size:
            found[number, some] = sheet.log_density(scores[some])
    return found


def _log_sum(sheet: Sheet, mixtures: Sequence[tuple[Mixture, int]], scores: Reals) -> Reals:
    """Logarithm of the sum of densities of what leads, each times its number of draws, at scores (m, d); (m,)."""
    each = [np.log(count) + mixture.log_density(scores[:, sheet.lead]) for mixture, count in mixtures]
    return np.asarray(logsumexp(each, axis=0))


def _milder(weights: Reals) -> NDArray[np.float64]:
    """Weights (m,) to a power at which enough samples are effective."""
    logs, power = np.log(np.maximum(weights, 1e-300)), 1.0
    found = weights
    while found @ found > 1 / MILD and power > 1e-2:
        power *= 0.8
        found = np.exp(power * logs - logsumexp(power * logs))
    return found
