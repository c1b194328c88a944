"""Pieces of a picture: mirror images, elements cut finer, lines; the same for every scene."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyvista as pv
from numpy.typing import NDArray

from constriction.field.elements.sampling import shapes
from constriction.laws.arrays import Reals


class Tile(NamedTuple):
    """A mirror image: x → x0 + sx·x, y → y0 + sy·y; `role` is open (seen from above), gone or covered by copper."""

    x0: float
    y0: float
    sx: int
    sy: int
    role: str

    def place(self, mesh: Any) -> Any:
        """A copy of a mesh at the place of this image."""
        copy = mesh.copy()
        copy.points = mesh.points * (self.sx, self.sy, 1) + (self.x0, self.y0, 0)
        if (normals := mesh.point_data.active_normals) is not None:  # a reflected triangle is run round the other way
            copy.point_data.active_normals = normals * (self.sx, self.sy, 1) * (self.sx * self.sy)
        return copy


def role_of(x: float, y: float) -> str:
    """Of what lies at a place, seen from large x and small y, about the corner (0, 0) of the cut."""
    if y > 0:
        return "covered"
    return "gone" if x > 0 else "open"


def tile_at(width: float, depth: float, i: int, j: int) -> Tile:
    """Image number (i, j): even ones lie as the cell does, odd ones are reflected."""
    x0, sx = (i * width, 1) if i % 2 == 0 else ((i + 1) * width, -1)
    y0, sy = (j * depth, 1) if j % 2 == 0 else ((j + 1) * depth, -1)
    return Tile(x0, y0, sx, sy, role_of(i + 0.5, j + 0.5))


def normals_along_flow(surface: Any) -> Reals:
    """Unit vectors along `flow` (n, 3), to the side from which the triangles are seen in their order."""
    flow = surface.point_data["flow"]
    corners = surface.points[surface.regular_faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    side = np.sign(np.sum(across * flow[surface.regular_faces[:, 0]]))
    return np.asarray(side * flow / np.maximum(np.linalg.norm(flow, axis=1, keepdims=True), 1e-300))


def quarters(piece: Any, roles: Iterable[str]) -> Iterable[Any]:
    """The parts of a piece on the sides of the planes x = 0 and y = 0 that have these roles."""
    front, back = piece.clip("y", origin=(0, 0, 0)), piece.clip("-y", origin=(0, 0, 0))
    parts = {
        "covered": lambda: back,
        "open": lambda: front.clip("x", origin=(0, 0, 0)),
        "gone": lambda: front.clip("-x", origin=(0, 0, 0)),
    }
    return [parts[role]() for role in roles]


def cut_finer(nodes: Reals, places: Reals, parts: NDArray[np.int64]) -> tuple[Reals, NDArray[np.int64]]:
    """Elements with nodes (n, k, 3) at the places (p, …) and the numbers of their parts; each has its own points."""
    points = np.einsum("pk,nkx->npx", shapes(places), nodes).reshape(-1, 3)
    numbers = np.arange(len(nodes))[:, None, None] * len(places) + parts
    return points, numbers.reshape(-1, parts.shape[1])


def counted(parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Cells as VTK lists them: each with the number of its points before it."""
    return np.insert(parts, 0, parts.shape[1], axis=1).ravel()


def with_data(mesh: Any, data: dict[str, Reals]) -> Any:
    """A mesh with values at its points, by their names; an empty one stays as it is."""
    for name, values in data.items() if mesh.n_points else ():
        mesh.point_data[name] = values
    return mesh


def polylines(lines: Sequence[Reals]) -> Any:
    """Lines, each given by its points (n, 3)."""
    if not lines:
        return pv.PolyData()
    counts = [len(line) for line in lines]
    starts = np.cumsum([0, *counts[:-1]])
    cells = np.concatenate([[n, *range(start, start + n)] for n, start in zip(counts, starts, strict=True)])
    return pv.PolyData(np.concatenate(lines), lines=cells)
