"""At which λ the peaks of a distribution of relaxation times are there: what persists is no accident of λ."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from constriction.laws.arrays import Reals
from constriction.spectra.drt.relaxation_times import (
    DistributionOptions,
    RelaxationPeak,
    checked,
    discretised,
    fine,
    peaks_of,
)
from constriction.spectra.drt.tikhonov import solve_system
from constriction.spectra.fit.arcs import matched
from constriction.spectra.spectrum import Spectrum

# λ over which peaks must persist.
SCANNED = np.geomspace(1e-7, 1e-1, 19)
# Peaks of neighbouring λ belong together if they are nearer than this in ln τ (a quarter of a decade).
SAME_PEAK = 0.25 * math.log(10)
# A peak persists if it is there over this part of the scan.
PERSISTENT = 0.9


@dataclass(frozen=True)
class PersistentPeak:
    """A peak followed over λ.

    Attributes:
        time_constant: median over the λ where it is there, in s.
        resistance: median, in Ω.
        capacitance: τ/R of the medians, in F.
        share: part of the scanned λ where it is there, 0 to 1.
        persistent: share ≥ 0.9.
    """

    time_constant: float
    resistance: float
    capacitance: float
    share: float
    persistent: bool


@dataclass(frozen=True, eq=False)
class StabilityScan:
    """Peaks against λ.

    Attributes:
        regularisations: (J,) scanned λ, rising.
        peaks: for every λ, by rising time constant.
        tracks: every peak that occurs, followed over λ, by rising time constant.
    """

    regularisations: Reals
    peaks: tuple[tuple[RelaxationPeak, ...], ...]
    tracks: tuple[PersistentPeak, ...]


def stability_scan(spectrum: Spectrum, options: DistributionOptions | None = None) -> StabilityScan:
    """Follow the peaks from λ = 1e-7 to 0.1, three values per decade.

    A small λ splits one process into several peaks and lets noise make more: what a process makes is there over
    decades of λ. So are ripples beside a large peak, now and then.

    Args:
        spectrum: N ≥ 5 points.
        options: as for `relaxation_times`; its λ does not matter.

    Returns:
        All peaks, followed over λ.

    Raises:
        InputError: as `relaxation_times`.
    """
    options = checked(options, None)
    system = discretised(spectrum, options)
    peaks = tuple(
        peaks_of(*fine(system, solve_system(system, value)[system.tails :] * system.scale))
        for value in SCANNED.tolist()
    )
    return StabilityScan(SCANNED.copy(), peaks, _follow(peaks, SCANNED))


def nearest_track(time_constant: float, scan: StabilityScan) -> PersistentPeak | None:
    """The peak followed over λ that belongs to a relaxation time in s; None if none is near."""
    track = min(scan.tracks, key=lambda track: decades(track.time_constant, time_constant), default=None)
    near = track is not None and decades(track.time_constant, time_constant) < SAME_PEAK / math.log(10)
    return track if near else None


def decades(one: float, other: float) -> float:
    """How far two times are apart, in decades."""
    return abs(math.log10(one / other))


def _follow(peaks: tuple[tuple[RelaxationPeak, ...], ...], regularisations: Reals) -> tuple[PersistentPeak, ...]:
    """Link the peaks of neighbouring λ, nearest first, beginning with the largest λ, which has the fewest."""
    tracks: list[list[tuple[int, RelaxationPeak]]] = []
    for k in reversed(range(len(peaks))):
        open_tracks = [track for track in tracks if track[-1][0] == k + 1]
        going_on = matched(_near(peaks[k], [track[-1][1] for track in open_tracks]))
        for i, j in going_on.items():
            open_tracks[j].append((k, peaks[k][i]))
        tracks += [[(k, peak)] for i, peak in enumerate(peaks[k]) if i not in going_on]
    found = [_track(track, regularisations) for track in tracks]
    return tuple(sorted(found, key=lambda track: track.time_constant))


def _near(peaks: Sequence[RelaxationPeak], before: Sequence[RelaxationPeak]) -> Iterator[tuple[float, int, int]]:
    """Distances in ln τ of peaks that may belong together, and their numbers."""
    for (i, peak), (j, other) in itertools.product(enumerate(peaks), enumerate(before)):
        distance = abs(math.log(peak.time_constant / other.time_constant))
        if distance < SAME_PEAK:
            yield distance, i, j


def _track(track: list[tuple[int, RelaxationPeak]], regularisations: Reals) -> PersistentPeak:
    tau = float(np.median([peak.time_constant for _, peak in track]))
    resistance = float(np.median([peak.resistance for _, peak in track]))
    share = len(track) / regularisations.size
    return PersistentPeak(tau, resistance, tau / resistance, share, share >= PERSISTENT)
