"""Solids in the mirror cell: where they lie, that they keep apart, and the one line that tells why they cannot."""

import math
import random
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
import shapely

from constriction.base.errors import InputError
from constriction.case.schema import Case, parse_case
from constriction.geometry.cell import lay_out, lay_out_case
from constriction.geometry.patches import CONTACT, GAP
from constriction.geometry.solids.apart import are_apart, gap_between
from constriction.geometry.solids.bodies import CAP, SPHEROID, WHISKER, Body, Layer, Solids
from constriction.geometry.solids.placed import solids_of
from constriction.geometry.solids.rims import Rims
from constriction.simulation.cross_check import twin
from constriction.simulation.flat.solving import check_flat
from constriction.simulation.simulate import Options, check_geometry
from constriction.simulation.solids.laws import solid_laws
from constriction.simulation.weights import gap_model

UM = 1e-6
HEXAGONAL = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "40 um"}
SQUARE = {"pattern": "square", "contact_fraction": 0.2, "pitch": "40 um"}
FULL = {"pattern": "square", "contact_fraction": 1, "pitch": "40 um"}
TUBE = {"pattern": "single", "cell_shape": "circular", "contact_fraction": 0.2, "pitch": "40 um"}
LIST = {
    "pattern": "list",
    "cell": ["100 um", "80 um"],
    "discs": [["20 um", "30 um", "12 um"], ["60 um", "50 um", "15 um"]],
    "rectangles": [["90 um", "15 um", "8 um", "6 um", 30]],
}
BARE = {"pattern": "square", "contact_fraction": 0, "pitch": "40 um"}
LEAK = {"height": "100 nm", "law": "p(C,R1)", "R1": "10 ohm cm2"}


def case(*tables: dict[str, Any], interface: dict[str, Any] | None = None, **sections: Any) -> Case:
    if interface is BARE:
        sections = {"gap": LEAK, **sections}
    return parse_case({"interface": interface or HEXAGONAL, **sections, "solid": list(tables)}, "here")


def placed(*tables: dict[str, Any], interface: dict[str, Any] | None = None, **sections: Any) -> Solids:
    given = case(*tables, interface=interface, **sections)
    return solids_of(given, lay_out_case(given))


def pit(radius: str = "5 um", **keys: Any) -> dict[str, Any]:
    return {"kind": "pit", "radius": radius, **keys}


def void(radius: str = "5 um", **keys: Any) -> dict[str, Any]:
    return {"kind": "void", "radius": radius, **keys}


def layer(below: str = "0 m", thickness: str = "2 um") -> dict[str, Any]:
    return {"kind": "layer", "below": below, "thickness": thickness, "law": "bulk"}


def at(x: float, y: float) -> dict[str, str]:
    return {"x": f"{x!r} um", "y": f"{y!r} um"}


# --- where they lie ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interface", "middles"),
    [
        (HEXAGONAL, [(0, 0), (20, 20 * math.sqrt(3))]),
        (SQUARE, [(0, 0)]),
        (FULL, [(0, 0)]),
        ({**HEXAGONAL, "contact_fraction": 1}, [(0, 0), (20, 20 * math.sqrt(3))]),
        (TUBE, [(0, 0)]),
        ({**TUBE, "contact_fraction": 1}, [(0, 0)]),
    ],
    ids=str,
)
def test_by_default_every_lattice_point_has_one(interface: dict[str, Any], middles: list[tuple[float, float]]) -> None:
    bodies = placed(pit("4 um", depth="3 um"), interface=interface).bodies
    np.testing.assert_allclose([(body.x, body.y) for body in bodies], UM * np.array(middles), rtol=1e-14)
    assert {(body.shape, body.role, body.radius, body.depth, body.below, body.table) for body in bodies} == {
        (CAP, "metal", 4e-6, 3e-6, 0.0, 0)
    }


def test_shape_and_role_follow_from_the_kind() -> None:
    tables = [
        pit("2 um"),
        {"kind": "whisker", "radius": "1 um", "depth": "5 um", **at(5, 3)},
        {"kind": "spheroid", "radius": "1 um", "depth": "5 um", **at(3, 6)},
        {"kind": "spheroid", "radius": "2 um", "depth": "3 um", "floating": True, **at(14, 14)},
        void("2 um", **at(6, 16)),
        void("2 um", below="20 um", relative_permittivity=9),
    ]
    found = [(b.shape, b.role, b.table) for b in placed(*tables, interface=SQUARE).bodies]
    assert found == [
        (CAP, "metal", 0),
        (WHISKER, "metal", 1),
        (SPHEROID, "metal", 2),
        (SPHEROID, "floating", 3),
        (SPHEROID, "void", 4),
        (SPHEROID, "law", 5),
    ]


