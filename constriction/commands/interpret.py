"""`constriction interpret`: from measured spectra back to contact fraction, pitch and gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from constriction.base.errors import InputError, naming, nearest
from constriction.base.folders import check_place
from constriction.base.ranks import agree
from constriction.commands.job.guard import guarded
from constriction.commands.job.interpretation_folder import INTERPRETATIONS, kept_in, write_interpretation
from constriction.commands.job.options import (
    FIRST,
    FLAG,
    SEVERAL,
    Debug,
    Impedance,
    charges_of,
    masks,
    none_of,
    optional_quantity,
    positive_quantity,
    window,
)
from constriction.commands.job.steps import tell_folder
from constriction.view.terminal.streams import tell_record

if TYPE_CHECKING:
    from typing import Any

    from constriction.compare.measured import Loaded
    from constriction.interpret.model.models import Interfaces
    from constriction.interpret.record import Entry
    from constriction.interpret.series.balance import DepositedMetal
    from constriction.interpret.setting import Setting
    from constriction.interpret.triples.triple import Triple
    from constriction.spectra.reading.analysis import AnalysisOptions

type ModelName = Literal["lattice", "lattice_film", "two_levels", "lifted_zone", "film", "full_contact"]
type Extra = Literal["resistance", "inductance", "tail"]
PATTERNS = ("hexagonal", "stripes", "random")


@Parameter(name="*")
@dataclass(frozen=True)
class InterpretOptions:
    """How spectra are interpreted."""

    area: str | None = None
    """Area of the electrode, such as "1.13 cm2". [default: what each file says]"""
    thickness: str | None = None
    """Of the electrolyte, such as "1.5 mm"."""
    model: Annotated[tuple[ModelName, ...], SEVERAL] = ()
    """Model of the interface: ideal contacts beside a gap (lattice), the same behind a film (lattice_film), islands
    that touch by finer spots (two_levels), ideal contacts beside which the metal stands higher (lifted_zone), a film in
    full contact (film), or nothing (full_contact); may be repeated.
    [default: lattice, film and full_contact]"""
    pattern: Annotated[tuple[str, ...], SEVERAL] = ()
    """Pattern of the contacts; may be repeated. [default: hexagonal, stripes and random; with --triples hexagonal]"""
    pristine: str | None = None
    """Spectrum of the cell before the deposition, whose electrodes block, a file or "first": tells the electrolyte."""
    series: Annotated[bool, FLAG] = False
    """The files are one cell in this order: what each says of the electrolyte is known of the others."""
    charge: str | None = None
    """Charge passed before each spectrum, such as "0.05, 0.1 mAh/cm2"; implies --series."""
    charge_step: str | None = None
    """Charge passed between spectra, such as "1 mC/cm2", the pristine cell at 0, without one the first file; implies
    --series."""
    triples: Annotated[bool, FLAG] = False
    """The files are fit.json of `constriction analyze`, or tables with columns such as R_int_ohm_cm2 and
    R_int_stderr_ohm_cm2, instead of spectra: what a fit of R-RQ-RQ, or R-RQ, read off."""
    metal: Literal["sodium", "lithium"] | None = None
    """What was deposited by the charge. [default: sodium]"""
    metal_balance: bool = True
    """Whether, with a charge, gaps are as high as islands of the metal that it deposited."""
    priors: Path | None = None
    """Priors file (TOML): electrolyte, and how each unknown is spread before the measurement."""
    with_: Annotated[tuple[Extra, ...], Parameter(name="--with", negative="", show_default=False)] = ()
    """What else is in series: resistance, inductance, or a constant-phase tail; may be repeated."""
    from_: Annotated[str | None, Parameter(name="--from")] = None
    """Highest frequency used, such as "7 MHz". [default: all]"""
    to: str | None = None
    """Lowest frequency used, such as "100 Hz". [default: all]"""
    kk_limit: float = 0.02
    """Largest Kramers-Kronig residual of a point that stays, relative to |Z|."""
    mask: Annotated[tuple[str, ...], SEVERAL] = ()
    """Point left out by hand, such as "1 kHz" (within 5%), or points, such as "10 Hz-20 Hz"; may be repeated."""
    impedance: Impedance = None
    seed: int = 20240607
    """Of the random numbers; the same one gives the same result."""
    report: Annotated[bool, FLAG] = False
    """Also write report.html: everything on one page that opens from disk, plots respond."""
    json: Annotated[bool, FLAG] = False
    """Print interpretation.json to stdout and nothing else."""
    debug: Debug = False


def interpret(
    *files: Path,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    options: InterpretOptions = InterpretOptions(),  # noqa: B008 - frozen, so no state is shared
) -> int:
    """Say what measured spectra tell of an interface, contact fraction, pitch and gap with intervals, and what not.

    Example: constriction interpret cell.mpt --area "1.13 cm2" --thickness "1.5 mm" --out results/interpreted

    Example: constriction interpret cell.csv --thickness "1.5 mm" --pattern stripes --priors known.toml -o striped

    Example: constriction interpret step*.mpt --thickness "1.5 mm" --pristine first --charge-step "1 mC/cm2" -o series

    Every model is fitted, samples of its posterior are drawn, and the models are weighed by their evidence. What the
    spectrum does not determine is called so. A file that fails stays in the table with its error. A run that was
    killed goes on where it was if it is repeated. Exit codes: 0 done; 2 wrong input, or all files failed and nothing
    was written; 1 anything else.

    Parameters
    ----------
    files:
        Measured files, of any kind that `constriction convert` reads.
    out:
        Folder for interpretation.json and pictures; an earlier interpretation there is replaced as a whole.
    """
    # On rank 0 alone.
    return guarded(lambda comm: agree(comm, lambda: _work(files, out, options)), options.debug)


def _work(files: Sequence[Path], out: Path, options: InterpretOptions) -> None:
    from constriction.view.terminal.words import progress

    with progress(silent=options.json) as say:
        entries = _entries(files, out, options, say)
        say("drawing")
        record = write_interpretation(entries, out, options.report)
    _show(record, out, options.json)


def _entries(
    files: Sequence[Path], out: Path, options: InterpretOptions, say: Callable[[str], None]
) -> tuple[Entry, ...]:
    """Check the options, read and interpret; what can be wrong with the options is found before anything is fitted."""
    from constriction.compare.measured import load_all
    from constriction.interpret.atlas import load_atlas
    from constriction.interpret.batch import Batch, interpret_all

    if not files:
        raise InputError(f"no file to interpret: expected at least one, given {len(files)}")
    say("reading")
    area, atlas = optional_quantity("--area", options.area, "area"), load_atlas()
    setting, how = _setting(options, atlas), _screening(options)
    check_place(out, INTERPRETATIONS)
    pristine, rest = _parted(options.pristine, files)
    _check_once(rest, options)
    loaded: Sequence[Loaded | Triple]
    if options.triples:
        loaded = _triples(rest, options, area)
    else:
        loaded = load_all(rest, area, options.impedance or "", setting.thickness)
    deposition = _deposition(options, loaded, before=pristine is not None)
    if pristine is not None:
        first = load_all([pristine], area, options.impedance or "", setting.thickness)
        setting = _after_pristine(first, setting, atlas, (how, say))
    batch = Batch(setting, atlas, how, deposition, kept_in(out))
    entries = interpret_all(loaded, batch, say)
    if all(entry.error for entry in entries):
        raise InputError(none_of([entry.error for entry in entries]))
    return entries


def _check_once(files: Sequence[Path], options: InterpretOptions) -> None:
    """Refuse a series in which a spectrum would be heard twice."""
    places = [file.resolve() for file in files if any((options.series, options.charge, options.charge_step))]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise InputError(f"{files[number]}: given twice; expected each file of a series once")


def _triples(files: Sequence[Path], options: InterpretOptions, area: float | None) -> Sequence[Triple]:
    """What was read off the spectra of some files."""
    from constriction.interpret.triples.tables import read_triples

    _check_triples(options)
    seen = window(options.from_, options.to)
    if seen is not None and None in (options.from_, options.to):
        raise InputError(f"--from {options.from_!r} --to {options.to!r}: expected both, or none, with --triples")
    counted = options.charge is not None or options.charge_step is not None
    return [triple for file in files for triple in read_triples(file, area, seen, counted)]


def _check_triples(options: InterpretOptions) -> None:
    """Refuse options that only a spectrum has a use for."""
    if options.with_:
        raise InputError(f"--with {options.with_[0]}: expected none with --triples, whose circuits have nothing for it")
    for option, given in (("--mask", ", ".join(options.mask)), ("--impedance", options.impedance)):
        if given:
            raise InputError(f"{option} {given!r}: expected none with --triples, which have no points")


def _parted(pristine: str | None, files: Sequence[Path]) -> tuple[Path | None, Sequence[Path]]:
    """The pristine cell's file, if there is one, and the files to interpret."""
    if pristine is None:
        return None, files
    if pristine != FIRST:
        return Path(pristine), files
    if len(files) < 2:
        raise InputError(f"--pristine {FIRST}: expected at least two files, the first of the pristine cell")
    return files[0], files[1:]


