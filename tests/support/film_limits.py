"""Limits of a contact with a film, in closed form or by a short series, each with its derivation.

Lengths in pitches, conductivity 1, θ real in 1/pitch, nothing beside the contact. With the current spread as it likes,
F − depth is the least of the sum of what the electrolyte and the film dissipate. So it is at least the sum of both
leasts, R_ideal + 1/(fθ), and at most the sum for a uniform current, R_uniform + 1/(fθ): bounds for any film, which meet
for a film much poorer than the electrolyte, and where R_uniform is 0, in full contact.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy import special

SERIES = 200_000  # terms; what is left out is added on average


class Bounds(NamedTuple):
    """Two-sided bounds."""

    low: float
    high: float


def series_film(contact_fraction, theta):
    """Return the film's own impedance over the whole interface, in pitches: F − depth of a poor film, or at f = 1."""
    return 1 / (contact_fraction * theta)


def uniform_stripes(f, depth=math.inf):
    """Return R_uniform of stripes, in pitches: Σ 2 tanh(kH)/k (sin(πnf)/πnf)², k = 2πn."""
    n = np.arange(1, SERIES + 1)
    k = 2 * math.pi * n
    # Beyond: sin² is ½ on average and Σ n⁻³ is 1/(2N²).
    rest = 1 / (4 * math.pi**3 * f**2 * (SERIES + 0.5) ** 2)
    return float(np.sum(2 * np.tanh(k * depth) / k * np.sinc(n * f) ** 2) + rest)


def stripes_bounds(f, theta, depth=math.inf):
    """Bounds of F − depth of stripes with a film, in pitches; the lower one of a deep slab only."""
    ideal = -math.log(math.sin(math.pi * f / 2)) / math.pi if math.isinf(depth) else 0.0
    return Bounds(ideal + series_film(f, theta), uniform_stripes(f, depth) + series_film(f, theta))


def half_space_disc_bounds(radius, theta):
    """Bounds of the resistance of a disc with a film on a half space, in 1/pitch: Holm's 1/(4a), uniform 8/(3π²a)."""
    film = 1 / (math.pi * radius**2 * theta)
    return Bounds(1 / (4 * radius) + film, 8 / (3 * math.pi**2 * radius) + film)


def film_disc_on_half_space(radius, theta, terms=120):
    """Return the resistance of a disc with a film on a half space, in 1/pitch, to 1e-7 for θa up to 1e3.

    J. Newman, J. Electrochem. Soc. 113 (1966) 1235: oblate coordinates. The potential Σ B_n P_2n(η) on the disc,
    η = √(1 − r²/a²), has the current density Σ m_n B_n P_2n(η)/(aη), m_n = 2 (Γ(n + 1)/Γ(n + ½))². The film asks for
    θ (1 − u) = j; tested with P_2n over the disc, ∫ η dη. The current is 4a B_0.
    """
    n = np.arange(terms, dtype=float)
    eta, weight = np.polynomial.legendre.leggauss(2 * terms + 2)
    eta, weight = (eta + 1) / 2, weight / 2
    shapes = np.array([special.eval_legendre(2 * m, eta) for m in n])
    flux = 2 * np.exp(2 * (special.gammaln(n + 1) - special.gammaln(n + 0.5))) / (4 * n + 1)
    matrix = radius * theta * (shapes * weight * eta) @ shapes.T + np.diag(flux)
    load = radius * theta * (shapes * weight * eta).sum(axis=1)
    return float(1 / (4 * radius * np.linalg.solve(matrix, load)[0]))


def ideal_disc_above(x):
    """Shares of area and current of an ideal disc on a half space where the density is above x times its mean.

    j/⟨j⟩ = ½/√(1 − ρ²) exceeds x > ½ where 1 − ρ² < 1/(4x²): this is the area's share. The current outside ρ is
    √(1 − ρ²) of the whole: 1/(2x).
    """
    return (1 / (4 * x**2), 1 / (2 * x)) if x > 0.5 else (1.0, 1.0)


def ideal_stripes_above(f, x):
    """Shares of area and current of ideal stripes on a deep slab where the density is above x > 1 times its mean.

    j = cos πy/√(s² − sin²πy) for a mean of 1 over the interface, s = sin(πf/2), from the conformal map sin πy of the
    period; its mean over the contact is 1/f. It is above X = x/f where sin²πy > (X²s² − 1)/(X² − 1), and the current
    within y is (2/π) arcsin(sin(πy)/s) of the whole.
    """
    s, level = math.sin(math.pi * f / 2), x / f
    edge = math.sqrt(max(0.0, (level * s) ** 2 - 1) / (level**2 - 1))
    return 1 - 2 * math.asin(edge) / (math.pi * f), 1 - 2 / math.pi * math.asin(edge / s)
