"""From an interface's description to exact planar shapes: the mirror cell and the spots in it.

Shapes are kept as closed outlines of straight and circular edges, so that area and contact fraction are exact and
the mesh sees true arcs; shapely polygons are made from them where a polygon is wanted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon, mapping

from constriction.base.errors import InputError
from constriction.case.interface import Interface
from constriction.geometry.lattices import MirrorCell, hexagonal, largest_spot_fraction, square, stripes, uniform
from constriction.geometry.outlines import SNAP, Outline
from constriction.geometry.placed import listed, scattered

_PATTERNS = {"single": square, "square": square, "hexagonal": hexagonal, "stripes": stripes, "random": scattered}


@dataclass(frozen=True)
class Layout:
    """The plan of the interface in one mirror cell; lengths in m.

    `spots` are the outlines inside the cell, `sizes` the radius or half side that each was made with;
    with `inverted` they are pores in a full contact. `lattice_images` mirror cells make one lattice cell.
    """

    cell: Outline
    spots: tuple[Outline, ...]
    sizes: tuple[float, ...]
    width: float
    depth: float
    pitch: float
    lattice_images: int
    inverted: bool = False

    @property
    def contact_fraction(self) -> float:
        """Contact area / interface area, from the exact outlines."""
        share = math.fsum(spot.area for spot in self.spots) / self.cell.area
        return 1.0 - share if self.inverted else share

    def contacts(self, per_circle: int = 256) -> list[Polygon]:
        """The contact areas as shapely polygons, metres."""
        spots = [spot.polygon(per_circle) for spot in self.spots]
        if not self.inverted:
            return spots
        rest = self.cell.polygon(per_circle).difference(shapely.union_all(spots))
        return [part for part in getattr(rest, "geoms", [rest]) if not part.is_empty]

    @property
    def circular(self) -> bool:
        """Whether the cell is a part of a tube."""
        return any(edge.centre is not None for edge in self.cell.edges)

    def inside(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of some points (n, 2), in metres, lie in the cell; (n,)."""
        return np.asarray(shapely.contains_xy(self.cell.polygon(256), points))

    def on_contact(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of some points (n, 2), in metres, lie on a contact; (n,)."""
        return np.asarray(shapely.contains_xy(shapely.union_all(self.contacts()), points))

    def rims(self, per_circle: int = 256) -> list[NDArray[np.float64]]:
        """The lines between contact and gap, each as points (n, 2) in metres; none along the cell's sides."""
        border = self.cell.polygon(per_circle).exterior.buffer(1e-6 * self.pitch)
        lines = [spot.polygon(per_circle).exterior.difference(border) for spot in self.spots]
        parts = [
            part for line in lines for part in getattr(shapely.line_merge(line), "geoms", [shapely.line_merge(line)])
        ]
        return [np.asarray(part.coords) for part in parts if not part.is_empty]

    @cached_property
    def _rim_lengths(self) -> tuple[float, ...]:
        """What `rim_lengths` gives, found once: the thousand cases of a study may share a layout."""
        polygons = np.array([spot.polygon(64) for spot in self.spots], dtype=object)
        room = np.array(self.sizes, dtype=float)
        for edge in self.cell.edges:
            mirror = LineString([*edge.points(64), edge.end])
            away = shapely.distance(polygons, mirror)
            room = np.where(away > SNAP * self.pitch, np.minimum(room, away), room)
        if len(polygons) > 1:
            tree = shapely.STRtree(polygons)
            pairs, gaps = tree.query_nearest(polygons, exclusive=True, return_distance=True)
            np.minimum.at(room, pairs[0], gaps / 2)
        return tuple(float(length) for length in room)

    def geojson(self) -> dict[str, Any]:
        """A GeoJSON feature collection of the contacts, metres, with the cell in `properties`."""
        features = [{"type": "Feature", "properties": {}, "geometry": mapping(polygon)} for polygon in self.contacts()]
        properties = {
            "cell_width_m": self.width,
            "cell_depth_m": self.depth,
            "cell_area_m2": self.cell.area,
            "cell_outline_m": mapping(self.cell.polygon())["coordinates"],
            "mirror_images_per_lattice_cell": self.lattice_images,
            "contact_fraction": self.contact_fraction,
            "pitch_m": self.pitch,
        }
        return {"type": "FeatureCollection", "properties": properties, "features": features}


def layout(interface: Interface) -> Layout:
    """The mirror cell of an interface.

    Raises:
        InputError: the contact fraction does not fit the pattern, discs overlap or lie outside, or random spots
            cannot be placed.
    """
    found = _mirror_cell(interface)
    pitch = interface.pitch or max(found.width, found.depth)
    # Full contact is pores of no size.
    return Layout(**found._asdict(), pitch=pitch, inverted=interface.inverted or not found.spots)


def _mirror_cell(interface: Interface) -> MirrorCell:
    if interface.contact_fraction is None or interface.pitch is None:  # as the schema demands for `list` alone
        return listed(interface)
    fraction = 1.0 - interface.contact_fraction if interface.inverted else interface.contact_fraction
    if fraction in (0.0, 1.0):
        return uniform(interface.pitch)
    limit, what = largest_spot_fraction(interface)
    if fraction >= limit:
        given = f"interface.contact_fraction = {interface.contact_fraction}"
        bound = f"above {1 - limit:.6g}" if interface.inverted else f"below {limit:.6g}"
        raise InputError(f"{given}: {what} touch there; expected {bound} (or 1, the full contact)")
    return _PATTERNS[interface.pattern](interface, interface.pitch, fraction)


def rim_lengths(plan: Layout) -> tuple[float, ...]:
    """The length over which the field varies at each spot's rim, metres; (spots,).

    The spot's size, or half the way to the nearest other rim if that is less; mirror images count.
    """
    return plan._rim_lengths
