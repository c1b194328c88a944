"""The report of `constriction interpret`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constriction.interpret.model.unknowns import UNKNOWNS
from constriction.view.charts.charts import Chart
from constriction.view.pages.provenance import Origin, links, repeat_sections
from constriction.view.pages.sections import (
    Answer,
    Heading,
    ImageSection,
    Paragraph,
    Report,
    Section,
    TableSection,
    Values,
)
from constriction.view.posteriors.rows import anew_text, interval_cells, labelled
from constriction.view.posteriors.trends import R_CSTR, interval_chart
from constriction.view.terminal.numbers import engineering, significant

type Record = Mapping[str, Any]

NOTHING = "–"
UNDETERMINED = "not determined"
LEAST = 1e-4  # probability that is told as a number
MOST_TOLD = 6  # verdicts, before the sections of each spectrum
CORNER = "Corner plot", "Each unknown, and every two: 68 and 95 % of the posterior; orange: the best fit."


@dataclass(frozen=True, eq=False)
class InterpretedPictures:
    """What a report shows of one spectrum.

    Attributes:
        charts: the spectrum over what the posterior predicts, and the differences; () of a triple.
        corner: its corner plot, a PNG; None: there is none.
    """

    charts: tuple[Chart, ...] = ()
    corner: bytes | None = None


def interpret_report(
    record: Record, pictures: Sequence[InterpretedPictures], how: Origin, files: Sequence[str]
) -> Report:
    """The report of an interpretation.

    Args:
        record: the content of interpretation.json.
        pictures: one of each spectrum, in its order.
        how: from `provenance.origin`.
        files: names of those that lie beside the report.
    """
    items = record["files"]
    sections: list[Section] = [interpret_answer(items)]
    series = interval_chart(items) if len(items) > 1 else None
    if series is not None:
        sections += [Heading(series.title), series]
    for item, picture in zip(items, pictures, strict=True):
        sections += [Heading(item["name"]), *item_sections(item, picture)]
    sections += [
        Heading("Known beforehand"),
        *_priors(items),
        *repeat_sections(how, record["versions"], _data(items)),
        Paragraph("Files beside this page:"),
        links(_files(len(items)), files),
        Heading("Definitions"),
        TableSection("Quantities", ("name", "meaning"), tuple(record["definitions"].items())),
    ]
    title = items[0]["name"] if len(items) == 1 else f"{len(items)} spectra"
    return Report(title, "constriction interpret", tuple(sections))


def interpret_answer(items: Sequence[Record]) -> Answer:
    """What was found, in sentences: of one spectrum its verdict, of several how many have one.

    Args:
        items: the elements of `files` in interpretation.json.
    """
    doubtful = [item["name"] for item in items if item["verdict"].startswith(UNDETERMINED)]
    if len(items) == 1:
        first, *rest = items[0]["verdict"].split("; ")
        return Answer(_sentence(first), tuple(map(_sentence, rest)), caution=bool(doubtful))
    failed = sum(bool(item["error"]) for item in items)
    return Answer(f"{len(items) - failed} of {len(items)} spectra interpreted", _told(items, doubtful), bool(doubtful))


def _told(items: Sequence[Record], doubtful: Sequence[str]) -> tuple[str, ...]:
    """Verdicts of a few spectra; of many what their arcs are, and of which nothing is determined."""
    if len(items) <= MOST_TOLD:
        return tuple(f"{item['name']}: {item['verdict']}" for item in items)
    arcs = Counter(item["arc"] for item in items if not item["error"])
    told = "; ".join(f"{arc} in {count}" for arc, count in arcs.most_common())
    return (f"The arc is: {told}.", *([f"Nothing is determined of {', '.join(doubtful)}."] if doubtful else []))


def item_sections(item: Record, pictures: InterpretedPictures) -> Iterator[Section]:
    """One spectrum: verdict, unknowns, models, the spectrum over the prediction, corner plot.

    Args:
        item: of `files` in interpretation.json.
        pictures: of it.
    """
    if item["error"]:
        yield Paragraph(f"Not interpreted: {item['error']}")
        return
    yield Paragraph(f"{_sentence(item['verdict'])}.")
    yield from (Paragraph(f"{_sentence(note)}.") for note in item["notes"])
    yield unknowns_table(item)
    yield evidence_table(item)
    yield Values(tuple(_facts(item)))
    yield from pictures.charts
    if pictures.corner is not None:
        yield ImageSection(*CORNER, pictures.corner)


def unknowns_table(item: Record) -> TableSection:
    """Best value and intervals of all that is unknown, and whether the spectrum determines it.

    Args:
        item: of `files` in interpretation.json.
    """
    rows = []
    for words, key, unit in (R_CSTR, *map(labelled, UNKNOWNS)):
        if numbers := item.get(key):
            told = "determined" if numbers["determined"] else UNDETERMINED
            best, inner, outer = interval_cells(numbers, unit)
            rows.append((words, best, _shared(inner), _shared(outer), told))
    header = ("unknown", "best fit", "68 %", "95 %", "by this spectrum")
    return TableSection("Unknowns: intervals of the posterior", header, tuple(rows), symbols=True)


def _shared(interval: str) -> str:
    """An interval that names a unit of both ends once."""
    low, high = (end.split(" ") for end in interval.split(" to "))
    return f"{low[0]} to {' '.join(high)}" if low[1:] == high[1:] else interval


def evidence_table(item: Record) -> TableSection:
    """The models that were tried, the most probable one first.

    Args:
        item: of `files` in interpretation.json.
    """
    models = item["evidence"]
    highest = max(model["log_evidence"] for model in models)
    rows = tuple(
        (
            " ".join(filter(None, (model["model"], model["pattern"]))),
            _probability(model["probability"]),
            _less(highest - model["log_evidence"]),
            _log_evidence(model),
            NOTHING if model["effective_samples"] is None else f"{model['effective_samples']:.0f}",
            {True: "yes", False: "no", None: "not sampled"}[model["converged"]],
        )
        for model in models
    )
    header = ("model", "probability", "less evidence by", "ln evidence", "samples worth", "converged")
    return TableSection("Models: kinds are alike beforehand, patterns of one kind alike", header, rows)


def _less(difference: float) -> str:
    """How many times less evidence, from the difference of logarithms."""
    if difference == 0:
        return NOTHING
    return (
        f"{significant(math.exp(difference), 2)} times" if difference < math.log(1e4) else f"e^{difference:.0f} times"
    )


def _probability(share: float) -> str:
    """In per cent with two digits."""
    return f"{significant(100 * share, 2)} %" if share >= LEAST else f"below {100 * LEAST:g} %"


def _log_evidence(model: Record) -> str:
    error = model["log_evidence_stderr"]
    text = f"{model['log_evidence']:.2f}".replace("-", "−")
    return f"{text} ± {error:.2f}" if error is not None else text


def _facts(item: Record) -> Iterator[tuple[str, str]]:
    """What was used of the spectrum, and how well the best model follows it."""
    if item.get("charge_mAh_per_cm2") is not None:
        yield "charge", f"{significant(item['charge_mAh_per_cm2'], 3)} mAh/cm²"
    if item.get("mean_metal_thickness_m") is not None:
        yield "metal by the charge", f"{engineering(item['mean_metal_thickness_m'], 'm')} thick in the mean"
    yield "points", f"{item['points']}, left out {len(item['excluded'])}"
    yield "noise of one part", f"{100 * item['noise_relative']:.2g} % of |Z|"
    yield "residuals of the best fit", f"{100 * item['residual_relative']:.2g} % of |Z|"
    if item["best_case"]:
        yield "solved anew", anew_text(item["best_case"])


def _priors(items: Sequence[Record]) -> Iterator[Section]:
    """What each unknown was before; of a series the last one's, as what is shared is told of each in its section."""
    last = next((item for item in reversed(items) if not item["error"]), None)
    if last is None:
        return
    rows = tuple((UNKNOWNS[name].words, words) for name, words in last["priors"].items())
    yield TableSection(
        "Priors: logarithmic ones are even in the logarithm, factors hold 68 %", ("unknown", "prior"), rows
    )


def _data(items: Sequence[Record]) -> list[tuple[str, str]]:
    """Files, area and thickness."""
    last = next((item for item in reversed(items) if not item["error"]), {})
    area, thickness = last.get("area_cm2"), last.get("thickness_m")
    found = [("measured", ", ".join(dict.fromkeys(Path(item["file"]).name for item in items)))]
    if area is not None:
        found.append(("area", f"{area:.6g} cm²"))
    if thickness is not None:
        found.append(("thickness", engineering(thickness, "m")))
    return found


def _files(count: int) -> list[tuple[str, str]]:
    """What may lie beside the page, in order."""
    found = [("interpretation.json", "all numbers, the unit in each key")]
    for number in range(1, count + 1):
        found += [
            (f"corner-{number:02}.png", "the corner plot"),
            (f"predicted-{number:02}.png", "the spectrum over the prediction"),
            (f"best-{number:02}.toml", "the best lattice as a case, to run or to draw"),
        ]
    return found


def _sentence(text: str) -> str:
    """A clause with a capital letter."""
    return text[:1].upper() + text[1:]
