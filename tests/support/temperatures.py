"""A cell at three temperatures whose activation energy is known: made-up spectra, and csv texts of them.

σT = σ₀T₀ exp(−E_a (1/k_B T − 1/k_B T₀)) with E_a = 0.3 eV.
"""

import numpy as np

F = np.geomspace(1e6, 1.0, 25)
CELSIUS = (25.0, 45.0, 70.0)
KELVIN = np.array(CELSIUS) + 273.15
ENERGY, BOLTZMANN = 0.3, 8.617333262e-5
SIGMA = 1e-4 * 298.15 / KELVIN * np.exp(-ENERGY / BOLTZMANN * (1 / KELVIN - 1 / 298.15))  # S/cm
RESISTANCE = 0.1 / 0.785 / SIGMA  # 1 mm and 0.785 cm²
SPECTRA = [r * (0.4 + 0.6 / (1 + (2j * np.pi * F * 1e-6) ** 0.9)) for r in RESISTANCE]
HEADER = "f/Hz,Z'/Ohm,-Z''/Ohm"


def rows(z, *more):
    """A spectrum's lines, with more columns of one value each."""
    return [",".join(f"{x:.9g}" for x in (f, value.real, -value.imag, *more)) for f, value in zip(F, z, strict=True)]


def column(first="T/°C", shift=0.0):
    """All spectra in one file, with a column of temperatures."""
    lines = [row for t, z in zip(CELSIUS, SPECTRA, strict=True) for row in rows(z, t + shift)]
    return "\n".join([f"{HEADER},{first}", *lines])
