"""Solids in the electrolyte of a mirror cell: bodies of revolution about upright axes, and flat layers.

Lengths in m; z points out of the electrolyte and is 0 at the interface.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

METAL, FLOATING, VOID, LAW = "metal", "floating", "void", "law"
"""What a solid is: part of the electrode, a metal by itself, an insulator, or a body with a law per length."""
CAP, SPHEROID, WHISKER = "cap", "spheroid", "whisker"

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Body:
    """A body of revolution about the upright axis through x and y.

    Attributes:
        shape: a `cap` of a sphere or half a `spheroid` that stand with their widest circle in the interface, a
            `whisker`, a cylinder with a round tip, or, with `below` > 0, a whole spheroid under the interface.
        role: METAL, FLOATING, VOID or LAW.
        x: of the axis, m.
        y: of the axis, m.
        radius: of the circle in the interface, of the cylinder, or the spheroid's semi-axis along the interface, m.
        depth: of a cap's or a whisker's lowest point under the interface, or the spheroid's upright semi-axis, m.
        below: how far the highest point lies under the interface, m; 0: it stands in the interface.
        table: number of its table in the case file, from 0.
    """

    shape: str
    role: str
    x: float
    y: float
    radius: float
    depth: float
    below: float = 0.0
    table: int = 0

    @property
    def region(self) -> int | None:
        """The number of its table if it is meshed with a law of its own; None: it is left out of the mesh."""
        return self.table if self.role in (LAW, FLOATING) else None

    @property
    def lowest(self) -> float:
        """How far the lowest point lies under the interface, m."""
        return self.below + 2 * self.depth if self.below > 0 else self.depth

    @property
    def centre(self) -> float:
        """Height z of the centre of the sphere, the spheroid or the round tip, m."""
        if self.shape == CAP:
            return self.sphere - self.depth
        if self.shape == WHISKER:
            return self.radius - self.depth
        return -(self.below + self.depth) if self.below > 0 else 0.0

    @property
    def sphere(self) -> float:
        """Radius of the sphere that a cap is cut from, m."""
        return (self.radius**2 + self.depth**2) / (2 * self.depth)

    @property
    def volume(self) -> float:
        """Its volume, m³."""
        if self.shape == CAP:
            return math.pi * self.depth * (3 * self.radius**2 + self.depth**2) / 6
        if self.shape == WHISKER:
            return math.pi * self.radius**2 * (self.depth - self.radius / 3)
        return (2 if self.below == 0 else 4) / 3 * math.pi * self.radius**2 * self.depth


@dataclass(frozen=True)
class Layer:
    """A flat layer of another law: its top `below` the interface and its `thickness`, m; `table` as of a body."""

    below: float
    thickness: float
    table: int = 0


@dataclass(frozen=True)
class Solids:
    """All that is in the electrolyte of a mirror cell."""

    bodies: tuple[Body, ...] = ()
    layers: tuple[Layer, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.bodies or self.layers)

    @property
    def laws(self) -> tuple[int, ...]:
        """The numbers of the tables with a law of their own, rising."""
        own = [body.region for body in self.bodies if body.region is not None]
        return tuple(sorted({*own, *(layer.table for layer in self.layers)}))

    @property
    def lowest(self) -> float:
        """How far the lowest point of all lies under the interface, m; 0 of nothing."""
        ends = [body.lowest for body in self.bodies] + [layer.below + layer.thickness for layer in self.layers]
        return max(ends, default=0.0)
