"""How 3D pieces become an image on paper: a parallel camera that fits them, then title, bar, legend in matplotlib.

Text is set by matplotlib and not by the renderer, so that it has the size of the other figures' text at 84 mm and at
174 mm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyvista as pv
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch
from numpy.typing import NDArray

from constriction.view.writers.lettering import legible
from constriction.view.writers.plots import DPI, TWO_COLUMNS, WIDTH, journal_style, new_figure

MM = 1 / 25.4
WIDTHS = {1: WIDTH, 2: TWO_COLUMNS}
OVERSAMPLING = 2
CAPTION = 6  # pt

# Told apart by the colour-blind, and in grey.
CONTACT, GAP, COPPER, ELECTROLYTE, INK = "#E69F00", "#8CC7EC", "#8C4A2F", "#E4E1DA", "#222222"


@dataclass(frozen=True, eq=False)
class StagePiece:
    """A piece and how pyvista draws it."""

    mesh: Any
    style: Mapping[str, Any]


@dataclass(frozen=True)
class Scale:
    """Colours for a quantity: values from `low` to `high`, equal steps or equal ratios; `label` has its unit."""

    name: str
    label: str
    low: float
    high: float
    colours: str
    logarithmic: bool = False

    @property
    def style(self) -> dict[str, Any]:
        """For a layer that is coloured with it."""
        return {
            "scalars": self.name,
            "clim": (self.low, self.high),
            "cmap": self.colours,
            "log_scale": self.logarithmic,
            "lighting": False,
        }

    @property
    def norm(self) -> Normalize:
        """From values to colours."""
        return (LogNorm if self.logarithmic else Normalize)(self.low, self.high)


@dataclass(frozen=True)
class Camera:
    """A parallel projection: `right` and `up` span the paper, `eye` points from it to the eye."""

    eye: NDArray[np.float64]
    right: NDArray[np.float64]
    up: NDArray[np.float64]

    def project(self, points: Any) -> NDArray[np.float64]:
        """Points (…, 3) on the paper; (…, 2), in metres of the object."""
        return np.asarray(np.stack([np.asarray(points) @ self.right, np.asarray(points) @ self.up], axis=-1))


def camera_from(eye: Sequence[float], upright: Sequence[float]) -> Camera:
    """A camera that sees a scene from the side of `eye`, with `upright` pointing up on the paper."""
    towards = np.array(eye) / np.linalg.norm(eye)
    right = np.cross(upright, towards)
    right /= np.linalg.norm(right)
    return Camera(towards, right, np.cross(towards, right))


OBLIQUE = camera_from((0.92, -1.12, 0.95), (0, 0, 1))
FROM_ABOVE = camera_from((0, 0, 1), (0, 1, 0))
FROM_ABOVE_TURNED = camera_from((0, 0, 1), (-1, 0, 0))


@dataclass(frozen=True, eq=False)
class Ruler:
    """A scale bar: `length` in metres, `ends` (2, 3) on an edge of the object; None: across the paper, lower left."""

    length: float
    ends: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None


@dataclass(frozen=True, eq=False)
class StagePanel:
    """One part of a picture; layers in metres.

    `legend` names colours; `scale` is shown as a bar; `window`, left, right, bottom, top on the paper in metres, fits
    the layers if it is None.
    """

    title: str
    layers: Sequence[StagePiece]
    camera: Camera
    ruler: Ruler
    scale: Scale | None = None
    legend: Sequence[tuple[str, str]] = ()
    window: tuple[float, float, float, float] | None = None


def window_of(panel: StagePanel) -> tuple[float, float, float, float]:
    """The part of the paper that a panel takes: left, right, bottom, top in metres."""
    if panel.window is not None:
        return panel.window
    view = panel.camera
    paper = np.concatenate([view.project(layer.mesh.points) for layer in panel.layers if layer.mesh.n_points])
    (left, bottom), (right, top) = paper.min(axis=0), paper.max(axis=0)
    air = 0.008 * (right - left)
    return left - air, right + air, bottom - air, top + air


def aligned(panels: Sequence[StagePanel]) -> list[StagePanel]:
    """Panels of one camera with one window, so that they can be compared; at least one panel."""
    windows = np.array([window_of(panel) for panel in panels])
    lowest, highest = windows.min(axis=0), windows.max(axis=0)
    common = (float(lowest[0]), float(highest[1]), float(lowest[2]), float(highest[3]))
    return [replace(panel, window=common) for panel in panels]


def plotter_of(panel: StagePanel, pixels: tuple[int, int] = (800, 600)) -> Any:
    """A plotter that shows a panel's layers and nothing beside them; close it after use."""
    plotter = pv.Plotter(off_screen=True, window_size=list(pixels), lighting="none")
    plotter.set_background("white")
    view, (left, right, bottom, top) = panel.camera, window_of(panel)
    for towards, strength in ((view.eye + 0.8 * view.up - 0.2 * view.right, 0.7), (view.eye, 0.3)):
        plotter.add_light(pv.Light(position=tuple(towards), light_type="scene light", intensity=strength))
    for layer in panel.layers:
        if layer.mesh.n_points:
            plotter.add_mesh(layer.mesh, show_scalar_bar=False, **layer.style)
    centre = (left + right) / 2 * view.right + (bottom + top) / 2 * view.up
    reach = 10 * max(right - left, top - bottom)
    plotter.camera.parallel_projection = True
    plotter.camera.focal_point = tuple(centre)
    plotter.camera.position = tuple(centre + reach * view.eye)
    plotter.camera.up = tuple(view.up)
    plotter.camera.parallel_scale = (top - bottom) / 2
    plotter.reset_camera_clipping_range()
    return plotter


