"""Where F is asked: the θ that one case runs through, and what its errors are held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """The θ of one case; (…, terms), of the contact's film if there is one and, last, of the gap.

    Attributes:
        points: of the sweep's frequencies, (n, terms).
        at_rest: of ω → 0, (terms,), real; None where the interface then lets no current pass.
        film: whether the contact has a law.
    """

    points: Complexes
    at_rest: Floats | None
    film: bool = False

    @property
    def every(self) -> Complexes:
        """θ at rest, if F is finite there, and of the sweep; (1 + n or n, terms)."""
        return self.points if self.at_rest is None else np.concatenate([self.at_rest[None, :] + 0j, self.points])

    @property
    def same_at_rest(self) -> bool:
        """Whether F at rest is that of ideal contacts beside a gap that takes no current."""
        return not self.film and self.at_rest is not None and not np.any(self.at_rest)

    @property
    def moves(self) -> bool:
        """Whether anything but θ = 0 is asked."""
        return bool(np.any(self.every))

    @property
    def finite(self) -> bool:
        """Whether F and F of full contact are finite at rest, so that there is an R_cstr."""
        return self.at_rest is not None and bool(np.isfinite(self.full(self.at_rest)))

    def full(self, theta: NDArray[Any]) -> NDArray[Any]:
        """F − depth with the whole interface in contact, at θ (…, terms); (…)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return 1 / theta[..., 0] if self.film else np.zeros(theta.shape[:-1])

    def excess(self, interface: Callable[[NDArray[Any]], Complexes], theta: NDArray[Any]) -> Complexes:
        """F less F of full contact at θ (…, terms), from what gives F − depth; (…)."""
        return np.asarray(interface(theta) - self.full(theta))

    def scale(self, interface: Callable[[NDArray[Any]], Complexes]) -> Floats:
        """What the errors of `every` F are relative to, in pitches: the excess at rest, or F − depth; (1 + n or n,)."""
        if self.at_rest is None or not self.finite:
            return np.abs(interface(self.every))
        return np.full(1 + len(self.points), abs(complex(self.excess(interface, self.at_rest))))
