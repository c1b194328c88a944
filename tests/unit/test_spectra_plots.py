"""Pictures of analysed spectra and series: nothing overlaps or is cut off, everything is there and true to scale."""

import functools
import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from constriction.base.errors import InputError
from constriction.laws.circuit import impedance, parse_circuit
from constriction.spectra.drt.relaxation_times import DistributionOptions
from constriction.spectra.measurement import Measurement, Metadata
from constriction.spectra.normalisation import to_area
from constriction.spectra.reading.analysis import AnalysisOptions
from constriction.spectra.reading.batch import AnalysedSpectrum, BatchOptions, analyse_all
from constriction.spectra.spectrum import Spectrum, logarithmic_frequencies
from constriction.view.charts.curves import SpectrumCurve
from constriction.view.charts.fits import AnalysisPicture, Trend, entry_picture, trend_chart
from constriction.view.writers.journal import journal_figure
from constriction.view.writers.spectra_plots import draw_picture, picture_figure

F = logarithmic_frequencies(7e6, 0.1, 8)
CELLS = {
    "two arcs": ("R-RQ-RQ", [19, 19, 4e-9, 0.97, 20, 1.2e-7, 0.97], None),
    "blocking": ("R-RQ-Q", [1e3, 5e4, 1e-10, 0.9, 1e-6, 0.95], None),
    "megohms per area": ("RQ-RQ-Q", [3e6, 1e-11, 0.9, 7e6, 2e-10, 0.9, 1e-7, 0.5], 1e-4),
    "milliohms with a coil": ("L-R-RQ-RQ", [1e-7, 0.012, 0.01, 0.5, 0.8, 0.01, 30, 0.9], None),
    "flat": ("R-RQ", [1000, 3, 1e-6, 1.0], None),
}
each_cell = pytest.mark.parametrize("name", CELLS)


@functools.cache
def entry_of(name, distribution=True, window=(0.5, 1e7)):
    """A noisy cell with one bad point, analysed."""
    text, values, _ = CELLS[name]
    scatter = np.random.default_rng(1).standard_normal((2, F.size)) * 1e-3
    z = impedance(parse_circuit(text), values, F)
    z = z + np.abs(z) * (scatter[0] + 1j * scatter[1])
    z[30] *= 1.1
    entry = AnalysedSpectrum("a file $1$.mpt", Measurement(Spectrum(F, z, "ohm"), Metadata("a file $1$.mpt", "")))
    how = AnalysisOptions(circuits=(text,), window=window)
    (found,) = analyse_all([entry], BatchOptions(how, DistributionOptions(1e-3) if distribution else None))
    return found


def picture(name, distribution=True):
    area = CELLS[name][2]
    return entry_picture(entry_of(name, distribution), None if area is None else to_area(area), "a file $1$.mpt")


@pytest.fixture
def shown(monkeypatch):
    """A function that draws a figure and returns the texts that were drawn: (words, box, size)."""
    drawn = []
    draw = Text.draw

    def recorded(self, renderer, *args, **kwargs):
        if self.get_visible() and self.get_text().strip():
            drawn.append((self.get_text(), self.get_window_extent(renderer), self.get_fontsize()))
        return draw(self, renderer, *args, **kwargs)

    def of(figure):
        drawn.clear()
        FigureCanvasAgg(figure).draw()
        return list(drawn)

    monkeypatch.setattr(Text, "draw", recorded)
    return of


def clashes(found):
    """Pairs of texts that overlap. Two pixels of 300 per inch: boxes hold the line's height, which no letter fills."""
    pairs = itertools.combinations(found, 2)
    return [(a, b) for (a, one, _), (b, two, _) in pairs if one.padded(-2).overlaps(two.padded(-2))]


@each_cell
@pytest.mark.parametrize("distribution", [True, False])
def test_no_text_overlaps_another_or_the_edge_or_is_tiny(shown, name, distribution):
    figure = picture_figure(picture(name, distribution))
    found = shown(figure)
    assert len(found) > 40
    assert clashes(found) == []
    page = figure.bbox
    assert [a for a, box, _ in found if min(box.x0, box.y0) < 0 or box.x1 > page.width or box.y1 > page.height] == []
    assert min(size for _, _, size in found) >= 6
    assert figure.get_figwidth() * 25.4 == pytest.approx(174)


