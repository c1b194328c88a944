"""The near kernel between discs and on themselves: small dense blocks of a sparse matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.sparse import bsr_array

from constriction.field.contacts.basis import DiscDensities, basis_of, near_energies, whole_energies
from constriction.field.contacts.discs import Discs, Ints
from constriction.field.contacts.kernels import STEP, Kernel

AT_ONCE = 400_000  # distances, as fit into a processor's cache
TABLED, KNOTS = 1 << 14, 1 << 10  # distances of a kernel's table, and those where it is computed
APART = 0.5  # of a radius: the way from rim to rim from which few points do, as many rings as the degree and AROUND
CLOSE_STEPS = 4  # of that way, each CLOSER times as narrow, that take MORE times as many points
CLOSER, MORE = 0.25, 1.4
RADII = 20  # of which the energies on one disc are interpolated between

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of discs, alike in how near they are.

    `firsts`, `seconds`: numbers of both, (pairs,); `places`: where the second's centre is from the first's, and `signs`
    of its mirroring, (pairs, 2); `radii` of both, (2, pairs); `basis`: with the points that the pairs take.
    """

    firsts: Ints
    seconds: Ints
    places: Floats
    signs: Floats
    radii: Floats
    basis: DiscDensities

    @property
    def parts(self) -> list[slice]:
        """So many at a time."""
        count = max(1, AT_ONCE // len(self.basis.points) ** 2)
        return [slice(start, start + count) for start in range(0, len(self.firsts), count)]

    def areas(self, some: slice) -> Floats:
        """What unit discs' energies take in, (pairs, 1, 1)."""
        return np.asarray(np.prod(self.radii[:, some], axis=0)[:, None, None] ** 2)

    def distances(self, some: slice) -> Floats:
        """Between the points of two discs each, (pairs, points, points)."""
        points = self.basis.points.astype(np.float32)
        here, there = self.radii[:, some, None].astype(np.float32)
        places, signs = self.places[some].astype(np.float32), self.signs[some].astype(np.float32)
        squares: Any = 0.0
        for axis in (0, 1):
            second = places[:, axis, None] + there * signs[:, axis, None] * points[:, axis]
            way = second[:, None, :] - (here * points[:, axis])[:, :, None]
            way *= way
            squares = squares + way
        return np.asarray(np.sqrt(squares, out=squares))

    def blocks(self, table: _Table) -> Floats:
        """The energies of all densities of both discs, (pairs, n, n)."""
        charges = self.basis.charges.astype(np.float32)
        found = np.empty((len(self.firsts), charges.shape[1], charges.shape[1]))
        for some in self.parts:
            found[some] = charges.T @ (table(self.distances(some)) @ charges) * self.areas(some)
        return found

    def energies(self, table: _Table, densities: list[Floats]) -> Floats:
        """What each of some densities, (discs, n) each, has between these discs, (densities,)."""
        twice = np.where(self.firsts == self.seconds, 1.0, 2.0)[:, None, None]
        found = np.zeros(len(densities))
        at_points = [(q @ self.basis.charges.T).astype(np.float32) for q in densities]
        for some in self.parts:
            values = table(self.distances(some))
            values *= (self.areas(some) * twice[some]).astype(np.float32)
            for number, q in enumerate(at_points):
                potential = (values @ q[self.seconds[some]][..., None])[..., 0]
                found[number] += np.vdot(q[self.firsts[some]].astype(float), potential)
        return found


@dataclass(frozen=True, eq=False)
class Near:
    """The discs that are near to each other: those that nearly touch, and those that do not."""

    discs: Discs
    basis: DiscDensities
    pairs: tuple[Pairs, ...]

    @property
    def crowd(self) -> float:
        """Mean over the discs of the square of the largest sum of radii of a pair over the distance of its centres."""
        closest = np.zeros(len(self.discs.radii))
        for one in self.pairs:
            ratio = one.radii.sum(axis=0) / np.linalg.norm(one.places, axis=1)
            np.maximum.at(closest, one.firsts, ratio)
            np.maximum.at(closest, one.seconds, ratio)
        return float(np.mean(closest**2))

    def matrix(self, kernel: Kernel) -> Any:
        """The energies of all densities of all discs in the near kernel, a sparse matrix."""
        own = by_radius(self.discs.radii, lambda radius: near_energies(self.basis, radius, kernel))
        table = _Table(kernel)
        blocks = np.concatenate([one.blocks(table) for one in self.pairs])
        firsts, seconds = (np.concatenate([getattr(one, name) for one in self.pairs]) for name in ("firsts", "seconds"))
        apart = firsts != seconds
        rows = np.concatenate([np.arange(len(own)), firsts, seconds[apart]])
        columns = np.concatenate([np.arange(len(own)), seconds, firsts[apart]])
        order = np.argsort(rows, kind="stable")
        data = np.concatenate([own, blocks, blocks[apart].transpose(0, 2, 1)])[order]
        pointers = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(own)))])
        size = own.shape[0] * own.shape[1]
        return bsr_array((data, columns[order], pointers), shape=(size, size))

    def slopes(self, kernel: Kernel, densities: list[Floats]) -> Floats:
        """The derivatives of densities' energies, (discs, n) each, by the shift; (densities,)."""
        stepped = kernel.stepped()
        own = by_radius(self.discs.radii, lambda radius: near_energies(self.basis, radius, stepped).imag / STEP)
        found = np.array([np.einsum("ni,nij,nj->", q, own, q) for q in densities])
        table = _Table(stepped)
        return np.asarray(found + sum(one.energies(table, densities) for one in self.pairs))


