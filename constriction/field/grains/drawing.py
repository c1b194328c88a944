"""A polycrystal in gmsh's OpenCASCADE, the outlines of spots imprinted on its top.

Lengths in pitches; every function here needs gmsh initialised.
"""

from __future__ import annotations

from collections.abc import Sequence

import gmsh

from constriction.field.solids.drawing import plane
from constriction.geometry.grains.polycrystal import Polycrystal
from constriction.geometry.outlines import Outline

BELOW = -1
"""The number of the electrolyte below the grains, among those of grains."""


def draw(crystal: Polycrystal, spots: Sequence[Outline], depth: float) -> dict[int, int]:
    """Draw the grains, and electrolyte below them down to z = −depth.

    Returns:
        The number of the grain that each volume is of.
    """
    occ = gmsh.model.occ
    points = [occ.addPoint(*point) for point in crystal.points.tolist()]
    lines: dict[tuple[int, int], int] = {}
    surfaces = [occ.addPlaneSurface([_loop(face, points, lines)]) for face in crystal.faces]
    volumes = [occ.addVolume([occ.addSurfaceLoop([surfaces[face] for face in grain])]) for grain in crystal.grains]
    owners = list(range(len(volumes)))
    width, height, deep = crystal.box.tolist()
    if depth > deep:
        volumes.append(occ.addBox(0, 0, -depth, width, height, depth - deep))
        owners.append(BELOW)
    made = _cut(volumes, owners, [plane(spot, 0.0) for spot in spots])
    occ.synchronize()
    return made


def _cut(volumes: Sequence[int], owners: Sequence[int], planes: Sequence[int]) -> dict[int, int]:
    """The owner of each volume after planes are imprinted, and faces that coincide are one."""
    others = [(3, volume) for volume in volumes[1:]] + [(2, one) for one in planes]
    if not others:
        return {volumes[0]: owners[0]}
    _, pieces = gmsh.model.occ.fragment([(3, volumes[0])], others)
    return {tag: owner for owner, own in zip(owners, pieces, strict=False) for kind, tag in own if kind == 3}


def _loop(face: Sequence[int], points: Sequence[int], lines: dict[tuple[int, int], int]) -> int:
    """A closed loop of lines, each of which is drawn once."""
    occ = gmsh.model.occ
    tags = []
    for a, b in zip(face, [*face[1:], face[0]], strict=True):
        key = min(a, b), max(a, b)
        if key not in lines:
            lines[key] = occ.addLine(points[key[0]], points[key[1]])
        tags.append(lines[key] if a < b else -lines[key])
    return int(occ.addCurveLoop(tags))
