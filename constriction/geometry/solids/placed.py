"""From the tables [[solid]] of a case to bodies and layers in its mirror cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.interface import Hexagonal, List, Pattern, Polygons
from constriction.case.patterns.scattered import Scattered
from constriction.case.schema import Case
from constriction.case.solids.kinds import BodyTable, LayerTable, MetalTable, SpheroidTable, VoidTable
from constriction.case.solids.refusals import check_solids
from constriction.geometry.outlines import SNAP, Point
from constriction.geometry.patches import Layout
from constriction.geometry.solids.bodies import CAP, FLOATING, LAW, METAL, SPHEROID, VOID, WHISKER, Body, Layer, Solids
from constriction.geometry.solids.cells import SlabCell, check_apart, check_layers, length
from constriction.geometry.solids.random_places import at_random
from constriction.geometry.solids.rims import Rims

MOST_BODIES = 400
_SHAPES = {"pit": CAP, "spheroid": SPHEROID, "whisker": WHISKER, "void": SPHEROID}


class Scatter(NamedTuple):
    """A body that lies nowhere yet, how many of it there are to be, and the seed of their places."""

    body: Body
    number: int
    seed: int


def solids_of(case: Case, layout: Layout) -> Solids:
    """What lies in the electrolyte of a case's mirror cell.

    A body whose axis lies on a side of the cell, or in a corner, is whole there: the mirrors cut it.

    Args:
        case: with its tables [[solid]].
        layout: of the case, from `geometry.cell.lay_out_case`.

    Returns:
        Bodies in the order of their tables, and layers from the top down.

    Raises:
        InputError: something does not go together with solids yet; or a solid leaves the cell, overlaps another one,
            reaches the counter electrode, crosses a rim, or finds no contact or no place. It begins with its table.
    """
    check_solids(case)
    if not case.solid:
        return Solids()
    cell = SlabCell(layout, Rims(layout), case.electrolyte.thickness)
    layers = _layers(case, cell)
    tables = [(number, table) for number, table in enumerate(case.solid) if isinstance(table, BodyTable)]
    listed = [body for number, table in tables for body in _listed(number, table, case.interface, cell)]
    scattered = [one for number, table in tables for one in _scattered(number, table, cell)]
    _check_count(len(listed) + sum(one.number for one in scattered))
    cell.check_first_side(layers)
    for body in listed:
        cell.check_size(body)
        cell.check(body)
    check_apart(listed)
    check_layers(listed, layers)
    return Solids(_with_scattered(listed, scattered, cell, layers), layers)


def _listed(number: int, table: BodyTable, interface: Pattern, cell: SlabCell) -> list[Body]:
    """The bodies of a table that says where they lie."""
    if table.density is not None:
        return []
    return [cell.on_mirrors(_body(number, table, place)) for place in _places(number, table, interface, cell)]


def _scattered(number: int, table: BodyTable, cell: SlabCell) -> list[Scatter]:
    """The body of a table that has a density."""
    if table.density is None:
        return []
    return [Scatter(_body(number, table, (math.nan, math.nan)), _count(number, table.density, cell), table.seed or 0)]


def _with_scattered(
    listed: Sequence[Body], scattered: Sequence[Scatter], cell: SlabCell, layers: Sequence[Layer]
) -> tuple[Body, ...]:
    """Listed bodies with those at random, in the order of their tables."""
    bodies = list(listed)
    for body, count, seed in scattered:
        cell.check_size(body)
        cell.check_depth(body)
        check_layers([body], layers)
        bodies += at_random(body, count, cell, bodies, seed)
    return tuple(sorted(bodies, key=lambda body: body.table))


def _body(number: int, table: BodyTable, place: Point) -> Body:
    """The body of a table at a place in m."""
    if isinstance(table, MetalTable):
        role = FLOATING if table.floating else METAL
    else:
        role = VOID if not isinstance(table, VoidTable) or table.relative_permittivity is None else LAW
    below = table.below if isinstance(table, SpheroidTable | VoidTable) else 0.0
    return Body(_SHAPES[table.kind], role, *place, table.radius, table.depth, below, number)


def _places(number: int, table: BodyTable, interface: Pattern, cell: SlabCell) -> list[Point]:
    """Where the axes of a table lie, m: as it says, or at every lattice point of the mirror cell."""
    if table.x is not None and table.y is not None:
        return [(table.x, table.y)]
    if isinstance(interface, Scattered | List | Polygons):
        raise InputError(
            f"solid[{number}].x: missing; interface.pattern = '{interface.pattern}' has no lattice points; expected x "
            "and y, or a density"
        )
    middles = [(0.0, 0.0)]
    return [*middles, (cell.layout.width, cell.layout.depth)] if isinstance(interface, Hexagonal) else middles


def _count(number: int, density: float, cell: SlabCell) -> int:
    """How many bodies of a density per area, in 1/m², the mirror cell has."""
    area = cell.layout.cell.area
    count = math.floor(density * area + 0.5)
    if count == 0:
        given, least = (format_quantity(float(f"{n:.6g}"), "number density") for n in (density, 1 / area))
        raise InputError(
            f"solid[{number}].density = '{given}': {density * area:.2g} of them in the mirror cell, "
            f"{length(cell.layout.width)} wide; expected '{least}' or more, which is one, or a larger cell"
        )
    return count


def _check_count(count: int) -> None:
    if count > MOST_BODIES:
        raise InputError(f"solid: {count} solids in the mirror cell; expected at most {MOST_BODIES}")


def _layers(case: Case, cell: SlabCell) -> tuple[Layer, ...]:
    """The layers from the top down, those that touch exactly below each other."""
    near, settled = SNAP * cell.thickness, list[Layer]()
    given = [(n, table) for n, table in enumerate(case.solid) if isinstance(table, LayerTable)]
    for number, table in sorted(given, key=lambda pair: pair[1].below):
        layer = Layer(table.below, table.thickness, number)
        if settled:
            layer = _below(layer, settled[-1], near)
        if layer.below + layer.thickness >= cell.thickness - near:
            raise InputError(
                f"solid[{number}]: layer ends {length(layer.below + layer.thickness)} under the interface, at or "
                f"beyond the counter electrode; expected less than electrolyte.thickness = '{length(cell.thickness)}'"
            )
        settled.append(layer)
    return tuple(settled)


def _below(layer: Layer, above: Layer, near: float) -> Layer:
    """A layer, exactly below another one if it is nearer to its end than `near` in m."""
    end = above.below + above.thickness
    if layer.below < end - near:
        raise InputError(
            f"solid[{layer.table}]: layer from {length(layer.below)} on overlaps that of solid[{above.table}], which "
            f"ends {length(end)} under the interface; expected them apart, or one below the other"
        )
    return replace(layer, below=end) if layer.below <= end + near else layer
