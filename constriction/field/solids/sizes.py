"""How fine a mesh round solids is: after the shapes at first, then after what each cell's error was. Pitches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import gmsh
import numpy as np

from constriction.field.mesh.simplices import Ints, Reals
from constriction.field.solids.drawing import DrawnSolids
from constriction.field.solids.surfaces import tip_radius
from constriction.geometry.solids.bodies import METAL, Body

# Of the first mesh: size at a body's surface / its radius, at its tip / the radius of curvature there, at a flat rim
# / the room there, growth with the distance, and the largest size / cell's largest extent.
AT_BODY, AT_TIP, AT_RIM, GROWTH, LARGEST = 0.5, 0.4, 0.3, 0.5, 0.5
FLAT = 0.05  # of its radius: a body in the interface that is flatter is meshed as if it were as deep
AT_TIP_LATER = 0.15  # of later meshes, at the tips of metal
SAMPLES = 24  # of a curve or, each way, of a surface, that distances are measured from
# An element's error is taken to go with this power of its size; in smooth fields it does with 7, at rims less.
ORDER = 5.0
FLAT_CELL = 4.0  # longest edge / size of a cell that is flat: 1 of a regular one
RATE, MORE = 1.1, 1.8  # cells go with this power of one over the error; and so many are asked for of one that is made
MOST_FINER, MOST_COARSER = 0.3, 2.0  # sizes in a new mesh / those in the one before
# Logarithms of sizes are whole multiples of it: gmsh makes another mesh of sizes that differ by rounding, as they do on
# more ranks.
STEP = 0.01


@dataclass(frozen=True)
class SizeField:
    """Sizes over a mesh: corners of its cells (n, 4, 3) and the sizes there, (n, 4)."""

    corners: Reals
    sizes: Reals


def set_first(drawn: DrawnSolids, bodies: Sequence[Body], room: float, largest: float) -> None:
    """Sizes after the shapes; `room` at flat rims, `largest` anywhere."""
    fields = []
    for body, surfaces in zip(bodies, drawn.bodies, strict=True):
        tip = gmsh.model.occ.addPoint(body.x, body.y, -body.lowest)
        gmsh.model.occ.synchronize()
        fields.append(grown("SurfacesList", surfaces, AT_BODY * _narrow(body), largest))
        fields.append(grown("PointsList", [tip], AT_TIP * tip_radius(body), largest))
    if drawn.rims:
        fields.append(grown("CurvesList", drawn.rims, AT_RIM * room, largest))
    use(fields, largest)


def _narrow(body: Body) -> float:
    """What is half as narrow as a body, but of a flat one in the interface no less than FLAT of its radius.

    Under the interface its upper and its lower side would cross.
    """
    flat = FLAT * body.radius if body.below == 0 else 0.0
    return min(body.radius, max(body.depth, flat))


def set_after(sizes: SizeField) -> None:
    """Sizes as told over an earlier mesh."""
    view = gmsh.view.add("sizes")
    rows = np.concatenate([sizes.corners.transpose(0, 2, 1).reshape(-1, 12), sizes.sizes], axis=1)
    gmsh.view.addListData(view, "SS", len(rows), rows.ravel())
    field = gmsh.model.mesh.field
    own = field.add("PostView")
    field.setNumber(own, "ViewTag", view)
    use([own])


def grown(kind: str, tags: Sequence[int], size: float, largest: float) -> int:
    """A field that is `size` at some entities and grows with the distance."""
    field = gmsh.model.mesh.field
    distance, threshold = field.add("Distance"), field.add("Threshold")
    field.setNumbers(distance, kind, list(tags))
    field.setNumber(distance, "Sampling", SAMPLES)
    field.setNumber(threshold, "InField", distance)
    field.setNumber(threshold, "SizeMin", min(size, largest))
    field.setNumber(threshold, "SizeMax", largest)
    field.setNumber(threshold, "DistMin", 0.0)
    field.setNumber(threshold, "DistMax", max((largest - size) / GROWTH, 1e-9))
    return int(threshold)


def use(fields: Sequence[int], largest: float = math.inf) -> None:
    """Mesh by the least size that any field gives; of none by the largest."""
    field = gmsh.model.mesh.field
    if not fields:
        fields = [field.add("MathEval")]
        field.setString(fields[0], "F", repr(largest))
    least = field.add("Min")
    field.setNumbers(least, "FieldsList", list(fields))
    field.setAsBackgroundMesh(least)


def refined(points: Reals, cells: Ints, errors: Reals, share: float, bodies: Sequence[Body] = ()) -> SizeField:
    """The sizes of a mesh whose error is a `share` of an earlier one's, the same in all its cells.

    Args:
        points: of the earlier mesh, (N, 3).
        cells: corners of its cells, (n, 4).
        errors: of its cells, squared norms, (n,).
        share: of their sum that shall be left.
        bodies: metal ones have tips, where the current density is told.
    """
    points, cells, errors = _in_order(points, cells, errors)
    corners = points[cells]
    volume = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6
    size = np.cbrt(6 * math.sqrt(2) * volume)  # edge of a regular tetrahedron of the same volume
    # each cell of size h becomes (h/h')³ with errors·(h'/h)^ORDER: the same everywhere
    density = np.maximum(errors, 1e-30) / size**ORDER
    allowed = _even_error(density, volume, MORE * len(cells) * share**-RATE)
    wanted = (allowed / density) ** (1 / ORDER)
    width = _width(corners, size)
    wanted = np.clip(wanted * width / size, MOST_FINER * width, MOST_COARSER * width)
    at_points = np.full(len(points), 0.0)
    count = np.zeros(len(points))
    for column in cells.T:
        np.add.at(at_points, column, np.log(wanted))
        np.add.at(count, column, 1)
    sizes = np.exp(STEP * np.round(at_points / np.maximum(count, 1) / STEP))
    for body in bodies:
        if body.role == METAL:
            away = np.linalg.norm(points - np.array([body.x, body.y, -body.lowest]), axis=1)
            sizes = np.minimum(sizes, AT_TIP_LATER * tip_radius(body) + GROWTH * away)
    return SizeField(corners, sizes[cells])


def _width(corners: Reals, size: Reals) -> Reals:
    """The size of cells as gmsh has it: of flat ones, that lie across a thin layer, their longest edge, (n,)."""
    edges = corners[:, [0, 0, 0, 1, 1, 2]] - corners[:, [1, 2, 3, 2, 3, 3]]
    longest = np.linalg.norm(edges, axis=2).max(axis=1)
    return np.where(longest > FLAT_CELL * size, longest, size)


def _in_order(points: Reals, cells: Ints, errors: Reals) -> tuple[Reals, Ints, Reals]:
    """Points, cells and the cells' errors in an order that does not depend on how a mesh is spread over ranks."""
    order = np.lexsort(points.T)
    number = np.empty(len(points), dtype=np.int64)
    number[order] = np.arange(len(points))
    cells = np.sort(number[cells], axis=1)
    which = np.lexsort(cells.T)
    return points[order], cells[which], errors[which]


def _even_error(density: Reals, volume: Reals, count: float) -> float:
    """The error e that each of so many new cells has.

    With h' = (e / density)^(1/ORDER) there are ∫ dV 6√2/h'³ of them.
    """
    cells_at_one = 6 * math.sqrt(2) * float(np.sum(volume * density ** (3 / ORDER)))
    return float((cells_at_one / count) ** (ORDER / 3))