def test_an_axis_on_a_side_is_exactly_there_and_a_mouth_that_is_a_contact_is_just_as_wide() -> None:
    radius = math.sqrt(0.2 / math.pi) * 40
    (body,) = placed(pit(f"{radius:.8g} um", **at(3e-9, 0)), interface=SQUARE).bodies
    assert (body.x, body.y) == (0.0, 0.0)
    spot = lay_out(parse_case({"interface": SQUARE}).interface).spots[0].size
    assert body.radius == spot and body.depth == pytest.approx(spot, rel=1e-15) and body.depth <= body.radius


def test_layers_go_from_the_top_down_and_touch_exactly() -> None:
    found = placed(layer("3.3 um", "1.1 um"), layer("1.1 um", "2.2 um"), layer("9 um")).layers
    assert found[0] == Layer(1.1e-6, 2.2e-6, 1)
    assert found[1].below == found[0].below + found[0].thickness and (found[1].table, found[2].table) == (0, 2)


def test_without_solids_there_are_none_and_the_layout_is_that_of_the_interface() -> None:
    for interface in (HEXAGONAL, FULL, LIST):
        given = parse_case({"interface": interface})
        assert lay_out_case(given) == lay_out(given.interface)
        assert solids_of(given, lay_out(given.interface)) == Solids()


@pytest.mark.parametrize("fraction", [0, 1])
@pytest.mark.parametrize(
    "interface",
    [HEXAGONAL, SQUARE, TUBE, {"pattern": "random", "pitch": "40 um", "spots": 9, "contact_fraction": 0.2}],
    ids=str,
)
def test_full_contact_and_none_have_the_cell_of_the_pattern_beside_bodies(
    interface: dict[str, Any], fraction: int
) -> None:
    uniform = {**interface, "contact_fraction": fraction}
    buried = void("2 um", below="3 um", **at(6, 7))
    given = parse_case({"interface": uniform, "solid": [buried], "gap": LEAK})
    layout, usual = lay_out_case(given), lay_out(parse_case({"interface": interface}).interface)
    assert (layout.cell, layout.width, layout.depth, layout.pitch) == (
        usual.cell,
        usual.width,
        usual.depth,
        usual.pitch,
    )
    assert layout.lattice_images == usual.lattice_images and not layout.spots and layout.contact_fraction == fraction
    assert len(solids_of(given, layout).bodies) == 1
    flat = parse_case({"interface": uniform, "solid": [layer()], "gap": LEAK})
    assert lay_out_case(flat) == lay_out(flat.interface)


# --- apart ---------------------------------------------------------------------------------------------------------


def inside(body: Body, points: np.ndarray) -> np.ndarray:
    """Which points (n, 3) lie in a body, from the equations of sphere, ellipsoid and cylinder."""
    across, z = np.hypot(points[:, 0] - body.x, points[:, 1] - body.y), points[:, 2]
    a, c = body.radius, body.depth
    if body.shape == CAP:
        sphere = (a * a + c * c) / (2 * c)
        return (across**2 + (z - (sphere - c)) ** 2 <= sphere**2) & (z <= 0)
    if body.shape == WHISKER:
        return ((across <= a) & (z <= 0) & (z >= a - c)) | (across**2 + (z - (a - c)) ** 2 <= a * a)
    centre = -(body.below + c) if body.below > 0 else 0.0
    return ((across / a) ** 2 + ((z - centre) / c) ** 2 <= 1) & (z <= 0)


def sampled(body: Body, count: int, numbers: np.random.Generator) -> np.ndarray:
    """Points all over a body, on its surface many of them."""
    box = np.array([[body.x - body.radius, body.x + body.radius], [body.y - body.radius, body.y + body.radius]])
    low, high = np.array([*box[:, 0], -body.lowest]), np.array([*box[:, 1], -body.below])
    points = low + (high - low) * numbers.random((count, 3))
    return points[inside(body, points)]


