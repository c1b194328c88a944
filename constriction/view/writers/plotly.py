"""Charts as plotly draws them; colours are names of the page's style sheet (`--c0`, `--ink`)."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series, band_of
from constriction.view.writers.lettering import QUANTITIES, ticks_of

_PLOTLY_SYMBOLS = {"triangle": "triangle-up", "cross": "x-thin"}

_PANEL_HEIGHT, _SINGLE_HEIGHT, _MARGINS = 190, 330, 90  # pixels

_LEGEND_ROW, _LEGEND_LETTERS = 19, 110  # pixels; letters that fit side by side

COMMON_LAYOUT: dict[str, Any] = {  # of charts and scenes
    "autosize": True,
    "uirevision": "kept",
    "paper_bgcolor": "rgba(0,0,0,0)",
    "font": {"family": "system-ui, sans-serif", "size": 13, "color": "--ink"},
    "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "--line", "activecolor": "--ink"},
    "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"},
}

_MOST_TICKS = 8  # between integers

_PANEL_GAP = 0.06  # of the height, between panels
_PANEL_LETTERS = 18  # of a label beside one of several panels; a longer one has its unit on a line of its own


def figure(chart: Chart) -> dict[str, Any]:
    """A chart as plotly's `data` and `layout`; plain lists, numbers and strings."""
    count = len(chart.panels)
    layout = _common_layout(chart)
    layout["xaxis"] = _axis(chart.x, chart.places) | {"anchor": _name(count - 1)}
    share = (1 - _PANEL_GAP * (count - 1)) / count
    shown = {""}
    data: list[dict[str, Any]] = []
    for number, panel in enumerate(chart.panels):
        name, top = _name(number), 1 - number * (share + _PANEL_GAP)
        domain = [max(0.0, round(top - share, 6)), round(top, 6)]
        layout["yaxis" + name[1:]] = _axis(panel.y, panel.values) | {"domain": domain}
        if count > 1 and len(panel.y.label) > _PANEL_LETTERS:
            layout["yaxis" + name[1:]]["title"]["text"] = _typeset(panel.y.label).replace("  (", "<br>(")
        layout["shapes"] += [_level(value, name) for value in panel.levels]
        if panel.shaded is not None:
            layout["shapes"].append(_shaded(panel.shaded, name))
        for series in panel.series:
            for trace in _traces(series):
                data.append(trace | {"yaxis": name, "showlegend": series.label not in shown})
                shown.add(series.label)
    if chart.equal:
        layout["yaxis"] |= {"scaleanchor": "x", "scaleratio": 1, "constraintoward": "bottom", "rangemode": "tozero"}
        layout["xaxis"]["constraintoward"] = "left"
        layout["margin"]["r"] = 48  # names of points stand beside the last arc
        layout["meta"] = {"shape": _shape(chart.panels[0])}
    return {"data": data, "layout": layout}


def _name(panel: int) -> str:
    """What plotly calls the vertical axis of a panel."""
    return "y" if panel == 0 else f"y{panel + 1}"


