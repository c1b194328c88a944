"""From an interface's description to exact planar shapes: the mirror cell and the spots in it.

Shapes are kept as closed outlines of straight and circular edges, so that area and contact fraction are exact and
the mesh sees true arcs; shapely polygons are made from them where a polygon is wanted.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon, mapping

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.schema import Interface
from constriction.geometry.outlines import SNAP, Edge, Outline, Point, Spot, rectangle

SEPARATION = 1.05  # random spots: smallest distance of two centres, in diameters
ATTEMPTS_PER_SPOT = 20_000  # random spots: tries before giving up


@dataclass(frozen=True)
class Layout:
    """The plan of the interface in one mirror cell; lengths in metres.

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
    if interface.pattern == "list":
        return _list_layout(interface)
    fraction = _spot_fraction(interface)
    limit, what = largest_spot_fraction(interface)
    if 0 < fraction < 1 and fraction >= limit:
        given = f"interface.contact_fraction = {interface.contact_fraction}"
        bound = f"above {1 - limit:.6g}" if interface.inverted else f"below {limit:.6g}"
        raise InputError(f"{given}: {what} touch there; expected {bound} (or 1, the full contact)")
    if fraction in (0.0, 1.0):
        return _uniform_layout(interface)
    return _PATTERNS[interface.pattern](interface, fraction)


def rim_lengths(plan: Layout) -> tuple[float, ...]:
    """The length over which the field varies at each spot's rim, metres; (spots,).

    The spot's size, or half the way to the nearest other rim if that is less; mirror images count.
    """
    polygons = np.array([spot.polygon(64) for spot in plan.spots], dtype=object)
    room = np.array(plan.sizes, dtype=float)
    for edge in plan.cell.edges:
        mirror = LineString([*edge.points(64), edge.end])
        away = shapely.distance(polygons, mirror)
        room = np.where(away > SNAP * plan.pitch, np.minimum(room, away), room)
    if len(polygons) > 1:
        tree = shapely.STRtree(polygons)
        pairs, gaps = tree.query_nearest(polygons, exclusive=True, return_distance=True)
        np.minimum.at(room, pairs[0], gaps / 2)
    return tuple(float(length) for length in room)


def largest_spot_fraction(interface: Interface) -> tuple[float, str]:
    """The area fraction at which the spots of a pattern touch, and the words for it."""
    disc = interface.shape == "disc"
    if interface.pattern == "stripes":
        return 1.0, "stripes"
    if interface.pattern == "single" and interface.cell_shape == "circular":
        return (1.0, "a disc and its circular cell") if disc else (2 / math.pi, "a square and its circular cell")
    if interface.pattern == "hexagonal":
        # squares of side a on the lattice touch diagonally when a = √3/2·pitch
        full = math.pi / (2 * math.sqrt(3)) if disc else math.sqrt(3) / 2
        return full, f"{interface.shape}s on a hexagonal lattice"
    if interface.pattern == "random":
        densest = math.pi / (2 * math.sqrt(3)) if disc else 1.0
        return densest / SEPARATION**2, f"random {interface.shape}s that keep {SEPARATION} diameters"
    return (math.pi / 4 if disc else 1.0), f"{interface.shape}s on a square lattice"


def _spot_fraction(interface: Interface) -> float:
    assert interface.contact_fraction is not None  # the schema demands it for every pattern but `list`
    return 1.0 - interface.contact_fraction if interface.inverted else interface.contact_fraction


def _size(shape: str, area: float) -> float:
    """Radius of a disc or half the side of a square of this area."""
    return math.sqrt(area / math.pi) if shape == "disc" else 0.5 * math.sqrt(area)


def _build(interface: Interface, cell: tuple[float, float], spots: Sequence[Spot], images: int) -> Layout:
    width, depth = cell
    return Layout(
        cell=rectangle(0.0, 0.0, width, depth),
        spots=tuple(spot.cut(width, depth) for spot in spots),
        sizes=tuple(spot.size for spot in spots),
        width=width,
        depth=depth,
        pitch=interface.pitch or max(cell),
        lattice_images=images,
        inverted=interface.inverted,
    )


