"""Whether bodies keep apart: exact for bodies of revolution about upright axes.

Two of them are convex, and symmetric about the plane through both axes: there they are nearest to each other. Two
convex shapes in a plane are apart if some direction tells them apart, and their distance is the largest gap along any.
"""

from __future__ import annotations

import math

import numpy as np

from constriction.geometry.outlines import SNAP
from constriction.geometry.solids.bodies import CAP, WHISKER, Body, Reals

DIRECTIONS, NARROWER, STEPS = 721, 8, 12  # looked at over a half turn; of each closer look, which narrows the angle


def reach(body: Body, along: Reals, up: Reals) -> Reals:
    """How far a body reaches from where its axis meets the interface, m: its support function in an upright plane.

    Args:
        body: the body.
        along: component of unit vectors along the interface, away from the axis.
        up: their component upwards, of the same shape.
    """
    mouth = body.radius * np.abs(along)  # of the circle in the interface
    if body.shape == CAP:
        sphere, centre = body.sphere, body.centre
        return np.where(centre + sphere * up < 0, centre * up + sphere, mouth)
    if body.shape == WHISKER:
        return np.where(up < 0, body.centre * up + body.radius, mouth)
    whole = np.sqrt((body.radius * along) ** 2 + (body.depth * up) ** 2)
    return body.centre * up + whole if body.below > 0 else np.where(up < 0, whole, mouth)


def gap_between(first: Body, second: Body) -> float:
    """The distance of two bodies in m; zero or less where they touch or overlap, then no measure of how far."""
    away = math.hypot(first.x - second.x, first.y - second.y)
    low, high = -math.pi / 2, math.pi / 2  # from the first axis to the second
    gaps, angles = np.zeros(0), np.zeros(0)
    for look in range(STEPS):
        angles = np.linspace(low, high, DIRECTIONS if look == 0 else 2 * NARROWER + 1)
        along, up = np.cos(angles), np.sin(angles)
        gaps = away * along - reach(first, along, up) - reach(second, -along, -up)
        best, step = int(np.argmax(gaps)), angles[1] - angles[0]
        low, high = angles[best] - step, angles[best] + step
    return float(gaps.max())


def are_apart(first: Body, second: Body) -> bool:
    """Whether two bodies neither touch nor overlap; nearer than rounding they touch."""
    away, wide = math.hypot(first.x - second.x, first.y - second.y), first.radius + second.radius
    if away > wide * (1 + SNAP):
        return True
    if first.below == 0 and second.below == 0:  # both have their widest circle in the interface
        return False
    return gap_between(first, second) > SNAP * wide
