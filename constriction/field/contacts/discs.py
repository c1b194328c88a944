"""The whole discs of a layout, and where their images stand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from constriction.base.errors import InputError
from constriction.geometry.cell import Layout
from constriction.geometry.outlines import SNAP, Outline

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

ROUND = 1e-6  # of a radius: arcs that are as near to a circle are of it
OTHERWISE = "expected discs, or accuracy.method = 'finite_elements' or 'spectral'"


@dataclass(frozen=True, eq=False)
class Discs:
    """Discs that are apart, whole, in a cell that is mirrored at its sides or repeats; lengths in pitches.

    Attributes:
        centres: (discs, 2).
        radii: (discs,).
        sides: of the cell, (2,).
        periodic: the cell repeats without mirrors.
    """

    centres: Floats
    radii: Floats
    sides: Floats
    periodic: bool

    def images(self, reach: float) -> tuple[Ints, Floats, Floats]:
        """The discs and their images that have their centres in the cell or no farther from it than `reach`.

        Returns:
            Their numbers (n,), and the signs and shifts, (n, 2), that take a disc's points to them.
        """
        numbers, signs, shifts = np.arange(len(self.radii)), np.ones((len(self.radii), 2)), np.zeros_like(self.centres)
        for axis, side in enumerate(self.sides):
            period = side if self.periodic else 2 * side
            most = int(np.ceil(reach / period)) + 1
            ways = [(sign, n * period) for n in range(-most, most + 1) for sign in ((1,) if self.periodic else (1, -1))]
            kept = []
            for sign, shift in ways:
                place = sign * self.centres[numbers, axis] + shift
                kept.append(np.flatnonzero((place >= -reach) & (place <= side + reach)))
            owners = np.concatenate(kept)
            counts = [len(one) for one in kept]
            numbers, signs, shifts = numbers[owners], signs[owners], shifts[owners]
            signs[:, axis] = np.repeat([sign for sign, _ in ways], counts)
            shifts[:, axis] = np.repeat([shift for _, shift in ways], counts)
        return numbers, signs, shifts

    def pairs(self, radius: float) -> tuple[Ints, Ints, Floats, Floats]:
        """Discs, and images of discs, that are nearer to each other than `radius`, from rim to rim.

        Of two discs i < j only images of j beside i are told: the others are alike.

        Returns:
            Numbers i ≤ j, (n,), and the signs and shifts, (n, 2), that take the points of j to the image.
        """
        largest = float(self.radii.max())
        numbers, signs, shifts = self.images(2 * largest + radius)
        places = self.centres[numbers] * signs + shifts
        found = cKDTree(places).query_ball_point(self.centres, self.radii + largest + radius, return_sorted=False)
        counts = np.array([len(one) for one in found])
        first, image = np.repeat(np.arange(len(self.radii)), counts), np.concatenate([*found]).astype(np.intp)
        second = numbers[image]
        away = np.linalg.norm(self.centres[first] - places[image], axis=1)
        near = away < self.radii[first] + self.radii[second] + radius
        itself = (first == second) & np.all(signs[image] > 0, axis=1) & np.all(shifts[image] == 0, axis=1)
        kept = near & (first <= second) & ~itself
        image = image[kept]
        return first[kept], second[kept], signs[image], shifts[image]


def discs_of(layout: Layout) -> Discs:
    """The discs of a layout whose contacts are nothing else.

    Where mirrors cut discs in halves or quarters, the cell is that of the lattice, which repeats.

    Raises:
        InputError: contacts are no discs, with what they are.
    """
    check_discs(layout)
    sides = np.array([layout.width, layout.depth]) / layout.pitch
    found = np.array([_disc_of(spot) for spot in layout.spots]) / layout.pitch
    centres, radii = found[:, :2], found[:, 2]
    if layout.periodic:
        return _once(centres, radii, sides)
    inside = np.all((centres >= radii[:, None]) & (centres <= sides - radii[:, None]), axis=1)
    if np.all(inside):
        return Discs(centres, radii, sides, periodic=False)
    mirrored = [centres * (x, y) % (2 * sides) for x in (1, -1) for y in (1, -1)]
    return _once(np.concatenate(mirrored), np.tile(radii, 4), 2 * sides)


def _once(centres: Floats, radii: Floats, sides: Floats) -> Discs:
    """The discs of a cell that repeats, those that are given as several parts once."""
    near = SNAP * radii.max()
    centres = np.where(centres % sides > sides - near, 0.0, centres % sides)
    names = np.round(np.column_stack([centres, radii]) / (10 * near)).astype(np.int64)
    first = np.sort(np.unique(names, axis=0, return_index=True)[1])
    return Discs(centres[first], radii[first], sides, periodic=True)


def _disc_of(spot: Outline) -> tuple[float, float, float]:
    """Centre and radius of the disc that an outline is a part of."""
    centre = next(edge.centre for edge in spot.edges if edge.centre is not None)
    return *centre, spot.size


def check_discs(layout: Layout) -> None:
    """Refuse contacts that are anything but discs in a gap.

    Raises:
        InputError: with what they are.
    """
    what = ""
    if layout.circular:
        what = "the cell is a tube"
    elif layout.electrode is not None:
        what = "the electrode lies on a pellet"
    elif layout.background == "contact":
        what = "the discs are pores in a contact" if layout.spots else ""
    elif layout.widths is not None:
        what = "contacts are outlines that may touch"
    elif not all(_is_disc(spot) for spot in layout.spots):
        what = "contacts are no discs"
    if what:
        raise InputError(f"accuracy.method = 'contacts': {what}; {OTHERWISE}")


def _is_disc(spot: Outline) -> bool:
    """Whether an outline is a disc, or what mirrors or sides leave of one."""
    arcs = [(edge.start, edge.centre) for edge in spot.edges if edge.centre is not None]
    if spot.holes or not arcs or spot.size <= 0:
        return False
    centre = arcs[0][1]
    return all(
        other == centre and abs(math.dist(start, other) - spot.size) < ROUND * spot.size for start, other in arcs
    )
