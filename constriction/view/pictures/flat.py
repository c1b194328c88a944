"""The interface from above, without a mesh: contacts, the height of the gap beside them, and the current density."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PathCollection
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.path import Path
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray

from constriction.geometry.cell import Layout
from constriction.geometry.profiles import Profile
from constriction.geometry.relief import STRIPES, Relief, relief, rings
from constriction.simulation.maps.densities import Density
from constriction.view.terminal.numbers import decimal_prefix, hertz, metres, round_down
from constriction.view.writers.lettering import legible
from constriction.view.writers.plots import DPI, METADATA, WIDTH, journal_style, new_figure

MM = 1 / 25.4
CONTACT, GAP, BARE, INK = "#E69F00", "#8CC7EC", "#B9B4A7", "#222222"  # as pictures of a mesh have them
DENSITIES, LOWEST, HIGHEST = "magma", 1e-2, 1e2  # colours of current densities, and the widest range that has them
HEIGHTS = "Blues"
ACROSS = 600  # places along the longer side at which the height is drawn
LOGARITHMIC = 3.0  # highest over lowest, from which heights go in equal ratios
MARGIN, FOOT, BAR, SLENDEREST = 2 * MM, 7 * MM, 9 * MM, 1.3  # inches beside and below; depth over width

type Floats = NDArray[np.float64]
type Box = tuple[float, float, float, float]


def flat_png(
    layout: Layout, gap_height: float | None, profile: Profile | None, densities: Sequence[Density] = ()
) -> bytes:
    """The interface as a PNG for one journal column, and one more for each density.

    Args:
        layout: the mirror cell, of which a whole lattice cell is drawn.
        gap_height: far from contacts, m; None without a gap's capacitance.
        profile: of the gap's height, None: it is even.
        densities: of current, each drawn beside.
    """
    file = io.BytesIO()
    flat_figure(layout, gap_height, profile, densities).savefig(file, format="png", metadata=METADATA[".png"])
    return file.getvalue()


def flat_figure(
    layout: Layout,
    gap_height: float | None,
    profile: Profile | None,
    densities: Sequence[Density] = (),
    caption: Sequence[str] = (),
    dpi: int = DPI,
) -> Figure:
    """The same as a figure, with `gap_height` in m; `caption` is set below, in these lines."""
    found, panels = relief(layout), 1 + len(densities)
    left, front, right, back = found.cell.bounds
    bars = densities or (profile is not None and gap_height is not None)
    foot = FOOT + BAR if bars else FOOT
    wide = (WIDTH - 2 * MARGIN) * min(1.0, SLENDEREST * (right - left) / (back - front))
    high, below = wide * (back - front) / (right - left), (1.0 + 2.6 * len(caption)) * MM
    whole = high + MARGIN + foot + below
    with journal_style():
        figure = new_figure(panels * WIDTH, whole, dpi)
        sides = right - left, back - front
        for panel in range(panels):
            start = (panel + (1 - wide / WIDTH) / 2) / panels
            axes = figure.add_axes((start, (foot + below) / whole, wide / WIDTH / panels, high / whole))
            axes.set_axis_off()
            axes.set_xlim(left, right)
            axes.set_ylim(front, back)
            bar = (panel + 0.3) / panels, (below + 7 * MM) / whole, 0.64 / panels, 2.1 * MM / whole
            if panel:
                _draw_density(axes, found, layout, densities[panel - 1], _range_of(densities))
                _density_bar(figure, bar, densities[panel - 1], _range_of(densities))
            else:
                _draw(axes, found, layout, gap_height, profile)
                _ruler(axes, sides[0], high)
                _key(figure, (0.97 / panels, (foot + below - 2 * MM) / whole), gap_height, profile)
                if profile is not None and gap_height is not None:
                    _bar(figure, bar, gap_height, profile)
        style: dict[str, Any] = {"fontsize": 6, "color": "#444444", "va": "bottom", "parse_math": False}
        figure.text(0.01, 0.7 * MM / whole, "\n".join(map(legible, caption)), **style)
    return figure


def heights_on(layout: Layout, found: Relief, profile: Profile, gap_height: float) -> Floats:
    """Heights of the gap in m on a raster of the drawn part, (along, across), from its front left corner."""
    return gap_height * profile.height(*_places(layout, found))


def _places(layout: Layout, found: Relief) -> tuple[Floats, Floats]:
    """Places x (1, across) and y (along, 1) in m in the mirror cell, of a raster of the drawn part."""
    left, front, right, back = found.cell.bounds
    side = max(right - left, back - front) / ACROSS
    x, y = (np.linspace(low, high, max(round((high - low) / side), 2)) for low, high in ((left, right), (front, back)))
    y = np.minimum(np.abs(y), layout.depth) if layout.lattice_images == STRIPES else np.abs(y)
    return np.abs(x)[None, :], y[:, None]


# --- parts ---------------------------------------------------------------------------------------------------------


def _draw(axes: Axes, found: Relief, layout: Layout, gap_height: float | None, profile: Profile | None) -> None:
    left, front, right, back = found.cell.bounds
    electrode, beside = (found.cell, GAP) if layout.electrode is None else (layout.electrode.outline, BARE)
    axes.add_collection(PathCollection([_path(rings(found.cell))], facecolors=beside, edgecolors="none", zorder=0))
    axes.add_collection(PathCollection([_path(rings(electrode))], facecolors=GAP, edgecolors="none", zorder=0.5))
    if profile is not None and gap_height is not None:
        heights = heights_on(layout, found, profile, gap_height)
        extent = (left, right, front, back)
        shown = axes.imshow(heights, HEIGHTS, _norm(profile, gap_height), aspect="auto", origin="lower", extent=extent)
        shown.set_zorder(1)
        shown.set_clip_path(_path(rings(electrode)), axes.transData)
    line = 0.5 if len(found.contacts) < 200 else 0.2
    style: dict[str, Any] = {"facecolors": CONTACT, "edgecolors": INK, "linewidths": line, "zorder": 2}
    axes.add_collection(PathCollection([_path(rings(part)) for part in found.contacts], **style))
    _border(axes, found)


def _draw_density(axes: Axes, found: Relief, layout: Layout, density: Density, norm: LogNorm) -> None:
    left, front, right, back = found.cell.bounds
    values = np.maximum(density.at(*_places(layout, found)), norm.vmin or LOWEST)
    extent = (left, right, front, back)
    shown = axes.imshow(values, DENSITIES, norm, aspect="auto", origin="lower", extent=extent)
    shown.set_clip_path(_path(rings(found.cell)), axes.transData)
    style: dict[str, Any] = {"facecolors": "none", "edgecolors": "#FFFFFF", "linewidths": 0.3, "zorder": 2}
    axes.add_collection(PathCollection([_path(rings(part)) for part in found.contacts], **style))
    _border(axes, found)


def _range_of(densities: Sequence[Density]) -> LogNorm:
    """One range of colours for all densities over their means."""
    values = np.concatenate([density.values.ravel() for density in densities])
    high = min(max(float(np.max(values)), 2.0), HIGHEST)
    return LogNorm(min(max(float(np.min(values)), LOWEST), 0.5), high)


def _border(axes: Axes, found: Relief) -> None:
    border: dict[str, Any] = {
        "facecolors": "none",
        "edgecolors": "#999999",
        "linewidths": 0.5,
        "zorder": 3,
        "clip_on": False,
    }
    axes.add_collection(PathCollection([_path(rings(found.cell))], **border))


def _path(outlines: Sequence[Floats]) -> Path:
    """Closed outlines (k, 2), those of holes the other way round."""
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in outlines))


def _norm(profile: Profile, gap_height: float) -> Normalize:
    """From heights in m to colours."""
    scale = LogNorm if profile.largest > LOGARITHMIC else Normalize
    return scale(gap_height, max(profile.largest, 1.001) * gap_height)


def _ruler(axes: Axes, width: float, high: float) -> None:
    """A bar of a round length below the lower left corner of axes that show a `width` in m and are `high` in inches."""
    length = round_down(0.25 * width)
    start = axes.get_xlim()[0]
    style: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False, "color": INK}
    axes.plot([start, start + length], [-1.8 * MM / high] * 2, lw=1.4, solid_capstyle="butt", **style)
    size, prefix = decimal_prefix(length)
    axes.text(start, -2.8 * MM / high, f"{length / size:g} {prefix}m", fontsize=7, va="top", **style)


def _key(figure: Figure, corner: tuple[float, float], gap_height: float | None, profile: Profile | None) -> None:
    """Names of colours, left below a place in shares of the figure."""
    named = [("contact", CONTACT)]
    if profile is None or gap_height is None:
        named.append(("gap, no capacitance" if gap_height is None else f"gap, h = {metres(gap_height)}", GAP))
    patches = [Patch(facecolor=colour, edgecolor="#666666", linewidth=0.4, label=name) for name, colour in named]
    style: dict[str, Any] = {"fontsize": 7, "handlelength": 1.1, "borderaxespad": 0, "borderpad": 0, "ncols": 2}
    figure.legend(handles=patches, loc="upper right", bbox_to_anchor=corner, frameon=False, **style)


def _bar(figure: Figure, box: Box, gap_height: float, profile: Profile) -> None:
    """Colours of heights."""
    norm, (size, prefix) = _norm(profile, gap_height), decimal_prefix(profile.largest * gap_height)
    shown = type(norm)(gap_height / size, (norm.vmax or gap_height) / size)
    axes = figure.add_axes(box)
    bar = figure.colorbar(ScalarMappable(shown, HEIGHTS), cax=axes, orientation="horizontal")
    bar.set_label(f"height of the gap, h ({prefix}m)", fontsize=7, labelpad=1)
    if isinstance(norm, LogNorm):
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(labelsize=6.5, pad=1.5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.4g}")


def _density_bar(figure: Figure, box: Box, density: Density, norm: LogNorm) -> None:
    """Colours of current densities."""
    axes = figure.add_axes(box)
    bar = figure.colorbar(ScalarMappable(norm, DENSITIES), cax=axes, orientation="horizontal")
    at = "direct current" if density.frequency == 0 else hertz(density.frequency)
    bar.set_label(f"current density over its mean, {at}", fontsize=7, labelpad=1)
    axes.tick_params(labelsize=6.5, pad=1.5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.4g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
