"""The report of an interpretation: a made-up arc of a film, a spectrum that failed, and a series of made-up records."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from poles_atlas import PolesAtlas
from support.made_up_cells import THICKNESS, made_up

from constriction.commands.job.interpretation_folder import BOTH_SHOWN, FILM_SHOWN, SHOWN, _shown
from constriction.interpret.interpretation import interpret
from constriction.interpret.model.models import InterfaceModel, models_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.record import DEFINITIONS, Entry, entry_record
from constriction.interpret.setting import Setting
from constriction.interpret.summary import Credible
from constriction.interpret.verdict import words_of
from constriction.spectra.spectrum import Spectrum
from constriction.view.charts.charts import Chart
from constriction.view.pages.provenance import Origin
from constriction.view.pages.report import report_html
from constriction.view.pages.sections import Heading, ImageSection, TableSection
from constriction.view.posteriors import corner
from constriction.view.posteriors.bands import bands_chart, plane_chart
from constriction.view.posteriors.report import (
    InterpretedPictures,
    evidence_table,
    interpret_answer,
    interpret_report,
    unknowns_table,
)
from constriction.view.posteriors.trends import interval_chart
from constriction.view.writers.planes import draw_planes
from constriction.view.writers.plotly import figure
from constriction.view.writers.plots import TWO_COLUMNS, journal_style, new_figure

HOW = Origin("constriction interpret cell.csv --report -o out")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def entries():
    """A film's arc of 12 Ω·cm², and a file that could not be read."""
    film = {"film_resistance": 12e-4, "film_capacitance": 5e-3, "film_exponent": 0.95}
    spectrum = made_up(InterfaceModel("film"), 1, film)
    setting = Setting(THICKNESS, default_priors(), models_of(("film", "full_contact"), ()))
    found = interpret(spectrum, setting, PolesAtlas())
    good = Entry("data/<cell>.csv", "<cell>.csv", 1e-4, spectrum, 2e-3, interpretation=found)
    return good, Entry("lost.csv", "lost.csv", error="lost.csv: no such file")


def record_of(entries):
    """The content of interpretation.json."""
    versions = {"constriction": "0", "git_commit": None}
    return {"files": [entry_record(entry) for entry in entries], "definitions": DEFINITIONS, "versions": versions}


def report_of(entries):
    record = record_of(entries)
    pictures = [InterpretedPictures() for _ in entries]
    if (found := entries[0].interpretation) is not None:
        draws = found.predicted(50)
        charts = plane_chart(found.spectrum, draws), bands_chart(found.spectrum, draws, 2e-3)
        pictures[0] = InterpretedPictures(charts, PNG)
    return interpret_report(record, pictures, HOW, ["corner-01.png", "interpretation.json"])


def made_up_record(charge, best, determined=True):
    """Of a series: a contact fraction and an R_cstr within 10 and 20 %."""
    factors = {"low95": 0.8, "low68": 0.9, "best": 1.0, "high68": 1.1, "high95": 1.2}
    fraction = {name: best * factor for name, factor in factors.items()} | {"determined": determined}
    resistance = {name: 30 * factor for name, factor in factors.items()} | {"determined": True}
    return {"charge_mAh_per_cm2": charge, "contact_fraction": fraction, "R_cstr_ohm_cm2": resistance}


def test_verdict_unknowns_models_and_provenance_are_on_the_page(entries):
    report = report_of(entries[:1])
    page = unescape(re.sub(r"<script.*", "", report_html(report), flags=re.S))
    assert report.title == "<cell>.csv"
    headline = re.search(r'<p class="headline">(.*?)</p>', page).group(1)
    assert headline.startswith("Contact fraction, pitch and gap height not determined")
    for words in ("film resistance", "less evidence by", "68 %", "Known beforehand", "How to repeat it", HOW.command):
        assert words in page
    assert "<cell>.csv</h1>" not in report_html(report)  # escaped
    assert [type(section) for section in report.sections].count(Chart) == 2
    (corner,) = (section for section in report.sections if isinstance(section, ImageSection))
    assert corner.png == PNG


def test_intervals_name_their_unit_once_and_say_what_is_determined(entries):
    item = record_of(entries)["files"][0]
    rows = {row[0]: row[1:] for row in unknowns_table(item).rows}
    best, inner, outer, told = rows["film resistance"]
    assert re.fullmatch(r"1\d\.\d+ to 1\d\.\d+ Ω·cm²", inner) and inner != outer
    assert told == ("determined" if item["film_resistance_ohm_cm2"]["determined"] else "not determined")
    assert best.endswith("Ω·cm²")


def test_models_are_told_by_their_evidence(entries):
    item = record_of(entries)["files"][0]
    first, second = evidence_table(item).rows
    assert first[:3] == ("film", "100 %", "–")
    assert second[0] == "full_contact" and second[1] == "below 0.01 %" and second[2].startswith("e^")
    assert second[-1] == "not sampled" and first[-1] == "yes"


def test_spectra_that_failed_have_their_error_and_are_counted(entries):
    report = report_of(entries)
    assert [section.text for section in report.sections if isinstance(section, Heading)][:2] == [
        "<cell>.csv",
        "lost.csv",
    ]
    answer = interpret_answer(record_of(entries)["files"])
    assert answer.headline == "1 of 2 spectra interpreted" and answer.caution
    assert "no such file" in report_html(report)


