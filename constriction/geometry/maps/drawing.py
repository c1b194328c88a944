"""From a map to the layout of an interface."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon

from constriction.base.errors import counted
from constriction.case.interface import HeightMapped, Image
from constriction.geometry.maps.levels import LevelMap, labelled, level_map
from constriction.geometry.maps.tracing import Rings, shifted, traced
from constriction.geometry.outlines import rectangle
from constriction.geometry.patches import CONTACT, GAP, Layout, Patch, Traced
from constriction.geometry.patterns.polygons import outline_of, widths_of

FEW = 4  # pixels: of a contact of four in a square an eighth is cut off

Floats = NDArray[np.float64]


def mapped(interface: Image | HeightMapped) -> Layout:
    """The outlines of a map; the pitch is the root of the area that an island has on average.

    Raises:
        InputError: as `level_map`.
    """
    levelled = level_map(interface)
    contacts = traced(levelled)
    return _drawn(levelled, contacts, _islands(levelled))


def shifted_map(interface: Image | HeightMapped, outward: float) -> Layout | None:
    """The outlines of a map, moved by so many pixels; lengths in the pitch of those that are not.

    Returns:
        None where no contact is left, or no gap.
    """
    levelled = level_map(interface)
    contacts = shifted(levelled, outward)
    if not contacts:
        return None
    layout = _drawn(levelled, contacts, _islands(levelled))
    return layout if layout.contact_fraction < 1 else None


def _islands(levelled: LevelMap) -> int:
    """How many contacts there are; those that meet across a side of a cell that repeats are one."""
    if levelled.periodic:
        return labelled(levelled.contact, periodic=True)[1]
    return len(traced(levelled))


def _told_of_few(levelled: LevelMap) -> tuple[str, ...]:
    """Words for contacts of so few pixels that level lines, which cut corners, draw them smaller than those are."""
    parts, count = labelled(levelled.contact, levelled.periodic)
    few = int((np.bincount(parts.ravel(), minlength=count + 1)[1:] < FEW).sum())
    words = f"{counted(few, 'contact')} of fewer than {FEW} pixels drawn smaller than these are, of one pixel by half"
    return (words,) if few else ()


def _drawn(levelled: LevelMap, contacts: list[Rings], islands: int) -> Layout:
    rows, columns = levelled.field.shape
    sides = columns * levelled.pixel[0], rows * levelled.pixel[1]
    polygons = [Polygon(*_shell_and_holes(rings, levelled.pixel)) for rings in contacts]
    widths = widths_of(polygons, sides, False, levelled.periodic)
    about = Traced(
        contact_width=widths.contact_width,
        gap_width=widths.gap_width,
        contact_fraction_pixels=levelled.contact_fraction,
        changes=(*levelled.changes, *_told_of_few(levelled)),
    )
    outlines = tuple(outline_of(polygon, sides) for polygon in polygons)
    pitch = math.sqrt(math.prod(sides) / islands)
    patches = Patch(CONTACT, outlines), Patch(GAP)
    return Layout(rectangle(0.0, 0.0, *sides), patches, *sides, pitch, 1, about, periodic=levelled.periodic)


def _shell_and_holes(rings: Rings, pixel: tuple[float, float]) -> tuple[Floats, list[Floats]]:
    """An outline and its holes in m."""
    outer, *holes = (ring * pixel for ring in rings)
    return outer, holes
