"""The error bars of a case, without dimension: what meshes or grids leave, and what a finer case brings along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.field.reduction.curves import Curve, Curves
from constriction.field.response import ROUNDING, Response

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


class OwnErrors(NamedTuple):
    """What a case's interface brings along.

    `film`: of 1/θ of the contact's law, in pitches, at rest and of the sweep, (1 + n,); `height`: of F by that of an
    uneven gap, in pitches, as the curve has it. None: there is none.
    """

    film: Floats | None
    height: Floats | None


def error_bars(response: Response[Any], curve: Curve, brought: OwnErrors) -> ErrorBars:
    """The error bars of a response on a curve, as `error_bars_of_each`.

    Args:
        response: of the geometry.
        curve: of the case.
        brought: by the case.
    """
    return error_bars_of_each(response, Curves((curve,)), [brought])[0]


def error_bars_of_each(response: Response[Any], curves: Curves, brought: Sequence[OwnErrors]) -> list[ErrorBars]:
    """The error bars of a response on each of several curves.

    The film's own error δ of 1/θ is as much of F − depth as the film takes of it: ∂F/∂(1/θ) = θ²∫u², which the reduced
    model knows; of F less F of full contact it is that less 1. Such errors have a sign of their own, so they add.

    Args:
        response: of the geometry.
        curves: of the cases.
        brought: by each case.
    """
    scale = curves.scale(response.each)
    own = response.errors_on(curves, scale)
    if not (constricts := scale > 0).all():  # in full contact nothing does
        scale[~constricts] = np.abs(response.each(curves.every[~constricts]))
    ends = np.cumsum([len(curve.every) for curve in curves.members])[:-1]
    parts = zip(np.split(own, ends), np.split(scale, ends), curves.members, brought, strict=True)
    return [_with_own(response, ErrorBars(bar, bar, size), curve, errors) for bar, size, curve, errors in parts]


def _with_own(response: Response[Any], bars: ErrorBars, curve: Curve, errors: OwnErrors) -> ErrorBars:
    """Error bars with what the interface's own errors add."""
    film_error, height_error = errors
    if height_error is not None:
        bars = ErrorBars(bars.interface + height_error, bars.constriction + height_error, bars.scale)
    if film_error is None:
        return bars
    share = film_share(response, curve)
    error = film_error[-len(curve.every) :]
    beside = np.abs(share - 1)
    added = np.abs(share) * error, np.where(beside > ROUNDING, beside, 0.0) * error
    return ErrorBars(bars.interface + added[0], bars.constriction + added[1], bars.scale)


def film_share(response: Response[Any], curve: Curve) -> NDArray[np.complex128]:
    """∂F/∂(1/θ) on `every` θ of a curve that has a film, from the finest reduced model; (1 + n or n,)."""
    every = curve.every
    return np.asarray(every[:, 0] * response.fine.model.in_film(every))
