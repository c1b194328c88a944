"""How high the gap is at each place: even, falling from the rims of contacts, or under a foil that they lift."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.case.maps.heights import HeightMap
from constriction.case.regions import Collector, Gap
from constriction.geometry.coverage import Raster, contact_coverage, coverage
from constriction.geometry.distances import rim_distance
from constriction.geometry.height_maps import Height, sampled
from constriction.geometry.maps.pellet_heights import PlacedHeight, covered_by_electrode
from constriction.geometry.patches import Electrode, Layout
from constriction.geometry.plate.foil import Foil, rigidity

if TYPE_CHECKING:
    from constriction.geometry.plate.lifted import LiftedFoil

Floats = NDArray[np.float64]

SAMPLES = 400_000  # of the gap, for its means; of a row a hundredth
LIFTED = 0.01  # of the lift: less is not counted as lifted
# Cells of the plate's grid per lifted length and the relative error that is asked there: as the root of it.
CELLS, ASKED, FEWEST, MOST = 30.0, 1e-3, 20.0, 120.0
PER_SPOT = 6.0  # cells of it over the size of a spot, at least
MOST_CELLS = 1_000_000
EVEN_DIVISION = 16  # its numbers of cells are multiples, so that coarser grids fit
# Lift over the largest, from a straight rim to where it ends: of a wedge; of a foil under pressure, or by adhesion.
_WAY = np.linspace(0.0, 1.0, 2001)
WEDGE_SHAPE = (1 - _WAY,)
FOIL_SHAPES = (1 - _WAY) ** 3 * (1 + 3 * _WAY), 1 - 3 * _WAY**2 + 2 * _WAY**3


@dataclass(frozen=True, eq=False)
class Profile:
    """The height of a gap relative to the one far from contacts, `height` at x and y in m that broadcast together.

    `largest` at the rims, of a map anywhere. `foils` of a plate, on a grid and on one of twice as wide cells; `coarse`
    is the second one's height, or that of every second point of a map. `changes`: what was done to a map; None: there
    is none.
    """

    layout: Layout
    height: Height
    largest: float
    foils: tuple[LiftedFoil, ...] = ()
    coarse: Height | None = None
    changes: tuple[str, ...] | None = None

    @cached_property
    def _samples(self) -> tuple[Floats, Floats]:
        """Heights on a raster, and the part of the cell that each stands for; (across, along)."""
        raster = sampled_by(self.layout)
        bare = covered_by_electrode(self.layout, raster) - contact_coverage(self.layout, raster)
        if self.layout.circular:
            bare = bare * coverage([self.layout.cell], raster)
        share = self.layout.width * self.layout.depth / self.layout.cell.area / bare.size
        return self.height(*raster.centres), bare * share

    @cached_property
    def mean(self) -> float:
        """∫ height dA over the gap, over the cell's area."""
        height, share = self._samples
        return float((height * share).sum())

    @cached_property
    def relative_square_slope(self) -> float:
        """The mean of |∇ height|² in 1/m², each place counting as one over its height."""
        height, share = self._samples
        raster = sampled_by(self.layout)
        steps = [(axis, step) for axis, step in enumerate(raster.pixel) if height.shape[axis] > 1]
        square = sum(np.gradient(height, step, axis=axis) ** 2 for axis, step in steps)
        return float((square * share / height).sum() / (share / height).sum())

    @cached_property
    def lifted_share(self) -> float:
        """The part of the interface where the gap is higher than far from contacts."""
        height, share = self._samples
        return float(share[height - 1 > LIFTED * (self.largest - 1)].sum())


def mean_square_slope(gap: Gap, collector: Collector, layout: Layout, relative_error: float) -> float:
    """The mean over a gap of the square of its metal's slope, each place counting as one over its height.

    Of a wedge and of a foil, which is not bent for it, all lifted zones count as if they were beside straight rims and
    did not overlap.

    Args:
        gap: of the case; an even one has no slope.
        collector: of the case.
        layout: the layout of its interface.
        relative_error: as of `profile_of`.
    """
    if gap.height is None or not gap.uneven or not layout.spots:
        return 0.0
    if gap.rise is not None:
        own = layout if layout.electrode is None else layout.electrode.layout
        return _beside_rims(gap, gap.height, gap.rise, collector, own)
    profile = profile_of(gap, collector, layout, relative_error)
    return 0.0 if profile is None else gap.height**2 * profile.relative_square_slope