def _uniform_layout(interface: Interface) -> Layout:
    """Contact everywhere: one cell of the pitch and no spot (a pore of no size)."""
    pitch = interface.pitch or 1.0
    cell = rectangle(0.0, 0.0, pitch, pitch)
    return Layout(cell, (), (), pitch, pitch, pitch, 1, inverted=True)


def _square_layout(interface: Interface, fraction: float) -> Layout:
    pitch = interface.pitch or 1.0
    if interface.cell_shape == "circular":
        return _tube_layout(interface, fraction)
    spot = Spot(interface.shape, 0.0, 0.0, _size(interface.shape, fraction * pitch**2))
    return _build(interface, (pitch / 2, pitch / 2), [spot], 4)


def _tube_layout(interface: Interface, fraction: float) -> Layout:
    """A quarter of the flux tube of diameter `pitch`, the spot on its axis."""
    pitch = interface.pitch or 1.0
    b = pitch / 2
    spot = Spot(interface.shape, 0.0, 0.0, _size(interface.shape, fraction * math.pi * b**2))
    centre = (0.0, 0.0)
    cell = Outline((Edge(centre, (b, 0.0)), Edge((b, 0.0), (0.0, b), centre), Edge((0.0, b), centre)))
    return Layout(cell, (spot.cut(b, b),), (spot.size,), b, b, pitch, 4, interface.inverted)


def _hexagonal_layout(interface: Interface, fraction: float) -> Layout:
    """A quarter of the rectangular cell pitch × √3 pitch; it holds two quarter spots."""
    pitch = interface.pitch or 1.0
    width, depth = pitch / 2, math.sqrt(3) / 2 * pitch
    size = _size(interface.shape, fraction * math.sqrt(3) / 2 * pitch**2)
    spots = [Spot(interface.shape, 0.0, 0.0, size), Spot(interface.shape, width, depth, size)]
    return _build(interface, (width, depth), spots, 4)


def _stripe_layout(interface: Interface, fraction: float) -> Layout:
    """Half a period across; along the stripe nothing varies, so any length does."""
    pitch = interface.pitch or 1.0
    width, half = pitch / 2, fraction * pitch / 2
    depth = 0.5 * min(half, width - half)
    stripe = rectangle(0.0, 0.0, half, depth)
    cell = rectangle(0.0, 0.0, width, depth)
    return Layout(cell, (stripe,), (half,), width, depth, pitch, 2, interface.inverted)


def _random_layout(interface: Interface, fraction: float) -> Layout:
    pitch = interface.pitch or 1.0
    count = interface.spots
    side = math.sqrt(count)
    size = _size(interface.shape, fraction)  # in units of the pitch: one spot per pitch²
    centres = place_spots(count, side, size, interface.shape, interface.seed)
    spots = [Spot(interface.shape, x * pitch, y * pitch, size * pitch) for x, y in centres]
    return _build(interface, (side * pitch, side * pitch), spots, 1)


_PATTERNS = {
    "single": _square_layout,
    "square": _square_layout,
    "hexagonal": _hexagonal_layout,
    "stripes": _stripe_layout,
    "random": _random_layout,
}


