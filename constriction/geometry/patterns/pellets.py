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


def on_pellet(plan: Layout, pellet: tuple[float, float]) -> Layout:
    """An electrode on a pellet: its cell is the pellet's, its pitch that of the electrode.

    Args:
        plan: the layout of the electrode alone.
        pellet: width and depth, m.

    Raises:
        InputError: the pellet is not wider than the electrode, or the electrode has pores.
    """
    _check(plan, pellet)
    corner = (pellet[0] - plan.width) / 2, (pellet[1] - plan.depth) / 2
    whole = rectangle(0.0, 0.0, plan.width, plan.depth, min(plan.width, plan.depth) / 2)
    spots = tuple(_moved(spot, corner) for spot in plan.spots or (whole,))
    share = plan.width * plan.depth / (pellet[0] * pellet[1])
    traced = plan.traced
    if traced is not None:
        traced = replace(traced, contact_fraction_pixels=share * traced.contact_fraction_pixels)
    return Layout(
        rectangle(0.0, 0.0, *pellet),
        (Patch(CONTACT, spots), Patch(GAP)),
        *pellet,
        plan.pitch,
        1,
        traced,
        plan.outlined,
        electrode=Electrode(plan, corner),
    )


def _check(plan: Layout, pellet: tuple[float, float]) -> None:
    """Refuse what cannot lie on a pellet."""
    if any(side < own * (1 - SNAP) for side, own in zip(pellet, (plan.width, plan.depth), strict=True)):
        given, own = (" × ".join(map(_length, sides)) for sides in (pellet, (plan.width, plan.depth)))
        raise InputError(f"interface.pellet: {given}, under an electrode of {own}; expected none narrower than it")
    if plan.spots and plan.background == CONTACT:
        raise InputError(
            f"interface.inverted = true: {len(plan.spots)} pores in an electrode on a pellet of {_length(pellet[0])}; "
            "expected false, and the contacts instead of the pores"
        )
    if plan.contact_fraction == 0:
        raise InputError(
            f"interface.contact_fraction = {plan.contact_fraction:g}: beside a pellet; expected contacts, or pellet = "
            "'none'"
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