def _beside_rims(gap: Gap, height: float, rise: float, collector: Collector, layout: Layout) -> float:
    """The same of a gap that falls from a rise to a height, m."""
    if rise == height:
        return 0.0
    length = foil_of(gap, collector).lifted_length if gap.length is None else gap.length
    shapes = FOIL_SHAPES if gap.length is None else WEDGE_SHAPE
    lifted = min(length * _rim_length(layout) / (1 - layout.contact_fraction) / layout.cell.area, 1.0)
    return max(_square_slope(height + (rise - height) * shape, length, lifted) for shape in shapes)


def _square_slope(heights: Floats, length: float, lifted: float) -> float:
    """The same where heights in m stand over `length` in m on a share `lifted`, and the last of them on the rest."""
    square = np.gradient(heights, length / (len(heights) - 1)) ** 2
    inverse = lifted * float(np.mean(1 / heights)) + (1 - lifted) / float(heights[-1])
    return lifted * float(np.mean(square / heights)) / inverse


def _rim_length(layout: Layout) -> float:
    """The length of all rims in a cell, m."""
    return math.fsum(float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum()) for line in layout.rims(64))


def sampled_by(layout: Layout) -> Raster:
    """A raster of a cell for means over it."""
    if layout.striped:
        return Raster(layout.width, layout.depth, SAMPLES // 100, 1)
    across = math.sqrt(SAMPLES * layout.width / layout.depth)
    return Raster(layout.width, layout.depth, max(round(across), 1), max(round(SAMPLES / across), 1))


@lru_cache(maxsize=8)
def profile_of(gap: Gap, collector: Collector, layout: Layout, relative_error: float) -> Profile | None:
    """The profile of a gap; None: it is even.

    Args:
        gap: of the case.
        collector: of the case.
        layout: the layout of its interface.
        relative_error: that is asked; a plate's grid follows it.

    Raises:
        InputError: a plate in a circular cell.
        SolverError: a plate does not settle.
    """
    if layout.electrode is not None:
        own = profile_of(gap, collector, layout.electrode.layout, relative_error)
        return None if own is None else _placed(own, layout, layout.electrode)
    return _own_profile(gap, collector, layout, relative_error)


def _own_profile(gap: Gap, collector: Collector, layout: Layout, relative_error: float) -> Profile | None:
    """The profile of a gap over all of a cell."""
    if gap.height_map is not None and gap.height is not None:
        return _measured(gap.height_map, gap.height, layout)
    if gap.rise is None or gap.height is None or not layout.spots:
        return None
    largest = gap.rise / gap.height
    if gap.length is not None:
        return Profile(layout, _wedge(layout, largest, gap.length), largest)
    if layout.circular:
        raise InputError(
            f"gap.profile = '{gap.profile}': a foil is lifted in rectangular cells only; expected "
            "interface.cell_shape = 'square', or profile = 'linear'"
        )
    if gap.rise == gap.height:
        return Profile(layout, lambda x, y: np.ones(np.broadcast_shapes(x.shape, y.shape)), 1.0)
    foil = foil_of(gap, collector)
    from constriction.geometry.plate.lifted import lift  # few cases have a foil that bends

    fine, coarse = lift(layout, foil, raster_for(layout, foil, relative_error))
    return Profile(layout, height_under(fine, largest), largest, (fine, coarse), height_under(coarse, largest))


def _placed(own: Profile, layout: Layout, electrode: Electrode) -> Profile:
    """The profile over an electrode, on its pellet."""
    coarse = None if own.coarse is None else PlacedHeight(own.coarse, electrode)
    return replace(own, layout=layout, height=PlacedHeight(own.height, electrode), coarse=coarse)


def _measured(heights: HeightMap, least: float, layout: Layout) -> Profile:
    """The profile of a map; what reads pictures is imported only here."""
    if layout.circular or layout.striped:
        cell = "a circular cell" if layout.circular else "stripes, along which nothing varies"
        raise InputError(f"gap.profile = 'map': does not fit {cell}; expected a rectangular cell of another pattern")
    from constriction.geometry.maps.heights import mapped_gap

    found = mapped_gap(heights, layout, least)
    return Profile(layout, found.height, found.largest, coarse=found.coarse, changes=found.changes)


def _map_name(heights: HeightMap, least: float) -> tuple[float, ...]:
    """Numbers that tell maps over one cell apart: of the file those of its hash, and lengths over the least height."""
    hashed = (float(int(heights.file.hash[n : n + 8], 16)) for n in range(0, 64, 8))
    outliers = 0.0 if heights.outliers is None else heights.outliers
    missing = (0.0, 0.0) if heights.missing is None else (1.0, heights.missing)
    lengths = heights.unit / least, heights.offset / least
    return *hashed, outliers, *missing, *lengths, float(heights.level)


def foil_of(gap: Gap, collector: Collector) -> Foil:
    """The foil of a case with a plate over its gap."""
    return Foil(
        rigidity=rigidity(collector.thickness, collector.youngs_modulus, collector.poisson_ratio),
        thickness=collector.thickness,
        lift=(gap.rise or 0.0) - (gap.height or 0.0),
        pressure=collector.stack_pressure or 0.0,
        adhesion=collector.adhesion or 0.0,
    )


def profile_name(gap: Gap, collector: Collector, layout: Layout) -> tuple[float, ...]:
    """Numbers that tell profiles of one layout apart, whatever the unit of length; none of an even gap."""
    if gap.height_map is not None and gap.height is not None:
        return _map_name(gap.height_map, gap.height)
    if gap.rise is None or gap.height is None:
        return ()
    if gap.length is not None:
        return gap.rise / gap.height, gap.length / layout.pitch
    if gap.rise == gap.height:
        return (1.0,)
    foil = foil_of(gap, collector)
    held = (foil.pressure / foil.rigidity / foil.lift, math.sqrt(foil.adhesion / foil.rigidity) / foil.lift)
    return gap.rise / gap.height, held[0] * layout.pitch**4, held[1] * layout.pitch**2


def raster_for(layout: Layout, foil: Foil, relative_error: float) -> Raster:
    """The grid of a plate."""
    cells = min(max(CELLS * math.sqrt(ASKED / relative_error), FEWEST), MOST)
    smallest = min(spot.size for spot in layout.spots) if layout.traced is None else layout.traced.room
    side = min(foil.lifted_length / cells, smallest / PER_SPOT)
    if layout.striped:
        return Raster(layout.width, layout.depth, _divisible(min(layout.width / side, MOST_CELLS / 100)), 1)
    side = max(side, math.sqrt(layout.width * layout.depth / MOST_CELLS))
    return Raster(layout.width, layout.depth, _divisible(layout.width / side), _divisible(layout.depth / side))


def foil_cells(gap: Gap, collector: Collector, layout: Layout, relative_error: float) -> int:
    """How many cells the grid of a plate has; 0 without one. Arguments as of `profile_of`."""
    alone = layout if layout.electrode is None else layout.electrode.layout
    if gap.profile != "plate" or gap.rise == gap.height or not alone.spots or alone.circular:
        return 0
    raster = raster_for(alone, foil_of(gap, collector), relative_error)
    return raster.across * raster.along


def _divisible(count: float) -> int:
    return EVEN_DIVISION * max(2, math.ceil(count / EVEN_DIVISION))


def _wedge(layout: Layout, largest: float, length: float) -> Height:
    away = rim_distance(layout)

    def height(x: Floats, y: Floats) -> Floats:
        return np.asarray(1 + (largest - 1) * np.clip(1 - away(x, y) / length, 0.0, 1.0))

    return height


def height_under(found: LiftedFoil, largest: float) -> Height:
    """The relative height of the gap under a foil: linear between the nodes, as its sides are mirrors."""
    return sampled(1 + (largest - 1) * found.deflection / found.foil.lift, found.raster)
