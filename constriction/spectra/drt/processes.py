"""Which relaxation times a spectrum has: as few ZARCs as the noise allows, each tested, none of them a ripple.

A distribution of relaxation times shows where relaxations may be, but a regularised curve has ripples, and how near two
of its peaks may come depends on λ. So what is called sure rests on a second, parametric step: R, L, K ZARCs (RQ) and,
if the spectrum ends in a capacitive branch, Q, where K grows as long as Bayes's criterion asks for it by a wide margin.
Where no such sum follows the spectrum, both ways must find the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from constriction.spectra.drt.growth import EVIDENCE, NEAR, NOISE_FREE, grown, with_honest_bars
from constriction.spectra.drt.persistence import PersistentPeak, StabilityScan, decades
from constriction.spectra.drt.resolution import resolution
from constriction.spectra.fit.arcs import Arc
from constriction.spectra.fit.covariance import error_of_sum
from constriction.spectra.fit.fitting import CircuitFit
from constriction.spectra.spectrum import Spectrum

# A spectrum ends in a capacitive branch if −Im Z is more than this part of |Z| at the lowest frequency.
CAPACITIVE = 0.02
# A time is sure if its R is so many standard errors and this share of the polarisation, and if the standard error of
# its decimal logarithm is no larger than this.
SIGNIFICANT, LEAST_SHARE, LARGEST_ERROR = 5.0, 0.01, 0.05
# A ZARC with a smaller exponent is so broad that it may be several.
BROAD = 0.7
# The fit follows the spectrum if its residuals are no larger than so many times the noise of the Kramers-Kronig test.
# Else the cell's relaxations are no ZARCs, and a time is sure only if the distribution has a peak there at nearly all λ
# with this larger share, and if the ZARCs nearer to it than so many decades have its R to this part, and their mean
# time is no further off than so many decades.
FOLLOWS, LARGE_SHARE, REACH, SAME_AREA, SAME_TIME = 1.5, 0.05, 0.75, 0.3, 0.2
DEFINITION = (
    "R, L, K ZARCs (RQ) and, if the spectrum ends in a capacitive branch, Q, fitted with modulus weights; K by BIC, "
    f"one more only if it lowers BIC by {EVIDENCE:g}; sure: R at least {SIGNIFICANT:g} standard errors and "
    f"{LEAST_SHARE:.0%} of the polarisation, apex in the window, standard error of log10 tau at most "
    f"{LARGEST_ERROR:g}, exponent at least {BROAD:g}, no doubtful neighbour within {NEAR:g} decades (where one of two "
    "so near ends at an exponent of 1, errors from a profile over their split); if the fit is more than "
    f"{FOLLOWS:g} times the Kramers-Kronig noise off, instead the peaks that the distribution has at nearly "
    f"all lambda, sure with {LARGE_SHARE:.0%} of the polarisation or more and if the ZARCs nearest to it, within "
    f"{REACH:g} decades, have its R within {SAME_AREA:.0%} and its time within {SAME_TIME:g} decades in the mean, "
    "errors: the difference of both; share: of all R with their apex in the window; resolution: two equal ZARCs nearer "
    "than this, in decades, in place of the one would not have been taken"
)
# Why a time is not sure.
OUTSIDE, SMALL, BROAD_ONE = "outside the window", "too small", "so broad that it may be several"
UNRESOLVED, UNCONFIRMED = "not resolved", "not confirmed: no sum of ZARCs follows the spectrum"


@dataclass(frozen=True)
class Process:
    """One relaxation.

    Attributes:
        time_constant: τ in s.
        decades_stderr: standard error of log10 τ; None if the fit gives none.
        resistance: R in Ω (or the unit of the spectrum).
        resistance_stderr: in Ω; None if the fit gives none.
        exponent: of the ZARC, 1 for a single relaxation time; None for a peak of the distribution.
        share: R over the sum of all R with their apex in the window; None outside it.
        why: "" if it is sure, else why not, a few words.
        resolution: two times nearer than this, in decades, would be told as one here; None if not known.
    """

    time_constant: float
    decades_stderr: float | None
    resistance: float
    resistance_stderr: float | None
    exponent: float | None
    share: float | None
    why: str
    resolution: float | None = None

    @property
    def sure(self) -> bool:
        """Whether it is there beyond doubt."""
        return not self.why


@dataclass(frozen=True)
class UnresolvedGroup:
    """Neighbouring ZARCs of which only the sum is determined.

    Attributes:
        first: smallest τ, in s.
        last: largest τ, in s.
        count: number of ZARCs in the fit; how many there are in truth is not known.
        resistance: of all together, in Ω.
        resistance_stderr: in Ω; None if the fit gives none.
    """

    first: float
    last: float
    count: int
    resistance: float
    resistance_stderr: float | None


@dataclass(frozen=True, eq=False)
class Processes:
    """The relaxations of a spectrum.

    Attributes:
        circuit: that was chosen, such as "L-R-RQ-RQ".
        items: its ZARCs, or what both ways find where it does not follow the spectrum, by rising time constant.
        unresolved: groups of them that the spectrum does not tell apart, by rising time constant.
        misfit: standard deviation of one part of the residuals, relative to |Z|.
        noise: that of the Kramers-Kronig test.
        margin: by how much BIC would rise with one ZARC less; infinite if there is none.
    """

    circuit: str
    items: tuple[Process, ...]
    unresolved: tuple[UnresolvedGroup, ...]
    misfit: float
    noise: float
    margin: float

    @property
    def sure(self) -> tuple[Process, ...]:
        """Those beyond doubt."""
        return tuple(item for item in self.items if item.sure)


def find_processes(spectrum: Spectrum, noise: float, scan: StabilityScan) -> Processes:
    """Find the relaxation times.

    Args:
        spectrum: N points, after the Kramers-Kronig rule.
        noise: standard deviation of one part relative to |Z|, from the Kramers-Kronig test.
        scan: of the distribution over λ; it counts where no sum of ZARCs follows the spectrum.

    Returns:
        The ZARCs that the spectrum needs, and which of them are sure.

    Raises:
        InputError: too few points, an impedance of zero.
    """
    last = spectrum.impedance[-1]
    tails = ("", "-Q") if -last.imag > CAPACITIVE * abs(last) else ("",)
    fit, margin = min((grown(spectrum, tail) for tail in tails), key=lambda found: found[0].bic)
    fit = with_honest_bars(spectrum, fit)
    misfit = math.sqrt(fit.chi_squared / fit.degrees_of_freedom)
    items = _with_doubtful_neighbours(_processes(spectrum, fit))
    groups = tuple(_groups(items, fit))
    if misfit > FOLLOWS * noise and misfit > NOISE_FREE:
        items = sorted(_confirmed(spectrum, items, scan), key=lambda item: item.time_constant)
        groups = ()
    else:
        items = _with_resolution(spectrum, items, max(misfit, noise))
    return Processes(fit.circuit.text, tuple(items), groups, misfit, noise, margin)


def _processes(spectrum: Spectrum, fit: CircuitFit) -> list[Process]:
    low, high = spectrum.window
    inside = [low <= arc.f_apex <= high for arc in fit.arcs]
    whole = math.fsum(arc.resistance for arc in compress(fit.arcs, inside))
    found = []
    for arc, within in zip(fit.arcs, inside, strict=True):
        stderr = None if arc.f_apex_stderr is None else arc.f_apex_stderr / arc.f_apex / math.log(10)
        share = arc.resistance / whole if within else None
        r, why = (arc.resistance, arc.resistance_stderr), _doubt(arc, stderr, share)
        found.append(Process(arc.time_constant, stderr, *r, arc.exponent, share, why))
    return found


def _doubt(arc: Arc, stderr: float | None, share: float | None) -> str:
    if share is None:
        return OUTSIDE
    if share < LEAST_SHARE:
        return SMALL
    if stderr is None or arc.resistance_stderr is None:
        return UNRESOLVED
    if arc.resistance < SIGNIFICANT * arc.resistance_stderr or stderr > LARGEST_ERROR:
        return UNRESOLVED
    return BROAD_ONE if arc.exponent < BROAD else ""


def _with_doubtful_neighbours(items: list[Process]) -> list[Process]:
    """Doubt also the neighbours of what is not resolved, unless it is small: the spectrum tells only their sum."""
    doubtful = [item.time_constant for item in items if item.why == UNRESOLVED and (item.share or 0.0) >= LARGE_SHARE]
    return [
        replace(item, why=UNRESOLVED)
        if item.sure and any(decades(item.time_constant, other) < NEAR for other in doubtful)
        else item
        for item in items
    ]


def _with_resolution(spectrum: Spectrum, items: list[Process], noise: float) -> list[Process]:
    """Tell of every sure time how near another one might be."""
    omega, sigma = 2 * math.pi * spectrum.frequency, noise * np.abs(spectrum.impedance)
    zarcs = [(item.resistance, item.time_constant, item.exponent or 1.0) for item in items]
    return [
        replace(item, resolution=resolution(omega, sigma, zarcs, k, EVIDENCE)) if item.sure and noise > 0 else item
        for k, item in enumerate(items)
    ]


def _confirmed(spectrum: Spectrum, zarcs: Sequence[Process], scan: StabilityScan) -> Iterator[Process]:
    """Yield the peaks at nearly all λ, sure where the ZARCs around them have the same R."""
    tracks = _persistent_within(spectrum, scan)
    alone = [item for item in zarcs if _is_large(item) and _nearest(tracks, item) is None]
    whole = math.fsum([*(track.resistance for track in tracks), *(item.resistance for item in alone)])
    # A large relaxation that only the fit has is not sure, and not to be passed over in silence.
    yield from (replace(item, share=item.resistance / whole, why=UNCONFIRMED) for item in alone)
    for track in tracks:
        around = [item for item in zarcs if _nearest(tracks, item) is track]
        yield _peak(track, around, track.resistance / whole)


def _persistent_within(spectrum: Spectrum, scan: StabilityScan) -> list[PersistentPeak]:
    """The peaks at nearly all λ whose apex is in the spectrum."""
    low, high = (1 / (2 * math.pi * f) for f in (spectrum.frequency[0], spectrum.frequency[-1]))
    return [track for track in scan.tracks if track.persistent and low <= track.time_constant <= high]


def _is_large(item: Process) -> bool:
    """Whether a relaxation is sure and has a large share of the polarisation."""
    return item.sure and (item.share or 0.0) >= LARGE_SHARE


def _peak(track: PersistentPeak, around: Sequence[Process], share: float) -> Process:
    """A peak beside the ZARCs around it, with the difference of both as its errors."""
    r = math.fsum(item.resistance for item in around)
    off = abs(r - track.resistance)
    mean = math.fsum(item.resistance * math.log10(item.time_constant / track.time_constant) for item in around)
    spread = abs(mean) / r if r > 0 else None
    same = spread is not None and spread <= SAME_TIME and off <= SAME_AREA * track.resistance
    why = SMALL if share < LARGE_SHARE else "" if same else UNCONFIRMED
    return Process(track.time_constant, spread, track.resistance, off if around else None, None, share, why)


def _nearest(tracks: Sequence[PersistentPeak], item: Process) -> PersistentPeak | None:
    distances = [decades(track.time_constant, item.time_constant) for track in tracks]
    return tracks[int(np.argmin(distances))] if min(distances, default=math.inf) < REACH else None


def _groups(items: list[Process], fit: CircuitFit) -> Iterator[UnresolvedGroup]:
    """Put neighbours that are not resolved together, with the error of their sum."""
    index = [fit.circuit.names.index(arc.parameters[0]) for arc in fit.arcs]
    for group in _neighbours(items):
        r = np.array([items[k].resistance for k in group])
        total, error = float(r.sum()), error_of_sum(fit.covariance, [index[k] for k in group], r)
        names = tuple(fit.arcs[k].parameters[0] for k in group)
        for joint in (joint for joint in fit.joint if joint.parameters == names and math.isfinite(joint.stderr)):
            total, error = joint.resistance, joint.stderr
        yield UnresolvedGroup(items[group[0]].time_constant, items[group[-1]].time_constant, len(group), total, error)


def _neighbours(items: list[Process]) -> list[list[int]]:
    """The numbers of what is not resolved, those near each other together."""
    members: list[list[int]] = []
    for k in (k for k, item in enumerate(items) if item.why == UNRESOLVED):
        if members and decades(items[k].time_constant, items[members[-1][-1]].time_constant) < NEAR:
            members[-1].append(k)
        else:
            members.append([k])
    return members
