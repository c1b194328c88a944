"""Bodies at random places of a mirror cell, apart from each other, from all rims and from all sides.

Python's own Mersenne Twister and plain sums and products only, so one seed gives the same places on every platform.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.geometry.patches import CONTACT, GAP
from constriction.geometry.patterns.placing import ATTEMPTS_PER_SPOT, SEPARATION, Draw
from constriction.geometry.solids.apart import gap_between
from constriction.geometry.solids.bodies import FLOATING, METAL, Body, Reals
from constriction.geometry.solids.cells import SlabCell
from constriction.geometry.solids.rims import CROSSES

MOST_TOGETHER, MOST_DISTANCES = 1024, 2_000_000  # places looked at together, and how far they are from how many edges


def at_random(body: Body, count: int, cell: SlabCell, others: Sequence[Body], seed: int) -> list[Body]:
    """Copies of a body at random places, one after another.

    None is nearer to a side, to a rim, or in the interface to another body than 1.05 times its radius, or theirs; under
    the interface bodies keep a twentieth of their radii apart.

    Args:
        body: the body, anywhere.
        count: how many of it.
        cell: what they lie in.
        others: that are there.
        seed: of the places.

    Raises:
        InputError: one finds no place; begins with its table.
    """
    placed, tries = list[Body](), 0
    for one, fits in _proposals(body, cell, random.Random(seed).random):
        tries += 1
        if fits and _is_free(one, [*others, *placed]):
            placed.append(one)
            tries = 0
        if len(placed) == count or tries == ATTEMPTS_PER_SPOT:
            break
    if len(placed) < count:
        raise InputError(
            f"solid[{body.table}].density: placed {len(placed)} of {count}, then found no free place in "
            f"{ATTEMPTS_PER_SPOT} tries; expected a lower density, smaller solids, or another seed"
        )
    return placed


def _proposals(body: Body, cell: SlabCell, draw: Draw) -> Iterator[tuple[Body, bool]]:
    """Copies of a body anywhere in a cell, and whether each fits in it; endless, but none where it is too wide."""
    margin = SEPARATION * body.radius
    room = np.array([cell.layout.width, cell.layout.depth]) - 2 * margin
    block = max(1, min(MOST_TOGETHER, MOST_DISTANCES // max(len(cell.rims.edges), 1)))
    while room.min() > 0:
        places = margin + room * np.array([draw() for _ in range(2 * block)]).reshape(-1, 2)
        fit = _fit(body, places, cell)
        yield from ((replace(body, x=x, y=y), fits) for (x, y), fits in zip(places.tolist(), fit.tolist(), strict=True))


def _fit(body: Body, places: Reals, cell: SlabCell) -> NDArray[np.bool_]:
    """Whether a body may lie at places (n, 2) in m, whatever else is there; (n,)."""
    keep = SEPARATION * body.radius
    fits = np.ones(len(places), dtype=bool)
    if cell.layout.circular:
        fits &= np.hypot(places[:, 0], places[:, 1]) + keep < cell.layout.width
    if body.below > 0:
        return fits
    regions = cell.rims.regions(places, keep)
    if body.role == METAL:
        return np.asarray(fits & (regions == CONTACT))
    return np.asarray(fits & (regions == GAP if body.role == FLOATING else regions != CROSSES))


def _is_free(body: Body, others: Sequence[Body]) -> bool:
    """Whether a body keeps from all others."""
    if not others:
        return True
    rows = np.array([(other.x, other.y, other.radius) for other in others])
    wide = rows[:, 2] + body.radius
    near = np.hypot(rows[:, 0] - body.x, rows[:, 1] - body.y) < SEPARATION * wide
    return all(
        body.below + others[n].below > 0 and gap_between(body, others[n]) > (SEPARATION - 1) * wide[n]
        for n in np.flatnonzero(near).tolist()
    )
