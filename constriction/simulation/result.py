"""What a case gives: R_cstr, C_cstr, spectrum, peaks and error bars, made from the response of its geometry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.case.schema import Case
from constriction.field.response import Response
from constriction.geometry.cell import Layout
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY, resistivity
from constriction.simulation.peaks import Peak, belongs_to, find_peaks, main_peak
from constriction.simulation.weights import gap_model, gap_ratio
from constriction.spectra.spectrum import Spectrum, logarithmic_frequencies

PEAK_RANGE = 1e-4, 1e14  # Hz, searched for peaks of −Im Z_cstr


@dataclass(frozen=True, eq=False)
class Result:
    """What a case gives; SI units, area-specific (per m² of interface), one-sided.

    `spectrum` is the impedance of electrolyte and interface, `slab` the electrolyte's with the whole interface in
    contact. `R_cstr`, `R_cstr_error`, `spectrum_error` (the largest of any Z), `R_electrolyte`, `R_dc` in Ω·m²;
    `R_cstr_bounds`, from below and above, None unless asked for; `C_cstr`, `C_low`, `C_high` in F/m²; `f_cstr` in Hz;
    all None where nothing constricts, the two limits also without a gap (C_cstr and f_cstr then are those of the
    electrolyte's own peak in Z_cstr). `peaks` by rising frequency.
    """

    case: Case
    plan: Layout
    response: Response[Any]
    gap_model: str
    spectrum: Spectrum
    slab: Spectrum
    R_cstr: float
    R_cstr_error: float
    R_cstr_bounds: tuple[float, float] | None
    spectrum_error: float
    R_electrolyte: float
    C_cstr: float | None
    C_low: float | None
    C_high: float | None
    f_cstr: float | None
    peaks: tuple[Peak, ...]
    seconds_total: float

    @property
    def R_dc(self) -> float:
        """Re Z(ω→0), Ω·m²."""
        return self.R_electrolyte + self.R_cstr

    @property
    def accuracy_reached(self) -> bool:
        """Whether the error bars are within what the case asks."""
        asked = self.case.accuracy.relative_error * self.R_cstr
        return max(self.R_cstr_error, self.spectrum_error) <= asked or self.plan.contact_fraction == 1.0

    @property
    def C_cstr_belongs_to(self) -> str | None:
        """Whose peak gives C_cstr: gap, electrolyte or several, as `peaks.belongs_to`; None without a peak."""
        if self.C_cstr is None or self.f_cstr is None:
            return None
        thickness = self.case.electrolyte.thickness
        own = find_peaks(lambda f: thickness * resistivity(self.case.electrolyte, f), *PEAK_RANGE)
        return belongs_to(self.f_cstr, self.C_cstr, self.C_low, [peak.frequency for peak in own])

    def impedance(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z(f) at any frequencies in Hz; same shape, Ω·m²."""
        rho = resistivity(self.case.electrolyte, frequency)
        return rho * self.case.electrolyte.thickness + self.constriction(frequency)

    def constriction(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z_cstr(f) at any frequencies in Hz; same shape, Ω·m²."""
        return constriction_impedance(self.case, self.plan, self.response, frequency)


def sweep_frequencies(case: Case) -> NDArray[np.float64]:
    """The frequencies of a case's spectrum, Hz, falling."""
    return logarithmic_frequencies(case.sweep.start, case.sweep.stop, case.sweep.points_per_decade)


def constriction_impedance(
    case: Case, plan: Layout, response: Response[Any], frequency: ArrayLike
) -> NDArray[np.complex128]:
    """Z_cstr(f) = Z − Z of full contact; frequency in Hz, same shape, Ω·m²."""
    ratio = gap_ratio(case, plan, frequency)
    return resistivity(case.electrolyte, frequency) * plan.pitch * response(ratio)


def result_of(case: Case, plan: Layout, response: Response[Any], seconds: float) -> Result:
    """What the response of its geometry makes of a case.

    Args:
        case: the case.
        plan: the layout of its interface.
        response: of its geometry, which may have been solved for another case.
        seconds: that it took, s, for the record.
    """
    electrolyte, frequency = case.electrolyte, sweep_frequencies(case)
    rho = resistivity(electrolyte, frequency)
    unit = float(resistivity(electrolyte, 0.0).real) * plan.pitch  # Ω·m² per pitch at ω → 0

    def z_cstr(f: NDArray[np.float64]) -> NDArray[np.complex128]:
        return constriction_impedance(case, plan, response, f)

    if response.direct is None:
        constriction = z_cstr(frequency)
    else:
        constriction = rho * plan.pitch * response.direct
    slab = Spectrum(frequency, rho * electrolyte.thickness, "ohm m2")
    resistance = unit * response.constriction
    peaks = find_peaks(z_cstr, *PEAK_RANGE) if plan.spots else ()
    apex = main_peak(peaks, z_cstr)
    low, high = _capacitance_limits(case, plan, response)
    return Result(
        case=case,
        plan=plan,
        response=response,
        gap_model=gap_model(case, plan),
        spectrum=Spectrum(frequency, slab.impedance + constriction, "ohm m2"),
        slab=slab,
        R_cstr=resistance,
        R_cstr_error=unit * response.error,
        R_cstr_bounds=None if response.bounds is None else (unit * response.bounds[0], unit * response.bounds[1]),
        spectrum_error=unit * response.spectrum_error(gap_ratio(case, plan, frequency)),
        R_electrolyte=float(resistivity(electrolyte, 0.0).real) * electrolyte.thickness,
        C_cstr=None if apex is None else 1 / (2 * math.pi * apex.frequency * resistance),
        C_low=low,
        C_high=high,
        f_cstr=None if apex is None else apex.frequency,
        peaks=peaks,
        seconds_total=seconds,
    )


def _capacitance_limits(case: Case, plan: Layout, response: Response[Any]) -> tuple[float | None, float | None]:
    """C_low and C_high, F/m²: the gap's own, with an electrolyte that only conducts (docs/physics.md#c-low)."""
    if case.gap.height is None or not plan.spots:
        return None, None
    per_area = VACUUM_PERMITTIVITY * case.gap.relative_permittivity / case.gap.height
    storage = response.flat_storage or 1.0 - plan.contact_fraction
    return per_area * response.stored / response.constriction**2, per_area / storage
