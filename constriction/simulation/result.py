"""What a case gives: R_cstr, C_cstr, spectrum, peaks and error bars, made from the response of its geometry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.case.electrolyte import Electrolyte
from constriction.case.numerics import Sweep
from constriction.case.schema import Case
from constriction.field.currents.spread import BarredSpread
from constriction.field.error_bars import ErrorBars, OwnErrors, error_bars, error_bars_of_each
from constriction.field.reduction.curves import Curve, Curves
from constriction.field.response import Response
from constriction.geometry.cell import Layout
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY, dc_resistivity, resistivity
from constriction.simulation.maps.record import map_error
from constriction.simulation.metals.added import MetalsAdded
from constriction.simulation.peaks import Peak, apex_capacitance, belongs_to, find_peaks, find_peaks_of_each, main_peaks
from constriction.simulation.weights import (
    Laws,
    curve_of,
    film_error_of,
    full_contact,
    gap_model,
    theta_in,
    theta_of,
    uneven_gap,
)
from constriction.spectra.spectrum import Spectrum, logarithmic_frequencies

ROUNDING = 1e-14  # of a film's resistance, which is a difference of what is equal in full contact
PEAK_RANGE = 1e-4, 1e14  # Hz, searched for peaks of −Im Z_cstr


class Posed(NamedTuple):
    """A case, the layout of its interface and the laws of that."""

    case: Case
    layout: Layout
    laws: Laws


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
    to. `currents`: how the current at rest spreads over the near interface's contacts; None where they carry none, or
    where it is not told. `R_cstr_map_error`: what a quarter pixel of a map's rims changes, Ω·m². `metals`: their own.
    """

    case: Case
    layout: Layout
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
    R_cstr_map_error: float | None = None
    metals: MetalsAdded | None = None

    @property
    def R_dc(self) -> float | None:
        """Re Z(ω→0), Ω·m²; None where it diverges."""
        return None if self.R_interface is None else self.R_electrolyte + self.R_interface

    @property
    def height_error(self) -> float:
        """The part of `spectrum_error` that the grid of a lifted foil leaves, Ω·m²."""
        worst = 0.0 if self.laws.height_error is None else float(np.max(self.laws.height_error, initial=0.0))
        return float(resistivity(self.case.electrolyte, 0.0).real) * self.layout.pitch * worst

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
        curve = curve_of(self.case, self.layout, self.laws, sweep_frequencies(self.case))
        return error_bars(self.response, curve, _own_errors(self.laws, self.layout))

    def impedance(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z(f) at any frequencies in Hz; same shape, Ω·m²."""
        return resistivity(self.case.electrolyte, frequency) * self.case.electrolyte.thickness + self.interface(
            frequency
        )

    def interface(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z(f) less the electrolyte's, at any frequencies in Hz; same shape, Ω·m²."""
        if self.sides:
            return np.asarray(sum(side.interface(frequency) for side in self.sides))
        case, layout = self.case, self.layout
        theta = theta_of(case, layout, self.laws, frequency)
        return resistivity(case.electrolyte, frequency) * layout.pitch * self.response(theta)

    def constriction(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z_cstr(f) = Z − Z of full contact, at any frequencies in Hz; same shape, Ω·m²."""
        if self.sides:
            return np.asarray(sum(side.constriction(frequency) for side in self.sides))
        f = np.asarray(frequency, dtype=np.float64)
        posed = Posed(self.case, self.layout, self.laws)
        return _constrictions([posed], self.response, [f.ravel()])[0].reshape(f.shape)


def _own_errors(laws: Laws, layout: Layout) -> OwnErrors:
    return OwnErrors(film_error_of(laws, layout), laws.height_error)


@lru_cache  # many cases of a study have one electrolyte
def _own_peaks(electrolyte: Electrolyte) -> tuple[float, ...]:
    """The frequencies of the peaks of an electrolyte's own −Im Z, Hz."""
    return tuple(peak.frequency for peak in find_peaks(lambda f: resistivity(electrolyte, f), *PEAK_RANGE))


def sweep_frequencies(case: Case) -> NDArray[np.float64]:
    """The frequencies of a case's spectrum, Hz, falling; not to be written to."""
    return _frequencies(case.sweep)


@lru_cache  # many cases of a study have one sweep
def _frequencies(sweep: Sweep) -> NDArray[np.float64]:
    found = logarithmic_frequencies(sweep.start, sweep.stop, sweep.points_per_decade)
    found.flags.writeable = False
    return found


def _constrictions(
    posed: Sequence[Posed], response: Response[Any], frequencies: Sequence[NDArray[np.float64]]
) -> list[NDArray[np.complex128]]:
    """Z_cstr(f) = Z − Z of full contact of cases of one geometry, each at its frequencies in Hz, (n,); (n,), Ω·m²."""
    pairs = [(one, f) for one, f in zip(posed, frequencies, strict=True) if f.size]
    if not pairs:
        return [np.zeros(0, dtype=np.complex128) for _ in posed]
    units = [resistivity(one.case.electrolyte, f) * one.layout.pitch for one, f in pairs]
    theta = [theta_in(unit, one.laws, f) for unit, (one, f) in zip(units, pairs, strict=True)]
    layers = tuple(solid.thickness for solid in posed[0].laws.solids)
    curve = Curve(np.concatenate(theta), None, posed[0].laws.film, layers)
    ends = np.cumsum([f.size for f in frequencies])
    return np.split(np.concatenate(units) * curve.excess(response.each, curve.points), ends[:-1])


def result_of(case: Case, layout: Layout, laws: Laws, response: Response[Any], seconds: float) -> Result:
    """What the response of its geometry makes of a case.

    Args:
        case: the case.
        layout: the layout of its interface.
        laws: of its interface.
        response: of its geometry, which may have been solved for another case.
        seconds: that it took, s, for the record.
    """
    return results_of([Posed(case, layout, laws)], response, seconds)[0]


def results_of(posed: Sequence[Posed], response: Response[Any], seconds: float) -> list[Result]:
    """What the response of their geometry makes of one case or several.

    Args:
        posed: the cases; not none.
        response: of their geometry, which may have been solved for other cases.
        seconds: that it took, s, for the records.
    """
    curves = Curves(tuple(curve_of(*one, sweep_frequencies(one.case)) for one in posed))
    through = np.split(response.each(curves.every), np.cumsum([len(curve.every) for curve in curves.members])[:-1])
    bars = error_bars_of_each(response, curves, [_own_errors(one.laws, one.layout) for one in posed])

    def z_cstr(frequencies: Sequence[NDArray[np.float64]]) -> list[NDArray[np.complex128]]:
        return _constrictions(posed, response, frequencies)

    peaks: list[tuple[Peak, ...]] = [()] * len(posed)
    if 0 < posed[0].layout.contact_fraction < 1:
        peaks = find_peaks_of_each(z_cstr, len(posed), *PEAK_RANGE)
    found = zip(curves.members, through, bars, peaks, main_peaks(peaks, z_cstr), strict=True)
    return [_result(one, _Found(*parts), response, seconds) for one, parts in zip(posed, found, strict=True)]


class _Found(NamedTuple):
    """What a response says of a case: F − depth on `every` θ of its curve, the error bars and the peaks."""

    curve: Curve
    through: NDArray[np.complex128]
    bars: ErrorBars
    peaks: tuple[Peak, ...]
    apex: Peak | None


def _result(posed: Posed, found: _Found, response: Response[Any], seconds: float) -> Result:
    case, layout, laws = posed
    electrolyte, frequency = case.electrolyte, sweep_frequencies(case)
    rho = resistivity(electrolyte, frequency)
    at_rest_rho = dc_resistivity(electrolyte)
    unit = at_rest_rho * layout.pitch  # Ω·m² per pitch at ω → 0
    curve, bars, apex = found.curve, found.bars, found.apex
    sweep = found.through[-frequency.size :] if response.direct is None else response.direct
    slab = Spectrum(frequency, rho * electrolyte.thickness, "ohm m2")
    at_rest = None if curve.at_rest is None else float(found.through[0].real)
    resistance, bounds = _constriction(curve, at_rest, response, unit)
    of_map = map_error(case, layout, curve, response)
    low, high = _capacitance_limits(case, layout, response)
    full = full_contact(laws, unit)
    covered = None if response.covered is None else unit * response.covered
    electrolyte_resistance = at_rest_rho * electrolyte.thickness
    return Result(
        case=case,
        layout=layout,
        laws=laws,
        response=response,
        gap_model=gap_model(case, layout),
        spectrum=Spectrum(frequency, slab.impedance + rho * layout.pitch * sweep, "ohm m2"),
        slab=slab,
        R_cstr=resistance,
        R_cstr_error=None if resistance is None else unit * float(bars.constriction[0]),
        R_cstr_bounds=bounds,
        spectrum_error=unit * float(np.max(bars.interface, initial=0.0)),
        relative_error_reached=bars.relative,
        R_electrolyte=electrolyte_resistance,
        R_interface=None if at_rest is None else unit * at_rest,
        R_interface_error=None if at_rest is None else unit * float(bars.interface[0]),
        R_full_contact=electrolyte_resistance + full if math.isfinite(full) else None,
        C_cstr=apex_capacitance(apex, resistance, covered),
        C_low=low,
        C_high=high,
        f_cstr=None if apex is None else apex.frequency,
        peaks=found.peaks,
        seconds_total=seconds,
        currents=response.spread(curve.at_rest),
        R_cstr_map_error=None if of_map is None else unit * of_map,
    )


def _constriction(
    curve: Curve, at_rest: float | None, response: Response[Any], unit: float
) -> tuple[float | None, tuple[float, float] | None]:
    """R_cstr in Ω·m², exactly 0 in full contact, None where no current passes with or without it; and its bounds.

    Args:
        curve: of the case.
        at_rest: F − depth at rest in pitches.
        response: of the geometry.
        unit: Ω·m² per pitch.
    """
    if at_rest is None or curve.at_rest is None or not curve.finite:
        return None, None
    full = float(curve.full(curve.at_rest))
    excess, bounds = at_rest - full, response.bounds_at(curve.at_rest)
    resistance = unit * excess if abs(excess) > ROUNDING * abs(full) else 0.0
    return resistance, None if bounds is None else (unit * (bounds[0] - full), unit * (bounds[1] - full))


def _capacitance_limits(case: Case, layout: Layout, response: Response[Any]) -> tuple[float | None, float | None]:
    """C_low and C_high, F/m²: the gap's own, with an electrolyte that only conducts (docs/physics.md#c-low)."""
    shared = 0 < layout.contact_fraction < 1
    if case.holds_bodies or case.gap.height is None or not case.gap.capacitor_only or not shared:
        return None, None
    per_area = VACUUM_PERMITTIVITY * case.gap.relative_permittivity / case.gap.height
    profile = uneven_gap(case, layout)
    storage = response.flat_storage or (1.0 - layout.contact_fraction if profile is None else profile.mean)
    # beside an electrode no capacitor ends what constricts
    high = per_area / storage if layout.electrode is None else None
    return per_area * response.stored / response.constriction**2, high