def images(body: Body, width: float, depth: float) -> Iterator[tuple[float, float]]:
    """Axes of a body and of its mirror images round the cell."""
    xs = {round(x, 15) for x in (body.x, -body.x, 2 * width - body.x)}
    ys = {round(y, 15) for y in (body.y, -body.y, 2 * depth - body.y)}
    return ((x, y) for x in xs for y in ys)


def profile(body: Body, count: int) -> np.ndarray:
    """Points (n, 2) of the outline in the plane of the axis, across and z, from the equations."""
    z = -body.below - (body.lowest - body.below) * (1 - np.cos(np.linspace(0, math.pi, count))) / 2
    if body.shape == CAP:
        sphere = (body.radius**2 + body.depth**2) / (2 * body.depth)
        across = np.sqrt(np.maximum(sphere**2 - (z - (sphere - body.depth)) ** 2, 0))
    elif body.shape == WHISKER:
        tip = np.minimum(z - (body.radius - body.depth), 0)
        across = np.sqrt(np.maximum(body.radius**2 - tip**2, 0))
    else:
        centre = -(body.below + body.depth) if body.below > 0 else 0.0
        across = body.radius * np.sqrt(np.maximum(1 - ((z - centre) / body.depth) ** 2, 0))
    rows = [np.stack([side * across, z], axis=1) for side in (-1, 1)]
    lid = np.stack([np.linspace(-across[0], across[0], count), np.full(count, z[0])], axis=1)
    return np.concatenate([*rows, lid])


def random_body(draw: random.Random, x: float = 0.0) -> Body:
    shape = draw.choice((CAP, SPHEROID, SPHEROID, WHISKER))
    radius, below = draw.uniform(0.5, 3), 0.0
    if shape == CAP:
        depth = radius * draw.uniform(0.2, 1)
    elif shape == WHISKER:
        depth = radius * draw.uniform(1.1, 4)
    else:
        depth, below = draw.uniform(0.3, 6), draw.choice((0.0, draw.uniform(0.1, 8)))
    return Body(shape, "void", x, 0.0, radius, depth, below)


def test_distances_are_those_of_the_outlines() -> None:
    draw, compared = random.Random(5), 0
    for _ in range(120):
        first, second = random_body(draw), random_body(draw, draw.uniform(0, 8))
        gap = gap_between(first, second)
        if gap <= 0.01:
            continue
        compared += 1
        outlines = profile(first, 2000), profile(second, 2000) + [second.x, 0.0]
        nearest = shapely.distance(*map(shapely.convex_hull, map(shapely.multipoints, outlines)))
        assert gap <= nearest * (1 + 1e-12) and gap == pytest.approx(nearest, abs=1e-4)
        assert are_apart(first, second)
    assert compared > 40


@pytest.mark.parametrize("angle", [0.0, 0.3, 0.8, 1.3])
@pytest.mark.parametrize("radii", [(1.0, 1.0), (0.3, 2.0)])
def test_spheres_are_apart_just_when_their_middles_are_farther_apart_than_their_radii(
    angle: float, radii: tuple[float, float]
) -> None:
    a, b = radii
    for part, apart in ((1 - 1e-6, False), (1 + 1e-6, True)):
        way = part * (a + b)
        first = Body(SPHEROID, "void", 0, 0, a, a, 10.0)
        second = Body(SPHEROID, "void", way * math.cos(angle), 0, b, b, 10 + a + way * math.sin(angle) - b)
        assert are_apart(first, second) is apart and are_apart(second, first) is apart
        if apart:
            assert gap_between(first, second) == pytest.approx(way - a - b, rel=1e-6)


def test_overlaps_that_points_find_are_overlaps() -> None:
    draw, numbers, found = random.Random(7), np.random.default_rng(7), 0
    for _ in range(300):
        first, second = random_body(draw), random_body(draw, draw.uniform(0, 6))
        if inside(second, sampled(first, 4000, numbers)).any():
            found += 1
            assert not are_apart(first, second) and not are_apart(second, first)
    assert found > 50


