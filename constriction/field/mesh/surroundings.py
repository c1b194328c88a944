"""What is near each rim: the length over which the field varies across it, and that along it.

Lengths in pitches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from constriction.field.mesh.collars import Collar
from constriction.field.mesh.folds import BLUNT
from constriction.field.mesh.rims import Rim, Surroundings
from constriction.field.mesh.simplices import Reals
from constriction.geometry.maps.clearance import DETOUR, DETOUR_OF_CORNERS, Line, clearances
from constriction.geometry.outlines import Edge, Outline
from constriction.geometry.patches import GAP

# Places along each smooth piece of a rim where its room is measured; of more than so many pieces they share the places.
SAMPLES, FEW, FEWEST_SAMPLES = 128, 8, 8
# They are nearer where (their distance)² / size is not below this part of the room: a rim bends away from its neighbour
# by that much from one to the next. Halved so often at the most.
BEND, HALVINGS = 0.25, 8
ROUNDING = 1e-9
# Stations' distance / √(size · room): at most so much, as the chords of two rims must not cross; and so much is enough
# where the room is small. Measured on tubes: with 0.4 a pore of q = 0.97 takes a third of the unknowns for the same
# error, a contact of f = 0.97 twice as many.
CHORD, ALONG_PORES, ALONG_CONTACTS = 3.0, 0.4, 0.15


def survey(
    rims: Sequence[Rim],
    regions: Sequence[str],
    cell: Outline,
    depth: float,
    weights: Sequence[Sequence[float]] = (),
) -> list[Surroundings]:
    """Measure what is near each rim.

    Args:
        rims: of all spots in the cell.
        regions: of the spots.
        cell: the mirror cell.
        depth: of the slab.
        weights: per rim its fineness / that of the mesh, at equally spaced t from 0 to 1; nothing: one everywhere.
    """
    own = _own_rooms(rims, cell, depth)
    outlines = np.array([shapely.LineString(rim.at(samples(rim))[0]) for rim in rims], dtype=object)
    tree = shapely.STRtree(outlines)
    answer = []
    for number, rim in enumerate(rims):
        # twice the size, and more for the others' chords
        close = tree.query(outlines[number], predicate="dwithin", distance=2.1 * rim.size)
        others = [rims[k] for k in close if k != number]
        mirrors = [edge for edge in cell.edges if np.min(_to_mirror(rim.at(samples(rim))[0], edge)) > 1e-9]
        largest = min(rim.size, depth)
        t = samples(rim)
        room = np.minimum(_room(rim.at(t)[0], others, mirrors, largest), own[number])
        t_own = t
        for _ in range(HALVINGS):
            step = rim.length * np.diff(t)
            coarse = step**2 > BEND * rim.size * np.minimum(room[1:], room[:-1])
            between = 0.5 * (t[1:] + t[:-1])[coarse]
            if len(between) == 0:
                break
            order = np.argsort(np.concatenate([t, between]))
            found = np.minimum(
                _room(rim.at(between)[0], others, mirrors, largest), np.interp(between, t_own, own[number])
            )
            t = np.concatenate([t, between])[order]
            room = np.concatenate([room, found])[order]
        scale = np.sqrt(_weight(t, weights[number]) if weights else np.ones(len(t)))
        near = Surroundings(t, room, room, scale)
        answer.append(replace(near, pace=_pace(rim, near, regions[number])))
    return answer


def samples(rim: Rim) -> Reals:
    """Places t along a rim, dense at its corners."""
    count = len(rim.breaks) - 1
    steps = max(SAMPLES * min(FEW, count) // count, FEWEST_SAMPLES)
    eased = 0.5 - 0.5 * np.cos(np.linspace(0, math.pi, steps + 1)) if count > 1 else np.linspace(0, 1, steps + 1)
    pieces = [a + (b - a) * eased[1:] for a, b in zip(rim.breaks, rim.breaks[1:], strict=False)]
    return np.concatenate([[0.0], *pieces])


def _own_rooms(rims: Sequence[Rim], cell: Outline, depth: float) -> list[Reals]:
    """The room that each rim's own pieces leave it at its samples, and the side that it ends on; arcs have theirs."""
    sides = max(edge.start[0] for edge in cell.edges), max(edge.start[1] for edge in cell.edges)
    rooms = []
    for rim in rims:
        points = rim.at(samples(rim))[0]
        line = Line(points[:-1] if rim.closed else points, rim.closed)
        found = np.full(len(line.points), np.inf)
        if not rim.turn:
            detour = DETOUR_OF_CORNERS if np.any(np.abs(rim.bends) > BLUNT) else DETOUR
            found = clearances([line], sides, min(rim.size, depth), detour)[0]
        found = found * (1 + ROUNDING)  # what is as wide as its size is not narrow
        rooms.append(np.append(found, found[0]) if rim.closed else found)
    return rooms


