"""The Nyquist picture: equal axes, nothing covered, nothing cut off, the same bytes every time."""

import functools
import itertools
import re

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import imread

from constriction.base.errors import InputError, StoreError
from constriction.spectra.spectrum import Spectrum, logarithmic_frequencies
from constriction.view.terminal.numbers import hertz
from constriction.view.writers.planes import nyquist, nyquist_figure

WINDOW = logarithmic_frequencies(7e6, 100, 10)


def slab(f):
    rho = 1 / (1.5 + 2j * np.pi * f * 8.854e-12 * 30) + (1 / 0.75) / (1 + 1j * f / 1e6)
    return 1.5e-3 * rho


def arcs(*parts):
    return lambda f: sum(r / (1 + 1j * f / f0) for r, f0 in parts)


def picture(constriction, marks=(), f=WINDOW, unit="ohm m2"):
    """Return the arguments of nyquist for a slab with a constriction, peaks at the frequencies `marks`."""
    spectrum = Spectrum(f, slab(f) + constriction(f), unit)
    named = [(m, complex(slab(m) + constriction(m))) for m in marks]
    return spectrum, Spectrum(f, slab(f), unit), named


CASES = {
    "islands": picture(arcs((14.78e-4, 46e3)), [46e3]),
    "hidden": picture(arcs((0.85e-4, 1e6), (0.4e-4, 630e6)), [1e6, 630e6]),
    "two signals": picture(arcs((1e-4, 1e6), (0.5e-4, 27e6)), [1e6, 27e6]),
    "five peaks": picture(arcs(*((1e-4, 10.0**k) for k in range(2, 7))), [1e2, 1e3, 1e4, 1e5, 1e6]),
    "flat": picture(lambda f: 1e-12 + 0 * f, f=logarithmic_frequencies(100, 1, 10)),
    "blocking": picture(lambda f: 1 / (2j * np.pi * f * 1e-7), [1e3]),
    "inductive": picture(lambda f: 1e-10j * f, [1e5]),
    "one point": picture(arcs((14.78e-4, 46e3)), [46e3], f=np.array([46e3])),
    "zero": (Spectrum([1.0], [0.0], "ohm"), Spectrum([1.0], [0.0], "ohm"), []),
    "two points": picture(arcs((14.78e-4, 46e3)), f=np.array([1e5, 1e4])),
    "tiny": picture(arcs((1e-18, 46e3)), [46e3], unit="ohm"),
}
each_case = pytest.mark.parametrize("name", CASES)


@functools.cache  # drawn once for all that look at it
def drawn(name, title="A title"):
    figure = nyquist_figure(*CASES[name], title)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return figure, figure.axes[0]


@each_case
def test_axes_are_equal_and_the_figure_one_column_wide(name):
    figure, axes = drawn(name)
    box = axes.get_window_extent()
    x, y = np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())
    # Millimetres per unit agree to rounding of the layout's arithmetic.
    assert box.width / x == pytest.approx(box.height / y, rel=1e-9)
    assert figure.get_figwidth() * 25.4 == pytest.approx(84, rel=1e-12)
    assert 35 < figure.get_figheight() * 25.4 < 90


@each_case
def test_names_cover_neither_each_other_nor_a_curve(name):
    _, axes = drawn(name)
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) >= len(CASES[name][2])
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    for line in axes.lines[:4]:
        pixels = axes.transData.transform(np.column_stack(line.get_data()))
        assert not any(box.contains(*point) for box in boxes for point in pixels)
    frame = axes.bbox.padded(1)
    assert all(frame.contains(box.x0, box.y0) and frame.contains(box.x1, box.y1) for box in boxes)


@each_case
def test_all_data_are_in_view(name):
    spectrum, _, marks = CASES[name]
    _, axes = drawn(name)
    z = np.concatenate([spectrum.impedance, [z for _, z in marks]])
    shown = np.concatenate([line.get_xdata() for line in axes.lines if line.get_marker() in ("o", "D")])
    scale = np.abs(shown).max() / np.abs(z).max() if np.abs(z).max() else 1
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    slack = 1e-9 * (right - left)
    assert left - slack <= scale * z.real.min() and scale * z.real.max() <= right + slack
    assert bottom - slack <= scale * -z.imag.max() and scale * -z.imag.min() <= top + slack


@each_case
def test_nothing_is_cut_off_at_the_edge_of_the_paper(tmp_path, name):
    nyquist(*CASES[name], tmp_path / "n.png", "Sodium islands on a hexagonal lattice, f = 0.2, pitch 2 mm, gap 5 nm")
    pixels = imread(tmp_path / "n.png")[..., :3]
    assert pixels.shape[1] == round(84 / 25.4 * 300)
    for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        assert (edge == 1).all()
    assert (pixels < 0.5).any()


