"""A simulated cell laid over a measured one: same window, same Kramers-Kronig rule, same circuit, differences in bars.

Nothing is interpolated: the simulation is evaluated at the measured frequencies.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.case.schema import Case
from constriction.compare.cell import Cell
from constriction.laws.circuit import Element
from constriction.spectra.drt.relaxation_times import Distribution, DistributionOptions, relaxation_times
from constriction.spectra.exclusion import Exclusion
from constriction.spectra.fit.fitting import CircuitFit
from constriction.spectra.fit.problem import FitOptions
from constriction.spectra.reading.analysis import AnalysisOptions, Mask, naming_the_taker, screen
from constriction.spectra.reading.apparent import with_numerical_error
from constriction.spectra.reading.beside import OF_ARC
from constriction.spectra.reading.identification import candidates, electrolyte_arcs, known_resolution, read_sample
from constriction.spectra.reading.reading import Reading, Weight, noise_beside, read_beside
from constriction.spectra.reading.slab import ReferenceSlab
from constriction.spectra.spectrum import Spectrum

# Standard errors need no profiles.
FIT = FitOptions(profiles=False)
QUANTITIES = ("R_SE", "R_int", "C_int")
# A measurement without noise is compared as if it had this.
LEAST_NOISE = 1e-9
# A circuit that leaves more of |Z| than the Kramers-Kronig rule lets a point have is not the measurement's.
POOR_FIT = 0.02
# A difference of BIC that is strong evidence.
STRONG = 10.0
OTHER = (
    "the measurement's electrolyte is not the simulated one: beside the slab of the case in full contact it is not "
    "described as well as with arcs of its own; both were fitted with all parameters free"
)
FILM = (
    "the slab of the case in full contact has no film, as its contact has, and the measurement is more than it and one "
    "arc; both were fitted with all parameters free"
)


@dataclass(frozen=True)
class Difference:
    """One apparent value, measured and simulated; SI per area; None where there is none.

    Attributes:
        name: "R_SE", "R_int" or "C_int".
        measured: in Ω·m² or F/m².
        measured_stderr: standard error of the fit.
        simulated: in the same unit.
        simulated_error: error bar of the simulation.
    """

    name: str
    measured: float | None
    measured_stderr: float | None
    simulated: float | None
    simulated_error: float | None

    @property
    def relative(self) -> float | None:
        """(measured − simulated)/simulated."""
        if self.measured is None or self.simulated is None:
            return None
        return (self.measured - self.simulated) / self.simulated

    @property
    def in_bars(self) -> float | None:
        """(measured − simulated) in units of both error bars, the root of the sum of their squares."""
        if self.measured is None or self.simulated is None:
            return None
        if self.measured_stderr is None or self.simulated_error is None:
            return None
        bar = math.hypot(self.measured_stderr, self.simulated_error)
        return (self.measured - self.simulated) / bar if bar > 0 else None


@dataclass(frozen=True, eq=False)
class Overlay:
    """A measured spectrum and the simulated one at its frequencies, both read alike.

    Attributes:
        window: in Hz, both cover it.
        screened: the measured points in the window, without those that the Kramers-Kronig rule leaves out.
        simulated: at the frequencies that stay, Ω·m².
        measured_reading: circuit, fit, R_SE, R_int, C_int of the measurement.
        simulated_reading: of the simulation.
        noise: standard deviation of one part of the measurement around its fit, relative to |Z|.
        differences: of R_SE, R_int, C_int.
        distribution: of the measurement's relaxation times; None where it cannot be calculated.
        remarks: what a reader must know.
    """

    window: tuple[float, float]
    screened: Exclusion
    simulated: Spectrum
    measured_reading: Reading
    simulated_reading: Reading
    noise: float
    differences: tuple[Difference, ...]
    distribution: Distribution | None
    remarks: tuple[str, ...]

    @property
    def residuals(self) -> NDArray[np.complex128]:
        """(measured − simulated)/|simulated|, (N,)."""
        return (self.screened.spectrum.impedance - self.simulated.impedance) / np.abs(self.simulated.impedance)


def common_window(spectrum: Spectrum, case: Case) -> tuple[float, float]:
    """The frequencies in Hz that measurement and sweep share.

    Raises:
        InputError: they share none.
    """
    sweep, measured = (case.sweep.stop, case.sweep.start), spectrum.window
    low, high = max(sweep[0], measured[0]), min(sweep[1], measured[1])
    if low > high:
        raise InputError(
            f"measured from {measured[0]:.4g} to {measured[1]:.4g} Hz, simulated from {sweep[0]:.4g} to "
            f"{sweep[1]:.4g} Hz; expected windows that overlap"
        )
    return low, high


def screened(spectrum: Spectrum, case: Case, masks: Sequence[Mask] = ()) -> tuple[Exclusion, tuple[float, float]]:
    """Cut a measured spectrum to the common window, leave out what is masked and apply the Kramers-Kronig rule.

    Raises:
        InputError: no overlap, or too few points are left.
    """
    window = common_window(spectrum, case)
    return screen(spectrum, AnalysisOptions(window=window, masks=tuple(masks))), window


def overlay(spectrum: Spectrum, cell: Cell, circuit: str | None = None, masks: Sequence[Mask] = ()) -> Overlay:
    """Lay a simulated cell over a measured spectrum.

    Args:
        spectrum: measured, Ω·m².
        cell: simulated.
        circuit: None: the slab in full contact, and an arc beside it if the measurement shows one; or, where the
            measured electrolyte is another, a circuit with free parameters. Else this circuit, with free parameters.
        masks: measured points left out by hand.

    Raises:
        InputError: no overlap of the windows, too few points, a circuit that cannot be read.
    """
    kept, window = screened(spectrum, cell.result.case, masks)
    simulated = screen(cell.spectrum(kept.spectrum.frequency)).spectrum
    with naming_the_taker(kept):
        readings = None if circuit else _beside_slab(kept.spectrum, simulated, cell)
        measured, alike, alone, other = readings or _freely(kept.spectrum, simulated, cell, circuit)
    return Overlay(
        window,
        kept,
        cell.spectrum(kept.spectrum.frequency),
        measured,
        alike,
        measured.noise,
        tuple(_differences(measured, alike, cell.error)),
        _distribution(kept),
        tuple(_remarks(measured, alike, alone.circuit, other)),
    )


class Readings(NamedTuple):
    """The measurement's; the simulation's, read alike; what it alone would be read as; a remark on the electrolyte."""

    measured: Reading
    alike: Reading
    alone: Reading
    other: str


def _beside_slab(spectrum: Spectrum, simulated: Spectrum, cell: Cell) -> Readings | None:
    """Read both beside the simulated slab in full contact, unless the measurement's electrolyte is another."""
    slab = cell.full_contact(spectrum.frequency)
    noise = max(noise_beside(spectrum, slab), LEAST_NOISE)
    if _another_electrolyte(spectrum, slab, noise):
        return None
    measured = read_beside(spectrum, slab, Weight(noise, noise=True))
    slab, weight = cell.full_contact(simulated.frequency), Weight(noise, noise=False)
    alone = read_beside(simulated, slab, weight)
    alike = alone if measured.apparent.R_int is not None else read_beside(simulated, slab, weight, arc=False)
    return Readings(measured, alike, alone, "")


