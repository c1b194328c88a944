"""The layout of an interface: which region of its mirror cell stands under which law.

Shapes are kept as closed outlines of straight and circular edges, so that area and contact fraction are exact and
the mesh sees true arcs; shapely polygons are made from them where a polygon is wanted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon, mapping

from constriction.geometry.outlines import SNAP, Edge, Outline, Point
from constriction.geometry.periodic import count_whole, rooms_between

CONTACT, GAP = "contact", "gap"


@dataclass(frozen=True)
class Patch:
    """What stands under one law: `region` is the law's name, `outlines` are the pieces, in metres.

    Without outlines it is the background: what the other patches leave of the cell.
    """

    region: str
    outlines: tuple[Outline, ...] = ()


@dataclass(frozen=True)
class Widths:
    """How wide contacts and gaps of any outlines are, m: twice their area over the length of the rims.

    Of equal discs `contact_width` is their radius. `straight`: the rims have pieces as long as that without a bend.
    """

    contact_width: float
    gap_width: float
    straight: bool = field(default=False, kw_only=True)

    @property
    def room(self) -> float:
        """The length over which the field varies at the rims, m."""
        return min(self.contact_width, self.gap_width)


@dataclass(frozen=True)
class Traced(Widths):
    """What is known of outlines that were traced on a map.

    `contact_fraction_pixels`: the share of the pixels in contact; `changes`: what was done to the map.
    """

    contact_fraction_pixels: float
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Electrode:
    """What lies on a wider pellet: the `layout` of the electrode alone, its left lower `corner` on the pellet in m."""

    layout: Layout
    corner: Point

    @property
    def outline(self) -> Polygon:
        """Its sides on the pellet, m."""
        left, front = self.corner
        return shapely.box(left, front, left + self.layout.width, front + self.layout.depth)

    def on(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether places on the pellet, in metres, lie on the electrode; as x and y broadcast together."""
        left, front, right, back = self.outline.bounds
        return np.asarray((left <= x) & (x <= right) & (front <= y) & (y <= back))