def random_table(draw: random.Random) -> dict[str, Any]:
    kind = draw.choice(("pit", "spheroid", "whisker", "void", "void"))
    radius = round(math.exp(draw.uniform(math.log(0.3), math.log(8))), 4)
    table: dict[str, Any] = {"kind": kind, "radius": f"{radius} um"}
    deep = {"pit": (0.2, 1.0), "spheroid": (0.3, 5.0), "whisker": (1.1, 6.0), "void": (0.3, 2.0)}[kind]
    table["depth"] = f"{radius * draw.uniform(*deep):.4f} um"
    if kind != "void" and draw.random() < 0.3:
        table["floating"] = True
    if (kind == "void" or (kind == "spheroid" and "floating" in table)) and draw.random() < 0.6:
        table["below"] = f"{draw.uniform(0, 20):.3f} um"
    how = draw.random()
    if how < 0.35:
        table |= {"density": f"{10 ** draw.uniform(4, 6.3):.4g} /cm2", "seed": draw.randrange(100)}
    elif how < 0.8:
        table |= at(draw.choice((0.0, draw.uniform(0, 25))), draw.choice((0.0, draw.uniform(0, 25))))
    return table


def test_random_solids_are_apart_or_refused_in_one_line() -> None:
    draw, numbers = random.Random(11), np.random.default_rng(11)
    outcomes = {"placed": 0, "refused": 0}
    for _ in range(200):
        interface = draw.choice((HEXAGONAL, SQUARE, FULL, TUBE, LIST))
        tables = [random_table(draw) for _ in range(draw.randint(1, 3))]
        try:
            given = case(*tables, interface=interface)
            layout = lay_out_case(given)
            bodies = solids_of(given, layout).bodies
        except InputError as error:
            outcomes["refused"] += 1
            assert len(str(error).splitlines()) == 1 and "expected" in str(error), error
            assert str(error).removeprefix("here: ").startswith("solid"), error
            continue
        outcomes["placed"] += 1
        for number, body in enumerate(bodies):
            points = sampled(body, 600, numbers)
            own = [(x, y) for x, y in images(body, layout.width, layout.depth)]
            for other in bodies[number:]:
                near = images(other, layout.width, layout.depth) if other is not body else own
                for x, y in near:
                    if other is body and math.hypot(x - body.x, y - body.y) < 1e-12:
                        continue
                    if math.hypot(x - body.x, y - body.y) > body.radius + other.radius:
                        continue
                    image = Body(other.shape, other.role, x, y, other.radius, other.depth, other.below)
                    assert not inside(image, points).any(), (body, image)
    assert min(outcomes.values()) > 40, outcomes


# --- at random -----------------------------------------------------------------------------------------------------

SCATTERED = [
    (HEXAGONAL, pit("0.5 um", density="1e7 /cm2"), CONTACT),
    (HEXAGONAL, pit("0.5 um", density="4e6 /cm2", floating=True), GAP),
    (LIST, void("1 um", density="1e6 /cm2", depth="3 um"), None),
    (LIST, void("1 um", density="1e6 /cm2", below="2 um"), None),
    (TUBE, {"kind": "whisker", "radius": "0.3 um", "depth": "4 um", "density": "2e6 /cm2"}, CONTACT),
    (FULL, pit("0.4 um", density="2e7 /cm2", seed=9), CONTACT),
    (BARE, pit("0.4 um", density="1e7 /cm2", floating=True), GAP),
]


@pytest.mark.parametrize(("interface", "table", "region"), SCATTERED, ids=[str(row[1]) for row in SCATTERED])
def test_random_places_are_as_many_as_the_density_says_inside_apart_and_off_the_rims(
    interface: dict[str, Any], table: dict[str, Any], region: str | None
) -> None:
    given = case(table, interface=interface)
    layout = lay_out_case(given)
    bodies, radius = solids_of(given, layout).bodies, given.solid[0].radius
    assert len(bodies) == round(given.solid[0].density * layout.cell.area) > 5
    places = np.array([(body.x, body.y) for body in bodies])
    ways = np.linalg.norm(places[:, None] - places[None], axis=-1) + np.eye(len(places))
    assert ways.min() > 1.04999 * 2 * radius
    assert places.min() > radius and (places < [layout.width - radius, layout.depth - radius]).all()
    if layout.circular:
        assert np.hypot(*places.T).max() < layout.width - radius
    angles = np.linspace(0, 2 * math.pi, 65)
    mouths = places[:, None] + radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    on = layout.on_contact(mouths.reshape(-1, 2)).reshape(len(places), -1)
    if bodies[0].below == 0:
        assert (on.all(axis=1) | ~on.any(axis=1)).all()
    if region is not None:
        assert (on == (region == CONTACT)).all()


