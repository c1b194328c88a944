"""Outlines with few corners, for meshes: those of all spots of a layout, still apart from each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import shapely
from numpy.typing import NDArray

from constriction.geometry.maps.clearance import Line, clearances
from constriction.geometry.maps.corners import is_sharp, simpler
from constriction.geometry.maps.tracing import area
from constriction.geometry.outlines import Edge, Outline
from constriction.geometry.patches import Layout
from constriction.geometry.patterns.polygons import ON_SIDE, ring_edges

HALVINGS = 8  # of the tolerance of rims that cross or have a sharp corner

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Run:
    """A piece of the outline of a spot, metres: a rim, or what lies on sides of the cell; `spot`: its number."""

    line: Line
    rim: bool
    spot: int


def simplified(layout: Layout, tolerance: float) -> Layout:
    """A layout whose spots have outlines of few straight edges and the same areas.

    Args:
        layout: of straight edges in a rectangular cell.
        tolerance: root of the area of a triangle that is left out / room there.
    """
    chains = [[_runs(edges, layout, number) for edges in spot.chains] for number, spot in enumerate(layout.spots)]
    rims = [run for run in chain.from_iterable(chain.from_iterable(chains)) if run.rim]
    if not rims:
        return layout
    rooms = _rooms(rims, layout)
    limits = np.full(len(rims), tolerance)
    for _ in range(HALVINGS):
        lines = [simpler(run.line, limit * room, layout) for run, limit, room in zip(rims, limits, rooms, strict=True)]
        outlines = _joined(layout.spots, chains, iter(lines))
        bad = _are_bad(rims, lines, _wrong(outlines, layout))
        if not bad.any():
            break
        limits[bad] /= 2
    return _with_outlines(layout, outlines)


def _are_bad(rims: Sequence[_Run], lines: Sequence[Line], wrong: set[int]) -> NDArray[np.bool_]:
    """Which rims are of spots that are wrong, or have a sharp corner; (rims,)."""
    return np.array([run.spot in wrong or is_sharp(line) for run, line in zip(rims, lines, strict=True)])


def _with_outlines(layout: Layout, outlines: Sequence[Outline]) -> Layout:
    """A layout with other outlines of its spots."""
    found = iter(outlines)
    patches = tuple(replace(patch, outlines=tuple(next(found) for _ in patch.outlines)) for patch in layout.patches)
    return replace(layout, patches=patches)


def _rooms(rims: Sequence[_Run], layout: Layout) -> list[Floats]:
    """The room at each corner of each rim, m."""
    sizes = [_size(run, layout.spots[run.spot].size) for run in rims]
    found = clearances([run.line for run in rims], (layout.width, layout.depth), max(sizes))
    return [np.minimum(room, size) for room, size in zip(found, sizes, strict=True)]


def _size(run: _Run, of_spot: float) -> float:
    """What the room at a rim is at the most, m: of a closed one twice its area over its length, a disc's radius."""
    line = run.line
    return float(2 * abs(area(line.points)) / line.along[-1]) if line.closed else of_spot


def farthest(layout: Layout, simpler: Layout) -> float:
    """The largest distance between the outlines of a layout and those of a simplified one, m."""
    pairs = zip(layout.spots, simpler.spots, strict=True)
    return max(float(shapely.hausdorff_distance(a.polygon().boundary, b.polygon().boundary)) for a, b in pairs)


def _runs(outline: Sequence[Edge], layout: Layout, spot: int) -> list[_Run]:
    """The pieces of a closed chain in order, each with both its ends; one that is all rim is closed."""
    sides = layout.width, layout.depth
    edges = [edge for edge in outline if math.dist(edge.start, edge.end) > ON_SIDE * min(sides)]
    on_side = [_on_side(edge, sides) for edge in edges]
    changes = [k for k in range(len(edges)) if on_side[k] != on_side[k - 1]]
    if not changes:
        return [_Run(Line(np.array([edge.start for edge in edges]), True), not on_side[0], spot)]
    around, kinds = [*edges, *edges], []
    for a, b in zip(changes, [*changes[1:], changes[0] + len(edges)], strict=True):
        points = np.array([around[a].start, *(edge.end for edge in around[a:b])])
        kinds.append(_Run(Line(points, False), not on_side[a], spot))
    return kinds


def _on_side(edge: Edge, sides: tuple[float, float]) -> bool:
    return any(
        all(abs(point[axis] - place) < ON_SIDE * side for point in (edge.start, edge.end))
        for axis, side in enumerate(sides)
        for place in (0.0, side)
    )


def _joined(spots: Sequence[Outline], chains: list[list[list[_Run]]], lines: Iterator[Line]) -> list[Outline]:
    """Outlines from new rims, and what lies on the sides between them."""
    joined = []
    for spot, own in zip(spots, chains, strict=True):
        outer, *holes = [_ring_edges([_new_points(run, lines) for run in runs]) for runs in own]
        joined.append(Outline(outer, spot.size, tuple(holes)))
    return joined


def _new_points(run: _Run, lines: Iterator[Line]) -> Floats:
    """The points of the next rim, or of what lies on the sides without the ends of rims."""
    if run.rim:
        return next(lines).points
    return run.line.points if run.line.closed else run.line.points[1:-1]


def _ring_edges(parts: Sequence[Floats]) -> tuple[Edge, ...]:
    corners = np.concatenate(parts)
    return ring_edges(np.concatenate([corners, corners[:1]]))


def _wrong(outlines: Sequence[Outline], layout: Layout) -> set[int]:
    """Which outlines cross themselves, each other or the cell's sides."""
    polygons = np.array([outline.polygon() for outline in outlines], dtype=object)
    cell = shapely.box(0.0, 0.0, layout.width, layout.depth).buffer(ON_SIDE * layout.width)
    wrong = set(np.flatnonzero(~shapely.is_valid(polygons) | ~shapely.covers(cell, polygons)).tolist())
    pairs = shapely.STRtree(polygons).query(polygons, predicate="intersects").T
    return wrong | {one for pair in pairs.tolist() if pair[0] != pair[1] for one in pair}
