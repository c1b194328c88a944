"""Grains that fill a box under the interface: cubes, or Voronoi cells of random places. Lengths in one unit.

The box is 0 ≤ x ≤ width, 0 ≤ y ≤ height, −depth ≤ z ≤ 0. Its sides are mirrors.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.spatial import Voronoi

Reals = NDArray[np.float64]
RELAXED = 3  # steps of Lloyd's method, after which cells are rounder and short edges rarer
ALIKE = 1e-9  # of the box: corners that are nearer to each other are one


@dataclass(frozen=True, eq=False)
class Polycrystal:
    """Convex grains that fill a box, and share faces.

    Attributes:
        box: width, height and depth, (3,).
        points: corners, (n, 3).
        faces: the corners of each face, in a ring.
        grains: the faces of each grain.
    """

    box: Reals
    points: Reals
    faces: tuple[tuple[int, ...], ...]
    grains: tuple[tuple[int, ...], ...]

    @cached_property
    def _areas(self) -> Reals:
        """Twice the sum of areas of each boundary between two grains, times its normal, (boundaries, 3)."""
        owners = np.bincount(list(itertools.chain.from_iterable(self.grains)), minlength=len(self.faces))
        inner = [self.points[list(face)] for face, count in zip(self.faces, owners, strict=True) if count == 2]
        vectors = [np.cross(ring[1:-1] - ring[0], ring[2:] - ring[0]).sum(axis=0) / 2 for ring in inner]
        return np.array(vectors).reshape(-1, 3)

    @property
    def sheets(self) -> float:
        """∫(n·e_z)² over all boundaries per area of the interface: how many a current that flows straight down meets.

        Of a current density that is even everywhere the boundaries take this times their resistance per area.
        """
        size = np.linalg.norm(self._areas, axis=1)
        return float(np.sum(self._areas[:, 2] ** 2 / size) / (self.box[0] * self.box[1]))


def counts_of(box: Reals, mean_size: float) -> tuple[int, int, int]:
    """How many cubes lie along each side of a box, at least one."""
    nx, ny, nz = (max(1, round(float(side) / mean_size)) for side in box)
    return nx, ny, nz


def cubes(box: Reals, mean_size: float) -> Polycrystal:
    """Bricks as near to cubes as fit; at the interface and at the bottom they are halves.

    A current that flows straight down meets as many boundaries as bricks have the box's depth together.
    """
    nx, ny, nz = counts_of(box, mean_size)
    x, y = np.linspace(0, box[0], nx + 1), np.linspace(0, box[1], ny + 1)
    inner = -box[2] * (np.arange(nz) + 0.5) / nz
    z = np.concatenate([[0.0], inner, [-box[2]]])
    places = np.arange(len(x) * len(y) * len(z)).reshape(len(x), len(y), len(z))
    points = np.stack(np.meshgrid(x, y, z, indexing="ij"), axis=-1).reshape(-1, 3)
    faces: dict[tuple[int, ...], int] = {}
    grains = []
    for i, j, k in itertools.product(range(nx), range(ny), range(len(z) - 1)):
        block = places[i : i + 2, j : j + 2, k : k + 2]
        sides = [block[a] for a in (0, 1)] + [block[:, a] for a in (0, 1)] + [block[:, :, a] for a in (0, 1)]
        rings = [tuple(map(int, (s[0, 0], s[1, 0], s[1, 1], s[0, 1]))) for s in sides]
        grains.append(tuple(faces.setdefault(ring, len(faces)) for ring in rings))
    return Polycrystal(np.asarray(box), points, tuple(faces), tuple(grains))


def voronoi(box: Reals, mean_size: float, seed: int) -> Polycrystal:
    """Voronoi cells of random places, mirrored at the walls of the box, so that cells end there.

    Args:
        box: width, height and depth, (3,).
        mean_size: the edge of a cube that has a grain's mean volume.
        seed: of the random places.
    """
    count = max(1, round(float(np.prod(box)) / mean_size**3))
    places = np.random.default_rng(seed).random((count, 3)) * box
    for _ in range(RELAXED):
        places = _centres(_mirrored(places, box), count)
    diagram = _mirrored(places, box)
    return _joined(diagram, count, np.asarray(box))


def _mirrored(places: Reals, box: Reals) -> Voronoi:
    """The Voronoi cells of places and of their images behind each of the six walls."""
    from scipy.spatial import Voronoi  # few cases have grains, and loading it takes a tenth of a second

    every = [places]
    for axis, wall in itertools.product(range(3), (0, 1)):
        image = places.copy()
        image[:, axis] = 2 * wall * box[axis] - image[:, axis]
        every.append(image)
    return Voronoi(np.concatenate(every))


def _centres(diagram: Voronoi, count: int) -> Reals:
    """The centres of mass of the first cells, (count, 3), by tetrahedra between their places and faces."""
    totals, firsts = np.zeros(count), np.zeros((count, 3))
    for pair, ring in zip(diagram.ridge_points, diagram.ridge_vertices, strict=True):
        for number in pair[pair < count]:
            corners = diagram.vertices[ring] - diagram.points[number]
            fans = np.stack([np.broadcast_to(corners[0], corners[2:].shape), corners[1:-1], corners[2:]], axis=1)
            for volume, fan in zip(np.abs(np.linalg.det(fans)) / 6, fans, strict=True):
                totals[number] += volume
                firsts[number] += volume * (fan[0] + fan[1] + fan[2]) / 4
    return np.asarray(diagram.points[:count] + firsts / totals[:, np.newaxis])


def _joined(diagram: Voronoi, count: int, box: Reals) -> Polycrystal:
    """The cells of the first places, in −depth ≤ z ≤ 0; corners that nearly coincide are one."""
    points = np.clip(diagram.vertices, -box, 2 * box)
    points = np.where(np.abs(points) < ALIKE * box, 0.0, points)
    points = np.where(np.abs(points - box) < ALIKE * box, box, points)
    merged, place = _merged(points, ALIKE * float(box.max()))
    return _renumbered(box, merged, *_shared(diagram, count, place))


def _shared(diagram: Voronoi, count: int, place: NDArray[np.int64]) -> tuple[list[tuple[int, ...]], list[list[int]]]:
    """The faces of the first cells, each once, and those of each cell; `place` is where corners have gone."""
    faces: list[tuple[int, ...]] = []
    grains: list[list[int]] = [[] for _ in range(count)]
    for owners, ring in zip(diagram.ridge_points, diagram.ridge_vertices, strict=True):
        own = [int(owner) for owner in owners if owner < count]
        corners = _ring([int(place[corner]) for corner in ring]) if own else []
        if len(corners) > 2:
            for owner in own:
                grains[owner].append(len(faces))
            faces.append(tuple(corners))
    return faces, grains


def _renumbered(box: Reals, merged: Reals, faces: list[tuple[int, ...]], grains: list[list[int]]) -> Polycrystal:
    """With the corners that faces have only, and the depth downwards."""
    used = np.unique(np.concatenate([np.array(face) for face in faces]))
    number = np.full(len(merged), -1)
    number[used] = np.arange(len(used))
    turned = merged[used] * np.array([1.0, 1.0, -1.0])
    renamed = tuple(tuple(int(number[one]) for one in face) for face in faces)
    return Polycrystal(box, turned + 0.0, renamed, tuple(map(tuple, grains)))


def _ring(corners: list[int]) -> list[int]:
    """Corners of a face in a ring, each once."""
    return [one for one, before in zip(corners, corners[-1:] + corners[:-1], strict=True) if one != before]


def _merged(points: Reals, tolerance: float) -> tuple[Reals, NDArray[np.int64]]:
    """Points without those that nearly coincide with an earlier one, and where each has gone."""
    from scipy.spatial import cKDTree

    place = np.arange(len(points))
    for first, second in sorted(cKDTree(points).query_pairs(tolerance)):
        place[second] = place[first]
    return points, place
