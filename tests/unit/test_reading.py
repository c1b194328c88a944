"""R_SE, R_int and C_int beside the same slab in full contact, on spectra whose answer is known in closed form.

A slab of two RC elements; beside it an RC element (a film), or an arc with the dispersion of the slab (a constriction
whose gap has one time): Z = R·g/(1 + iωτ·g), g = Z_slab/Z_slab(0).
"""

import math

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.simulation.peaks import find_peaks
from constriction.spectra.reading.beside import arcs_beside
from constriction.spectra.reading.reading import RESOLUTION, RESOLVED, Weight, noise_beside, read_beside
from constriction.spectra.reading.slab import APART, ReferenceSlab, Sample, peaks_apart
from constriction.spectra.spectrum import Spectrum

WINDOW = np.geomspace(7e6, 100.0, 50)
WIDE = np.geomspace(1e10, 100.0, 81)
BULK, BOUNDARY = (10.0, 900e6), (20.0, 1e6)  # NZSP, 1.5 mm: Ω·cm² and Hz
EXACT = Weight(RESOLUTION, noise=False)


def rc(resistance, apex, frequency):
    return resistance / (1 + 1j * frequency / apex)


def slab(*arcs, frequency=WINDOW):
    arcs = arcs or (BULK, BOUNDARY)
    resistances, apexes = (np.array(column) for column in zip(*arcs, strict=True))
    return ReferenceSlab(frequency, resistances, apexes, np.ones(len(arcs)))


def constricted(own, resistance, apex, *, factor=1.0, arc=0.0):
    """A slab, and a constriction whose gap would have this apex in an electrolyte without relaxation."""
    g = own.impedance / own.resistance
    z = factor * own.impedance + resistance * g / (1 + 1j * own.frequency / apex * g) + arc
    return Spectrum(own.frequency, z, "ohm m2")


def noisy(clean, share, seed):
    rng = np.random.default_rng(seed)
    parts = rng.normal(size=clean.frequency.size) + 1j * rng.normal(size=clean.frequency.size)
    return Spectrum(clean.frequency, clean.impedance + share * np.abs(clean.impedance) * parts, clean.unit)


@pytest.mark.parametrize("exponent", [1.0, 0.85])
@pytest.mark.parametrize("apex", [300.0, 45e3, 5e6])
def test_a_film_is_read_exactly(apex, exponent):
    """An RQ is the plain arc itself; also one faster than the electrolyte's arc, which no constriction here can be."""
    own = slab((10.0, 900e6), (20.0, 30e3)) if apex > 1e6 else slab()
    arc = 14.8 / (1 + (1j * WINDOW / apex) ** exponent)
    reading = read_beside(Spectrum(WINDOW, 1.02 * own.impedance + arc, "ohm m2"), own, EXACT)
    found = reading.apparent
    assert (reading.circuit, reading.remark) == ("R-RQ-RQ", "")
    assert reading.identities == ((1, 0) if apex > 1e6 else (0, 1))
    assert found.R_SE == pytest.approx(1.02 * 30, rel=1e-5)
    assert found.R_int == pytest.approx(14.8, rel=1e-4)
    assert found.C_int == pytest.approx(1 / (2 * np.pi * apex * 14.8), rel=1e-4)


@pytest.mark.parametrize("size", [0.05, 0.3, 1.0, 10.0])
@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.3, 0.7, 1.5, 3.0, 8.0, 30.0, 300.0])
def test_a_constriction_is_read_within_two_bars_or_not_at_all(ratio, size):
    own = slab()
    reading = read_beside(constricted(own, 30 * size, 1e6 / ratio), own, EXACT)
    found = reading.apparent
    if found.R_int is None:
        assert ratio < 3 and reading.remark.startswith("R-RQ-RQ not taken: ")
        # What is not told apart is in R_SE: somewhere between the electrolyte and everything.
        assert 30 - found.R_SE_stderr < found.R_SE < 30 * (1 + size) + 2 * found.R_SE_stderr
    else:
        assert abs(found.R_int - 30 * size) < 2 * found.R_int_stderr
        assert abs(found.R_SE - 30) < 2 * found.R_SE_stderr
        assert RESOLVED * found.R_int_stderr <= found.R_int
    if ratio >= 8:
        assert found.R_int == pytest.approx(30 * size, rel=0.03)


def test_far_below_the_electrolytes_time_all_is_R_SE():
    own = slab()
    reading = read_beside(constricted(own, 30.0, 500e6), own, EXACT)
    assert reading.circuit == "R-RQ"
    assert reading.apparent.R_int is None and reading.apparent.C_int is None
    assert reading.apparent.R_SE == pytest.approx(60, rel=2e-3)


def test_of_two_peaks_the_one_apart_is_read_where_the_window_shows_it():
    """τ_cstr/τ_gb = 0.02: two thirds relax with the grain boundaries, about a third at 150 MHz, with the bulk."""

    def constriction(frequency):
        g = (rc(*BULK, frequency) + rc(*BOUNDARY, frequency)) / 30
        return 3.0 * g / (1 + 1j * frequency / 50e6 * g)

    _, fast = find_peaks(constriction, 1.0, 1e13)
    narrow, wide = slab(), slab(frequency=WIDE)
    assert read_beside(constricted(narrow, 3.0, 50e6), narrow, EXACT).apparent.R_int is None
    reading = read_beside(constricted(wide, 3.0, 50e6), wide, EXACT)
    assert reading.circuit == "R-RQ-RQ-RQ"
    found = reading.apparent
    assert fast.resistance == pytest.approx(1.0, abs=0.1)
    assert abs(found.R_int - fast.resistance) < 2 * found.R_int_stderr < 0.5
    assert found.R_SE + found.R_int == pytest.approx(33.0, rel=1e-3)


