"""Measured spectra, one after the other or as a series: screened as `analyze` does it, interpreted, or told why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from constriction.base.errors import InputError, SolverError, one_line
from constriction.compare.measured import Loaded
from constriction.interpret.atlas.gaps import DEPTHS
from constriction.interpret.best_case import best_case, best_lattice, solved_anew
from constriction.interpret.interpretation import Interpretation, interpret, posed
from constriction.interpret.model.models import Interfaces
from constriction.interpret.model.unknowns import UNKNOWNS
from constriction.interpret.progress.clock import FIT, POSTERIOR, Clock
from constriction.interpret.progress.kept import KeptParts
from constriction.interpret.record import Entry
from constriction.interpret.series.balance import DepositedMetal, balanced
from constriction.interpret.series.series import Member, interpret_series
from constriction.interpret.series.sharing import Agreement
from constriction.interpret.setting import Aids, Setting
from constriction.interpret.summary import summary
from constriction.interpret.triples.triple import Triple
from constriction.interpret.verdict import verdict
from constriction.spectra.exclusion import Exclusion
from constriction.spectra.reading.analysis import AnalysisOptions, naming_the_taker, screen
from constriction.spectra.spectrum import Spectrum

MOST_EXCLUDED = 0.25
"""Part of the points that may fail the Kramers-Kronig rule; beyond it the spectrum is taken for none."""
LEFT_OUT = "left out"  # so it is said of rows that are no points
VISIBLE = 3e-3
"""Difference between the atlas and a lattice solved anew, relative to |Z|, from which on it is told."""


@dataclass(frozen=True)
class Batch:
    """How spectra are interpreted.

    Attributes:
        setting: what is known before.
        atlas: of solved interfaces.
        how: they are screened; circuits and fits have no part in it.
        deposition: they are a series with this between them; None: each is by itself.
        kept: what an earlier, killed run has finished already.
    """

    setting: Setting
    atlas: Interfaces
    how: AnalysisOptions
    deposition: DepositedMetal | None = None
    kept: KeptParts = KeptParts()


def screened(spectrum: Spectrum, how: AnalysisOptions) -> Exclusion:
    """A spectrum without the points that fail the Kramers-Kronig rule.

    Raises:
        InputError: too few points, too many that fail, or a drift.
    """
    found = screen(spectrum, how)
    asked = found.spectrum.frequency.size + len(found.excluded)
    if len(found.excluded) > MOST_EXCLUDED * asked:
        raise InputError(
            f"fails the Kramers-Kronig test: {found.taken}; expected at most {MOST_EXCLUDED:.0%}, "
            "or a window, --from and --to, without them"
        )
    if found.test.trend_flagged:
        raise InputError(
            f"fails the Kramers-Kronig test: residuals drift by {found.test.trend:.2%} of |Z| about "
            f"{found.test.trend_frequency:.3g} Hz; expected at most {found.test.options.trend_limit:.2%}"
        )
    return found


def interpret_all(loaded: Sequence[Loaded | Triple], batch: Batch, say: Callable[[str], None]) -> tuple[Entry, ...]:
    """Interpret spectra; one that cannot be has its error, and the others go on.

    Args:
        loaded: per area, or with an error.
        batch: how.
        say: is told what is done.
    """
    clock = Clock(say, len(loaded))
    pairs = [_prepared(item, number, batch) for number, item in enumerate(loaded)]
    models = sum(len(setting.models) for entry, setting in pairs if not entry.error)
    clock.expect(models * (FIT + POSTERIOR + (FIT if batch.deposition else 0)))
    if batch.deposition is not None:
        return _series(pairs, batch, clock)
    return tuple(_alone(*pair, batch, (clock, number)) for number, pair in enumerate(pairs, start=1))


def _prepared(item: Loaded | Triple, number: int, batch: Batch) -> tuple[Entry, Setting]:
    """A spectrum that is ready to be interpreted, or why it is not; and what is known of it before."""
    entry, setting = _entry(item), batch.setting
    if batch.deposition is not None:
        entry = replace(entry, charge=batch.deposition.charge(number), deposited=batch.deposition.at(number))
    if isinstance(item, Loaded) and item.spectrum is None:
        return replace(entry, error=item.error), setting
    try:
        if entry.deposited is not None and batch.deposition is not None and batch.deposition.balance:
            setting = balanced(setting, entry.deposited, batch.atlas)
        if isinstance(item, Triple):
            return _ready(entry, item), setting
        assert item.spectrum is not None  # seen above
        left = screened(item.spectrum, batch.how)
        with naming_the_taker(left):
            for model in setting.models:
                posed(left.spectrum, setting, batch.atlas, model)
    except Exception as error:  # one bad file must not cost the others
        return replace(entry, error=one_line(item.file, error)), setting
    notes, noise = (*entry.notes, *left.remarks), left.test.noise
    return replace(entry, measured=left.spectrum, noise=noise, screened=left, notes=notes), setting


def _entry(item: Loaded | Triple) -> Entry:
    if isinstance(item, Triple):
        return Entry(item.file, item.name, notes=item.notes)
    return Entry(item.file, item.name, area=item.area, notes=(*item.notes, *_told_of(item)))


def _ready(entry: Entry, item: Triple) -> Entry:
    """A triple that is ready to be interpreted, or why it is not."""
    if item.known:
        return replace(entry, measured=item)
    return replace(entry, error=f"{item.file}: {'; '.join(item.notes)}", notes=())


def _told_of(item: Loaded) -> tuple[str, ...]:
    """What was left out or is odd of a file as it was read."""
    if item.measurement is None:
        return ()
    return (*(note for note in item.measurement.notes if LEFT_OUT in note), *item.measurement.warnings)


def _alone(entry: Entry, setting: Setting, batch: Batch, told: tuple[Clock, int]) -> Entry:
    """One spectrum by itself; `told`: who is told what is done, and its number."""
    if entry.measured is None:
        return entry
    clock, number = told
    aids = Aids(clock.sayer(number), batch.kept, work=clock.did)
    try:
        found = interpret(entry.measured, setting, batch.atlas, entry.noise, aids)
    except Exception as error:  # one bad file must not cost the others
        return replace(entry, error=one_line(entry.file, error))
    return with_best_case(replace(entry, interpretation=found), found, aids.say)


def _series(pairs: Sequence[tuple[Entry, Setting]], batch: Batch, clock: Clock) -> tuple[Entry, ...]:
    """Spectra that share their electrolyte; those that cannot be interpreted stay out of it."""
    entries = [entry for entry, _ in pairs]
    ready = [
        (place, Member(entry.measured, setting, entry.noise, clock.sayer(place + 1)))
        for place, (entry, setting) in enumerate(pairs)
        if entry.measured is not None
    ]
    if not ready:
        return tuple(entries)
    found = interpret_series([one for _, one in ready], batch.atlas, Aids(kept=batch.kept, work=clock.did))
    for (place, member), (interpretation, agreement) in zip(ready, found, strict=True):
        entry = replace(
            entries[place],
            interpretation=interpretation,
            agreement=agreement,
            notes=(*entries[place].notes, *_disagreement(agreement)),
        )
        entries[place] = with_best_case(entry, interpretation, member.say)
    return tuple(entries)


def _disagreement(agreement: Agreement) -> tuple[str, ...]:
    """That a spectrum's electrolyte is another one than the others', in one line; () where it is not."""
    if agreement.deviations is None or agreement.before is not None:
        return ()
    return (
        f"its electrolyte contradicts that of the others by {agreement.deviations:.1f} standard deviations: it is "
        "interpreted by itself, and they without it; expected the same cell, area and temperature",
    )


def _beyond_the_atlas(found: Interpretation) -> tuple[str, ...]:
    """That the pitch may be larger than the atlas knows under a slab so thin, in one line; () where it is not."""
    told, longest = summary(found, "pitch"), found.setting.thickness / DEPTHS.low
    if told is None or told.high95 <= longest:
        return ()
    written, times = UNKNOWNS["pitch"].written, f"{1 / DEPTHS.low:g} times the thickness"
    return (
        f"pitch: up to {written(told.high95)} (95 %); beyond {written(longest)}, {times}, the atlas has no slab so "
        "thin and takes one of that limit; expected a smaller pitch in --priors",
    )


def with_best_case(entry: Entry, found: Interpretation, say: Callable[[str], None]) -> Entry:
    """The same with the best lattice as a case, solved anew, if the arc may be its; why it cannot be is a note."""
    entry = replace(entry, notes=(*entry.notes, *_beyond_the_atlas(found)))
    fitted = best_lattice(found)
    if fitted is None or verdict(found).arc not in ("constriction", "either"):
        return entry
    say(f"solving the best {fitted.model.name} anew")
    try:
        case = best_case(fitted, found, f"Best {fitted.model.pattern} lattice of {entry.name}")
        entry = replace(entry, case=case)
        anew = solved_anew(fitted, case, found.spectrum.frequency)
    except (InputError, SolverError) as error:
        return replace(entry, notes=(*entry.notes, f"the best lattice could not be solved anew: {error}"))
    if anew.largest > VISIBLE:
        told = f"the best {anew.name}, solved anew, differs from the atlas, of thin gaps, by {anew.largest:.2g} of |Z|"
        entry = replace(entry, notes=(*entry.notes, told))
    return replace(entry, anew=anew)
