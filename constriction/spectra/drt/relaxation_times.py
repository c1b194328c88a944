"""Distribution of relaxation times (DRT) of a measured spectrum, and its peaks.

Ripples may be peaks too: which relaxation times are sure is for `processes` to say.
"""

import math
from dataclasses import dataclass

import numpy as np

from constriction.base.errors import InputError
from constriction.laws.arrays import Complexes, Reals
from constriction.spectra.drt.tikhonov import (
    System,
    corner,
    cross_validation,
    gaussians,
    l_curve,
    penalty_root,
    solve_system,
)
from constriction.spectra.spectrum import Spectrum

PARTS, WEIGHTINGS, CHOICES = ("both", "real", "imaginary"), ("unit", "modulus"), ("gcv", "l-curve")
FEWEST_POINTS = 5
# λ among which is chosen.
SEARCHED = np.geomspace(1e-8, 1e-2, 19)
# Points of the distribution handed out, per centre.
FINENESS = 12
# Peaks below this part of the highest one, or of the whole polarisation, are ripples.
RIPPLE, SMALLEST_SHARE = 1e-3, 2e-3


@dataclass(frozen=True)
class DistributionOptions:
    """How a distribution is calculated.

    Attributes:
        regularisation: λ, or chosen among 1e-8 … 0.01: "l-curve" (its corner) or "gcv" (generalised cross validation,
            which foretells Z well, but at 0.2 % noise splits peaks and misplaces them by up to 30 %; the corner 8 %).
        derivative: order of the derivative that is penalised, 0, 1 or 2.
        shape: FWHM coefficient: spacing of the Gaussians divided by their full width at half maximum.
        parts: of Z that are fitted: "both", "real" or "imaginary".
        weighting: "unit" (every point alike) or "modulus" (relative to |Z|).
        inductance: whether an inductance in series is free.
        capacitance: whether a capacitance in series is free: for spectra that end in a blocking branch.
        beyond: how far τ reaches beyond 1/ω of the window on both sides, in decades.
    """

    regularisation: float | str = "l-curve"
    derivative: int = 2
    shape: float = 0.5
    parts: str = "both"
    weighting: str = "unit"
    inductance: bool = True
    capacitance: bool = False
    beyond: float = 0.5


PRESETS = {"paper": DistributionOptions(regularisation=1e-6, derivative=2, shape=0.5, parts="both", weighting="unit")}


@dataclass(frozen=True)
class RelaxationPeak:
    """One peak of a distribution.

    Attributes:
        time_constant: τ of the maximum, in s.
        f_apex: 1/(2πτ), in Hz.
        resistance: area between the valleys on both sides, in Ω (or the unit of the spectrum).
        capacitance: τ/R, in F.
        height: γ at the maximum, in Ω.
    """

    time_constant: float
    f_apex: float
    resistance: float
    capacitance: float
    height: float


@dataclass(frozen=True, eq=False)
class Distribution:
    """A distribution of relaxation times.

    Attributes:
        options: as asked.
        regularisation: λ used.
        tau: (J,) relaxation times in s, rising, evenly spaced in ln τ.
        gamma: (J,) γ(ln τ) in Ω (or the unit of the spectrum); its integral over ln τ is the polarisation.
        polarisation: whole area, in Ω: R(ω → 0) − R(ω → ∞) without a series capacitance.
        R_series: in Ω.
        inductance: in series, in H; 0 if switched off.
        capacitance: in series, in F; infinite if there is none.
        peaks: by rising time constant.
        residuals: (N,) complex, (fit − measurement)/|measurement|.
    """

    options: DistributionOptions
    regularisation: float
    tau: Reals
    gamma: Reals
    polarisation: float
    R_series: float
    inductance: float
    capacitance: float
    peaks: tuple[RelaxationPeak, ...]
    residuals: Complexes


