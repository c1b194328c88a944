"""From an interface's description to its layout in one mirror cell, and how near its rims are to each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from constriction.case.interface import Filled, HeightMapped, Image, Interface, Sided
from constriction.case.schema import Case
from constriction.case.solids.kinds import BodyTable
from constriction.geometry.patches import Layout, Patch
from constriction.geometry.patterns.drawn import polygonal
from constriction.geometry.patterns.lattices import annulus, frame, hexagonal, single, square, stripes, uniform
from constriction.geometry.patterns.pellets import on_pellet
from constriction.geometry.patterns.scattered import clustered, scattered
from constriction.geometry.placed import listed

__all__ = ["LAYOUTS", "Layout", "lay_out", "lay_out_case", "rim_lengths"]
SPARSE = 1e-6  # a contact fraction at which spots of every pattern find their place
STRIPES_MEASURED = 0.04, 0.9  # contact fractions from and to of which it is known what meshes and grids err at rims


def _mapped(interface: Image | HeightMapped) -> Layout:
    """The outlines of a map; what reads pictures is imported only here."""
    from constriction.geometry.maps.drawing import mapped

    return mapped(interface)


LAYOUTS: dict[str, Callable[[Any], Layout]] = {
    "single": single,
    "square": square,
    "hexagonal": hexagonal,
    "stripes": stripes,
    "annulus": annulus,
    "frame": frame,
    "random": scattered,
    "clustered": clustered,
    "list": listed,
    "polygons": polygonal,
    "image": _mapped,
    "height_map": _mapped,
}
"""What draws each pattern: from its model to its layout."""


def lay_out(interface: Interface) -> Layout:
    """The mirror cell of an interface.

    Raises:
        InputError: the contact fraction does not fit the pattern, discs overlap or lie outside, random spots
            cannot be placed, or the pellet is no wider than the electrode.
    """
    if isinstance(interface, Sided) and interface.pellet is not None:
        return on_pellet(lay_out(interface.model_copy(update={"pellet": None})), interface.pellet)
    if isinstance(interface, Filled) and interface.contact_fraction in (0.0, 1.0):
        return uniform(interface)
    return LAYOUTS[interface.pattern](interface)


def lay_out_case(case: Case) -> Layout:
    """The mirror cell of a case: that of its interface.

    With bodies in the electrolyte that of full contact, and of none, is the cell of the pattern without its spots.

    Raises:
        InputError: as `lay_out`.
    """
    interface = case.interface
    bodies = any(isinstance(table, BodyTable) for table in case.solid)
    if not bodies or not isinstance(interface, Filled) or interface.contact_fraction not in (0.0, 1.0):
        return lay_out(interface)
    spotted = interface.model_copy(update={"contact_fraction": SPARSE, "inverted": False})
    background = Patch(lay_out(interface).background)
    return replace(lay_out(spotted), patches=(background,), outlined=None)


def rim_lengths(layout: Layout) -> tuple[float, ...]:
    """The length over which the field varies at each spot's rim, metres; (spots,).

    The spot's size, or half the way to the nearest other rim if that is less; mirror images count.
    """
    return layout.rooms


def rim_share(layout: Layout) -> float | None:
    """How much of what stripes constrict stands at their rims, 0.4 to 2.3; None of any other layout.

    width · |∂F/∂width| / F of the narrower one of contact and gap, F = −ln sin(πf/2)/π. What meshes and grids err at a
    straight rim goes with it, as it was measured for contact fractions in `STRIPES_MEASURED`, and no others.
    """
    fraction, (low, high) = layout.contact_fraction, STRIPES_MEASURED
    if len(layout.spots) != 1 or layout.widths is not None or not layout.striped or not low <= fraction <= high:
        return None
    angle = 0.5 * math.pi * fraction
    constricted = -0.5 * math.log1p(-(math.cos(angle) ** 2))
    return min(fraction, 1 - fraction) * 0.5 * math.pi / math.tan(angle) / constricted
