"""The linear Kramers-Kronig test: can the spectrum belong to a linear, stable, causal cell at rest?

A chain of RC elements obeys the Kramers-Kronig relations whatever its resistances, so what it cannot follow is no
impedance. Boukamp, J. Electrochem. Soc. 142 (1995) 1885; number of elements: Schönleber, Klotz, Ivers-Tiffée,
Electrochim. Acta 131 (2014) 20. A wild point would bend the chain, so these are found first, see `wild_points`.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from constriction.base.errors import InputError
from constriction.laws.arrays import Complexes, Flags, Reals
from constriction.spectra.spectrum import Spectrum
from constriction.spectra.wild_points import LARGEST_BLOCK, find_wild_points, larger_part

TESTS = ("complex", "real", "imaginary")
FEWEST_POINTS = 5
FEWEST_ELEMENTS = 3
# A series capacitance is switched on by itself if it divides the sum of squares by at least this; by at least the
# other if without it the last point alone would exceed the limit, and −Im Z there is more than this part of |Z|: so
# begins a Warburg branch. Drift at the end of an arc has no such phase.
NEEDED, NEEDED_IN_BRANCH, BRANCH = 4.0, 2.0, 0.15
# μ alone stops too early at an ideal semicircle, which few elements surround with negative ones: a long chain, so many
# elements per decade, must not have a so many times smaller mean square per degree of freedom.
DENSE, FAR_BETTER = 5.0, 1.6
# A chain that follows every point this closely will not get better: noise-free data.
FOLLOWED = 1e-5
# A trend is the mean of neighbouring residuals over this part of a decade; it must be so many standard errors large.
TREND_DECADES, TREND_SIGNIFICANCE = 0.5, 5.0


@dataclass(frozen=True)
class KramersKronigOptions:
    """How the test is done.

    Attributes:
        test: "complex": both parts are fitted; "real" or "imaginary": that part is fitted, the other predicted.
        mu: elements are added until μ = 1 − Σ|R_k < 0|/Σ|R_k ≥ 0| falls to this.
        elements: number of RC elements; None: chosen with `mu`.
        capacitance: whether there is a capacitance in series; None: if it lowers the sum of squares fourfold, which
            is so where the spectrum ends in a blocking branch, or twofold if without it the last point alone would
            exceed the limit and has the phase of such a branch. It also hides drift at low frequency.
        inductance: whether there is an inductance in series.
        limit: largest residual of a point, relative to |Z|; 2 % in the paper.
        trend_limit: largest mean residual over half a decade, relative to |Z|.
        leave_out: whether wild points, further from the chain through the others than the limit, take no part.
    """

    test: str = "complex"
    mu: float = 0.85
    elements: int | None = None
    capacitance: bool | None = None
    inductance: bool = True
    limit: float = 0.02
    trend_limit: float = 0.005
    leave_out: bool = True


@dataclass(frozen=True, eq=False)
class KramersKronig:
    """Outcome of the test.

    Attributes:
        options: as asked.
        elements: number of RC elements used.
        mu: μ at that number; 1: no negative resistance.
        capacitance: whether a series capacitance was used.
        residuals: (N,) complex, (measurement − chain)/|measurement|, in the order of the spectrum, of wild points too.
        noise: standard deviation of one part of the residuals (from the median difference of neighbours: neither spikes
            nor a trend count), corrected for what the chain's parameters take of it.
        wild: indices of the points that took no part in the fit of the chain.
        flagged: indices of the wild points and of those whose residual exceeds the limit in either part.
        trend: largest mean of either part over half a decade; drift shows here before any single point stands out.
        trend_frequency: where, in Hz.
        trend_flagged: whether the trend exceeds its limit and five of its standard errors; in the complex test only,
            since the errors of a prediction are smooth by themselves.
        consistent: no point and no trend is flagged.
        message: one line.
    """

    options: KramersKronigOptions
    elements: int
    mu: float
    capacitance: bool
    residuals: Complexes
    noise: float
    wild: tuple[int, ...]
    flagged: tuple[int, ...]
    trend: float
    trend_frequency: float
    trend_flagged: bool
    consistent: bool
    message: str


class _Chain(NamedTuple):
    """Fitted to the points that stay; residuals of all points, and the variance of those that stay."""

    elements: int
    capacitance: bool
    mu: float
    residuals: Complexes
    variance: float


def kramers_kronig(spectrum: Spectrum, options: KramersKronigOptions | None = None) -> KramersKronig:
    """Test a spectrum.

    Fits R_0 + Σ R_k/(1 + iωτ_k) + iωL + 1/(iωC), linear in everything but the τ_k, which lie evenly in ln τ between
    1/ω of the first and the last point; weights 1/|Z|.

    Args:
        spectrum: N ≥ 5 points, no |Z| = 0.
        options: the defaults are those of Schönleber et al. with the paper's 2 %.

    Returns:
        Residuals, what was used to get them, and the verdict.

    Raises:
        InputError: too few points, an impedance of zero, options out of range.
    """
    options = KramersKronigOptions() if options is None else options
    _check(spectrum, options)
    wild = find_wild_points(spectrum.frequency, spectrum.impedance, options.limit) if options.leave_out else None
    stays = np.ones(spectrum.frequency.size, dtype=bool) if wild is None else ~wild
    switches = (False, True) if options.capacitance is None else (options.capacitance,)
    chains = [_choose(spectrum, stays, options, switch) for switch in switches]
    end = spectrum.impedance[stays][-1]
    limit = options.limit if -end.imag > BRANCH * abs(end) else math.inf
    used = len(chains) == 2 and _needs_capacitance(chains[0].residuals[stays], chains[1].residuals[stays], limit)
    return _judge(spectrum, stays, options, chains[int(used)])


def _needs_capacitance(without: Complexes, with_it: Complexes, limit: float) -> bool:
    """Whether the residuals of the points that stay ask for a series capacitance; `limit` of the last one."""
    above = larger_part(without) > limit
    only_last = bool(above[-1] and not above[:-1].any() and larger_part(with_it)[-1] <= limit)
    needed = NEEDED_IN_BRANCH if only_last else NEEDED
    return bool(_square(without) > max(needed * _square(with_it), without.size * FOLLOWED**2))


def _check(spectrum: Spectrum, options: KramersKronigOptions) -> None:
    points = spectrum.frequency.size
    if points < FEWEST_POINTS:
        raise InputError(f"{points} points: expected at least {FEWEST_POINTS} for a Kramers-Kronig test")
    if (zero := spectrum.impedance == 0).any():
        where = spectrum.frequency[zero][0]
        raise InputError(f"impedance = 0 at {where:.4g} Hz: expected nonzero values for a Kramers-Kronig test")
    if options.test not in TESTS:
        raise InputError(f"test = {options.test!r}: expected one of {', '.join(map(repr, TESTS))}")
    if options.elements is not None and not 1 <= options.elements <= points:
        raise InputError(f"elements = {options.elements!r}: expected 1 to the number of points, {points}")
    for name, value in (("mu", options.mu), ("limit", options.limit), ("trend_limit", options.trend_limit)):
        if not 0 < value < math.inf:
            raise InputError(f"{name} = {value!r}: expected a positive number")


def _choose(spectrum: Spectrum, stays: Flags, options: KramersKronigOptions, capacitance: bool) -> _Chain:
    """Return the chain with the number of elements asked for, or the first one with enough."""
    omega, weight = 2 * math.pi * spectrum.frequency, 1 / np.abs(spectrum.impedance)
    data = spectrum.impedance * weight
    tails = _tails(omega, capacitance, options.inductance) * weight[:, np.newaxis]
    constant = weight[:, np.newaxis].astype(np.complex128)
    highest, lowest = omega[stays][[0, -1]]
    points = int(np.count_nonzero(stays))

    def chain(elements: int) -> _Chain:
        tau = np.geomspace(1 / highest, 1 / lowest, elements)
        arcs = weight[:, np.newaxis] / (1 + 1j * np.outer(omega, tau))
        solved = _SOLVERS[options.test](arcs[stays], constant[stays], tails[stays], data[stays])
        residuals = data - np.concatenate([arcs, constant, tails], axis=1) @ solved
        resistances = solved[:elements]
        positive, negative = resistances[resistances >= 0].sum(), -resistances[resistances < 0].sum()
        mu = 1 - negative / positive if positive > 0 else -math.inf
        return _Chain(elements, capacitance, float(mu), residuals, _variance(residuals[stays], elements))

    if options.elements is not None:
        return chain(options.elements)
    most = min(points, max(FEWEST_ELEMENTS, math.ceil(DENSE * math.log10(highest / lowest))))
    enough = FAR_BETTER * chain(most).variance
    found = chain(1)
    for elements in range(FEWEST_ELEMENTS, points + 1):
        found = chain(elements)
        if found.variance <= (enough if found.mu <= options.mu else FOLLOWED**2):
            break
    return found


def _tails(omega: Reals, capacitance: bool, inductance: bool) -> Complexes:
    """Return the columns of 1/(iωC) and iωL, as far as switched on, each about 1 somewhere."""
    columns = [omega[-1] / (1j * omega)] * capacitance + [1j * omega / omega[0]] * inductance
    return np.stack(columns, axis=1) if columns else np.zeros((omega.size, 0), dtype=np.complex128)


def _least_squares(columns: Reals, data: Reals) -> Reals:
    # By QR with pivots: twice as fast as the singular values that numpy takes.
    from scipy.linalg import lstsq  # a simulated spectrum does without

    if columns.shape[1] == 0:
        return np.zeros(0)
    solution: Reals = lstsq(columns, data, lapack_driver="gelsy", check_finite=False)[0]
    return solution


def _fit_complex(arcs: Complexes, constant: Complexes, tails: Complexes, data: Complexes) -> Reals:
    columns = np.concatenate([arcs, constant, tails], axis=1)
    return _least_squares(np.concatenate([columns.real, columns.imag]), np.concatenate([data.real, data.imag]))


def _fit_real(arcs: Complexes, constant: Complexes, tails: Complexes, data: Complexes) -> Reals:
    columns = np.concatenate([arcs, constant], axis=1)
    x = _least_squares(columns.real, data.real)
    # C and L do not show in the real part: they may take what they can of the imaginary one.
    return np.concatenate([x, _least_squares(tails.imag, (data - columns @ x).imag)])


def _fit_imaginary(arcs: Complexes, constant: Complexes, tails: Complexes, data: Complexes) -> Reals:
    columns = np.concatenate([arcs, tails], axis=1)
    x = _least_squares(columns.imag, data.imag)
    # R_0 does not show in the imaginary part.
    resistance = _least_squares(constant.real, (data - columns @ x).real)
    return np.concatenate([x[: arcs.shape[1]], resistance, x[arcs.shape[1] :]])


_SOLVERS = {"complex": _fit_complex, "real": _fit_real, "imaginary": _fit_imaginary}


def _square(residuals: Complexes) -> float:
    return float(np.sum(np.abs(residuals) ** 2))


def _variance(residuals: Complexes, elements: int) -> float:
    """Return the mean square per degree of freedom: 2N values, elements, and up to three other coefficients."""
    return _square(residuals) / max(2 * residuals.size - elements - 3, 1)


def _judge(spectrum: Spectrum, stays: Flags, options: KramersKronigOptions, chain: _Chain) -> KramersKronig:
    kept = chain.residuals[stays]
    # From differences of neighbours, which a trend does not change; 0.6745 standard deviations hold half of a normal
    # distribution.
    noise = float(np.median(np.abs(np.diff([kept.real, kept.imag], axis=1)))) / 0.6745 / math.sqrt(2)
    noise /= math.sqrt(_left_of_differences(chain, kept.size))
    flagged = tuple(np.flatnonzero(~stays | (larger_part(chain.residuals) > options.limit)).tolist())
    trend, trend_frequency, width = _trend(spectrum.frequency, chain.residuals, ~_lone(~stays), options.limit)
    notable = max(options.trend_limit, TREND_SIGNIFICANCE * noise / math.sqrt(width))
    drifts = options.test == "complex" and trend > notable
    told = [f"{len(flagged)} point{'s' if len(flagged) > 1 else ''} above {options.limit:.2%}"] if flagged else []
    told += [f"trend of {trend:.2%} near {trend_frequency:.3g} Hz"] if drifts else []
    return KramersKronig(
        options=options,
        elements=chain.elements,
        mu=chain.mu,
        capacitance=chain.capacitance,
        residuals=chain.residuals,
        noise=noise,
        wild=tuple(np.flatnonzero(~stays).tolist()),
        flagged=flagged,
        trend=trend,
        trend_frequency=trend_frequency,
        trend_flagged=drifts,
        consistent=not told,
        message="; ".join(told) or "consistent",
    )


def _left_of_differences(chain: _Chain, points: int) -> float:
    """The part of the variance of neighbours' differences that a fit leaves.

    With as many coefficients as the part q of the 2N values, a chain follows the slowest part q of the noise, which
    has the smallest differences: 1 − q + sin(πq)/π is left, the integral of 1 − cos over the rest of the spectrum.
    """
    q = min((chain.elements + 3) / (2 * points), 0.5)
    return 1 - q + math.sin(math.pi * q) / math.pi


def _lone(wild: Flags) -> Flags:
    """Return the wild points with no more neighbours of their kind than leave together; a longer row is a trend."""
    found, edges = wild.copy(), np.flatnonzero(np.diff(np.pad(wild.astype(int), 1)))
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        found[first:end] = end - first <= LARGEST_BLOCK
    return found


def _trend(frequency: Reals, residuals: Complexes, counts: Flags, limit: float) -> tuple[float, float, int]:
    """Return the largest mean residual of either part over half a decade, its frequency, and its number of points."""
    f = frequency[counts]
    width = min(max(round(TREND_DECADES * (f.size - 1) / math.log10(f[0] / f[-1])), 3), f.size)
    # A spike is no trend: what exceeds the limit of a point counts with the limit only.
    clipped = np.clip([residuals[counts].real, residuals[counts].imag], -limit, limit)
    means = np.abs(np.lib.stride_tricks.sliding_window_view(clipped, width, axis=1).mean(axis=2)).max(axis=0)
    where = int(np.argmax(means))
    return float(means[where]), float(f[where + width // 2]), width
