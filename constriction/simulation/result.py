"""What a case gives: R_cstr, C_cstr, spectrum, peaks and error bars, made from the response of its geometry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.case.electrolyte import Electrolyte
from constriction.case.schema import Case
from constriction.field.currents.spread import BarredSpread
from constriction.field.error_bars import ErrorBars, error_bars
from constriction.field.reduction.curves import Curve
from constriction.field.response import Response
from constriction.geometry.cell import Layout
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY, resistivity
from constriction.simulation.peaks import Peak, belongs_to, find_peaks, main_peak
from constriction.simulation.weights import Laws, curve_of, film_error_of, gap_model, theta_of
from constriction.spectra.spectrum import Spectrum, logarithmic_frequencies

ROUNDING = 1e-14  # of a film's resistance, which is a difference of what is equal in full contact
PEAK_RANGE = 1e-4, 1e14  # Hz, searched for peaks of −Im Z_cstr


@dataclass(frozen=True, eq=False)
class Result:
    """What a case gives; SI units, area-specific (per m² of interface), one-sided but for cells of two interfaces.

    `laws` are the interface's. `spectrum` is the impedance of electrolyte and interface, `slab` the electrolyte's
    alone. `R_cstr`, `R_interface`, their errors, `R_full_contact`, `R_dc` in Ω·m², None where they diverge;
    `R_electrolyte`, `spectrum_error` (the largest of any Z) in Ω·m²; `R_cstr_bounds`, both, None unless asked for;
    `C_cstr`, `C_low`, `C_high` in F/m²; `f_cstr` in Hz; all None where nothing constricts, the two limits also where
    the gap is not just a capacitor (without a gap C_cstr and f_cstr are those of the electrolyte's own peak in
    Z_cstr). `peaks` by rising frequency. `sides`: both interfaces' own results where the counter electrode has one,
    too; what stands here then is their sum. `relative_error_reached`: the largest error bar over what it is relative
    to. `currents`: how the current at rest spreads over the contacts, those of the near interface; None where they
    carry none, or where the method does not tell.
    """

    case: Case
    plan: Layout
    laws: Laws
    response: Response[Any]
    gap_model: str
    spectrum: Spectrum
    slab: Spectrum
    R_cstr: float | None
    R_cstr_error: float | None
    R_cstr_bounds: tuple[float, float] | None
    spectrum_error: float
    relative_error_reached: float
    R_electrolyte: float
    R_interface: float | None
    R_interface_error: float | None
    R_full_contact: float | None
    C_cstr: float | None
    C_low: float | None
    C_high: float | None
    f_cstr: float | None
    peaks: tuple[Peak, ...]
    seconds_total: float
    sides: tuple[Result, ...] = ()
    currents: BarredSpread | None = None

    @property
    def R_dc(self) -> float | None:
        """Re Z(ω→0), Ω·m²; None where it diverges."""
        return None if self.R_interface is None else self.R_electrolyte + self.R_interface

    @property
    def accuracy_reached(self) -> bool:
        """Whether the error bars are within what the case asks."""
        return self.relative_error_reached <= self.case.accuracy.relative_error

    @property
    def C_cstr_belongs_to(self) -> str | None:
        """Whose peak gives C_cstr: gap, electrolyte or several, as `peaks.belongs_to`; None without a peak."""
        if self.C_cstr is None or self.f_cstr is None:
            return None
        own = _own_peaks(self.case.electrolyte.model_copy(update={"thickness": 1.0}))
        return belongs_to(self.f_cstr, self.C_cstr, self.C_low, own)

    @property
    def error_bars(self) -> ErrorBars:
        """The error bars of the sweep and at rest."""
        curve = curve_of(self.case, self.plan, self.laws, sweep_frequencies(self.case))
        return error_bars(self.response, curve, film_error_of(self.laws, self.plan))

    def impedance(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z(f) at any frequencies in Hz; same shape, Ω·m²."""
        return resistivity(self.case.electrolyte, frequency) * self.case.electrolyte.thickness + self.interface(
            frequency
        )

    def interface(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z(f) less the electrolyte's, at any frequencies in Hz; same shape, Ω·m²."""
        if self.sides:
            return np.asarray(sum(side.interface(frequency) for side in self.sides))
        case, plan = self.case, self.plan
        theta = theta_of(case, plan, self.laws, frequency)
        return resistivity(case.electrolyte, frequency) * plan.pitch * self.response(theta)

    def constriction(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z_cstr(f) = Z − Z of full contact, at any frequencies in Hz; same shape, Ω·m²."""
        if self.sides:
            return np.asarray(sum(side.constriction(frequency) for side in self.sides))
        return constriction_impedance(self.case, self.plan, self.laws, self.response, frequency)


def apex_capacitance(apex: Peak | None, resistance: float | None) -> float | None:
    """C_cstr in F/m² from the highest peak and R_cstr in Ω·m²; None without either."""
    return 1 / (2 * math.pi * apex.frequency * resistance) if apex is not None and resistance else None


@lru_cache  # many cases of a study have one electrolyte
def _own_peaks(electrolyte: Electrolyte) -> tuple[float, ...]:
    """The frequencies of the peaks of an electrolyte's own −Im Z, Hz."""
    return tuple(peak.frequency for peak in find_peaks(lambda f: resistivity(electrolyte, f), *PEAK_RANGE))


def sweep_frequencies(case: Case) -> NDArray[np.float64]:
    """The frequencies of a case's spectrum, Hz, falling."""
    return logarithmic_frequencies(case.sweep.start, case.sweep.stop, case.sweep.points_per_decade)


def constriction_impedance(
    case: Case, plan: Layout, laws: Laws, response: Response[Any], frequency: ArrayLike
) -> NDArray[np.complex128]:
    """Z_cstr(f) = Z − Z of full contact; frequency in Hz, same shape, Ω·m²."""
    curve = curve_of(case, plan, laws, frequency)
    return resistivity(case.electrolyte, frequency) * plan.pitch * curve.excess(response, curve.points)


def result_of(case: Case, plan: Layout, laws: Laws, response: Response[Any], seconds: float) -> Result:
    """What the response of its geometry makes of a case.

    Args:
        case: the case.
        plan: the layout of its interface.
        laws: of its interface.
        response: of its geometry, which may have been solved for another case.
        seconds: that it took, s, for the record.
    """
    electrolyte, frequency = case.electrolyte, sweep_frequencies(case)
    rho = resistivity(electrolyte, frequency)
    unit = float(resistivity(electrolyte, 0.0).real) * plan.pitch  # Ω·m² per pitch at ω → 0
    curve = curve_of(case, plan, laws, frequency)
    bars = error_bars(response, curve, film_error_of(laws, plan))

    def z_cstr(f: NDArray[np.float64]) -> NDArray[np.complex128]:
        return constriction_impedance(case, plan, laws, response, f)

    through = response(curve.points) if response.direct is None else response.direct
    slab = Spectrum(frequency, rho * electrolyte.thickness, "ohm m2")
    at_rest = _At(curve, response, unit)
    resistance = at_rest.constriction
    peaks = find_peaks(z_cstr, *PEAK_RANGE) if 0 < plan.contact_fraction < 1 else ()
    apex = main_peak(peaks, z_cstr)
    low, high = _capacitance_limits(case, plan, response)
    full = 0.0 if laws.contact is None else float(laws.contact.impedance(0.0).real)
    electrolyte_resistance = float(resistivity(electrolyte, 0.0).real) * electrolyte.thickness
    return Result(
        case=case,
        plan=plan,
        laws=laws,
        response=response,
        gap_model=gap_model(case, plan),
        spectrum=Spectrum(frequency, slab.impedance + rho * plan.pitch * through, "ohm m2"),
        slab=slab,
        R_cstr=resistance,
        R_cstr_error=None if resistance is None else unit * float(bars.constriction[0]),
        R_cstr_bounds=at_rest.bounds,
        spectrum_error=unit * float(np.max(bars.interface, initial=0.0)),
        relative_error_reached=bars.relative,
        R_electrolyte=electrolyte_resistance,
        R_interface=at_rest.interface,
        R_interface_error=None if at_rest.interface is None else unit * float(bars.interface[0]),
        R_full_contact=electrolyte_resistance + full if math.isfinite(full) else None,
        C_cstr=apex_capacitance(apex, resistance),
        C_low=low,
        C_high=high,
        f_cstr=None if apex is None else apex.frequency,
        peaks=peaks,
        seconds_total=seconds,
        currents=response.spread(curve.at_rest),
    )


@dataclass(frozen=True)
class _At:
    """A response at rest: Ω·m², `unit` per pitch; None where no current passes, with or without constriction."""

    curve: Curve
    response: Response[Any]
    unit: float

    @cached_property
    def interface(self) -> float | None:
        """R_interface."""
        return None if self.curve.at_rest is None else self.unit * float(self.response(self.curve.at_rest).real)

    @cached_property
    def constriction(self) -> float | None:
        """R_cstr; exactly 0 in full contact."""
        if self.curve.at_rest is None or not self.curve.finite:
            return None
        found = float(self.curve.excess(self.response, self.curve.at_rest).real)
        return self.unit * found if abs(found) > ROUNDING * abs(float(self.curve.full(self.curve.at_rest))) else 0.0

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Bounds on R_cstr."""
        if self.curve.at_rest is None or self.constriction is None:
            return None
        found, full = self.response.bounds_at(self.curve.at_rest), float(self.curve.full(self.curve.at_rest))
        return None if found is None else (self.unit * (found[0] - full), self.unit * (found[1] - full))


def _capacitance_limits(case: Case, plan: Layout, response: Response[Any]) -> tuple[float | None, float | None]:
    """C_low and C_high, F/m²: the gap's own, with an electrolyte that only conducts (docs/physics.md#c-low)."""
    if case.gap.height is None or not case.gap.capacitor_only or not 0 < plan.contact_fraction < 1:
        return None, None
    per_area = VACUUM_PERMITTIVITY * case.gap.relative_permittivity / case.gap.height
    storage = response.flat_storage or 1.0 - plan.contact_fraction
    return per_area * response.stored / response.constriction**2, per_area / storage