def _legend_rows(chart: Chart) -> int:
    """Rows that the legend of a page as wide as a text takes."""
    labels = dict.fromkeys(s.label for panel in chart.panels for s in panel.series if s.label)
    longest = max(map(len, labels), default=1)
    return max(1, math.ceil(len(labels) / max(1, _LEGEND_LETTERS // (longest + 8))))


def _common_layout(chart: Chart) -> dict[str, Any]:
    count, more = len(chart.panels), _LEGEND_ROW * (_legend_rows(chart) - 1)
    height = (_SINGLE_HEIGHT if count == 1 else _PANEL_HEIGHT * count) + _MARGINS + more
    return COMMON_LAYOUT | {
        "height": height,
        "margin": {"l": 62, "r": 14, "t": 40 + more, "b": 48},
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "--paper", "bordercolor": "--line", "font": {"color": "--ink"}},
        "shapes": [],
    }


def _shape(panel: Panel) -> float:
    """Height over width of what a panel shows, from y = 0 on; at most 2."""
    x, y = panel.places, panel.values
    width, height = float(np.nanmax(x) - np.nanmin(x)), max(float(np.nanmax(y)), 0.0) - min(float(np.nanmin(y)), 0.0)
    return round(min(height / width, 2.0), 4) if width > 0 else 2.0


def _axis(axis: ChartAxis, values: NDArray[np.float64]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "title": {"text": _typeset(axis.label), "standoff": 8},
        "gridcolor": "--grid",
        "linecolor": "--line",
        "zerolinecolor": "--line",
        "showline": True,
        "ticks": "outside",
        "tickcolor": "--line",
        "automargin": True,
    }
    if axis.names:
        texts = [html.escape(name) for name in axis.names]
        return found | {"tickvals": list(range(len(texts))), "ticktext": texts}
    if axis.scale in ("linear", "degrees"):
        return found | _range(axis)
    every = values[np.isfinite(values)]
    if axis.scale == "whole":
        return found | {"dtick": max(1, math.ceil(float(np.ptp(every)) / _MOST_TICKS))}
    low, high = axis.limits or (every.min(), every.max())
    ticks = ticks_of(axis.scale, float(low), float(high))
    found |= {"tickvals": [value for value, _ in ticks], "ticktext": [text for _, text in ticks]}
    return found | {"type": "log"} | _range(axis)


def _range(axis: ChartAxis) -> dict[str, Any]:
    if not axis.limits:
        return {}
    return {"range": [math.log10(end) if axis.logarithmic else end for end in axis.limits]}


def _typeset(text: str) -> str:
    """A text for plotly: R_SE as a symbol."""
    return QUANTITIES.sub(r"<i>\1</i><sub>\2</sub>", html.escape(text))


def _level(value: float, axis: str) -> dict[str, Any]:
    line = {"color": "--muted", "dash": "dash" if value else "solid", "width": 1.2}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": axis, "y0": value, "y1": value, "line": line}


def _shaded(part: tuple[float, float], axis: str) -> dict[str, Any]:
    """A part of x in grey, behind the series."""
    look = {"layer": "below", "fillcolor": "--muted", "opacity": 0.08, "line": {"width": 0}}
    place = {"xref": "x", "x0": part[0], "x1": part[1], "yref": f"{axis} domain", "y0": 0, "y1": 1}
    return {"type": "rect"} | place | look


def _traces(series: Series) -> Iterator[dict[str, Any]]:
    """A series, below it its band: once along its lower edge, and back along the upper one."""
    if series.band is not None:
        edges = np.array([np.asarray(series.x, dtype=float), *band_of(series)])
        x, low, high = map(numbers, edges[:, np.isfinite(edges).all(axis=0)])
        yield {
            **{"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"},
            **{"fill": "toself", "fillcolor": f"--{series.colour}", "opacity": 0.18},
            **{"name": _typeset(series.label), "legendgroup": html.escape(series.label)},
            **{"x": x + x[::-1], "y": low + high[::-1]},
        }
    if series.band is None or series.line + series.symbol:
        yield _trace(series)


def _trace(series: Series) -> dict[str, Any]:
    colour = f"--{series.colour}"
    parts = [("lines", series.line), ("markers", series.symbol), ("text", any(series.names))]
    trace = {
        "type": "scatter",
        "mode": "+".join(name for name, wanted in parts if wanted) or "none",
        "x": numbers(series.x),
        "y": numbers(series.y),
        "name": _typeset(series.label),
        "legendgroup": html.escape(series.label),
        "line": {
            "color": colour,
            "width": (1 if series.colour == "muted" else 2) * series.width,
            "dash": "dash" if series.line == "dashed" else "solid",
        },
        "marker": _marker(series, colour),
    }
    return trace | _hover(series) | _texts(series, colour) | _bars(series, colour)


def _hover(series: Series) -> dict[str, Any]:
    if series.hover:
        return {"hovertext": [html.escape(text) for text in series.hover], "hoverinfo": "text"}
    return {"hoverinfo": "skip"} if series.line and not series.symbol else {}


def _texts(series: Series, colour: str) -> dict[str, Any]:
    if not any(series.names):
        return {}
    return {
        "text": [html.escape(name) for name in series.names],
        "cliponaxis": False,
        "textposition": list(series.places) or "top center",
        "textfont": {"color": colour if series.colour == "ink" else "--muted", "size": 12},
    }


def _bars(series: Series, colour: str) -> dict[str, Any]:
    """Error bars, or stems as bars that reach to 0."""
    look: dict[str, Any] = {"type": "data", "color": colour, "visible": True}
    if series.stems:
        down = numbers(series.y)
        return {"error_y": look | {"array": [0.0] * len(down), "arrayminus": down, "symmetric": False, "width": 0}}
    return {} if series.error is None else {"error_y": look | {"array": numbers(series.error)}}


def _marker(series: Series, colour: str) -> dict[str, Any]:
    if not series.symbol:
        return {}
    name = _PLOTLY_SYMBOLS.get(series.symbol, series.symbol)
    size = 9 if series.colour == "ink" else 6 * series.width**0.5
    marker = {"symbol": name + "-open" if series.hollow else name, "size": size, "color": colour}
    return marker | ({"line": {"width": 1.5, "color": colour}} if series.hollow or name.endswith("thin") else {})


def numbers(values: ArrayLike) -> list[float | None]:
    """Seven digits of each, which is more than a picture shows; None for what is not finite."""
    flat = np.asarray(values, dtype=float).ravel().tolist()
    return [float(f"{value:.7g}") if math.isfinite(value) else None for value in flat]
