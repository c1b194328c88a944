"""How fine a mesh must be for an error, what its sizes then are, and what it costs.

All mesh sizes follow one number, the `fineness`: they go with its square root, and the error of R_cstr goes with the
fineness itself (measured: discs in squares and tubes, stripes, halving it halves the error within 20 %).
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, replace

from constriction.field.limits import check_cell, check_crowd, check_gap, check_rims
from constriction.field.mesh.collars import LARGEST_RADIUS, CollarSizes, build_collar
from constriction.field.mesh.flat import MeshSizes, rims_of
from constriction.field.mesh.layouts.meshable import check_outlines
from constriction.field.mesh.layouts.scaled import in_pitches, rounded
from constriction.field.mesh.rims import rim_edges
from constriction.field.response import Goal
from constriction.geometry.cell import Layout, rim_lengths, rim_share
from constriction.geometry.outlines import Outline
from constriction.geometry.patches import CONTACT

# At fineness 1: radius of a collar and distance of its stations, relative to the room at the rim; growth of the mesh
# size with the distance; room at a corner / size of the spot.
RADIUS, SPACING, SLOPE, CORNER = 0.3, 0.25, 0.4, 0.05
# Stations of a quarter of a disc's rim at fineness 1, where its radius is the room. Meshes have such fineness that it
# is cut into whole stations: rounded ones err by chance. The coarser mesh of a pair has 1/COARSER of them,
# but not below FEWEST.
QUARTER, COARSER, FEWEST = 0.5 * math.pi / SPACING, 1.5, 4
# From fineness, sectors of a collar and what they leave of R_cstr however fine the mesh is (tubes and stripes: 3e-5,
# 2e-5).
SECTORS = ((0.05, 8, 4e-5), (0.0, 12, 2.5e-5))
LAYERS, MOST_LAYERS = 6.0, 12  # of a gap volume, per height / room
# Discs: one sector of a collar more than stations of a quarter, until there are enough: what sectors leave goes with
# their fourth power, and so is extrapolated with the rest. So does what the elements far from rims leave with their
# slope, which therefore goes with the fourth root of the fineness on coarse meshes; from 0.5 on it grows faster than
# that.
SLOPE_OF_DISCS, STEEPEST_OF_DISCS = 0.345, 0.5
# Error bar of R_cstr at fineness 1, relative, without caution: the usual one, and that of many outlines with corners. A
# mesh is finer where bounds are asked for, as nothing extrapolates these.
ERROR_AT_ONE, ERROR_OF_MANY_AT_ONE, FOR_BOUNDS = 7e-4, 1.4e-3, 2.8
# Times the error bar: of a meshed gap, as a layer stands on the islands' walls, and at rest, where no current enters
# it; of drawn outlines, whose corners have angles of their own; of a map's with so many straight pieces that errors
# cancel, and of other maps; and of many spots other than discs, whose errors do not.
OF_VOLUMES, OF_VOLUMES_AT_REST, OF_OUTLINES, OF_MAPS, OF_MANY = 2.0, 1.4, 1.7, 0.7, 1.5
# Of the least error bar of all: that of stripes, over `rim_share`, and that of few discs that are ideal contacts.
OF_STRIPES, OF_DISCS = 0.25, 0.72
MANY_PIECES, OF_PLAIN_MAPS = 25, 1.0
MANY = 4  # spots in a mirror cell; lattices have fewer
COARSEST_MESH = (QUARTER / 5) ** 2  # the coarser one of its pair has the largest radius of a collar
# The same of discs, and of many of them: what each errs by chance averages out.
COARSEST_OF_DISCS, FEWEST_OF_DISCS = (QUARTER / 4) ** 2, 3
COARSEST_OF_MANY_DISCS, FEWEST_OF_MANY_DISCS = (QUARTER / 3) ** 2, 2
NARROW = 0.05  # room / size of a spot, below which many stations may be needed
# Unknowns per station of the coarsest mesh, measured: tubes, squares and pairs that nearly touch; flat slabs; gaps.
UNKNOWNS_OF_RIMS = 600.0  # of fine meshes, per rims' length / size of the spot
PER_STATION, PER_STATION_OF_FLAT, PER_STATION_AND_LAYER = 90.0, 25.0, 12.0


def usual_error(rims: float, fineness: float) -> float:
    """The usual error bar of few ideal contacts, relative; `rims` as of `Rungs`."""
    return rims * ERROR_AT_ONE * fineness


@dataclass(frozen=True)
class Rungs:
    """Which fineness the meshes of a cell may have.

    The finer mesh of a pair is at most as coarse as `coarsest`, the coarser one has at least the `fewest` stations on a
    quarter of a disc's rim; `error`: the usual error bar at fineness 1, relative, without caution. `rims`: what part of
    the least error bar of all cells the cell's rims leave.
    """

    coarsest: float
    fewest: int
    error: float
    rims: float = 1.0

    def usual(self, fineness: float) -> float:
        """The usual error bar of few ideal contacts, relative."""
        return usual_error(self.rims, fineness)


def rungs_of(layout: Layout, volume: bool, film: bool = False) -> Rungs:
    """Which fineness the meshes of a layout may have; `volume`: its gap is meshed; `film`: its contacts have a law."""
    many = len(layout.spots) > MANY
    if volume:
        return Rungs(COARSEST_MESH, FEWEST, ERROR_OF_MANY_AT_ONE if many else ERROR_AT_ONE)
    if not _has_discs(layout, volume):
        rims = _rims_part(layout)
        return Rungs(COARSEST_MESH, FEWEST, ERROR_OF_MANY_AT_ONE if many else rims * ERROR_AT_ONE, rims)
    if many:
        return Rungs(COARSEST_OF_MANY_DISCS, FEWEST_OF_MANY_DISCS, ERROR_AT_ONE)
    # the first pair is as with films: of the coarsest meshes the bar is mostly of what extrapolation adds
    return Rungs(COARSEST_OF_DISCS, FEWEST_OF_DISCS, ERROR_AT_ONE, 1.0 if film else OF_DISCS)


def _has_discs(layout: Layout, volume: bool) -> bool:
    """Whether the contacts are discs or parts of them, beside a thin gap."""
    if volume or set(layout.regions) != {CONTACT}:
        return False
    cell, spots = in_pitches(layout)
    chains = (Outline(chain) for spot in spots for chain in spot.chains)
    return all(edge.centre is not None for chain in chains for edge in rim_edges(cell, chain))


def whole(fineness: float) -> float:
    """The next finer fineness, if it is not one, at which a quarter of a disc's rim has whole stations."""
    return _of_stations(_stations_at(fineness))


