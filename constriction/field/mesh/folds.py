"""How wide the collar of a rim may be at its stations so that its skin does not fold where the rim bends.

The half circle at a station must not meet those beside it: it is smaller than the circle that touches the rim there and
somewhere else, which is what its centre's place on the medial axis tells. Lengths in pitches.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from constriction.field.mesh.rims import Rim
from constriction.field.mesh.simplices import Reals

BLUNT = math.radians(50)  # of a corner that turns by no more: it is met as the stations of an arc are
LEAST = 1e-9  # of a bend that is one
WITHIN = 0.95  # of the radius of that circle
AT_CORNER = 0.45  # of the way to the next station that the skin takes at a corner
PER_PIECE = 4  # places of a piece that are looked at beside the stations
STRAIGHT = 1e-9  # of the rim: nearer to the tangent is on it
SLOPE = 0.7  # of the radius along the rim


def widest(rim: Rim, t: Reals) -> Reals:
    """The largest radius of the collar of a rim at its stations t, rising; (len(t),), inf where no corner is blunt."""
    bends = np.abs(rim.bends)
    if not np.any((bends > LEAST) & (bends <= BLUNT)):
        return np.full(len(t), np.inf)
    return _graded(np.minimum(_touching(rim, t), _at_corners(rim, t)), rim, t)


def _graded(radii: Reals, rim: Rim, t: Reals) -> Reals:
    """Radii at the stations of a rim, lower where they rise faster along it than by SLOPE."""
    apart = rim.length * np.abs(t[:, None] - t)
    if rim.closed:
        apart = np.minimum(apart, rim.length - apart)
    return np.asarray(np.min(radii + SLOPE * apart, axis=1))


def _at_corners(rim: Rim, t: Reals) -> Reals:
    """What keeps the skins of both edges of a corner apart, inf elsewhere."""
    step = rim.length * np.diff(t, append=1.0 + t[0] if rim.closed else np.inf)
    before = np.roll(step, 1) if rim.closed else np.append(step[0], step[:-1])
    most = np.full(len(t), np.inf)
    for place, turn in zip(_stations_of_corners(rim, t), np.abs(rim.bends), strict=True):
        if turn > LEAST:
            most[place] = AT_CORNER * min(step[place], before[place]) / math.tan(0.5 * turn)
    return most


def _stations_of_corners(rim: Rim, t: Reals) -> NDArray[np.intp]:
    return np.asarray(np.searchsorted(t, np.array(rim.breaks) - 1e-12) % len(t))


def _touching(rim: Rim, t: Reals) -> Reals:
    """Of the circle that touches the rim at a station, and elsewhere or in a mirror; not beside a corner itself."""
    breaks = np.array(rim.breaks)
    inner = np.linspace(breaks[:-1], breaks[1:], PER_PIECE, endpoint=False)[1:].ravel()
    at = np.concatenate([t, inner])
    piece = np.searchsorted(breaks, at + 1e-12) - 1  # that a place is inside
    corners = _stations_of_corners(rim, t)
    piece[corners] = -1
    images = 1 + len(rim.sides)
    places, piece = _with_images(rim, rim.at(at)[0]), np.tile(piece, images)
    feet, normals = rim.at(t)
    normals = normals / np.linalg.norm(normals, axis=1)[:, None]
    beside_corner = {int(station): (k - 1, k) for k, station in enumerate(corners)}
    if rim.closed:
        beside_corner[int(corners[0])] = (len(breaks) - 2, 0)
    most = np.full(len(t), np.inf)
    for k in range(len(t)):
        apart = places - feet[k]
        squares, beside = np.sum(apart**2, axis=1), np.abs(apart @ normals[k])
        off = beside > STRAIGHT * rim.length
        if k in beside_corner:
            off &= ~np.isin(piece, beside_corner[k])
        most[k] = WITHIN * float(np.min(0.5 * squares[off] / beside[off], initial=np.inf))
    return most


def _with_images(rim: Rim, places: Reals) -> Reals:
    """Places (n, 2), and those that the mirrors show in which a rim ends."""
    images = [places]
    for end, side in zip(rim.ends, rim.sides, strict=False):
        arm = places - np.array(end)
        images.append(np.array(end) + 2 * (arm @ np.array(side))[:, None] * np.array(side) - arm)
    return np.concatenate(images)
