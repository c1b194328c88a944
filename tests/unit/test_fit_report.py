"""The report of an analysis, from a spectrum whose circuit is known."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from constriction.spectra.drt.relaxation_times import DistributionOptions
from constriction.spectra.fit.fitting import FittedParameter
from constriction.spectra.reading.analysis import AnalysisOptions
from constriction.spectra.reading.batch import BatchOptions, analyse_all, load
from constriction.spectra.reading.records import entry_record
from constriction.spectra.spectrum import Spectrum, write_csv
from constriction.view.charts.fits import entry_picture, trends_of
from constriction.view.pages.fit_report import fit_answer, fit_report
from constriction.view.pages.provenance import origin
from constriction.view.pages.record_tables import relaxation_table
from constriction.view.pages.report import report_html
from constriction.view.pages.sections import Heading, Report
from constriction.view.terminal.entries import entry_rows, entry_title, warnings_of
from constriction.view.writers.plotly import figure

F = np.geomspace(1e6, 1e1, 51)
VERSIONS = {"constriction": "0", "git_commit": None}


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    """Two spectra of R-RQ-RQ: 20 Ω, 10 Ω at 100 kHz, and 15 or 30 Ω at 1 kHz, with 0.1 % noise."""
    folder = tmp_path_factory.mktemp("fits")
    noise = np.random.default_rng(7)
    for number, resistance in enumerate((15.0, 30.0)):
        z = 20 + 10 / (1 + 1j * F / 1e5) + resistance / (1 + 1j * F / 1e3)
        z *= 1 + 1e-3 * (noise.normal(size=51) + 1j * noise.normal(size=51))
        write_csv(Spectrum(F, z, "ohm"), folder / f"<step {number}>.csv")
    how = BatchOptions(distribution=DistributionOptions(), series=True)
    return analyse_all(load(sorted(folder.iterdir())), how)


def test_parameters_that_are_no_arc_are_told_per_square_centimetre(tmp_path):
    """A blocking branch of 30 µS·s^0.9/cm², in a spectrum in Ω·cm²."""
    z = 20e-4 + 10e-4 / (1 + 1j * F / 1e5) + 1e-4 / (30e-6 * (2j * np.pi * F) ** 0.9)
    write_csv(Spectrum(F, z * (1 + 1e-4 * np.sin(np.arange(51.0) ** 2)), "ohm m2"), tmp_path / "blocking.csv")
    how = BatchOptions(AnalysisOptions(circuits=("R-RQ-Q",)))
    (entry,) = analyse_all(load([tmp_path / "blocking.csv"]), how)
    value, unit = re.match(r"Q\d+ ([\d.]+) ± \S+ (.*?),", dict(entry_rows(entry, None))["further"]).groups()
    assert unit == "µS s^a/cm²" and float(value) == pytest.approx(30, rel=0.02)


def report_of(entries):
    record = {
        "files": [entry_record(entry, None) for entry in entries],
        "normalisation": None,
        "options": {"circuits": ["R-RQ", "R-RQ-RQ"], "kramers_kronig_limit": 0.02},
        "definitions": {"R_SE": "a definition"},
        "versions": VERSIONS,
    }
    record = json.loads(json.dumps(record))
    pictures = [entry_picture(entry, None, entry_title(entry, entries)) for entry in entries]
    series = trends_of(entries, None, None, False) if len(entries) > 1 else None
    return fit_report(record, pictures, origin(["analyze", "a.csv"]), ["fit.json"], series)


def test_fits_come_first_and_each_spectrum_has_its_plots(analysed):
    made = report_of(analysed)
    assert isinstance(made, Report) and made.title == "2 spectra"
    titles = [section.title for section in made.sections if hasattr(section, "panels")]
    one = ["Nyquist plot", "Bode plot", "Residuals", "Residuals", "Distribution of relaxation times"]
    assert titles == ["Trends", *one, *one]
    (trends,) = (section for section in made.sections if getattr(section, "title", "") == "Trends")
    assert [panel.y.label.split()[0] for panel in trends.panels] == ["R_SE", "R_int", "C_int"]
    interface = figure(trends)["data"][3]
    assert interface["y"] == pytest.approx([15.0, 30.0], rel=0.02)
    text = report_html(made)
    assert "&lt;step 0&gt;.csv" in text and "<step 0>" not in text
    assert "constriction analyze a.csv" in text and 'href="./fit.json"' in text


def test_peaks_of_the_distribution_are_named_where_the_arcs_are(analysed):
    (*_, chart) = (s for s in report_of(analysed[:1]).sections if getattr(s, "title", "").startswith("Distribution"))
    (peaks,) = (series for series in chart.panels[0].series if series.label == "sure")
    assert sorted(1 / (2 * math.pi * tau) for tau in peaks.x) == pytest.approx([1e3, 1e5], rel=0.15)


def test_answer_tells_one_spectrum_and_counts_many(analysed):
    records = [entry_record(entry, None) for entry in analysed]
    one = fit_answer(records[:1])
    value, error = (float(word) for word in re.findall(r"[0-9.]+", one.headline)[:2])
    assert one.headline.startswith("R_SE = ") and abs(value - 30) < 4 * error < 0.1
    assert "R_int = 15.0" in one.sentences[0] and "circuit = R-RQ-RQ" in one.sentences[0]
    broken = {"file": "x.csv", "error": "line 3: no number"}
    many = fit_answer([*records, broken])
    assert many.headline == "2 of 3 spectra fitted" and many.caution
    assert any("x.csv: line 3: no number" in sentence for sentence in many.sentences)


def test_sure_times_are_tabled(analysed):
    (table,) = (s for s in report_of(analysed).sections if getattr(s, "caption", "").startswith("Relaxation times"))
    assert table.header == ("spectrum", "time", "R", "share of all R", "remark")
    for number, resistance in enumerate((15.0, 30.0)):
        fast, slow = (row for row in table.rows if row[0] == f"<step {number}>.csv" and row[-1].startswith("sure"))
        # 1/(2π·100 kHz) and 1/(2π·1 kHz); the noise of 0.1 % moves the third digit.
        times = [float(row[1].removesuffix(" µs")) for row in (fast, slow)]
        assert times == pytest.approx([1.592, 159.2], rel=0.01)
        for row, expected in ((fast, 10), (slow, resistance)):
            value, error = (float(word) for word in re.findall(r"[0-9.]+", row[2]))
            assert abs(value - expected) < 4 * error < 0.2
        assert slow[3] == f"{100 * resistance / (10 + resistance):.0f} %"


def test_what_is_not_told_apart_is_tabled_with_its_extent():
    group = {"from_second": 1e-6, "to_second": 3e-6, "count_in_fit": 2, "R_ohm": 4.0, "R_stderr_ohm": 0.1}
    broad = {"time_constant_second": 1e-3, "R_ohm": 2.0, "R_stderr_ohm": 0.1, "share": None, "sure": False}
    broad |= {"resolution_decades": None, "why_not": "so broad that it may be several"}
    small = broad | {"why_not": "too small"}
    table = relaxation_table([{"file": "a.csv", "drt": {"relaxation_times": [broad, small], "unresolved": [group]}}])
    assert [row[1:] for row in table.rows] == [
        ("–", "–", "none is sure"),
        ("1.00 µs to 3.00 µs", "4.00 ± 0.10 Ω", "only the sum is determined"),
        ("1.00 ms", "2.00 ± 0.10 Ω", "not sure: so broad that it may be several"),
    ]


def test_long_titles_are_shortened():
    title = "very " * 100 + "long"
    text = report_html(Report(title, "constriction analyze", (Heading(title),)))
    found = re.findall(r">((?:very )+.*… .*very long)</(?:title|h1|h2|a)>", text)
    assert len(found) == 4 and all(len(shown) == 200 for shown in found)


@pytest.mark.parametrize(
    ("interval", "told"),
    [((2.53e5, 4.59e5), "R2 (253 kΩ to 459 kΩ) weakly"), ((None, 4.59e5), "R2 (open to 459 kΩ) weakly")],
)
def test_weakly_determined_parameters_are_told_with_their_interval(analysed, interval, told):
    fit = analysed[0].fit
    weak = FittedParameter("R2", 3.4e5, 1e5, interval, "ohm", "weakly determined: interval from the profile")
    best = replace(analysed[0].comparison[0], fit=replace(fit, parameters=(weak, *fit.parameters)))
    entry = replace(analysed[0], comparison=(best,))
    assert f"{told} determined: interval from the profile" in list(warnings_of(entry))
    assert any(told in line for line in entry_picture(entry, None, "a").remarks)
