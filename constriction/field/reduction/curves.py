"""Where F is asked: the θ that one case runs through, and what its errors are held against."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]

# Where the gap leaks, R_cstr of a film may be anything about zero; errors are then relative to this part of F − depth.
LEAST_EXCESS = 0.03


@dataclass(frozen=True, eq=False)
class Curve:
    """The θ of one case; (…, terms), of the contact's film if there is one and, last, of the gap.

    Attributes:
        points: of the sweep's frequencies, (n, terms).
        at_rest: of ω → 0, (terms,), real; None where the interface then lets no current pass.
        film: whether the contact has a law.
        layers: thickness in pitches of the layer that each of the solids' terms stands for, 0 of bodies.
        least: what errors are relative to at the least, in pitches.
    """

    points: Complexes
    at_rest: Floats | None
    film: bool = False
    layers: tuple[float, ...] = ()
    least: float = 0.0

    @cached_property
    def every(self) -> Complexes:
        """θ at rest, if F is finite there, and of the sweep; (1 + n or n, terms)."""
        return self.points if self.at_rest is None else np.concatenate([self.at_rest[None, :] + 0j, self.points])

    @property
    def same_at_rest(self) -> bool:
        """Whether F at rest is that of ideal contacts beside a gap that takes no current."""
        return not (self.film or self.layers) and self.at_rest is not None and not np.any(self.at_rest)

    @property
    def moves(self) -> bool:
        """Whether anything but θ = 0 is asked."""
        return bool(np.any(self.every))

    @cached_property
    def finite(self) -> bool:
        """Whether F and F of full contact are finite at rest, so that there is an R_cstr."""
        return self.at_rest is not None and bool(np.isfinite(self.full(self.at_rest)))

    def full(self, theta: NDArray[Any]) -> NDArray[Any]:
        """F − depth with the whole interface in contact, at θ (…, terms); (…)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            full = 1 / theta[..., 0] if self.film else np.zeros(theta.shape[:-1])
            for term, thickness in enumerate(self.layers, start=int(self.film)):
                if thickness > 0:
                    full = full + thickness * (1 / theta[..., term] - 1)
        return full

    def excess(self, interface: Callable[[NDArray[Any]], Complexes], theta: NDArray[Any]) -> Complexes:
        """F less F of full contact at θ (…, terms), from what gives F − depth; (…)."""
        return np.asarray(interface(theta) - self.full(theta))

    def scale(self, interface: Callable[[NDArray[Any]], Complexes]) -> Floats:
        """What the errors of `every` F are relative to, in pitches: the excess at rest, or F − depth; (1 + n or n,)."""
        return Curves((self,)).scale(interface)

    def scale_at_rest(self, interface: Callable[[NDArray[Any]], Complexes], rests: Floats) -> Floats:
        """The excess at rests (…, terms) where it is finite, in pitches, and not below LEAST_EXCESS beside a leak."""
        excess = np.abs(self.excess(interface, rests))
        least = LEAST_EXCESS * np.abs(interface(rests))
        return np.maximum(np.where((rests[..., -1] > 0) & self.film, np.maximum(excess, least), excess), self.least)


@dataclass(frozen=True, eq=False)
class Curves:
    """The curves of several cases of one geometry, one or more, whose θ are evaluated together."""

    members: tuple[Curve, ...]

    @cached_property
    def every(self) -> Complexes:
        """The θ of all, one curve after another, (n, terms)."""
        return np.concatenate([curve.every for curve in self.members])

    @cached_property
    def owners(self) -> NDArray[np.intp]:
        """The number of each θ's curve, (n,)."""
        return np.repeat(np.arange(len(self.members)), [len(curve.every) for curve in self.members])

    @cached_property
    def _finite(self) -> NDArray[np.bool_]:
        return np.array([curve.finite for curve in self.members], dtype=np.bool_)

    def scale(
        self, interface: Callable[[NDArray[Any]], Complexes], places: NDArray[np.intp] | slice = slice(None)
    ) -> Floats:
        """What the errors of F are relative to, in pitches, at the θ of these numbers: as `Curve.scale`."""
        scales = np.zeros(len(self.members))
        if self._finite.any():
            rests = np.array([curve.at_rest for curve in self.members if curve.finite])
            scales[self._finite] = self.members[0].scale_at_rest(interface, rests)
        owners = self.owners[places]
        found, own = scales[owners], ~self._finite[owners]
        if own.any():
            found[own] = np.maximum(np.abs(interface(self.every[places][own])), self.members[0].least)
        return found


def merged(curves: Iterable[Curve]) -> tuple[Curve, ...]:
    """The curves of many cases: those of ideal contacts as one, of which each θ is asked once."""
    same, others = list[Curve](), list[Curve]()
    for curve in curves:
        (same if curve.same_at_rest else others).append(curve)
    if not same:
        return tuple(others)
    points = np.unique(np.concatenate([curve.points for curve in same]), axis=0)
    return Curve(points, same[0].at_rest, least=min(curve.least for curve in same)), *others
