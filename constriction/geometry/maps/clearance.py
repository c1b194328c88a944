"""How much room there is beside rims that may bend: half the way to what lies beyond, mirrors at the sides included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Way along the rim / straight one: where it is less it is the same piece. Beside a corner of 30° it is up to 3.9.
DETOUR, DETOUR_OF_CORNERS = 2.0, 4.0
ROUNDING = 1e-9  # of a side

Floats = NDArray[np.float64]


class Line(NamedTuple):
    """A rim through points (n, 2), in any unit; a closed one leads back to the first."""

    points: Floats
    closed: bool

    @property
    def steps(self) -> Floats:
        """From each point to the next, (n, 2) of a closed rim, else (n − 1, 2)."""
        following = np.roll(self.points, -1, axis=0)
        return np.asarray(following - self.points if self.closed else np.diff(self.points, axis=0))

    @property
    def along(self) -> Floats:
        """Way along the rim to each point, and of a closed one back to the first, in the points' unit."""
        return np.concatenate([[0.0], np.cumsum(np.hypot(*self.steps.T))])


def clearances(lines: Sequence[Line], sides: tuple[float, float], most: float, detour: float = DETOUR) -> list[Floats]:
    """The room at each point of each rim, in the rims' unit.

    Args:
        lines: the rims in a cell, the corner of which is the origin.
        sides: width and depth of the cell.
        most: room is this at the most.
        detour: the way along a rim over the straight one from which on it is another piece.
    """
    from scipy.spatial import cKDTree  # few cells have rims that bend, and loading it takes a tenth of a second

    ways = [line.along for line in lines]
    counts = [len(line.points) for line in lines]
    points = np.concatenate([line.points for line in lines])
    along = np.concatenate([way[:count] for way, count in zip(ways, counts, strict=True)])
    owner = np.repeat(np.arange(len(lines)), counts)
    around = np.array([way[-1] if line.closed else np.inf for way, line in zip(ways, lines, strict=True)])
    room = np.full(len(points), most)
    one, other = cKDTree(points).query_pairs(2 * most, output_type="ndarray").T
    apart, way = np.hypot(*(points[one] - points[other]).T), np.abs(along[one] - along[other])
    way = np.where(owner[one] == owner[other], np.minimum(way, around[owner[one]] - way), np.inf)
    beyond = way >= detour * apart
    for end in (one[beyond], other[beyond]):
        np.minimum.at(room, end, 0.5 * apart[beyond])
    starts = np.cumsum(counts)[:-1]
    mirrors = [
        _to_mirrors(line, way[:count], sides, detour) for line, way, count in zip(lines, ways, counts, strict=True)
    ]
    return [np.minimum(*both) for both in zip(np.split(room, starts), mirrors, strict=True)]


def _to_mirrors(line: Line, along: Floats, sides: tuple[float, float], detour: float) -> Floats:
    """The way to the nearest side that a rim does not just come from, at each of its points."""
    room = np.full(len(line.points), np.inf)
    for axis, side in enumerate(sides):
        for place in (0.0, side):
            away = np.abs(line.points[:, axis] - place)
            to_end = np.full(len(away), np.inf)
            for end in () if line.closed else (0, -1):
                if away[end] < ROUNDING * side:
                    to_end = np.minimum(to_end, np.abs(along - along[end]))
            room = np.where(to_end > detour * away + ROUNDING * side, np.minimum(room, away), room)
    return room
