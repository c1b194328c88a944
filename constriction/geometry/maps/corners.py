"""A rim with fewer corners, all of them blunt, that sweeps the same area.

Corners whose triangles are small beside the room there are left out, those with the smallest triangles first
(Visvalingam and Whyatt 1993); corners that turn by much are cut into several. Then the rim is moved out, or in, by what
gives its spot the area back.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constriction.geometry.maps.clearance import Line
from constriction.geometry.maps.tracing import area
from constriction.geometry.patches import Layout
from constriction.geometry.patterns.polygons import ON_SIDE

SHARPEST = math.radians(35)  # of a corner: sharper ones are simplified less
FEWEST, FEWEST_OF_OPEN = 5, 4  # corners of a closed rim, and of one from side to side with its ends
BLUNTEST = math.radians(46)  # of a corner that is not rounded
CUT, LARGEST_CUT = 1.0, 0.3  # how far from a corner it is rounded / tolerance, and / the shorter edge, at most
AREA_STEPS, LARGEST_SHIFT = 12, 0.05  # of Newton's method; of the rim's length

Floats = NDArray[np.float64]


def simpler(line: Line, tolerance: Floats, layout: Layout) -> Line:
    """A rim of fewer corners that sweeps the same area.

    Args:
        line: the rim, m.
        tolerance: at each corner the root of the area of a triangle that is left out, m; (n,).
        layout: the layout, on the sides of which an open rim ends.
    """
    kept = _kept(line, tolerance**2)
    return _moved(rounded(Line(line.points[kept], line.closed), CUT * tolerance[kept]), line, layout)


@dataclass
class _Ring:
    """The corners of a rim that are left: which is before and which after each, and the sizes of their triangles."""

    line: Line
    limits: list[float]

    def __post_init__(self) -> None:
        count = len(self.limits)
        self.points: list[tuple[float, float]] = [(x, y) for x, y in self.line.points.tolist()]
        self.before, self.after = [*range(-1, count - 1)], [*range(1, count + 1)]
        if self.line.closed:
            self.before[0], self.after[-1] = count - 1, 0
        self.ends = set() if self.line.closed else {0, count - 1}

    def size(self, k: int) -> float:
        """The triangle of a corner and its neighbours / its limit; infinite for an end."""
        if k in self.ends:
            return math.inf
        one, other = self.before[k], self.after[k]
        (ax, ay), (bx, by), (cx, cy) = self.points[one], self.points[k], self.points[other]
        size = 0.5 * abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay))
        if self.ends & {one, other}:  # with the image of the edge that is left, in the side
            size = max(size, abs((cx - ax) * (cy - ay)))
        return float(size / self.limits[k])

    def leave_out(self, k: int) -> tuple[int, int]:
        """Take a corner away; the numbers of its neighbours."""
        one, other = self.before[k], self.after[k]
        self.after[one], self.before[other] = other, one
        return one, other


def _kept(line: Line, smallest: Floats) -> NDArray[np.intp]:
    """Numbers of the corners that are left when those of triangles below a size are left out, the smallest first."""
    ring = _Ring(line, smallest.tolist())
    sizes = [ring.size(k) for k in range(len(smallest))]
    heap = [(size, k) for k, size in enumerate(sizes)]
    heapq.heapify(heap)
    spare = len(sizes) - (FEWEST if line.closed else FEWEST_OF_OPEN)
    while spare > 0 and heap and heap[0][0] < 1.0:
        size, k = heapq.heappop(heap)
        if size != sizes[k]:  # it has changed since
            continue
        sizes[k], spare = math.nan, spare - 1
        for neighbour in ring.leave_out(k):
            sizes[neighbour] = max(ring.size(neighbour), size)
            heapq.heappush(heap, (sizes[neighbour], neighbour))
    return np.flatnonzero(~np.isnan(sizes))


def rounded(line: Line, cut: Floats) -> Line:
    """A rim whose corners turn by no more than BLUNTEST: larger ones are several, round an arc.

    Args:
        line: the rim.
        cut: how far from a corner the arc begins, at most, in the unit of its points; (n,).
    """
    steps = line.steps
    lengths = np.hypot(*steps.T)
    ways = steps / lengths[:, None]
    count = len(line.points)
    parts = []
    for k, corner in enumerate(line.points):
        if not line.closed and k in (0, count - 1):
            parts.append(corner[None])
            continue
        reach = min(float(cut[k]), LARGEST_CUT * min(lengths[k - 1], lengths[k]))
        parts.append(_arc(corner, ways[k - 1], ways[k], reach))
    return Line(np.concatenate(parts), line.closed)


def _arc(corner: Floats, before: Floats, after: Floats, reach: float) -> Floats:
    """Corners round an arc that touches the edges before and after a corner so far from it; (n, 2)."""
    turn = math.atan2(before[0] * after[1] - before[1] * after[0], float(before @ after))
    pieces = math.ceil(abs(turn) / BLUNTEST)
    if pieces < 2:
        return corner[None]
    radius = reach / math.tan(abs(turn) / 2)
    inwards = math.copysign(1.0, turn) * np.array([-before[1], before[0]])
    angles = turn * (np.arange(pieces) + 0.5) / pieces
    out = -inwards * np.cos(angles)[:, None] + before * np.abs(np.sin(angles))[:, None]
    return np.asarray(corner - reach * before + radius * inwards + radius / math.cos(turn / pieces / 2) * out)


def _moved(line: Line, of: Line, layout: Layout) -> Line:
    """A rim, moved to its right by what gives back the area that `of` sweeps; its ends stay on the sides."""
    ways, moved, shift = _mitres(line, layout), line, 0.0
    most = LARGEST_SHIFT * line.along[-1]
    for _ in range(AREA_STEPS):
        step = (_swept(of, of) - _swept(moved, of)) / moved.along[-1]
        shift = min(max(shift + step, -most), most)
        moved = Line(line.points + shift * ways, line.closed)
    return moved


def _swept(line: Line, of: Line) -> float:
    """Area of a closed rim; of an open one that between it and another with its ends on the same sides."""
    return area(line.points if line.closed else np.concatenate([line.points, of.points[::-1]]))


def _mitres(line: Line, layout: Layout) -> Floats:
    """At each corner the way to the right that moves both edges by one; at ends along the side."""
    steps = line.steps / np.hypot(*line.steps.T)[:, None]
    right = np.column_stack([steps[:, 1], -steps[:, 0]])
    if line.closed:
        before, after = np.roll(right, 1, axis=0), right
    else:
        ends = [_mirrored(right[k], line.points[k], layout) for k in (0, -1)]
        before, after = np.concatenate([ends[:1], right]), np.concatenate([right, ends[1:]])
    return np.asarray((before + after) / (1 + np.sum(before * after, axis=1))[:, None])


def _mirrored(normal: Floats, end: Floats, layout: Layout) -> Floats:
    """The normal of an edge's image in the side that it ends on."""
    upright = any(abs(end[0] - place) < ON_SIDE * layout.width for place in (0.0, layout.width))
    return normal * (-1.0, 1.0) if upright else normal * (1.0, -1.0)


def is_sharp(line: Line) -> bool:
    """Whether a corner is too sharp to be meshed."""
    steps = line.steps
    one, other = (np.roll(steps, 1, axis=0), steps) if line.closed else (steps[:-1], steps[1:])
    cross, dot = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0], np.sum(one * other, axis=1)
    return bool(np.any(np.abs(np.arctan2(cross, dot)) > math.pi - SHARPEST))
