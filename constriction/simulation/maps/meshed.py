"""The outlines of a map as finite elements mesh them: with few corners, and what that changes."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from constriction.base.errors import InputError
from constriction.case.schema import Case
from constriction.field.mesh.layouts.meshable import is_intricate
from constriction.field.response import Simplified
from constriction.geometry.cell import Layout
from constriction.simulation.maps.record import interface_at

SHARE = 0.3  # of the error that is asked, for the outlines
TOLERANCES = 0.4, 0.2, 0.1, 0.05, 0.025  # root of the largest triangle that is left out / room
ORDER = 1.5  # of the change in the tolerance
CAUTION = 1.5
WIDTH, MOST_PIXELS = 0.08, 1e6  # of the grid: a pixel / length at the rims


class Meshed(NamedTuple):
    """What is meshed of a map, and how it differs from the outlines as they are drawn."""

    layout: Layout
    differs: Simplified


def outlines_meshed(case: Case, layout: Layout) -> Meshed | None:
    """The outlines of a case as finite elements mesh them; None: as they are."""
    if not is_intricate(layout):
        return None
    return meshed(layout, case.electrolyte.thickness, case.accuracy.relative_error)


def meshed_layout(case: Case, layout: Layout) -> Layout:
    """The layout that finite elements mesh: intricate outlines have fewer corners there."""
    simpler = outlines_meshed(case, layout)
    return layout if simpler is None else simpler.layout


def check_meshed(case: Case, layout: Layout, memory: float) -> Layout:
    """The layout that finite elements mesh, if they may.

    Args:
        case: the case.
        layout: the layout of its interface.
        memory: bytes that may be used.

    Raises:
        InputError: bounds are asked for, which would not be those of the outlines as they are drawn; or even the
            coarsest mesh does not fit into the memory.
    """
    if layout.periodic or not is_intricate(layout):  # those of periodic cells are refused, whatever they are
        return layout
    if case.accuracy.bounds:
        raise InputError(
            f"accuracy.bounds = {str(case.accuracy.bounds).lower()}: the outlines are simplified before they are "
            "meshed, and bounds would not be theirs; expected bounds = false and no --bounds"
        )
    from constriction.field.fineness import COARSEST_MESH, memory_of

    drawn = meshed_layout(case, layout)
    needed = memory_of(drawn, COARSEST_MESH)
    if needed > memory:
        raise InputError(
            f"interface: {len(layout.spots)} outlines would take about {needed / 1e9:.3g} GB of memory even on the "
            f"coarsest mesh; {memory / 1e9:.3g} GB may be used; expected accuracy.method = 'spectral', fewer outlines, "
            "or more memory (--memory)"
        )
    return drawn


@lru_cache(maxsize=4)  # a run asks for its own more than once
def meshed(layout: Layout, thickness: float, relative_error: float) -> Meshed:
    """The outlines of a map as they are meshed.

    The change is that of ideal contacts at rest, on one grid; with a film, or at higher frequencies, it is less, as
    areas are kept.

    Args:
        layout: the layout of the map.
        thickness: of the electrolyte, m.
        relative_error: that is asked of R_cstr.
    """
    from constriction.field.transforms.convergence import pixels_of_width  # few cases have a map
    from constriction.geometry.maps.simplified import farthest, simplified

    depth, at_rest = thickness / layout.pitch, np.zeros(1)
    pixels = min(pixels_of_width(WIDTH, layout), MOST_PIXELS)
    drawn, change = interface_at(layout, depth, pixels, at_rest), 0.0
    for number, tolerance in enumerate(TOLERANCES):
        simpler = simplified(layout, tolerance)
        before, change = change, abs(interface_at(simpler, depth, pixels, at_rest) - drawn)
        # two changes may have unlike signs in different places, and so be small by chance
        expected = before * (tolerance / TOLERANCES[number - 1]) ** ORDER if number else change
        error = CAUTION * max(change, expected)
        if error <= SHARE * relative_error * drawn:
            break
    return Meshed(simpler, Simplified(farthest(layout, simpler), error))
