"""What `constriction interpret` leaves behind: its record, a report; per spectrum two pictures and the best case."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constriction.base.errors import one_line
from constriction.base.folders import FolderKind, whole_folder
from constriction.commands.job.guard import complain
from constriction.commands.job.options import given_arguments

if TYPE_CHECKING:
    from constriction.interpret.interpretation import Interpretation
    from constriction.interpret.progress.kept import KeptParts
    from constriction.interpret.record import Entry
    from constriction.view.charts.charts import Chart
    from constriction.view.posteriors.corner import CornerColumn

INTERPRETATION, REPORT = "interpretation.json", "report.html"
KEYS = frozenset({"files", "definitions", "versions"})
INTERPRETATIONS = FolderKind(
    "interpretation",
    (INTERPRETATION, REPORT),
    KEYS,
    r"(corner|predicted)-\d{2,}\.png|best-\d{2,}\.toml|(\.constriction-)?kept-[0-9a-f]{24}\.npz",
)
UNFINISHED = "stopped before the end, nothing is interpreted yet: the same command, repeated, goes on from here"
DRAWS = 400  # spectra of a band
SHOWN = ("contact_fraction", "pitch", "gap_height", "R_cstr")
FILM_SHOWN = ("film_resistance", "film_capacitance")
BOTH_SHOWN = (*SHOWN[:-1], *FILM_SHOWN, SHOWN[-1])
R_CSTR = "R_cstr  (Ω·cm²)", 1e4
UNITS = {"length": "m", "area resistance": "Ω·cm²", "area capacitance": "F/cm²"}


def kept_in(folder: Path) -> KeptParts:
    """What is kept of a run that is not finished: in its folder, which the finished one replaces."""
    from constriction.interpret.progress.kept import KeptParts

    unfinished = {"files": [], "definitions": {}, "versions": {}, "unfinished": UNFINISHED}
    return KeptParts(folder, (INTERPRETATION, json.dumps(unfinished) + "\n"))


def write_interpretation(entries: Sequence[Entry], folder: Path, report: bool = False) -> dict[str, Any]:
    """Fill the folder; returns the content of interpretation.json.

    Args:
        entries: the spectra, in the order of the files.
        folder: nothing, an empty folder, or an earlier interpretation, which is replaced.
        report: whether a report.html is written, too.

    Raises:
        InputError: the folder holds something else; nothing was changed.
    """
    from constriction.case.schema import resolved_toml
    from constriction.interpret.record import interpretation_record

    record = interpretation_record(entries)
    with whole_folder(folder, INTERPRETATIONS) as fresh:
        charts = []
        for number, entry in enumerate(entries, start=1):
            if entry.case is not None:
                (fresh / f"best-{number:02}.toml").write_text(resolved_toml(entry.case), encoding="utf-8")
            charts.append(_drawn(entry, fresh, number))
        text = json.dumps(record, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
        (fresh / INTERPRETATION).write_text(text, encoding="utf-8")
        if report:
            _write_report(record, charts, fresh)
    return record


def _write_report(record: dict[str, Any], charts: Sequence[Sequence[Chart]], folder: Path) -> None:
    """The page, with the corner plots that lie beside it; `charts`: of each spectrum."""
    from constriction.view.pages.provenance import origin
    from constriction.view.pages.report import write_report
    from constriction.view.posteriors.report import InterpretedPictures, interpret_report

    pictures = []
    for number, own in enumerate(charts, start=1):
        corner = folder / f"corner-{number:02}.png"
        pictures.append(InterpretedPictures(tuple(own), corner.read_bytes() if corner.exists() else None))
    files = sorted(path.name for path in folder.iterdir())
    write_report(interpret_report(record, pictures, origin(given_arguments.get()), files), folder / REPORT)


def _drawn(entry: Entry, folder: Path, number: int) -> Sequence[Chart]:
    """Save the pictures of a spectrum; returns its charts. One that cannot be drawn costs no other."""
    try:
        return _draw(entry, folder, number)
    except OSError:  # the disk, which all others need as well
        raise
    except Exception as error:
        complain(f"WARNING: no picture: {one_line(entry.file, error)}")
        return ()


def _draw(entry: Entry, folder: Path, number: int) -> Sequence[Chart]:
    from constriction.spectra.spectrum import Spectrum
    from constriction.view.posteriors.bands import bands_chart, draw_bands, plane_chart
    from constriction.view.posteriors.corner import draw_corner

    found = entry.interpretation
    if found is None:
        return ()
    charts: Sequence[Chart] = ()
    if isinstance(found.spectrum, Spectrum):
        best, file = found.fitted[0].best.modes[0], folder / f"predicted-{number:02}.png"
        predicted = found.predicted(DRAWS)
        draw_bands(file, entry.name, found.spectrum, predicted, best.noise)
        charts = plane_chart(found.spectrum, predicted), bands_chart(found.spectrum, predicted, best.noise)
    names = _shown(found)
    if found.having(names):
        _, weights = found.posterior(names)
        draw_corner(folder / f"corner-{number:02}.png", entry.name, _columns(found, names), weights)
    return charts


def _shown(found: Interpretation) -> Sequence[str]:
    """What a corner plot is of: spots, with the film where all have one; a film where there are no spots."""
    spots = found.having(SHOWN)
    if not spots:
        return FILM_SHOWN
    return BOTH_SHOWN if len(found.having(BOTH_SHOWN)) == len(spots) else SHOWN


def _columns(found: Interpretation, names: Sequence[str]) -> list[CornerColumn]:
    """What a corner plot shows of some unknowns."""
    from constriction.interpret.model.priors import Uniform
    from constriction.view.posteriors.corner import CornerColumn

    values, _ = found.posterior(names)
    best = found.having(names)[0][0].at_best
    columns = []
    for place, name in enumerate(names):
        label, factor = _axis(name, float(best[name][0]))
        prior = found.setting.priors.get(name)
        ends = (prior.low * factor, prior.high * factor) if isinstance(prior, Uniform) else ()
        columns.append(CornerColumn(label, values[:, place] * factor, float(best[name][0]) * factor, *ends))
    return columns


def _axis(name: str, value: float) -> tuple[str, float]:
    """What an axis is called, and the factor to its unit from SI, of which the value is SI."""
    from constriction.interpret.model.unknowns import UNKNOWNS
    from constriction.view.terminal.numbers import decimal_prefix

    if name not in UNKNOWNS:
        return R_CSTR
    unknown = UNKNOWNS[name]
    if unknown.kind not in UNITS:
        return unknown.words, unknown.factor
    size, prefix = decimal_prefix(value * unknown.factor)
    return f"{unknown.words}  ({prefix}{UNITS[unknown.kind]})", unknown.factor / size
