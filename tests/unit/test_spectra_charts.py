"""Charts and tables of made-up spectra, fits and studies; plotly's own schema checks the figures."""

import json
import math
import re
from xml.etree import ElementTree

import numpy as np
import plotly.graph_objects as go
import pytest
from scipy.interpolate import Akima1DInterpolator
from support.charts import cell_of, distribution, overlay_of

from constriction.base.errors import InputError
from constriction.spectra.spectrum import Spectrum
from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series
from constriction.view.charts.curves import SpectrumCurve, akima
from constriction.view.charts.fits import trend_chart
from constriction.view.charts.relaxation_charts import processes_chart, times_chart
from constriction.view.charts.spectra_charts import bode_chart, nyquist_chart, residual_chart
from constriction.view.charts.study_charts import StudyAxes, error_key, study_chart
from constriction.view.pages.record_tables import comparison_table, fits_table, study_table
from constriction.view.writers.journal import journal_figure
from constriction.view.writers.lettering import named_ticks
from constriction.view.writers.plotly import figure
from constriction.view.writers.svg import chart_figure, svg

F = np.geomspace(1e6, 1e2, 41)
# An arc of 10 Ω·cm² at 10 kHz above 5 Ω·cm².
ARC = Spectrum(F, 5e-4 + 10e-4 / (1 + 1j * F / 1e4), "ohm m2")
FLAT = Spectrum(F, np.full(41, 5e-4 + 0j), "ohm m2")
CURVES = [
    SpectrumCurve("measured", ARC),
    SpectrumCurve("fit", ARC, "line", "c1"),
    SpectrumCurve("full contact", FLAT, "reference", "muted"),
]
CELL = cell_of([(1e-4, 7e-4), (1e-3, 2e-4), (1e-2, 2e-6)], [(1e-7, 20e-4)])
FILES = [
    {
        "file": "a.mpt",
        "sweep": 2,
        "circuit": "R-RQ",
        "R_SE_ohm": 40.0,
        "R_SE_stderr_ohm": 0.4,
        "R_SE_ohm_cm2": 30.0,
        "R_SE_stderr_ohm_cm2": 0.3,
        "R_int_ohm_cm2": None,
        "C_int_farad_per_cm2": 2.4e-7,
        "C_int_stderr_farad_per_cm2": 3e-9,
        "excluded": 3,
        "kramers_kronig": {"consistent": True},
        "fit": {"residual_rms": 0.0042},
        "doubts": ["the first arc is cut off"],
        "error": None,
    },
    {"file": "broken.mpt", "error": "line 3: no number", "circuit": None, "doubts": []},
]
ROWS = [
    {"gap.height": h, "interface.shape": s, "R_cstr_ohm_cm2": r, "R_cstr_error_ohm_cm2": 0.01 * r, "status": "done"}
    for s, scale in (("disc", 1.0), ("square", 1.1))
    for h, r in ((1e-8, 3.0 * scale), (1e-7, 2.0 * scale), (1e-6, 1.0 * scale))
] + [{"gap.height": 1e-5, "interface.shape": "disc", "R_cstr_ohm_cm2": None, "R_cstr_error_ohm_cm2": None}]


BANDED = (
    Series("only a band", [1, 2, 3], [0, 0, 0], "muted", symbol="", band=[1, 2, math.nan]),
    Series("both", [1, 2, 3], [1, 4, 3], line="dashed", symbol="triangle-down", band=[2, 1, math.nan]),
)


