"""One arc beside the electrolyte's: a spectrum fitted relative to the same slab in full contact.

A constriction makes the slab's own arcs larger, by a factor, and adds an arc. So the spectrum of the slab in full
contact, times a factor, stands for the electrolyte, with all of it that an RQ would not follow, and only the arc is
sought. Two kinds of arc are fitted. The plain one is an RQ, R/(1 + (iωτ)^α), as everybody fits it. The other is what a
constriction in the same electrolyte draws (docs/physics.md#stieltjes, with one pole of F): its current passes the
electrolyte, so its resistance has the dispersion g = Z_slab(ω)/Z_slab(0),

    R·g/(1 + (iωτ·g)^α).

Where the arc is much slower than the electrolyte's, g is 1 and both are the same. Where they differ, the plain arc is
not the whole constriction, or holds some of the electrolyte: the difference is the error of the model.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from constriction.laws.arrays import Complexes, Flags, Reals
from constriction.spectra.fit.marquardt import Indices, minimise_each
from constriction.spectra.reading.slab import Beside, ReferenceSlab, Sample

# Where an arc is sought: times per decade, decades beyond the window, exponents; so many of the best are starts.
PER_DECADE, BEYOND, EXPONENTS, STARTS = 4, 1.0, (1.0, 0.8), 3
# Bounds: of the factors, of R over the largest |Z|, of τ beyond what was sought, of α.
FACTORS, SIZES, FARTHEST, LEAST_EXPONENT = (1e-3, 1e3), (1e-9, 1e3), 1e3, 0.5
ON_BOUND = 1e-7
# A combination of parameters to which the data are this much less sensitive than to another is not determined.
BLIND = 1e-9
# Parameters of an arc: ln R, ln τ, α.
OF_ARC = 3


@dataclass(frozen=True, eq=False)
class _Models:
    """M spectra at N frequencies: bases with a factor each and one arc of impedance R·shape/(1 + e^(α(log_x + ln τ))).

    `bases` (M, K, N), all else (M, N).
    """

    bases: Complexes
    log_x: Complexes
    shape: Complexes
    z: Complexes
    sigma: Reals

    def arcs(self, points: Reals, of: Indices) -> tuple[Complexes, Complexes]:
        """Arcs (S, N) of spectra (S,) and derivatives (S, 3, N) by the last three coordinates, ln R, ln τ and α."""
        log_r, log_tau, alpha = (points[:, [k]] for k in range(-OF_ARC, 0))
        log_u = self.log_x[of] + log_tau
        u = np.exp(alpha * log_u)
        value = np.exp(log_r) * self.shape[of] / (1 + u)
        slope = -value * u / (1 + u)
        return value, np.stack([value, slope * alpha, slope * log_u], axis=1)

    def residuals(self, points: Reals, of: Indices) -> tuple[Reals, Reals]:
        """Weighted residuals (S, 2N) of spectra (S,) at points (S, P), and their derivatives (S, P, 2N)."""
        value, slopes = self.arcs(points, of)
        own, sigma = np.exp(points[:, :-OF_ARC, np.newaxis]) * self.bases[of], self.sigma[of]
        rest = (own.sum(axis=1) + value - self.z[of]) / sigma
        every = np.concatenate([own, slopes], axis=1) / sigma[:, np.newaxis]
        return np.concatenate([rest.real, rest.imag], axis=-1), np.concatenate([every.real, every.imag], axis=-1)


def plain_arcs(samples: Sequence[Sample]) -> list[Beside]:
    """Fit a slab times a factor and an RQ to each spectrum.

    All parts of the slab have one factor, as a gap gives them that lets no current pass. Beside an arc that is faster
    than the slowest of the slab's and where the window shows them all, each part has its own: such an arc follows the
    bulk alone, and the rest of that constriction makes the grain boundaries' arc larger, not the bulk's.
    """
    found = arcs_beside(samples)
    fast = [k for k, sample in enumerate(samples) if _is_fast(found[k], sample.slab)]
    for k, apart in zip(fast, arcs_beside([samples[k] for k in fast], together=False), strict=True):
        if apart.chi_squared < found[k].chi_squared:
            found[k] = apart
    return found


def _is_fast(arc: Beside, slab: ReferenceSlab) -> bool:
    """Whether an arc is faster than the slowest of a slab's arcs, all of which the window shows."""
    return 1 < slab.resistances.size == slab.shown.size and arc.apex > float(slab.apexes.min())


