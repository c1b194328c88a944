"""From a solved mirror cell to the pieces of a picture: mirrored to whole spots, with a corner cut away.

The corner nearest to the eye is left out, so that two planes through the middle of a spot are seen. A lattice leaves
out one quarter of its mirror images; a cell that is no mirror image of anything is cut beside one of its spots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from constriction.field.elements.sampling import EDGES, subdivided
from constriction.field.mesh.tags import VOLUMES
from constriction.laws.arrays import Reals
from constriction.simulation.grains.flow import flow_in
from constriction.simulation.scene import Scene
from constriction.view.pictures.pieces import (
    Tile,
    counted,
    cut_finer,
    normals_along_flow,
    polylines,
    quarters,
    tile_at,
    with_data,
)

FINENESS = 2  # times that an edge is halved to be drawn
MOST_PARTS = 4_000_000  # of the elements that surfaces of equal potential are drawn from
DRAWN_GAP = 0.05  # height / width of the picture at which a gap is drawn that would not be seen
SHOWN_DEPTH = 0.42  # of the electrolyte / width of the picture
SHOWN_BELOW = 1.15  # of the electrolyte / depth of the lowest point of a body in it
AT_THE_RIM = 0.94  # how near to an element's corners slopes are asked for: at a rim they are infinite


@dataclass(frozen=True)
class Cutaway:
    """A scene as it is drawn; `number` of the frequency, None for the mesh alone."""

    scene: Scene
    number: int | None = None

    @property
    def mirrored(self) -> bool:
        """Whether the cell stands for a lattice of its mirror images."""
        return self.scene.layout.lattice_images > 1

    @cached_property
    def corner(self) -> tuple[float, float]:
        """Where the two planes of the cut meet, in the cell's coordinates: the middle of a spot near its centre."""
        layout = self.scene.layout
        if self.mirrored:
            return 0.0, 0.0
        if not layout.spots:
            return layout.width / 2, layout.depth / 2
        boxes = [np.array([edge.start for edge in spot.edges]) for spot in layout.spots]
        centres = np.array([(box.min(axis=0) + box.max(axis=0)) / 2 for box in boxes])
        wanted = np.array([0.45 * layout.width, 0.5 * layout.depth])
        x, y = centres[np.argmin(np.sum((centres - wanted) ** 2, axis=1))]
        return float(x), float(y)

    @cached_property
    def tiles(self) -> tuple[Tile, ...]:
        """The mirror images that are drawn, about the middle of a spot; the cell itself where there are none."""
        layout = self.scene.layout
        if not self.mirrored:
            return (Tile(-self.corner[0], -self.corner[1], 1, 1, "open"),)
        rows = max(1, round(layout.width / layout.depth)) if layout.lattice_images == 2 else 1
        return tuple(tile_at(layout.width, layout.depth, i, j) for i in (-1, 0) for j in range(-rows, rows))

    @cached_property
    def size(self) -> tuple[float, float]:
        """Extent of the tiles along x and y, metres."""
        layout = self.scene.layout
        if not self.mirrored:
            return layout.width, layout.depth
        return 2 * layout.width, layout.depth * len(self.tiles) / 2

    @property
    def least(self) -> tuple[float, float]:
        """The smallest x and y of the tiles, metres."""
        layout = self.scene.layout
        x = min(tile.x0 + min(0.0, tile.sx * layout.width) for tile in self.tiles)
        y = min(tile.y0 + min(0.0, tile.sy * layout.depth) for tile in self.tiles)
        return x, y

    @property
    def shown_depth(self) -> float:
        """How much of the meshed electrolyte is drawn, metres."""
        wanted = max(SHOWN_DEPTH * max(self.size), SHOWN_BELOW * self.scene.lowest_body)
        return self.scene.depth if self.scene.depth < 1.1 * wanted else wanted

    @property
    def gap_height(self) -> float:
        """The height at which copper is drawn, metres: the largest of a meshed gap, else so that it is seen."""
        if self.scene.gap_model == "volume":
            return float(self.scene.mesh.points[:, 2].max())
        return max(self.scene.gap_height or 0.0, DRAWN_GAP * max(self.size))

    # --- pieces of the mirror cell -----------------------------------------------------------------------------

    def surface(self, *names: str, above: bool = False) -> Any:
        """Named surfaces of the cell with their curved triangles cut finer; sides of the gap's volume if `above`."""
        marks = self._marks(names, above)
        places, parts = subdivided(3, FINENESS)
        return with_data(self._triangles(marks, places, parts), self._on_triangles(marks, places))

    def _marks(self, names: tuple[str, ...], above: bool) -> NDArray[np.bool_]:
        mesh = self.scene.mesh
        heights = mesh.points[mesh.triangles[:, :3], 2].mean(axis=1)
        return np.asarray(self.scene.triangles_of(*names) & ((heights > 1e-9 * self.scene.layout.pitch) == above))

    def _triangles(self, marks: NDArray[np.bool_], places: Reals, parts: NDArray[np.int64]) -> Any:
        mesh = self.scene.mesh
        return pv.PolyData.from_regular_faces(*cut_finer(mesh.points[mesh.triangles[marks]], places, parts))

    def interface(self, name: str) -> Any:
        """Contact or gap, with the size of the normal current density as `current`, an uneven gap's `height` in m."""
        marks = self._marks((name,), above=False)
        places, parts = subdivided(3, FINENESS)
        flat = self._triangles(marks, places, parts)
        if name == "gap" and flat.n_points and (heights := self.scene.heights_at(flat.points)) is not None:
            flat.point_data["height"] = heights
        if self.number is None or not np.any(marks):
            return flat
        near = (1 - AT_THE_RIM) / 3 + AT_THE_RIM * places
        density = np.abs(self.scene.normal_density(self.number, name, near).real)
        return with_data(flat, {"current": density.ravel()})

    def _on_triangles(self, marks: NDArray[np.bool_], places: Reals) -> dict[str, Reals]:
        if self.number is None:
            return {}
        on = self.scene.facets(marks)
        near = (1 - AT_THE_RIM) / 3 + AT_THE_RIM * places
        flow = self.scene.current_density(self.number, on.owner, on.inside(near)).real.reshape(-1, 3)
        potential = self.scene.potential_at(self.number, self.scene.mesh.triangles[marks], places)
        return {"potential": potential.real.ravel(), "flow": flow, "current": np.linalg.norm(flow, axis=1)}

    def edges(self, *names: str, above: bool = False) -> Any:
        """The elements' edges on named surfaces, curved as they are."""
        mesh = self.scene.mesh
        nodes = mesh.triangles[self._marks(names, above)]
        ends = np.concatenate([nodes[:, [i, j, 3 + k]] for k, (i, j) in enumerate(EDGES[3])])
        ends = np.unique(np.concatenate([np.sort(ends[:, :2], axis=1), ends[:, 2:]], axis=1), axis=0)
        points, parts = cut_finer(mesh.points[ends], *subdivided(2, FINENESS))
        return pv.PolyData(points, lines=counted(parts))

    @cached_property
    def solid(self) -> Any:
        """Electrolyte and meshed gap as straight tetrahedra, cut finer, with `potential`, `flow` and `region`."""
        mesh = self.scene.mesh
        places, parts = subdivided(4, 1)
        points, cells = cut_finer(mesh.points[mesh.tetrahedra], places, parts)
        grid = pv.UnstructuredGrid({pv.CellType.TETRA: cells}, points)
        if self.number is not None:
            near = (1 - AT_THE_RIM) / 4 + AT_THE_RIM * places
            flow, potential = flow_in(self.scene, self.number, places, near)
            with_data(grid, {"potential": potential.real, "flow": flow, "current": np.linalg.norm(flow, axis=1)})
        grid.cell_data["region"] = np.repeat(mesh.regions, len(parts))
        return grid

    def shells(self, levels: Reals) -> Any:
        """Surfaces of equal potential in the electrolyte, cut finer than it is, with the field as their normals.

        Args:
            levels: of the potential, V.
        """
        mesh, number = self.scene.mesh, self.number
        assert number is not None
        everywhere = np.flatnonzero(mesh.regions != VOLUMES["gap_volume"])
        nodes = mesh.tetrahedra[everywhere]
        values = self.scene.potentials[number][nodes].real
        crossed = np.searchsorted(levels, values.min(axis=1)) != np.searchsorted(levels, values.max(axis=1))
        which = everywhere[crossed]
        if not which.size:
            return pv.PolyData()
        places, parts = subdivided(4, FINENESS if len(which) * 8**FINENESS < MOST_PARTS else 1)
        points, cells = cut_finer(mesh.points[mesh.tetrahedra[which]], places, parts)
        grid = pv.UnstructuredGrid({pv.CellType.TETRA: cells}, points)
        near = (1 - AT_THE_RIM) / 4 + AT_THE_RIM * places
        flow = self.scene.current_density(number, which, near).real.reshape(-1, 3)
        potential = self.scene.potential_at(number, mesh.tetrahedra[which], places).real.ravel()
        found = with_data(grid, {"potential": potential, "flow": flow}).contour(levels, scalars="potential")
        if found.n_points:
            found.point_data.active_normals = normals_along_flow(found)
        return found

    @cached_property
    def electrolyte(self) -> Any:
        """The electrolyte of `solid`, with all that lies in it."""
        return self._solid(in_gap=False) if self.scene.gap_model == "volume" else self.solid

    @cached_property
    def gap_volume(self) -> Any:
        """The meshed gap of `solid`."""
        return self._solid(in_gap=True)

    def _solid(self, in_gap: bool) -> Any:
        regions = self.solid.cell_data["region"]
        return self.solid.extract_cells(np.flatnonzero((regions == VOLUMES["gap_volume"]) == in_gap))

    # --- pieces of the picture -----------------------------------------------------------------------------------

    def kept(self, piece: Any, roles: Sequence[str] = ("open", "covered")) -> Any:
        """A piece of the cell in all tiles of the roles, above the lowest plane that is shown.

        Of surfaces with a field what lies at one place stays apart over grains: there it jumps.
        """
        jumps = self.scene.mesh.grains is not None and "potential" in piece.point_data
        whole = piece.cast_to_unstructured_grid() if jumps else piece  # clipping others joins points
        if self.mirrored:
            copies = [tile.place(whole) for tile in self.tiles if tile.role in roles]
        else:
            copies = list(quarters(self.tiles[0].place(whole), roles))
        return self._cropped(pv.merge(copies, merge_points=not jumps) if len(copies) > 1 else copies[0])

    def _cropped(self, piece: Any) -> Any:
        return piece.clip("-z", origin=(0, 0, -self.shown_depth * (1 + 1e-9)))

    def cut_faces(self) -> Any:
        """The planes of the cut with the field on them; for a lattice they are sides of its mirror images."""
        if self.mirrored:
            return self.kept(self.surface("side"))
        pieces = [self.electrolyte]
        if (grains := self.scene.mesh.grains) is not None:
            own = np.repeat(grains, self.solid.n_cells // len(grains))
            pieces = [self.solid.extract_cells(np.flatnonzero(own == grain)) for grain in np.unique(grains)]
        cut = [one for one in map(self._slice, pieces) if one.n_points]
        return self._cropped(pv.merge([*cut, self.kept(self.surface("side"))], merge_points=grains is None))

    def cut_edges(self) -> Any:
        """The elements' edges on those planes."""
        if self.mirrored:
            return self.kept(self.edges("side"))
        mesh = self.scene.mesh
        corners = mesh.tetrahedra[mesh.regions != VOLUMES["gap_volume"], :4]
        straight = pv.UnstructuredGrid({pv.CellType.TETRA: corners}, mesh.points)
        lines = self._slice(straight, triangles=False).extract_all_edges()
        return self._cropped(pv.merge([lines, self.kept(self.edges("side"))]))

    def boundaries(self) -> Any:
        """Lines of grain boundaries on the planes of the cut and on the interface; none without grains."""
        seen = self.boundary_lines(range(3))
        if not seen.n_points or self.mirrored:
            return self.kept(seen) if seen.n_points else seen
        return self._cropped(pv.merge([self.kept(seen), self._slice(self.surface("grain_boundary"))]))

    def boundary_lines(self, axes: Sequence[int]) -> Any:
        """Lines of grain boundaries on the sides of the cell across these axes, and on the interface across z."""
        layout, lines = self.scene.layout, self.edges("grain_boundary")
        if not lines.n_points:
            return lines
        ends = lines.lines.reshape(-1, 3)[:, 1:]
        planes = np.array([[0.0, 0.0, 0.0], [layout.width, layout.depth, 0.0]])[:, list(axes)]
        on = np.abs(lines.points[:, None, list(axes)] - planes) < 1e-6 * layout.pitch
        return pv.PolyData(lines.points, lines=counted(ends[np.all(on[ends], axis=1).any(axis=(1, 2))]))

    def _slice(self, grid: Any, triangles: bool = True) -> Any:
        """A cell cut along x = 0 in front and along y = 0 on the right."""
        placed = self.tiles[0].place(grid)
        front = placed.slice("x", origin=(0, 0, 0), generate_triangles=triangles).clip("y", origin=(0, 0, 0))
        right = placed.slice("y", origin=(0, 0, 0), generate_triangles=triangles).clip("-x", origin=(0, 0, 0))
        return pv.merge([front, right])

    def copper(self, thickness: float) -> Any:
        """The plate above the covered tiles, this thick (m)."""
        outline = np.array(self.scene.layout.cell.polygon(256).exterior.coords)
        flat = pv.PolyData(np.column_stack([outline, np.zeros(len(outline))]))
        points = np.concatenate([tile.place(flat).points for tile in self.tiles])[:, :2]
        points[:, 1] = np.maximum(points[:, 1], 0.0)
        ring = points[ConvexHull(points).vertices]
        plate = pv.PolyData(np.insert(ring, 2, self.gap_height, axis=1), faces=[len(ring), *range(len(ring))])
        return plate.extrude((0, 0, thickness), capping=True)

    def rims(self) -> Any:
        """The exact lines between contact and gap, in the mirror cell."""
        return polylines([np.insert(rim, 2, 0.0, axis=1) for rim in self.scene.layout.rims()])

    def islands(self) -> Any | None:
        """What stands between contacts and copper."""
        if not np.any(self.scene.triangles_of("gap")):
            return None
        mouths = self.surface("solid")  # what is below the interface is seen from above
        mouths.points[:, 2] = 0.0
        feet = pv.merge([self.surface("contact"), mouths])
        foot = self.kept(feet, ("covered",)).extract_surface(algorithm=None).clean()
        return foot.extrude((0, 0, self.gap_height), capping=True) if foot.n_points else None
