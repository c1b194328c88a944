"""Slow or special implementations that share nothing with the package: what its tests compare with.

Disc (or pore) on the end face of a circular tube
-------------------------------------------------
Lengths in tube radii (b = 1), conductivity 1. On the end face the potential is u(r) = u_0 + Σ u_n J0(λ_n r),
λ_n the zeros of J1; a slab of depth L answers mode n of the current density with u_n = j_n tanh(λ_n L)/λ_n.

Contact r < a: expand its current density in P_2k(√(1 − r²/a²))/√(1 − r²/a²). These have the rim's
singularity, and their Hankel transforms are a² j_2k(λa) (spherical Bessel functions, after scaling): expand a
plane wave on the unit sphere. Galerkin's matrix is

    M_kl = Σ_n 2/(λ_n J0(λ_n)²) tanh(λ_n L) j_2k(λ_n a) j_2l(λ_n a)

and, with a gap of admittance s (y b/σ) beside the contact, tanh(λ_n L)/λ_n becomes 1/(λ_n coth(λ_n L) + s).
The area-specific result is Z_cstr = 1/(s + 2 [M⁻¹]_00).

The deep sum converges like 1/n, so it is replaced by the half space plus what the wall adds:

    Σ_n 2/(λ_n J0²) g(λ_n) = ∫ g(t) dt + (2/π) ∫ [K1(x)/I1(x) g(ix) − 2 g(0)/x²] dx,  for g = j j.

(The ring source's potential is (2/π)∫ cos(xz) K0 I0 dx; the wall adds K1/I1 I0 I0; the last term takes away
−2z/b².) The first integral is δ_kl π/(2a(2m+1)), the second converges exponentially.

Pore r < a in a full contact: the same with the potential jump in P_2k+1(√(1 − r²/a²)), transforms a²
j_2k+1(λa)/(λa), 1/tanh instead of tanh, and Z_cstr = (2a²/9) [M⁻¹]_00.

Discs on a lattice, contact by contact
--------------------------------------
The same functions with an angle, Y_lm(r)/√(1 − r²/a²), l + m even, have the transforms 2πa² i^l j_l(ka) Y_lm(π/2, φ_k)
(a plane wave on the unit sphere again). Galerkin's matrix is a sum over the reciprocal lattice; 1/k = erfc(k/2η)/k +
the rest (Ewald), where the rest is short-ranged in space and so the same as for a single disc.

Strips with a gap of any profile
--------------------------------
In the gap |x| < g the potential is Σ c_m √(1 − y²) U_2m(y), y = x/g, with the Fourier coefficients g π (2m + 1) (−1)^m
J_2m+1(ω)/ω, ω = 2πng. Beyond the last wave number squares of Bessel functions are 1/(πω) on average.
"""

import functools
import math

import numpy as np
from scipy import special

# ψ = 4σaR of a disc of radius a in a deep tube of radius b, by a/b, as published to six decimals.
TUBE = {
    0.1: 0.859414,
    0.2: 0.720876,
    0.3: 0.586509,
    0.4: 0.458587,
    0.5: 0.339609,
    0.6: 0.232409,
    0.7: 0.140287,
    0.8: 0.067228,
}


def bessel_zeros(count):
    """Return the first `count` positive zeros of J1 (McMahon's expansion, then Newton)."""
    beta = (np.arange(1, count + 1) + 0.25) * math.pi
    zeros = beta - 3 / (8 * beta) + 36 / (3 * (8 * beta) ** 3)
    for _ in range(4):
        j1 = special.j1(zeros)
        zeros = zeros - j1 / (special.j0(zeros) - j1 / zeros)
    return zeros


