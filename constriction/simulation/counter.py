"""A counter electrode that has an interface of its own: two interfaces on one slab (docs/physics.md#two-interfaces)."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError, naming
from constriction.base.quantities import format_quantity
from constriction.case.schema import Case
from constriction.geometry.cell import Layout, lay_out_case
from constriction.simulation.peaks import apex_capacitance, find_peaks, main_peak
from constriction.simulation.result import PEAK_RANGE, Result
from constriction.spectra.spectrum import Spectrum


def far_case(case: Case) -> Case | None:
    """The case of the far side's interface; None: the counter electrode is ideal."""
    return case if case.counter.symmetric else case.counter.other_case


def slowest_decay(layout: Layout) -> float:
    """The wave number 1/m of what reaches deepest into the slab; infinite where nothing varies along the interface."""
    return 1 / layout.decay_length if layout.spots else math.inf


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
    near = far = lay_out_case(case)
    if other is not case:
        with naming("counter.file"):
            far = lay_out_case(other)
    decay = min(slowest_decay(near), slowest_decay(far))
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

    peaks = find_peaks(z_cstr, *PEAK_RANGE) if any(side.peaks for side in sides) else ()
    apex, resistance = main_peak(peaks, z_cstr), _total(sides, "R_cstr")
    full, low, high = _total(sides, "R_full_contact"), *_capacitance_limits(sides)
    of_maps = [side.R_cstr_map_error for side in sides if side.R_cstr_map_error is not None]
    return replace(
        near,
        sides=sides,
        R_cstr_map_error=math.fsum(of_maps) if of_maps else None,
        spectrum=Spectrum(frequency, impedance, "ohm m2"),
        R_cstr=resistance,
        R_cstr_error=_total(sides, "R_cstr_error"),
        R_cstr_bounds=_sum_of_bounds(sides),
        spectrum_error=near.spectrum_error + far.spectrum_error,
        relative_error_reached=max(side.relative_error_reached for side in sides),
        R_interface=_total(sides, "R_interface"),
        R_interface_error=_total(sides, "R_interface_error"),
        R_full_contact=None if full is None else full - near.R_electrolyte,
        C_cstr=apex_capacitance(apex, resistance),
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
        "contact_fraction": side.layout.contact_fraction,
        "R_cstr_ohm_cm2": side.R_cstr,
        "R_cstr_error_ohm_cm2": side.R_cstr_error,
        "R_interface_ohm_cm2": side.R_interface,
        "R_interface_error_ohm_cm2": side.R_interface_error,
        "C_cstr_farad_per_cm2": side.C_cstr,
        "f_cstr_hertz": side.f_cstr,
    }


def _total(sides: tuple[Result, ...], name: str) -> float | None:
    """The sum of what both have, None where one has not."""
    found = [getattr(side, name) for side in sides]
    return None if None in found else math.fsum(found)


def _sum_of_bounds(sides: tuple[Result, ...]) -> tuple[float, float] | None:
    bounds = [side.R_cstr_bounds for side in sides]
    if None in bounds:
        return None
    ends = [pair for pair in bounds if pair is not None]
    return math.fsum(low for low, _ in ends), math.fsum(high for _, high in ends)


def _capacitance_limits(sides: tuple[Result, ...]) -> tuple[float | None, float | None]:
    """C_low and C_high of Z_cstr in series, F/m²; a side in full contact adds nothing."""
    there = [(side.R_cstr, side.C_low, side.C_high) for side in sides if side.R_cstr != 0]
    if not there or None in itertools.chain(*there):
        return None, None
    resistance, low, high = np.array(there, dtype=np.float64).T
    return float(np.sum(resistance**2 * low) / np.sum(resistance) ** 2), float(1 / np.sum(1 / high))
