"""A model's unknowns as a space: scores, in which every prior is a standard normal, and the values they stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from constriction.interpret.model.priors import Prior
from constriction.laws.arrays import Reals

type Values = Mapping[str, Reals]
"""Values of all unknowns in SI units, (m,) each: one entry per set."""
FRACTION, GAP, RISE = "contact_fraction", "gap_height", "rise_ratio"


@dataclass(frozen=True, eq=False)
class SharedScores:
    """What other spectra say of scores: they are normal, each no longer by itself about 0 ± 1.

    Attributes:
        names: of the unknowns, s of them.
        mean: (s,) of their scores.
        root: (s, s) lower triangular, root·rootᵀ their covariance.
    """

    names: tuple[str, ...]
    mean: Reals
    root: Reals


@dataclass(frozen=True)
class MetalBalance:
    """Metal is conserved: islands of a contact fraction are as high as what was deposited makes them.

    Beside islands the gap is as high as they are; far from them less, where the metal is lifted in a zone.

    Attributes:
        thickness: mean thickness of the metal, m.
        factor: in 68 % the islands' height is within this factor of thickness / contact fraction.
    """

    thickness: float
    factor: float

    def heights(self, fraction: Reals, scores: Reals) -> Reals:
        """Heights of the islands in m, (m,), at contact fractions and scores, (m,) each."""
        found: Reals = self.thickness / fraction * np.exp(np.log(self.factor) * scores)
        return found

    def scores(self, fraction: Reals, height: Reals) -> Reals:
        """Scores (m,) of heights in m, (m,), at contact fractions (m,)."""
        found: Reals = np.log(height * fraction / self.thickness) / np.log(self.factor)
        return found


@dataclass(frozen=True)
class ScoreSpace:
    """The unknowns of a model.

    Attributes:
        priors: by name, SI units; those held among them.
        shared: what is known of some scores together; None: each is by itself.
        balance: that gives the gap's height where there is a contact fraction; None: it is by itself.
    """

    priors: Mapping[str, Prior]
    shared: SharedScores | None = field(default=None, compare=False)
    balance: MetalBalance | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of what is free, d of them, in the order of the scores."""
        return tuple(name for name, prior in self.priors.items() if prior.free)

    @property
    def dimension(self) -> int:
        """How many unknowns are free, d."""
        return len(self.names)

    @cached_property
    def _places(self) -> list[int]:
        """Of the shared scores among all."""
        return [] if self.shared is None else [self.names.index(name) for name in self.shared.names]

    @property
    def _balances(self) -> bool:
        return self.balance is not None and {FRACTION, GAP} <= self.priors.keys() and self.priors[GAP].free

    def alone(self, scores: Reals) -> Reals:
        """Scores (m, d) that each prior by itself gives the values of scores (m, d)."""
        if self.shared is None:
            return scores
        found = scores.copy()
        found[:, self._places] = self.shared.mean + scores[:, self._places] @ self.shared.root.T
        return found

    def values(self, scores: Reals) -> dict[str, Reals]:
        """Values of all unknowns.

        Args:
            scores: (m, d), any real numbers.

        Returns:
            (m,) by name, SI units, those that are held among them.
        """
        own = self.alone(scores)
        column = {name: own[:, number] for number, name in enumerate(self.names)}
        free = np.zeros(scores.shape[0])
        found = {name: prior.values(column.get(name, free)) for name, prior in self.priors.items()}
        if self._balances:
            assert self.balance is not None
            found[GAP] = self.balance.heights(found[FRACTION], column[GAP]) / found.get(RISE, 1.0)
        return found

    def scores(self, values: Mapping[str, float | Reals]) -> Reals:
        """Scores (m, d) of values, (m,) or single ones, SI units, by the names of what is free."""
        columns = [np.atleast_1d(self.priors[name].scores(values[name])) for name in self.names]
        found = np.stack(np.broadcast_arrays(*columns), axis=1)
        if self._balances:
            assert self.balance is not None
            fraction = values.get(FRACTION, self.priors[FRACTION].values(0.0))
            height = np.asarray(values[GAP]) * self._rise(values)
            found[:, self.names.index(GAP)] = self.balance.scores(np.asarray(fraction), height)
        if self.shared is not None:
            apart = found[:, self._places] - self.shared.mean
            found[:, self._places] = np.linalg.solve(self.shared.root, apart.T).T
        return found

    def _rise(self, values: Mapping[str, float | Reals]) -> float | Reals:
        """Height of the islands over the gap's far from them: 1 where nothing is lifted."""
        return values.get(RISE, self.priors[RISE].values(0.0)) if RISE in self.priors else 1.0

    def draw(self, count: int, random: np.random.Generator) -> Reals:
        """Scores (count, d) drawn from the prior."""
        return random.standard_normal((count, self.dimension))