def charts():
    hover = ["1", "2", "3"]
    trends = [("R_SE (Ω·cm²)", [1.0, 2.0, None], [0.1, None, None]), ("C_int (F)", [1e-6, 2e-6, 3e-6], [1e-7] * 3)]
    return {
        "nyquist": nyquist_chart(CURVES, [(1e4, 10e-4 - 5e-4j)]),
        "bode": bode_chart(CURVES),
        "one point": nyquist_chart([SpectrumCurve("one", Spectrum([1e3], [1 - 1j], "ohm"))]),
        "residuals": residual_chart(F, 0.01 * np.exp(1j * F), 0.02),
        "drt": processes_chart(distribution(1 / F, F * 1e-4, [1e-4]), None, (1.0, "Ω·cm²")),
        "times": times_chart(overlay_of(distribution(1 / F, F * 1e-8)), CELL),
        "trend": trend_chart("charge (mAh/cm²)", [0.0, 0.1, 0.2], trends, hover),
        "study": study_chart(ROWS, StudyAxes("gap.height", ("R_cstr_ohm_cm2",), ("interface.shape",))),
        "band": Chart("b", "", ChartAxis("x"), (Panel(ChartAxis("y", limits=(0, 9)), BANDED, (0.0, 5.0)),)),
        "names": Chart(
            "n", "", ChartAxis("", names=("a", "b")), (Panel(ChartAxis("y", "log"), (Series("", [0, 1], [1, 99]),)),)
        ),
    }


@pytest.mark.parametrize("name", charts())
def test_each_chart_is_one_to_plotly_and_one_without_scripts(name):
    made = charts()[name]
    drawn = figure(made)
    colours = re.compile(r'"--[\w-]+"')
    go.Figure(json.loads(colours.sub('"#123456"', json.dumps(drawn, allow_nan=False))))  # refuses unknown properties
    ElementTree.fromstring(svg(made, "a"))
    shown = [series for panel in made.panels for series in panel.series]
    bands = sum(series.band is not None and bool(series.line + series.symbol) for series in shown)
    assert len(drawn["data"]) == len(shown) + bands >= len(made.panels)


def test_nyquist_shows_the_impedance_with_equal_axes():
    made = charts()["nyquist"]
    drawn = figure(made)
    points = drawn["data"][0]
    # 1 Ω·m² = 10⁴ Ω·cm²; seven digits are kept
    assert points["x"] == pytest.approx((1e4 * ARC.impedance.real).tolist(), rel=1e-6)
    assert points["y"] == pytest.approx((-1e4 * ARC.impedance.imag).tolist(), rel=1e-6)
    assert drawn["layout"]["xaxis"]["title"]["text"] == "Re Z (Ω·cm²)"
    assert drawn["layout"]["yaxis"]["scaleanchor"] == "x" and drawn["layout"]["yaxis"]["scaleratio"] == 1
    assert [trace["line"]["dash"] for trace in drawn["data"][:3]] == ["solid", "solid", "dash"]
    axes = chart_figure(made).axes[0]
    box = axes.get_window_extent()
    across, up = np.ptp(axes.get_xlim()) / box.width, np.ptp(axes.get_ylim()) / box.height
    assert across == pytest.approx(up, rel=1e-9)
    bottom, top = axes.get_ylim()
    assert bottom <= 0 and top > 5


def test_nyquist_marks_peaks_and_decades_where_they_are():
    drawn = figure(charts()["nyquist"])
    decades, peak = drawn["data"][-2:]
    at = dict(zip(decades["text"], zip(decades["x"], decades["y"], strict=True), strict=True))
    z = 5 + 10 / (1 + 10j)  # at 100 kHz, ten times the apex
    assert at["100 kHz"] == pytest.approx((z.real, -z.imag), rel=5e-3)
    assert at["10 kHz"] == pytest.approx((10, 5), rel=5e-3)
    places = dict(zip(decades["text"], decades["textposition"], strict=True))
    # Outside of the arc: above its apex, left of its high-frequency flank, right of the other.
    assert places["10 kHz"] == "top center" and "left" in places["100 kHz"] and "right" in places["1 kHz"]
    longer = np.geomspace(1e6, 1.0, 61)
    crowded = nyquist_chart([SpectrumCurve("", Spectrum(longer, 5e-4 + 10e-4 / (1 + 1j * longer / 1e4), "ohm m2"))])
    # From 10 Hz to 1 Hz the arc moves by a hundredth of its width: names would stand on each other.
    assert figure(crowded)["data"][-1]["text"] == ["1 MHz", "100 kHz", "10 kHz", "1 kHz", "100 Hz"]
    assert (peak["x"], peak["y"], peak["text"]) == ([10.0], [5.0], ["10 kHz"])