@pytest.mark.parametrize("title", ["钠岛在铜下" * 30, "SODIUM ISLANDS UNDER COPPER " * 9, "W" * 20_000, "word " * 500])
def test_wide_and_long_titles_leave_the_picture_its_size(tmp_path, title):
    nyquist(*CASES["islands"], tmp_path / "n.png", title)
    pixels = imread(tmp_path / "n.png")[..., :3]
    assert (pixels[:, -1] == 1).all()
    figure, axes = drawn("islands", title)
    assert axes.bbox.width > 0.75 * figure.bbox.width
    assert figure.get_figheight() * 25.4 < 90


def test_ticks_do_not_run_into_each_other():
    for name in CASES:
        _, axes = drawn(name)
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [t for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
            boxes = [tick.label1.get_window_extent() for tick in ticks]
            assert len(boxes) >= 2
            assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].overlaps(pair[1])]


def test_labels_say_unit_peak_and_whether_it_is_in_the_window():
    _, axes = drawn("hidden")
    assert axes.get_xlabel() == "Re Z  (Ω·cm²)" and axes.get_ylabel() == "−Im Z  (Ω·cm²)"
    assert {"1 MHz", "630 MHz"} <= {text.get_text() for text in axes.texts}
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["with constriction", "full contact", "constriction peak", "peak outside the window"]
    filled, hollow = (line for line in axes.lines if line.get_marker() == "D")
    assert (filled.get_markerfacecolor(), hollow.get_markerfacecolor()) == ("black", "white")
    # 31.25 Ω·cm² at low frequency: the axis is in Ω·cm², not Ω·m².
    assert 31.25 < axes.get_xlim()[1] < 45


def test_large_values_get_a_prefix():
    _, axes = drawn("blocking")
    assert axes.get_ylabel() == "−Im Z  (kΩ·cm²)" or axes.get_ylabel() == "−Im Z  (MΩ·cm²)"
    # |Z| = 1/(2π·100 Hz·1e-7 F/m²) = 15.9 kΩ·m² = 159 MΩ·cm²
    assert 159 < axes.get_ylim()[1] < 250 and axes.get_ylabel().endswith("(MΩ·cm²)")


def test_decades_stand_where_their_frequency_is():
    _, axes = drawn("islands")
    at = {text.get_text(): text.xy for text in axes.texts}
    z = 1e4 * (slab(1e5) + arcs((14.78e-4, 46e3))(1e5))
    # Between points ten to the decade the drawn curve is within half a percent of the arc.
    assert at["100 kHz"] == pytest.approx((z.real, -z.imag), rel=5e-3)


@pytest.mark.parametrize(
    ("f", "text"),
    [(46e3, "46 kHz"), (45_600, "46 kHz"), (630e6, "630 MHz"), (1e6, "1 MHz"), (999.9e3, "1 MHz")]
    + [(1234, "1.2 kHz"), (100, "100 Hz"), (27.2e6, "27 MHz"), (0.05, "50 mHz"), (3e10, "30 GHz")],
)
def test_frequencies_in_words(f, text):
    assert hertz(f) == text


@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_same_spectrum_same_bytes(tmp_path, suffix):
    files = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for file in files:
        nyquist(*CASES["islands"], file, "Cost: 5 $ or 6 $")
    first, second = (file.read_bytes() for file in files)
    assert first == second and len(first) > 5000
    assert first[:4] == {".png": b"\x89PNG", ".pdf": b"%PDF"}[suffix]
    assert b"CreationDate" not in first


def test_wrong_use_is_told(tmp_path):
    spectrum, reference, _ = CASES["islands"]
    ohm = Spectrum(reference.frequency, reference.impedance, "ohm")
    for arguments, message in (
        ((spectrum, reference, [], tmp_path / "n.bmp"), "suffix '.bmp', expected .png or .pdf"),
        ((spectrum, ohm, [], tmp_path / "n.png"), "spectrum in 'ohm m2', reference in 'ohm'"),
        ((spectrum, reference, [(1e3, complex("nan"))], tmp_path / "n.png"), "mark at 1000.0 Hz, Z = "),
    ):
        with pytest.raises(InputError, match=re.escape(message)):
            nyquist(*arguments)
    with pytest.raises(StoreError, match="cannot be written"):
        nyquist(spectrum, reference, [], tmp_path / "none" / "n.png")
    assert list(tmp_path.iterdir()) == []
