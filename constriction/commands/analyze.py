"""`constriction analyze`: measured spectra are checked, fitted, normalised, drawn."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from constriction.base.errors import InputError
from constriction.base.ranks import agree
from constriction.commands.job.guard import guarded, refused
from constriction.commands.job.limits import limits
from constriction.commands.job.options import (
    FLAG,
    SEVERAL,
    geometry,
    given_arguments,
    masks,
    positive_quantity,
    refuse_empty,
    window,
)

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.commands.job.analysis_folder import Deposition, Record, Report, Scaled
    from constriction.spectra.drt.relaxation_times import DistributionOptions
    from constriction.spectra.fit.fitting import CircuitFit
    from constriction.spectra.reading.batch import AnalysedSpectrum, BatchOptions

FIRST = "first"


@Parameter(name="*")
@dataclass(frozen=True)
class AnalyzeOptions:
    """How spectra are analysed."""

    circuit: Annotated[tuple[str, ...], SEVERAL] = ()
    """Circuit to fit, such as R-RQ-Wo; may be repeated, then BIC chooses. [default: R-RQ and R-RQ-RQ]"""
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
    impedance: str | None = None
    """Of several in a file, such as Zce or drift-corrected. [default: Z, else Zwe-ce]"""
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
    debug: Annotated[bool, FLAG] = False
    """Show where an unexpected error comes from."""


def analyze(
    *files: Path,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"], show_default=False)] = None,
    options: AnalyzeOptions = AnalyzeOptions(),  # noqa: B008 - frozen, so no state is shared
) -> int:
    """Check measured spectra (Kramers-Kronig), fit circuits with error bars, draw Nyquist, Bode and residuals.

    Example: constriction analyze cell.mpt --out results/cell

    Example: constriction analyze pellet.z --circuit RQ-RQ-Q --area "1.13 cm2" --thickness "1.5 mm" --drt --out pellet

    Example: constriction analyze step*.mpt --charge-step "0.05 mAh/cm2" --pristine first --conductivity "5 mS/cm" -o na

    Circuits: R, C, L, Q (constant phase, with exponent a), W (Warburg), RQ (R parallel to Q), and with R and T each:
    Wo, Ws (finite-length Warburg: open, R coth(√(iωT))/√(iωT); short, with tanh), G (Gerischer, R/√(1+iωT)). A hyphen
    puts in series, p(…,…) in parallel: L-R-p(R,L)-RQ-Wo.

    Several sweeps in a file are analysed one by one. A file that fails stays in the table with its error. Where the
    files tell several temperatures, the activation energies of σT and σ are fitted.

    Exit codes: 0 done; 2 wrong input, or all files failed and nothing was written; 1 anything else.

    Parameters
    ----------
    files:
        Files of impedance instruments, of any kind that `constriction convert` reads.
    out:
        Folder for fit.json, table.csv and pictures; an earlier analysis there is replaced as a whole. [default:
        results/ and the name of the first file]
    """
    if why := refuse_empty(files):
        return refused(why)
    folder = out or Path("results") / (files[0].stem if files else "")
    return guarded(partial(_analyze, files, folder, options), options.debug)


def _analyze(files: tuple[Path, ...], out: Path, options: AnalyzeOptions, comm: MPI.Comm) -> None:
    """On rank 0 alone."""
    agree(comm, lambda: _work(files, out, options))


def _work(files: tuple[Path, ...], out: Path, options: AnalyzeOptions) -> None:
    from constriction.commands.job.analysis_folder import write_analysis
    from constriction.view.pages.provenance import origin
    from constriction.view.terminal.words import progress

    with progress(silent=options.json) as say:
        report = _report(files, out, options, say)
        say("drawing")
        how = origin(given_arguments.get()) if options.report else None
        record = write_analysis(report, out, (".png", ".pdf") if options.pdf else (".png",), how)
    _show(report, record, out, options.json)


def _report(files: tuple[Path, ...], out: Path, options: AnalyzeOptions, say: Callable[[str], None]) -> Report:
    """Check the options, read and analyse; what can be wrong with the options is found before anything is computed."""
    from constriction.base.folders import check_place
    from constriction.commands.job.analysis_folder import ANALYSIS, Report
    from constriction.spectra.files.readers import ReadOptions
    from constriction.spectra.reading.batch import analyse_all, load, told_by_pristine

    if not files:
        raise InputError("no file to analyse: expected at least one")
    how = _batch_options(options)
    by_size = _by_size(options)
    deposition = _deposition(options)
    check_place(out, ANALYSIS)
    _check_pristine(options.pristine)
    say("reading")
    entries = load(files, ReadOptions(geometry(options.area, options.thickness), options.impedance or ""))
    if by_size or options.pristine:
        entries = tuple(map(_refuse_normalised, entries))
    unit = limits(options.hold, options.bound).unit
    entries = tuple(_refuse_other_unit(entry, unit) for entry in entries)
    charges = _charges(options, len(entries))
    say("fitting")
    entries = analyse_all(entries, how)
    if not any(entry.fit for entry in entries):
        failures = "; ".join(entry.error for entry in entries)
        raise InputError(failures if len(entries) == 1 else f"none of {len(entries)} could be analysed: {failures}")
    if (pristine := _pristine(options, entries, how)) is None:
        return Report(entries, by_size, charges, how, deposition)
    told = told_by_pristine(entries, pristine[1])
    return Report(told, by_size or _by_pristine(options, *pristine), charges, how, deposition)


def _check_pristine(file: str | None) -> None:
    """See, before anything is fitted, that the pristine cell's file can be read."""
    from constriction.base.files import read_file

    if file in (None, FIRST):
        return
    try:
        read_file(file, "a file of an impedance instrument")
    except InputError as error:
        raise InputError(f"--pristine: {error}") from None


