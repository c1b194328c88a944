"""The paper's 2 % rule: points that fail the Kramers-Kronig test are left out, and it is told which and why."""

from dataclasses import dataclass, replace

import numpy as np

from constriction.base.errors import InputError
from constriction.spectra.kramers_kronig import KramersKronig, KramersKronigOptions, kramers_kronig
from constriction.spectra.spectrum import Spectrum
from constriction.spectra.wild_points import larger_part


@dataclass(frozen=True)
class ExcludedPoint:
    """A point left out.

    Attributes:
        index: in the spectrum given.
        frequency: in Hz.
        residual: larger of the two parts, relative to |Z|; NaN if the point took no part in the test.
        why: one line.
    """

    index: int
    frequency: float
    residual: float
    why: str


@dataclass(frozen=True, eq=False)
class Exclusion:
    """What the 2 % rule left.

    Attributes:
        spectrum: the points that stay.
        excluded: the others, by falling frequency.
        test: on which this rests.
        limit: that was used, relative to |Z|.
        masked: points that were left out by hand before the test, by falling frequency.
        remarks: what a reader must know about them.
    """

    spectrum: Spectrum
    excluded: tuple[ExcludedPoint, ...]
    test: KramersKronig
    limit: float
    masked: tuple[ExcludedPoint, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def taken(self) -> str:
        """Who took how many points, such as "the Kramers-Kronig rule left out 25 of 31 points"; "" if nobody did."""
        asked = self.spectrum.frequency.size + len(self.excluded) + len(self.masked)
        takers = (("the Kramers-Kronig rule", len(self.excluded)), ("the mask", len(self.masked)))
        return ", ".join(f"{who} left out {count} of {asked} points" for who, count in takers if count)


def exclude(spectrum: Spectrum, limit: float = 0.02, options: KramersKronigOptions | None = None) -> Exclusion:
    """Leave out the points that fail the Kramers-Kronig test: the paper's 2 % rule.

    The residuals are those of the test on the points that are not wild, see `wild_points.METHOD`.

    Args:
        spectrum: as for `kramers_kronig`.
        limit: largest residual in either part, relative to |Z|.
        options: of the test; their limit is replaced.

    Returns:
        The points that stay, and why the others go.

    Raises:
        InputError: as `kramers_kronig`, or no point would stay.
    """
    test = kramers_kronig(spectrum, replace(options or KramersKronigOptions(), limit=limit))
    size = larger_part(test.residuals)
    stay = np.ones(size.size, dtype=bool)
    stay[list(test.flagged)] = False
    if not stay.any():
        raise InputError(f"no point within {limit:.2%} of the Kramers-Kronig test: expected at least one to stay")
    excluded = tuple(
        ExcludedPoint(
            k,
            float(spectrum.frequency[k]),
            float(size[k]),
            f"{spectrum.frequency[k]:.4g} Hz: Kramers-Kronig residual {size[k]:.2%} of |Z|, limit {limit:.2%}",
        )
        for k in test.flagged
    )
    return Exclusion(spectrum.part(stay), excluded, test, limit)