def place_spots(count: int, side: float, size: float, shape: str, seed: int) -> list[Point]:
    """Random sequential places of `count` spots in a square cell.

    None is nearer to another or to its mirror image than 1.05 diameters. Python's own Mersenne
    Twister and plain sums and products only, so one seed gives the same places on every platform.

    Raises:
        InputError: a spot found no free place.
    """
    reach = SEPARATION * 2 * size
    margin = SEPARATION * size
    draw = random.Random(seed).random
    bins: dict[tuple[int, int], list[Point]] = {}
    centres: list[Point] = []
    for _ in range(count):
        for _ in range(ATTEMPTS_PER_SPOT):
            x = margin + (side - 2 * margin) * draw()
            y = margin + (side - 2 * margin) * draw()
            key = int(x / reach), int(y / reach)
            if side > 2 * margin and _is_free((x, y), _around(bins, key), reach, shape):
                bins.setdefault(key, []).append((x, y))
                centres.append((x, y))
                break
        else:
            raise InputError(
                f"interface.pattern = 'random': placed {len(centres)} of {count} spots, then found no free place in "
                f"{ATTEMPTS_PER_SPOT} tries; expected a smaller contact fraction, another seed or a lattice"
            )
    return centres


def _around(bins: dict[tuple[int, int], list[Point]], key: tuple[int, int]) -> Iterable[Point]:
    i, j = key
    return (p for a in (i - 1, i, i + 1) for b in (j - 1, j, j + 1) for p in bins.get((a, b), ()))


def _is_free(point: Point, others: Iterable[Point], reach: float, shape: str) -> bool:
    x, y = point
    if shape == "disc":
        return all((x - u) * (x - u) + (y - v) * (y - v) >= reach * reach for u, v in others)
    return all(max(abs(x - u), abs(y - v)) >= reach for u, v in others)


def _list_layout(interface: Interface) -> Layout:
    assert interface.cell is not None and interface.discs is not None  # the schema demands them for `list`
    width, depth = interface.cell
    spots = [_snap(Spot("disc", *disc), width, depth) for disc in interface.discs]
    for number, spot in enumerate(spots, start=1):
        _check_inside(number, spot, width, depth)
    _check_apart(spots)
    return _build(interface, (width, depth), spots, 1)


def _snap(spot: Spot, width: float, depth: float) -> Spot:
    """A centre within rounding of the cell's edge lies on it."""
    x = next((edge for edge in (0.0, width) if abs(spot.x - edge) < SNAP * width), spot.x)
    y = next((edge for edge in (0.0, depth) if abs(spot.y - edge) < SNAP * depth), spot.y)
    return Spot(spot.shape, x, y, spot.size)


def _check_inside(number: int, spot: Spot, width: float, depth: float) -> None:
    """A disc lies inside, or has its centre on a mirror; anything else has a kink where it meets its image."""
    for centre, extent in ((spot.x, width), (spot.y, depth)):
        for edge in (0.0, extent):
            inside = 0.0 <= centre <= extent and abs(centre - edge) > spot.size * (1 + SNAP)
            if not (inside or centre == edge):
                raise InputError(
                    f"interface.discs: disc {number} (x {_length(spot.x)}, y {_length(spot.y)}, "
                    f"radius {_length(spot.size)}) "
                    f"crosses or lies outside the cell of {_length(width)} × {_length(depth)}; "
                    "expected it inside, or its centre on the edge"
                )


def _check_apart(spots: Sequence[Spot]) -> None:
    """No two discs touch: near pairs are found with a tree over the bounding boxes."""
    boxes = [shapely.box(s.x - s.size, s.y - s.size, s.x + s.size, s.y + s.size) for s in spots]
    pairs = shapely.STRtree(boxes).query(boxes)
    for i, j in sorted(zip(*np.asarray(pairs).tolist(), strict=True)):
        a, b = spots[i], spots[j]
        if i < j and math.hypot(a.x - b.x, a.y - b.y) <= (a.size + b.size) * (1 + SNAP):
            raise InputError(
                f"interface.discs: disc {i + 1} (radius {_length(a.size)}) and disc {j + 1} (radius {_length(b.size)}) "
                f"overlap or touch, centres {_length(math.hypot(a.x - b.x, a.y - b.y))} apart; "
                f"expected more than {_length(a.size + b.size)}"
            )


def _length(value: float) -> str:
    """A length as an error tells it, such as 5 um."""
    return format_quantity(float(f"{value:.6g}"), "length")
