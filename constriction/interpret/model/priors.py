"""What is known of an unknown before the measurement: how its values are spread.

Every prior is a map from a standard normal number, the *score*, to the value: score 0 is the median, Φ(score) the place
in the unit cube of the prior. In scores every prior is the same, a normal distribution of width 1 without bounds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from constriction.laws.arrays import Reals

type Written = Callable[[float], str]
"""How a value in SI is written, with its unit."""
FARTHEST = 8.0  # a score beyond it is one part in 10¹⁵ of a prior: taken as this one


class Prior(Protocol):
    """How the values of an unknown are spread before the measurement."""

    @property
    def free(self) -> bool:
        """Whether there is anything to learn."""

    def values(self, scores: ArrayLike) -> Reals:
        """Values at scores of any shape."""

    def scores(self, values: ArrayLike) -> Reals:
        """Scores of values of any shape; those outside the prior get the nearest one inside."""

    def words(self, written: Written) -> str:
        """How it is spread; `written` is a value, SI, with its unit."""


@dataclass(frozen=True)
class Fixed:
    """A value that is taken for known.

    Attributes:
        value: in the unknown's SI unit.
    """

    value: float
    free = False

    def values(self, scores: ArrayLike) -> Reals:
        """The value, whatever the scores."""
        return np.full(np.shape(scores), self.value)

    def scores(self, values: ArrayLike) -> Reals:
        """Zero, whatever the values."""
        return np.zeros(np.shape(values))

    def words(self, written: Written) -> str:
        """The value."""
        return f"{written(self.value)}, held"


@dataclass(frozen=True)
class Uniform:
    """Every value between two is as likely as any other, or every logarithm.

    Attributes:
        low: smallest value, in the unknown's SI unit.
        high: largest value, above `low`.
        logarithmic: whether it is the logarithm that is spread evenly; then `low` is above 0.
    """

    low: float
    high: float
    logarithmic: bool = False
    free = True

    def values(self, scores: ArrayLike) -> Reals:
        """Values at scores of any shape."""
        low, high = self._ends()
        found: Reals = low + ndtr(np.asarray(scores, dtype=float)) * (high - low)
        return np.exp(found) if self.logarithmic else found

    def scores(self, values: ArrayLike) -> Reals:
        """Scores of values of any shape."""
        low, high = self._ends()
        given = np.asarray(values, dtype=float)
        place = ((np.log(given) if self.logarithmic else given) - low) / (high - low)
        found: Reals = np.clip(ndtri(np.clip(place, 0.0, 1.0)), -FARTHEST, FARTHEST)
        return found

    def words(self, written: Written) -> str:
        """Both ends."""
        return f"{written(self.low)} to {written(self.high)}{', logarithmic' if self.logarithmic else ''}"

    def within(self, low: float, high: float) -> "Uniform":
        """The part of it between two values; both in its unit."""
        return Uniform(max(self.low, low), min(self.high, high), self.logarithmic)

    def _ends(self) -> tuple[float, float]:
        return (math.log(self.low), math.log(self.high)) if self.logarithmic else (self.low, self.high)


@dataclass(frozen=True)
class LogNormal:
    """About known: the logarithm is spread normally.

    Attributes:
        median: in the unknown's SI unit.
        factor: above 1; in 68 % of the prior the value is within this factor of the median.
    """

    median: float
    factor: float
    free = True

    def values(self, scores: ArrayLike) -> Reals:
        """Values at scores of any shape."""
        found: Reals = self.median * np.exp(math.log(self.factor) * np.asarray(scores, dtype=float))
        return found

    def scores(self, values: ArrayLike) -> Reals:
        """Scores of values of any shape."""
        found: Reals = np.log(np.asarray(values, dtype=float) / self.median) / math.log(self.factor)
        return found

    def words(self, written: Written) -> str:
        """Median and factor."""
        return f"{written(self.median)} within a factor of {self.factor:g}"


@dataclass(frozen=True)
class Normal:
    """A number that is spread normally about 0 with width 1, such as which of many random interfaces is the cell's."""

    free = True

    def values(self, scores: ArrayLike) -> Reals:
        """The scores themselves."""
        return np.array(scores, dtype=float)

    def scores(self, values: ArrayLike) -> Reals:
        """The values themselves."""
        return np.array(values, dtype=float)

    def words(self, written: Written) -> str:
        """Centre and width."""
        return "0 ± 1"
