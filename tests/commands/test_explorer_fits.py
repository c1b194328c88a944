"""Fits of the explorer in headless Chromium: measurements made with noise are followed within it."""

import numpy as np
import pytest
from chromium import find_chromium
from support.explorer_numerics import NZSP, STATE, in_page, opened
from support.explorer_states import between, impedance_of

from constriction.interpret.atlas.atlas import load_atlas
from constriction.spectra.reading.analysis import analyse
from constriction.spectra.reading.apparent import apparent
from constriction.spectra.spectrum import Spectrum, logarithmic_frequencies

if find_chromium() is None:
    pytest.skip("no Chromium here: apt-get install chromium runs the browser tests", allow_module_level=True)

FITS, FOLLOWED, NOISE, CIRCUITS = 30, 28, 2e-3, 4
SWEEP = logarithmic_frequencies(7e6, 100, 10)
FREE = [
    "contactFraction",
    "pitch",
    "gapHeight",
    *(f"electrolyte.{name}" for name in NZSP if name != "relativePermittivity"),
]
FIT = "const m = given.measured; return fitInterface(atlas, given.state, given.free, m, given.options)"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with opened(tmp_path_factory) as page:
        yield page


def noisy(z, rng):
    """Z with noise relative to |Z| in both parts."""
    return z * (1 + 0j) + NOISE * np.abs(z) * (rng.normal(size=z.size) + 1j * rng.normal(size=z.size))


def measured(frequency, z):
    return {"frequency": frequency.tolist(), "re": z.real.tolist(), "im": z.imag.tolist()}


def drawn(rng, pattern):
    """An interface of a pattern on an electrolyte that is not quite NZSP."""
    low, high = load_atlas().limits(pattern)
    electrolyte = NZSP | {
        "bulkConductivity": between(rng, 0.8, 3),
        "grainBoundaryConductivity": between(rng, 0.3, 1.5),
        "grainBoundaryFrequency": between(rng, 3e5, 3e6),
        "grainBoundaryExponent": rng.uniform(0.85, 1),
    }
    size = {"contactFraction": float(np.clip(rng.uniform(0.02, 0.6), low, high)), "pitch": between(rng, 3e-5, 6e-3)}
    return STATE | size | {"pattern": pattern, "gapHeight": between(rng, 3e-9, 5e-7), "electrolyte": electrolyte}


def test_measurements_are_followed_within_their_noise(page):
    rng = np.random.default_rng(6)
    patterns = ("hexagonal", "square", "stripes", "pores", "random", "clustered")
    followed = 0
    for number in range(FITS):
        truth = drawn(rng, patterns[number % len(patterns)])
        z = noisy(impedance_of(truth, SWEEP)[0], rng)
        start = STATE | {"pattern": truth["pattern"], "contactFraction": 0.15, "pitch": 2e-4, "gapHeight": 5e-8}
        given = {"state": start, "free": FREE, "measured": measured(SWEEP, z), "options": {"map": False, "seconds": 8}}
        found = in_page(page, FIT, given)
        assert 0.6 * NOISE < found["noise"] < 1.5 * NOISE
        followed += found["rms"] < 1.1 * NOISE
    assert followed >= FOLLOWED


def test_what_is_known_is_found_and_what_is_open_is_said(page):
    rng = np.random.default_rng(7)
    z = noisy(impedance_of(STATE, SWEEP)[0], rng)
    start = STATE | {"contactFraction": 0.5, "gapHeight": 5e-8}
    given = {"state": start, "free": ["contactFraction", "gapHeight"], "measured": measured(SWEEP, z), "options": {}}
    found = in_page(page, FIT, given)
    assert found["values"]["contactFraction"] == pytest.approx(0.2, rel=0.05)
    assert found["values"]["gapHeight"] == pytest.approx(5e-9, rel=0.1)
    assert found["undetermined"] == [] and 0.7 < found["chi2PerPoint"] < 1.4
    assert found["state"]["pitch"] == STATE["pitch"] and len(found["band"]) >= 10
    widths = [direction["width"] for direction in found["directions"]]
    assert widths == sorted(widths, reverse=True)
    given["free"] = FREE
    found = in_page(page, FIT, given)
    assert {"contactFraction", "pitch"} <= {one["name"] for one in found["undetermined"]}
    assert len(found["map"]["misfit"]) == len(found["map"]["contactFraction"]) * len(found["map"]["pitch"])
    assert min(found["map"]["misfit"]) < 1.3
    pitches = [state["pitch"] for state in found["band"]]
    assert max(pitches) > 1.3 * min(pitches)


