"""Flat rims in a mesh of no collars: how far away points are, and where the nodes on round ones go. Pitches."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from constriction.field.mesh.rims import CurvedRim, Rim, rims_in
from constriction.field.mesh.simplices import Ints, Reals
from constriction.geometry.distances import nearest_of
from constriction.geometry.outlines import Outline

ON = 1e-7
SAMPLES = 400


def place_rims(cell: Outline, spots: Sequence[Outline], points: Reals, edges: Ints) -> Reals:
    """Distance of points (n, 3) of a mesh to the nearest flat rim, (n,); those on round ones are moved out, in place.

    Args:
        cell: the mirror cell.
        spots: whose rims they are.
        points: of the mesh.
        edges: of the mesh, (e, 2), that lie on rims.
    """
    rims = _rims_with([rim for spot in spots for rim in rims_in(cell, spot)], points, edges)
    to_rim = _distances(points, rims)
    _push_out(points, rims)
    return to_rim


def _rims_with(rims: Sequence[Rim], points: Reals, edges: Ints) -> list[tuple[Rim, Ints]]:
    """The rims that some edges (e, 2) of a mesh lie on, each with these edges: a body may cover others."""
    middles = points[edges].mean(axis=1)
    found = []
    for rim in rims:
        slack = _sagitta(rim, points, edges)
        own = edges[rim.distance(middles) < slack + ON]
        if len(own):
            found.append((rim, own))
    return found


def _sagitta(rim: Rim, points: Reals, edges: Ints) -> Reals:
    """How far the middle of an edge with ends on the rim may be off it, (e,)."""
    length = np.linalg.norm(points[edges[:, 1]] - points[edges[:, 0]], axis=1)
    if not isinstance(rim, CurvedRim):
        return np.zeros(len(edges))
    return np.asarray(length**2 / (4 * math.dist(rim.start, rim.centre)))


def _distances(points: Reals, rims: Sequence[tuple[Rim, Ints]]) -> Reals:
    """Distance of each point to the nearest rim, exactly 0 on it, inf if there is none; (n,)."""
    to_rim = np.full(len(points), np.inf)
    if not rims:
        return to_rim
    t = np.linspace(0, 1, SAMPLES)
    places = [np.column_stack([rim.at(t)[0], np.zeros(SAMPLES)]) for rim, _ in rims]
    owner = np.repeat(np.arange(len(rims)), SAMPLES)
    nearest = owner[nearest_of(points, np.concatenate(places))]
    for number, (rim, _) in enumerate(rims):
        mine = nearest == number
        to_rim[mine] = rim.distance(points[mine])
    for _, edges in rims:
        to_rim[edges] = 0.0
    return to_rim


def _push_out(points: Reals, rims: Sequence[tuple[Rim, Ints]]) -> None:
    """Move nodes on round rims outward, in place, so that their polygon has the spot's area.

    Edges on rims stay straight: a curved one spoils the quarter-point elements beside it.
    """
    for rim, edges in rims:
        if not isinstance(rim, CurvedRim):
            continue
        centre = np.array([*rim.centre, 0.0])
        radius = math.dist(rim.start, rim.centre)
        chord = np.linalg.norm(points[edges[:, 1]] - points[edges[:, 0]], axis=1)
        angle = 2 * np.arcsin(np.minimum(chord / (2 * radius), 1.0))
        excess = np.sqrt(angle / np.sin(angle)) - 1
        nodes, place = np.unique(edges, return_inverse=True)
        place = place.reshape(edges.shape)
        total, count = np.zeros(len(nodes)), np.zeros(len(nodes))
        for end in (0, 1):
            np.add.at(total, place[:, end], excess)
            np.add.at(count, place[:, end], 1)
        points[nodes] = centre + (1 + total / count)[:, None] * (points[nodes] - centre)
