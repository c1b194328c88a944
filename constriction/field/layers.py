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

from constriction.field.reduction.curves import Curve, Curves

FILM_RINGS = 2
# Behind a film a mesh without rings, with one, and with two errs by so many times more than beside none where 1/θ is
# far below the resolution, and hardly where it is above it / SEEN.
UNSEEN_BY, SEEN = (8.0, 0.7, 0.15), 0.3
LEAK_UNSEEN = 1.5  # the same of a gap that takes the current beside ideal contacts


def film_caution(theta: NDArray[Any], resolution: float, rings: int) -> NDArray[np.float64]:
    """How many times the error of ideal contacts a film's is; (n,).

    Args:
        theta: θ of the film and of the gap, (n, 2): the layer is that of the larger one.
        resolution: of the mesh without rings, in pitches.
        rings: of the mesh.
    """
    return 1 + UNSEEN_BY[rings] * _unseen(np.abs(theta).max(axis=1) * resolution)


def leak_caution(theta: NDArray[Any], resolution: float) -> NDArray[np.float64]:
    """The same beside ideal contacts at θ of the gap, (n, 1); (n,)."""
    return 1 + LEAK_UNSEEN * _unseen(np.abs(theta[:, -1]) * resolution)


def _unseen(thinness: NDArray[np.float64]) -> NDArray[np.float64]:
    """From nothing, of a layer that a mesh sees, to one, of one far thinner than its elements; (n,)."""
    return np.asarray((thinness / (thinness + SEEN)) ** 2)


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


def rings_for(curves: Sequence[Curve], model: Constricted, resolution: float, ideal: float, asked: float) -> int:
    """How many rings a mesh needs for all of its films' curves.

    Args:
        curves: where F is asked.
        model: of a coarser mesh, or a guess.
        resolution: of the mesh without rings, in pitches.
        ideal: the mesh's usual error bar of ideal contacts, relative.
        asked: error, relative to the curves' scales.
    """
    if not curves[0].film:
        return 0
    together = Curves(tuple(curves))
    theta = together.every
    usual = ideal * np.abs(model.interface(theta) - model.in_film(theta))
    allowed = asked * together.scale(model.interface)
    for rings in range(FILM_RINGS):
        if np.all(film_caution(theta, resolution, rings) * usual <= np.maximum(allowed, usual)):
            return rings
    return FILM_RINGS
