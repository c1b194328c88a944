"""Lines of current through a scene, each carrying the same current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from constriction.simulation.scene import Scene
from constriction.view.pictures.cutaway import Cutaway

LINES_ACROSS = 8  # current lines along the longer side of a mirror cell; even: none runs to where the field is 0

LINES_ACROSS_ALONE = 16  # of a cell that is not mirrored

LOST = 1e-3  # density at the gap over the mean, below which no line that is one of a few hundred can end there

MOST_ASIDE = 30.0  # steepest way from where a line's tracing stops to the interface, sideways / upwards


@dataclass(frozen=True, eq=False)
class CurrentLine:
    """One line in the mirror cell: `points` (n, 3) in metres, from the undisturbed depth to the metal."""

    points: NDArray[np.float64]
    through_gap: bool


def current_lines(view: Cutaway) -> list[CurrentLine]:
    """Lines of Re j that start evenly spread where the current is even: each stands for the same current.

    Args:
        view: of one frequency.
    """
    across = LINES_ACROSS if view.mirrored else LINES_ACROSS_ALONE
    lines = [_to_interface(view, points) for points in _traced(view.electrolyte, _seeds(view.scene, across))]
    entering = _not_lost(view, [line for line in lines if line.through_gap])
    on_contacts = [line for line in lines if not line.through_gap]
    if not entering:
        return on_contacts
    above = _through_gap(view, np.array([line.points[-1] for line in entering]))
    whole = [CurrentLine(np.vstack([low.points, high]), True) for low, high in zip(entering, above, strict=True)]
    return on_contacts + whole


def _through_gap(view: Cutaway, feet: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """How lines go on from the interface (n, 3) to the copper."""
    if view.scene.gap_model == "volume":
        return _traced(view.gap_volume, feet + (0, 0, 1e-3 * (view.scene.gap_height or 0.0)))
    return [foot + np.array([[0, 0, view.gap_height]]) for foot in feet]


def _not_lost(view: Cutaway, lines: list[CurrentLine]) -> list[CurrentLine]:
    """Without those that the tracing left where the gap takes next to nothing: they stagnate between spots."""
    if not lines:
        return []
    gap = view.interface("gap")
    feet = np.array([line.points[-1] for line in lines])
    taken = gap.point_data["current"][cKDTree(gap.points).query(feet)[1]]
    return [line for line, density in zip(lines, taken, strict=True) if density > LOST]


def _traced(grid: Any, start: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Lines of `flow` in a grid from points (n, 3), until they leave it; a line that cannot start is its start."""
    size = np.ptp(grid.points, axis=0).max()
    found = grid.streamlines_from_source(
        pv.PolyData(start),
        vectors="flow",
        integration_direction="forward",
        integrator_type=45,
        interpolator_type="cell",  # elements have points of their own, so that slopes may jump between them
        initial_step_length=0.1,
        min_step_length=0.01,
        max_step_length=0.2,
        max_length=20 * size,
        max_steps=4000,
        terminal_speed=1e-12,
    )
    lines = list(start[:, None, :])
    for i in range(found.n_cells):
        points = found.get_cell(i).points
        seed = int(found.cell_data["SeedIds"][i])
        lines[seed] = points if len(points) > 1 else lines[seed]
    return lines


def _seeds(scene: Scene, across: int) -> NDArray[np.float64]:
    """Points in the middle of equal squares just above the lowest plane of the mesh, inside the cell."""
    layout = scene.layout
    step = max(layout.width, layout.depth) / across
    nx, ny = (max(1, round(length / step)) for length in (layout.width, layout.depth))
    x, y = (length * (np.arange(n) + 0.5) / n for length, n in ((layout.width, nx), (layout.depth, ny)))
    grid = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    return np.insert(grid[layout.inside(grid)], 2, -0.999 * scene.depth, axis=1)


def _to_interface(view: Cutaway, points: NDArray[np.float64]) -> CurrentLine:
    """Lead a line from where the tracing stopped, just below the interface, straight on to it; some end on solids."""
    x, y, z = points[-1]
    if (solid := _on_solid(view, points[-1])) is not None:
        return CurrentLine(np.vstack([points, solid]), through_gap=False)
    step = points[-1] - points[-2] if len(points) > 1 else np.zeros(3)
    ahead = step[:2] * (-z / step[2]) if step[2] > 0 else np.zeros(2)
    ahead *= min(1.0, MOST_ASIDE * abs(z) / max(float(np.linalg.norm(ahead)), 1e-300))
    feet = np.array([[x + ahead[0], y + ahead[1], 0.0], [x, y, 0.0]])
    on_contact = bool(view.scene.layout.on_contact(feet[:1, :2])[0])
    return CurrentLine(np.vstack([points, feet[0 if on_contact else 1]]), through_gap=not on_contact)


def _on_solid(view: Cutaway, end: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The place (3,) on a solid of metal where a line ends that stopped nearer to it than to the interface."""
    mesh = view.scene.mesh
    nodes = mesh.points[np.unique(mesh.triangles[view.scene.triangles_of("solid")])]
    if not len(nodes):
        return None
    distance, nearest = cKDTree(nodes).query(end)
    return nodes[nearest] if distance < -end[2] else None