def _another_electrolyte(spectrum: Spectrum, slab: ReferenceSlab, noise: float) -> bool:
    """Whether a circuit with free arcs describes a measurement much better than the slab and one arc do (BIC)."""
    own = electrolyte_arcs(Spectrum(spectrum.frequency, slab.impedance, spectrum.unit))
    fit = read_sample(spectrum, own, candidates(own), FIT).fit
    if fit is None or not fit.converged:
        return False
    data = 2 * spectrum.frequency.size
    gain = data * math.log(noise**2 * (data - OF_ARC - 1) / max(fit.chi_squared, LEAST_NOISE**2))
    return gain - math.log(data) * (len(fit.parameters) - OF_ARC - 1) > STRONG


def _freely(spectrum: Spectrum, simulated: Spectrum, cell: Cell, circuit: str | None) -> Readings:
    """Read both with a circuit whose parameters are all free."""
    electrolyte = electrolyte_arcs(cell.pristine(spectrum.frequency))
    circuits = candidates(electrolyte) if circuit is None else (circuit,)
    measured = read_sample(spectrum, electrolyte, circuits, FIT)
    simulated = with_inductance(simulated, measured.fit)
    seen = known_resolution(simulated, max(measured.noise, LEAST_NOISE), FIT)
    upto = circuits[: circuits.index(measured.circuit) + 1]
    alike = read_sample(simulated, electrolyte, upto, seen)
    alone = read_sample(simulated, electrolyte, circuits, seen) if upto != circuits else alike
    other = OTHER if cell.result.laws.contact is None else FILM
    return Readings(measured, alike, alone, other if circuit is None else "")


def with_inductance(simulated: Spectrum, fit: CircuitFit | None) -> Spectrum:
    """Add the series inductance that a fit found, the instrument's, to a simulated spectrum.

    The same circuit then finds it in both. Without it the simulation's would stop at zero, while the measurement's
    also takes up the curvature at high frequency that the circuit does not have.
    """
    if fit is None:
        return simulated
    places = [part.first for part in fit.circuit.parts if isinstance(part, Element) and part.kind == "L"]
    inductance = sum(fit.parameters[place].value for place in places)
    z = simulated.impedance + 2j * math.pi * simulated.frequency * inductance
    return Spectrum(simulated.frequency, z, simulated.unit)


def _differences(measured: Reading, simulated: Reading, error: float) -> Iterator[Difference]:
    found = simulated.apparent
    none = None if found.R_int is None else 0.0
    theory = with_numerical_error(replace(found, R_SE_stderr=0.0, R_int_stderr=none, C_int_stderr=none), error)
    determined = measured.apparent.R_SE_stderr is not None  # else its values mean nothing, and a remark says so
    for name in QUANTITIES:
        keys = (name, f"{name}_stderr")
        mine = [getattr(measured.scatter, key) if determined else None for key in keys]
        yield Difference(name, *mine, *(getattr(theory, key) for key in keys))


def _distribution(kept: Exclusion) -> Distribution | None:
    """With a series capacitance if the Kramers-Kronig test needed one: a blocking branch has no relaxation time."""
    try:
        return relaxation_times(kept.spectrum, DistributionOptions(capacitance=kept.test.capacitance))
    except InputError:
        return None


def _remarks(measured: Reading, simulated: Reading, alone: str, other: str) -> Iterator[str]:
    if other:
        yield other
    if measured.noise > POOR_FIT:
        off = f"{measured.noise:.1%} of |Z| off"
        yield f"measured: {measured.circuit} is {off} and describes it badly; another --circuit may"
    for who, reading in (("measured", measured), ("simulated", simulated)):
        if reading.remark:
            yield f"{who}: {reading.remark}"
        if not reading.converged:
            yield f"{who}: the fit of {reading.circuit} did not converge"
    if simulated.circuit != measured.circuit:
        yield f"the measurement needs {measured.circuit}; at its noise the simulation shows {simulated.circuit} only"
    if alone != simulated.circuit:
        yield f"at the measurement's noise the simulation alone would need {alone}: it has an arc that was not measured"