def arcs_beside(samples: Sequence[Sample], *, dispersed: bool = False, together: bool = True) -> list[Beside]:
    """Fit a slab times factors and one arc to each spectrum; those at the same frequencies take their steps together.

    Args:
        samples: any number.
        dispersed: whether the arc's resistance has the dispersion of the electrolyte.
        together: whether all parts of the slab have the same factor.

    Returns:
        For each the best minimum of those that start from a scan over all times.
    """
    found: dict[int, Beside] = {}
    for places in _places([(one.slab.resistances.size, one.spectrum.frequency.tobytes()) for one in samples]):
        found |= zip(places, _alike([samples[k] for k in places], dispersed, together), strict=True)
    return [found[k] for k in range(len(samples))]


def _places(keys: Sequence[Hashable]) -> list[list[int]]:
    """Where the same key stands, for each key."""
    groups: dict[Hashable, list[int]] = {}
    for place, key in enumerate(keys):
        groups.setdefault(key, []).append(place)
    return list(groups.values())


def _models_of(samples: Sequence[Sample], dispersed: bool, together: bool) -> _Models:
    """What is fitted to spectra at the same frequencies beside slabs of as many parts."""
    slabs, frequency = [one.slab for one in samples], samples[0].spectrum.frequency
    shape = np.array([slab.own_shape if dispersed else np.ones_like(slab.own_shape) for slab in slabs])
    return _Models(
        bases=np.array([slab.impedance[np.newaxis] if together else slab.own_parts for slab in slabs]),
        log_x=np.log(2 * math.pi * frequency) + 0.5j * math.pi + np.log(shape),
        shape=shape,
        z=np.array([one.spectrum.impedance for one in samples]),
        sigma=np.array([one.sigma for one in samples]),
    )


def _alike(samples: Sequence[Sample], dispersed: bool, together: bool) -> list[Beside]:
    """As `arcs_beside`, of spectra at the same frequencies beside slabs of as many parts."""
    slabs, frequency = [one.slab for one in samples], samples[0].spectrum.frequency
    models = _models_of(samples, dispersed, together)
    starts, bounds = _starts(models, frequency, _places([id(slab) for slab in slabs]))
    owners = np.repeat(np.arange(len(samples)), starts.shape[1])
    lower, upper = (np.repeat(bound, starts.shape[1], axis=0) for bound in bounds)
    minima = minimise_each(models.residuals, starts.reshape(owners.size, -1), owners, (lower, upper))
    best = np.argmin(minima.costs.reshape(starts.shape[:2]), axis=1) + starts.shape[1] * np.arange(len(samples))
    points, all_of_them = minima.points[best], np.arange(len(samples))
    arcs, slopes = models.arcs(points, all_of_them)[0], models.residuals(points, all_of_them)[1]
    free = (points - bounds[0] > ON_BOUND) & (bounds[1] - points > ON_BOUND)
    fitted = zip(points, arcs, slopes, free, minima.costs[best].tolist(), minima.converged[best].tolist(), strict=True)
    return [_beside(slab, together, _Fitted(*one)) for slab, one in zip(slabs, fitted, strict=True)]


class _Fitted(NamedTuple):
    """A minimum, (P,); its arc, (N,); slopes, (P, 2N); what is free, (P,); sum of squares; whether it is one."""

    point: Reals
    arc: Complexes
    slopes: Reals
    free: Flags
    cost: float
    converged: bool


def _beside(slab: ReferenceSlab, together: bool, fitted: _Fitted) -> Beside:
    factors = np.exp(fitted.point[:-OF_ARC])
    scaled = factors * (slab.resistance if together else slab.resistances)
    return Beside(
        factors=np.broadcast_to(factors, slab.resistances.shape),
        electrolyte=float(scaled.sum()),
        resistance=math.exp(fitted.point[-3]),
        time_constant=math.exp(fitted.point[-2]),
        exponent=float(fitted.point[-1]),
        arc=fitted.arc,
        covariance=_covariance(fitted.slopes, fitted.free, scaled),
        chi_squared=fitted.cost,
        converged=fitted.converged,
    )


