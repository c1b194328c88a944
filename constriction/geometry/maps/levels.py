"""From the values of a map to a field whose level line is the rim: crop, threshold, smooth, despeckle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, label

from constriction.base.errors import InputError, counted, naming
from constriction.base.quantities import format_quantity, shown
from constriction.case.interface import HeightMapped, Image
from constriction.case.maps.heights import HeightMap
from constriction.case.maps.keys import OTSU, Amount, PixelsOr
from constriction.geometry.maps.decoding import StoredMap, decode
from constriction.geometry.maps.heights import heights_of, told_length, where
from constriction.geometry.periodic import connected

FEWEST = 10  # pixels along either side
CLASSES = 8  # as many values are classes, between which nothing can be interpolated
BINS = 4096  # of a histogram

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LevelMap:
    """A map whose contacts are where `field` (rows, columns), the first row at the top, is above `level`.

    `pixel`: width and height in m; `changes`: what was done to the map, in words; `periodic`: it
    repeats without mirrors.
    """

    field: Floats
    level: float
    pixel: tuple[float, float]
    changes: tuple[str, ...]
    periodic: bool = False

    @property
    def contact(self) -> NDArray[np.bool_]:
        """Which pixels are in contact, (rows, columns)."""
        return np.asarray(self.field > self.level)

    @property
    def contact_fraction(self) -> float:
        """The share of the pixels that are in contact."""
        return float(self.contact.mean())


@lru_cache(maxsize=2)  # its outlines are wanted as they are, and shifted
def level_map(interface: Image | HeightMapped) -> LevelMap:
    """The map of an interface, ready for outlines.

    Raises:
        InputError: the file is no map, or has no contact, only contact, or too few pixels.
    """
    raw = replace(_raw(interface), periodic=interface.periodic)
    levelled = _despeckled(_smoothed(raw, interface.smooth), _in_pixels(interface.despeckle, raw.pixel))
    if not 0 < levelled.contact_fraction < 1:
        all_or_no = "no pixel" if levelled.contact_fraction == 0 else "every pixel"
        source = where(interface.heights) if isinstance(interface, HeightMapped) else _where(interface)
        limit = "contact_below" if isinstance(interface, HeightMapped) else "threshold"
        raise InputError(
            f"{source}: {all_or_no} is in contact{_told(levelled.changes)}; expected contacts and gaps, perhaps by "
            f"another {limit}"
        )
    return levelled


def _raw(interface: Image | HeightMapped) -> LevelMap:
    """The map before it is smoothed."""
    if isinstance(interface, HeightMapped):
        return _of_heights(interface.heights, interface.periodic)
    return _of_picture(interface)


def _where(interface: Image) -> str:
    return f"interface.file = {shown(interface.file.name)}"


def _of_picture(interface: Image) -> LevelMap:
    """The part of a picture that counts, before it is smoothed."""
    with naming(_where(interface)):
        stored = decode(interface.file)
    return _levelled(_cropped(stored, interface), interface)


def _of_heights(heights: HeightMap, periodic: bool) -> LevelMap:
    """The metal touches where it is low; clipped, so that rims are half way where the height jumps."""
    values, below = heights_of(heights, periodic).values, heights.contact_below or 0.0
    with naming(where(heights)):
        _check_shape(values)
    changes, deep = [f"contact below {told_length(below)}"], values[values < -below]
    if deep.size:  # no noise
        number, lowest = counted(deep.size, "point"), told_length(deep.min())
        changes.append(f"{number} of it below {told_length(-below)}, the lowest at {lowest}")
    return LevelMap(-np.clip(values, 0.0, 2 * below), -below, heights.pixel, tuple(changes))


def _check_shape(values: NDArray[Any]) -> None:
    """Refuse maps of too few pixels."""
    if min(values.shape) < FEWEST:
        raise InputError(f"{values.shape[1]} × {values.shape[0]} pixels; expected at least {FEWEST} along each side")


def _told(changes: tuple[str, ...]) -> str:
    return f" ({'; '.join(changes)})" if changes else ""


def _in_pixels(amount: PixelsOr, pixel: tuple[float, float]) -> float:
    """A number of pixels; of an area how many it has."""
    return amount.value / (pixel[0] * pixel[1]) if isinstance(amount, Amount) else amount


def _along(amount: PixelsOr, pixel: tuple[float, float]) -> tuple[float, float]:
    """A length in pixels, across and along."""
    if isinstance(amount, Amount):
        return amount.value / pixel[0], amount.value / pixel[1]
    return amount, amount


def _cropped(stored: StoredMap, interface: Image) -> StoredMap:
    """The part of a map that counts."""
    values, changes = stored
    rows, columns = values.shape
    if not isinstance(interface.crop, str):
        left, top, right, bottom = (
            round(_along(side, interface.pixel)[n % 2]) for n, side in enumerate(interface.crop)
        )
        if not (0 <= left < right <= columns and 0 <= top < bottom <= rows):
            raise InputError(
                f"interface.crop: from {left:.6g}, {top:.6g} to {right:.6g}, {bottom:.6g} pixels; expected a part of "
                f"the {columns} × {rows} of the map"
            )
        values = values[top:bottom, left:right]
        changes = (*changes, f"cropped to {right - left} × {bottom - top} of {columns} × {rows} pixels")
    with naming(_where(interface)):
        _check_shape(values)
        if values.min() == values.max():
            raise InputError(f"every pixel has the value {float(values[0, 0]):g}; expected contacts and gaps")
    return StoredMap(values, changes)


def _levelled(stored: StoredMap, interface: Image) -> LevelMap:
    """Values and the level above which they are contact; of classes, and of grey between two values, shares."""
    values, changes, threshold = stored.values, stored.changes, interface.threshold
    if isinstance(threshold, tuple):
        none, full = threshold
        _check_between(min(threshold), max(threshold), values)
        field = np.clip((values.astype(np.float64) - none) / (full - none), 0.0, 1.0)
        if interface.inverted:
            field = 1.0 - field
        return LevelMap(field, 0.5, interface.pixel, (*changes, f"grey from {none:g} to {full:g} is partial contact"))
    if threshold == OTSU:
        level = otsu(values)
        changes = (*changes, f"threshold {level:.6g} found by Otsu's method")
    else:
        level = float(threshold)
        _check_between(level, level, values)
        if values.dtype.itemsize > 1:  # of a byte everybody knows the ends
            side = "up to" if interface.inverted else "above"
            changes = (*changes, f"contact {side} {level:.6g}, of {values.min():.6g} to {values.max():.6g}")
    classes = _few(values)
    above = values > level
    if classes:
        field = (above != interface.inverted).astype(np.float64)
        return LevelMap(field, 0.5, interface.pixel, changes)
    sign = -1.0 if interface.inverted else 1.0
    half = 0.5 if values.dtype.kind in "iu" and level == np.floor(level) else 0.0  # between two of its values
    return LevelMap(sign * values.astype(np.float64), sign * (level + half), interface.pixel, changes)


def _few(values: NDArray[Any]) -> bool:
    """Whether a map has no more than a few values, which are classes."""
    return len(np.unique(values.ravel()[:: 1 + values.size // 10_000])) <= CLASSES and len(np.unique(values)) <= CLASSES


def _check_between(low: float, high: float, values: NDArray[Any]) -> None:
    """Refuse levels that all values are above or below."""
    least, most = float(values.min()), float(values.max())
    if high < least or low >= most:
        raise InputError(
            f"interface.threshold = {low if low == high else [low, high]}: the map's values are from {least:g} to "
            f"{most:g}; expected one between them"
        )


def otsu(values: NDArray[Any]) -> float:
    """The threshold that parts values into two classes with the largest variance between them (Otsu 1979).

    Args:
        values: of any shape.
    """
    found, counts = np.unique(values, return_counts=True)
    found = found.astype(np.float64)
    if len(found) > BINS:
        counts, edges = np.histogram(values, BINS)
        found, counts = ((edges[1:] + edges[:-1]) / 2)[counts > 0], counts[counts > 0]
    if len(found) == 1:
        return float(found[0])
    below = np.cumsum(counts)[:-1]
    total, sums = int(counts.sum()), np.cumsum(counts * found)
    apart = sums[:-1] / below - (sums[-1] - sums[:-1]) / (total - below)
    best = int(np.argmax(below * (total - below) * apart**2))
    return float(found[best] + found[best + 1]) / 2


def _smoothed(levelled: LevelMap, smooth: PixelsOr) -> LevelMap:
    across, along = _along(smooth, levelled.pixel)
    if across == 0:
        return levelled
    width = format_quantity(smooth.value, smooth.kind) if isinstance(smooth, Amount) else f"{smooth:g} pixels"
    rows, columns = levelled.field.shape
    if across > columns or along > rows:
        raise InputError(f"interface.smooth: {width}; expected less than the map's {columns} × {rows} pixels")
    field = gaussian_filter(levelled.field, (along, across), mode="wrap" if levelled.periodic else "reflect")
    return replace(levelled, field=field, changes=(*levelled.changes, f"smoothed by a Gaussian of {width}"))


def labelled(marks: NDArray[np.bool_], periodic: bool) -> tuple[NDArray[np.integer[Any]], int]:
    """Numbers of the connected parts of marked pixels, zero elsewhere, and how many there are.

    Args:
        marks: (rows, columns).
        periodic: the first and the last row meet, and so do the columns.
    """
    parts, count = label(marks)
    if not periodic or count == 0:
        return parts, count
    ends = [np.stack([lines[0], lines[-1]]) for lines in (parts, parts.T)]
    pairs = np.concatenate([pair[:, (pair > 0).all(axis=0)] for pair in ends], axis=1)
    whole = 1 + connected(pairs.T - 1, count)
    return np.concatenate([[0], whole])[parts], int(whole.max())


def _despeckled(levelled: LevelMap, smallest: float) -> LevelMap:
    """A map without spots and holes of fewer pixels: their values are mirrored at the level."""
    field, told = levelled.field, []
    for word, sign in (("spot", 1.0), ("hole", -1.0)):
        parts, count = labelled(sign * (field - levelled.level) > 0, levelled.periodic)
        small = np.bincount(parts.ravel(), minlength=count + 1) < smallest
        small[0] = False
        if removed := int(small.sum()):
            field = np.where(small[parts], 2 * levelled.level - field, field)
            told.append(counted(removed, word))
        if removed == count:  # the rest would be one large hole
            break
    if not told:
        return levelled
    words = f"despeckled: {' and '.join(told)} of fewer than {smallest:.4g} pixels taken away"
    return replace(levelled, field=field, changes=(*levelled.changes, words))
