"""Samples of a posterior, drawn in the way that suits it."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from constriction.interpret.posterior.evidence import Evidence, evidence, explore, resampled
from constriction.interpret.posterior.likelihood import Likelihood
from constriction.interpret.posterior.ridge import Straight, straighten
from constriction.interpret.posterior.sampling import WALKERS, Samples, sample
from constriction.interpret.posterior.search import Mode
from constriction.interpret.posterior.sheets.covering import sheet_evidence

type Bent = Literal["always", "sometimes", "never"]
"""Whether a posterior is a thin, bent sheet; if sometimes, where draws about its maximum have few with weight."""


def sampled(
    likelihood: Likelihood, modes: Sequence[Mode], interface: Sequence[int], bent: Bent, random: np.random.Generator
) -> tuple[Straight | None, Samples | None, Evidence]:
    """Draw samples of a posterior: about its maximum, on its sheet, or by walkers.

    Args:
        likelihood: of a model.
        modes: maxima of its posterior, best first.
        interface: which of its scores are the interface's.
        bent: whether the posterior is a sheet.
        random: of all draws.

    Returns:
        Coordinates in which the posterior is straight, none on a sheet; samples of walkers, if any were needed; and the
        evidence with weighted draws.
    """
    if bent == "always":
        return None, None, sheet_evidence(likelihood, interface, modes[0].noise, random)
    straight = straighten(likelihood, modes[0], list(interface) or [0])
    first = explore(straight, modes, random)
    if first.plenty:
        return straight, None, first
    if bent == "sometimes":
        return None, None, sheet_evidence(likelihood, interface, modes[0].noise, random)
    samples = sample(straight, resampled(first, 4 * WALKERS, random), random)
    return straight, samples, evidence(straight, samples, first, random)
