"""Grains to look at: what is seen of a polycrystal from outside, in a whole lattice cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from constriction.geometry.cell import Layout
from constriction.geometry.grains.polycrystal import Polycrystal
from constriction.geometry.relief import Solid, joined, mirrors_of


def skins(crystal: Polycrystal, layout: Layout, shades: int) -> list[Solid]:
    """The faces of grains at the interface, at the sides of a lattice cell and at their lowest end.

    Args:
        crystal: in pitches, of a mirror cell.
        layout: of that cell.
        shades: how many groups, so that neighbours are told apart.

    Returns:
        One surface a group, m; its rims are the outlines of the faces.
    """
    mirrors = mirrors_of(layout)
    walls = _outer(crystal, len(mirrors))
    groups: list[list[Solid]] = [[] for _ in range(shades)]
    for mirror in mirrors:
        sign = np.array([*mirror, 1.0])
        for grain, face in walls:
            ring = crystal.points[list(crystal.faces[face])] * sign * layout.pitch
            groups[grain % shades].append(_fan(ring, crystal, layout, sign))
    return [joined(group) for group in groups]


def _outer(crystal: Polycrystal, images: int) -> list[tuple[int, int]]:
    """Grains and faces that nothing lies beyond: with mirror images none at the sides between these."""
    owners = np.bincount([face for grain in crystal.grains for face in grain], minlength=len(crystal.faces))
    found = [(number, face) for number, grain in enumerate(crystal.grains) for face in grain if owners[face] == 1]
    return [(grain, face) for grain, face in found if not _on_mirror(crystal, face, images)]


def _on_mirror(crystal: Polycrystal, face: int, images: int) -> bool:
    """Whether a face lies at x = 0 or y = 0 and meets its own image there."""
    at = np.abs(crystal.points[list(crystal.faces[face])]).max(axis=0)
    return bool((images > 1 and at[0] == 0) or (images > 2 and at[1] == 0))


def _fan(ring: NDArray[np.float64], crystal: Polycrystal, layout: Layout, sign: NDArray[np.float64]) -> Solid:
    """A convex face as triangles, counter-clockwise seen from outside."""
    middle = crystal.box * np.array([0.5, 0.5, -0.5]) * sign * layout.pitch
    normal = np.cross(ring[1:-1] - ring[0], ring[2:] - ring[0]).sum(axis=0)
    if normal @ (ring.mean(axis=0) - middle) < 0:
        ring = ring[::-1]
    after = np.arange(1, len(ring) - 1)
    triangles = np.stack([np.zeros_like(after), after, after + 1], axis=1)
    return Solid(ring, triangles, (np.concatenate([ring, ring[:1]]),))
