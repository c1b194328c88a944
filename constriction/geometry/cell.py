"""From an interface's description to its layout in one mirror cell, and how near its rims are to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from constriction.case.interface import Filled, HeightMapped, Image, Interface, Sided
from constriction.geometry.patches import Layout
from constriction.geometry.patterns.drawn import polygonal
from constriction.geometry.patterns.lattices import annulus, frame, hexagonal, single, square, stripes, uniform
from constriction.geometry.patterns.pellets import on_pellet
from constriction.geometry.patterns.scattered import clustered, scattered
from constriction.geometry.placed import listed

__all__ = ["LAYOUTS", "Layout", "lay_out", "rim_lengths"]


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


def rim_lengths(layout: Layout) -> tuple[float, ...]:
    """The length over which the field varies at each spot's rim, metres; (spots,).

    The spot's size, or half the way to the nearest other rim if that is less; mirror images count.
    """
    return layout.rooms
