"""Which outlines can be meshed: discs, and polygons whose corners are not too sharp."""

from __future__ import annotations

import math

import numpy as np

from constriction.base.errors import InputError
from constriction.field.mesh.layouts.scaled import in_pitches
from constriction.field.mesh.rims import rims_in
from constriction.geometry.cell import Layout
from constriction.geometry.outlines import SNAP, Outline

SHARPEST = math.radians(30)  # angle of a corner, or of a rim with its image in the side that it meets
MOST_EDGES = 40  # of an outline or a hole: more are a curve, of which fewer do


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
    cell, spots = in_pitches(layout)
    for number, spot in enumerate(spots, start=1):
        if why := _unmeshable(cell, spot):
            raise InputError(f"interface: spot {number} {why}, which is not meshed; {expected}")


def is_meshed_as_drawn(layout: Layout) -> bool:
    """Whether a mesh has just these outlines, and each of them one rim."""
    if layout.periodic or is_intricate(layout):
        return False
    cell, spots = in_pitches(layout)
    return not any(spot.holes or _unmeshable(cell, spot) for spot in spots)


def is_intricate(layout: Layout) -> bool:
    """Whether outlines of straight edges should have fewer corners before they are meshed."""
    chains = [chain for spot in layout.spots for chain in spot.chains]
    straight = all(edge.centre is None for chain in (*chains, layout.cell.edges) for edge in chain)
    return straight and (layout.traced is not None or any(len(chain) > MOST_EDGES for chain in chains))


def _unmeshable(cell: Outline, spot: Outline) -> str:
    """Why an outline cannot be meshed; nothing if it can."""
    rims = rims_in(cell, spot)
    if any(edge.centre is not None for edge in spot.edges):
        return "has more than one outer rim of arcs" if sum(rim.turn > 0 for rim in rims) > 1 else ""
    turns = np.abs(np.concatenate([np.zeros(1), *(rim.bends for rim in rims)]))
    if turns.max() > math.pi - SHARPEST * (1 - SNAP):
        return f"has a corner of {math.degrees(math.pi - turns.max()):.3g}°, below 30°"
    return ""