def relaxation_times(
    spectrum: Spectrum, options: DistributionOptions | None = None, preset: str | None = None
) -> Distribution:
    """Calculate the distribution of relaxation times.

    Tikhonov regularisation with Gaussian radial basis functions, all coefficients not negative (Wan et al. 2015, as in
    DRTtools). One Gaussian per measured point, evenly spaced in ln τ, and some beyond the window.

    Args:
        spectrum: N ≥ 5 points.
        options: or a preset; neither: the defaults of `DistributionOptions`.
        preset: "paper": λ = 1e-6, second derivative, FWHM coefficient 0.5, both parts.

    Returns:
        The distribution.

    Raises:
        InputError: too few points, unknown preset, options out of range, options and preset both given.
    """
    options = checked(options, preset)
    system = discretised(spectrum, options)
    chosen = _choose(system, options.regularisation)
    return _distribution(spectrum, options, system, chosen)


def checked(options: DistributionOptions | None, preset: str | None) -> DistributionOptions:
    """The options, or those of a preset, or the defaults.

    Raises:
        InputError: out of range, an unknown preset, or both were given.
    """
    if preset is not None:
        if options is not None:
            raise InputError(f"preset {preset!r} and options were both given: expected one of them")
        if preset not in PRESETS:
            raise InputError(f"preset {preset!r}: expected {', '.join(map(repr, PRESETS))}")
        return PRESETS[preset]
    options = options or DistributionOptions()
    for name, value, known in (
        ("derivative", options.derivative, (0, 1, 2)),
        ("parts", options.parts, PARTS),
        ("weighting", options.weighting, WEIGHTINGS),
    ):
        if value not in known:
            raise InputError(f"{name} = {value!r}: expected one of {', '.join(map(repr, known))}")
    _check_numbers(options)
    return options


def _check_numbers(options: DistributionOptions) -> None:
    value = options.regularisation
    known = value in CHOICES if isinstance(value, str) else 0 < value < math.inf
    if not known:
        raise InputError(f"regularisation = {value!r}: expected a positive number, 'gcv' or 'l-curve'")
    if not 0.1 <= options.shape <= 5:
        raise InputError(f"shape = {options.shape!r}: expected 0.1 to 5")
    if not 0 <= options.beyond <= 3:
        raise InputError(f"beyond = {options.beyond!r} decades: expected 0 to 3")


def discretised(spectrum: Spectrum, options: DistributionOptions) -> System:
    """Discretise: the centres, the columns, what is fitted, the penalty."""
    f, z = spectrum.frequency, spectrum.impedance
    if f.size < FEWEST_POINTS or not z.all():
        raise InputError(f"{f.size} points: expected at least {FEWEST_POINTS}, with nonzero impedance")
    omega = 2 * math.pi * f
    step = math.log(f[0] / f[-1]) / (f.size - 1)
    extra = math.ceil(options.beyond * math.log(10) / step)
    log_tau = step * np.arange(-extra, f.size + extra, dtype=np.float64) - math.log(omega[0])
    # The full width at half maximum of exp(−(slope·x)²) is 2√(ln 2)/slope.
    slope = options.shape * 2 * math.sqrt(math.log(2)) / step
    tails = [np.ones(f.size, dtype=np.complex128)] + [1j * omega / omega[0]] * options.inductance
    tails += [omega[-1] / (1j * omega)] * options.capacitance
    columns = np.concatenate([np.stack(tails, axis=1), gaussians(omega, log_tau, slope)], axis=1)
    modulus = np.abs(z)
    scale = float(modulus.max() if options.weighting == "unit" else np.median(modulus))
    weight = np.ones(f.size) if options.weighting == "unit" else scale / modulus
    parts = [part for part in ("real", "imaginary") if options.parts in ("both", part)]
    rows = [_part(columns, part) * weight[:, np.newaxis] for part in parts]
    data = [_part(z, part) * weight / scale for part in parts]
    root = penalty_root(log_tau, slope, options.derivative)
    penalty = np.concatenate([np.zeros((log_tau.size, len(tails))), root], axis=1)
    return System(log_tau, slope, columns, len(tails), np.concatenate(rows), np.concatenate(data), penalty, scale)


