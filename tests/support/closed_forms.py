"""Closed-form references, each with its source.

All values are one-sided: the electrolyte on one side of the interface, the other side a metal. "Constriction"
means what the contacts add to the same electrolyte in full contact.
"""

import math

# Vacuum permittivity in F/m, CODATA 2022 (2018 differs in the tenth digit).
EPSILON_0 = 8.8541878188e-12


def slab_resistance(thickness: float, conductivity: float) -> float:
    """Area-specific resistance of a slab in full contact: R = d/σ.

    Args:
        thickness: d, in m.
        conductivity: σ, in S/m.

    Returns:
        R in Ω·m².
    """
    return thickness / conductivity


def strip_constriction(contact_fraction: float, period: float, conductivity: float) -> float:
    """Constriction resistance of parallel strips on a deep electrolyte: R = −(P/πσ) ln sin(πf/2), exact.

    Source: conformal mapping. w = sin(πz/P) takes one period (width P, depth ∞) to a half plane and the contact
    to a strip of half-width c = sin(πf/2), whose far field is (I/πσ) ln(2|w|/c); full contact has c = 1. Checked
    in the tests against an integral equation.

    Args:
        contact_fraction: f, strip width over period, 0 < f ≤ 1.
        period: P, in m.
        conductivity: σ, in S/m.

    Returns:
        R_cstr in Ω·m² of interface; 0 for f = 1.
    """
    return -period / (math.pi * conductivity) * math.log(math.sin(math.pi * contact_fraction / 2))


def disc_resistance(radius: float, conductivity: float) -> float:
    """Resistance between a disc and infinity of a half space: R = 1/(4σa).

    Source: R. Holm, Electric Contacts, 4th ed. 1967 (one side of a constriction).

    Args:
        radius: a, in m.
        conductivity: σ, in S/m.

    Returns:
        R in Ω.
    """
    return 1 / (4 * conductivity * radius)


def tube_disc_factor(radius_ratio: float) -> float:
    """Constriction ψ = 4σaR of a disc of radius a at the end of a long insulated tube of radius b, ε = a/b.

    ψ = 1 − 1.40978 ε + 0.34406 ε³ + 0.04305 ε⁵ + 0.02271 ε⁷, an equipotential disc.

    Source: correlation of K. J. Negus and M. M. Yovanovich, ASME paper 84-HT-84 (1984). Checked in the tests
    against a converged expansion: within 0.04 % for ε ≤ 0.8.

    Args:
        radius_ratio: ε, 0 ≤ ε ≤ 0.8; the contact fraction is ε².

    Returns:
        ψ, dimensionless: the share of Holm's resistance that the tube leaves.
    """
    e = radius_ratio
    return 1 - 1.40978 * e + 0.34406 * e**3 + 0.04305 * e**5 + 0.02271 * e**7


def tube_disc_constriction(radius: float, tube_radius: float, conductivity: float) -> float:
    """Area-specific constriction resistance of a disc at the end of a long insulated tube: R = ψ πb²/(4σa).

    Source: as `tube_disc_factor`, with its accuracy.

    Args:
        radius: a of the disc, in m, at most 0.8 b.
        tube_radius: b, in m.
        conductivity: σ, in S/m.

    Returns:
        R_cstr in Ω·m² of interface.
    """
    area = math.pi * tube_radius**2
    return tube_disc_factor(radius / tube_radius) * disc_resistance(radius, conductivity) * area


def small_pore_constriction(pore_fraction: float, pore_radius: float, conductivity: float) -> float:
    """Constriction resistance of sparse round insulating pores in a full contact: R = 4qa/(3πσ).

    Source: at a pore the interface potential is off by v(r) = (2j/πσ)√(a² − r²), the penny-shaped crack in a
    uniform field; its mean over the interface, q·4ja/(3πσ), over the mean current density j is R. Exact for
    q → 0; in a tube the exact value is larger by the factor 1 + 0.34 q^(3/2).

    Args:
        pore_fraction: q, pore area over interface area, much smaller than 1.
        pore_radius: a, in m.
        conductivity: σ, in S/m.

    Returns:
        R_cstr in Ω·m² of interface.
    """
    return 4 * pore_fraction * pore_radius / (3 * math.pi * conductivity)


def arc_capacitance(resistance: float, apex_frequency: float) -> float:
    """Capacitance of an RC arc from its width and apex: C = 1/(2πfR).

    Source: Z = R/(1 + iωRC) has its largest −Im Z at ωRC = 1.

    Args:
        resistance: R, in Ω (or Ω·m²).
        apex_frequency: f, in Hz.

    Returns:
        C in F (or F/m²).
    """
    return 1 / (2 * math.pi * apex_frequency * resistance)


def gap_capacitance(height: float, relative_permittivity: float) -> float:
    """Capacitance per area of a thin flat gap: c_g = ε0 ε_gap/h.

    Source: parallel plates.

    Args:
        height: h, in m.
        relative_permittivity: ε_gap.

    Returns:
        c_g in F/m² of gap.
    """
    return EPSILON_0 * relative_permittivity / height


def high_frequency_capacitance(gap: float, contact_fraction: float) -> float:
    """C_high, the limit of 1/(iωZ_cstr) for ω → ∞: c_g/(1 − f), for any pattern of thin gaps of one height.

    Source: at high frequency the current is that of the full contact, uniform, so the gap adds
    Z_cstr = (1 − f)/(iωc_g) per area of interface.

    Args:
        gap: c_g, in F/m² of gap.
        contact_fraction: f < 1.

    Returns:
        C_high in F/m² of interface.
    """
    return gap / (1 - contact_fraction)