def _batch_options(options: AnalyzeOptions) -> BatchOptions:
    from constriction.laws.circuit import parse_circuit
    from constriction.spectra.fit.comparison import check_names
    from constriction.spectra.fit.problem import FitOptions
    from constriction.spectra.reading.analysis import CIRCUITS, AnalysisOptions
    from constriction.spectra.reading.batch import BatchOptions

    circuits = tuple(dict.fromkeys(options.circuit)) or CIRCUITS
    parsed = [parse_circuit(text) for text in (*circuits, options.pristine_circuit)]
    bounds, _, given = limits(options.hold, options.bound)
    check_names(bounds, parsed if options.pristine else parsed[:-1], given)
    if not 0 < options.kk_limit < 1:
        raise InputError(f"--kk-limit {options.kk_limit!r}: expected a number between 0 and 1")
    if (options.pristine is None) != (options.conductivity is None):
        raise InputError("--pristine and --conductivity belong together: expected both or none")
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
    try:
        value = float(options.drt_lambda)
    except ValueError:
        value = 0.0
    if not 0 < value < math.inf:
        known = ", ".join((*CHOICES, *PRESETS))
        raise InputError(f"--drt-lambda {options.drt_lambda!r}: expected a positive number or one of {known}")
    return DistributionOptions(regularisation=value)


def _by_size(options: AnalyzeOptions) -> Scaled | None:
    """Normalisation by area, or by area and thickness."""
    from constriction.commands.job.analysis_folder import Scaled
    from constriction.spectra.normalisation import to_area, to_cell_constant

    if options.thickness is None and (options.area is None or options.pristine is not None):
        return None  # beside a pristine cell the area is for the charge only
    if options.pristine is not None:
        raise InputError("--thickness and --pristine: two ways to the cell constant, expected one of them")
    if options.area is None:
        raise InputError("--thickness without --area: expected both")
    area = positive_quantity("--area", options.area, "area")
    per_area = to_area(area)
    if options.thickness is None:
        return Scaled(per_area, {"by": "area", "area_cm2": area * 1e4})
    thickness = positive_quantity("--thickness", options.thickness, "length")
    facts = {"by": "cell constant", "area_cm2": area * 1e4, "thickness_cm": thickness * 100}
    return Scaled(to_cell_constant(area, thickness), facts, per_area)


def _pristine(
    options: AnalyzeOptions, entries: tuple[AnalysedSpectrum, ...], how: BatchOptions
) -> tuple[AnalysedSpectrum, CircuitFit] | None:
    """The pristine cell and its fit, if there is one."""
    from constriction.spectra.reading.batch import analyse_all, load

    if options.pristine is None:
        return None
    if options.pristine == FIRST:
        pristine = entries[0]
    else:
        alone = replace(how, series=False, distribution=None, pristine_circuit=options.pristine_circuit)
        (pristine,) = analyse_all([_refuse_normalised(load([options.pristine])[0])], alone)
    if pristine.fit is None:
        raise InputError(f"--pristine: {pristine.error}")
    return pristine, pristine.fit


