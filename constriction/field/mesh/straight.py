"""Rims of straight pieces, of polygons and of what was drawn from maps. Lengths in pitches."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from constriction.field.mesh.simplices import Reals
from constriction.geometry.outlines import Point


@dataclass(frozen=True)
class StraightRim:
    """A rim of straight pieces through `corners`; its ends are the first and the last (one point if it is closed).

    `sides`: ways along the mirrors that it ends on, two unit vectors; none of a closed one.
    """

    corners: tuple[Point, ...]
    size: float
    sides: tuple[Point, ...] = ()
    turn: float = 0.0

    @property
    def closed(self) -> bool:
        """Whether it ends where it starts."""
        return self.corners[0] == self.corners[-1]

    @property
    def ends(self) -> tuple[Point, Point]:
        """The first and the last corner."""
        return self.corners[0], self.corners[-1]

    @cached_property
    def _pieces(self) -> Reals:
        return np.diff(np.array(self.corners), axis=0)

    @cached_property
    def _ways(self) -> tuple[Reals, Reals]:
        """Unit vectors along the pieces before and after each corner; beyond an end along its image in the mirror."""
        along = self._pieces / np.linalg.norm(self._pieces, axis=1)[:, None]
        if self.closed:
            return np.concatenate([along[-1:], along]), np.concatenate([along, along[:1]])
        ends = zip(along[[0, -1]], self.sides, strict=True)
        first, last = (way - 2 * (way @ side) * np.array(side) for way, side in ends)
        return np.concatenate([first[None], along]), np.concatenate([along, last[None]])

    @property
    def length(self) -> float:
        """Length of all pieces."""
        return float(np.sum(np.linalg.norm(self._pieces, axis=1)))

    @cached_property
    def breaks(self) -> tuple[float, ...]:
        """The corners' t."""
        along = np.cumsum(np.linalg.norm(self._pieces, axis=1)) / self.length
        return (0.0, *along[:-1].tolist(), 1.0)

    @property
    def bends(self) -> Reals:
        """From the ways before and after."""
        (ax, ay), (bx, by) = (way.T for way in self._ways)
        return np.asarray(np.arctan2(ax * by - ay * bx, ax * bx + ay * by))

    @property
    def openness(self) -> float:
        """From the angles between pieces."""
        cosines = np.sum(self._ways[0] * self._ways[1], axis=1)  # of the turn: half the angle is 90° less half of it
        least = round(float(cosines.min()), 9)
        return min(math.sqrt((1 + least) / (1 - least)), 1.0) if least < 1 else 1.0

    def at(self, t: Reals) -> tuple[Reals, Reals]:
        """Points and normals, at corners the mitre."""
        breaks, corners = np.array(self.breaks), np.array(self.corners)
        points = np.column_stack([np.interp(t, breaks, corners[:, axis]) for axis in (0, 1)])
        before, after = (np.column_stack([way[:, 1], -way[:, 0]]) for way in self._ways)
        mitres = (before + after) / (1 + np.sum(before * after, axis=1))[:, None]
        normals = after[np.clip(np.searchsorted(breaks, t, side="right") - 1, 0, len(after) - 2)]
        nearest = np.argmin(np.abs(t[:, None] - breaks), axis=1)
        at_corner = np.abs(t - breaks[nearest]) < 1e-12
        normals[at_corner] = mitres[nearest[at_corner]]
        return points, normals

    def straightened(self, t: Reals) -> Reals:
        """The points themselves."""
        return self.at(t)[0]

    def distance(self, points: Reals) -> Reals:
        """Distance of points (n, 3), (n,)."""
        beside = np.full(len(points), np.inf)
        for start, piece in zip(np.array(self.corners)[:-1], self._pieces, strict=True):
            arm = points[:, :2] - start
            along = np.clip(arm @ piece / (piece @ piece), 0, 1)
            beside = np.minimum(beside, np.linalg.norm(arm - along[:, None] * piece, axis=1))
        return np.asarray(np.hypot(beside, points[:, 2]))
