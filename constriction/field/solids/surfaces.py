"""The surfaces of bodies as functions: whether points lie on them, and the nearest ones that do. Lengths in pitches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from constriction.field.mesh.simplices import Reals
from constriction.geometry.solids.bodies import CAP, SPHEROID, WHISKER, Body

ON = 1e-6
"""Of a body's radius: farther from its surface a point is not on it."""
NEWTON_STEPS = 5
"""Of a point on its way to a spheroid: chords are near it."""


def in_pitches(body: Body, pitch: float) -> Body:
    """A body with lengths in pitches instead of m."""
    lengths = {name: getattr(body, name) / pitch for name in ("x", "y", "radius", "depth", "below")}
    return replace(body, **lengths)


def tip_radius(body: Body) -> float:
    """The radius of curvature at a body's lowest point; of a flat spheroid no more than its own radius."""
    if body.shape == CAP:
        return body.sphere
    if body.shape == WHISKER:
        return body.radius
    return min(body.radius**2 / body.depth, body.radius)


def moved_onto(body: Body, points: Reals) -> Reals:
    """Points (n, 3) near a body's surface, moved onto it; those in the interface stay there, on its circle."""
    from_axis = points - np.array([body.x, body.y, 0.0])
    flat = (points[:, 2] == 0.0) & (body.below == 0)
    moved = np.where(flat[:, None], _on_circle(body, from_axis), _on_surface(body, from_axis))
    return np.asarray(moved + np.array([body.x, body.y, 0.0]))


def distances(body: Body, points: Reals) -> Reals:
    """Distance of points (n, 3) near a body's surface from it, to first order, (n,)."""
    from_axis = points - np.array([body.x, body.y, 0.0])
    axes = _semi_axes(body)
    arm = (from_axis - np.array([0.0, 0.0, body.centre])) / axes
    if body.shape == WHISKER:
        arm[:, 2] = np.minimum(arm[:, 2], 0.0)
    length = np.maximum(np.linalg.norm(arm, axis=1), np.finfo(float).tiny)
    steepness = np.linalg.norm(arm / axes, axis=1) / length
    return np.asarray(np.abs(length - 1) / steepness)


def on_surface(body: Body, points: Reals) -> np.ndarray:
    """Which points (n, 3) lie on the part of a body's surface that is in the electrolyte, (n,)."""
    return np.asarray((distances(body, points) < ON * body.radius) & (points[:, 2] <= ON * body.radius))


def _on_circle(body: Body, from_axis: Reals) -> Reals:
    length = np.maximum(np.hypot(from_axis[:, 0], from_axis[:, 1]), np.finfo(float).tiny)
    return np.column_stack([body.radius / length * from_axis[:, 0], body.radius / length * from_axis[:, 1], 0 * length])


def _on_surface(body: Body, from_axis: Reals) -> Reals:
    """Along normals of a spheroid, to rounding; from the centre of a sphere, and from the axis of a cylinder."""
    centre = np.array([0.0, 0.0, body.centre])
    axes = _semi_axes(body)
    arm = (_along_normals(from_axis - centre, axes) if body.shape == SPHEROID else from_axis - centre) / axes
    if body.shape == WHISKER:
        arm[:, 2] = np.minimum(arm[:, 2], 0.0)
    length = np.maximum(np.linalg.norm(arm, axis=1), np.finfo(float).tiny)
    found = centre + axes * arm / length[:, None]
    if body.shape == WHISKER:
        beside = from_axis[:, 2] > body.centre
        found[beside, 2] = from_axis[beside, 2]
    return np.asarray(found)


def _along_normals(arm: Reals, axes: Reals) -> Reals:
    """Points near a spheroid about the origin, moved to it by the shortest way.

    Arms from the centre of a slender one are nearly tangents: along them cells would be turned inside out.
    """
    for _ in range(NEWTON_STEPS):
        outward = arm / axes**2
        above = np.sum(arm * outward, axis=1, keepdims=True) - 1
        square = np.maximum(np.sum(outward**2, axis=1, keepdims=True), np.finfo(float).tiny)
        arm = arm - above / (2 * square) * outward
    return arm


def _semi_axes(body: Body) -> Reals:
    """Along x, y and z, of the sphere or spheroid that bounds it below."""
    if body.shape == CAP:
        return np.full(3, body.sphere)
    if body.shape == WHISKER:
        return np.full(3, body.radius)
    return np.array([body.radius, body.radius, body.depth])