def coarser(fineness: float, fewest: int = FEWEST) -> float:
    """The fineness of the coarser mesh of a pair, which has at least the `fewest` stations."""
    return _of_stations(max(round(QUARTER / math.sqrt(fineness) / COARSER), fewest))


def _stations_at(fineness: float) -> int:
    """How many stations a quarter of a disc's rim has."""
    return math.ceil(rounded(QUARTER / math.sqrt(fineness)))


def _of_stations(count: int) -> float:
    return (QUARTER / count) ** 2


def sectors(fineness: float) -> tuple[int, float]:
    """Sectors of the collars at a fineness, and the error that they leave, relative to R_cstr."""
    return next((count, error) for least, count, error in SECTORS if fineness >= least)


def mesh_sizes(
    layout: Layout, thickness: float, gap_height: float | None, fineness: float, largest: float = 1.0
) -> MeshSizes:
    """The sizes of a mesh.

    Args:
        layout: the mirror cell.
        thickness: of the electrolyte, m.
        gap_height: of a meshed gap, m; None: nothing above the electrolyte is meshed.
        fineness: of the mesh.
        largest: height of an uneven gap relative to that.
    """
    scale, slope, count = math.sqrt(fineness), SLOPE * math.sqrt(fineness), sectors(fineness)[0]
    if _has_discs(layout, gap_height is not None):
        slope = min(slope, SLOPE_OF_DISCS * math.sqrt(scale), STEEPEST_OF_DISCS)
        count = min(count, _stations_at(fineness) + 1)
    layers = 2
    if gap_height is not None and layout.spots:
        steepest = largest * gap_height / statistics.fmean(rim_lengths(layout))
        layers += min(math.ceil(rounded(LAYERS * steepest / scale)), MOST_LAYERS)
    return MeshSizes(
        collar=CollarSizes(
            radius=min(RADIUS * scale, LARGEST_RADIUS),
            spacing=SPACING * scale,
            sectors=count,
            corner=CORNER * fineness,
        ),
        slope=slope,
        slab_depth=rounded(min(thickness, disturbed_depth(layout)) / layout.pitch),
        gap_height=None if gap_height is None else rounded(gap_height / layout.pitch),
        gap_layers=layers,
    )


def sizes_for(sizes: MeshSizes, weights: tuple[tuple[float, ...], ...], rings: int) -> MeshSizes:
    """The sizes of a mesh with local weights, and with rings in its collars."""
    return replace(sizes, weights=weights, collar=replace(sizes.collar, rings=rings))


def resolution_of(layout: Layout, sizes: MeshSizes) -> float:
    """The length of a mesh's innermost elements along the interface, in pitches, but for rings inside them."""
    return sizes.collar.radius * statistics.fmean(rim_lengths(layout)) / layout.pitch


def disturbed_depth(layout: Layout) -> float:
    """Depth beyond which the field is uniform, metres.

    Eight decay lengths: an equipotential there changes R_cstr by less than exp(−16) = 1e-7 of itself.
    """
    return 8.0 * layout.decay_length


def expected_unknowns(rims: float, fineness: float) -> float:
    """Unknowns of a mesh; `rims` is the rims' length / size of the spot, summed (2π for a whole disc)."""
    return float(1000 + rims * max(UNKNOWNS_OF_RIMS * fineness**-1.5, 800 * fineness**-0.95))


def memory_of(layout: Layout, fineness: float) -> float:
    """Bytes that a mesh of this fineness is expected to take."""
    return expected_memory(expected_unknowns(_rims_of(layout), fineness))


