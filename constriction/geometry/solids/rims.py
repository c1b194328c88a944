"""How bodies that stand in the interface lie to contacts: on one, beside all, or over one whole."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from constriction.geometry.outlines import SNAP, Edge, Outline, Point
from constriction.geometry.patches import CONTACT, GAP, Layout
from constriction.geometry.solids.bodies import Reals

ON_CONTACT, ON_GAP, COVERS, CROSSES = CONTACT, GAP, "covers a contact", "crosses a rim"
"""Where the circle of a body in the interface lies."""
# Corners of the polygons that say on which side of a rim a place is, of few spots and of many; over so many they differ
# from a circle by this part of its radius at most.
FEW, PER_CIRCLE_OF_FEW, PER_CIRCLE = 100, 4096, 256
SAGITTA = 5.0  # over the square of the corners
ALIKE = 1e-6  # of a radius: circles that differ less are one


@dataclass(frozen=True)
class Rims:
    """The lines between contacts and gap of a layout."""

    layout: Layout

    @cached_property
    def edges(self) -> tuple[tuple[int, Edge], ...]:
        """Every edge with the number of its spot, but those along the sides of the cell."""
        return tuple(
            (number, edge)
            for number, spot in enumerate(self.layout.spots)
            for chain in spot.chains
            for edge in chain
            if not self._on_side(edge)
        )

    @cached_property
    def _ends(self) -> tuple[Reals, Reals, Reals]:
        """Starts, ends and centres of all edges, (n, 2) each, in m; centres are NaN where an edge is straight."""
        none = (math.nan, math.nan)
        rows = [(edge.start, edge.end, edge.centre or none) for _, edge in self.edges]
        starts, ends, centres = np.moveaxis(np.array(rows, dtype=np.float64).reshape(-1, 3, 2), 1, 0)
        return starts, ends, centres

    @property
    def _corners(self) -> int:
        return PER_CIRCLE_OF_FEW if len(self.layout.spots) <= FEW else PER_CIRCLE

    @cached_property
    def _polygons(self) -> shapely.STRtree:
        return shapely.STRtree([spot.polygon(self._corners) for spot in self.layout.spots])

    def _on_side(self, edge: Edge) -> bool:
        """Whether an edge lies on a side of the cell, beyond which its mirror image goes on."""
        near = SNAP * self.layout.pitch
        if edge.centre is not None:
            at_wall = abs(math.hypot(*edge.start) - self.layout.width) < near
            return self.layout.circular and math.hypot(*edge.centre) < near and at_wall
        sides = ((0, 0.0), (0, self.layout.width), (1, 0.0), (1, self.layout.depth))
        return any(abs(edge.start[k] - side) < near and abs(edge.end[k] - side) < near for k, side in sides)

    def distances(self, places: Reals) -> Reals:
        """How far places (n, 2) are from every edge, m; (n, edges)."""
        starts, ends, centres = self._ends
        points = places[:, None, :]
        along = ends - starts
        length = np.maximum((along**2).sum(axis=-1), np.finfo(float).tiny)
        share = np.clip(((points - starts) * along).sum(axis=-1) / length, 0.0, 1.0)
        straight = np.linalg.norm(points - starts - share[..., None] * along, axis=-1)
        to_ends = np.minimum(np.linalg.norm(points - starts, axis=-1), np.linalg.norm(points - ends, axis=-1))
        out = points - centres
        between = (_cross(starts - centres, out) * _cross(starts - centres, ends - centres) >= 0) & (
            _cross(out, ends - centres) * _cross(starts - centres, ends - centres) >= 0
        )
        facing = between & ((out * (starts + ends - 2 * centres)).sum(axis=-1) >= 0)
        to_circle = np.abs(np.linalg.norm(out, axis=-1) - np.linalg.norm(starts - centres, axis=-1))
        at_arc = np.where(facing, np.minimum(to_circle, to_ends), to_ends)
        return np.where(np.isnan(centres[:, 0]), straight, at_arc)

    def regions(self, places: Reals, radius: float) -> NDArray[np.str_]:
        """ON_CONTACT or ON_GAP for circles that lie wholly there, CROSSES for others; (n,).

        Args:
            places: of their middles, (n, 2), m.
            radius: of all of them, m.
        """
        found = np.full(len(places), self.layout.background, dtype="<U16")
        points = shapely.points(places)
        which, spots = self._polygons.query(points, predicate="intersects")
        found[which] = np.array(self.layout.regions, dtype="<U16")[spots] if len(spots) else found[which]
        if self.edges:
            nearest = self.distances(places).min(axis=1)
            largest = max((spot.size for spot in self.layout.spots), default=0.0)
            found[nearest <= max(radius * (1 + SNAP), SAGITTA / self._corners**2 * largest)] = CROSSES
        return found

    def touched(self, x: float, y: float, radius: float) -> set[int]:
        """The spots whose rims a circle reaches, in m."""
        near = np.flatnonzero(self.distances(np.array([[x, y]]))[0] <= radius * (1 + ALIKE))
        return {self.edges[n][0] for n in near}

    def region_of(self, x: float, y: float, radius: float) -> str:
        """Where a circle lies: ON_CONTACT, ON_GAP, COVERS whole contacts and gap beside them, or CROSSES; in m."""
        found = str(self.regions(np.array([[x, y]]), radius)[0])
        if found != CROSSES or self.layout.background == CONTACT:
            return found
        spots = [self.layout.spots[number] for number in self.touched(x, y, radius)]
        covers = spots and all(farthest(spot, (x, y)) <= radius * (1 + ALIKE) for spot in spots)
        return COVERS if covers else CROSSES

    def disc_about(self, x: float, y: float) -> tuple[int, float] | None:
        """Number and radius in m of the contact that is a disc about a place; None: there is none."""
        near = SNAP * self.layout.pitch
        return next((disc[1:] for disc in self._discs if math.dist(disc[0], (x, y)) < near), None)

    @cached_property
    def _discs(self) -> tuple[tuple[Point, int, float], ...]:
        """The middle, number and radius of every contact that is a disc."""
        numbered = enumerate(zip(self.layout.spots, self.layout.regions, strict=True))
        contacts = ((number, spot) for number, (spot, region) in numbered if region == CONTACT and not spot.holes)
        return tuple((middle, number, spot.size) for number, spot in contacts for middle in _middle(spot))


def _middle(spot: Outline) -> set[Point]:
    """The middle of a disc; nothing of another outline."""
    middles = {edge.centre for edge in spot.edges if edge.centre is not None}
    return middles if len(middles) == 1 else set()


def farthest(spot: Outline, point: tuple[float, float]) -> float:
    """The distance in m of the point of an outline that is farthest from another point, as a polygon has it."""
    corners = np.array([p for edge in spot.edges for p in edge.points(PER_CIRCLE_OF_FEW)])
    return float(np.linalg.norm(corners - point, axis=1).max())


def _cross(a: Reals, b: Reals) -> Reals:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
