"""A result as a network: exact where its laws are simple, else resistors and capacitors that follow its spectrum.

With ideal contacts and a gap that is a capacitor, F(s) − depth = Σ weight/(1 + s·time) is so many slices of electrolyte
in series, each with a capacitor across it (`times`); with a grain-boundary exponent of 1 each slice is two
resistors with capacitors across them. F is extrapolated over meshes, a difference of such sums: times and weights are
those of a sum with positive weights that follows it. What else passive laws make, films and constant phases, has its
relaxation times spread over the axis; there the sum follows Z itself, over the sweep and the peaks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from constriction.laws.electrolyte import resistivity, resistivity_law
from constriction.simulation.network.links import (
    ARC,
    AROUND_ARC,
    PAIR,
    Link,
    Network,
    impedance_of,
    links_of_sum,
    links_of_times,
)
from constriction.simulation.network.positive_sums import PositiveSum, follow
from constriction.simulation.network.times import electrolyte_times, gap_storage, is_rational, partial_fractions
from constriction.simulation.result import PEAK_RANGE, Result
from constriction.simulation.weights import theta_of

type Reals = NDArray[np.float64]
type Impedance = Callable[[Reals], NDArray[np.complex128]]

PER_DECADE = 12  # frequencies at which a network follows the result
MARGIN = 10.0  # how far beyond the sweep and the peaks resistors and capacitors follow what is not made of them
SLAB_SHARE = 0.01  # of the slab: errors of a smaller interface are relative to that part of it


def network_of(result: Result) -> Network:
    """The network of a result in the fewest elements: with constant phases where the grain boundaries have them."""
    sides = result.sides or (result,)
    if not all(_is_layered(side) for side in sides):
        return _compared(result, _slab(result), _ladder(result, _range(result)), _range(result))
    interface = tuple(link for side in sides for link in _layered(side))
    return _compared(result, _slab(result), interface, PEAK_RANGE)


def ladder_of(result: Result) -> Network:
    """The network of a result with nothing but resistors and capacitors."""
    if is_rational(result.case.electrolyte):
        return network_of(result)
    between = _range(result)
    electrolyte = _follow(_slab_impedance(result), result.R_electrolyte, result, between)
    return _compared(result, electrolyte, _ladder(result, between), between)


def _is_layered(result: Result) -> bool:
    """Whether contacts are ideal and the gap is a capacitor, so that F is a sum over poles."""
    return result.laws.contact is None and result.case.gap.capacitor_only


def _range(result: Result) -> tuple[float, float]:
    """The sweep and the peaks with a margin, Hz; below them lies direct current, which is followed where it passes."""
    sweep = result.spectrum.frequency
    every = [float(sweep.min()), float(sweep.max()), *(peak.frequency for peak in result.peaks)]
    return min(every) / (MARGIN if result.R_interface is None else 1.0), max(every) * MARGIN


def _frequencies(lowest: float, highest: float) -> Reals:
    return np.geomspace(lowest, highest, 1 + math.ceil(PER_DECADE * math.log10(highest / lowest)))


# --- exact --------------------------------------------------------------------------------------------------------


def _slab(result: Result) -> tuple[Link, ...]:
    """The electrolyte in full contact."""
    electrolyte = result.case.electrolyte
    if is_rational(electrolyte):
        return links_of_times(electrolyte_times(result.case))
    resistance, capacitance, boundary, charge, exponent = resistivity_law(electrolyte).values
    deep = electrolyte.thickness
    return (
        Link(PAIR, (resistance * deep, capacitance / deep)),
        Link(ARC, (boundary * deep, charge / deep, exponent)),
    )


def _layered(result: Result) -> tuple[Link, ...]:
    """The interface of ideal contacts and a gap that is a capacitor."""
    poles = _poles(result)
    case = result.case
    lengths, storage = poles.weights * result.layout.pitch, poles.times * gap_storage(result)
    if is_rational(case.electrolyte):
        return links_of_times(partial_fractions(case.electrolyte, storage, lengths))
    resistance, capacitance, boundary, charge, exponent = resistivity_law(case.electrolyte).values
    links = []
    for length, stored in zip(lengths.tolist(), storage.tolist(), strict=True):
        bulk = Link(PAIR, (resistance * length, capacitance / length))
        arc = Link(ARC, (boundary * length, charge / length, exponent))
        around = Link(AROUND_ARC, (*bulk.values, *arc.values, stored / length))
        links += [around] if stored else [bulk, arc]
    return tuple(links)


def _poles(result: Result) -> PositiveSum:
    """F − depth, extrapolated, as a sum over s: times in 1, weights in pitches; nothing where nothing constricts."""
    resistance = result.response.constriction
    if not resistance:
        return PositiveSum(np.zeros(0), np.zeros(0), 0.0)
    if not gap_storage(result):
        return PositiveSum(np.zeros(1), np.array([resistance]), 0.0)
    theta = theta_of(result.case, result.layout, result.laws, _frequencies(*PEAK_RANGE))
    values = result.response(theta)
    scale = np.abs(values) + SLAB_SHARE * result.case.electrolyte.thickness / result.layout.pitch
    return follow(theta[:, -1], values, scale)


# --- followed -----------------------------------------------------------------------------------------------------


def _ladder(result: Result, between: tuple[float, float]) -> tuple[Link, ...]:
    """Resistors and capacitors that follow the interface's impedance between two frequencies in Hz."""
    return _follow(result.interface, result.R_interface, result, between)


def _follow(
    impedance: Impedance, at_rest: float | None, result: Result, between: tuple[float, float]
) -> tuple[Link, ...]:
    """Resistors and capacitors that follow an impedance in Ω·m²; `at_rest` at direct current, None where it blocks."""
    frequency = _frequencies(*between)
    values = impedance(frequency)
    scale = np.abs(values) + SLAB_SHARE * np.abs(_slab_impedance(result)(frequency))
    if not np.any(values):
        return ()
    if at_rest is not None:
        frequency, values, scale = np.append(frequency, 0.0), np.append(values, at_rest), np.append(scale, scale[0])
    omega = np.asarray(2j * math.pi * frequency, dtype=np.complex128)
    return links_of_sum(follow(omega, values, scale, blocking=at_rest is None))


def _slab_impedance(result: Result) -> Impedance:
    electrolyte = result.case.electrolyte
    return lambda frequency: electrolyte.thickness * resistivity(electrolyte, frequency)


def _compared(
    result: Result, electrolyte: tuple[Link, ...], interface: tuple[Link, ...], between: tuple[float, float]
) -> Network:
    """A network with its difference from the result, also at the frequencies of the spectrum."""
    frequency = np.concatenate([_frequencies(*between), result.spectrum.frequency])
    expected = np.append(result.impedance(_frequencies(*between)), result.spectrum.impedance)
    network = Network(electrolyte, interface, *between, 0.0)
    distance = np.abs(impedance_of(network.links, frequency) - expected) / np.abs(expected)
    return replace(network, difference=float(np.max(distance)))
