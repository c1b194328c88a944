"""Pictures of studies: which curves they have, on which axes, and what wrong [[plot]] tables get."""

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
from study_files import GRID, plan

from constriction.base.errors import InputError
from constriction.study.file.figures import Figure
from constriction.study.results.curves import curves_of, figures_of
from constriction.study.results.table import tabulated
from constriction.view.charts.columns import shown_as
from constriction.view.charts.study_charts import is_log_spaced
from constriction.view.charts.study_pictures import picture_chart
from constriction.view.writers.journal import journal_figure
from constriction.view.writers.study_plots import draw_study

R, C = "R_cstr_ohm_cm2", "C_cstr_farad_per_cm2"
F, H = "interface.contact_fraction", "gap.height"


def table(text=GRID, done=lambda _: True, **more):
    """A study whose R_cstr is fraction · number of the seed or 1, and C_cstr 1 nm/height in µF/cm²; nothing solved."""
    made = plan(text, **more)
    records = []
    for entry in made.entries:
        labels = entry.labels
        values = {R: labels[F] * labels.get("interface.seed", 1), C: 1e-15 / labels[H]}
        records.append({"status": "done", "error": "", "result": values} if done(entry) else None)
    return tabulated(made, records)


REPEATED = GRID + '[repeat]\n"interface.seed" = 3\n'


def test_a_curve_for_each_value_of_the_series():
    curves = curves_of(table(), Figure(F, (R,), (H,)), R)
    assert [curve.label for curve in curves] == [{H: height} for height in (5e-9, 1e-8, 2e-8, 4e-8)]
    assert all(curve.x == curve.mean == (0.1, 0.2, 0.3) for curve in curves)
    assert all(math.isnan(spread) for curve in curves for spread in curve.spread)


def test_repeats_become_mean_and_spread():
    base = plan(REPEATED).study.data["base"]
    random = {**base, "interface": {**base["interface"], "pattern": "random", "spots": 4}}
    (curve, *_) = curves_of(table(REPEATED, base=random), Figure(F, (R,), (H,)), R)
    np.testing.assert_allclose(curve.mean, [0.2, 0.4, 0.6])  # the seeds are 1, 2, 3
    np.testing.assert_allclose(curve.spread, [0.1, 0.2, 0.3])


def test_missing_cases_leave_a_gap_in_no_curve():
    (curve, *_) = curves_of(table(done=lambda entry: entry.number > 0), Figure(F, (R,), (H,)), R)
    assert (curve.label, curve.x) == ({H: 1e-8}, (0.1, 0.2, 0.3))


def test_several_cases_at_one_place_of_a_curve_are_refused():
    with pytest.raises(InputError, match=r"4 cases at .* differ in gap\.height; expected series or where"):
        curves_of(table(), Figure(F, (R,)), R)


def test_where_takes_the_words_of_the_study():
    plots = [{"x": F, "y": R, "where": {H: "20 nm"}, "file": "one.png"}]
    (figure,) = figures_of(table(plot=plots))
    (curve,) = curves_of(table(plot=plots), figure, R)
    assert (figure.where, curve.mean) == ({H: 2e-8}, (0.1, 0.2, 0.3))


@pytest.mark.parametrize("column", ["R_cstr", "gap.hight"])
def test_unknown_columns_are_refused_with_the_known_ones(column):
    with pytest.raises(InputError, match=rf"\[\[plot\]\] 1: '{column}': no such column; there are {F}, "):
        figures_of(table(plot=[{"x": F, "y": column}]))


def test_any_study_is_drawn_the_same_every_time(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert draw_study(table(), tmp_path / name) == [tmp_path / name / "study.png"]
    assert (tmp_path / "one/study.png").read_bytes() == (tmp_path / "two/study.png").read_bytes()


def test_nothing_done_is_said(tmp_path):
    with pytest.raises(InputError, match="no case is done"):
        draw_study(table(done=lambda _: False), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_table_is_a_dataset_along_its_cases():
    made = table(done=lambda entry: entry.number != 1)
    assert dict(made.data.sizes) == {"case": 12} and made.data[H].attrs == {"units": "m", "long_name": "gap.height"}
    assert made.data[R].attrs == {"units": "ohm cm2", "long_name": "constriction resistance"}
    assert (made.data[R].dtype, set(made.data.coords)) == (float, {F, H}) and np.isnan(made.data[R][1])
    assert made.rows[1] == {F: 0.1, H: 1e-8, R: None, C: None, "status": "missing", "error": ""}


def test_columns_come_back_as_they_were():
    """Whole numbers of any size, truth values, texts and lists, with gaps or none."""
    values = {
        "whole": [3, 2**70, None],
        "mixed": [1, 2.5, -0.0],
        "truth": [True, False, True],
        "some": [None, True, None],
        "text": ["", None, "a"],
        "list": [[], [{"a": 1}], None],
        "none": [None, None, None],
    }
    cases = plan('[grid]\n"gap.height" = ["1 nm", "2 nm", "3 nm"]\n')
    results = [{key: column[n] for key, column in values.items()} for n in range(3)]
    made = tabulated(cases, [{"status": "done", "error": "", "result": result} for result in results])
    for key, column in values.items():
        found = [row[key] for row in made.rows]
        assert found == column and list(map(type, found)) == list(map(type, column)), key


@pytest.mark.parametrize("title", ["W" * 2000, "word " * 500])
def test_a_long_title_is_shortened(title):
    made = table(plot=[{"x": F, "y": R, "series": H, "title": title}])
    (figure,) = figures_of(made)
    chart = picture_chart(made, figure)
    drawn = journal_figure(chart, chart.title)
    (shown,) = drawn.texts
    box = shown.get_window_extent()
    assert chart.title.startswith(title) and re.search(r"[Wd] …$", shown.get_text())
    assert 0 < box.x0 and box.x1 < drawn.bbox.width and len(shown.get_text().splitlines()) == 6


@pytest.mark.parametrize(
    ("values", "log"),
    [
        ([1, 2, 5, 10, 20], True),
        ([0.05, 0.1, 0.2, 0.4], True),
        ([1, 2, 3, 4, 5, 6], False),
        ([1, 9], False),
        ([1, 10], True),
        ([0, 1, 10], False),
        ([3], False),
    ],
)
def test_axes_are_logarithmic_where_the_values_are(values, log):
    assert is_log_spaced(values) is log


@pytest.mark.parametrize(
    ("name", "units", "value", "expected"),
    [
        (H, {H: "m"}, 2e-8, ("gap height", "nm", 20.0)),
        (C, {}, 2.4e-7, ("C_cstr", "nF/cm²", 240.0)),
        ("charge", {"charge": "C/m2"}, 18_000, ("charge", "mAh/cm²", 0.5)),
        ("temperature", {"temperature": "K"}, 233.15, ("temperature", "°C", -40.0)),
        (R, {}, 14.8, ("R_cstr", "Ω·cm²", 14.8)),
    ],
)
def test_columns_are_shown_in_the_units_of_the_field(name, units, value, expected):
    shown = shown_as(name, units, np.array([value]))
    found = SimpleNamespace(words=shown.words, unit=shown.unit, value=(value + shown.shift) * shown.factor)
    assert (found.words, found.unit) == expected[:2]
    assert found.value == pytest.approx(expected[2])