def _starts(models: _Models, frequency: Reals, alike: Sequence[Sequence[int]]) -> tuple[Reals, tuple[Reals, Reals]]:
    """The best times of a scan, (M, S, P), with the factor and the R that suit them; and bounds, (M, P) each.

    Args:
        models: M spectra.
        frequency: of all, in Hz, falling.
        alike: the places of spectra beside the same slab.
    """
    ends = math.log(frequency[0] / frequency[-1]) + 2 * BEYOND * math.log(10)
    fastest = -math.log(2 * math.pi * frequency[0]) - BEYOND * math.log(10)
    times = fastest + np.linspace(0.0, ends, math.ceil(ends / math.log(10) * PER_DECADE) + 1)
    grid = np.array([(time, alpha) for alpha in EXPONENTS for time in times])
    count, parts, _ = models.bases.shape
    log_size, far = np.log(np.abs(models.z).max(axis=1)), math.log(FARTHEST)
    starts = np.zeros((count, min(STARTS, len(grid)), parts + OF_ARC))
    for places in alike:
        factors, resistances, costs = _amplitudes(models, places, _unit_arcs(models, places[0], times))
        order = np.argsort(costs, axis=1, kind="stable")[:, :STARTS]
        starts[places, :, :parts] = np.log(np.take_along_axis(factors, order, 1))[:, :, np.newaxis]
        starts[places, :, parts] = np.log(np.take_along_axis(resistances, order, 1))
        starts[places, :, parts + 1 :] = grid[order]
    lower = np.tile([*[math.log(FACTORS[0])] * parts, math.log(SIZES[0]), times[0] - far, LEAST_EXPONENT], (count, 1))
    upper = np.tile([*[math.log(FACTORS[1])] * parts, math.log(SIZES[1]), times[-1] + far, 1.0], (count, 1))
    lower[:, parts] += log_size
    upper[:, parts] += log_size
    return starts, (lower, upper)


def _unit_arcs(models: _Models, place: int, times: Reals) -> Complexes:
    """Arcs of unit resistance beside the slab of one spectrum, for each of EXPONENTS at each ln τ (T,); (E·T, N)."""
    alpha = np.array(EXPONENTS)[:, np.newaxis]
    turned = np.exp(alpha * models.log_x[place])[:, np.newaxis]
    storage = (turned * np.exp(alpha * times)[:, :, np.newaxis]).reshape(-1, models.log_x.shape[1])
    return np.asarray(models.shape[place] / (1 + storage))


def _amplitudes(models: _Models, places: Sequence[int], unit: Complexes) -> tuple[Reals, Reals, Reals]:
    """Factor and R that suit arcs (G, N) of unit resistance best, neither negative, and the sums of squares; (m, G).

    Of the spectra at these places, all beside the same slab.
    """
    own, z, weight = models.bases[places[0]].sum(axis=0), models.z[places], models.sigma[places] ** -2.0
    size = np.abs(z).max(axis=1, keepdims=True)

    def inner(one: Reals, other: Reals) -> Reals:
        """Sums over the frequencies, of each spectrum by itself, so that none depends on the others' number."""
        return np.asarray(np.matmul(one, other[:, :, np.newaxis])[:, :, 0])

    aa, zz = inner(np.abs(own[np.newaxis]) ** 2, weight), np.sum(np.abs(z) ** 2 * weight, axis=1, keepdims=True)
    ab, bb = inner((own.conj() * unit).real, weight), inner(np.abs(unit) ** 2, weight)
    az = np.sum((own.conj() * z).real * weight, axis=1, keepdims=True)
    bz = inner(unit.real, z.real * weight) + inner(unit.imag, z.imag * weight)
    resistance = (aa * bz - ab * az) / np.maximum(aa * bb - ab**2, 1e-12 * aa * bb)
    resistance = np.clip(resistance, 1e-4 * size, SIZES[1] * size)
    factor = np.clip((az - ab * resistance) / aa, *FACTORS)
    costs = zz + factor**2 * aa + resistance**2 * bb + 2 * (factor * resistance * ab - factor * az - resistance * bz)
    return factor, resistance, costs


def _covariance(slopes: Reals, free: Flags, scaled: Reals) -> Reals:
    """(3, 3) of the electrolyte's resistance, ln R and ln τ, with the residuals' own standard deviations.

    What sits on a bound is held. What the data do not determine has a large variance, not none.
    """
    wanted = np.zeros((3, free.size))
    wanted[0, : scaled.size], wanted[1, -3], wanted[2, -2] = scaled, 1.0, 1.0
    _, sizes, rows = np.linalg.svd(slopes[free].T, full_matrices=False)
    half = wanted[:, free] @ rows.T / np.maximum(sizes, BLIND * sizes.max(initial=0.0) + 1e-300)
    covariance: Reals = half @ half.T
    return covariance