def _deposition(options: InterpretOptions, loaded: Sequence[Loaded | Triple], before: bool) -> DepositedMetal | None:
    """What was deposited before each spectrum; `before`: a pristine cell's is before them, at no charge."""
    from constriction.interpret.series.balance import DepositedMetal, metal_of, told_charges

    listed = options.pristine == FIRST and options.charge is not None
    more = int(before and (listed or options.charge_step is not None))
    charges = charges_of(options.charge, options.charge_step, len(loaded) + more)
    known = charges[more:] if charges else told_charges(loaded) if options.series else None
    metal = metal_of(options.metal, known)
    return DepositedMetal(known, metal, options.metal_balance) if known or options.series else None


def _after_pristine(
    loaded: Sequence[Loaded],
    setting: Setting,
    atlas: Interfaces,
    how: tuple[AnalysisOptions, Callable[[str], None]],
) -> Setting:
    """What is known after the pristine cell's spectrum; `how`: it is screened, and who is told."""
    from constriction.interpret.batch import screened
    from constriction.interpret.pristine import with_pristine

    found, *others = loaded
    if found.spectrum is None:
        raise InputError(f"--pristine: {found.error}")
    screening, say = how
    with naming(f"--pristine {found.file}"):
        if others:
            raise InputError(f"{1 + len(others)} spectra; expected a file of one")
        left = screened(found.spectrum, screening)
        return with_pristine(setting, left.spectrum, atlas, left.test.noise, lambda text: say(f"pristine cell: {text}"))


