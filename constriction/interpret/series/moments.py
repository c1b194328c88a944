"""Mean and covariance of the electrolyte's scores under the posteriors of all models together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from constriction.interpret.interpretation import BestFit, Fitted, straightened
from constriction.interpret.posterior.ridge import Straight
from constriction.interpret.series.sharing import Belief
from constriction.laws.arrays import Reals

FORGOTTEN = 30.0
"""A model whose evidence is e^−30 of the best one's has no part."""


@dataclass(frozen=True, eq=False)
class BeliefMixture:
    """Normal distributions of the electrolyte's scores with weights: what a spectrum alone leaves possible.

    Attributes:
        logs: logarithms of the weights, (k,), up to a constant.
        means: (k, s).
        covariances: (k, s, s).
    """

    logs: Reals
    means: Reals
    covariances: Reals

    def beside(self, others: Belief) -> Belief:
        """Mean and covariance with what others say in place of the prior of scores by themselves.

        Each part times others' density over that prior is normal again, in closed form.
        """
        own = np.linalg.inv(self.covariances)
        outer, size = np.linalg.inv(others.covariance), len(others.mean)
        covariances = np.linalg.inv(own + outer - np.eye(size))
        pulls = np.einsum("kij,kj->ki", own, self.means)
        means = np.einsum("kij,kj->ki", covariances, pulls + outer @ others.mean)
        squares = np.einsum("ki,ki->k", pulls, self.means) - np.einsum("ki,ki->k", pulls + outer @ others.mean, means)
        sizes = np.linalg.slogdet(covariances)[1] - np.linalg.slogdet(self.covariances)[1]
        logs = self.logs + 0.5 * (sizes - squares)
        return _mixed(np.exp(logs - logsumexp(logs)), list(means), list(covariances))


def of_best_fits(best: Sequence[BestFit], names: Sequence[str]) -> BeliefMixture:
    """From best fits alone, each model's posterior normal beside its ridge.

    Args:
        best: fits of all models of one spectrum.
        names: of the electrolyte's unknowns, s of them.
    """
    highest = max(one.log_evidence for one in best)
    near = [one for one in best if one.log_evidence > highest - FORGOTTEN]
    kinds = [one.forward.model.kind for one in near]
    parts = [_of_ridge(one, straightened(one), names) for one in near]
    logs = [part.logs - np.log(kinds.count(kind)) for part, kind in zip(parts, kinds, strict=True)]
    means, covariances = ([getattr(part, name) for part in parts] for name in ("means", "covariances"))
    return BeliefMixture(np.concatenate(logs), np.concatenate(means), np.concatenate(covariances))


def of_samples(fitted: Sequence[Fitted], names: Sequence[str]) -> Belief:
    """From the samples of all models of one spectrum; names as in `of_best_fits`."""
    sampled = [one for one in fitted if one.evidence is not None]
    return _together([one.model.kind for one in sampled], [_of_samples(one, names) for one in sampled])


def _together(kinds: Sequence[str], parts: Sequence[tuple[float, Belief]]) -> Belief:
    """A mixture as one normal distribution; kinds of models are alike beforehand, as are those of one kind."""
    logs = np.array([log for log, _ in parts]) - np.log([kinds.count(kind) for kind in kinds])
    shares = np.exp(logs - logs.max())
    return _mixed(shares / shares.sum(), [one.mean for _, one in parts], [one.covariance for _, one in parts])


def _mixed(shares: Reals, means: Sequence[Reals], covariances: Sequence[Reals]) -> Belief:
    mean = np.tensordot(shares, np.array(means), axes=1)
    apart = np.array(means) - mean
    covariance = np.tensordot(shares, np.array(covariances), axes=1) + (shares[:, np.newaxis] * apart).T @ apart
    return Belief(mean, covariance)


def _of_ridge(best: BestFit, straight: Straight, names: Sequence[str]) -> BeliefMixture:
    """What is beside a ridge is normal at each of its knots."""
    count, d = len(straight.knots), len(straight.order)
    heights = straight.log_posterior(np.column_stack([straight.knots, np.zeros((count, d - 1))]))
    steps = np.asarray(np.gradient(straight.knots))
    logs = heights + np.log(steps) + (d - 1) / 2 * np.log(2 * np.pi)
    centres, covariances = np.zeros((count, d)), np.zeros((count, d, d))
    centres[:, list(straight.order)] = np.column_stack([straight.knots, straight.centres])
    others = np.array(straight.order[1:])
    covariances[:, others[:, np.newaxis], others] = straight.roots @ np.swapaxes(straight.roots, 1, 2)
    along = np.asarray(np.gradient(centres, axis=0))  # from one knot to the next there is no gap
    covariances += along[:, :, np.newaxis] * along[:, np.newaxis] / 12
    places = [best.forward.space.names.index(name) for name in names]
    return BeliefMixture(logs, centres[:, places], covariances[:, places][:, :, places])


def _of_samples(one: Fitted, names: Sequence[str]) -> tuple[float, Belief]:
    mean = one.weights @ one.scores
    apart = one.scores - mean
    found = Belief(mean, (one.weights[:, np.newaxis] * apart).T @ apart)
    return one.log_evidence, _of_values(one.best, found, names)


def _of_values(best: BestFit, found: Belief, names: Sequence[str]) -> Belief:
    """The electrolyte's part, in the scores that each prior by itself has."""
    space = best.forward.space
    places = [space.names.index(name) for name in names]
    belief = Belief(found.mean[places], found.covariance[np.ix_(places, places)])
    if space.shared is None:
        return belief
    root = space.shared.root
    return Belief(space.shared.mean + root @ belief.mean, root @ belief.covariance @ root.T)
