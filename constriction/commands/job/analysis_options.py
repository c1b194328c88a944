"""What `analyze` takes, and what its options mean for the analysis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from constriction.base.errors import InputError, naming
from constriction.commands.job.analysis_record import Deposition, Scaled
from constriction.commands.job.limits import limits
from constriction.commands.job.options import (
    FIRST,
    FLAG,
    SEVERAL,
    Debug,
    Impedance,
    masks,
    optional_quantity,
    positive_quantity,
    window,
)

if TYPE_CHECKING:
    from constriction.spectra.drt.relaxation_times import DistributionOptions
    from constriction.spectra.reading.batch import BatchOptions


@Parameter(name="*")
@dataclass(frozen=True)
class AnalyzeOptions:
    """How spectra are analysed."""

    circuit: Annotated[tuple[str, ...], SEVERAL] = ()
    """Circuit to fit, such as R-RQ-Wo or R0-p(R1,C1); may be repeated, then BIC chooses. [default: R-RQ and R-RQ-RQ]"""
    from_: Annotated[str | None, Parameter(name="--from")] = None
    """Highest frequency used, such as "7 MHz". [default: all]"""
    to: str | None = None
    """Lowest frequency used, such as "100 Hz". [default: all]"""
    kk_limit: float = 0.02
    """Largest Kramers-Kronig residual of a point that stays, relative to |Z|."""
    mask: Annotated[tuple[str, ...], SEVERAL] = ()
    """Point left out by hand, such as "1 kHz" (within 5%), or points, such as "10 Hz-20 Hz"; may be repeated."""
    hold: Annotated[tuple[str, ...], SEVERAL] = ()
    """Hold a parameter, such as "a1=1" or "R0=12 ohm"; may be repeated. Named as in fit.json, in the measured unit."""
    bound: Annotated[tuple[str, ...], SEVERAL] = ()
    """Bound a parameter, such as "R1=10..100 ohm" or "a1=0.8.."; may be repeated."""
    weighting: Literal["modulus", "proportional", "unit"] = "modulus"
    """Standard deviations assumed: proportional to |Z|, to each part, or all equal."""
    drt: Annotated[bool, FLAG] = False
    """Also calculate the distribution of relaxation times, and which of them are sure."""
    drt_lambda: str | None = None
    """Its λ: l-curve, gcv, a number, or paper (1e-6, second derivative); implies --drt. [default: l-curve]"""
    area: str | None = None
    """Area of the electrode, such as "1.13 cm2": results also in Ω·cm² and F/cm²."""
    thickness: str | None = None
    """With --area, of the electrolyte, such as "1.5 mm": results also in Ω·cm and F/cm, as in the paper."""
    impedance: Impedance = None
    pristine: str | None = None
    """Spectrum before deposition, a file or "first": its R_SE and --conductivity tell the cell constant."""
    conductivity: str | None = None
    """Of the electrolyte, bulk and grain boundary in series, such as "5 mS/cm"; with --pristine."""
    pristine_circuit: str = "R-RQ-Q"
    """Circuit of the pristine spectrum, whose electrode blocks."""
    series: Annotated[bool, FLAG] = False
    """The files are one cell in this order: each fit also starts from the last one, arcs keep their identity."""
    charge: str | None = None
    """Charge passed before each spectrum, such as "0, 0.05, 0.1 mAh/cm2"; implies --series."""
    charge_step: str | None = None
    """Charge passed between spectra, the first at 0, such as "0.05 mAh/cm2"; implies --series."""
    deposition: Path | None = None
    """Chronopotentiometry file: nucleation overpotential, charge and sodium thickness; with --area unless in A/cm²."""
    pdf: Annotated[bool, FLAG] = False
    """Also write each picture as PDF."""
    report: Annotated[bool, FLAG] = False
    """Also write report.html: everything on one page that opens from disk, plots respond."""
    json: Annotated[bool, FLAG] = False
    """Print fit.json to stdout and nothing else."""
    debug: Debug = False


def batch_options(options: AnalyzeOptions) -> BatchOptions:
    """How the spectra are analysed.

    Raises:
        InputError: a circuit, a limit or a choice is none, or two do not fit together.
    """
    from constriction.laws.circuit import parse_circuit
    from constriction.spectra.fit.problem import FitOptions
    from constriction.spectra.fit.ranking import check_names
    from constriction.spectra.reading.analysis import CIRCUITS, AnalysisOptions
    from constriction.spectra.reading.batch import BatchOptions

    circuits = tuple(dict.fromkeys(options.circuit)) or CIRCUITS
    parsed = [parse_circuit(text) for text in (*circuits, options.pristine_circuit)]
    bounds, _, given = limits(options.hold, options.bound)
    check_names(bounds, parsed if options.pristine else parsed[:-1], given)
    if not 0 < options.kk_limit < 1:
        raise InputError(f"--kk-limit {options.kk_limit!r}: expected a number between 0 and 1")
    if (options.pristine is None) != (options.conductivity is None):
        pair = f"given {options.pristine!r} and {options.conductivity!r}"
        raise InputError(f"--pristine and --conductivity belong together: expected both or none, {pair}")
    return BatchOptions(
        analysis=AnalysisOptions(
            circuits=circuits,
            window=window(options.from_, options.to),
            masks=masks(options.mask),
            limit=options.kk_limit,
            fit=FitOptions(weighting=options.weighting, bounds=bounds),
        ),
        distribution=_distribution_options(options),
        series=options.series or options.charge is not None or options.charge_step is not None,
        pristine_circuit=options.pristine_circuit if options.pristine == FIRST else None,
    )


def _distribution_options(options: AnalyzeOptions) -> DistributionOptions | None:
    from constriction.spectra.drt.relaxation_times import CHOICES, PRESETS, DistributionOptions

    if options.drt_lambda is None:
        return DistributionOptions() if options.drt else None
    if options.drt_lambda in PRESETS:
        return PRESETS[options.drt_lambda]
    if options.drt_lambda in CHOICES:
        return DistributionOptions(regularisation=options.drt_lambda)
    value = _number(options.drt_lambda)
    if not 0 < value < math.inf:
        known = ", ".join((*CHOICES, *PRESETS))
        raise InputError(f"--drt-lambda {options.drt_lambda!r}: expected a positive number or one of {known}")
    return DistributionOptions(regularisation=value)


def by_size(options: AnalyzeOptions) -> Scaled:
    """Normalisation by area, by area and thickness, or not at all."""
    from constriction.spectra.normalisation import to_area, to_cell_constant

    if options.thickness is None and (options.area is None or options.pristine is not None):
        return Scaled()  # beside a pristine cell the area is for the charge only
    if options.pristine is not None:
        given = f"given {options.thickness!r} and {options.pristine!r}"
        raise InputError(f"--thickness and --pristine: two ways to the cell constant, expected one of them, {given}")
    if options.area is None:
        raise InputError(f"--thickness without --area: expected both, given {options.thickness!r} alone")
    area = positive_quantity("--area", options.area, "area")
    per_area = to_area(area)
    if options.thickness is None:
        return Scaled(per_area, {"by": "area", "area_cm2": area * 1e4})
    thickness = positive_quantity("--thickness", options.thickness, "length")
    facts = {"by": "cell constant", "area_cm2": area * 1e4, "thickness_cm": thickness * 100}
    return Scaled(to_cell_constant(area, thickness), facts, per_area)


def _number(text: str) -> float:
    """The number that a text is, NaN for another text."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def deposition_of(options: AnalyzeOptions) -> Deposition | None:
    """What the file of --deposition tells.

    Raises:
        InputError: it cannot be read, or is in amperes and no --area is given.
    """
    from constriction.spectra.files.readers import read_series
    from constriction.spectra.timeseries import charge, nucleation

    if options.deposition is None:
        return None
    series = read_series(options.deposition)
    if not series.per_area and options.area is None:
        raise InputError(f"{options.deposition}: has a current, expected --area to make it a current density")
    area = None if series.per_area else optional_quantity("--area", options.area, "area")
    with naming(options.deposition):
        return Deposition(str(options.deposition), series, charge(series, area), nucleation(series, area))