def _by_pristine(options: AnalyzeOptions, pristine: AnalysedSpectrum, fit: CircuitFit) -> Scaled | None:
    """Normalisation by the cell constant that the pristine cell's R_SE tells."""
    from constriction.commands.job.analysis_folder import Scaled
    from constriction.spectra.normalisation import to_pristine_cell
    from constriction.spectra.reading.apparent import apparent

    if options.conductivity is None:
        return None
    conductivity = positive_quantity("--conductivity", options.conductivity, "conductivity")
    found = apparent(fit)
    facts = {
        "by": "pristine cell",
        "file": pristine.file,
        "circuit": fit.circuit.text,
        "R_SE_ohm": found.R_SE,
        "R_SE_stderr_ohm": found.R_SE_stderr,
        "conductivity_siemens_per_cm": conductivity / 100,
    }
    return Scaled(to_pristine_cell(found.R_SE, conductivity), facts)


def _refuse_normalised(entry: AnalysedSpectrum) -> AnalysedSpectrum:
    """Give an error to a spectrum that was normalised before it was written."""
    if entry.measurement is None or entry.measurement.spectrum.unit == "ohm":
        return entry
    from constriction.spectra.spectrum import EDGE_UNITS

    unit = EDGE_UNITS[entry.measurement.spectrum.unit].label
    error = f"{entry.file}: in {unit}, so normalised already; expected no --area, --thickness or --pristine"
    return replace(entry, measurement=None, error=error)


def _refuse_other_unit(entry: AnalysedSpectrum, unit: str | None) -> AnalysedSpectrum:
    """Give an error to a spectrum in another unit than the values of --hold and --bound."""
    if unit is None or entry.measurement is None or entry.measurement.spectrum.unit == unit:
        return entry
    error = (
        f"{entry.file}: a spectrum in {entry.measurement.spectrum.unit!r}, --hold and --bound in {unit!r}; "
        "expected the unit of the spectrum"
    )
    return replace(entry, measurement=None, error=error)


def _charges(options: AnalyzeOptions, count: int) -> tuple[float, ...] | None:
    """Charge in C/m² that had passed before each of the spectra."""
    from constriction.base.quantities import parse_quantity

    if options.charge_step is not None:
        if options.charge is not None:
            raise InputError("--charge and --charge-step: expected one of them")
        step = positive_quantity("--charge-step", options.charge_step, "charge per area")
        return tuple(step * number for number in range(count))
    if options.charge is None:
        return None
    parts = [part.strip() for part in options.charge.split(",")]
    unit = parts[-1].lstrip("+-.0123456789eE ")
    try:
        values = tuple(
            parse_quantity(f"{part} {unit}" if unit and _is_number(part) else part, "charge per area") for part in parts
        )
    except InputError as error:
        raise InputError(f"--charge {error}") from None
    if len(values) != count:
        raise InputError(
            f"--charge {options.charge!r}: {len(values)} values for {count} spectra; expected one for each"
        )
    return values


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _deposition(options: AnalyzeOptions) -> Deposition | None:
    from constriction.commands.job.analysis_folder import Deposition
    from constriction.spectra.files.readers import read_series
    from constriction.spectra.timeseries import charge, nucleation

    if options.deposition is None:
        return None
    series = read_series(options.deposition)
    if not series.per_area and options.area is None:
        raise InputError(f"{options.deposition}: has a current, expected --area to make it a current density")
    area = None if series.per_area or options.area is None else positive_quantity("--area", options.area, "area")
    try:
        return Deposition(str(options.deposition), series, charge(series, area), nucleation(series, area))
    except InputError as error:
        raise InputError(f"{options.deposition}: {error}") from None


def _show(report: Report, record: Record, out: Path, as_json: bool) -> None:
    from constriction.commands.job.analysis_folder import record_text
    from constriction.view.terminal.entries import arrhenius_rows, deposition_rows, entry_rows, entry_title
    from constriction.view.terminal.streams import tell, tell_record
    from constriction.view.terminal.words import print_table

    if as_json:
        tell_record(record_text(record))
        return
    by, beside = (report.scaled.by, report.scaled.beside) if report.scaled else (None, None)
    for entry in report.entries:
        print_table(entry_title(entry, report.entries), entry_rows(entry, by, beside))
    if record["arrhenius"]:
        print_table("Arrhenius", arrhenius_rows(record["arrhenius"]))
    if report.deposition:
        print_table(report.deposition.file, deposition_rows(record["deposition"]))
    if failed := sum(bool(entry.error) for entry in report.entries):
        tell(f"WARNING: {failed} of {len(report.entries)} failed; the errors stand above and in fit.json")
    for item in record["files"]:
        if item["no_picture"]:
            tell(f"WARNING: {item['file']}: no picture ({item['no_picture']})")
    tell(f"Written: {out}{os.sep} ({', '.join(sorted(os.listdir(out)))})")