@dataclass(frozen=True)
class Layout:
    """The layout of the interface in one mirror cell; lengths in m.

    `patches` fill the cell, the last one is the background. Outlines do not overlap. `lattice_images` mirror cells
    make one lattice cell. `traced`: of outlines of a map; `outlined`: of others that are no single spots. `periodic`:
    the cell repeats without mirrors, and its outlines are the parts of the spots that are in it. `electrode`: what of
    the cell the metal covers; beside it the interface insulates. None: all of it.
    """

    cell: Outline
    patches: tuple[Patch, ...]
    width: float
    depth: float
    pitch: float
    lattice_images: int
    traced: Traced | None = None
    outlined: Widths | None = None
    periodic: bool = False
    electrode: Electrode | None = None

    @property
    def widths(self) -> Widths | None:
        """Of outlines that are no single spots; None where each spot has its size."""
        return self.traced or self.outlined

    @property
    def spots(self) -> tuple[Outline, ...]:
        """The outlines of all patches, metres; none where one law holds everywhere."""
        return tuple(outline for patch in self.patches for outline in patch.outlines)

    @property
    def regions(self) -> tuple[str, ...]:
        """The region of each spot; (spots,)."""
        return tuple(patch.region for patch in self.patches for _ in patch.outlines)

    @property
    def background(self) -> str:
        """The region beside the spots."""
        return self.patches[-1].region

    @property
    def contact_fraction(self) -> float:
        """Contact area / interface area, from the exact outlines."""
        return self.share(CONTACT)

    def share(self, region: str) -> float:
        """A region's area / interface area, from the exact outlines."""
        spots = math.fsum(spot.area for spot in self._drawn(region)) / self.cell.area
        return 1.0 - spots if region == self.background else spots

    def contacts(self, per_circle: int = 256) -> list[Polygon]:
        """The contact areas as shapely polygons, metres."""
        spots = [spot.polygon(per_circle) for spot in self._drawn(CONTACT)]
        if self.background != CONTACT:
            return spots
        rest = self.cell.polygon(per_circle).difference(shapely.union_all(spots))
        return [part for part in getattr(rest, "geoms", [rest]) if not part.is_empty]

    def _drawn(self, region: str) -> list[Outline]:
        """The outlines of a region, or of all others where it is the background."""
        by_others = region == self.background
        pairs = zip(self.spots, self.regions, strict=True)
        return [spot for spot, own in pairs if (own == region) != by_others]

    @property
    def circular(self) -> bool:
        """Whether the cell is a part of a tube."""
        return any(edge.centre is not None for edge in self.cell.edges)

    @property
    def straight_edges(self) -> list[Edge]:
        """Those of all spots."""
        return [edge for spot in self.spots for edge in spot.edges if edge.centre is None]

    @property
    def straight(self) -> bool:
        """Whether no rim of a spot is an arc."""
        return all(edge.centre is None for spot in self.spots for edge in spot.edges)

    @cached_property
    def striped(self) -> bool:
        """Whether nothing varies along the depth of the cell: every spot is a rectangle from side to side."""
        return all(len(spot.edges) == 4 and not spot.holes and _spans(spot, self.depth) for spot in self.spots)

    @property
    def decay_length(self) -> float:
        """The length over which what reaches deepest into the slab falls by e, metres: 1/k of the slowest mode.

        k = π / largest side between mirrors, 2π over it where it repeats, or 3.8317 / radius in a tube, the first zero
        of J1.
        """
        wave = 2 * math.pi if self.periodic else math.pi
        return max(self.width, self.depth) / (3.8317 if self.circular else wave)

    @cached_property
    def islands(self) -> int:
        """How many spots there are: the parts of one that crosses the sides of a periodic cell are one."""
        if not self.periodic:
            return len(self.spots)
        return count_whole([spot.polygon(64) for spot in self.spots], (self.width, self.depth))

    def inside(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of some points (n, 2), in metres, lie in the cell; (n,)."""
        return np.asarray(shapely.contains_xy(self.cell.polygon(256), points))

    def on_contact(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of some points (n, 2), in metres, lie on a contact; (n,)."""
        return np.asarray(shapely.contains_xy(shapely.union_all(self.contacts()), points))

    def rims(self, per_circle: int = 256) -> list[NDArray[np.float64]]:
        """The lines between contact and gap, each as points (n, 2) in metres; none along the cell's sides."""
        border = self.cell.polygon(per_circle).exterior.buffer(1e-6 * self.pitch)
        lines = [spot.polygon(per_circle).boundary.difference(border) for spot in self.spots]
        parts = [
            part for line in lines for part in getattr(shapely.line_merge(line), "geoms", [shapely.line_merge(line)])
        ]
        return [np.asarray(part.coords) for part in parts if not part.is_empty]

    @cached_property
    def rooms(self) -> tuple[float, ...]:
        """What `rim_lengths` gives, in metres, found once: the thousand cases of a study may share a layout."""
        if self.widths is not None:
            return (self.widths.room,) * len(self.spots)
        polygons = np.array([spot.polygon(64) for spot in self.spots], dtype=object)
        room = np.array([spot.size for spot in self.spots], dtype=float)
        if self.periodic:
            return rooms_between(list(polygons), room, (self.width, self.depth))
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
        own = None if self.electrode is None else self.electrode.outline
        features = [{"type": "Feature", "properties": {}, "geometry": mapping(polygon)} for polygon in self.contacts()]
        properties = {
            "cell_width_m": self.width,
            "cell_depth_m": self.depth,
            "cell_area_m2": self.cell.area,
            "cell_outline_m": mapping(self.cell.polygon())["coordinates"],
            "mirror_images_per_lattice_cell": self.lattice_images,
            "sides": "periodic" if self.periodic else "mirror",
            "contact_fraction": self.contact_fraction,
            "pitch_m": self.pitch,
            **({} if own is None else {"electrode_outline_m": mapping(own)["coordinates"]}),
        }
        return {"type": "FeatureCollection", "properties": properties, "features": features}


def _spans(spot: Outline, depth: float) -> bool:
    """Whether a spot of four edges is an upright rectangle over all of a cell's depth in m."""
    corners = [edge.start[1] for edge in spot.edges]
    return {min(corners), max(corners)} == {0.0, depth} and all(
        edge.centre is None and (edge.start[0] == edge.end[0] or edge.start[1] == edge.end[1]) for edge in spot.edges
    )


def spots_and_rest(spots: Sequence[Outline], inverted: bool) -> tuple[Patch, Patch]:
    """Contacts in a gap, or pores in a contact."""
    inside, beside = (GAP, CONTACT) if inverted else (CONTACT, GAP)
    return Patch(inside, tuple(spots)), Patch(beside)
