"""What a circuit fit minimises: the weighted differences between a circuit and a measured spectrum, and its bounds."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from constriction.base.errors import InputError
from constriction.laws.arrays import Complexes, Reals
from constriction.laws.circuit import Circuit, evaluate, from_internal
from constriction.spectra.spectrum import Spectrum

WEIGHTINGS = ("modulus", "proportional", "unit")
# With proportional weights a zero of Re Z or Im Z would get all the weight.
SMALLEST_PART = 1e-2
# A resistance outside these multiples of the smallest and largest |Z| has no visible effect of its own.
INVISIBLE, ENDLESS = 1e-6, 1e4


@dataclass(frozen=True, eq=False)
class FitOptions:
    """How a circuit is fitted.

    Attributes:
        weighting: standard deviations assumed up to a common factor, which the residuals then give: "modulus": both
            parts ∝ |Z|; "proportional": Re ∝ |Re Z|, Im ∝ |Im Z| (at least |Z|/100); "unit": all equal.
        sigma: known standard deviations of both parts in the unit of Z, (N,) or (N, 2) for Re and Im, in the order of
            the spectrum; they replace `weighting`, and the error bars then take them at their word.
        bounds: smallest and largest value by name of a parameter, SI; equal ones hold it. Others keep the range of
            their kind (see `elements.KINDS`), resistances at most 1e-6 … 1e4 times |Z|. Equal arcs are then named as
            they stand, by rising time constant where such a minimum is found.
        starts: number of blind starts, at least 1.
        profiles: whether weakly determined parameters get an interval from the profile of the likelihood, which
            takes several times as long as the fit.
    """

    weighting: str = "modulus"
    sigma: ArrayLike | None = None
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    starts: int = 10
    profiles: bool = True


def limited_to(options: FitOptions, circuit: Circuit) -> FitOptions:
    """Options with the bounds of those parameters that a circuit has."""
    return replace(options, bounds={name: ends for name, ends in options.bounds.items() if name in circuit.names})


@dataclass(frozen=True, eq=False)
class Problem:
    """One spectrum, one circuit, ready to be fitted.

    Attributes:
        circuit: with P parameters.
        omega: (N,) in rad/s.
        z: (N,) measured impedance.
        sigma: (2N,) standard deviations, first of Re, then of Im, in the unit of Z.
        absolute: whether `sigma` is known rather than known up to a factor.
        lower: (P,) bounds in internal coordinates (logarithms; exponents plain).
        upper: (P,) the same from above.
        profiles: whether weakly determined parameters get an interval from the profile of the likelihood.
    """

    circuit: Circuit
    omega: Reals
    z: Complexes
    sigma: Reals
    absolute: bool
    lower: Reals
    upper: Reals
    profiles: bool = True

    def residuals(self, points: Reals) -> tuple[Reals, Reals]:
        """Weighted residuals (S, 2N), model minus measurement, and derivatives (S, P, 2N) at (S, P) points."""
        z, dz = evaluate(self.circuit, points, self.omega)
        difference = z - self.z
        values = np.concatenate([difference.real, difference.imag], axis=-1) / self.sigma
        return values, np.concatenate([dz.real, dz.imag], axis=-1) / self.sigma

    def values(self, point: Reals) -> Reals:
        """Turn the (P,) internal coordinates into values, SI."""
        return from_internal(self.circuit, point)


def pose(spectrum: Spectrum, circuit: Circuit, options: FitOptions) -> Problem:
    """Set up a fit.

    Args:
        spectrum: N points.
        circuit: with P parameters.
        options: weights and bounds.

    Returns:
        The problem.

    Raises:
        InputError: 2N ≤ P, an impedance of zero, an unknown weighting, wrong `sigma`, bounds or number of starts.
    """
    points, size = spectrum.frequency.size, len(circuit.parameters)
    if 2 * points <= size:
        raise InputError(
            f"{points} points for the {size} parameters of {circuit.text}: expected at least {size // 2 + 1}"
        )
    if options.starts < 1:
        raise InputError(f"starts = {options.starts!r}: expected at least 1")
    sigma = _standard_deviations(spectrum.impedance, options)
    lower, upper = _bounds(spectrum.impedance, circuit, options.bounds)
    omega = 2 * math.pi * spectrum.frequency
    absolute = options.sigma is not None
    return Problem(circuit, omega, spectrum.impedance, sigma, absolute, lower, upper, options.profiles)


def _standard_deviations(z: Complexes, options: FitOptions) -> Reals:
    if options.sigma is not None:
        return _known(np.asarray(options.sigma, dtype=np.float64), z.size)
    modulus = np.abs(z)
    if not modulus.all():
        raise InputError(f"impedance[{int(np.argmin(modulus))}] = 0: expected a nonzero impedance at every frequency")
    if options.weighting == "modulus":
        return np.concatenate([modulus, modulus])
    if options.weighting == "proportional":
        least = SMALLEST_PART * modulus
        return np.concatenate([np.maximum(np.abs(z.real), least), np.maximum(np.abs(z.imag), least)])
    if options.weighting == "unit":
        return np.full(2 * z.size, modulus.mean())
    raise InputError(f"weighting = {options.weighting!r}: expected one of {', '.join(map(repr, WEIGHTINGS))}")


def _known(sigma: Reals, points: int) -> Reals:
    if sigma.shape not in ((points,), (points, 2)):
        raise InputError(f"sigma has shape {sigma.shape}: expected ({points},) or ({points}, 2)")
    if (wrong := ~(np.isfinite(sigma) & (sigma > 0))).any():
        raise InputError(f"sigma = {sigma[wrong][0]:g}: expected finite positive standard deviations")
    return np.concatenate([sigma, sigma]) if sigma.ndim == 1 else sigma.T.ravel()


def _bounds(z: Complexes, circuit: Circuit, asked: Mapping[str, tuple[float, float]]) -> tuple[Reals, Reals]:
    if unknown := sorted(set(asked) - set(circuit.names)):
        raise InputError(f"bounds of {unknown[0]!r}: {circuit.text} has {', '.join(circuit.names)}")
    modulus = np.abs(z)
    pairs = []
    for parameter in circuit.parameters:
        low, high = parameter.lower, parameter.upper
        if parameter.kind == "R":
            low, high = max(low, INVISIBLE * modulus.min()), min(high, ENDLESS * modulus.max())
        low, high = asked.get(parameter.name, (low, high))
        if not 0 < low <= high < math.inf:
            raise InputError(f"bounds of {parameter.name} = {low!r}, {high!r}: expected 0 < lower ≤ upper, finite")
        pairs.append((math.log(low), math.log(high)) if parameter.logarithmic else (low, high))
    both = np.array(pairs)
    return both[:, 0], both[:, 1]
