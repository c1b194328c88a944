"""Which outlines can be meshed: discs, and polygons whose corners are neither too sharp nor those of a curve."""

from __future__ import annotations

import math

import numpy as np

from constriction.base.errors import InputError, counted
from constriction.field.mesh.rims import rim_edges
from constriction.field.mesh.simplices import Reals
from constriction.geometry.cell import Layout
from constriction.geometry.outlines import SNAP, Edge, Outline

SHARPEST, STRAIGHTEST = math.radians(30), math.radians(10)  # of a corner: its angle, and how far it turns
MOST_EDGES = 40  # of an outline


def check_outlines(layout: Layout) -> None:
    """Refuse to mesh outlines that have no collar.

    Raises:
        InputError: with what is wrong with which outline.
    """
    expected = "expected accuracy.method = 'spectral' without --cross-check"
    if layout.periodic:
        raise InputError(
            f"interface.sides = 'periodic': finite elements mesh cells between mirrors; {expected}, or 'mirror'"
        )
    if layout.traced is not None:
        raise InputError(f"interface.pattern: the {len(layout.spots)} outlines of a map are not meshed yet; {expected}")
    for number, spot in enumerate(layout.spots, start=1):
        if why := _unmeshable(layout, spot):
            raise InputError(f"interface: spot {number} {why}, which is not meshed; {expected}")


def is_meshed(layout: Layout) -> bool:
    """Whether all outlines can be meshed."""
    return layout.traced is None and not layout.periodic and not any(_unmeshable(layout, spot) for spot in layout.spots)


def _unmeshable(layout: Layout, spot: Outline) -> str:
    """Why an outline cannot be meshed; nothing if it can."""
    if spot.holes or len(spot.edges) > MOST_EDGES:
        return f"has {counted(len(spot.holes), 'hole')} and {len(spot.edges)} edges, as a curve or spots that merge"
    rims = rim_edges(layout.cell, spot)
    if any(edge.turn < 0 for edge in rims) or _pieces(rims) > 1:
        return "has more than one rim, as a ring or what reaches from side to side"
    if any(edge.centre is not None for edge in rims):
        return ""
    return _corners(_turns(rims)) or ("" if layout.circular else _ends(layout, rims))


def _corners(turns: Reals) -> str:
    """What is wrong with corners that turn by so much; nothing if they can be meshed."""
    if not len(turns):
        return ""
    least, most = float(np.abs(turns).min()), float(np.abs(turns).max())
    if most > math.pi - SHARPEST * (1 - SNAP):
        return f"has a corner of {math.degrees(math.pi - most):.3g}°, below 30°"
    return f"has a corner that turns by {math.degrees(least):.3g}°, as a curve" if least < STRAIGHTEST else ""


def _pieces(rims: list[Edge]) -> int:
    """How many lines the edges of a rim make; a closed one is one."""
    ends = {edge.end for edge in rims}
    return max(sum(edge.start not in ends for edge in rims), 1)


def _turns(rims: list[Edge]) -> Reals:
    """The angles through which a rim of straight edges turns at its corners, rad."""
    following = {edge.start: edge for edge in rims}
    pairs = [(edge, following[edge.end]) for edge in rims if edge.end in following]
    ways = np.array([[_way(one), _way(other)] for one, other in pairs]).reshape(-1, 2, 2)
    cross = ways[:, 0, 0] * ways[:, 1, 1] - ways[:, 0, 1] * ways[:, 1, 0]
    return np.asarray(np.arctan2(cross, np.sum(ways[:, 0] * ways[:, 1], axis=1)))


def _way(edge: Edge) -> tuple[float, float]:
    length = math.dist(edge.start, edge.end)
    return (edge.end[0] - edge.start[0]) / length, (edge.end[1] - edge.start[1]) / length


def _ends(layout: Layout, rims: list[Edge]) -> str:
    """What is wrong with the ends of a rim of straight edges, which meets the sides of a rectangular cell upright."""
    starts, ends = {edge.start for edge in rims}, {edge.end for edge in rims}
    outer = [_way(edge) for edge in rims if edge.start not in ends or edge.end not in starts]
    sides = [_way(side) for side in layout.cell.edges]
    upright = all(min(abs(np.dot(way, side)) for side in sides) < SNAP for way in outer)
    return "" if upright else "meets a side of the cell at no right angle"
