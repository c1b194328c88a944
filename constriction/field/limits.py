"""What meshes and grids cannot solve, told before anything is built."""

from __future__ import annotations

import math

from constriction.base.errors import InputError
from constriction.geometry.cell import Layout

FLATTEST = 1e3  # longest side of a cell / depth of the slab
LONGEST = 2e3  # longest side of a cell / its shortest
SMALLEST_ROOM = 2e-6  # pitches: points nearer than 1e-9 are one, and the collar of a rim has many in its room
# What constricts is a difference, F(0) − F(∞), and at least this part of F(∞), or rounding is all that is left.
FAINTEST = 4e-10
ENERGY_ROUNDING, ENERGY_SHARE = 4e-13, 0.2  # of F(∞), measured on small pores; of the asked error
# Elements that are stretched as the cell's sides are, have entries that are larger by their square, and so is their
# rounding: about so much of that part. It must be a tenth of the error bar, which is this at the most. Measured on
# stripes with narrow gaps.
STRETCHED_ROUNDING, SHARE, LARGEST_BAR = 1e-15, 0.1, 2.5e-3
CROWDED, MOST_UNKNOWNS = 5.0, 5e5  # unknowns / those of the same spots apart; half a minute's
MOST_IN_GAP = 2e5  # unknowns
SMALLEST_SHARE = 1e-7  # of contact or gap, by transforms
MOST_PIXELS = 2e6  # per spot, of the coarsest useful grid


def check_cell(layout: Layout, depth: float) -> None:
    """Refuse a cell that is too long or too flat.

    Args:
        layout: the mirror cell.
        depth: of the slab, in pitches.

    Raises:
        InputError: with its sides' ratio.
    """
    sides = layout.width / layout.pitch, layout.depth / layout.pitch
    if max(sides) > FLATTEST * depth:
        raise InputError(
            f"electrolyte.thickness: the cell is {max(sides) / depth:.2g} times as wide as the slab is thick; "
            f"expected at most {FLATTEST:g} times"
        )
    if layout.lattice_images == 1 and max(sides) > LONGEST * min(sides):
        raise InputError(
            f"interface.cell: one side is {max(sides) / min(sides):.2g} times the other; "
            f"expected at most {LONGEST:g} times"
        )


def check_rims(layout: Layout, depth: float, room: float, relative_error: float) -> None:
    """Refuse spots, or gaps between them, that drown in rounding.

    Args:
        layout: the mirror cell.
        depth: of the meshed slab, in pitches.
        room: the smallest length over which the field varies across a rim, in pitches.
        relative_error: that is asked.

    Raises:
        InputError: with how small they are.
    """
    share = min(layout.contact_fraction, 1.0 - layout.contact_fraction)
    if room > 1e-3 and share < SMALLEST_SHARE:  # large spots, and ways that are taken for none
        room = 0.5 * share
    if room < SMALLEST_ROOM:
        raise InputError(
            f"interface: the smallest spot, or the way from one to the next or to a side, is {room:.2g} of the pitch; "
            f"finite elements need {SMALLEST_ROOM:g}; expected larger spots and wider ways between them"
        )
    gap, sides = 1.0 - layout.contact_fraction, (layout.width / layout.pitch, layout.depth / layout.pitch)
    faint = gap * min(room / depth if gap < 0.5 else 1.0, 1.0)
    stretched = min(sides) / max(sides)
    if faint < FAINTEST or ENERGY_ROUNDING / faint > ENERGY_SHARE * relative_error:
        raise InputError(
            f"interface: nearly everything is in contact, what constricts is about {faint:.1g} of the electrolyte's "
            "resistance and would drown in rounding; expected less contact, contact_fraction = 1 or a larger "
            "accuracy.relative_error"
        )
    if STRETCHED_ROUNDING / (faint * stretched**2) > SHARE * min(relative_error, LARGEST_BAR):
        raise InputError(
            f"interface: in a cell whose sides are {1 / stretched:.2g} to 1, what constricts would drown in rounding; "
            "expected a wider contact and gap, a larger accuracy.relative_error, or accuracy.method = 'spectral'"
        )


def check_crowd(unknowns: float, apart: float) -> None:
    """Refuse spots that are so near to each other or to a side that hardly anything else is meshed.

    Args:
        unknowns: that the mesh would take.
        apart: those that the same spots would take apart.

    Raises:
        InputError: with both.
    """
    if unknowns > MOST_UNKNOWNS and unknowns > CROWDED * apart:
        raise InputError(
            f"interface: some spots are so near to each other or to a side that a mesh for this accuracy would take "
            f"{unknowns:.2g} unknowns, against {apart:.2g} for the same spots apart; expected them farther away, or a "
            "larger accuracy.relative_error"
        )


def check_gap(unknowns: float) -> None:
    """Refuse a meshed gap whose factor would take minutes.

    Raises:
        InputError: with the unknowns.
    """
    if unknowns > MOST_IN_GAP:
        raise InputError(
            f"gap.model: a meshed gap round such narrow ways or such a thin slab would take {unknowns:.2g} unknowns; "
            "expected gap.model = 'thin', a lower gap, or a larger accuracy.relative_error"
        )


def check_share(layout: Layout) -> None:
    """Refuse contacts or gaps whose share of the interface is lost between pixels.

    Raises:
        InputError: with the share.
    """
    share = min(layout.contact_fraction, 1.0 - layout.contact_fraction)
    if share < SMALLEST_SHARE:
        raise InputError(
            f"interface: contact or gap is only {share:.2g} of the interface; transforms need {SMALLEST_SHARE:g}; "
            "expected more, or accuracy.method = 'finite_elements' without --cross-check"
        )


def check_pixels(per_spot: float, needed: float, memory: float) -> None:
    """Refuse spots that no grid of a sensible size resolves.

    Args:
        per_spot: pixels of the coarsest useful grid per spot.
        needed: bytes of that grid.
        memory: bytes that may be used.

    Raises:
        InputError: with the pixels.
    """
    if per_spot > MOST_PIXELS or needed > memory:
        raise InputError(
            f"interface: transforms would need {math.ceil(per_spot):.2g} pixels for each spot, as one of them, or its "
            f"way to the next, is so small; expected at most {MOST_PIXELS:.0f} that fit into the memory, or "
            "method = 'finite_elements' without --cross-check"
        )
