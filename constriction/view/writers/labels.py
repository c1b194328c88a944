"""Where names go in a picture, so that none covers a curve or another name."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from constriction.view.charts.charts import Panel, Series
from constriction.view.charts.curves import Named

# Directions tried, best first, as angles: above reads best, below last.
ANGLES = np.deg2rad([90, 60, 120, 30, 150, 0, 180, -30, -150, -60, -120, -90])

# Distances from point to text in pt. Further than LEADER a thin line shows what belongs together.
DISTANCES = (4.0, 7.0, 11.0, 16.0, 22.0, 30.0)

LEADER = 8.0

# Room around a text, and between two marked points, in pt.
AIR = 1.2

APART = 8.0


@dataclass
class LabelLayout:
    """What is taken on an axes, in pixels.

    Attributes:
        axes: with final size and limits.
        point: pixels per pt.
        curves: (N, 2) points along the lines, nowhere further apart than a text is high.
        marked: (2,) points that carry a marker.
        boxes: of the texts.
    """

    axes: Axes
    point: float
    curves: NDArray[np.float64]
    marked: list[NDArray[np.float64]] = field(default_factory=list)
    boxes: list[Bbox] = field(default_factory=list)


def new_layout(axes: Axes, dpi: float, curves: Sequence[NDArray[np.float64]]) -> LabelLayout:
    """Describe an axes that has curves (each (N, 2), data units) but no names yet."""
    point = dpi / 72
    dense = [_dense(np.asarray(axes.transData.transform(curve)), 2 * point) for curve in curves]
    return LabelLayout(axes, point, np.concatenate(dense))


def place_labels(layout: LabelLayout, peaks: Sequence[Named], decades: Sequence[Named], color: str) -> None:
    """Name peaks, all of them, and then those decades that have a free place.

    Args:
        layout: the axes with what is on it; final size and limits.
        peaks: (x, y, text) in data units; their markers are drawn already.
        decades: the same, by falling importance; marker and text are drawn here, in `color`.
        color: of the decades' markers, usually that of their curve.
    """
    layout.marked.extend(_pixel(layout, x, y) for x, y, _ in peaks)
    for peak in peaks:
        _name(layout, peak, "black", must=True)
    for x, y, text in decades:
        here = _pixel(layout, x, y)
        if any(np.hypot(*(here - other)) < APART * layout.point for other in layout.marked):
            continue
        if _name(layout, (x, y, text), "#555555", must=False):
            layout.marked.append(here)
            layout.axes.plot([x], [y], "o", ms=3.2, mfc="white", mec=color, mew=0.8, zorder=4, clip_on=False)


def name_points(axes: Axes, panel: Panel, dpi: float, colours: Mapping[str, str]) -> None:
    """Write the names of a panel's points on an axes that shows it.

    Args:
        axes: with final size and limits.
        panel: with named series, or without.
        dpi: of the figure.
        colours: by their names.
    """
    named = [series for series in panel.series if any(series.names)]
    if not named:
        return
    curves = [np.column_stack([s.x, s.y]).astype(float) for s in panel.series if s not in named]
    layout = new_layout(axes, dpi, [curve[np.isfinite(curve).all(axis=1)] for curve in curves])
    must, may = (_named(named, optional) for optional in (False, True))
    colour = next((series.colour for series in named if series.optional), "muted")
    place_labels(layout, must, may, colours[colour])


def _named(several: Sequence[Series], optional: bool) -> list[Named]:
    """The named points of those series that are optional, or not."""
    chosen = [series for series in several if series.optional == optional]
    points = [zip(*np.asarray([s.x, s.y], dtype=float).tolist(), s.names, strict=True) for s in chosen]
    return [point for point in itertools.chain(*points) if point[2]]


def _pixel(layout: LabelLayout, x: float, y: float) -> NDArray[np.float64]:
    place: NDArray[np.float64] = np.asarray(layout.axes.transData.transform((x, y)))
    return place


def _name(layout: LabelLayout, named: Named, color: str, must: bool) -> bool:
    """Write a name at its first free place, if it must at the least bad one; return whether it is there."""
    x, y, words = named
    text = layout.axes.annotate(words, (x, y), (0, 0), textcoords="offset points", zorder=6)
    text.set(fontsize=7 if must else 6, color=color, ha="center", va="center")
    size = text.get_window_extent()
    half = np.array([size.width, size.height]) / 2
    here, best, lowest = _pixel(layout, x, y), (0.0, (0.0, 0.0)), math.inf
    for distance, offset in _offsets(half / layout.point, math.inf if must else LEADER):
        cost = _cost(layout, _box(here + np.array(offset) * layout.point, half))
        if cost < lowest:
            best, lowest = (distance, offset), cost
        if cost == 0:
            break
    if lowest > 0 and not must:
        text.remove()
        return False
    distance, offset = best
    text.set_position(offset)
    box = _box(here + np.array(offset) * layout.point, half)
    layout.boxes.append(box)
    if distance > LEADER:
        _lead(layout, here, box, color)
    return True


def _box(centre: NDArray[np.float64], half: NDArray[np.float64]) -> Bbox:
    return Bbox([centre - half, centre + half])


def _lead(layout: LabelLayout, here: NDArray[np.float64], box: Bbox, color: str) -> None:
    """Draw a thin line from a point to the nearest edge of its text."""
    ends = np.array([here, np.clip(here, box.min, box.max)])
    x, y = layout.axes.transData.inverted().transform(ends).T
    layout.axes.plot(x, y, "-", color=color, lw=0.4, zorder=3.5)


def _cost(layout: LabelLayout, box: Bbox) -> float:
    """Return what a text in this box covers: 1 per point of a curve, 100 a marker, 1000 a text or edge."""
    air = AIR * layout.point
    low, high = np.array(box.min) - air, np.array(box.max) + air
    marks = np.array(layout.marked).reshape(-1, 2)
    on_curves = ((layout.curves >= low) & (layout.curves <= high)).all(axis=1).sum()
    on_marks = ((marks >= low - 2 * air) & (marks <= high + 2 * air)).all(axis=1).sum()
    inside = layout.axes.bbox.contains(box.x0, box.y0) and layout.axes.bbox.contains(box.x1, box.y1)
    texts = box.padded(air).count_overlaps(layout.boxes)
    return float(on_curves + 100 * on_marks + 1000 * (texts + (not inside)))


def _offsets(half: NDArray[np.float64], furthest: float) -> Iterator[tuple[float, tuple[float, float]]]:
    """Yield (distance, offset of the centre) in pt, nearest first, for a text of half size (2,)."""
    for distance in (d for d in DISTANCES if d <= furthest):
        for angle in ANGLES:
            direction = np.array([math.cos(angle), math.sin(angle)])
            # The box's edge, not its centre, stays at `distance`: move out until the box no longer holds the
            # point.
            with np.errstate(divide="ignore"):
                reach = float(np.min(half / np.abs(direction)))
            x, y = direction * (distance + reach)
            yield distance, (float(x), float(y))


def _dense(points: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    """Return points (N, 2) with more in between, so that no text fits into a hole of a line."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    if along[-1] == 0:
        return points[:1]
    at = np.linspace(0, along[-1], math.ceil(along[-1] / gap) + 2)
    return np.column_stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])])