def test_bode_shows_modulus_and_phase():
    drawn = figure(charts()["bode"])
    modulus, phase = drawn["data"][0], drawn["data"][3]
    here = int(np.argmin(np.abs(F - 1e4)))
    z = 5 + 10 / (1 + 1j * F[here] / 1e4)
    assert modulus["y"][here] == pytest.approx(abs(z), rel=1e-6)
    assert phase["y"][here] == pytest.approx(math.degrees(math.atan2(-z.imag, z.real)), rel=1e-6)
    assert (modulus["yaxis"], phase["yaxis"]) == ("y", "y2")
    assert drawn["layout"]["xaxis"]["ticktext"] == ["100 Hz", "1 kHz", "10 kHz", "100 kHz", "1 MHz"]
    upper, lower = drawn["layout"]["yaxis"]["domain"], drawn["layout"]["yaxis2"]["domain"]
    assert lower[0] == 0 and lower[1] < upper[0] and upper[1] == 1
    assert [trace["showlegend"] for trace in drawn["data"]] == [True] * 3 + [False] * 3


def test_two_units_are_refused():
    with pytest.raises(InputError, match=r"a chart of spectra in \['ohm', 'ohm m2'\]: expected one unit"):
        nyquist_chart([CURVES[0], SpectrumCurve("other", Spectrum([1.0], [1.0], "ohm"))])
    with pytest.raises(InputError, match=r"in \[\]"):
        bode_chart([])


def test_distribution_stands_over_its_relaxation_time():
    below, curve, peaks = figure(processes_chart(distribution([1e-4, 1e-2], [1.0, 3.0], [1e-3]), None, (1.0, "Ω")))[
        "data"
    ]
    assert below["y"] == [0, 0, 3, 1]
    assert curve["x"] == pytest.approx([1e-4, 1e-2], rel=1e-6)
    # Half way on the logarithmic axis the curve is at 2.
    assert peaks["x"] == pytest.approx([1e-3], rel=1e-6) and peaks["y"] == pytest.approx([2.0])
    assert peaks["text"] == ["1 ms"] and peaks["hovertext"] == ["1.00 ms (159 Hz): 2.00 Ω"]


def test_times_of_a_simulated_cell_stand_at_their_resistance():
    made = times_chart(overlay_of(None), CELL)
    slab, geometry = figure(made)["data"]
    assert (slab["x"], slab["y"], slab["name"]) == ([1e-7], [20.0], "simulated electrolyte")
    # 1 Ω·m² = 10⁴ Ω·cm²; what is a thousandth of the largest is left out
    assert (geometry["x"], geometry["y"]) == ([1e-4, 1e-3], [7.0, 2.0])
    assert (geometry["error_y"]["array"], geometry["error_y"]["arrayminus"]) == ([0, 0], [7.0, 2.0])
    window = 1 / (2 * np.pi * 1e6), 1 / (2 * np.pi * 1e2)
    (shaded,) = figure(made)["layout"]["shapes"]
    assert (shaded["x0"], shaded["x1"]) == pytest.approx(window)
    for drawn in (chart_figure(made), journal_figure(made)):
        stems = [line.tolist() for part in drawn.axes[0].collections for line in part.get_segments()]
        assert stems == [[[1e-7, 0], [1e-7, 20]], [[1e-4, 0], [1e-4, 7]], [[1e-3, 0], [1e-3, 2]]]


def test_residuals_far_beyond_the_limit_stand_at_the_edge():
    made = residual_chart([1e3, 1e2, 1e1], [0.01, -0.001j, -0.5j], 0.02)
    real, imaginary, far = figure(made)["data"]
    assert (real["y"], imaginary["y"]) == ([1.0, 0.0, None], [0.0, -0.1, None])
    low, high = figure(made)["layout"]["yaxis"]["range"]
    assert (far["x"], far["name"], far["hovertext"]) == ([10.0], "&gt; 8 %", ["10.0 Hz: 0 %, -50 %"])
    assert low < far["y"][0] < 0.9 * low and high == -low


