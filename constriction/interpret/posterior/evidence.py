"""The evidence of a model, ∫ likelihood × prior, by importance sampling from mixtures fitted to the samples.

The weights of the importance samples are exact, so they also give the posterior itself: where a chain has not mixed
well, the weighted samples are right if many of them have weight, and the effective number says whether they do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp

from constriction.interpret.posterior.mixtures import Mixture, fit_mixture
from constriction.interpret.posterior.ridge import Straight
from constriction.interpret.posterior.sampling import Samples
from constriction.interpret.posterior.search import Mode
from constriction.laws.arrays import Reals

PARTS, DRAWS = 16, 4000
"""Components of a mixture, draws of each round: each round fits its mixture to the weighted draws so far."""
FIRST, LAST = 10, 5
"""Most rounds before walkers are asked, and after them."""
PLENTY, AMPLE = 1000.0, 3000.0
"""Effective samples with which no walkers are needed, and after which no further round is."""
MILDEST = 1 / 64
"""Smallest power to which weights of first draws are raised."""
ENOUGH = 200.0
"""Effective samples that an evidence needs to be told."""


@dataclass(frozen=True, eq=False)
class DrawnRounds:
    """Draws of all rounds together, as if from one mixture of their mixtures.

    A round that misses a part of the posterior weighs what it has too much, and looks the better for it; beside the
    wider rounds before it does not. The first round is widest: its interfaces are drawn from the prior.

    Attributes:
        mixtures: one of each later round.
        places: (k, d) draws in straight coordinates, the same number of each round.
        heights: (k,) logarithms of the posterior density there.
        densities: (k,) logarithms of the sum of all rounds' densities there.
        scores: (k, d) that the places stand for.
    """

    mixtures: tuple[Mixture, ...]
    places: Reals
    heights: Reals
    densities: Reals
    scores: Reals

    def with_round(self, straight: Straight, mixture: Mixture, random: np.random.Generator) -> "DrawnRounds":
        """The same with the draws of one more mixture."""
        places = mixture.draw(DRAWS, random)
        mixtures = (*self.mixtures, mixture)
        heights, wide, scores = straight.log_both(places)
        here = logsumexp([wide, *(one.log_density(places) for one in mixtures)], axis=0)
        before = np.logaddexp(self.densities, mixture.log_density(self.places))
        return DrawnRounds(
            mixtures,
            np.concatenate([self.places, places]),
            np.concatenate([self.heights, heights]),
            np.concatenate([before, here]),
            np.concatenate([self.scores, scores]),
        )


def wide_round(straight: Straight, random: np.random.Generator) -> DrawnRounds:
    """The first round."""
    places = straight.draw_wide(DRAWS, random)
    return DrawnRounds((), places, *straight.log_both(places))


@dataclass(frozen=True, eq=False)
class Evidence:
    """Of a model.

    Attributes:
        log_evidence: natural logarithm of ∫ likelihood × prior.
        stderr: of that.
        effective: how many equally likely samples the weighted ones are worth.
        weights: (k,) of the draws, their sum is 1.
        drawn: the draws of all rounds.
        whole: whether what is drawn reaches all of the posterior that is known.
    """

    log_evidence: float
    stderr: float
    effective: float
    weights: Reals
    drawn: DrawnRounds
    whole: bool = True

    @property
    def places(self) -> Reals:
        """Draws (k, d) in straight coordinates."""
        return self.drawn.places

    @property
    def sure(self) -> bool:
        """Whether enough samples have weight, and none of what is known was out of reach."""
        return self.whole and self.effective >= ENOUGH

    @property
    def plenty(self) -> bool:
        """Whether so many have weight that no walkers are needed."""
        return self.effective > PLENTY


def explore(straight: Straight, modes: Sequence[Mode], random: np.random.Generator) -> Evidence:
    """A first evidence, from mixtures that begin with the ridge as the curvature has it.

    Args:
        straight: coordinates of a model, and the posterior there.
        modes: maxima of the posterior, the ridge's first.
        random: of the draws.
    """
    drawn = wide_round(straight, random)
    points, weights = first = _start(straight, modes, drawn, random)
    for _ in range(FIRST):
        drawn = drawn.with_round(straight, fit_mixture(points, weights, PARTS, random), random)
        found = weighed(drawn)
        if found.effective > AMPLE:
            break
        points, weights = _together(first, found)
    return found


def evidence(straight: Straight, samples: Samples, before: Evidence, random: np.random.Generator) -> Evidence:
    """The evidence of a model.

    Args:
        straight: the coordinates of the samples, and the posterior there.
        samples: of its posterior.
        before: as `explore` has it.
        random: of the draws.
    """
    found, even = before, np.full(len(samples.places), 1 / len(samples.places))
    for _ in range(LAST):
        points, weights = _together((samples.places, even), found)
        found = weighed(found.drawn.with_round(straight, fit_mixture(points, weights, PARTS, random), random))
        if found.effective > AMPLE:
            break
    return found


def reweighted(found: Evidence, logs: Reals) -> Evidence:
    """The evidence with another prior; `logs` (k,): the logarithm of the other over this one at the draws."""
    return replace(weighed(replace(found.drawn, heights=found.drawn.heights + logs)), whole=found.whole)


def resampled(found: Evidence, count: int, random: np.random.Generator) -> Reals:
    """Equally likely places (count, d) from weighted ones."""
    return found.places[random.choice(len(found.weights), count, p=found.weights)]


def weighed(drawn: DrawnRounds) -> Evidence:
    """What draws are worth, and the evidence that they tell."""
    logs = drawn.heights - (drawn.densities - np.log(1 + len(drawn.mixtures)))
    total = float(logsumexp(logs))
    weights = np.exp(logs - total)
    effective = 1 / float(np.sum(weights**2))
    stderr = float(np.sqrt(max(1 / effective - 1 / len(logs), 0.0)))
    return Evidence(total - float(np.log(len(logs))), stderr, effective, weights, drawn)


def _start(
    straight: Straight, modes: Sequence[Mode], drawn: DrawnRounds, random: np.random.Generator
) -> tuple[Reals, Reals]:
    """Places and weights of the first mixture: a third each from the ridge, about all maxima, from the first round.

    The weights of the latter are made milder until enough of them count.
    """
    ridge = straight.draw(DRAWS // 2, random)
    logs = drawn.heights - drawn.densities
    power = 1.0
    while (shares := _shares(power * logs)) @ shares > 1 / ENOUGH and power > MILDEST:
        power /= 2
    each = DRAWS // 4
    about = np.concatenate([straight.draw_about(mode, each, random) for mode in modes])
    parts = (ridge, np.full(len(ridge), 1 / len(ridge))), (about, np.full(len(about), 1 / len(about)))
    points, weights = zip(*parts, (drawn.places, shares), strict=True)
    return np.concatenate(points), np.concatenate(weights) / (len(parts) + 1)


def _shares(logs: Reals) -> Reals:
    found: Reals = np.exp(logs - logsumexp(logs))
    return found


def _together(before: tuple[Reals, Reals], found: Evidence) -> tuple[Reals, Reals]:
    """Weighted samples and importance samples together: what the next mixture is fitted to."""
    trust = found.effective / (found.effective + ENOUGH)
    places, weights = before
    return np.concatenate([places, found.places]), np.concatenate([(1 - trust) * weights, trust * found.weights])
