"""Contacts with a film beside a gap with a law: F − depth, and how the current spreads over the contact.

Lengths in pitches, electrolyte's conductivity 1, mean current density of the interface 1. On the interface

    (Λ + θ) u = 1,  θ = θ_c on the contact, θ_g on the gap,  Λ = k coth(k · depth), 0 for the mean,

and F − depth is the mean of u. Solved on `rim_grid`, a Galerkin method in the plane around the rim. Measured against
exact values of the ideal contact and against its own higher degrees: relative error 1e-9 as a rule, below 2e-7 for
contact fractions or radius ratios from 0.01 to 0.99, depths from 0.01, θ from 1e-6 to 1e9, real and complex.

Current density: over the part of the contact where it exceeds x times its mean over the contact lie the shares of the
contact's area and of its current.
"""

import cmath
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from support.rim_grid import ORDER, STEP, Section, solve

CURRENT_ORDER = 10  # degree for the density: 1e-6 of the shares
GOOD_FILM = 1e4  # θ above which the slope of the potential has more digits than θu, away from the rim
SAMPLES = 1000  # of the current density along s, finer than any of its waves


class Above(NamedTuple):
    """Shares (0 to 1) of a contact's area and of its current, where the density exceeds so many times its mean."""

    area: float
    current: float


def film_stripes(f, theta_c, theta_g=0.0, depth=math.inf, order=ORDER, step=STEP):
    """Return F − depth, in pitches, of stripes of contact fraction f, one per pitch.

    Args:
        f: contact fraction, 0 < f ≤ 1.
        theta_c: θ of the contacts, 1/pitch; complex, `math.inf` for an ideal contact, 0 for an insulated one.
        theta_g: θ of the gap, 1/pitch; complex, finite.
        depth: of the electrolyte, in pitches.
        order: degree of the polynomials.
        step: length of their panels in the logarithm of the distance to the rim.
    """
    return _impedance(_stripes(f, depth), theta_c, theta_g, order, step)


def film_disc_in_tube(radius_ratio, theta_c, theta_g=0.0, depth=math.inf, order=ORDER, step=STEP):
    """Return F − depth, in pitches (one is the tube's diameter), of a disc on the axis of a circular tube.

    Args:
        radius_ratio: radius of the disc over the tube's, 0 to 1; its square is the contact fraction.
        theta_c: as in `film_stripes`, as the others.
        theta_g: 1/pitch.
        depth: in pitches, that is in diameters of the tube.
        order: degree.
        step: of the panels.
    """
    return _impedance(_tube(radius_ratio, depth), theta_c, theta_g, order, step)


def stripes_current_above(f, theta_c, multiples, theta_g=0.0, depth=math.inf):
    """Return an `Above` for each of the multiples of the mean density; arguments as in `film_stripes`, θ real."""
    return _above(solve(_stripes(f, depth), theta_c, theta_g, CURRENT_ORDER), multiples)


def disc_current_above(radius_ratio, theta_c, multiples, theta_g=0.0, depth=math.inf):
    """Return an `Above` for each of the multiples of the mean density; arguments as in `film_disc_in_tube`, θ real."""
    return _above(solve(_tube(radius_ratio, depth), theta_c, theta_g, CURRENT_ORDER), multiples)


def _stripes(f, depth):
    return Section(f / 2, (1 - f) / 2, depth, tube=False)


def _tube(radius_ratio, depth):
    return Section(radius_ratio / 2, (1 - radius_ratio) / 2, depth, tube=True)


@lru_cache(maxsize=1000)
def _impedance(section, theta_c, theta_g, order, step):
    if theta_c == 0 and theta_g == 0:
        return complex(math.inf)
    if section.right == 0:
        return 0j if cmath.isinf(theta_c) else 1 / complex(theta_c)
    return solve(section, theta_c, theta_g, order, step).interface_impedance()


class _Contact:
    """The current density over the contact, by s = ln(distance to the rim/the contact's half width or radius).

    It is θu or the slope of the potential: the error of one grows with θ, of the other with the inverse distance.
    """

    def __init__(self, field):
        self.section, self.radial, self.current = field.section, field.radial, field.current.real
        self.theta = field.theta[0]
        # The first side goes straight down, so the slope along t is that along z.
        slope = field.angular.at([0.0], derivative=1)[0] / field.corners[1, 1]
        self.nodal = np.stack([field.excess[:, 0], field.excess @ slope], axis=1).real

    def density(self, s):
        """Return the density for a mean of 1 over the interface."""
        level, slope = (self.radial.at(s) @ self.nodal).T
        slope = 1 + slope * np.exp(-s)
        if math.isinf(self.theta):
            return slope / self.current
        by_film = (self.theta < GOOD_FILM) | (self.theta * self.section.left * np.exp(s) < 1)
        return np.where(by_film, self.theta * level, slope) / self.current

    def pieces(self, cuts):
        """Return area and current between each two neighbours of `cuts`, none of which spans a panel's end."""
        gauss, weight = np.polynomial.legendre.leggauss(20)
        half = np.diff(cuts)[:, None] / 2
        s = cuts[:-1, None] + half * (gauss + 1)
        left = self.section.left
        ring = half * weight * left * np.exp(s) * (left * -np.expm1(s) if self.section.tube else 1.0)
        return ring.sum(axis=1), (ring * self.density(s.ravel()).reshape(s.shape)).sum(axis=1)


def _above(field, multiples):
    contact, breaks = _Contact(field), field.radial.breaks
    area, current = contact.pieces(breaks)
    area, current = area.sum(), current.sum()
    return [_shares(contact, breaks, level) for level in np.asarray(multiples) * current / area]


def _shares(contact, breaks, level):
    cuts = np.union1d(breaks, _crossings(contact, breaks[0], level))
    above = contact.density((cuts[:-1] + cuts[1:]) / 2) > level
    return Above(*(float(part[above].sum() / part.sum()) for part in contact.pieces(cuts)))


def _crossings(contact, start, level):
    """Return the s at which the density is `level`."""

    def excess(s):
        return contact.density(np.atleast_1d(s)) - level

    s = np.linspace(start, 0.0, SAMPLES)
    changes = np.flatnonzero(np.diff(np.sign(excess(s))))
    return [brentq(lambda x: excess(x)[0], s[i], s[i + 1], xtol=1e-13) for i in changes]