def test_names_are_not_exchanged_where_the_arc_is_small():
    """1 % of R_SE at a fifth of the grain boundaries' frequency: free arcs take each other's place here."""
    own = slab()
    found = read_beside(constricted(own, 0.316, 2.6e5), own, EXACT).apparent
    assert found.R_SE == pytest.approx(30, rel=2e-3)
    assert abs(found.R_int - 0.316) < 2 * found.R_int_stderr < 0.1


def test_an_arc_outside_the_window_is_not_read():
    own = slab(BULK)
    for apex, total in ((40.0, 30.0), (60e6, 40.0)):
        z = 3 * rc(10.0, 900e6, WINDOW) + rc(10.0, apex, WINDOW)
        reading = read_beside(Spectrum(WINDOW, z, "ohm m2"), own, EXACT)
        assert reading.apparent.R_int is None
        assert reading.circuit == "R"
        # Slower than the window: no part of R_SE. Faster: what the window shows of it is a resistance.
        assert reading.apparent.R_SE == pytest.approx(total, rel=3e-3)
    assert "outside 100 to 7e+06 Hz" in read_beside(constricted(own, 10.0, 40.0), own, EXACT).remark


def test_noise_is_what_the_bars_say():
    """Scatter of 80 readings against the bar of noise alone; 80 values know it to 8 %, three times that."""
    own = slab()
    clean = constricted(own, 14.8, 45e3)
    bars = read_beside(clean, own, EXACT).scatter
    found = []
    for seed in range(80):
        sample = noisy(clean, RESOLUTION, seed)
        assert noise_beside(sample, own) == pytest.approx(RESOLUTION, rel=0.3)
        reading = read_beside(sample, own, Weight(RESOLUTION, noise=True)).apparent
        found.append((reading.R_SE, reading.R_int, reading.C_int))
    # α ends at 1, so the clean spectrum has it held, and half of the noisy ones have not.
    scatter = np.std(found, axis=0) / [bars.R_SE_stderr, bars.R_int_stderr, bars.C_int_stderr]
    assert np.all((scatter > 0.7) & (scatter < 1.6)), scatter


def test_a_reading_without_its_arc():
    own = slab()
    reading = read_beside(constricted(own, 14.8, 45e3), own, EXACT, arc=False)
    assert (reading.circuit, reading.remark) == ("R-RQ", "")
    assert reading.apparent.R_SE == pytest.approx(44.8, rel=1e-3)


@pytest.mark.parametrize(
    ("arcs", "expected"),
    [
        ([(5.0, 1e4)], 5.0),  # one peak: all of it
        ([(5.0, 1e6)], 5.0),  # wherever it is
        ([(5.0, 1e2), (3.0, 1e5)], 8.0),
        ([(5.0, 1e6), (3.0, 1e9)], 3.0),
        ([(5.0, 1e6), (3.0, 2e3)], 3.0),
        ([(5.0, 1e6), (3.0, 1e13)], 0.0),  # the other one is out of sight
    ],
)
def test_what_stands_apart(arcs, expected):
    frequency = np.geomspace(1.0, 1e11, 331)
    z = sum(rc(*arc, frequency) for arc in arcs)
    size, apex = peaks_apart(frequency, z, np.array([1e6]), math.fsum(resistance for resistance, _ in arcs))
    assert size == pytest.approx(expected, rel=0.01, abs=1e-9)
    if expected:
        chosen = max(arc for arc in arcs if len(arcs) == 1 or abs(math.log(arc[1] / 1e6)) > math.log(APART))
        assert apex == pytest.approx(chosen[1], rel=0.03)
    else:
        assert apex is None


def test_a_slab_is_the_sum_of_its_arcs():
    depressed = ReferenceSlab(WINDOW, np.array([10.0, 20.0]), np.array([900e6, 1e6]), np.array([1.0, 0.8]))
    expected = rc(*BULK, WINDOW) + 20.0 / (1 + (1j * WINDOW / 1e6) ** 0.8)
    assert depressed.impedance == pytest.approx(expected, rel=1e-12)
    assert (depressed.resistance, depressed.circuit) == (30.0, "R-RQ")
    assert slab(frequency=WIDE).circuit == "R-RQ-RQ"
    assert slab(frequency=np.geomspace(1e4, 1.0, 41)).circuit == "R"


def test_derivatives_of_the_arcs_lead_to_the_minimum():
    """The fit recovers what it is made of, to rounding, for both kinds of arc."""
    own = slab()
    z = constricted(own, 9.0, 2e5, factor=1.1)
    (fit,) = arcs_beside([Sample(z, own, 1e-3 * np.abs(z.impedance))], dispersed=True)
    assert fit.converged and fit.chi_squared < 1e-12
    assert (fit.electrolyte, fit.resistance) == pytest.approx((33.0, 9.0), rel=1e-6)
    assert fit.apex == pytest.approx(2e5, rel=1e-6)


def test_too_few_points_are_refused():
    own = slab(frequency=np.array([2e6, 1e6, 5e5]))
    with pytest.raises(InputError, match="3 points for R-RQ-RQ; expected at least 5"):
        read_beside(Spectrum(own.frequency, own.impedance, "ohm m2"), own, EXACT)