def test_random_places_are_the_same_for_one_seed_and_others_for_another() -> None:
    def found(seed: int, *before: dict[str, Any]) -> list[tuple[float, float]]:
        table = void("0.5 um", density="1e6 /cm2", below="1 um", seed=seed)
        return [(b.x, b.y) for b in placed(*before, table).bodies if b.table == len(before)]

    assert found(0) == found(0) and found(0) != found(1)
    assert found(0, pit("1 um")) == found(0)
    first = 0.8444218515250481, 0.7579544029403025  # of Python's generator for the seed 0
    sides = 20.0, 20 * math.sqrt(3)
    wanted = [UM * (0.525 + (side - 1.05) * share) for side, share in zip(sides, first, strict=True)]
    assert found(0)[0] == pytest.approx(wanted, rel=1e-12)


def test_random_solids_keep_from_those_that_are_listed_behind_them() -> None:
    bodies = placed(void("1 um", density="4e6 /cm2", below="1 um"), void("8 um", below="1 um"), interface=FULL).bodies
    assert [body.table for body in bodies] == sorted(body.table for body in bodies)
    middle = bodies[-1]
    assert all(math.hypot(b.x - middle.x, b.y - middle.y) > 8.5e-6 or not b.table == 0 for b in bodies[:-1])


# --- contacts ------------------------------------------------------------------------------------------------------


def test_the_distance_to_rims_is_that_to_their_points() -> None:
    layout = lay_out(parse_case({"interface": LIST}).interface)
    rims, numbers = Rims(layout), np.random.default_rng(3)
    places = numbers.random((300, 2)) * [layout.width, layout.depth]
    points = np.concatenate(
        [np.array(edge.points(40_000)) for _, edge in rims.edges]
        + [np.linspace(edge.start, edge.end, 5000) for _, edge in rims.edges if edge.centre is None]
    )
    nearest = [np.linalg.norm(points - place, axis=1).min() for place in places]
    np.testing.assert_allclose(rims.distances(places).min(axis=1), nearest, atol=2e-9)


def test_sides_of_the_cell_are_no_rims() -> None:
    layout = lay_out(parse_case({"interface": SQUARE}).interface)
    assert all(edge.centre is not None for _, edge in Rims(layout).edges)


@pytest.mark.parametrize(
    ("interface", "table"),
    [
        (HEXAGONAL, pit("9 um")),
        (HEXAGONAL, pit("12 um")),
        (LIST, pit("12 um", **at(20, 30))),
        (LIST, pit("14 um", **at(20, 30))),
        (LIST, pit("2 um", **at(60, 50))),
        (LIST, pit("2.9 um", **at(90, 15))),
        (TUBE, pit("15 um")),
        (BARE, pit("15 um", floating=True)),
        ({**HEXAGONAL, "inverted": True, "contact_fraction": 0.8}, pit("3 um", **at(10, 17))),
        ({**SQUARE, "shape": "square"}, pit("8 um")),
        (LIST, void("4 um", **at(60, 50))),
        (LIST, void("3 um", **at(75, 20))),
        (LIST, void("14 um", below="1 um", **at(20, 30))),
    ],
    ids=str,
)
def test_what_lies_as_it_should_to_the_contacts_is_taken(interface: dict[str, Any], table: dict[str, Any]) -> None:
    assert placed(table, interface=interface).bodies


# --- what is wrong -------------------------------------------------------------------------------------------------

