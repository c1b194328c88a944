"""A model's unknowns as a space: scores, in which every prior is a standard normal, and the values they stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from constriction.interpret.model.priors import Prior
from constriction.laws.arrays import Reals

type Values = Mapping[str, Reals]
"""Values of all unknowns in SI units, (m,) each: one entry per set."""


@dataclass(frozen=True)
class ScoreSpace:
    """The unknowns of a model.

    Attributes:
        priors: by name, SI units; those held among them.
    """

    priors: Mapping[str, Prior]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of what is free, d of them, in the order of the scores."""
        return tuple(name for name, prior in self.priors.items() if prior.free)

    @property
    def dimension(self) -> int:
        """How many unknowns are free, d."""
        return len(self.names)

    def values(self, scores: Reals) -> dict[str, Reals]:
        """Values of all unknowns.

        Args:
            scores: (m, d), any real numbers.

        Returns:
            (m,) by name, SI units, those that are held among them.
        """
        column = {name: scores[:, number] for number, name in enumerate(self.names)}
        free = np.zeros(scores.shape[0])
        return {name: prior.values(column.get(name, free)) for name, prior in self.priors.items()}

    def scores(self, values: Mapping[str, float | Reals]) -> Reals:
        """Scores (m, d) of values, (m,) or single ones, SI units, by the names of what is free."""
        columns = [np.atleast_1d(self.priors[name].scores(values[name])) for name in self.names]
        return np.stack(np.broadcast_arrays(*columns), axis=1)

    def draw(self, count: int, random: np.random.Generator) -> Reals:
        """Scores (count, d) drawn from the prior."""
        return random.standard_normal((count, self.dimension))
