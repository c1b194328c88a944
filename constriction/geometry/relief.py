"""The interface as solids to look at: islands on a piece of the slab, in one whole lattice cell.

Heights are not to scale, for a gap is a thousand times thinner than a cell is wide: who draws them says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import Polygon, box

from constriction.geometry.cell import Layout

FINEST, COARSEST = 96, 16  # chords of a full circle: few spots are drawn rounder than many
VERTICES = 16_000  # of all rims together
MOST_SPOTS = 200  # of a random or listed cell; of larger ones a corner is drawn
STRIPES = 2  # mirror images of a cell of stripes, along which nothing varies


class Solid(NamedTuple):
    """Prisms as one closed surface.

    `points` (n, 3) in metres; `triangles` (m, 3) indices of points, counter-clockwise seen from outside; `rims` are the
    closed upper outlines, each (k, 3).
    """

    points: NDArray[np.float64]
    triangles: NDArray[np.int64]
    rims: tuple[NDArray[np.float64], ...]


class Relief(NamedTuple):
    """What lies in a lattice cell, or in a corner of it; metres.

    `contacts` and `cell` are plane polygons; `width` and `depth` are the drawn cell's; `whole` is false for a corner.
    """

    contacts: tuple[Polygon, ...]
    cell: Polygon
    width: float
    depth: float
    whole: bool


def relief(layout: Layout) -> Relief:
    """Put mirror images together until they are a lattice cell.

    Args:
        layout: the mirror cell. Stripes are drawn as long as their cell is wide, of a map all of it.

    Returns:
        Contacts of which touching parts are one.
    """
    spots = max(len(layout.spots), 1)
    per_circle = int(np.clip(VERTICES // (spots * layout.lattice_images), COARSEST, FINEST)) // 4 * 4
    cell, contacts = layout.cell.polygon(per_circle), layout.contacts(per_circle)
    if layout.lattice_images == STRIPES:
        longer = 2 * layout.width / layout.depth
        cell, contacts = (
            affinity.scale(cell, 1.0, longer, origin=(0, 0)),
            [affinity.scale(part, 1.0, longer, origin=(0, 0)) for part in contacts],
        )
    whole = spots <= MOST_SPOTS or layout.traced is not None
    if not whole:
        share = (MOST_SPOTS / spots) ** 0.5
        cell = box(0.0, 0.0, share * layout.width, share * layout.depth)
        contacts = [part for piece in contacts for part in _polygons(piece.intersection(cell))]
    mirrors = mirrors_of(layout)
    cell = shapely.union_all(_mirrored([cell], mirrors))
    left, front, right, back = cell.bounds
    return Relief(_united(_mirrored(contacts, mirrors)), cell, right - left, back - front, whole)


def mirrors_of(layout: Layout) -> list[tuple[int, int]]:
    """The signs of x and y of the mirror images that are a lattice cell together."""
    return {1: [(1, 1)], 2: [(1, 1), (-1, 1)], 4: [(1, 1), (-1, 1), (1, -1), (-1, -1)]}[layout.lattice_images]


def joined(solids: Sequence[Solid]) -> Solid:
    """Several solids as one."""
    whole = Solid(np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int64), ())
    for solid in solids:
        triangles = np.concatenate([whole.triangles, solid.triangles + len(whole.points)])
        whole = Solid(np.concatenate([whole.points, solid.points]), triangles, whole.rims + solid.rims)
    return whole


def prisms(polygons: Iterable[Polygon], bottom: float, top: float) -> Solid:
    """Raise plane polygons to solids.

    Args:
        polygons: metres; holes stay open.
        bottom: height of their undersides, metres.
        top: height of their upper sides, metres.
    """
    points: list[NDArray[np.float64]] = []
    triangles: list[NDArray[np.int64]] = []
    rims: list[NDArray[np.float64]] = []
    start = 0
    for polygon in polygons:
        for flat in (_lid(polygon, top, up=True), _lid(polygon, bottom, up=False)):
            points.append(flat)
            triangles.append(start + np.arange(len(flat)).reshape(-1, 3))
            start += len(flat)
        for ring in (shapely.geometry.polygon.orient(polygon).exterior, *_holes(polygon)):
            outline = np.asarray(ring.coords)[:-1]
            count, below = len(outline), np.arange(len(outline))
            after, above = np.roll(below, -1), below + count
            points.append(np.concatenate([_at_height(outline, bottom), _at_height(outline, top)]))
            walls = np.concatenate([np.stack([below, after, above], 1), np.stack([after, after + count, above], 1)])
            triangles.append(start + walls)
            start += 2 * count
            rims.append(_at_height(np.asarray(ring.coords), top))
    if not points:
        return Solid(np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int64), ())
    return Solid(np.concatenate(points), np.concatenate(triangles), tuple(rims))


def _mirrored(polygons: Sequence[Polygon], signs: Sequence[tuple[int, int]]) -> list[Polygon]:
    return [affinity.scale(part, x, y, origin=(0, 0)) for x, y in signs for part in polygons]


def _united(polygons: Sequence[Polygon]) -> tuple[Polygon, ...]:
    return tuple(_polygons(shapely.union_all(polygons)))


def _polygons(shape: shapely.Geometry) -> list[Polygon]:
    return [part for part in getattr(shape, "geoms", [shape]) if isinstance(part, Polygon) and not part.is_empty]


def rings(polygon: Polygon) -> list[NDArray[np.float64]]:
    """The closed outlines (k, 2) of a polygon in m: the outer one counter-clockwise, then holes clockwise."""
    outer = shapely.geometry.polygon.orient(polygon).exterior
    return [np.asarray(ring.coords) for ring in (outer, *_holes(polygon))]


def _holes(polygon: Polygon) -> list[shapely.LinearRing]:
    return list(shapely.geometry.polygon.orient(polygon).interiors)


def _lid(polygon: Polygon, height: float, up: bool) -> NDArray[np.float64]:
    """A polygon's triangles as corners (3 m, 3)."""
    parts = [shapely.geometry.polygon.orient(part) for part in shapely.constrained_delaunay_triangles(polygon).geoms]
    corners = np.array([np.asarray(part.exterior.coords)[:3] for part in parts])
    if not up:
        corners = corners[:, ::-1]
    return _at_height(corners.reshape(-1, 2), height)


def _at_height(plane: NDArray[np.float64], height: float) -> NDArray[np.float64]:
    return np.column_stack([plane[:, :2], np.full(len(plane), height)])
