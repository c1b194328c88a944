"""A posterior in numbers: best value, intervals, and whether the spectrum determined it at all."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from constriction.interpret.interpretation import Interpretation
from constriction.interpret.model.priors import Prior
from constriction.laws.arrays import Reals

LEVELS = {"low95": 0.025, "low68": 0.16, "median": 0.5, "high68": 0.84, "high95": 0.975}
NARROWER = 0.5
"""A posterior determines an unknown if its 68 % interval is at most this part of the prior's."""
R_CSTR = "R_cstr"
DRAWN, DRAWN_SEED = 1000, 1
"""Interfaces drawn from the priors of a model, whose R_cstr are the prior of R_cstr; of the random numbers."""
END = 0.05
"""A posterior reaches an end of the prior if its 95 % interval comes this close to it, in the unit cube."""


@dataclass(frozen=True)
class Credible:
    """Of one unknown, in its SI unit.

    Attributes:
        best: at the best fit of the most probable model that has it.
        low68, high68, low95, high95: ends of the central intervals of 68 and 95 %.
        median: of the posterior.
        width: of the 68 % interval relative to the prior's, in the prior's unit cube.
        below: whether the posterior reaches the lower end of the prior.
        above: whether it reaches the upper end.
        determined: whether it is much narrower than the prior.
    """

    best: float
    low95: float
    low68: float
    median: float
    high68: float
    high95: float
    width: float
    below: bool
    above: bool
    determined: bool


def summary(interpretation: Interpretation, name: str) -> Credible | None:
    """What a spectrum says of one unknown, averaged over the models that have it; None: none has.

    Args:
        interpretation: of the spectrum.
        name: as in `unknowns.UNKNOWNS`, or R_cstr, Ω·m².
    """
    values, weights = interpretation.posterior([name])
    if values.size == 0:
        return None
    ends = dict(zip(LEVELS, weighted_quantiles(values[:, 0], weights, tuple(LEVELS.values())), strict=True))
    best = float(interpretation.having([name])[0][0].at_best[name][0])
    if name == R_CSTR:
        return _with_prior(best, ends, _places_of_resistances(interpretation))
    prior = interpretation.setting.priors.get(name)
    return _with_prior(best, ends, None if prior is None or not prior.free else _places(prior))


def _places(prior: Prior) -> Callable[[float], float]:
    """Where a value is in the prior's unit cube."""
    return lambda value: float(ndtr(prior.scores(value)))


def _places_of_resistances(interpretation: Interpretation) -> Callable[[float], float]:
    """The same of R_cstr in Ω·m², whose prior is what interfaces drawn from the priors of the models have."""
    having, random = interpretation.having([R_CSTR]), np.random.default_rng(DRAWN_SEED)
    drawn = []
    for one, share in having:
        forward = one.best.forward
        drawn.append((np.sort(forward.constriction_resistance(forward.space.draw(DRAWN, random))), share))
    whole = sum(share for _, share in drawn)

    def place(value: float) -> float:
        return float(sum(np.searchsorted(values, value) * share for values, share in drawn)) / (DRAWN * whole)

    return place


def _with_prior(best: float, ends: dict[str, float], in_prior: Callable[[float], float] | None) -> Credible:
    """With what the prior says; `in_prior` is where a value is in its unit cube, None of what was held."""
    if in_prior is None:
        return Credible(best, **ends, width=0.0, below=False, above=False, determined=True)
    place = {level: in_prior(value) for level, value in ends.items()}
    width = (place["high68"] - place["low68"]) / 0.68
    below, above = place["low95"] < END, place["high95"] > 1 - END
    return Credible(best, **ends, width=width, below=below, above=above, determined=width <= NARROWER)


def weighted_quantiles(values: Reals, weights: Reals, levels: tuple[float, ...]) -> list[float]:
    """Quantiles of weighted samples.

    Args:
        values: (k,).
        weights: (k,), their sum is 1.
        levels: between 0 and 1.
    """
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) - 0.5 * weights[order]
    return [float(value) for value in np.interp(levels, reached, values[order])]
