"""An electrode in the middle of a wider pellet, beside which the interface insulates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.geometry.outlines import SNAP, Edge, Outline, Point, rectangle
from constriction.geometry.patches import CONTACT, GAP, Electrode, Layout, Patch

Floats = NDArray[np.float64]


def on_pellet(layout: Layout, pellet: tuple[float, float]) -> Layout:
    """An electrode on a pellet: its cell is the pellet's, its pitch that of the electrode.

    Args:
        layout: the layout of the electrode alone.
        pellet: width and depth, m.

    Raises:
        InputError: the pellet is not wider than the electrode, or the electrode has pores.
    """
    _check(layout, pellet)
    corner = (pellet[0] - layout.width) / 2, (pellet[1] - layout.depth) / 2
    whole = rectangle(0.0, 0.0, layout.width, layout.depth, min(layout.width, layout.depth) / 2)
    spots = tuple(_moved(spot, corner) for spot in layout.spots or (whole,))
    share = layout.width * layout.depth / (pellet[0] * pellet[1])
    traced = layout.traced
    if traced is not None:
        traced = replace(traced, contact_fraction_pixels=share * traced.contact_fraction_pixels)
    return Layout(
        rectangle(0.0, 0.0, *pellet),
        (Patch(CONTACT, spots), Patch(GAP)),
        *pellet,
        layout.pitch,
        1,
        traced,
        layout.outlined,
        electrode=Electrode(layout, corner),
    )


def _check(layout: Layout, pellet: tuple[float, float]) -> None:
    """Refuse what cannot lie on a pellet."""
    if any(side < own * (1 - SNAP) for side, own in zip(pellet, (layout.width, layout.depth), strict=True)):
        given, own = (" × ".join(map(_length, sides)) for sides in (pellet, (layout.width, layout.depth)))
        raise InputError(f"interface.pellet: {given}, under an electrode of {own}; expected none narrower than it")
    if layout.spots and layout.background == CONTACT:
        raise InputError(
            f"interface.inverted = true: {len(layout.spots)} pores in an electrode on a pellet of "
            f"{_length(pellet[0])}; expected false, and the contacts instead of the pores"
        )
    if layout.contact_fraction == 0:
        raise InputError(
            f"interface.contact_fraction = {layout.contact_fraction:g}: beside a pellet; expected contacts, or "
            "pellet = 'none'"
        )


def _moved(outline: Outline, corner: Point) -> Outline:
    return Outline(
        _moved_chain(outline.edges, corner), outline.size, tuple(_moved_chain(hole, corner) for hole in outline.holes)
    )


def _moved_chain(chain: Sequence[Edge], corner: Point) -> tuple[Edge, ...]:
    x, y = corner

    def moved(point: Point) -> Point:
        return point[0] + x, point[1] + y

    return tuple(
        Edge(moved(edge.start), moved(edge.end), None if edge.centre is None else moved(edge.centre)) for edge in chain
    )


def _length(value: float) -> str:
    return format_quantity(float(f"{value:.6g}"), "length")