LEAVES = "or touches a side; expected it inside, or its axis on a side and no other one within its radius"
CROSSES = "expected it wholly on a contact, or about the middle of a round one and no narrower"
LAST = "electrolyte.thickness = '1.5 mm'"
WRONG = [
    (SQUARE, [pit("20 um")], f": pit at x 0 m, y 0 m of radius 20 um leaves the mirror cell, 20 um × 20 um, {LEAVES}"),
    (
        FULL,
        [pit("2 um", **at(1, 0))],
        f": pit at x 1 um, y 0 m of radius 2 um leaves the mirror cell, 20 um × 20 um, {LEAVES}",
    ),
    (
        FULL,
        [pit("2 um", **at(10, 18))],
        f": pit at x 10 um, y 18 um of radius 2 um leaves the mirror cell, 20 um × 20 um, {LEAVES}",
    ),
    (
        FULL,
        [pit("2 um", **at(-10, 5))],
        f": pit at x -10 um, y 5 um of radius 2 um leaves the mirror cell, 20 um × 20 um, {LEAVES}",
    ),
    (
        FULL,
        [pit("2 um", **at(30, 5))],
        f": pit at x 30 um, y 5 um of radius 2 um leaves the mirror cell, 20 um × 20 um, {LEAVES}",
    ),
    (
        TUBE,
        [void("2 um", **at(13, 13))],
        f": void at x 13 um, y 13 um of radius 2 um leaves the mirror cell, the tube of radius 20 um, {LEAVES}",
    ),
    (
        FULL,
        [{"kind": "whisker", "radius": "2 um", "depth": "1.5 mm"}],
        f": whisker at x 0 m, y 0 m reaches 1.5 mm deep, to the counter electrode, a short; expected less than {LAST}",
    ),
    (
        FULL,
        [void("2 um", depth="1 mm", below="9 um")],
        f": void at x 0 m, y 0 m reaches 2.009 mm deep, to the counter electrode; expected less than {LAST}",
    ),
    (
        SQUARE,
        [pit("2 um", **at(14, 14))],
        ": pit at x 14 um, y 14 um of radius 2 um is metal beside the contacts; expected it on a contact, or floating "
        "= true",
    ),
    (
        BARE,
        [pit("2 um")],
        ": pit at x 0 m, y 0 m of radius 2 um is metal beside the contacts; expected it on a contact, or "
        "floating = true",
    ),
    (
        SQUARE,
        [pit("2 um", **at(9, 5))],
        f": pit at x 9 um, y 5 um of radius 2 um crosses the rim of a contact; {CROSSES}",
    ),
    (
        LIST,
        [pit("13 um", **at(20.5, 30))],
        f": pit at x 20.5 um, y 30 um of radius 13 um crosses the rim of a contact; {CROSSES}",
    ),
    (
        SQUARE,
        [pit("2 um", floating=True)],
        ": pit at x 0 m, y 0 m of radius 2 um floats, but touches a contact; expected it off the contacts, or "
        "below > 0",
    ),
    (
        SQUARE,
        [void("12 um")],
        ": void at x 0 m, y 0 m of radius 12 um covers a whole contact; expected it beside the contact, smaller, or "
        "below > 0",
    ),
    (
        SQUARE,
        [void("2 um", **at(9, 5))],
        ": void at x 9 um, y 5 um of radius 2 um crosses the rim of a contact; expected it on one side of all rims",
    ),
    (
        FULL,
        [void("3 um", below="1 um", **at(5, 5)), void("3 um", below="1 um", **at(10.9, 5))],
        ": void at x 5 um, y 5 um overlaps or touches solid[1]: void at x 10.9 um, y 5 um; expected them apart",
    ),
    (
        FULL,
        [pit("5 um"), layer("5.002 um")],
        ": pit at x 0 m, y 0 m reaches from 0 m to 5 um under the interface: it ends at a side of solid[1], a layer "
        "from 5.002 um to 7.002 um; expected it farther from that side",
    ),
    (
        FULL,
        [void("1 um", below="3 um", density="1e6 /cm2", relative_permittivity=9), layer("0 m", "30 um")],
        ": void at random reaches from 3 um to 5 um under the interface: with a law of its own it reaches solid[1], a "
        "layer from 0 m to 30 um; expected it above or below the layer, not touching it",
    ),
    (
        FULL,
        [layer("4 um"), layer("3 um")],
        ": layer from 4 um on overlaps that of solid[1], which ends 5 um under the interface; expected them apart, or "
        "one below the other",
    ),
    (
        FULL,
        [layer("1 mm", "0.5 mm")],
        f": layer ends 1.5 mm under the interface, at or beyond the counter electrode; expected less than {LAST}",
    ),
    (
        SQUARE,
        [layer(thickness="1 nm")],
        ": layer ends 1 nm under the interface, far nearer than the field at rims is wide (9.90747 um); expected at "
        "least 99.0747 nm, or a law of [contact] or [gap]",
    ),
    (
        SQUARE,
        [layer(below="1 nm")],
        ": layer starts 1 nm under the interface, far nearer than the field at rims is wide (9.90747 um); expected at "
        "least 99.0747 nm, or below = '0 m'",
    ),
    (
        FULL,
        [pit("1 nm")],
        ": pit at x 0 m, y 0 m is 1 nm in radius, too small to be meshed; expected at least 0.0001 of the pitch, 4 nm, "
        "or none, as it changes little",
    ),
    (
        SQUARE,
        [void("100 nm", depth="4 nm", below="5 um")],
        ": void at x 0 m, y 0 m is 4 nm deep, too small to be meshed; expected at least 0.00025 of the pitch, 10 nm, "
        "or none, as it changes little",
    ),
    (
        FULL,
        [void("1 nm", density="1e6 /cm2")],
        ": void at random is 1 nm in radius, too small to be meshed; expected at least 0.0001 of the pitch, 4 nm, or "
        "none, as it changes little",
    ),
    (
        LIST,
        [pit("2 um")],
        ".x: missing; interface.pattern = 'list' has no lattice points; expected x and y, or a density",
    ),
    (
        FULL,
        [pit("2 um", density="1e4 /cm2")],
        ".density = '100 1/mm2': 0.04 of them in the mirror cell, 20 um wide; expected '2500 1/mm2' or more, which is "
        "one, or a larger cell",
    ),
]


