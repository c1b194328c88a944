"""Spots at random places: apart from each other, or merged where they overlap.

Python's own Mersenne Twister and plain sums and products only, so one seed gives the same places on every platform.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from statistics import NormalDist

import shapely

from constriction.base.errors import InputError, naming
from constriction.base.quantities import format_quantity
from constriction.case.interface import Clustered, Random
from constriction.case.patterns.scattered import Scattered
from constriction.geometry.outlines import Spot
from constriction.geometry.patches import Layout, spots_and_rest
from constriction.geometry.patterns.lattices import Touching, cut_spots, in_rectangle, size_of
from constriction.geometry.patterns.merged import Dropped
from constriction.geometry.patterns.placing import SEPARATION, Anywhere, Draw, Propose, around_middles, place_spots
from constriction.geometry.patterns.polygons import outline_of, widths_of
from constriction.geometry.patterns.shares import share_of_spots
from constriction.geometry.periodic import pieces_of_spot

AT_RANDOM = Touching(
    math.pi / (2 * math.sqrt(3)) / SEPARATION**2, 1.0 / SEPARATION**2, f"random {{}}s that keep {SEPARATION} diameters"
)
MOST_MERGED = 0.95  # of the cell that is covered


def scattered(interface: Random) -> Layout:
    """Random spots in a square cell, one per pitch².

    Raises:
        InputError: they would touch, or find no place.
    """
    draw = random.Random(interface.seed).random
    sizes = relative_sizes(interface, draw)
    return drawn(interface, sizes, Anywhere(math.sqrt(interface.spots), draw))


def clustered(interface: Clustered) -> Layout:
    """Spots in clusters in a square cell, one spot per pitch².

    Raises:
        InputError: as `scattered`.
    """
    draw = random.Random(interface.seed).random
    side = math.sqrt(interface.spot_count)
    if interface.cluster_radius > side * interface.pitch:
        radius, most = (
            format_quantity(float(f"{length:.6g}"), "length")
            for length in (interface.cluster_radius, side * interface.pitch)
        )
        raise InputError(
            f"interface.cluster_radius = '{radius}': the cell is {most} wide; expected at most as much as that"
        )
    middles = [(side * draw(), side * draw()) for _ in range(interface.clusters)]
    sizes = relative_sizes(interface, draw)
    reach = interface.cluster_radius / interface.pitch
    return drawn(interface, sizes, around_middles(middles, reach, side, draw, interface.periodic))


def drawn(interface: Scattered, sizes: Sequence[float], propose: Propose) -> Layout:
    """The layout of spots that come to lie at proposed places.

    Args:
        interface: the pattern.
        sizes: of its spots, relative.
        propose: gives places, in pitches.

    Raises:
        InputError: they would touch, find no place, or cover too much.
    """
    side = math.sqrt(len(sizes))
    if interface.merges:
        centres = [propose(n, 0.0) for n in range(len(sizes))]
        return _merged(interface, Dropped(interface.shape, centres, sizes, side, interface.periodic))
    pitch, shape = interface.pitch, interface.shape
    mean = math.fsum(size * size for size in sizes) / len(sizes)
    scale = size_of(shape, AT_RANDOM.fraction(interface, shape))  # in units of the pitch
    scaled = [scale * size / math.sqrt(mean) for size in sizes]
    with naming(f"interface.pattern = '{interface.pattern}'"):
        centres = place_spots(scaled, side, shape, propose, interface.periodic)
    spots = [Spot(shape, x * pitch, y * pitch, size * pitch) for (x, y), size in zip(centres, scaled, strict=True)]
    sides = side * pitch, side * pitch
    if interface.periodic:
        pieces = [piece for spot in spots for piece in pieces_of_spot(spot, sides)]
        return in_rectangle(sides, spots_and_rest(pieces, interface.inverted), pitch, 1, periodic=True)
    return in_rectangle(sides, cut_spots(spots, sides, interface.inverted), pitch, 1)


def _merged(interface: Scattered, dropped: Dropped) -> Layout:
    """The layout of spots that may overlap."""
    share = share_of_spots(interface)
    if share > MOST_MERGED:
        bound = f"at least {1 - MOST_MERGED:.2g}" if interface.inverted else f"at most {MOST_MERGED:g}"
        raise InputError(
            f"interface.contact_fraction = {interface.contact_fraction}: spots that merge cover at most "
            f"{MOST_MERGED:g} of the cell; expected {bound} (or 1, the full contact)"
        )
    pitch = interface.pitch
    sides = dropped.side * pitch, dropped.side * pitch
    parts = [shapely.transform(part, lambda places: pitch * places) for part in dropped.covering(share)]
    outlines = [outline_of(part, sides) for part in parts]
    widths = widths_of(parts, sides, interface.inverted, interface.periodic)
    patches = spots_and_rest(outlines, interface.inverted)
    return in_rectangle(sides, patches, pitch, 1, widths, interface.periodic)


def relative_sizes(interface: Scattered, draw: Draw) -> list[float]:
    """Sizes of the spots over their median, the largest first: they find a place as long as there is one."""
    count, spread = interface.spot_count, interface.size_spread
    if spread == 0:
        return [1.0] * count
    normal = NormalDist().inv_cdf
    return sorted((math.exp(spread * normal(_inside(draw()))) for _ in range(count)), reverse=True)


def _inside(share: float) -> float:
    """A number from 0 to 1, but neither of them."""
    return 2.0**-54 + (1 - 2.0**-53) * share
