"""`constriction analyze`: measured spectra are checked, fitted, normalised, drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from constriction.base.errors import InputError, naming
from constriction.base.files import read_file
from constriction.base.folders import check_place
from constriction.base.ranks import agree
from constriction.commands.job.analysis_folder import ANALYSIS, write_analysis
from constriction.commands.job.analysis_options import (
    AnalyzeOptions,
    batch_options,
    by_size,
    deposition_of,
)
from constriction.commands.job.analysis_record import AnalysisReport, Record, Scaled, record_text
from constriction.commands.job.guard import guarded, refused
from constriction.commands.job.limits import limits
from constriction.commands.job.options import (
    FIRST,
    charges_of,
    geometry,
    given_arguments,
    none_of,
    positive_quantity,
    refuse_empty,
)
from constriction.commands.job.steps import tell_folder
from constriction.view.terminal.streams import tell, tell_record

if TYPE_CHECKING:
    from constriction.spectra.fit.fitting import CircuitFit
    from constriction.spectra.reading.batch import AnalysedSpectrum, BatchOptions

NORMALISED = "in {label}, so normalised already; expected no --area, --thickness or --pristine"


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
    # On rank 0 alone.
    return guarded(lambda comm: agree(comm, lambda: _work(files, folder, options)), options.debug)


def _work(files: tuple[Path, ...], out: Path, options: AnalyzeOptions) -> None:
    from constriction.view.pages.provenance import origin
    from constriction.view.terminal.words import progress

    with progress(silent=options.json) as say:
        report = _report(files, out, options, say)
        say("drawing")
        how = origin(given_arguments.get()) if options.report else None
        record = write_analysis(report, out, (".png", ".pdf") if options.pdf else (".png",), how)
    _show(report, record, out, options.json)


def _report(files: tuple[Path, ...], out: Path, options: AnalyzeOptions, say: Callable[[str], None]) -> AnalysisReport:
    """Check the options, read and analyse; what can be wrong with the options is found before anything is computed."""
    from constriction.spectra.reading.batch import told_by_pristine

    if not files:
        raise InputError(f"no file to analyse: expected at least one, given {len(files)}")
    how, scaled, deposition = batch_options(options), by_size(options), deposition_of(options)
    check_place(out, ANALYSIS)
    _check_pristine(options.pristine)
    say("reading")
    entries = _loaded(files, options, normalises=scaled.by is not None or options.pristine is not None)
    charges = charges_of(options.charge, options.charge_step, len(entries))
    say("fitting")
    entries = _fitted(entries, how)
    if (pristine := _pristine(options, entries, how)) is not None:
        entries = told_by_pristine(entries, pristine[1])
        scaled = scaled if scaled.by else _by_pristine(options, *pristine)
    return AnalysisReport(entries, scaled, charges, how, deposition)


def _loaded(files: tuple[Path, ...], options: AnalyzeOptions, normalises: bool) -> tuple[AnalysedSpectrum, ...]:
    """The spectra of the files; one in a unit that the options do not fit keeps an error."""
    from constriction.spectra.files.readers import ReadOptions
    from constriction.spectra.reading.batch import load

    entries = load(files, ReadOptions(geometry(options.area, options.thickness), options.impedance or ""))
    if normalises:
        entries = tuple(_refuse(entry, "ohm", NORMALISED) for entry in entries)
    unit = limits(options.hold, options.bound).unit
    limited = f"a spectrum in {{unit!r}}, --hold and --bound in {unit!r}; expected the unit of the spectrum"
    return tuple(_refuse(entry, unit, limited) for entry in entries)


def _fitted(entries: tuple[AnalysedSpectrum, ...], how: BatchOptions) -> tuple[AnalysedSpectrum, ...]:
    """The analysed spectra, at least one of them without an error."""
    from constriction.spectra.reading.batch import analyse_all

    entries = analyse_all(entries, how)
    if not any(entry.fit for entry in entries):
        raise InputError(none_of([entry.error for entry in entries]))
    return entries


def _check_pristine(file: str | None) -> None:
    """See, before anything is fitted, that the pristine cell's file can be read."""
    if file not in (None, FIRST):
        with naming("--pristine"):
            read_file(file, "a file of an impedance instrument")


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
        (pristine,) = analyse_all([_refuse(load([options.pristine])[0], "ohm", NORMALISED)], alone)
    if pristine.fit is None:
        raise InputError(f"--pristine: {pristine.error}")
    return pristine, pristine.fit


def _by_pristine(options: AnalyzeOptions, pristine: AnalysedSpectrum, fit: CircuitFit) -> Scaled:
    """Normalisation by the cell constant that the pristine cell's R_SE tells."""
    from constriction.spectra.normalisation import to_pristine_cell
    from constriction.spectra.reading.apparent import apparent

    if options.conductivity is None:
        return Scaled()
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


def _refuse(entry: AnalysedSpectrum, unit: str | None, why: str) -> AnalysedSpectrum:
    """Give an error to a spectrum in another unit than is asked for; `why` tells it with {unit} or {label}."""
    if unit is None or entry.measurement is None or entry.measurement.spectrum.unit == unit:
        return entry
    from constriction.spectra.spectrum import EDGE_UNITS

    its = entry.measurement.spectrum.unit
    error = f"{entry.file}: {why.format(unit=its, label=EDGE_UNITS[its].label)}"
    return replace(entry, measurement=None, error=error)


def _show(report: AnalysisReport, record: Record, out: Path, as_json: bool) -> None:
    from constriction.view.terminal.entries import arrhenius_rows, deposition_rows, entry_rows, entry_title
    from constriction.view.terminal.words import print_table

    if as_json:
        tell_record(record_text(record))
        return
    for entry in report.entries:
        rows = entry_rows(entry, report.scaled.by, report.scaled.beside)
        print_table(entry_title(entry, report.entries), rows)
    if record["arrhenius"]:
        print_table("Arrhenius", arrhenius_rows(record["arrhenius"]))
    if report.deposition:
        print_table(report.deposition.file, deposition_rows(record["deposition"]))
    if failed := sum(bool(entry.error) for entry in report.entries):
        tell(f"WARNING: {failed} of {len(report.entries)} failed; the errors stand above and in fit.json")
    for item in record["files"]:
        if item["no_picture"]:
            tell(f"WARNING: {item['file']}: no picture ({item['no_picture']})")
    tell_folder(out)
