"""How the potential goes at a corner of a flat contact: as r^ν, ν over the corner's angle.

The electrolyte is a half space, the contact a sector of its plane, u = 0 there and nothing flows beside it. With
u = r^ν Σ a_m P_ν^(−m)(cos θ) cos mφ the plane θ = π/2 is a circle: each cosine's flux over its value is

    Λ_m(ν) = 2 Γ((ν + m)/2 + 1) Γ((1 − ν + m)/2) / (Γ((ν + m + 1)/2) Γ((m − ν)/2)).

u lives on the arc beside the contact and goes as the root of the distance to its ends, so it is a sum of
√(1 − x²) U_2k(x), x = φ over half the arc, whose cosines are Bessel functions. ν is where the smallest eigenvalue of Λ
on these functions vanishes (Morrison and Lewis, SIAM J. Appl. Math. 31, 233, 1976, who find 0.29658 for 90°).

    python tests/vertex_exponents.py    # the table of docs/numerics/rims.md#vertices
"""

import math

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import brentq
from scipy.special import gamma, gammaln, jv

FUNCTIONS, COSINES = 10, 40_000
ANGLES = range(30, 331, 15)


def symbol(nu, m):
    """Λ_m(ν) at numbers m (n,) from 0, 0 < ν < 1."""
    ends = gammaln((nu + m) / 2 + 1) + gammaln((1 - nu + m) / 2) - gammaln((nu + m + 1) / 2)
    first = np.exp(ends[0]) / gamma(-nu / 2)  # the only one that is negative
    return 2 * np.concatenate([[first], np.exp(ends[1:] - gammaln((m[1:] - nu) / 2))])


def cosines(half, m):
    """∫ √(1 − x²) U_2k(x) cos(m·half·x) dx / π of the functions on an arc, (cosines, functions)."""
    k = np.arange(FUNCTIONS)
    at = np.where(m == 0, 1.0, m * half)[:, None]
    found = (2 * k + 1) * (-1.0) ** k * jv(2 * k + 1, at) / at
    found[m == 0] = np.where(k == 0, 0.5, 0.0)
    return found


def smallest(nu, half, m, parts):
    """The smallest eigenvalue of Λ(ν) on the functions of an arc, in units of that of |m|."""
    weights = np.where(m == 0, 0.5, 1.0)
    matrix = (parts * (weights * symbol(nu, m))[:, None]).T @ parts
    # beyond the last cosine Λ_m is m, and the squares of the Bessel functions have their mean: signs of the ends alone
    k = np.arange(FUNCTIONS)
    signs = (2 * k + 1) * np.ones(FUNCTIONS)
    matrix += np.outer(signs, signs) / (math.pi * half**3 * (m[-1] + 0.5))
    scale = (parts * (weights * np.maximum(m, 1))[:, None]).T @ parts
    return eigh(matrix, scale, eigvals_only=True)[0]


def exponent(degrees):
    """ν of a contact's corner of so many degrees, 0 to 360 without these."""
    half, m = math.pi - math.radians(degrees) / 2, np.arange(COSINES, dtype=float)
    parts = cosines(half, m)
    return brentq(smallest, 1e-3, 1 - 1e-6, args=(half, m, parts), xtol=1e-8)


def main():
    """Print the table: angle of the contact, ν, ν of a corner of the gap as wide."""
    print("| angle | contact | gap |\n|---|---|---|")
    found = {degrees: exponent(degrees) for degrees in ANGLES}
    for degrees in ANGLES:
        print(f"| {degrees}° | {found[degrees]:.4f} | {found[360 - degrees]:.4f} |")


if __name__ == "__main__":
    main()