@pytest.mark.parametrize(("interface", "tables", "message"), WRONG, ids=[row[2] for row in WRONG])
def test_what_cannot_be_gets_one_line(interface: dict[str, Any], tables: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(f'solid[0]{message}')}$"):
        placed(*tables, interface=interface)


def test_too_many_or_too_dense_solids_get_one_line() -> None:
    with pytest.raises(InputError, match=r"^solid: 4000 solids in the mirror cell; expected at most 400$"):
        placed(pit("0.1 um", density="1e9 /cm2"), interface=FULL)
    with pytest.raises(InputError, match=r"^solid\[0\]\.density: placed \d+ of 40, then found no free place in 20000 "):
        placed(pit("2 um", density="1e7 /cm2"), interface=FULL)
    with pytest.raises(InputError, match=r"^solid\[0\]\.density: placed 0 of 4, then found no free place"):
        placed(pit("10 um", density="1e6 /cm2"), interface=FULL)


# --- methods -------------------------------------------------------------------------------------------------------


def test_transforms_and_so_the_cross_check_refuse_solids() -> None:
    given = case(pit("2 um"))
    layout = lay_out_case(given)
    flat = "^solid: transforms need an electrolyte that is the same everywhere; expected .* without --cross-check"
    spectral = "^accuracy.method = 'spectral': solids in the electrolyte are meshed; expected .*, without --cross-check"
    whole = partial(check_geometry, options=Options())
    for refuse, message in ((check_flat, flat), (whole, spectral)):
        with pytest.raises(InputError, match=message):
            refuse(twin(given), layout)


def test_a_gap_above_solids_is_thin_or_refused() -> None:
    high = {"height": "3 um"}
    plain, solid = case(gap=high), case(pit("2 um"), gap=high)
    assert (gap_model(plain, lay_out_case(plain)), gap_model(solid, lay_out_case(solid))) == ("volume", "thin")
    with pytest.raises(
        InputError, match="one above solids or grains in the electrolyte is not meshed; expected gap.model = 'thin'"
    ):
        check_geometry(solid, lay_out_case(solid), Options())
    thin = case(pit("2 um"), gap={**high, "model": "thin"})
    check_geometry(thin, lay_out_case(thin), Options())


def test_a_layer_that_hardly_conducts_is_refused_and_one_that_blocks_is_not() -> None:
    given = case(layer() | {"law": "R1", "R1": "1e12 ohm cm"})
    with pytest.raises(InputError, match=r"^solid\[0\]: layer conducts 2e-10 times as well as the electrolyte there"):
        solid_laws(given, lay_out_case(given))
    given = case(layer() | {"law": "C1", "C1": "1 pF/cm"})
    assert solid_laws(given, lay_out_case(given))[0].blocks
    low = case(layer() | {"law": "C1", "C1": "1e-16 F/cm"})  # its admittance was cut off as well, at low frequencies
    with pytest.raises(
        InputError, match=r"layer conducts .* at sweep.to = 100 Hz; expected at least 1e-09 times: a sweep"
    ):
        solid_laws(low, lay_out_case(low))