def test_a_reference_that_is_a_point_on_paper_is_a_square():
    made = nyquist_chart([SpectrumCurve("with constriction", ARC, "both"), SpectrumCurve("alone", FLAT, "reference")])
    (square,) = [part for part in made.panels[0].series if part.label == "alone"]
    assert (square.symbol, square.hollow, list(square.x)) == ("square", True, [5.0])


def test_trend_tells_points_with_error_bars_from_those_without():
    line, barred, bare, *_ = figure(charts()["trend"])["data"]
    assert line["y"] == [1.0, 2.0, None]
    assert (barred["x"], barred["error_y"]["array"]) == ([0.0], [0.1])
    assert (bare["x"], bare["marker"]["symbol"]) == ([0.1], "circle-open")
    assert bare["hovertext"] == ["2"]


def test_a_band_ends_at_zero_where_its_curve_is_above_it():
    made = charts()["band"]
    about_zero, below, line = figure(made)["data"]
    assert (about_zero["x"], about_zero["y"]) == ([1, 2, 3, 3, 2, 1], [-1, -2, 0, 0, 2, 1])
    assert (below["y"], line["y"]) == ([0, 3, 3, 3, 5, 3], [1, 4, 3])
    assert [trace["showlegend"] for trace in (about_zero, below, line)] == [True, True, False]
    solid, dashed = figure(made)["layout"]["shapes"]
    assert (solid["line"]["dash"], dashed["line"]["dash"]) == ("solid", "dash")
    for drawn in (chart_figure(made), journal_figure(made)):
        (axes,) = drawn.axes
        areas = [area.get_paths()[0].get_extents() for area in axes.collections]
        assert [(area.y0, area.y1) for area in areas] == [(-2, 2), (0, 5)] and axes.get_ylim() == (0, 9)
        assert [text.get_text() for text in drawn.legends[0].get_texts()] == ["only a band", "both"]


def test_study_joins_cases_by_series_and_leaves_out_what_failed():
    discs, squares = figure(charts()["study"])["data"]
    assert discs["name"] == "interface.shape = disc" and squares["y"] == pytest.approx([3.3, 2.2, 1.1])
    assert discs["x"] == [1e-8, 1e-7, 1e-6]  # the fourth has no result
    assert discs["error_y"]["array"] == pytest.approx([0.03, 0.02, 0.01])
    assert figure(charts()["study"])["layout"]["xaxis"]["type"] == "log"
    texts = [{key: "" if value is None else str(value) for key, value in row.items()} for row in ROWS]
    axes = StudyAxes("gap.height", ("R_cstr_ohm_cm2",), ("interface.shape",), {"gap.height": "gap height (m)"})
    from_csv = figure(study_chart(texts, axes))
    assert from_csv["data"][0]["y"] == discs["y"]
    assert from_csv["layout"]["xaxis"]["title"]["text"] == "gap height (m)"
    with pytest.raises(InputError, match="no case has numbers for 'gap.height' and 'status'"):
        study_chart(ROWS, StudyAxes("gap.height", ("status",)))


def test_error_bars_are_found_by_their_name():
    keys = ["R_cstr_ohm_cm2", "R_cstr_error_ohm_cm2", "R_SE_stderr_ohm", "gap.height", "C_cstr_farad_spread"]
    assert error_key("R_cstr_ohm_cm2", keys) == "R_cstr_error_ohm_cm2"
    assert error_key("R_SE_ohm", keys) == "R_SE_stderr_ohm"
    assert error_key("C_cstr_farad", keys) == "C_cstr_farad_spread"
    assert error_key("gap.height", keys) is None


def test_decades_are_thinned_where_there_are_many():
    assert named_ticks("frequency", 99.0, 1.2e3) == [(100.0, "100 Hz"), (1000.0, "1 kHz")]
    assert len(named_ticks("frequency", 1e-4, 1e12)) <= 9