@each_cell
def test_the_plane_has_equal_scales_and_holds_every_point(name):
    made = picture(name)
    axes = picture_figure(made).axes[0]
    box = axes.get_window_extent()
    assert box.width / np.ptp(axes.get_xlim()) == pytest.approx(box.height / np.ptp(axes.get_ylim()), rel=1e-9)
    for line, curve in zip(axes.lines, made.curves, strict=False):
        x, y = line.get_data()
        assert np.all((axes.get_xlim()[0] <= x) & (x <= axes.get_xlim()[1]))
        assert np.all((axes.get_ylim()[0] <= y) & (y <= axes.get_ylim()[1]))
        assert -y / x == pytest.approx(curve.spectrum.impedance.imag / curve.spectrum.impedance.real, rel=1e-9)


def test_excluded_and_outside_points_are_told_apart():
    labels = {curve.label: curve.spectrum.frequency for curve in picture("two arcs").curves}
    assert F[30] in labels["left out (> 2 % of |Z|)"] and F[30] not in labels["measured"]
    assert labels["outside the window"].tolist() == F[F < 0.5].tolist()
    assert labels["R-RQ-RQ"][0] == pytest.approx(F[0]) and labels["R-RQ-RQ"].size > 250


def test_normalised_pictures_are_normalised():
    entry = entry_of("two arcs")
    curves = entry_picture(entry, to_area(2e-4), "").curves
    assert curves[0].spectrum.unit == "ohm m2"
    assert np.allclose(curves[0].spectrum.impedance, entry.screened.spectrum.impedance * 2e-4, rtol=1e-12)


def test_the_distribution_holds_the_polarisation():
    made = picture("two arcs")
    curve = picture_figure(made).axes[-1].lines[0]
    area = np.trapezoid(curve.get_ydata(), np.log(curve.get_xdata()))
    assert area == pytest.approx(made.distribution.polarisation, rel=1e-3)  # the axis is in Ω, as the cell is


def test_the_same_spectrum_gives_the_same_bytes(tmp_path):
    made = picture("two arcs", False)
    for name in ("a.png", "b.png", "a.pdf"):
        draw_picture(made, tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with pytest.raises(InputError, match=r"suffix '\.jpg', expected \.png or \.pdf"):
        draw_picture(made, tmp_path / "a.jpg")


def test_two_units_are_refused():
    ohm, area = Spectrum(F, F + 1j, "ohm"), Spectrum(F, F + 1j, "ohm m2")
    with pytest.raises(InputError, match=r"\['ohm', 'ohm m2'\]: expected one unit"):
        picture_figure(AnalysisPicture("", [], [SpectrumCurve("a", ohm), SpectrumCurve("b", area)], []))


def trend(name, values, stderr):
    return Trend(name, values, stderr)


SERIES = (
    "charge  (mAh/cm²)",
    [0, 0.05, 0.1, 0.15],
    [
        trend("R_SE  (Ω·cm)", [200.0, 201.0, None, 203.0], [0.1, 0.5, None, None]),
        trend("R_int  (kΩ·cm)", [None, 1000.0, 100.0, 1.0], [None, 50.0, 5.0, 0.1]),
        trend("nothing", [None] * 4, [None] * 4),
    ],
)


def test_a_series_shows_error_bars_only_where_there_are_any(shown):
    figure = journal_figure(trend_chart(*SERIES, pristine=True))
    first, second = figure.axes  # the quantity without values has no panel
    bars = [[bar for drawn in axes.collections for bar in drawn.get_segments()] for axes in (first, second)]
    assert list(map(len, bars)) == [2, 3]
    low, high = min(bars[0], key=lambda bar: abs(bar[0, 0] - 0.05))[:, 1]
    assert (low, high) == pytest.approx((200.5, 201.5))
    hollow = [line for line in first.lines if line.get_label() == "no error bar: see fit.json"]
    assert [line.get_xydata().tolist() for line in hollow] == [[[0.15, 203.0]]]
    assert second.get_yscale() == "log" and first.get_yscale() == "linear"
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["fit with standard error", "no error bar: see fit.json", "pristine"]
    assert clashes(shown(figure)) == [] and figure.get_figwidth() * 25.4 == pytest.approx(84)


def test_a_series_without_values_is_refused():
    with pytest.raises(InputError, match="no spectrum of the series has a value"):
        trend_chart("spectrum", [1.0], [trend("R", [None], [None])])
