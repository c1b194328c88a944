"""How fine discs are solved: the degree of densities, the split into near and far, and the memory that takes.

What is tuned here is measured by `tests/benchmarks/contacts.py`.
"""

from __future__ import annotations

import math

import numpy as np

from constriction.field.contacts.basis import DiscDensities, Floats, densities_of
from constriction.field.contacts.discs import Discs
from constriction.field.response import Goal

SPLITS = (1.9, 5), (2.2, 5), (2.5, 6), (2.8, 7), (3.2, 8), (3.6, 10), (4.2, 12)
"""How many times 2√T the near kernel reaches, and the window's cells."""
SPLIT_SHARE = 0.1  # of the asked error
OF_GRID = 0.05  # of erfc(reach): what the far grid leaves of F, relative
NEAR_RADIUS = 2.7  # of the near kernel, in radii of the discs
THICKNESSES = 4.0  # of the slab that the near kernel reaches at most
USUAL = {2: 2.5e-3, 3: 7.5e-4, 4: 4.5e-5, 6: 4e-6, 8: 4e-7, 10: 4e-8, 12: 4e-9, 14: 4e-10, 16: 4e-11}
"""The usual bar at rest of each degree, at a contact fraction of CROWDED; it goes with that to CROWD_ORDER."""
DEGREES = tuple(USUAL)
CROWDED, CROWD_ORDER = 0.2, 3.1
LEAST = 0.25  # of the usual bar, that bars are at least
STEP = 2  # degrees between the two solutions
SYMMETRIC = 0.3  # energy of the orders 1 to LOW_ORDERS over that of higher degrees of order 0, below which discs are so
LOW_ORDERS = 3
FEW, OF_FEW, STEP_OF_FEW = 8, 12, 6  # discs, and the least degree of theirs and its distance from the coarser one
BYTES_OF_NEIGHBOURS, BYTES_OF_CELL = 6.0, 60.0  # neighbours of a disc, with copies; bytes of a grid's cell


def first_degree(discs: Discs, goal: Goal) -> int:
    """The degree that should do."""
    fits = [degree for degree in DEGREES if usual_bar(discs, degree) <= goal.relative_error]
    degree = fits[0] if fits else DEGREES[-1]
    return max(degree, OF_FEW) if is_few(discs) else degree


def coarser_degree(discs: Discs, degree: int, symmetric: bool) -> int:
    """The degree that a degree is compared with; `symmetric` as of `is_symmetric`."""
    far = is_few(discs) or (symmetric and degree >= OF_FEW)
    return degree - (STEP_OF_FEW if far else STEP)


def finer_degrees(degree: int, symmetric: bool) -> list[int]:
    """The degrees that may follow on one, rising; `symmetric` as of `is_symmetric`."""
    least = OF_FEW if symmetric else 0
    return [finer for finer in DEGREES if finer > degree and finer >= least]


def is_symmetric(discs: Discs, basis: DiscDensities, charges: Floats) -> bool:
    """Whether neighbours stand about discs so evenly, as in lattices, that some degrees say nothing of the next.

    Args:
        discs: the contacts.
        basis: of their densities.
        charges: of these at rest, (discs, n).
    """
    energies = basis.kernel * np.sum(discs.radii[:, None] ** 3 * charges**2, axis=0)
    orders = np.abs(basis.orders)
    low, round_ones = (orders > 0) & (orders <= LOW_ORDERS), (orders == 0) & (basis.degrees > 0)
    return bool(energies[low].sum() < SYMMETRIC * energies[round_ones].sum())


def usual_bar(discs: Discs, degree: int) -> float:
    """The usual error bar of a degree at rest, relative."""
    share = math.pi * float(np.sum(discs.radii**2) / np.prod(discs.sides))
    return float(USUAL[degree] * max(share / CROWDED, 0.5) ** CROWD_ORDER)


def is_few(discs: Discs) -> bool:
    """Whether discs are so few that high degrees cost nothing; lattices are, whose symmetry leaves degrees empty."""
    return len(discs.radii) <= FEW


def split_for(discs: Discs, depth: float, goal: Goal) -> tuple[float, int]:
    """How far the near kernel reaches, and the window's cells."""
    radius, rough = lengths_of(discs, depth, SPLITS[0][0])[0], _rough(discs, depth)
    allowed = SPLIT_SHARE * goal.relative_error
    fits = [split for split in SPLITS if split_error(radius, split[0], rough) <= allowed]
    return fits[0] if fits else SPLITS[-1]


def least_error_of(discs: Discs, degree: int, split: tuple[float, float], constriction: float) -> float:
    """What the error bar is at least, relative: what the split leaves, or a part of what is usual.

    Args:
        discs: the contacts.
        degree: of their densities.
        split: radius of the near kernel in pitches, and its reach.
        constriction: F − depth at rest, in pitches.
    """
    return max(split_error(*split, constriction), LEAST * usual_bar(discs, degree))


def _rough(discs: Discs, depth: float) -> float:
    """About F − depth at rest, in pitches: of discs in tubes, or below a thin slab."""
    area = float(np.prod(discs.sides))
    share = math.sqrt(math.pi * float(np.sum(discs.radii**2)) / area)
    apart = 1 - 1.40978 * share + 0.34406 * share**3 + 0.04305 * share**5 + 0.02271 * share**7
    return min(area / (4 * float(discs.radii.sum())) * max(apart, 0.01), depth / share**2)


def split_error(radius: float, reach: float, constriction: float) -> float:
    """What the split leaves of F at rest, relative, at most.

    By the near kernel's end, at `radius` in pitches: its integral beyond, at a mean charge of one. By the grid: a part
    of erfc(reach).
    """
    cut = radius / reach * (math.exp(-(reach**2)) / math.sqrt(math.pi) - reach * math.erfc(reach))
    return cut / constriction + OF_GRID * math.erfc(reach)


def lengths_of(discs: Discs, depth: float, reach: float) -> tuple[float, float]:
    """The near kernel's radius and the width of the far grid's cells, pitches."""
    radius = min(NEAR_RADIUS * math.sqrt(float(np.mean(discs.radii**2))), THICKNESSES * depth)
    return radius, math.pi * radius / (2 * reach**2)


def far_points(discs: Discs, degree: int, radius: float, reach: float) -> tuple[int, int]:
    """Rings of points, and points on each, whose charges are the densities' for the far kernel's shortest wave.

    Args:
        discs: the contacts.
        degree: of their densities.
        radius: of the near kernel, in pitches.
        reach: of the near kernel.
    """
    waves = 2 * reach**2 * float(discs.radii.max()) / radius  # k·radius of the largest disc
    return max(degree + 2, math.ceil((degree + waves) / 2) + 1), max(
        3 * degree + 3, degree + math.ceil(1.3 * waves) + 6
    )


def memory_of(discs: Discs, depth: float, degree: int, goal: Goal) -> float:
    """Bytes that a degree takes, about."""
    reach, window = split_for(discs, depth, goal)
    radius, cell = lengths_of(discs, depth, reach)
    n, count = densities_of(degree), len(discs.radii)
    per_area = count / float(np.prod(discs.sides))
    neighbours = per_area * math.pi * (2 * discs.radii.max() + radius) ** 2
    near = BYTES_OF_NEIGHBOURS * (1 + neighbours) * n**2 * 8
    far = (2 * discs.radii.max() / cell + window + 1) ** 2 * (n + 2) * 8
    return float(count * (near + far) + BYTES_OF_CELL * np.prod(discs.sides) / cell**2)


def least_memory(spots: int) -> float:
    """Bytes that so many discs take at least, about."""
    return 4000.0 * spots
