"""Solids as a PNG without background."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from constriction.geometry.relief import Solid

_SUN = np.array([-0.45, -0.55, 0.7]) / np.linalg.norm([-0.45, -0.55, 0.7])


def solids_png(solids: Sequence[tuple[Solid, str]], aspect: float = 0.55) -> bytes:
    """Solids seen from above and in front, without background: it reads on light and dark pages.

    Args:
        solids: from below, each with its colour (#rrggbb); one is drawn over those before it.
        aspect: height over width of the picture.
    """
    right, up, towards = _camera(azimuth=-58.0, elevation=32.0)
    drawn = Figure(figsize=(5.2, 5.2 * aspect), dpi=200)
    FigureCanvasAgg(drawn)
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for solid, colour in solids:
        corners = solid.points[solid.triangles]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-300)[:, None]
        seen = np.flatnonzero(normals @ towards > 1e-9)
        order = seen[np.argsort(corners[seen].mean(axis=1) @ towards)]  # farthest first
        light = np.clip(0.6 + 0.4 * normals[order] @ _SUN, 0.45, 1.0)
        base = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        flat = np.stack([corners[order] @ right, corners[order] @ up], axis=-1)
        shades = light[:, None] * base
        axes.add_collection(PolyCollection(list(flat), facecolors=shades, edgecolors=shades, linewidths=0.3))
    axes.autoscale_view()
    axes.set_aspect("equal")
    file = io.BytesIO()
    drawn.savefig(file, format="png", transparent=True, metadata={"Software": None})
    return file.getvalue()


def _camera(azimuth: float, elevation: float) -> tuple[NDArray[np.float64], ...]:
    """Directions to the right, up the picture, and towards the viewer; angles in degrees."""
    a, e = np.deg2rad([azimuth, elevation])
    towards = np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
    right = np.array([-np.sin(a), np.cos(a), 0.0])
    return right, np.cross(towards, right), towards
