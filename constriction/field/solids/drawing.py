"""A cell with solids in gmsh's OpenCASCADE: the slab without its bodies, spots imprinted on the interface.

Lengths in pitches; every function here needs gmsh initialised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import gmsh
import numpy as np

from constriction.field.mesh.simplices import Reals
from constriction.field.solids.surfaces import on_surface
from constriction.geometry.outlines import Edge, Outline
from constriction.geometry.solids.bodies import CAP, WHISKER, Body, Layer

type Tag = tuple[int, int]

ABOVE = 1.0  # of its radius, that a body reaches beyond the interface, so that no two faces coincide
FLAT = 1e-6  # pitches, from the interface to the centre of a surface that lies in it


@dataclass(frozen=True)
class DrawnSolids:
    """Tags of gmsh entities.

    The surfaces on the `interface` and of each body, the volumes of `regions` with a law of their own, by its number,
    and the curves of flat rims.
    """

    interface: tuple[int, ...]
    bodies: tuple[tuple[int, ...], ...]
    regions: dict[int, list[int]]
    rims: tuple[int, ...]


def draw(
    cell: Outline,
    spots: Sequence[Outline],
    bodies: Sequence[Body],
    layers: Sequence[Layer],
    depth: float,
    turn: float = 0.0,
) -> DrawnSolids:
    """Draw the cell down to z = −depth; what has no law of its own is cut out of it.

    Args:
        cell: its outline.
        spots: imprinted on its top.
        bodies: in it.
        layers: in it.
        depth: of the slab.
        turn: angle about their axes that bodies are turned by, so that their seams lie elsewhere.

    Raises:
        ValueError: OpenCASCADE has lost a body.
    """
    occ = gmsh.model.occ
    left = _imprinted(_slab(cell, -depth, 0.0), spots)
    present = [(body.region, [(3, _solid(body, turn))]) for body in bodies if body.region is not None]
    present += [(layer.table, _slab(cell, -layer.below - layer.thickness, -layer.below)) for layer in layers]
    regions = _put_in(left, present)
    if absent := [(3, _solid(body, turn)) for body in bodies if body.region is None]:
        regions = _cut_out(absent, regions)
    occ.synchronize()
    return _found(bodies, regions)


def _imprinted(slab: list[Tag], spots: Sequence[Outline]) -> list[Tag]:
    """A slab whose top is cut along the outlines of spots."""
    if not spots:
        return slab
    pieces, _ = gmsh.model.occ.fragment(slab, [(2, plane(spot, 0.0)) for spot in spots])
    return [tag for tag in pieces if tag[0] == 3]


def _put_in(slab: list[Tag], present: list[tuple[int, list[Tag]]]) -> dict[int, list[int]]:
    """Put volumes into the slab, cut at its sides; the volumes of each region, by its number."""
    if not present:
        return {}
    tools, owners = zip(*((tag, region) for region, volumes in present for tag in volumes), strict=True)
    every, pieces_of = gmsh.model.occ.fragment(slab, tools)
    inside = set(chain.from_iterable(pieces_of[: len(slab)]))
    gmsh.model.occ.remove([tag for tag in every if tag[0] == 3 and tag not in inside], recursive=True)
    regions: dict[int, list[int]] = {}
    for region, pieces in zip(owners, pieces_of[len(slab) :], strict=True):
        regions.setdefault(region, []).extend(tag for _, tag in inside.intersection(pieces))
    return regions


def _cut_out(absent: list[Tag], regions: dict[int, list[int]]) -> dict[int, list[int]]:
    """Cut bodies out of all volumes, which stay glued; the volumes of each region, by its number.

    They are cut last: a hole that a layer is put round loses the ends of its edges where the layer's part in it goes.
    """
    owner = {tag: region for region, tags in regions.items() for tag in tags}
    bodies = {tag for _, tag in absent}
    volumes = [one for one in gmsh.model.occ.getEntities(3) if one[1] not in bodies]
    _, pieces_of = gmsh.model.occ.cut(volumes, absent)
    found: dict[int, list[int]] = {}
    for (_, tag), pieces in zip(volumes, pieces_of, strict=False):
        if tag in owner:
            found.setdefault(owner[tag], []).extend(piece for _, piece in pieces)
    return found


def _slab(cell: Outline, bottom: float, top: float) -> list[Tag]:
    """The volume over the cell from one z to another."""
    return [tag for tag in gmsh.model.occ.extrude([(2, plane(cell, bottom))], 0, 0, top - bottom) if tag[0] == 3]


def plane(outline: Outline, z: float) -> int:
    """A flat surface inside an outline, at one z."""
    occ = gmsh.model.occ
    return int(occ.addPlaneSurface([_loop(chain, z) for chain in outline.chains]))


def _loop(edges: Sequence[Edge], z: float) -> int:
    occ = gmsh.model.occ
    points = [occ.addPoint(*edge.start, z) for edge in edges]
    curves = []
    for edge, start, end in zip(edges, points, points[1:] + points[:1], strict=True):
        if edge.centre is None:
            curves.append(occ.addLine(start, end))
        else:
            curves.append(occ.addCircleArc(start, occ.addPoint(*edge.centre, z), end))
    return int(occ.addCurveLoop(curves))


def _solid(body: Body, turn: float) -> int:
    made = _unturned(body)
    if turn:
        gmsh.model.occ.rotate([(3, made)], body.x, body.y, 0, 0, 0, 1, turn)
    return made


def _unturned(body: Body) -> int:
    occ = gmsh.model.occ
    if body.shape == CAP:
        return int(occ.addSphere(body.x, body.y, body.centre, body.sphere))
    if body.shape == WHISKER:
        above = ABOVE * body.radius
        rod = occ.addCylinder(body.x, body.y, above, 0, 0, body.centre - above, body.radius)
        tip = occ.addSphere(body.x, body.y, body.centre, body.radius)
        return int(occ.fuse([(3, rod)], [(3, tip)])[0][0][1])
    ball = occ.addSphere(0, 0, 0, 1)
    occ.dilate([(3, ball)], 0, 0, 0, body.radius, body.radius, body.depth)
    occ.translate([(3, ball)], body.x, body.y, body.centre)
    return int(ball)


def _found(bodies: Sequence[Body], regions: dict[int, list[int]]) -> DrawnSolids:
    """Which surfaces are what, by a place on each.

    Raises:
        ValueError: OpenCASCADE has lost a body.
    """
    surfaces = [tag for _, tag in gmsh.model.getEntities(2)]
    interface = [tag for tag in surfaces if gmsh.model.occ.getCenterOfMass(2, tag)[2] > -FLAT]
    own = _skins(bodies, surfaces)
    flat = set(interface)
    rims = [curve for _, curve in gmsh.model.getEntities(1) if _is_rim(curve, flat)]
    return DrawnSolids(tuple(interface), tuple(own), regions, tuple(rims))


def _skins(bodies: Sequence[Body], surfaces: Sequence[int]) -> list[tuple[int, ...]]:
    """The surfaces of each body; raises ValueError where one has none."""
    round_ones = np.array([tag for tag in surfaces if gmsh.model.getType(2, tag) != "Plane"], dtype=int)
    places = np.array([_place_on(tag) for tag in round_ones]).reshape(-1, 3)
    own = [tuple(round_ones[on_surface(body, places)].tolist()) for body in bodies]
    if () in own:
        lost = bodies[own.index(())].table
        raise ValueError(f"solid[{lost}] is too slender, too flat or too small beside the cell to be cut out of it")
    return own


def _is_rim(curve: int, interface: set[int]) -> bool:
    """Whether a curve lies between two surfaces of the interface."""
    between = gmsh.model.getAdjacencies(1, curve)[0].tolist()
    return len(between) == 2 and interface.issuperset(between)


def _place_on(surface: int) -> Reals:
    """A point on the surface that a face is a part of."""
    least, most = gmsh.model.getParametrizationBounds(2, surface)
    return np.array(gmsh.model.getValue(2, surface, 0.5 * (np.asarray(least) + np.asarray(most))))
