"""A series of spectra whose arcs move, pass each other, and are missing once."""

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.laws.circuit import impedance, parse_circuit
from constriction.spectra.fit.arcs import Arc
from constriction.spectra.reading.tracking import SeriesMember, fit_series
from constriction.spectra.spectrum import Spectrum

F = np.geomspace(7e6, 1, 80)
CIRCUIT = "R-RQ-RQ"


def member(fast: float, slow: float, seed: int) -> Spectrum:
    """Arcs of 200 Ω and 50 Ω with these time constants in s, exponent 0.95; 0.1 % noise."""
    values = [10, 200, fast**0.95 / 200, 0.95, 50, slow**0.95 / 50, 0.95]
    z = impedance(parse_circuit(CIRCUIT), values, F)
    rng = np.random.default_rng(seed)
    return Spectrum(F, z + 1e-3 * np.abs(z) * (rng.standard_normal(F.size) + 1j * rng.standard_normal(F.size)), "ohm")


def arc_of(item: SeriesMember, identity: int) -> Arc | None:
    """The arc with this identity, None if this spectrum has none."""
    if item.fit is None or identity not in item.identities:
        return None
    return item.fit.arcs[item.identities.index(identity)]


def test_arcs_keep_their_identity_when_they_pass_each_other() -> None:
    """The 200 Ω arc slows down from 1 µs to 3 ms and passes the 50 Ω arc, which stays at 60 µs."""
    taus = np.geomspace(1e-6, 3e-3, 8)
    series = fit_series([member(tau, 6e-5, k) for k, tau in enumerate(taus)], CIRCUIT)
    assert series[0].identities == (0, 1)
    assert series[-1].identities == (1, 0)
    for item, tau in zip(series, taus, strict=True):
        large, small = arc_of(item, 0), arc_of(item, 1)
        assert large.resistance == pytest.approx(200, rel=0.1)
        assert small.resistance == pytest.approx(50, rel=0.25)
        assert large.time_constant == pytest.approx(tau, rel=0.1)


def test_one_bad_spectrum_does_not_stop_the_series() -> None:
    good = [member(1e-6, 1e-3, k) for k in range(3)]
    bad = Spectrum(F[:2], [100 - 1j, 110 - 5j], "ohm")
    series = fit_series([good[0], bad, good[1], good[2]], CIRCUIT)
    assert series[1].fit is None
    assert "2 points for the 7 parameters" in series[1].error
    assert arc_of(series[1], 0) is None
    assert [item.identities for item in series] == [(0, 1), (), (0, 1), (0, 1)]
    assert all(item.fit.converged for item in series if item.fit)


def test_a_bad_first_spectrum_does_not_stop_the_series() -> None:
    series = fit_series([Spectrum(F[:2], [1, 2], "ohm"), member(1e-6, 1e-3, 0)], CIRCUIT)
    assert series[0].error
    assert series[1].identities == (0, 1)


def test_an_empty_series_and_a_bad_circuit_are_refused() -> None:
    with pytest.raises(InputError, match="no spectrum"):
        fit_series([], CIRCUIT)
    with pytest.raises(InputError, match="position 1"):
        fit_series([member(1e-6, 1e-3, 0)], "X")