def least_memory(spots: int, discs: bool) -> float:
    """Bytes that so many spots take on the coarsest mesh that they may have; `discs`: they are round contacts."""
    of_discs = COARSEST_OF_MANY_DISCS if spots > MANY else COARSEST_OF_DISCS
    return expected_memory(expected_unknowns(2 * math.pi * spots, of_discs if discs else COARSEST_MESH))


def _rims_of(layout: Layout) -> float:
    """The rims' length / size of the spot, summed."""
    return sum(2 * spot.area / spot.size**2 for spot in layout.spots)


def expected_memory(unknowns: float) -> float:
    """Bytes that meshing, assembling and solving take at the most; 2.2 to 3.5 kB per unknown were measured."""
    return float(2e8 + 4e3 * unknowns)


def expected_effort(layout: Layout, goal: Goal) -> tuple[float, float]:
    """What `converge` will probably take: unknowns of both meshes, and bytes."""
    rims = _rims_of(layout)
    fineness = first_fineness(layout, goal)
    unknowns = expected_unknowns(rims, coarser(fineness, rungs_of(layout, False).fewest)) + expected_unknowns(
        rims, fineness
    )
    return unknowns, memory_of(layout, fineness)


def check_mesh(
    layout: Layout, thickness: float, gap_height: float | None, relative_error: float, largest: float = 1.0
) -> None:
    """Refuse a cell that no mesh of a sensible size solves, before anything is built.

    Args:
        layout: the mirror cell.
        thickness: of the electrolyte, m.
        gap_height: of a meshed gap, m.
        relative_error: that is asked.
        largest: height of an uneven gap relative to that.

    Raises:
        InputError: it is too flat, or has spots or ways between them that are too small.
    """
    if not layout.spots:
        return
    check_outlines(layout)
    check_cell(layout, thickness / layout.pitch)
    rooms = rim_lengths(layout)
    coarsest = coarser(COARSEST_MESH)
    sizes = mesh_sizes(layout, thickness, gap_height, coarsest)
    check_rims(layout, sizes.slab_depth, min(rooms) / layout.pitch, max(relative_error, SECTORS[-1][2]))
    if min(min(room, thickness) / spot.size for room, spot in zip(rooms, layout.spots, strict=True)) > NARROW:
        return
    rims, surroundings = rims_of(layout, sizes)
    stations = sum(len(build_collar(rim, near, sizes.collar).rim) for rim, near in zip(rims, surroundings, strict=True))
    # necks between discs take as many stations on the coarsest meshes of discs
    volume = gap_height is not None
    usual = rungs_of(layout, volume, film=True)
    fineness = min(_fineness_for(usual, relative_error / caution_for(layout, volume)), COARSEST_MESH)
    finer = coarsest / fineness
    each = PER_STATION if min(rooms) < thickness else PER_STATION_OF_FLAT
    apart = 1000 + UNKNOWNS_OF_RIMS * _rims_of(layout) * fineness**-1.5
    check_crowd(each * stations * finer**1.5, apart)
    if gap_height is not None:
        layers = mesh_sizes(layout, thickness, gap_height, fineness, largest).gap_layers
        check_gap(PER_STATION_AND_LAYER * stations * layers * math.sqrt(finer))


def caution_for(layout: Layout, volume: bool) -> float:
    """How many times the usual error bar a cell's is; `volume`: its gap is meshed."""
    many = len(layout.spots) > MANY and not _has_discs(layout, volume)
    of_rims = OF_MANY if many else 1.0
    if _is_oblique(layout):
        plain = len(layout.straight_edges) < MANY_PIECES
        of_rims = OF_OUTLINES if layout.traced is None else OF_PLAIN_MAPS if plain else OF_MAPS
    return of_rims * (OF_VOLUMES if volume else 1.0)


def _is_oblique(layout: Layout) -> bool:
    """Whether there are straight rims that are neither along x nor along y."""
    return any(edge.start[0] != edge.end[0] and edge.start[1] != edge.end[1] for edge in layout.straight_edges)


def _rims_part(layout: Layout) -> float:
    """What part of the least error bar of all cells a cell's rims leave."""
    share = rim_share(layout)
    return 1.0 if share is None else OF_STRIPES * share


def first_fineness(layout: Layout, goal: Goal, volume: bool = False) -> float:
    """The fineness that should do, or the finest that the memory allows; `volume`: the gap is meshed."""
    rungs = rungs_of(layout, volume, goal.film)
    fineness = _fineness_for(rungs, goal.relative_error / caution_for(layout, volume), goal.bounds)
    while memory_of(layout, fineness) > goal.memory and fineness < rungs.coarsest:
        fineness = _of_stations(_stations_at(fineness) - 1)
    return fineness


def _fineness_for(rungs: Rungs, error: float, bounds: bool = False) -> float:
    """The fineness that should do for a relative error without caution."""
    at_one = rungs.error * (FOR_BOUNDS if bounds else 1.0)
    allowed = max(error, SECTORS[-1][2] * rungs.rims)
    return whole(min(allowed / at_one, rungs.coarsest))
