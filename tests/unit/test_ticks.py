"""Numbers on logarithmic axes, symbols, letters of any script, and curves that lie on others."""

import warnings

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from constriction.view.charts.coinciding import lying, widths
from constriction.view.terminal.numbers import plain
from constriction.view.writers.lettering import (
    LEFT_TO_RIGHT,
    MISSING,
    families,
    legible,
    log_ticks,
    logarithmic,
    symbols,
)


@pytest.mark.parametrize("low", [1.3e-9, 0.7, 30.0, 4.4e8])
@pytest.mark.parametrize("span", [1.02, 1.3, 3.0, 12.0, 80.0, 1e3, 1e6, 1e12])
def test_a_logarithmic_axis_has_a_few_numbers_inside(low, span):
    ticks = log_ticks(low, span * low)
    assert 2 <= len(ticks) <= 9
    assert all(low * 0.999999 <= tick <= 1.000001 * span * low for tick in ticks)
    assert len({plain(tick) for tick in ticks}) == len(ticks)  # no number twice


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.05, "0.05"), (1.0, "1"), (200, "200"), (1000, "1000"), (20_000, "20\u202f000"), (0.0001, "0.0001")]
    + [(1e-7, "10⁻⁷"), (2e-7, "2·10⁻⁷"), (1e6, "10⁶"), (0, "0"), (-0.5, "−0.5")],
)
def test_numbers_are_plain_until_they_are_long(value, text):
    assert plain(value) == text


def test_an_axis_has_no_second_row_of_numbers():
    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.plot([1, 2], [3.0, 40.0])
    axes.set_yscale("log")
    logarithmic(axes.yaxis, *axes.get_ylim())
    figure.canvas.draw()
    assert [text.get_text() for text in axes.get_yticklabels()] == ["5", "10", "20"]
    assert [text.get_text() for text in axes.get_yticklabels(minor=True)] == []


def test_symbols_are_set_and_dollars_stay():
    assert symbols("apparent R_SE  (Ω·cm²)") == r"apparent $R_\mathrm{SE}$  (Ω·cm²)"
    assert symbols("τ_cstr/τ_gb") == r"$τ_\mathrm{cstr}$/$τ_\mathrm{gb}$"
    assert symbols("5 $ of R_2, my_R_cstr_file") == r"5 \$ of R_2, my_R_cstr_file"


TEXTS = [
    "界面阻抗",
    "🧂 salt",
    "العربية",
    "界面 🧂 العربية",
    "日本語の電池",
    "한국어",
    "ไทย",
    "Ω·cm² naïve",
    "a\x1b[31mb\tc",
    "é👩‍🔬",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_script_is_drawn_without_a_warning(text):
    figure = Figure()
    FigureCanvasAgg(figure)
    figure.text(0, 0, legible(text), family=list(families()), parse_math=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.canvas.draw()
    assert "\x1b" not in legible(text)


def test_only_what_no_font_has_becomes_a_box():
    assert legible("Ω·cm² naïve, العربية").removeprefix(LEFT_TO_RIGHT) == "Ω·cm² naïve, العربية"
    assert legible("ab\U000e0001") == "ab"
    assert legible("\U0003ffff") == MISSING


def test_a_line_of_two_directions_runs_from_left_to_right():
    assert legible("gap العربية").startswith(LEFT_TO_RIGHT)
    assert not legible("العربية").startswith(LEFT_TO_RIGHT)


X = np.arange(5.0)


def test_curves_that_lie_on_others_are_found():
    apart, same, close = 2 * X, X.copy(), X * 1.001
    partly = np.where(X < 2, X, 3 * X)
    assert lying([(X, X), (X, apart), (X, same), (X, close)], False) == [set(), set(), {0}, {0, 2}]
    assert lying([(X, X), (X, partly)], False) == [set(), set()]
    assert lying([(X, X), (X[3:] + 9, X[3:])], False) == [set(), set()]  # nothing in common


def test_far_below_on_a_logarithmic_axis_curves_are_apart():
    small = np.array([1e-6, 1e-6, 1e-6, 1e-6, 1.0])
    assert lying([(X, small), (X, [2e-6, 2e-6, 2e-6, 2e-6, 1.0])], True) == [set(), set()]
    assert lying([(X, small), (X, [2e-6, 2e-6, 2e-6, 2e-6, 1.0])], False) == [set(), {0}]


def test_the_lowest_of_coinciding_curves_is_the_widest():
    wide, middle, alone, thin = widths([set(), {0}, set(), {0, 1}])
    assert wide > middle > thin and alone == 1.0
    assert widths([set(), set()]) == [1.0, 1.0] and widths([]) == []
