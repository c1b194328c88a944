"""The interface from above, without a mesh: contacts, and the height of the gap beside them."""

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
from constriction.view.terminal.numbers import decimal_prefix, metres, round_down
from constriction.view.writers.lettering import legible
from constriction.view.writers.plots import DPI, METADATA, WIDTH, journal_style, new_figure

MM = 1 / 25.4
CONTACT, GAP, INK = "#E69F00", "#8CC7EC", "#222222"  # as pictures of a mesh have them
HEIGHTS = "Blues"
ACROSS = 600  # places along the longer side at which the height is drawn
LOGARITHMIC = 3.0  # highest over lowest, from which heights go in equal ratios
MARGIN, FOOT, BAR, SLENDEREST = 2 * MM, 7 * MM, 9 * MM, 1.3  # inches beside and below; depth over width

type Floats = NDArray[np.float64]
type Box = tuple[float, float, float, float]


def flat_png(plan: Layout, gap_height: float | None, profile: Profile | None) -> bytes:
    """The interface as a PNG for one journal column.

    Args:
        plan: the mirror cell, of which a whole lattice cell is drawn.
        gap_height: far from contacts, m; None without a gap's capacitance.
        profile: of the gap's height, None: it is even.
    """
    file = io.BytesIO()
    flat_figure(plan, gap_height, profile).savefig(file, format="png", metadata=METADATA[".png"])
    return file.getvalue()


def flat_figure(
    plan: Layout, gap_height: float | None, profile: Profile | None, caption: Sequence[str] = (), dpi: int = DPI
) -> Figure:
    """The same as a figure, with `gap_height` in m; `caption` is set below, in these lines."""
    found = relief(plan)
    left, front, right, back = found.cell.bounds
    foot = FOOT if profile is None or gap_height is None else FOOT + BAR
    wide = (WIDTH - 2 * MARGIN) * min(1.0, SLENDEREST * (right - left) / (back - front))
    high, below = wide * (back - front) / (right - left), (1.0 + 2.6 * len(caption)) * MM
    whole = high + MARGIN + foot + below
    with journal_style():
        figure = new_figure(WIDTH, whole, dpi)
        axes = figure.add_axes(((1 - wide / WIDTH) / 2, (foot + below) / whole, wide / WIDTH, high / whole))
        axes.set_axis_off()
        axes.set_xlim(left, right)
        axes.set_ylim(front, back)
        _draw(axes, found, plan, gap_height, profile)
        _ruler(axes, right - left, high)
        _key(figure, (foot + below - 2 * MM) / whole, gap_height, profile)
        if profile is not None and gap_height is not None:
            _bar(figure, (0.3, (below + 7 * MM) / whole, 0.64, 2.1 * MM / whole), gap_height, profile)
        style: dict[str, Any] = {"fontsize": 6, "color": "#444444", "va": "bottom", "parse_math": False}
        figure.text(0.01, 0.7 * MM / whole, "\n".join(map(legible, caption)), **style)
    return figure


def heights_on(plan: Layout, found: Relief, profile: Profile, gap_height: float) -> Floats:
    """Heights of the gap in m on a raster of the drawn part, (along, across), from its front left corner."""
    left, front, right, back = found.cell.bounds
    side = max(right - left, back - front) / ACROSS
    x, y = (np.linspace(low, high, max(round((high - low) / side), 2)) for low, high in ((left, right), (front, back)))
    y = np.minimum(np.abs(y), plan.depth) if plan.lattice_images == STRIPES else np.abs(y)
    return gap_height * profile.height(np.abs(x)[None, :], y[:, None])


# --- parts ---------------------------------------------------------------------------------------------------------


def _draw(axes: Axes, found: Relief, plan: Layout, gap_height: float | None, profile: Profile | None) -> None:
    left, front, right, back = found.cell.bounds
    cell = PathCollection([_path(rings(found.cell))], facecolors=GAP, edgecolors="none", zorder=0)
    axes.add_collection(cell)
    if profile is not None and gap_height is not None:
        heights = heights_on(plan, found, profile, gap_height)
        extent = (left, right, front, back)
        shown = axes.imshow(heights, HEIGHTS, _norm(profile, gap_height), aspect="auto", origin="lower", extent=extent)
        shown.set_zorder(1)
        shown.set_clip_path(_path(rings(found.cell)), axes.transData)
    line = 0.5 if len(found.contacts) < 200 else 0.2
    style: dict[str, Any] = {"facecolors": CONTACT, "edgecolors": INK, "linewidths": line, "zorder": 2}
    axes.add_collection(PathCollection([_path(rings(part)) for part in found.contacts], **style))
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


def _key(figure: Figure, top: float, gap_height: float | None, profile: Profile | None) -> None:
    """Names of colours, below the share `top` of the figure's height."""
    named = [("contact", CONTACT)]
    if profile is None or gap_height is None:
        named.append(("gap, no capacitance" if gap_height is None else f"gap, h = {metres(gap_height)}", GAP))
    patches = [Patch(facecolor=colour, edgecolor="#666666", linewidth=0.4, label=name) for name, colour in named]
    style: dict[str, Any] = {"fontsize": 7, "handlelength": 1.1, "borderaxespad": 0, "borderpad": 0, "ncols": 2}
    figure.legend(handles=patches, loc="upper right", bbox_to_anchor=(0.97, top), frameon=False, **style)


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