def test_of_many_spectra_their_arcs_are_counted():
    good = {"name": "good", "error": None, "verdict": "pitch 1 mm; a film does not explain it", "arc": "constriction"}
    bad = {"name": "bad", "error": "bad: nothing", "verdict": "not determined: bad: nothing"}
    answer = interpret_answer([good] * 7 + [bad])
    assert answer.headline == "7 of 8 spectra interpreted"
    assert answer.sentences == ("The arc is: constriction in 7.", "Nothing is determined of bad.")


def test_a_series_is_drawn_over_its_charge_with_intervals():
    records = [made_up_record(0.05, 0.1), made_up_record(0.1, 0.2, determined=False), made_up_record(0.5, 0.4)]
    chart = interval_chart(records)
    assert chart.x.label == "charge  (mAh/cm²)"
    fraction, resistance = chart.panels
    outer, inner, best, open_ = fraction.series
    assert np.asarray(outer.band)[:, 1] == pytest.approx([0.16, 0.24])
    assert np.asarray(inner.band)[:, 2] == pytest.approx([0.36, 0.44])
    assert list(best.x) == [0.05, 0.5] and list(open_.x) == [0.1] and open_.hollow
    assert fraction.y.scale == "log" and resistance.y.scale == "linear"
    axis = figure(chart)["layout"]["yaxis"]
    assert max(axis["tickvals"]) > 0.4  # over the bands, not the points alone


def test_without_charges_a_series_is_over_the_numbers_of_its_spectra():
    records = [made_up_record(None, 0.1), made_up_record(None, 0.2), {"R_cstr_ohm_cm2": None}]
    chart = interval_chart(records)
    assert chart.x.scale == "whole" and list(chart.panels[0].series[2].x) == [1, 2]
    assert interval_chart(records[:1]) is None


def test_files_beside_the_page_are_linked(entries):
    page = report_html(report_of(entries[:1]))
    assert 'href="./corner-01.png"' in page and "best-01.toml" not in page
    tables = [section.caption for section in report_of(entries[:1]).sections if isinstance(section, TableSection)]
    assert any(caption.startswith("Priors") for caption in tables)


class Having:
    """What models have of the unknowns, as an interpretation tells it."""

    def __init__(self, *models):
        self.models = models

    def having(self, names):
        return [(one, 0.5) for one in self.models if set(names) <= set(one)]


@pytest.mark.parametrize(
    ("models", "shown"),
    [
        ((SHOWN, FILM_SHOWN), SHOWN),
        ((BOTH_SHOWN,), BOTH_SHOWN),
        ((BOTH_SHOWN, FILM_SHOWN), BOTH_SHOWN),
        ((BOTH_SHOWN, SHOWN), SHOWN),
        ((FILM_SHOWN,), FILM_SHOWN),
    ],
)
def test_a_corner_plot_has_the_film_where_all_contacts_lie_behind_one(models, shown):
    assert _shown(Having(*models)) == shown


def test_what_is_hardly_narrower_than_assumed_is_called_not_determined():
    """The table beside the verdict says so, and both are read together."""
    found = Credible(0.185, 0.018, 0.041, 0.14, 0.35, 0.53, 0.64, below=False, above=False, determined=False)
    assert words_of(found, None) == "not determined: 4.1 to 35 % (68 %), hardly narrower than assumed"
    assert words_of(replace(found, determined=True), None) == "4.1 to 35 % (68 %)"


def test_names_of_axes_stay_in_the_picture():
    """Framing a low arc makes its numbers longer than those that the layout was made for."""
    frequency, angle = np.geomspace(1e7, 10, 60), np.linspace(np.pi, 0, 60)
    spectrum = Spectrum(frequency, (26 + 17 * np.cos(angle) - 8.4j * np.sin(angle)) * 1e-4, "ohm m2")
    draws = np.tile(spectrum.impedance, (5, 1))
    with journal_style():
        sheet = new_figure(TWO_COLUMNS, 2.6, layout="constrained")
        axes = draw_planes(sheet, plane_chart(spectrum, draws), bands_chart(spectrum, draws, 2e-3))
        sheet.draw_without_rendering()
        for one in axes:
            box = one.get_tightbbox()
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= sheet.bbox.x1


def test_names_of_six_unknowns_do_not_overlap(tmp_path, monkeypatch):
    """Beside each other below the corner plot, and above each other on its left."""
    names = ("contact fraction", "pitch  (mm)", "film resistance  (Ω·cm²)", "film capacitance  (µF/cm²)") * 2
    random = np.random.default_rng(1)
    columns = [corner.CornerColumn(name, np.exp(random.standard_normal(400)), 1.0) for name in names[2:]]
    kept = []
    monkeypatch.setattr(corner, "save", lambda figure, path: kept.append(figure))
    corner.draw_corner(tmp_path / "corner.png", "a cell", columns, np.full(400, 1 / 400))
    figure = kept[0]
    figure.draw_without_rendering()
    for axis, start, end in (("xaxis", "x0", "x1"), ("yaxis", "y0", "y1")):
        labels = [getattr(axes, axis).label for axes in figure.axes]
        boxes = sorted(
            (one.get_window_extent() for one in labels if one.get_text()), key=lambda box: getattr(box, start)
        )
        assert len(boxes) >= 5
        assert all(getattr(one, end) < getattr(other, start) for one, other in zip(boxes, boxes[1:], strict=False))
