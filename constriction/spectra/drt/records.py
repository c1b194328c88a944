"""What a distribution of relaxation times leaves in fit.json."""

from collections.abc import Sequence
from typing import Any

from constriction.spectra.drt.persistence import PersistentPeak, StabilityScan, nearest_track
from constriction.spectra.drt.processes import Process, Processes
from constriction.spectra.drt.relaxation_times import Distribution
from constriction.spectra.normalisation import EdgeScale, capacitance_in, resistance_in, resistance_with_error


def distribution_record(
    found: Distribution, scan: StabilityScan, processes: Processes, used: Sequence[EdgeScale]
) -> dict[str, Any]:
    """The element `drt` of a spectrum in fit.json.

    Args:
        found: distribution of relaxation times.
        scan: how its peaks persist over λ.
        processes: which relaxation times are sure.
        used: units that resistances and capacitances are written in.
    """
    options = found.options
    sure = [track for item in processes.sure if (track := nearest_track(item.time_constant, scan)) is not None]
    return {
        "regularisation": found.regularisation,
        "chosen_by": options.regularisation if isinstance(options.regularisation, str) else "given",
        "derivative": options.derivative,
        "shape": options.shape,
        "parts": options.parts,
        "weighting": options.weighting,
        "series_capacitance": options.capacitance,
        **resistance_in("polarisation", found.polarisation, used),
        **_processes(processes, used),
        "peaks": [
            {
                **resistance_in("R", peak.resistance, used),
                **capacitance_in("C", peak.capacitance, used),
                "f_apex_hertz": peak.f_apex,
                "time_constant_second": peak.time_constant,
            }
            for peak in found.peaks
        ],
        "followed_peaks": [_track(track, track in sure, used) for track in scan.tracks],
    }


def _track(track: PersistentPeak, sure: bool, used: Sequence[EdgeScale]) -> dict[str, Any]:
    return {
        **resistance_in("R", track.resistance, used),
        **capacitance_in("C", track.capacitance, used),
        "time_constant_second": track.time_constant,
        "share_of_scan": track.share,
        "sure": sure,
        "persistent": sure and track.persistent,
    }


def _processes(found: Processes, used: Sequence[EdgeScale]) -> dict[str, Any]:
    """Which relaxation times are sure, which are not, and what is not told apart."""
    return {
        "circuit": found.circuit,
        "misfit": found.misfit,
        "bic_margin": found.margin,
        "relaxation_times": [_process(item, used) for item in found.items],
        "unresolved": [
            {
                "from_second": group.first,
                "to_second": group.last,
                "count_in_fit": group.count,
                **resistance_with_error("R", group.resistance, group.resistance_stderr, used),
            }
            for group in found.unresolved
        ],
    }


def _process(item: Process, used: Sequence[EdgeScale]) -> dict[str, Any]:
    return {
        "time_constant_second": item.time_constant,
        "time_constant_stderr_decades": item.decades_stderr,
        **resistance_with_error("R", item.resistance, item.resistance_stderr, used),
        "share": item.share,
        "resolution_decades": item.resolution,
        "exponent": item.exponent,
        "sure": item.sure,
        "why_not": item.why or None,
    }