def test_fits_are_tabled_with_error_bars_in_the_normalised_unit():
    table = fits_table(FILES)
    rows = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    assert rows[0] == {
        "spectrum": "a.mpt",
        "circuit": "R-RQ",
        "R_SE": "30.0 ± 0.3 Ω·cm²",
        "C_int": "0.240 ± 0.003 µF/cm²",
        "points left out": "3",
        "Kramers-Kronig": "consistent",
        "rms residual": "0.42 %",
        "remark": "the first arc is cut off",
    }
    assert rows[1]["remark"] == "line 3: no number" and rows[1]["R_SE"] == "–"


def test_spectra_are_named_as_shortly_as_they_can_be_told_apart():
    def names(*pairs):
        return [row[0] for row in fits_table([{"file": file, "sweep": sweep} for file, sweep in pairs]).rows]

    assert names(("x/a.mpt", 1), ("x/b.mpt", 1)) == ["a.mpt", "b.mpt"]
    assert names(("x/a.mpt", 1), ("x/a.mpt", 2)) == ["a.mpt, sweep 1", "a.mpt, sweep 2"]
    assert names(("x/a.mpt", 1), ("y/a.mpt", 1)) == ["x/a.mpt", "y/a.mpt"]


def test_large_resistances_get_a_prefix():
    table = fits_table([{"file": "a", "R_SE_ohm": 1.465e8, "R_SE_stderr_ohm": 1.6e7, "R_int_ohm": 1470.0}])
    assert table.rows == (("a", "146 ± 16 MΩ", "1470 Ω (no error bar)"),)


def test_numbers_of_spectra_have_whole_ticks():
    made = trend_chart("spectrum", [1, 2, 3], [("R (Ω)", [1.0, 2.0, 3.0], [None] * 3)])
    assert figure(made)["layout"]["xaxis"]["dtick"] == 1
    shown = [tick for tick in chart_figure(made).axes[0].get_xticks() if 1 <= tick <= 3]
    assert shown == [1, 2, 3]


def test_a_steep_spectrum_starts_at_the_left():
    blocking = nyquist_chart([SpectrumCurve("", Spectrum(F, 5 + 1 / (1j * F * 1e-5), "ohm"))])
    left, right = chart_figure(blocking).axes[0].get_xlim()
    assert -0.05 * right < left <= 0 and right > 5


def test_study_table_reads_units_from_names():
    rows = [{**row, "gap.height": f"{1e9 * row['gap.height']:.0f} nm"} for row in ROWS]
    words = {"gap.height": "gap height", "R_cstr_ohm_cm2": "R_cstr"}
    table = study_table(rows, ["gap.height", "interface.shape", "R_cstr_ohm_cm2"], words)
    assert table.header == ("gap height", "interface.shape", "R_cstr")
    assert table.rows[0] == ("10 nm", "disc", "3.00 ± 0.03 Ω·cm²")
    assert table.rows[-1] == ("10000 nm", "disc", "–")


def test_comparison_table_has_both_error_bars():
    row = {"file": "a.mpt", "sweep": "1", "quantity": "R_int", "unit": "ohm_cm2", "measured": "15.2"}
    row |= {"measured_stderr": "0.5", "simulated": "14.8", "simulated_error": "0.01", "difference_percent": "2.7"}
    table = comparison_table([row])
    assert table.rows == (("a.mpt", "R_int", "15.2 ± 0.5 Ω·cm²", "14.800 ± 0.010 Ω·cm²", "2.70"),)


@pytest.mark.parametrize("count", [3, 4, 50])
def test_curves_between_points_are_those_of_scipy(count):
    rng = np.random.default_rng(count)
    known, values = np.sort(rng.random(count)), rng.standard_normal(count)
    values[10:20] = 1.0  # flat
    x = np.sort(np.concatenate([known, np.linspace(known[0], known[-1], 400)]))
    expected = Akima1DInterpolator(known, values, method="makima")(x)
    np.testing.assert_allclose(akima(known, values, x), expected, rtol=0, atol=1e-11)  # slopes of up to 1e3 cancel
