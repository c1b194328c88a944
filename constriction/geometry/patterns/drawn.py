"""The polygons of a file as the layout of an interface."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from constriction.base.errors import InputError, naming
from constriction.base.quantities import shown
from constriction.case.interface import Polygons
from constriction.case.maps.files import MapFile
from constriction.geometry.outlines import polygons_of
from constriction.geometry.patches import Layout, spots_and_rest
from constriction.geometry.patterns.lattices import in_rectangle
from constriction.geometry.patterns.polygons import ON_SIDE, Sides, outline_of, widths_of

MOST_CORNERS = 1_000_000
OVERLAP = 1e-9  # of the smaller polygon's area
_SRID = re.compile(r"^SRID=\d+;", re.IGNORECASE)  # of EWKT: coordinates are the cell's, whatever it says
GEOMETRY = "Polygon, MultiPolygon or a collection of them"

Floats = NDArray[np.float64]


def polygonal(interface: Polygons) -> Layout:
    """The polygons of a file; the pitch is the cell's longer side.

    Raises:
        InputError: the file has no polygons, or they cross themselves, overlap, lie outside, or leave no gap.
    """
    sides = interface.cell
    with naming(f"interface.file = {shown(interface.file.name)}"):
        parts = [_in_cell(part, n, interface, sides) for n, part in enumerate(_polygons(interface.file), start=1)]
        parts = _apart(parts)
        covered = math.fsum(part.area for part in parts) / math.prod(sides)
        if not OVERLAP < covered < 1 - OVERLAP:
            raise InputError(f"the polygons cover {covered:.6g} of the cell; expected contacts and gaps")
    outlines = [outline_of(part, sides) for part in parts]
    patches = spots_and_rest(outlines, interface.inverted)
    widths = widths_of(parts, sides, interface.inverted, interface.periodic)
    return in_rectangle(sides, patches, max(sides), 1, widths, interface.periodic)


def _polygons(file: MapFile) -> list[Polygon]:
    """What a file has, in its unit.

    Raises:
        InputError: it is no WKT or GeoJSON, or has something else than polygons.
    """
    try:
        text = file.data.decode("utf-8-sig")
        with np.errstate(invalid="ignore"):  # coordinates that are no numbers are told below
            shapes = (
                _of_geojson(json.loads(text))
                if file.suffix == ".geojson"
                else [shapely.from_wkt(_SRID.sub("", text.strip()))]
            )
            found = [part for shape in shapes for part in _parts(shape)]
    except (ValueError, TypeError, KeyError, RecursionError, shapely.errors.ShapelyError) as error:
        if isinstance(error, InputError):
            raise
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"no geometry ({reason}); expected {GEOMETRY} as WKT or GeoJSON") from None
    if not found:
        raise InputError(f"no polygon in {len(file.data)} bytes; expected {GEOMETRY}")
    if (corners := sum(map(shapely.get_num_coordinates, found))) > MOST_CORNERS:
        raise InputError(f"{corners} corners; expected at most {MOST_CORNERS}")
    return found


def _of_geojson(tree: object) -> Iterator[shapely.Geometry]:
    """The geometries of a GeoJSON object."""
    if not isinstance(tree, dict):
        raise InputError(f"{shown(tree)}: expected a GeoJSON object")
    if tree.get("type") == "FeatureCollection":
        for feature in tree["features"]:
            yield from _of_geojson(feature)
    elif tree.get("type") == "Feature":
        yield from _of_geojson(tree["geometry"])
    else:
        yield shapely.from_geojson(json.dumps(tree))


def _parts(shape: shapely.Geometry) -> Iterator[Polygon]:
    """The polygons of a geometry, which has nothing else."""
    if isinstance(shape, Polygon):
        if not shape.is_empty:
            yield shape
    elif isinstance(shape, shapely.MultiPolygon | shapely.GeometryCollection):
        for part in shape.geoms:
            yield from _parts(part)
    else:
        raise InputError(f"a {shape.geom_type}; expected {GEOMETRY}")


def _in_cell(polygon: Polygon, number: int, interface: Polygons, sides: Sides) -> Polygon:
    """A polygon in metres, its corners that are nearly on the cell's sides on them.

    Raises:
        InputError: it has coordinates that are no numbers, crosses itself, or lies outside.
    """
    corners = shapely.get_coordinates(polygon)
    if not np.isfinite(corners).all() or (np.abs(corners) * interface.metres).max() > 1e3 * max(sides):
        raise InputError(f"polygon {number} has corners far outside of the cell, or none; expected it inside")
    scaled = shapely.transform(shapely.force_2d(polygon), lambda places: _snapped(interface.metres * places, sides))
    if not scaled.is_valid or scaled.area == 0:
        why = shapely.is_valid_reason(polygon)
        why = "no area" if why == "Valid Geometry" else why
        raise InputError(f"polygon {number} crosses itself or is none ({why}); expected a simple one")
    _check_inside(scaled, number, interface, sides)
    return scaled


def _check_inside(scaled: Polygon, number: int, interface: Polygons, sides: Sides) -> None:
    low, high = np.reshape(scaled.bounds, (2, 2))
    if (low < 0).any() or (high > np.array(sides)).any():
        bounds = ", ".join(f"{length / interface.metres:.6g}" for length in (*low, *high))
        cell = " × ".join(f"{side / interface.metres:.6g}" for side in sides)
        raise InputError(
            f"polygon {number} (from and to {bounds} {interface.unit}) crosses or lies outside the cell of {cell} "
            f"{interface.unit}; expected it inside"
        )


def _snapped(places: Floats, sides: Sides) -> Floats:
    moved = places.copy()
    for axis, side in enumerate(sides):
        for line in (0.0, side):
            moved[np.abs(moved[:, axis] - line) < ON_SIDE * side, axis] = line
    return moved


def _apart(parts: Sequence[Polygon]) -> list[Polygon]:
    """Polygons that do not touch: those that share an edge are one.

    Raises:
        InputError: two overlap.
    """
    pairs = shapely.STRtree(parts).query(parts, predicate="intersects").T
    touching = [(i, j) for i, j in sorted(pairs.tolist()) if i < j]
    for i, j in touching:
        common = parts[i].intersection(parts[j]).area
        if common > OVERLAP * min(parts[i].area, parts[j].area):
            raise InputError(f"polygons {i + 1} and {j + 1} overlap by {common:.3g} m²; expected them apart")
    return polygons_of(shapely.union_all(parts)) if touching else list(parts)