def photograph(panel: StagePanel, width: int) -> NDArray[np.uint8]:
    """A panel's layers as an image (height, width, 3) without margins."""
    left, right, bottom, top = window_of(panel)
    height = round(width * (top - bottom) / (right - left))
    plotter = plotter_of(panel, (OVERSAMPLING * width, OVERSAMPLING * height))
    try:
        large = np.asarray(plotter.screenshot(return_img=True), dtype=np.float32)[..., :3]
    finally:
        plotter.close()
    blocks = large.reshape(height, OVERSAMPLING, width, OVERSAMPLING, 3)
    return np.asarray(np.round(blocks.mean(axis=(1, 3))), dtype=np.uint8)


# --- the page ------------------------------------------------------------------------------------------------------


def page(panels: Sequence[StagePanel], caption: str, columns: int, dpi: int = DPI) -> Figure:
    """Set panels side by side (on one column: below each other), with bars, legends and a caption.

    Args:
        panels: one or two.
        caption: says what is shown; wrapped.
        columns: 1, a width of 84 mm, or 2, 174 mm.
        dpi: of the image.
    """
    width = WIDTHS[columns]
    across = len(panels) if columns > 1 else 1
    gap, foot = 4 * MM, max(_ruler_room(panel) + (11.5 if panel.scale else 7.0) * MM for panel in panels)
    each = (width - (across - 1) * gap) / across
    heights = [each * _slope(panel) for panel in panels]
    lines = [legible(line) for line in wrapped(caption, width - 2 * MM)]
    below = (1.5 + 2.5 * len(lines)) * MM
    head = 4.6 * MM
    block = max(heights) + head + foot if across > 1 else sum(heights) + len(panels) * (head + foot)
    with journal_style():
        figure = new_figure(width, block + below, dpi)
        top = block + below
        for number, (panel, height) in enumerate(zip(panels, heights, strict=True)):
            left = (number % across) * (each + gap)
            start = top - head
            _panel(figure, panel, (left, start - height, each, height), foot)
            top = top if across > 1 else start - height - foot
        style: dict[str, Any] = {"fontsize": CAPTION, "color": "#444444", "va": "bottom", "parse_math": False}
        figure.text(0.004, 1 * MM / (block + below), "\n".join(lines), **style)
    return figure


