"""A counter electrode that has an interface of its own: two interfaces on one slab (docs/physics.md#two-interfaces)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.schema import Case
from constriction.geometry.cell import Layout, layout
from constriction.simulation.peaks import find_peaks, main_peak
from constriction.simulation.result import PEAK_RANGE, Result
from constriction.spectra.spectrum import Spectrum


def far_case(case: Case) -> Case | None:
    """The case of the far side's interface; None: the counter electrode is ideal."""
    return case if case.counter.symmetric else case.counter.other_case


def slowest_decay(plan: Layout) -> float:
    """The wave number 1/m of what reaches deepest into the slab; infinite where nothing varies along the interface."""
    if not plan.spots:
        return math.inf
    return (3.8317 if plan.circular else math.pi) / max(plan.width, plan.depth)


def check_apart(case: Case) -> None:
    """Refuse two interfaces that feel each other: their impedances would not add.

    A mode of wave number k that an ideal counter electrode sees as tanh(k·depth) is tanh(k·depth/2) where the middle of
    the slab is an equipotential: less by 2 exp(−k·depth), and this is the most for any two interfaces.

    Raises:
        InputError: with the error that adding them would make.
    """
    other = far_case(case)
    if other is None:
        return
    decay = min(slowest_decay(layout(one.interface)) for one in (case, other))
    thickness, asked = case.electrolyte.thickness, case.accuracy.relative_error
    error = 2 * math.exp(-decay * thickness)
    if error > asked:
        needed = format_quantity(float(f"{-math.log(asked / 2) / decay:.3g}"), "length")
        raise InputError(
            f"counter: the interfaces are {format_quantity(thickness, 'length')} apart, and adding them would make an "
            f"error of {error:.2g}; expected electrolyte.thickness = '{needed}' or more for accuracy.relative_error = "
            f"{asked:g}, or a smaller pitch"
        )


def two_sided(near: Result, far: Result) -> Result:
    """The cell of two interfaces on the slab of the near one: what they add to the slab adds up.

    Args:
        near: the result of the case with an ideal counter electrode.
        far: the same of the far side's interface, on the same electrolyte.
    """
    sides = near, far
    frequency = near.spectrum.frequency
    impedance = near.spectrum.impedance + far.spectrum.impedance - far.slab.impedance

    def z_cstr(f: NDArray[np.float64]) -> NDArray[np.complex128]:
        return near.constriction(f) + far.constriction(f)

    peaks = find_peaks(z_cstr, *PEAK_RANGE) if near.peaks or far.peaks else ()
    apex, resistance = main_peak(peaks, z_cstr), _sum(side.R_cstr for side in sides)
    of_laws = _sum(None if side.R_full_contact is None else side.R_full_contact - side.R_electrolyte for side in sides)
    low, high = _capacitance_limits(sides)
    return replace(
        near,
        sides=sides,
        spectrum=Spectrum(frequency, impedance, "ohm m2"),
        R_cstr=resistance,
        R_cstr_error=_sum(side.R_cstr_error for side in sides),
        R_cstr_bounds=_sum_of_bounds(sides),
        spectrum_error=near.spectrum_error + far.spectrum_error,
        relative_error_reached=max(side.relative_error_reached for side in sides),
        R_interface=_sum(side.R_interface for side in sides),
        R_interface_error=_sum(side.R_interface_error for side in sides),
        R_full_contact=None if of_laws is None else near.R_electrolyte + of_laws,
        C_cstr=1 / (2 * math.pi * apex.frequency * resistance) if apex is not None and resistance else None,
        C_low=low,
        C_high=high,
        f_cstr=None if apex is None else apex.frequency,
        peaks=peaks,
        seconds_total=near.seconds_total + (0.0 if far is near else far.seconds_total),
    )


def counter_record(result: Result) -> dict[str, Any]:
    """What result.json says of each side of a cell with two interfaces, SI; nothing of others."""
    names = ("near", "far") if result.sides else ()
    sides = zip(names, result.sides, strict=True)
    return {f"{name}_{key}": value for name, side in sides for key, value in _side_record(side).items()}


def _side_record(side: Result) -> dict[str, Any]:
    return {
        "contact_fraction": side.plan.contact_fraction,
        "R_cstr_ohm_cm2": side.R_cstr,
        "R_cstr_error_ohm_cm2": side.R_cstr_error,
        "R_interface_ohm_cm2": side.R_interface,
        "R_interface_error_ohm_cm2": side.R_interface_error,
        "C_cstr_farad_per_cm2": side.C_cstr,
        "f_cstr_hertz": side.f_cstr,
    }


def _sum(values: Iterable[float | None]) -> float | None:
    """None where one is."""
    found = list(values)
    return None if None in found else math.fsum(value for value in found if value is not None)


def _sum_of_bounds(sides: tuple[Result, ...]) -> tuple[float, float] | None:
    bounds = [side.R_cstr_bounds for side in sides]
    if None in bounds:
        return None
    ends = [pair for pair in bounds if pair is not None]
    return math.fsum(low for low, _ in ends), math.fsum(high for _, high in ends)


def _capacitance_limits(sides: tuple[Result, ...]) -> tuple[float | None, float | None]:
    """C_low and C_high of Z_cstr in series, F/m²; a side in full contact adds nothing."""
    there = [(side.R_cstr or 0.0, side.C_low, side.C_high) for side in sides if side.R_cstr != 0]
    known = [(resistance, low, high) for resistance, low, high in there if low is not None and high is not None]
    if not known or len(known) < len(there):
        return None, None
    low = sum(resistance**2 * low for resistance, low, _ in known) / sum(resistance for resistance, _, _ in known) ** 2
    return low, 1 / sum(1 / high for _, _, high in known)
