"""From a map to the layout of an interface."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from constriction.case.interface import HeightMapped, Image
from constriction.geometry.maps.levels import LevelMap, level_map
from constriction.geometry.maps.tracing import Rings, area, shifted, traced
from constriction.geometry.outlines import Edge, Outline, rectangle
from constriction.geometry.patches import CONTACT, GAP, Layout, Patch, Traced

Floats = NDArray[np.float64]


def mapped(interface: Image | HeightMapped) -> Layout:
    """The outlines of a map; the pitch is the root of the area that an island has on average.

    Raises:
        InputError: as `level_map`.
    """
    levelled = level_map(interface)
    contacts = traced(levelled)
    return _drawn(levelled, contacts, len(contacts))


def shifted_map(interface: Image | HeightMapped, outward: float) -> Layout | None:
    """The outlines of a map, moved by so many pixels; lengths in the pitch of those that are not.

    Returns:
        None where no contact is left, or no gap.
    """
    levelled = level_map(interface)
    contacts = shifted(levelled, outward)
    if not contacts:
        return None
    plan = _drawn(levelled, contacts, len(traced(levelled)))
    return plan if plan.contact_fraction < 1 else None


def _drawn(levelled: LevelMap, contacts: list[Rings], islands: int) -> Layout:
    rows, columns = levelled.field.shape
    sides = columns * levelled.pixel[0], rows * levelled.pixel[1]
    scaled = [[ring * levelled.pixel for ring in rings] for rings in contacts]
    rims = math.fsum(_rim_length(ring, sides) for rings in scaled for ring in rings)
    covered = math.fsum(area(ring) for rings in scaled for ring in rings)
    cell = sides[0] * sides[1]
    about = Traced(
        contact_width=2 * covered / rims if rims else min(sides),
        gap_width=2 * (cell - covered) / rims if rims else min(sides),
        contact_fraction_pixels=levelled.contact_fraction,
        changes=levelled.changes,
    )
    outlines = tuple(_outline(rings, sides) for rings in scaled)
    patches = Patch(CONTACT, outlines), Patch(GAP)
    return Layout(rectangle(0.0, 0.0, *sides), patches, *sides, math.sqrt(cell / islands), 1, about)


def _outline(rings: Rings, sides: tuple[float, float]) -> Outline:
    rim = math.fsum(_rim_length(ring, sides) for ring in rings)
    covered = math.fsum(map(area, rings))
    outer, *holes = map(_edges, rings)
    return Outline(outer, 2 * covered / rim if rim else min(sides), tuple(holes))


def _edges(ring: Floats) -> tuple[Edge, ...]:
    points = [(x, y) for x, y in ring.tolist()]
    return tuple(map(Edge, points, [*points[1:], points[0]]))


def _rim_length(ring: Floats, sides: tuple[float, float]) -> float:
    """Length of a ring (n, 2) that does not lie on the cell's sides, in its unit."""
    after = np.roll(ring, -1, axis=0)
    on_side = np.zeros(len(ring), dtype=bool)
    for axis, side in enumerate(sides):
        for line in (0.0, side):
            on_side |= (np.abs(ring[:, axis] - line) < 1e-9 * side) & (np.abs(after[:, axis] - line) < 1e-9 * side)
    return float(np.hypot(*(after - ring).T)[~on_side].sum())