def wrapped(text: str, width: float) -> list[str]:
    """A caption in lines that fill a width (inches), as they are drawn.

    Words are as long as in the font of captions; one that is longer than a line has a line of its own.
    """
    with journal_style():
        canvas = FigureCanvasAgg(Figure(dpi=DPI))
        renderer, font = canvas.get_renderer(), FontProperties(size=CAPTION)  # type: ignore[no-untyped-call]

        def fits(line: str) -> bool:
            return bool(renderer.get_text_width_height_descent(legible(line), font, ismath=False)[0] <= width * DPI)

        lines: list[str] = []
        for word in text.split():
            if lines and fits(f"{lines[-1]} {word}"):
                lines[-1] += f" {word}"
            else:
                lines.append(word)
    return lines


def _ruler_room(panel: StagePanel) -> float:
    """Inches below a panel for its scale bar: an oblique view leaves the corners of the paper free."""
    return 4.5 * MM if panel.camera.eye[2] > 0.99 else 0.0


def _slope(panel: StagePanel) -> float:
    left, right, bottom, top = window_of(panel)
    return (top - bottom) / (right - left)


def _panel(figure: Figure, panel: StagePanel, box: tuple[float, float, float, float], foot: float) -> None:
    """Draw a panel into a box of (left, bottom, width, height) inches, its bar or legend below."""
    whole_width, whole_height = figure.get_size_inches()

    def share(left: float, bottom: float, width: float, height: float) -> tuple[float, float, float, float]:
        return left / whole_width, bottom / whole_height, width / whole_width, height / whole_height

    left, bottom, width, height = box
    room = _ruler_room(panel)
    axes = figure.add_axes(share(*box))
    window = window_of(panel)
    axes.imshow(photograph(panel, round(width * figure.dpi)), extent=window, aspect="auto", interpolation="antialiased")
    axes.set_axis_off()
    figure.text((left + 0.01) / whole_width, (bottom + height + 1.4 * MM) / whole_height, panel.title, fontsize=7.5)
    _ruler(axes, panel)
    if panel.scale is not None:
        bar = figure.add_axes(share(left + 0.04 * width, bottom - room - 4.2 * MM, 0.92 * width, 2.1 * MM))
        mappable = ScalarMappable(panel.scale.norm, panel.scale.colours)
        drawn = figure.colorbar(mappable, cax=bar, orientation="horizontal")
        drawn.set_label(panel.scale.label, fontsize=7, labelpad=1)
        drawn.ax.tick_params(labelsize=6.5, pad=1.5)
        drawn.ax.xaxis.set_major_formatter(lambda value, _: f"{value:.4g}")
    elif panel.legend:
        patches = [
            Patch(facecolor=colour, edgecolor="#666666", linewidth=0.4, label=name) for name, colour in panel.legend
        ]
        key = figure.add_axes(share(left, bottom - foot, width, foot - room - 1 * MM))
        key.set_axis_off()
        key.legend(handles=patches, loc="upper center", ncols=len(patches), frameon=False, fontsize=7, handlelength=1.1)


def _ruler(axes: Any, panel: StagePanel) -> None:
    """Draw the scale bar; along an edge of the object it holds in that direction."""
    left, right, bottom, top = window_of(panel)
    point = (right - left) / (72 * axes.figure.get_size_inches()[0] * axes.get_position().width)  # metres per pt
    if panel.ruler.ends is None:
        low = bottom if _ruler_room(panel) else bottom + 14 * point
        ends = np.array([[left, low], [left + panel.ruler.length, low]]) + (0.008 * (right - left), 0)
    else:
        ends = panel.camera.project(np.array(panel.ruler.ends))
    along = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    away = np.array([along[1], -along[0]])
    ends = ends + 5 * point * away
    axes.plot(*ends.T, color=INK, lw=1.4, solid_capstyle="butt", clip_on=False)
    middle = ends.mean(axis=0) + 6.5 * point * away
    style = {"rotation": np.degrees(np.arctan2(along[1], along[0])), "rotation_mode": "anchor", "color": INK}
    axes.text(*middle, f"{panel.ruler.length * 1e6:g} µm", fontsize=7, ha="center", va="center", **style)
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
