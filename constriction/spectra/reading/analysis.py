"""What an experimenter does to a spectrum, in one call: window, Kramers-Kronig rule, fit of an equivalent circuit.

Measured and simulated spectra go through the same functions with the same options; only then may their R_SE, R_int
and C_int be compared (docs/physics.md#apparent).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.spectra.exclusion import ExcludedPoint, Exclusion, exclude
from constriction.spectra.fit.fitting import CircuitFit
from constriction.spectra.fit.problem import FitOptions
from constriction.spectra.fit.ranking import RankedCircuit, compare_circuits
from constriction.spectra.kramers_kronig import FEWEST_POINTS, KramersKronigOptions
from constriction.spectra.spectrum import Spectrum

# A mask of one frequency takes the nearest point if it is no further than this part.
MASK_REACH = 0.05
CIRCUITS = ("R-RQ", "R-RQ-RQ")  # the paper's: electrolyte, and interface where it shows


class Mask(NamedTuple):
    """Points left out by hand: those between two frequencies in Hz, both included; equal ones: the nearest point."""

    text: str
    low: float
    high: float


@dataclass(frozen=True)
class AnalysisOptions:
    """How a spectrum is analysed.

    Attributes:
        circuits: one, or several among which the smallest BIC chooses.
        window: smallest and largest frequency used, in Hz; None: all.
        masks: points left out by hand, before the Kramers-Kronig test.
        limit: largest Kramers-Kronig residual of a point that stays, relative to |Z|.
        kramers_kronig: of the test; its limit is replaced.
        fit: weights, bounds, number of starts.
    """

    circuits: tuple[str, ...] = CIRCUITS
    window: tuple[float, float] | None = None
    masks: tuple[Mask, ...] = ()
    limit: float = 0.02
    kramers_kronig: KramersKronigOptions = field(default_factory=KramersKronigOptions)
    fit: FitOptions = field(default_factory=FitOptions)


@dataclass(frozen=True, eq=False)
class Analysis:
    """One analysed spectrum.

    Attributes:
        screened: what the window and the Kramers-Kronig rule left, and why the rest went.
        comparison: the circuits by rising BIC.
    """

    screened: Exclusion
    comparison: tuple[RankedCircuit, ...]

    @property
    def fit(self) -> CircuitFit:
        """Of the circuit with the smallest BIC."""
        return self.comparison[0].fit


def in_window(spectrum: Spectrum, window: tuple[float, float] | None) -> Spectrum:
    """Return the points between two frequencies in Hz, both included.

    Raises:
        InputError: fewer than FEWEST_POINTS are left.
    """
    if window is None:
        return spectrum
    low, high = window
    inside = (spectrum.frequency >= low) & (spectrum.frequency <= high)
    if np.count_nonzero(inside) < FEWEST_POINTS:
        raise InputError(
            f"window {low:.4g} to {high:.4g} Hz: {np.count_nonzero(inside)} points of {inside.size} between "
            f"{spectrum.frequency[-1]:.4g} and {spectrum.frequency[0]:.4g} Hz; expected at least {FEWEST_POINTS}"
        )
    return spectrum.part(inside)


def screen(spectrum: Spectrum, options: AnalysisOptions | None = None) -> Exclusion:
    """Cut a spectrum to the window, leave out what is masked, and what fails the Kramers-Kronig rule.

    Raises:
        InputError: too few points are left.
    """
    options = AnalysisOptions() if options is None else options
    inside = in_window(spectrum, options.window)
    masked, remarks = _masked(inside, options.masks)
    left = inside.frequency.size - len(masked)
    if masked and left < FEWEST_POINTS:
        raise InputError(f"the mask leaves {left} of {inside.frequency.size} points: expected at least {FEWEST_POINTS}")
    stays = np.delete(np.arange(inside.frequency.size), [point.index for point in masked])
    found = exclude(inside.part(stays), options.limit, options.kramers_kronig)
    excluded = tuple(replace(point, index=int(stays[point.index])) for point in found.excluded)
    return replace(found, excluded=excluded, masked=masked, remarks=remarks)


def _masked(spectrum: Spectrum, masks: Sequence[Mask]) -> tuple[tuple[ExcludedPoint, ...], tuple[str, ...]]:
    """Return the masked points, and which masks hit none."""
    f = spectrum.frequency
    why: dict[int, str] = {}
    remarks = []
    for mask in masks:
        hit, lacks = _hit(f, mask)
        if not hit:
            remarks.append(f"mask {mask.text!r}: {lacks}, all are from {f[-1]:.4g} to {f[0]:.4g} Hz; nothing masked")
        for k in hit:
            why.setdefault(k, f"{f[k]:.4g} Hz: masked by hand, {mask.text!r}")
    points = tuple(ExcludedPoint(k, float(f[k]), math.nan, why[k]) for k in sorted(why))
    return points, tuple(remarks)


def _hit(f: NDArray[np.float64], mask: Mask) -> tuple[list[int], str]:
    """The points that a mask hits, and what it lacks where there are none."""
    if mask.low < mask.high:
        return np.flatnonzero((f >= mask.low) & (f <= mask.high)).tolist(), "no point there"
    nearest = int(np.argmin(np.abs(np.log(f / mask.low))))
    near = abs(math.log(f[nearest] / mask.low)) <= MASK_REACH
    return [nearest] if near else [], f"no point within {MASK_REACH:.0%}, the nearest is {f[nearest]:.4g} Hz"


def analyse(spectrum: Spectrum, options: AnalysisOptions | None = None) -> Analysis:
    """Screen a spectrum and fit it.

    Raises:
        InputError: too few points, or a circuit that cannot be read.
    """
    options = AnalysisOptions() if options is None else options
    screened = screen(spectrum, options)
    with naming_the_taker(screened):
        return Analysis(screened, compare_circuits(screened.spectrum, options.circuits, options.fit))


@contextmanager
def naming_the_taker(screened: Exclusion) -> Iterator[None]:
    """Let errors about what is left of a spectrum say who took the rest.

    Raises:
        InputError: as inside, with what rule and mask left out.
    """
    try:
        yield
    except InputError as error:
        if not screened.taken:
            raise
        raise InputError(f"{error} ({screened.taken})") from None
