"""Solved interfaces near to others: what an atlas says of these, carried on along θ, for slopes over many unknowns."""

from collections.abc import Callable, Sequence
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

        def ask(shape: Sequence[Reals], theta: Sequence[Complexes]) -> Complexes:
            return self.atlas.interface(pattern, *shape, *theta)

        return self._near(ask, (contact_fraction, depth), (gap,) if contact is None else (gap, contact))

    def lifted_interface(
        self, pattern: str, contact_fraction: Reals, depth: Reals, zone: LiftedZone, gap: Complexes
    ) -> Complexes:
        """As of the atlas, (blocks·m, n)."""

        def ask(shape: Sequence[Reals], theta: Sequence[Complexes]) -> Complexes:
            return self.atlas.lifted_interface(pattern, *shape[:2], LiftedZone(*shape[2:]), *theta)

        return self._near(ask, (contact_fraction, depth, zone.share, zone.ratio), (gap,))

    def spread(self, pattern: str, contact_fraction: Reals, depth: Reals) -> Reals:
        """As of the atlas."""
        return self.atlas.spread(pattern, contact_fraction, depth)

    def _near(
        self,
        ask: Callable[[Sequence[Reals], Sequence[Complexes]], Complexes],
        shape: Sequence[Reals],
        theta: Sequence[Complexes],
    ) -> Complexes:
        """F − d of all blocks, of what shapes each interface, (blocks·m,) each, and its θ, (blocks·m, n) each."""
        shapes = np.stack([one.reshape(self.blocks, -1) for one in shape])  # (shapes, blocks, m)
        thetas = np.stack([one.reshape(self.blocks, -1, one.shape[-1]) for one in theta])  # (θ, blocks, m, n)
        moved = np.any(shapes != shapes[:, :1], axis=(0, 2))
        asked = np.flatnonzero(moved)
        ahead = [
            [one * (1 + STEP * (place == number)) for place, one in enumerate(thetas[:, 0])]
            for number in range(len(theta))
        ]
        at = [thetas[:, 0], *ahead, *(thetas[:, block] for block in asked)]
        of = [shapes[:, 0]] * (1 + len(theta)) + [shapes[:, block] for block in asked]
        every = ask(
            [np.concatenate([one[place] for one in of]) for place in range(len(shape))],
            [np.concatenate([one[place] for one in at]) for place in range(len(theta))],
        ).reshape(len(at), *thetas.shape[2:])
        found = np.repeat(every[:1], self.blocks, axis=0)
        for number in range(len(theta)):
            found += (every[1 + number] - every[0]) / STEP * (thetas[number] / thetas[number, :1] - 1)
        found[asked] = every[1 + len(theta) :]
        return found.reshape(-1, thetas.shape[-1])
