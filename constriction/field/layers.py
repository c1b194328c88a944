"""The layer at a rim behind a film, as meshes see it: rings in the collars that follow it, and error bars.

Behind a film the potential bends within 1/θ of the rim. Innermost elements are as long as a mesh's `resolution`, and
what is thinner needs rings, at 20 % more unknowns each, which are stretched: multigrid takes twice the iterations.
Where it is thicker, or counts for little beside the film's own resistance, a mesh does without. Measured in
docs/numerics/error_bars.md#films by tests/film_layers.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from constriction.field.mesh.collars import RING
from constriction.field.reduction.curves import Curve, Curves

FILM_RINGS = 2
# Extrapolation leaves behind a film up to 1.5 times what it adds, and up to 2.4 times on the coarsest meshes: the bar
# grows by FILM_CAUTION·(1 + fineness) where 1/θ is below the resolution / SEEN.
FILM_CAUTION, FILM_ERROR, SEEN = 0.3, 2.2e-3, 0.3
# What a mesh without rings leaves at fineness 1 of what constricts, at most, and which part of what is asked it may be.
UNSEEN_ERROR, HARMLESS = 5e-3, 0.3


def film_bars(
    thinness: NDArray[np.float64], rings: int, fineness: float, constriction: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How many times the bar of ideal contacts a film's is, and its floor in pitches, by θ·resolution; (n,) each.

    Args:
        thinness: θ·resolution, (n,).
        rings: of the mesh, inside its resolution.
        fineness: of the mesh.
        constriction: of ideal contacts, in pitches.
    """
    least = FILM_ERROR * fineness * constriction * _unseen(thinness * RING**rings)
    return 1 + FILM_CAUTION * (1 + fineness) * _unseen(thinness), least


class Constricted(Protocol):
    """What a mesh has to constrict: its model, or a `Guess`."""

    def interface(self, theta: NDArray[Any]) -> NDArray[np.complex128]:
        """F(θ) − depth in pitches at θ (…, terms); (…)."""

    def in_film(self, theta: NDArray[Any]) -> NDArray[np.complex128]:
        """The part of it that the contact's film takes; (…)."""


@dataclass(frozen=True)
class Guess:
    """F before anything is solved: stripes' constriction behind the film, beside the gap. To a factor, for lattices.

    `fraction`: the contact's, above 0 and below 1.
    """

    fraction: float

    def interface(self, theta: NDArray[Any]) -> NDArray[np.complex128]:
        """As `Constricted`."""
        film = theta[..., 0] * self.fraction
        return np.asarray(1 / (film / (1 + self._ideal * film) + theta[..., -1] * (1 - self.fraction)))

    def in_film(self, theta: NDArray[Any]) -> NDArray[np.complex128]:
        """As `Constricted`."""
        film = theta[..., 0] * self.fraction
        return np.asarray(film * (self.interface(theta) / (1 + self._ideal * film)) ** 2)

    @property
    def _ideal(self) -> float:
        return -math.log(math.sin(0.5 * math.pi * self.fraction)) / math.pi


def rings_for(curves: Sequence[Curve], model: Constricted, resolution: float, fineness: float, asked: float) -> int:
    """How many rings a mesh needs for all of its films' curves.

    Args:
        curves: where F is asked.
        model: of a coarser mesh, or a guess.
        resolution: of the mesh without rings, in pitches.
        fineness: of the mesh.
        asked: error, relative to the curves' scales.
    """
    if not curves[0].film:
        return 0
    together = Curves(tuple(curves))
    theta = together.every
    thinness = np.abs(theta[:, 0]) * resolution
    constricted = UNSEEN_ERROR * fineness * np.abs(model.interface(theta) - model.in_film(theta))
    allowed = HARMLESS * asked * together.scale(model.interface)
    for rings in range(FILM_RINGS):
        if np.all(_unseen(thinness * RING**rings) ** 2 * constricted <= allowed):
            return rings
    return FILM_RINGS


def _unseen(thinness: NDArray[np.float64]) -> NDArray[np.float64]:
    """From nothing, of a layer that a mesh sees, to one; (n,)."""
    return np.asarray(thinness / (thinness + SEEN))
