"""Measured spectra, one after the other: screened as `analyze` does it, interpreted, or told why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from constriction.base.errors import InputError, SolverError, one_line
from constriction.compare.measured import Loaded
from constriction.interpret.best_case import best_case, best_lattice, solved_anew
from constriction.interpret.interpretation import Interpretation, Setting, interpret
from constriction.interpret.model.models import Interfaces
from constriction.interpret.record import Entry
from constriction.interpret.verdict import verdict
from constriction.spectra.exclusion import Exclusion
from constriction.spectra.reading.analysis import AnalysisOptions, naming_the_taker, screen
from constriction.spectra.spectrum import Spectrum

MOST_EXCLUDED = 0.25
"""Part of the points that may fail the Kramers-Kronig rule; beyond it the spectrum is taken for none."""
VISIBLE = 3e-3
"""Difference between the atlas and a lattice solved anew, relative to |Z|, from which on it is told."""


def screened(spectrum: Spectrum, how: AnalysisOptions) -> Exclusion:
    """A spectrum without the points that fail the Kramers-Kronig rule.

    Raises:
        InputError: too few points, too many that fail, or a drift.
    """
    found = screen(spectrum, how)
    asked = found.spectrum.frequency.size + len(found.excluded)
    if len(found.excluded) > MOST_EXCLUDED * asked:
        raise InputError(f"fails the Kramers-Kronig test: {found.taken}; expected at most {MOST_EXCLUDED:.0%}")
    if found.test.trend_flagged:
        raise InputError(
            f"fails the Kramers-Kronig test: residuals drift by {found.test.trend:.2%} of |Z| about "
            f"{found.test.trend_frequency:.3g} Hz; expected at most {found.test.options.trend_limit:.2%}"
        )
    return found


def interpret_all(
    loaded: Sequence[Loaded],
    setting: Setting,
    atlas: Interfaces,
    how: AnalysisOptions,
    say: Callable[[str], None],
) -> tuple[Entry, ...]:
    """Interpret spectra; one that cannot be has its error, and the others go on.

    Args:
        loaded: per area, or with an error.
        setting: what is known before.
        atlas: of solved interfaces.
        how: they are screened; circuits and fits have no part in it.
        say: is told what is done.
    """
    entries = []
    for number, item in enumerate(loaded, start=1):
        place = f"{number} of {len(loaded)}, " if len(loaded) > 1 else ""
        entries.append(_interpreted(item, setting, atlas, how, lambda text, place=place: say(place + text)))  # type: ignore[misc]
    return tuple(entries)


def _interpreted(
    item: Loaded, setting: Setting, atlas: Interfaces, how: AnalysisOptions, say: Callable[[str], None]
) -> Entry:
    entry = Entry(item.file, item.name, area=item.area, notes=item.notes)
    if item.spectrum is None:
        return replace(entry, error=item.error)
    try:
        left = screened(item.spectrum, how)
        with naming_the_taker(left):
            found = interpret(left.spectrum, setting, atlas, left.test.noise, say)
    except Exception as error:  # one bad file must not cost the others
        return replace(entry, error=one_line(item.file, error))
    entry = replace(entry, screened=left, interpretation=found, notes=(*item.notes, *left.remarks))
    return with_best_case(entry, found, say)


def with_best_case(entry: Entry, found: Interpretation, say: Callable[[str], None]) -> Entry:
    """The same with the best lattice as a case, solved anew, if the arc may be its; why it cannot be is a note."""
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