def _setting(options: InterpretOptions, atlas: Interfaces) -> Setting:
    """What is known before the measurement."""
    from constriction.interpret.model.models import DEFAULTS, check_known, check_priors, known_of, models_of
    from constriction.interpret.model.prior_file import default_priors, read_priors
    from constriction.interpret.setting import Setting

    if options.thickness is None:
        given = "nothing"
        raise InputError(f"--thickness: given {given}, expected that of the electrolyte, such as '1.5 mm'")
    patterns = dict.fromkeys(options.pattern or (PATTERNS[:1] if options.triples else PATTERNS))
    for pattern in patterns:
        if pattern not in atlas.patterns:
            known = f"the nearest is {nearest(pattern, atlas.patterns)!r} of {', '.join(atlas.patterns)}"
            raise InputError(f"--pattern {pattern!r}: not in the atlas, {known}")
    priors = default_priors() if options.priors is None else read_priors(options.priors)
    extras = tuple(dict.fromkeys(options.with_))
    models = models_of(tuple(dict.fromkeys(options.model)) or DEFAULTS, tuple(patterns), extras)
    if not options.pattern:
        models = known_of(models, atlas)
    check_known(models, atlas)
    with naming(options.priors or "priors"):
        check_priors(models, priors, atlas)
    return Setting(positive_quantity("--thickness", options.thickness, "length"), priors, models, _seed(options))


def _seed(options: InterpretOptions) -> int:
    if options.seed < 0:
        raise InputError(f"--seed {options.seed}: expected a whole number that is not negative")
    return options.seed


def _screening(options: InterpretOptions) -> AnalysisOptions:
    from constriction.spectra.reading.analysis import AnalysisOptions

    if not 0 < options.kk_limit < 1:
        raise InputError(f"--kk-limit {options.kk_limit!r}: expected a number between 0 and 1")
    hidden, seen = masks(options.mask), window(options.from_, options.to)
    return AnalysisOptions(window=seen, masks=hidden, limit=options.kk_limit)


def _show(record: dict[str, Any], out: Path, as_json: bool) -> None:
    import json

    from constriction.view.posteriors.rows import interpretation_rows
    from constriction.view.terminal.words import print_table

    if as_json:
        tell_record(json.dumps(record, indent=2, allow_nan=False, ensure_ascii=False) + "\n")
        return
    for item in record["files"]:
        print_table(item["name"], interpretation_rows(item))
    tell_folder(out)
