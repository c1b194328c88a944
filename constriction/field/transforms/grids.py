"""A flat interface on a grid of pixels: the electrolyte is diagonal in cosines or waves, contact and gap in pixels.

Lengths are in pitches and the electrolyte's conductivity is one. With a uniform current density 1 through the slab,
the potential u of the interface solves (Λ + C + θG) u = 1: Λ turns a potential into the current density that the
electrolyte draws for it, C and θG are the admittances per area of contact and gap. Then F(θ) − depth = mean of u.

A mirror cell's cosine, or a periodic cell's wave, of wave number k has Λ = k coth(k·depth). A pixel's potential is one
number, so near a rim, where the potential goes as √r, the grid has a rim of its own. Where that lies follows from the
symbol alone (Wiener and Hopf: at large n the solution of a lattice half plane goes as √(n + ¾ + b), with
b = −∫ ln g / (4π sin²(ξ/2)) dξ over 0 … π, g = Λ / |2 sin(ξ/2)|, n counted from the first pixel without contact). So:

- Λ is divided by sinc(k_x δ/2)^p sinc(k_y δ/2)^p. With p = 3.1673 the grid's rim is the edge of the pixels, b = −¼; a
  pixel's uniform current density, p = 2, leaves it 0.07 pixels off, an error of the first order in the pixel.
- A pixel of which the contact covers a part c gets C = c/(1 − c) · g₀²/δ. The same theory gives that this moves the
  grid's rim by exactly c·δ; g₀², the geometric mean of Λδ, is (π/e)^(p + 1).
- A film of admittance θ on the contact is in series with that: c/(1/θ + (1 − c)·δ/g₀²) of the pixel.
- The gap under an electrode on a wider pellet ends inside pixels. At high frequency it passes current as a contact
  does, and a part c of a pixel is in series with the way to it as that of a film is.
- Oblique rims are then off by up to 0.017 pixels; the factor 1 − ½ sin²(k_x δ/2) sin²(k_y δ/2) leaves 0.001.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from constriction.field.transforms.waves import Floats, filtered, half_phases
from constriction.geometry.cell import Layout
from constriction.geometry.coverage import Raster, contact_coverage
from constriction.geometry.height_maps import Height
from constriction.geometry.maps.averages import MapHeight
from constriction.geometry.maps.pellet_heights import PlacedHeight, covered_by_electrode

Field = NDArray[Any]  # real or complex values of the pixels, (across, along)
Theta = NDArray[Any]  # θ of the contact's film, if there is one, and of the gap, (terms,)

POWER = 3.1673125
OBLIQUE = 0.5
RIM_ADMITTANCE = (math.pi / math.e) ** (POWER + 1)
WHOLE = 1e-9  # a pixel covered but for this is covered
STRETCH = 0.15  # more pixels than needed, so that they are square and the transforms fast
CACHED = 1 << 15  # pixels whose fields a cache holds
SQUARENESS = 20.0  # a pixel one part in this off a square is worth a grid larger by as much


def even_height(x: Floats, y: Floats) -> Floats:
    """The gap of a case: as high as it says everywhere."""
    return np.ones(np.broadcast_shapes(x.shape, y.shape))


@dataclass(frozen=True, eq=False)
class Plate:
    """An interface on pixels, all arrays (across, along).

    `symbol` is Λ of each cosine, zero for the mean; `contact` and `gap` are C and G, zero where the pixel is not
    `free`, that is wholly in contact with a metal. With a `film` on the contact all pixels are free; it covers the
    parts `covered` of them, and C is what leads to its share of a pixel, infinite where that is all. `screening` is the
    wave number (1/pitch) below which contacts screen a potential. A `periodic` cell's `symbol` belongs to its waves, as
    `waves` tells. `to_gap`: of an electrode on a pellet, where the gap is a part of a pixel, its admittance times the
    resistance of the way to it; None: the gap is everywhere beside the contacts.
    """

    symbol: Floats
    contact: Floats
    gap: Floats
    free: NDArray[np.bool_]
    width: float
    screening: float
    film: bool
    covered: Floats
    periodic: bool = False
    to_gap: Floats | None = None

    @property
    def load(self) -> Floats:
        """The current density 1 on the free pixels, in the plate's precision."""
        return self.free.astype(self.symbol.dtype)

    @cached_property
    def single(self) -> Plate:
        """The same in single precision."""
        names = ("symbol", "contact", "gap", "covered", *(() if self.to_gap is None else ("to_gap",)))
        rounded: dict[str, Any] = {name: getattr(self, name).astype(np.float32) for name in names}
        return replace(self, width=float(self.width), **rounded)

    def through_contact(self, theta: Theta) -> Field:
        """Admittance of the contact, its film included, at θ (terms,)."""
        if not self.film:
            return self.contact
        return np.asarray(self.covered * theta[0] / (1 + theta[0] * self.to_film))

    def through_gap(self, theta: Theta) -> Field:
        """Admittance of the gap, with the way to a part of a pixel, at θ (terms,)."""
        taken = theta[-1] * self.gap
        return np.asarray(taken if self.to_gap is None else taken / (1 + theta[-1] * self.to_gap))

    @cached_property
    def to_film(self) -> Floats:
        """Covered part / C: the resistance per area of the film on the way to it; zero where all is covered or bare."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.covered > 0, self.covered / self.contact, 0.0)

    def local(self, theta: Theta) -> Field:
        """Admittance of contact and gap at θ (terms,)."""
        return np.asarray(self.through_contact(theta) + self.through_gap(theta))

    def apply(self, field: Field, local: Field | float = 0.0) -> Field:
        """(Λ + local)·field on the free pixels."""
        image, everywhere = self.drawn(field), np.broadcast_to(local, field.shape)
        for rows in in_rows(image):
            image[rows] = np.where(self.free[rows], image[rows] + everywhere[rows] * field[rows], 0.0)
        return image

    def drawn(self, field: Field) -> Field:
        """Λ·field everywhere: the current density that the electrolyte draws for a potential."""
        return filtered(field, self.symbol, self.periodic)

    def preconditioner(self, theta: Theta) -> Callable[[Field], Field]:
        """Roughly the inverse of A at θ ≥ 0: 1/Λ of waves, faded out where contact or gap take over.

        With a film either may: each is held against the smallest admittance, and no potential builds up beyond what
        their mean takes.
        """
        local, rim, screening = self.local(theta), RIM_ADMITTANCE / self.width, self.screening
        if self.film:
            least = float(local.min())
            mean = max(float(local.mean()) - least, 0.0)
            screening = screening * mean / (screening + mean) if mean > 0 else 0.0
        else:
            # beside an electrode on a pellet nothing takes current
            least = theta[-1] * float(np.max(self.gap, initial=0.0)) if self.to_gap is None else 0.0
        fade = np.where(self.free, np.sqrt((rim + least) / (rim + local)), 0.0)
        inverse = 1 / (self.symbol + screening + least)

        def precondition(field: Field) -> Field:
            shaped = filtered(fade * field, inverse, self.periodic, overwrite=True)
            shaped *= fade
            return shaped

        return precondition


def in_rows(field: Field) -> Iterator[slice]:
    """Rows of a field that fit into a processor's cache together, so that what is made of them is not written out."""
    count = max(1, CACHED // max(1, field.shape[-1]))
    return (slice(start, start + count) for start in range(0, len(field), count))


def raster_of(layout: Layout, pixels: float) -> Raster:
    """About so many nearly square pixels, of numbers that transforms are fast for; stripes need one row only."""
    if layout.striped:
        return Raster(layout.width, layout.depth, next_fast_len(max(2, math.ceil(pixels)), real=True), 1)
    start = max(2, math.ceil(math.sqrt(pixels * layout.width / layout.depth)))

    def waste(across: int) -> tuple[float, Raster]:
        along = next_fast_len(max(2, round(across * layout.depth / layout.width)), real=True)
        skew = abs(math.log(across * layout.depth / (along * layout.width)))
        return across * along / pixels + SQUARENESS * skew, Raster(layout.width, layout.depth, across, along)

    fast = {next_fast_len(n, real=True) for n in range(start, math.ceil(start * (1 + STRETCH)) + 2)}
    return min(map(waste, sorted(fast)), key=lambda entry: entry[0])[1]


def plate_of(layout: Layout, depth: float, raster: Raster, film: bool = False, height: Height = even_height) -> Plate:
    """An interface on a raster.

    Args:
        layout: the cell, a rectangle.
        depth: of the slab, in pitches.
        raster: the pixels.
        film: the contact has a law.
        height: of the gap at x (across, 1) and y (1, along) in metres, relative to the one that θ is made with.
    """
    covered = contact_coverage(layout, raster)
    covered = np.where(covered < WHOLE, 0.0, covered)
    dx, dy = (length / layout.pitch for length in raster.pixel)
    width = dx if raster.along == 1 else math.sqrt(dx * dy)
    partly = covered < 1.0 - WHOLE
    bare = np.where(partly, 1.0 - covered, 1.0)
    under = covered_by_electrode(layout, raster)
    gap = np.where(partly, np.maximum(under - covered, 0.0) * _inverse(height, raster), 0.0)
    return Plate(
        symbol=_symbol(raster, depth, layout),
        contact=np.where(partly, RIM_ADMITTANCE / width * covered / bare, np.inf if film else 0.0),
        gap=gap,
        free=partly | film,
        width=width,
        screening=_rim_density(covered, dx, dy),
        film=film,
        covered=covered,
        periodic=layout.periodic,
        to_gap=None if layout.electrode is None else _to_gap(gap, np.asarray(under), covered, width),
    )


def _to_gap(gap: Floats, under: Floats, covered: Floats, width: float) -> Floats:
    """Of pixels that an electrode covers in part: the gap's admittance times the resistance of the way to it."""
    partly = (under > WHOLE) & (under < 1.0 - WHOLE) & (covered == 0.0)
    share = np.where(partly, under, 1.0)
    return np.asarray(gap * (1.0 - share) / share * width / RIM_ADMITTANCE)


def _inverse(height: Height, raster: Raster) -> Floats:
    """One over a relative height: of a map its mean over each pixel, else at the centres."""
    return (
        height.mean_inverse(raster)
        if isinstance(height, MapHeight | PlacedHeight)
        else np.asarray(1 / height(*raster.centres))
    )


def _symbol(raster: Raster, depth: float, layout: Layout) -> Floats:
    """Λ of each cosine or wave in 1/pitch; zero for the mean, whose current is given."""
    dx, dy = (length / layout.pitch for length in raster.pixel)
    x, y = half_phases(raster.across, raster.along, layout.periodic)
    k = np.hypot(2 / dx * x, 2 / dy * y)
    k[0, 0] = 1.0
    symbol = k / np.tanh(k * depth) * (1 - OBLIQUE * (np.sin(x) * np.sin(y)) ** 2)
    symbol /= (np.sinc(x / np.pi) * np.sinc(y / np.pi)) ** POWER
    symbol[0, 0] = 0.0
    return np.asarray(symbol)


def _rim_density(covered: Floats, dx: float, dy: float) -> float:
    """Length of rim per area, 1/pitch, about: between contacts nearer than its inverse no potential builds up."""
    across = np.abs(np.diff(covered, axis=0)).sum() / dx
    along = np.abs(np.diff(covered, axis=1)).sum() / dy
    return float(across + along) / covered.size
