"""The error bars of a case, without dimension: what meshes or grids leave, and what a finer case brings along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.field.reduction.curves import Curve
from constriction.field.response import Response

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ErrorBars:
    """Error bars in pitches, at rest, if the interface passes current there, and of the sweep; (1 + n or n,) each.

    `interface`: of F − depth; `constriction`: of F less F of full contact; `scale`: what both are relative to.
    """

    interface: Floats
    constriction: Floats
    scale: Floats

    @property
    def relative(self) -> float:
        """The largest over what it is relative to; 0 where all is exact."""
        larger = np.maximum(self.interface, self.constriction)
        there = larger > 0
        return float(np.max(larger[there] / self.scale[there], initial=0.0))


def error_bars(response: Response[Any], curve: Curve, film_error: Floats | None) -> ErrorBars:
    """The error bars of a response on a curve.

    The film's own error δ of 1/θ is as much of F − depth as the film takes of it: ∂F/∂(1/θ) = θ²∫u², which the reduced
    model knows; of F less F of full contact it is that less 1. Such errors have a sign of their own, so they add.

    Args:
        response: of the geometry.
        curve: of the case.
        film_error: of 1/θ of the contact's law, in pitches, at rest and of the sweep, (1 + n,); None: it is exact.
    """
    own, scale = response.errors(curve), curve.scale(response)
    scale = np.where(scale > 0, scale, np.abs(response(curve.every)))  # in full contact nothing constricts
    if film_error is None:
        return ErrorBars(own, own, scale)
    share = film_share(response, curve)
    error = film_error[-len(curve.every) :]
    return ErrorBars(own + np.abs(share) * error, own + np.abs(share - 1) * error, scale)


def film_share(response: Response[Any], curve: Curve) -> NDArray[np.complex128]:
    """∂F/∂(1/θ) on `every` θ of a curve that has a film, from the finest reduced model; (1 + n or n,)."""
    every = curve.every
    return np.asarray(every[:, 0] * response.fine.model.in_film(every))