def _part(values: Complexes, part: str) -> Reals:
    return values.real if part == "real" else values.imag


def _choose(system: System, asked: float | str) -> float:
    if not isinstance(asked, str):
        return float(asked)
    if asked == "gcv":
        scores = [cross_validation(system, value) for value in SEARCHED.tolist()]
        return float(SEARCHED[int(np.argmin(scores))])
    return float(SEARCHED[corner(*l_curve(system, SEARCHED), np.log(SEARCHED))])


def _distribution(
    spectrum: Spectrum, options: DistributionOptions, system: System, regularisation: float
) -> Distribution:
    x = solve_system(system, regularisation)
    x = _unseen(spectrum, options, system, x) * system.scale
    log_tau, gamma = fine(system, x[system.tails :])
    omega = 2 * math.pi * spectrum.frequency
    inverse = float(x[system.tails - 1]) * omega[-1] if options.capacitance else 0.0
    return Distribution(
        options=options,
        regularisation=regularisation,
        tau=np.exp(log_tau),
        gamma=gamma,
        polarisation=float(x[system.tails :].sum()) * math.sqrt(math.pi) / system.slope,
        R_series=float(x[0]),
        inductance=float(x[1]) / omega[0] if options.inductance else 0.0,
        capacitance=1 / inverse if inverse > 0 else math.inf,
        peaks=peaks_of(log_tau, gamma),
        residuals=(system.columns @ x - spectrum.impedance) / np.abs(spectrum.impedance),
    )


def _unseen(spectrum: Spectrum, options: DistributionOptions, system: System, x: Reals) -> Reals:
    """Find what the fitted part does not see, from the other one: R if it is the imaginary, L and C if the real."""
    rest = spectrum.impedance / system.scale - system.columns[:, system.tails :] @ x[system.tails :]
    if options.parts == "imaginary":
        x[0] = max(float(rest.real.mean()), 0.0)
    elif options.parts == "real" and system.tails > 1:
        x[1 : system.tails] = np.maximum(
            np.linalg.lstsq(system.columns[:, 1 : system.tails].imag, rest.imag, rcond=None)[0], 0.0
        )
    return x


def fine(system: System, weights: Reals) -> tuple[Reals, Reals]:
    """Return ln τ (τ in s) and γ on a grid finer than the centres that holds all Gaussians to their ends."""
    margin = 3 / system.slope
    ends = system.log_tau[0] - margin, system.log_tau[-1] + margin
    x = np.linspace(*ends, FINENESS * system.log_tau.size)
    gamma: Reals = np.exp(-((system.slope * (x[:, np.newaxis] - system.log_tau)) ** 2)) @ weights
    return x, gamma


def peaks_of(x: Reals, gamma: Reals) -> tuple[RelaxationPeak, ...]:
    """Find the maxima of γ over ln τ, share out the area at the minima between them, and leave out ripples."""
    inner = gamma[1:-1]
    tops = 1 + np.flatnonzero((inner > gamma[:-2]) & (inner >= gamma[2:]) & (inner > RIPPLE * gamma.max()))
    if tops.size == 0:
        return ()
    valleys = [int(a + np.argmin(gamma[a : b + 1])) for a, b in zip(tops[:-1], tops[1:], strict=True)]
    # The trapezoidal rule is as good as exact for Gaussians.
    area = np.concatenate([[0.0], np.cumsum((gamma[1:] + gamma[:-1]) / 2)]) * (x[1] - x[0])
    shares = np.diff(area[[0, *valleys, gamma.size - 1]])
    peaks = []
    for top, resistance in zip(tops.tolist(), shares.tolist(), strict=True):
        if resistance > SMALLEST_SHARE * area[-1]:
            left, middle, right = gamma[top - 1 : top + 2]
            shift = 0.5 * (left - right) / (left - 2 * middle + right)
            tau = math.exp(x[top] + shift * (x[1] - x[0]))
            peaks.append(RelaxationPeak(tau, 1 / (2 * math.pi * tau), resistance, tau / resistance, float(middle)))
    return tuple(peaks)
