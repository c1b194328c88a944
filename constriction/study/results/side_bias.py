"""What mirrors at the sides of a random cell change in R_cstr: the mean over seeds against that of periodic cells."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

VALUE, BAR = "R_cstr_ohm_cm2", "R_cstr_error_ohm_cm2"
REPEATS = "side_bias_repeats"
KEYS = "R_cstr_side_bias_ohm_cm2", "R_cstr_side_bias_error_ohm_cm2", "R_cstr_side_bias_solver_error_ohm_cm2"

type Row = Mapping[str, Any]


def side_bias(mirror: Sequence[Row], periodic: Sequence[Row]) -> dict[str, Any]:
    """The mean difference of R_cstr between mirrors and in periodic cells, seed by seed, Ω·cm².

    Args:
        mirror: a row per seed.
        periodic: rows of the same seeds in the same order; the same rows again: there is no bias to tell.

    Returns:
        How many seeds have both, the mean difference, its standard error (n − 1; None for fewer than two) and the mean
        of both error bars together, which the solutions may add. None where there is nothing.
    """
    pairs = (
        [] if mirror is periodic else [pair for pair in zip(mirror, periodic, strict=True) if all(map(_known, pair))]
    )
    if not pairs:
        return {REPEATS: None if mirror is periodic else 0, **dict.fromkeys(KEYS)}
    apart = [one[VALUE] - other[VALUE] for one, other in pairs]
    error = statistics.stdev(apart) / math.sqrt(len(apart)) if len(apart) > 1 else None
    bars = statistics.fmean(one[BAR] + other[BAR] for one, other in pairs)
    return {REPEATS: len(pairs), **dict(zip(KEYS, (statistics.fmean(apart), error, bars), strict=True))}


def _known(row: Row) -> bool:
    """Whether a case is done and has R_cstr."""
    return row["status"] == "done" and row.get(VALUE) is not None and row.get(BAR) is not None
