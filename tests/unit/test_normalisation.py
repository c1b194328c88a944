"""Normalisation to area and to the cell constant."""

import numpy as np
import pytest
from support.normalised_values import FARAD_PER_METRE, normalised_capacitance, normalised_resistance

from constriction.base.errors import InputError
from constriction.spectra.normalisation import normalised, to_area, to_cell_constant, to_pristine_cell
from constriction.spectra.spectrum import Spectrum

CELL = Spectrum(np.array([1e6, 1e3, 1.0]), np.array([10 - 1j, 20 - 5j, 30 - 100j]), "ohm")


def test_to_area():
    spectrum = normalised(CELL, to_area(0.5e-4))
    assert spectrum.unit == "ohm m2"
    np.testing.assert_allclose(spectrum.impedance, CELL.impedance * 0.5e-4, rtol=1e-15)


def test_to_cell_constant():
    """A pellet of 0.785 cm² and 1.5 mm: A/d = 5.2333 cm. 38.2 Ω are 200 Ω·cm, and 1 nF is 0.19108 nF/cm."""
    by = to_cell_constant(0.785e-4, 1.5e-3)
    assert normalised(CELL, by).unit == "ohm m"
    assert normalised_resistance(200 / 5.2333333333, by) * 100 == pytest.approx(200, rel=1e-9)
    assert normalised_capacitance(1e-9, by) * FARAD_PER_METRE == pytest.approx(1 / 5.2333333333, rel=1e-9)


def test_time_constants_stay():
    by = to_cell_constant(0.785e-4, 1.5e-3)
    assert normalised_resistance(3.0, by) * normalised_capacitance(7.0, by) == pytest.approx(21.0, rel=1e-15)


def test_pristine_cell_tells_the_cell_constant():
    """The slab's own R_SE gives the constant that area and thickness give, and 1/σ for every pristine cell."""
    sigma, area, thickness = 0.5, 0.785e-4, 1.5e-3
    by = to_pristine_cell(thickness / (sigma * area), sigma)
    assert by.unit == "ohm m"
    assert by.scale == pytest.approx(to_cell_constant(area, thickness).scale, rel=1e-14)
    assert [normalised_resistance(r, to_pristine_cell(r, sigma)) for r in (31.0, 44.0)] == pytest.approx([2.0, 2.0])


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_wrong_numbers(value):
    for make, name in (
        (lambda: to_area(value), "area = .* m²"),
        (lambda: to_cell_constant(value, 1.0), "area"),
        (lambda: to_cell_constant(1.0, value), "thickness"),
        (lambda: to_pristine_cell(value, 1.0), "pristine R_SE"),
        (lambda: to_pristine_cell(1.0, value), "conductivity"),
    ):
        with pytest.raises(InputError, match=rf"{name}.*: expected a finite positive number"):
            make()


def test_twice_is_refused():
    with pytest.raises(InputError, match=r"spectrum\.unit = 'ohm m2': expected 'ohm'.* normalised already"):
        normalised(normalised(CELL, to_area(1e-4)), to_area(1e-4))
