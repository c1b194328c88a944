"""Solved interfaces near to others: what an atlas says of these, carried on along θ, for slopes over many unknowns."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from constriction.interpret.atlas.axes import TableKind
from constriction.interpret.atlas.zones import LiftedZone
from constriction.interpret.model.models import Interfaces
from constriction.laws.arrays import Complexes, Reals

STEP = 1e-6  # of θ, relative


@dataclass(frozen=True, eq=False)
class NearInterfaces:
    """An atlas that is asked for blocks of m interfaces, all others hardly different from the first.

    F is analytic in every θ. So where a block differs in these alone, as most unknowns of a spectrum make it, its F
    follows from that of the first block and its slopes.

    Attributes:
        atlas: of solved interfaces.
        blocks: how many.
    """

    atlas: Interfaces
    blocks: int

    @property
    def patterns(self) -> tuple[str, ...]:
        """As of the atlas."""
        return self.atlas.patterns

    @property
    def filmed(self) -> tuple[str, ...]:
        """As of the atlas."""
        return self.atlas.filmed

    @property
    def lifted(self) -> tuple[str, ...]:
        """As of the atlas."""
        return self.atlas.lifted

    def limits(self, pattern: str, kind: TableKind = "ideal") -> tuple[float, float]:
        """As of the atlas."""
        return self.atlas.limits(pattern, kind)

    def interface(
        self, pattern: str, contact_fraction: Reals, depth: Reals, gap: Complexes, contact: Complexes | None = None
    ) -> Complexes:
        """As of the atlas, (blocks·m, n)."""

        def ask(shape: list[Reals], theta: list[Complexes]) -> Complexes:
            return self.atlas.interface(pattern, shape[0], shape[1], theta[0], theta[1] if len(theta) > 1 else None)

        return self._near(ask, [contact_fraction, depth], [gap] if contact is None else [gap, contact])

    def lifted_interface(
        self, pattern: str, contact_fraction: Reals, depth: Reals, zone: LiftedZone, gap: Complexes
    ) -> Complexes:
        """As of the atlas, (blocks·m, n)."""

        def ask(shape: list[Reals], theta: list[Complexes]) -> Complexes:
            return self.atlas.lifted_interface(pattern, shape[0], shape[1], LiftedZone(shape[2], shape[3]), theta[0])

        return self._near(ask, [contact_fraction, depth, zone.share, zone.ratio], [gap])

    def spread(self, pattern: str, contact_fraction: Reals, depth: Reals) -> Reals:
        """As of the atlas."""
        return self.atlas.spread(pattern, contact_fraction, depth)

    def _near(
        self, ask: Callable[[list[Reals], list[Complexes]], Complexes], shape: list[Reals], theta: list[Complexes]
    ) -> Complexes:
        """F − d of all blocks, of what shapes each interface, (blocks·m,) each, and its θ, (blocks·m, n) each."""
        shapes = [one.reshape(self.blocks, -1) for one in shape]
        thetas = [one.reshape(self.blocks, -1, one.shape[-1]) for one in theta]
        moved = np.flatnonzero(np.any([np.any(one != one[:1], axis=1) for one in shapes], axis=0))
        asked = [
            np.concatenate([one[:1], *_aheads(one, place, len(thetas)), one[moved]]) for place, one in enumerate(thetas)
        ]
        of = np.concatenate([np.zeros(1 + len(thetas), dtype=np.intp), moved])
        flat = [one.reshape(-1, one.shape[-1]) for one in asked]
        every = ask([one[of].ravel() for one in shapes], flat).reshape(asked[0].shape)
        found = np.repeat(every[:1], self.blocks, axis=0)
        for number, one in enumerate(thetas, 1):
            found += (every[number] - every[0]) / STEP * (one / one[0] - 1)
        found[moved] = every[1 + len(thetas) :]
        return found.reshape(-1, found.shape[-1])


def _aheads(theta: Complexes, place: int, count: int) -> list[Complexes]:
    """The first block of one of several θ, (blocks, m, n), a step farther where it is its turn."""
    return [theta[:1] * (1 + STEP * (place == number)) for number in range(count)]