class _Table:
    """A near kernel, linear between distances: times the distance it is smooth but for a logarithm."""

    def __init__(self, kernel: Kernel) -> None:
        roots = np.linspace(0.0, math.sqrt(kernel.radius), KNOTS)  # of the distances: it goes as r ln r at 0
        values = kernel.near(roots**2)
        values = values.imag / STEP if np.iscomplexobj(values) else values
        values = CubicSpline(roots, values)(np.sqrt(np.linspace(0.0, kernel.radius, TABLED)))
        values = np.append(values, [0.0, 0.0])
        values[TABLED - 1] = 0.0
        self.per_length = np.float32((TABLED - 1) / kernel.radius)
        self.values, self.steps = (x.astype(np.float32) for x in (values, np.append(np.diff(values), 0.0)))

    def __call__(self, r: Floats) -> Floats:
        """The kernel at distances, same shape."""
        place = r * self.per_length
        np.minimum(place, TABLED, out=place)
        number = place.astype(np.int32)
        place -= number
        place *= self.steps[number]
        place += self.values[number]
        place /= r
        return place


def by_radius(radii: Floats, of_one: Any) -> Floats:
    """What a radius gives, (…), for each of many, (discs, …): interpolated where they are more than a few."""
    unlike, places = np.unique(radii, return_inverse=True)
    if len(unlike) <= RADII:
        return np.array([of_one(radius) for radius in unlike])[places]
    logs = np.log(unlike)
    middle, half = (logs[-1] + logs[0]) / 2, (logs[-1] - logs[0]) / 2
    nodes = np.cos(np.pi * (np.arange(RADII) + 0.5) / RADII)
    values = np.array([of_one(float(radius)) / radius**3 for radius in np.exp(middle + half * nodes)])
    fitted = np.polynomial.chebyshev.chebfit(nodes, values.reshape(RADII, -1), RADII - 1)
    x = (np.log(radii) - middle) / half
    found = np.polynomial.chebyshev.chebvander(x, RADII - 1) @ fitted * radii[:, None] ** 3
    return found.reshape(len(radii), *values.shape[1:])


def near_of(discs: Discs, degree: int, radius: float) -> Near:
    """What is near in a kernel of this radius in pitches, with densities of at most this degree."""
    firsts, seconds, signs, shifts = discs.pairs(radius)
    places = discs.centres[seconds] * signs + shifts - discs.centres[firsts]
    radii = discs.radii[np.stack([firsts, seconds])]
    gaps = np.linalg.norm(places, axis=1) - radii.sum(axis=0)
    steps = np.log(gaps / (APART * radii.max(axis=0))) / math.log(CLOSER)
    classes = np.clip(np.ceil(steps), 0, CLOSE_STEPS).astype(int)
    pairs = []
    for number in np.unique(classes) if classes.size else (0,):
        which = classes == number
        basis = basis_of(degree, *_points_for(degree, int(number)))
        pairs.append(Pairs(firsts[which], seconds[which], places[which], signs[which], radii[:, which], basis))
    return Near(discs, basis_of(degree), tuple(pairs))


def _points_for(degree: int, steps: int) -> tuple[int, int]:
    """Rings of points, and points on each, for pairs that are so many steps closer than APART."""
    if not steps:
        return degree, 2 * degree + 4
    more = MORE ** (steps - 1)
    return math.ceil((degree + 2) * more), math.ceil((4 * degree + 2) * more)


def diagonal_of(discs: Discs, basis: DiscDensities, kernel: Kernel) -> Floats:
    """The densities' own energies in the half space's whole kernel, (discs, n)."""
    return by_radius(discs.radii, lambda radius: np.diag(whole_energies(basis, radius, kernel)))