def _room(points: Reals, others: Sequence[Rim], mirrors: Sequence[Edge], largest: float) -> Reals:
    """The length over which the field varies across a rim at points (n, 2) of it.

    The largest it may be, or half the way to another spot or the way to a mirror if that is less.
    """
    room = np.full(len(points), largest)
    in_space = np.column_stack([points, np.zeros(len(points))])
    for other in others:
        room = np.minimum(room, 0.5 * other.distance(in_space))
    for mirror in mirrors:
        room = np.minimum(room, _to_mirror(points, mirror))
    return room


def _to_mirror(points: Reals, side: Edge) -> Reals:
    """Distance of points (n, 2) in a cell to one of its sides."""
    if side.centre is not None:
        away = np.linalg.norm(points - side.centre, axis=1)
        return np.asarray(np.abs(math.dist(side.start, side.centre) - away))
    distances: Reals = np.asarray(shapely.distance(shapely.points(points), shapely.LineString([side.start, side.end])))
    return distances


def _weight(t: Reals, weights: Sequence[float]) -> Reals:
    return np.asarray(np.interp(t, np.linspace(0, 1, len(weights)), weights))


def _pace(rim: Rim, surroundings: Surroundings, region: str) -> Reals:
    """The length over which the field varies along a rim, × its scale.

    Where two contacts nearly touch, both at the metal's potential, hardly any current flows in the neck between them:
    stations no nearer than elsewhere will do, as long as their chords keep apart. Between two pores there is a neck of
    contact, and much current, but it varies along the neck only as far as the neck's width does.
    """
    t, room, scale = surroundings.t, surroundings.room, surroundings.scale
    bend = np.sqrt(rim.size * room)
    if region == GAP:
        pace = np.maximum(room, np.minimum(_doubling(rim, t, room), ALONG_PORES * bend))
    else:
        pace = np.maximum(room, np.clip(float(np.trapezoid(room, t)), ALONG_CONTACTS * bend, CHORD * bend))
    return np.minimum(pace * scale, np.maximum(pace, CHORD * bend))


def _doubling(rim: Rim, t: Reals, room: Reals) -> Reals:
    """Distance along a rim to where its room has doubled, at places t; inf if it never does."""
    apart = np.abs(t[:, None] - t[None, :])
    if rim.closed:
        apart = np.minimum(apart, 1 - apart)
    return np.asarray(np.min(np.where(room[None, :] >= 2 * room[:, None], rim.length * apart, np.inf), axis=1))


def check_apart(collars: Sequence[Collar], cell: Outline) -> None:
    """See to it that no collar crosses itself, another or the cell's side: gmsh may crash on surfaces that do.

    Raises:
        ValueError: with the numbers of the spots (from 1) that are too near.
    """
    outer, inner = (_skin_lines(collars, column) for column in (0, -1))
    rings = np.array([*outer, *inner], dtype=object)
    for a, b in sorted(shapely.STRtree(rings).query(rings, predicate="intersects").T.tolist()):
        first, second = a % len(collars) + 1, b % len(collars) + 1
        if first < second:
            raise ValueError(f"spots {first} and {second} are too near to each other for this mesh")
    for number, (collar, *lines) in enumerate(zip(collars, outer, inner, strict=True), start=1):
        if any(_leaves(collar, lines[0], side) for side in cell.edges):
            raise ValueError(f"spot {number} is too near to the cell's side for this mesh")
        if not all(line.is_simple for line in lines):
            raise ValueError(f"the collar of spot {number} crosses itself in this mesh")


def _skin_lines(collars: Sequence[Collar], column: int) -> list[shapely.LineString]:
    """Where the collars' skins meet the plane: beside the spots (column 0) or inside them (−1)."""
    kinds = {True: shapely.LinearRing, False: shapely.LineString}
    return [kinds[collar.of.closed](collar.points[collar.outer[:, column], :2]) for collar in collars]


def _leaves(collar: Collar, ring: shapely.LineString, side: Edge) -> bool:
    """Whether the outer ring of a collar meets a side of the cell, other than with its ends on mirrors."""
    if side.centre is not None:
        away = np.linalg.norm(collar.points[collar.outer[:, 0], :2] - side.centre, axis=1)
        return bool(np.max(away) >= math.dist(side.start, side.centre))
    return collar.of.closed and bool(shapely.intersects(ring, shapely.LineString([side.start, side.end])))
