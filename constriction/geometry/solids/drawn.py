"""Solids in the electrolyte to look at: the surfaces of bodies in a whole lattice cell, and of layers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from shapely import box

from constriction.geometry.cell import Layout
from constriction.geometry.relief import Relief, Solid, joined, mirrors_of, prisms
from constriction.geometry.solids.bodies import CAP, SPHEROID, WHISKER, Body, Layer

AROUND, ALONG = 48, 24  # pieces of a body's surface round its axis, and from its top to its lowest point

Reals = NDArray[np.float64]


def surface(bodies: tuple[Body, ...], layout: Layout, shown: Relief) -> Solid:
    """The surfaces of bodies and their mirror images in what is drawn of a cell.

    Args:
        bodies: of a mirror cell.
        layout: of that cell.
        shown: what is drawn of it; a body that reaches beyond ends at its sides.
    """
    left, front, right, back = shown.cell.bounds
    low, high = np.array([left, front, -np.inf]), np.array([right, back, np.inf])
    images = {
        (body.x * sign_x, body.y * sign_y, body.below): replace(body, x=body.x * sign_x, y=body.y * sign_y)
        for sign_x, sign_y in mirrors_of(layout)
        for body in bodies
    }
    parts = []
    for body in images.values():
        points, triangles = _revolved(_generatrix(body), body)
        if np.any(np.all((points >= low) & (points <= high), axis=1)):
            # a body's part beyond a side, moved onto it, is its section there
            parts.append(Solid(np.clip(points, low, high), triangles, ()))
    return joined(parts)


def slices(layers: tuple[Layer, ...], shown: Relief, lowest: float) -> Solid:
    """Layers as prisms in what is drawn of a cell, which ends at the height `lowest`, m."""
    cell = [box(*shown.cell.bounds)]
    ends = [(max(-layer.below - layer.thickness, lowest), -layer.below) for layer in layers]
    return joined([prisms(cell, bottom, top) for bottom, top in ends if top > bottom])


def _generatrix(body: Body) -> Reals:
    """Distances from the axis and heights along a body's surface, (n, 2), from its top to its lowest point, m."""
    if body.shape == CAP:
        angle = np.linspace(np.arcsin(np.clip(body.radius / body.sphere, 0, 1)), 0.0, ALONG)
        return np.stack([body.sphere * np.sin(angle), body.centre - body.sphere * np.cos(angle)], axis=1)
    if body.shape == WHISKER:
        tip = _generatrix(replace(body, shape=SPHEROID, depth=body.radius)) + [0.0, body.centre]
        return np.concatenate([[[body.radius, 0.0]], tip])
    angle = np.linspace(np.pi if body.below > 0 else np.pi / 2, 0.0, ALONG)
    return np.stack([body.radius * np.sin(angle), body.centre - body.depth * np.cos(angle)], axis=1)


def _revolved(line: Reals, body: Body) -> tuple[Reals, NDArray[np.int64]]:
    """A line about a body's axis: points (n, 3), triangles (m, 3) counter-clockwise seen from outside."""
    angle = np.arange(AROUND) * 2 * np.pi / AROUND
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    flat = line[:, None, :1] * ring + np.array([body.x, body.y])
    points = np.concatenate([flat, np.broadcast_to(line[:, None, 1:], (len(line), AROUND, 1))], axis=2)
    number = np.arange(len(line) * AROUND).reshape(len(line), AROUND)
    upper, lower = number[:-1], number[1:]
    after_upper, after_lower = np.roll(upper, -1, axis=1), np.roll(lower, -1, axis=1)
    triangles = np.stack([[upper, lower, after_upper], [after_upper, lower, after_lower]])
    return points.reshape(-1, 3), np.moveaxis(triangles, 1, -1).reshape(-1, 3)