def _wall(radius, orders, points=24):
    """Return (2/π) ∫ [K1/I1 g(ix) − 2 g(0)/x²] dx for g = j_m j_n, `orders` all even or all odd."""
    end = 45 / (1 - radius)
    # Panels that double: ln x at 0, variation over x ~ 1, decay over x ~ 1/(1 − a).
    edges = np.concatenate([[0.0], 2.0 ** np.arange(-40, math.ceil(math.log2(end)) + 1)])
    t, w = np.polynomial.legendre.leggauss(points)
    half = np.diff(edges)[:, None] / 2
    x, w = ((edges[:-1, None] + half) + half * t).ravel(), (half * w).ravel()
    ratio = special.kve(1, x) / special.ive(1, x) * np.exp(-2 * x * (1 - radius))
    scaled = np.array([np.sqrt(math.pi / (2 * x * radius)) * special.ive(m + 0.5, x * radius) for m in orders])
    # j_m(iy) = i^m i_m(y)
    sign = np.array([[(-1.0) ** ((m + n) // 2) for n in orders] for m in orders])
    integrand = sign[:, :, None] * scaled[:, None, :] * scaled[None, :, :] * ratio
    if orders[0] == 0:
        # The difference loses its digits at small x; there K1/I1 = 2/x² + ln(x/2) + γ − 3/4, i_0² = 1 +
        # (xa)²/3.
        series = np.log(x / 2) + np.euler_gamma - 0.75 + 2 * radius**2 / 3
        integrand[0, 0] = np.where(x < 3e-4, series, integrand[0, 0] - 2 / x**2)
    matrix = integrand @ w
    if orders[0] == 0:
        matrix[0, 0] -= 2 / edges[-1]
    return 2 / math.pi * matrix


def _deep(radius, orders):
    half_space = np.diag([math.pi / (2 * radius * (2 * m + 1)) for m in orders])
    return half_space + _wall(radius, orders)


def _modes(radius, orders, count):
    """Return λ_n (N,), 2/J0(λ_n)² (N,) and j_m(λ_n a) (M, N)."""
    zeros = bessel_zeros(count)
    shapes = np.array([special.spherical_jn(m, zeros * radius) for m in orders])
    return zeros, 2 / special.j0(zeros) ** 2, shapes


def _beside(depth, count):
    """Return how many modes feel a counter electrode at this depth."""
    return max(count, math.ceil(20 / (math.pi * depth)) + 5) if math.isfinite(depth) else count


def tube_impedance(epsilon, gap_admittance=0.0, depth_over_b=math.inf, terms=12, modes=20_000):
    """Return Z_cstr σ/b (area-specific) of a disc a = εb in a tube of radius b.

    gap_admittance = y b/σ, may be complex.

    Without a gap this is exact to rounding. With one the modes' sum is cut, error about |s|/(π·modes)².
    """
    s, orders = gap_admittance, 2 * np.arange(terms)
    matrix = _deep(epsilon, orders)
    if s != 0 or math.isfinite(depth_over_b):
        zeros, weight, shapes = _modes(epsilon, orders, _beside(depth_over_b, modes if s != 0 else 0))
        answer = np.tanh(zeros * depth_over_b) / zeros
        matrix = matrix + np.einsum("n,kn,ln->kl", weight * (answer / (1 + s * answer) - 1 / zeros), shapes, shapes)
    return 1 / (s + 2 * np.linalg.inv(matrix)[0, 0])


def tube_constriction(epsilon, depth_over_b=math.inf, terms=12):
    """Return ψ = 4σaR of an equipotential disc a = εb on a slab of depth L in a tube of radius b."""
    return 4 * epsilon / math.pi * tube_impedance(epsilon, 0.0, depth_over_b, terms)


def tube_gap_slope(epsilon, depth_over_b=math.inf):
    """Return C_low/(c_g A) of a disc with a thin gap: d(1/Z)/ds at s = 0, by a central difference in s."""
    step = 1e-3
    up, down = (1 / tube_impedance(epsilon, s, depth_over_b) for s in (step, -step))
    return (up - down) / (2 * step)


def tube_pore(epsilon, depth_over_b=math.inf, terms=12):
    """Return R_cstr σ/b (area-specific) of an insulating pore a = εb in the middle of a full contact."""
    orders = 2 * np.arange(terms) + 1
    matrix = _deep(epsilon, orders)
    if math.isfinite(depth_over_b):
        zeros, weight, shapes = _modes(epsilon, orders, _beside(depth_over_b, 0))
        more = 2 / np.expm1(2 * zeros * depth_over_b) / zeros
        matrix = matrix + np.einsum("n,kn,ln->kl", weight * more, shapes, shapes)
    return 2 * epsilon**2 / 9 * np.linalg.inv(matrix)[0, 0]


def strip_constriction(contact_fraction, terms=24):
    """Return R_cstr σ/P (area-specific) of strips of period P on a deep electrolyte, by an integral equation.

    In the strip x = w cosθ the potential of a periodic line source is −(1/π) ln|2 sin(π(x − x')/P)|. Its
    singular part −ln|2(cosθ − cosθ')| = Σ (2/n) cos nθ cos nθ' is diagonal in cosines, the rest is smooth:
    collocation converges exponentially. The far field is linear with no constant, so the potential of unit
    current is R itself.
    """
    theta = (np.arange(terms) + 0.5) * math.pi / terms
    w = contact_fraction / 2
    c = np.cos(theta)
    d = np.subtract.outer(c, c)
    # sinc: the ratio of 2 sin(π w d) to 2 d, without 0/0
    smooth = -np.log(math.pi * w * np.sinc(w * d))
    n = np.arange(1, terms)
    singular = 2 * np.einsum("in,jn,n->ij", np.cos(np.outer(theta, n)), np.cos(np.outer(theta, n)), 1 / n)
    density = np.linalg.solve((singular + smooth) / (math.pi * terms), np.ones(terms))
    return 1 / density.mean()


def lattice_constriction(radius, angle=90, order=16, eta=30.0):
    """Return R_cstr σ/p (area-specific) of discs on a deep electrolyte, on a square (90) or hexagonal (60) lattice.

    radius in pitches. Exact to 1e-7 where neighbours are farther apart than a few 1/eta.
    """
    symmetry, area = (4, 1.0) if angle == 90 else (6, math.sqrt(3) / 2)
    shapes = [(n, m) for n in range(0, 2 * order, 2) for m in range(0, n + 1, symmetry) if m % 2 == 0]
    scale = np.array(
        [
            special.sph_harm_y(n, m, math.pi / 2, 0.0).real * (1 if m == 0 else math.sqrt(2)) * (-1) ** (n // 2)
            for n, m in shapes
        ]
    )
    cut = 14 * eta
    reciprocal = 2 * math.pi * np.linalg.inv([[1.0, 0.0], [math.cos(math.radians(angle)), area]]).T
    reach = math.ceil(cut / math.pi)
    # The others are these, turned, and have the same part in the sum: 0 to 90° on a square lattice, where the basis
    # is at 90°, or 0 to 60° on a hexagonal one, between the first of its basis, at 120°, and the sum of both.
    i, j = np.mgrid[1 : reach + 1, : reach + 1]
    i = i if angle == 90 else i + j
    waves = (i[..., None] * reciprocal[0] + j[..., None] * reciprocal[1]).reshape(-1, 2)
    k = np.hypot(*waves.T)
    waves, k = waves[k < cut], k[k < cut]
    phi = np.arctan2(waves[:, 1], waves[:, 0])
    values = np.array(
        [c * special.spherical_jn(n, k * radius) * np.cos(m * phi) for c, (n, m) in zip(scale, shapes, strict=True)]
    )
    matrix = symmetry * (values * special.erfc(k / (2 * eta)) / k) @ values.T / area
    x, weight = np.polynomial.legendre.leggauss(20)  # on each of 100 panels
    q = ((np.arange(100)[:, None] + (x + 1) / 2) * cut / 100).ravel()
    weight = np.tile(weight, 100) * cut / 200 * special.erfc(q / (2 * eta))
    radial = np.array([special.spherical_jn(n, q * radius) for n, _ in shapes])
    single = np.diag([math.pi / (2 * radius * (2 * n + 1)) for n, _ in shapes]) - (radial * weight) @ radial.T
    same = np.equal.outer([m for _, m in shapes], [m for _, m in shapes])
    turn = np.array([2 * math.pi if m == 0 else math.pi for _, m in shapes])
    matrix += same * np.outer(scale, scale) * turn[:, None] / (4 * math.pi**2) * single
    load = scale * np.array([n == 0 for n, _ in shapes])
    matrix -= np.outer(load, load) / area / (eta * math.sqrt(math.pi))  # the rest's mean is no disturbance
    return area / (load @ np.linalg.solve(matrix, load))


@functools.cache
def _strip_matrices(gap_fraction, terms, waves):
    """Return the electrolyte's matrix and the terms' places y = x/g and values there, with weights of ∫ dx."""
    g = gap_fraction / 2
    order = 2 * np.arange(terms) + 1
    n = np.arange(1, waves + 1)
    omega = 2 * math.pi * n * g
    shapes = np.array([g * math.pi * p * (-1) ** (p // 2) * special.jv(p, omega) / omega for p in order])
    matrix = (4 * math.pi * n * shapes) @ shapes.T + np.outer(order, order) / (2 * math.pi * g * (waves + 0.5))
    theta = (np.arange(2000) + 0.5) * math.pi / 2000
    return matrix, np.cos(theta), np.sin(np.outer(order, theta)), g * np.sin(theta) * math.pi / 2000


def strip_impedance(contact_fraction, gap_admittance=np.zeros_like, terms=14, waves=20_000):
    """Return Z_cstr σ/P (area-specific) of strips, lengths in periods P.

    gap_admittance(x) = y P/σ, x from the middle of the gap; may be complex.
    """
    gap_fraction = 1 - contact_fraction
    matrix, places, fields, weight = _strip_matrices(gap_fraction, terms, waves)
    local = gap_admittance(gap_fraction / 2 * places) * weight
    load = np.zeros(terms)
    load[0] = gap_fraction * math.pi / 4
    return load @ np.linalg.solve(matrix + (fields * local) @ fields.T, load)
