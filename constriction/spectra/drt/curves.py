"""Curves of one analysed spectrum as rows of csv: Kramers-Kronig test, distribution of relaxation times."""

from __future__ import annotations

import numpy as np

from constriction.spectra.reading.batch import AnalysedSpectrum
from constriction.spectra.spectrum import EDGE_UNITS

type Rows = list[list[float | str]]


def kramers_kronig_rows(entry: AnalysedSpectrum) -> Rows:
    """Measured, fitted by the chain of RC elements, residuals, and whether the point was left out.

    Args:
        entry: as far as it was analysed.

    Returns:
        A header with units, then one row per point that took part or was left out, by falling frequency; none where
        there is no test. Residuals are (measured − fitted)/|measured|; the chain is also told at points left out.
    """
    measurement, screened = entry.measurement, entry.screened
    if measurement is None or screened is None:
        return []
    edge = EDGE_UNITS[measurement.spectrum.unit]
    points = sorted([*screened.spectrum.frequency.tolist(), *(point.frequency for point in screened.excluded)])[::-1]
    tested = np.isin(measurement.spectrum.frequency, points)
    f, z = measurement.spectrum.frequency[tested], measurement.spectrum.impedance[tested]
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


def distribution_rows(entry: AnalysedSpectrum) -> Rows:
    """Relaxation times and γ(ln τ).

    Returns:
        A header with units, then one row per τ, rising; none where there is no distribution.
    """
    if entry.measurement is None or entry.distribution is None:
        return []
    edge = EDGE_UNITS[entry.measurement.spectrum.unit]
    gamma = (entry.distribution.gamma * edge.factor).tolist()
    header: list[float | str] = ["relaxation_time_second", f"gamma_{edge.suffix}"]
    return [header, *([tau, value] for tau, value in zip(entry.distribution.tau.tolist(), gamma, strict=True))]