def test_a_fit_ends_where_the_data_say_whatever_was_before(page):
    rng = np.random.default_rng(8)
    truth = STATE | {"electrolyte": NZSP | {"bulkConductivity": 4e-3, "grainBoundaryConductivity": 2e-3}}
    z = noisy(impedance_of(truth, SWEEP)[0], rng)
    far = NZSP | {"bulkConductivity": 20, "grainBoundaryConductivity": 1e-5, "grainBoundaryFrequency": 10}
    given = {"free": FREE, "measured": measured(SWEEP, z), "options": {"map": False}}
    starts = (STATE, STATE | {"electrolyte": far, "contactFraction": 0.8, "pitch": 2e-6, "gapHeight": 1e-5})
    first, second = (in_page(page, FIT, given | {"state": start}) for start in starts)
    assert first["rms"] < 1.1 * NOISE
    assert second["values"] == pytest.approx(first["values"], rel=1e-6)
    assert 1e-9 <= first["values"]["gapHeight"] and first["values"]["pitch"] <= 1e-2


@pytest.mark.parametrize("pattern", ["stripes", "hexagonal"])
def test_a_lifted_zone_is_found_where_all_else_is_held(page, pattern):
    rng = np.random.default_rng(9)
    truth = STATE | {"pattern": pattern, "gapHeight": 5e-8, "zone": {"share": 0.5, "ratio": 40}}
    z = noisy(impedance_of(truth, SWEEP)[0], rng)
    start = truth | {"zone": {"share": 0.05, "ratio": 40}}
    given = {"state": start, "free": ["zone.share"], "measured": measured(SWEEP, z), "options": {"map": False}}
    found = in_page(page, FIT, given)
    assert found["rms"] < 1.1 * NOISE
    assert abs(np.log(found["values"]["zone.share"] / 0.5)) < max(4 * found["widths"]["zone.share"], 0.05)
    given["free"] = [*FREE, "zone.share", "zone.ratio"]
    found = in_page(page, FIT, given)
    assert found["rms"] < 1.1 * NOISE and found["seconds"] < 5
    assert {"zone.ratio"} <= {one["name"] for one in found["undetermined"]}


def test_what_cannot_be_free_is_refused(page):
    caught = (
        "try { fitInterface(atlas, given.state, given.free, given.measured) } catch (error) { return error.message }"
    )
    given = {"state": STATE, "measured": measured(SWEEP, impedance_of(STATE, SWEEP)[0])}
    assert "the state has none" in in_page(page, caught, given | {"free": ["film.resistance"]})
    assert "expected one of contactFraction" in in_page(page, caught, given | {"free": ["colour"]})


def test_circuits_are_fitted_as_analyze_does(page):
    rng, frequency = np.random.default_rng(3), logarithmic_frequencies(7e6, 1, 10)
    omega = 2j * np.pi * frequency
    for _ in range(CIRCUITS):
        fast = 10 ** rng.uniform(-7.3, -6)
        slow = fast * 10 ** rng.uniform(1.3, 4)
        arcs = rng.uniform(10, 50) / (1 + (omega * fast) ** 0.95) + rng.uniform(5, 60) / (1 + (omega * slow) ** 0.85)
        z = noisy(rng.uniform(2, 20) + arcs, rng)
        expected = apparent(analyse(Spectrum(frequency, z, "ohm")).fit)
        found = in_page(page, "return fitCircuit(given)", measured(frequency, z))
        for name in ("R_SE", "R_int", "C_int", "R_int_stderr", "C_int_stderr"):
            assert found[name] == pytest.approx(getattr(expected, name), rel=1e-3), name
