"""Curves of one analysed spectrum as rows of csv: Kramers-Kronig test, distribution of relaxation times."""

from __future__ import annotations

import numpy as np

from constriction.spectra.drt.relaxation_times import Distribution
from constriction.spectra.exclusion import Exclusion
from constriction.spectra.spectrum import EDGE_UNITS, Spectrum

type Rows = list[list[float | str]]


def kramers_kronig_rows(spectrum: Spectrum, screened: Exclusion) -> Rows:
    """Measured, fitted by the chain of RC elements, residuals, and whether the point was left out.

    Args:
        spectrum: as it was measured.
        screened: what its Kramers-Kronig test left.

    Returns:
        A header with units, then one row per point that took part or was left out, by falling frequency. Residuals are
        (measured − fitted)/|measured|; the chain is also told at points left out.
    """
    edge = EDGE_UNITS[spectrum.unit]
    points = sorted([*screened.spectrum.frequency.tolist(), *(point.frequency for point in screened.excluded)])[::-1]
    tested = np.isin(spectrum.frequency, points)
    f, z = spectrum.frequency[tested], spectrum.impedance[tested]
    fitted = (z - screened.test.residuals * np.abs(z)) * edge.factor
    left_out = {point.frequency for point in screened.excluded}
    names = [f"{part}_impedance_{edge.suffix}" for part in ("real", "imaginary")]
    header = ["frequency_hertz", *(f"measured_{name}" for name in names), *(f"fitted_{name}" for name in names)]
    rows: Rows = [[*header, "residual_real", "residual_imaginary", "left_out"]]
    for k, frequency in enumerate(f.tolist()):
        measured, residual = complex(z[k]) * edge.factor, complex(screened.test.residuals[k])
        row = [frequency, measured.real, measured.imag, float(fitted[k].real), float(fitted[k].imag)]
        rows.append([*row, residual.real, residual.imag, int(frequency in left_out)])
    return rows


def distribution_rows(found: Distribution, unit: str) -> Rows:
    """Relaxation times and γ(ln τ).

    Args:
        found: the distribution.
        unit: of its spectrum.

    Returns:
        A header with units, then one row per τ, rising.
    """
    edge = EDGE_UNITS[unit]
    gamma = (found.gamma * edge.factor).tolist()
    header: list[float | str] = ["relaxation_time_second", f"gamma_{edge.suffix}"]
    return [header, *([tau, value] for tau, value in zip(found.tau.tolist(), gamma, strict=True))]
