"""What the pictures and reports of analysed spectra show, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from constriction.laws.arrays import Complexes, Reals
from constriction.spectra.drt.processes import Processes
from constriction.spectra.drt.relaxation_times import Distribution
from constriction.view.charts.curves import SpectrumCurve


@dataclass(frozen=True, eq=False)
class Residuals:
    """Relative differences between a spectrum and what should follow it.

    Attributes:
        title: what follows it.
        frequency: (N,) in Hz.
        values: (N,) complex, relative to |Z|.
        limit: drawn as two lines, relative to |Z|; None: no lines.
    """

    title: str
    frequency: Reals
    values: Complexes
    limit: float | None = None


@dataclass(frozen=True, eq=False)
class AnalysisPicture:
    """What the picture of one analysed spectrum shows.

    Attributes:
        title: one line, usually the name of the file.
        remarks: smaller lines below it, wrapped: results, and whether to trust them.
        curves: spectra of the Nyquist and Bode panels; decades of frequency are marked on the first one.
        residuals: of the fit and of the Kramers-Kronig test.
        distribution: of relaxation times, or None for no such panel.
        processes: which relaxation times are sure; None: not known.
        relaxation_times: exact ones of a simulated geometry in s, drawn as vertical marks beside the distribution.
        scale: of the distribution: its γ times this is in the unit of the curves.
        zoom: largest Re Z of an inset that shows the arcs beside a long blocking branch, SI; None: no inset.
    """

    title: str
    remarks: Sequence[str]
    curves: Sequence[SpectrumCurve]
    residuals: Sequence[Residuals]
    distribution: Distribution | None = None
    processes: Processes | None = None
    relaxation_times: Sequence[float] = ()
    scale: float = 1.0
    zoom: float | None = None


class Trend(NamedTuple):
    """One quantity along a series: its name with the unit, a value per spectrum and the standard errors of these.

    None where a spectrum has no value, or a value no error bar.
    """

    name: str
    values: Sequence[float | None]
    stderr: Sequence[float | None]
