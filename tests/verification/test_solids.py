"""Solids in the electrolyte against exact and independent answers, from the case file to R_cstr.

σ = 1 mS/cm, R_cstr = R_dc − R of the flat slab; R·A is times the area of the cell. Exact answers, n solids per area:
- half a spheroid in full contact, a along the current and b across: R·A falls by n·V/(2N)/σ, V = 4πab²/3, N the
  depolarisation factor along a; of a sphere of radius a that is 2πna³/σ (Landau and Lifshitz, Electrodynamics of
  Continuous Media, §4). On a square lattice of period p its dipoles weaken each other: lift/(1 + 9.0336 (α/p)³), α³ the
  lift over 2π, with Σ 1/(i² + j²)^{3/2} = 9.0336 over a square lattice (Topping 1927);
- half a sphere as the only contact: R = 1/(2πσa);
- spheres on a simple cubic lattice, c their part of the volume: R rises by 3c/2/(1 − c) if they insulate, falls by
  3c/(1 + 2c) if they conduct (Rayleigh 1892), but for parts of c^{13/3};
- layers in series.
Dilute limits are extrapolated over three densities; their error bar is the sum of the bars, weighed as they are.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from constriction.case.schema import Case, parse_case
from constriction.simulation.result import Result
from constriction.simulation.simulate import Options, simulate

SIGMA = 0.1  # S/m
HOMOGENEOUS = {"bulk_conductivity": "1 mS/cm", "grain_boundary_conductivity": "none", "relative_permittivity": 100}
UM = 1e-6
TOPPING = 9.0336
ASKED = 2e-3


def case_of(
    solids: list[dict[str, Any]],
    pitch: float,
    thickness: float,
    fraction: float = 1.0,
    asked: float = ASKED,
    **sections: Any,
) -> Case:
    """A square lattice with solids, lengths in µm."""
    gap = {} if fraction == 1 else {"gap": {"height": "10 nm", "model": "thin"}}
    electrolyte = {**HOMOGENEOUS, "thickness": f"{thickness!r} um"}
    interface = {"pattern": "square", "contact_fraction": fraction, "pitch": f"{pitch!r} um"}
    given = {"electrolyte": electrolyte, "interface": interface, **gap, "accuracy": {"relative_error": asked}}
    return parse_case({**given, "solid": solids, **sections})


def solved(*given: Any, options: Options = Options(), **keys: Any) -> Result:  # noqa: B008 - frozen
    return simulate(case_of(*given, **keys), options)


def body(kind: str, radius: float, depth: float | None = None, **keys: Any) -> dict[str, Any]:
    deep = {} if depth is None else {"depth": f"{depth!r} um"}
    places = {key: f"{keys.pop(key)!r} um" for key in ("x", "y", "below") if key in keys}
    return {"kind": kind, "radius": f"{radius!r} um", **deep, **places, **keys}


def layer(below: float, thickness: float, **keys: Any) -> dict[str, Any]:
    return {"kind": "layer", "below": f"{below!r} um", "thickness": f"{thickness!r} um", **keys}


def holds(result: Result, exact: float) -> bool:
    """Whether R_cstr is right within its bar, the bounds hold the exact value, and the bar is what was asked."""
    low, high = result.R_cstr_bounds
    assert low <= exact <= high
    assert result.accuracy_reached
    return abs(result.R_cstr - exact) <= result.R_cstr_error


def extrapolated(at: NDArray[np.float64], values: list[float], bars: list[float]) -> tuple[float, float]:
    """What the parabola through three values is at 0, and the sum of their bars as they weigh in it."""
    weights = np.linalg.solve(np.vander(at, increasing=True).T, [1.0, 0.0, 0.0])
    return float(weights @ values), float(np.abs(weights) @ bars)


# --- dilute limits -------------------------------------------------------------------------------------------------


def depolarisation(aspect: float) -> float:
    """N along the axis of a prolate spheroid `aspect` times as long as it is wide; 1/3 of a sphere."""
    if aspect == 1:
        return 1 / 3
    square = 1 - 1 / aspect**2
    e = math.sqrt(square)
    return (1 - square) / e**3 * (math.atanh(e) - e)


@pytest.mark.parametrize("aspect", [1, 3, 10])
def test_half_spheroids_in_full_contact_move_the_electrode_into_the_electrolyte(aspect: float) -> None:
    long, wide = 10.0, 10.0 / aspect
    lift = 4 * math.pi / 3 * long * wide**2 / (2 * depolarisation(aspect))  # µm³
    size = max((lift / (2 * math.pi)) ** (1 / 3), 0.4 * long)
    pitches = [size * far for far in (5.0, 7.0, 9.0)]
    found = [solved([body("spheroid", wide, long)], pitch, 0.75 * pitch) for pitch in pitches]
    values = [-one.R_cstr * SIGMA / UM * pitch**2 / lift for one, pitch in zip(found, pitches, strict=True)]
    bars = [one.R_cstr_error * SIGMA / UM * pitch**2 / lift for one, pitch in zip(found, pitches, strict=True)]
    limit, bar = extrapolated(np.array([pitch**-3 for pitch in pitches]), values, bars)
    assert limit == pytest.approx(1, abs=bar) and bar < 0.02
    assert all(one.accuracy_reached for one in found)


@pytest.mark.parametrize("pitch", [60.0, 80.0])
@pytest.mark.parametrize("kind", ["pit", "spheroid"])
def test_half_spheres_on_a_lattice_are_dipoles_that_weaken_each_other(kind: str, pitch: float) -> None:
    found = solved([body(kind, 10.0, 10.0)], pitch, pitch)
    lift = 2 * math.pi * 10**3 / pitch**2 / (1 + TOPPING * (10 / pitch) ** 3)
    assert holds(found, -lift * UM / SIGMA)


def test_half_a_sphere_is_a_contact_of_less_resistance_than_a_disc() -> None:
    radius, parts = 5.0, (0.06, 0.08, 0.12)
    values, bars = [], []
    for part in parts:
        pitch = radius / part
        found = solved([body("pit", radius)], pitch, pitch, math.pi * part**2)
        scale = 2 * math.pi * radius * UM * SIGMA / (pitch * UM) ** 2
        values.append(scale * found.R_cstr)
        bars.append(scale * found.R_cstr_error)
        assert found.accuracy_reached and bars[-1] < ASKED * values[-1]
    # beside the flux tube's part ∝ a/p there is the dipole's, ∝ (a/p)³
    at = np.array(parts)
    weights = np.linalg.solve(np.stack([at**0, at, at**3]), [1.0, 0.0, 0.0])
    assert weights @ values == pytest.approx(1, abs=float(np.abs(weights) @ bars))


# --- spheres in the bulk -------------------------------------------------------------------------------------------

CUBE, SPHERE = 60.0, 10.0
PART = 4 / 3 * math.pi * (SPHERE / CUBE) ** 3
IN_THE_MIDDLE = {"below": CUBE / 2 - SPHERE}
SLAB = CUBE * UM / SIGMA


def test_spheres_that_insulate_raise_the_resistance() -> None:
    found = solved([body("void", SPHERE, **IN_THE_MIDDLE)], CUBE, CUBE)
    assert holds(found, SLAB * 1.5 * PART / (1 - PART))


def test_spheres_of_metal_by_themselves_lower_it() -> None:
    found = solved([body("spheroid", SPHERE, SPHERE, floating=True, **IN_THE_MIDDLE)], CUBE, CUBE)
    assert holds(found, -SLAB * 3 * PART / (1 + 2 * PART))


def test_a_dielectric_sphere_follows_maxwell_garnett_at_every_frequency() -> None:
    """ε of 1e4 against 100: it insulates at rest, and is nearly a conductor at high frequency."""
    sweep = {"from": "100 GHz", "to": "1 kHz", "points_per_decade": 4}
    tables = [body("void", SPHERE, relative_permittivity=1e4, **IN_THE_MIDDLE)]
    found = solved(tables, CUBE, CUBE, sweep=sweep)
    omega = 2j * math.pi * found.spectrum.frequency
    epsilon_0 = 8.8541878188e-12
    own, inside = SIGMA + omega * 100 * epsilon_0, omega * 1e4 * epsilon_0
    contrast = (inside - own) / (inside + 2 * own)
    exact = CUBE * UM / own * (1 - PART * contrast) / (1 + 2 * PART * contrast)
    # the lattice's octupoles are below c^{13/3}, 1e-7
    assert np.max(np.abs(found.spectrum.impedance - exact)) < found.spectrum_error
    assert contrast[np.argmax(found.spectrum.frequency)].real > 0.9 and contrast[0].real * contrast[-1].real < 0


# --- layers --------------------------------------------------------------------------------------------------------


def test_two_layers_are_in_series() -> None:
    tables = [
        layer(0.0, 4.0, conductivity="0.1 mS/cm"),
        layer(4.0, 6.0, conductivity="5 mS/cm", relative_permittivity=30),
    ]
    found = solved(tables, 20.0, 30.0)
    exact = (4 / 0.01 + 6 / 0.5 + 20 / SIGMA) * UM
    assert found.R_dc == pytest.approx(exact, rel=1e-6) and found.R_full_contact == pytest.approx(exact, rel=1e-9)
    assert abs(found.R_cstr) < 1e-6 * exact


@functools.cache
def by_transforms() -> Result:
    """Flat discs without solids, by the other method."""
    flat = case_of([], 40.0, 40.0, 0.2)
    accuracy = flat.accuracy.model_copy(update={"method": "spectral", "relative_error": 5e-4})
    return simulate(flat.model_copy(update={"accuracy": accuracy}))


def as_flat(found: Result) -> bool:
    """Whether a result is that of the flat discs, within both bars."""
    flat = by_transforms()
    low, high = found.R_cstr_bounds
    assert low <= flat.R_cstr <= high and found.accuracy_reached
    within = found.spectrum_error + flat.spectrum_error
    spectrum = np.max(np.abs(found.spectrum.impedance - flat.spectrum.impedance)) <= within
    return abs(found.R_cstr - flat.R_cstr) <= found.R_cstr_error + flat.R_cstr_error and bool(spectrum)


@pytest.mark.parametrize("below", [0.0, 3.0, 5.0])
def test_a_layer_of_the_electrolyte_itself_is_none(below: float) -> None:
    own = [layer(below, 2.0, conductivity="1 mS/cm", relative_permittivity=100)]
    assert as_flat(solved(own, 40.0, 40.0, 0.2))


@pytest.mark.parametrize("kind", ["pit", "void", "whisker"])
def test_bodies_reach_through_a_skin_that_is_as_the_electrolyte(kind: str) -> None:
    """A body through a layer of the electrolyte's own law is the body without a layer; a poor layer raises R."""
    tables = [body(kind, 4.0, {"pit": 4.0, "void": 4.0, "whisker": 9.0}[kind])]
    plain = solved(tables, 30.0, 20.0)
    same = solved([*tables, layer(0.0, 2.0, conductivity="1 mS/cm", relative_permittivity=100)], 30.0, 20.0)
    assert same.R_cstr == pytest.approx(plain.R_cstr, abs=plain.R_cstr_error + same.R_cstr_error)
    poor = solved([*tables, layer(0.0, 2.0, conductivity="0.5 mS/cm")], 30.0, 20.0)
    assert poor.R_dc > same.R_dc and poor.accuracy_reached
    # beside metal the skin's own resistance is an upper bound of what it adds, beside a void a lower one
    added, own = poor.R_dc - same.R_dc, 2 * UM * (1 / 0.05 - 1 / SIGMA)
    assert added > own if kind == "void" else added < own


# --- limits --------------------------------------------------------------------------------------------------------


def test_the_deeper_metal_reaches_the_lower_is_the_resistance() -> None:
    found = [solved([body("whisker", 2.0, deep)], 30.0, 20.0, asked=5e-3).R_dc for deep in (3.0, 8.0, 13.0, 18.0)]
    assert (np.diff(found) < 0).all()


def test_metal_lowers_and_voids_raise_what_contacts_constrict() -> None:
    plain = solved([], 40.0, 40.0, 0.2).R_cstr
    with_pit = solved([body("pit", 5.0)], 40.0, 40.0, 0.2)
    with_void = solved([body("void", 4.0, below=3.0)], 40.0, 40.0, 0.2)
    bounds = with_pit.R_cstr_bounds, with_void.R_cstr_bounds
    assert bounds[0][1] < plain < bounds[1][0]


def test_a_tiny_void_far_away_leaves_what_transforms_have_of_the_contact() -> None:
    found = solved([body("void", 0.3, x=20.0, y=20.0, below=25.0)], 40.0, 40.0, 0.2)
    assert as_flat(found)
    assert found.C_cstr == pytest.approx(by_transforms().C_cstr, rel=4 * ASKED)


def test_a_film_on_the_contact_lies_on_metal_in_the_electrolyte_too() -> None:
    """A film that is all there is in series with the electrolyte has R·A over the contact's area and pit's skin."""
    ideal = solved([body("pit", 5.0)], 40.0, 20.0)
    film = solved([body("pit", 5.0)], 40.0, 20.0, contact={"law": "R1", "R1": "1e4 ohm cm2"})
    area = 40.0**2 + math.pi * 5.0**2  # half a sphere instead of its circle
    # what the electrolyte adds is R of the slab, 2 Ω·cm² of 1e4, but for what the film changes in it
    assert film.R_dc - ideal.R_dc == pytest.approx(1.0 * 40.0**2 / area, rel=1e-4)


# --- a whisker close to the counter electrode ------------------------------------------------------------------------


def tube_resistance(radius: float, depth: float, wide: float, thickness: float, cells: int) -> float:
    """R·σ in µm of a slab in a tube with a whisker from a full contact, by finite volumes in r and z; Neumann's sides.

    Args:
        radius: of the whisker, µm.
        depth: of its round tip, µm.
        wide: radius of the tube, µm.
        thickness: of the slab, µm.
        cells: along z below the tip; elsewhere they grow.
    """
    step = (thickness - depth) / cells
    fine = min(radius, thickness)
    r = graded([(0.0, radius + step, fine / (4 * cells)), (radius + step, wide, wide / (5 * cells))])
    z = graded(
        [
            (0.0, depth - radius, radius / (3 * cells)),
            (depth - radius, depth - 0.2 * radius, radius / (3 * cells)),
            (depth - 0.2 * radius, thickness, step),
        ]
    )
    middle_r, middle_z = 0.5 * (r[1:] + r[:-1]), 0.5 * (z[1:] + z[:-1])
    tip = np.hypot(middle_r[:, None], np.maximum(middle_z[None, :] - (depth - radius), 0.0))
    metal = tip < radius
    across = 2 * np.pi * r[1:-1, None] * np.diff(z)[None, :] / np.diff(middle_r)[:, None]
    along = np.pi * np.diff(r**2)[:, None] / np.diff(middle_z)[None, :]
    return (
        1
        / current(metal, across, along, np.pi * np.diff(r**2) / (0.5 * np.diff(z)[0]), np.diff(z)[-1], r)
        * (np.pi * wide**2)
    )


def graded(pieces: list[tuple[float, float, float]]) -> NDArray[np.float64]:
    """Places from piece to piece, each with a step."""
    parts = [np.linspace(start, end, max(2, math.ceil((end - start) / step) + 1)) for start, end, step in pieces]
    return np.unique(np.concatenate(parts))


def current(
    metal: NDArray[np.bool_],
    across: NDArray[np.float64],
    along: NDArray[np.float64],
    top: NDArray[np.float64],
    last: float,
    r: NDArray[np.float64],
) -> float:
    """Current from the metal and the contact, at 0 V, to the counter electrode, at 1 V, of σ = 1."""
    count = metal.size
    number = np.arange(count).reshape(metal.shape)
    pairs = [(number[:-1], number[1:], across), (number[:, :-1], number[:, 1:], along)]
    first, second, weight = (np.concatenate([pair[k].ravel() for pair in pairs]) for k in range(3))
    bottom = np.pi * np.diff(r**2) / (0.5 * last)
    diagonal = np.zeros(count)
    np.add.at(diagonal, first, weight)
    np.add.at(diagonal, second, weight)
    diagonal[number[:, 0]] += top
    diagonal[number[:, -1]] += bottom
    load = np.zeros(count)
    load[number[:, -1]] = bottom
    matrix = sparse.coo_matrix((-weight, (first, second)), shape=(count, count))
    free = ~metal.ravel()
    whole = (matrix + matrix.T + sparse.diags(diagonal)).tocsc()[free][:, free]
    potential = spsolve(whole, load[free])
    ends = np.zeros(count)
    ends[free] = potential
    return float(np.sum(bottom * (1 - ends[number[:, -1]])))


def test_a_whisker_whose_tip_is_near_the_counter_electrode() -> None:
    """The gap left is a tenth of its radius; finite volumes on two grids, whose staircases leave an error ∝ step."""
    radius, depth, wide, thickness = 5.0, 19.5, 15.0, 20.0
    coarse, fine = (tube_resistance(radius, depth, wide, thickness, cells) for cells in (10, 20))
    reference = 2 * fine - coarse
    assert abs(fine - coarse) < 0.01 * reference
    interface = {"pattern": "single", "cell_shape": "circular", "contact_fraction": 1, "pitch": "30 um"}
    found = solved([body("whisker", radius, depth)], 30.0, thickness, asked=5e-3, interface=interface)
    assert found.R_dc * SIGMA / UM == pytest.approx(reference, rel=0.01)
    assert found.R_cstr < 0 and found.accuracy_reached


# --- the reduced model, and the two-sided bounds ---------------------------------------------------------------------

DIRECT = {
    "gap": ([body("pit", 5.0)], {}),
    "film": ([body("pit", 5.0)], {"contact": {"law": "p(R1,C1)", "R1": "1 ohm cm2", "C1": "1 uF/cm2"}}),
    "layer": ([layer(1.0, 2.0, conductivity="0.1 mS/cm", relative_permittivity=30)], {}),
    "dielectric": ([body("void", 4.0, below=2.0, relative_permittivity=1e3)], {}),
}


@pytest.mark.parametrize("name", DIRECT)
def test_the_reduced_model_is_what_every_frequency_alone_gives(name: str) -> None:
    tables, sections = DIRECT[name]
    sweep = {"from": "1 GHz", "to": "1 kHz", "points_per_decade": 2}
    case = case_of(tables, 40.0, 30.0, 0.2, 1e-2, sweep=sweep, **sections)
    found, direct = simulate(case), simulate(case, Options(direct=True))
    apart = np.abs(found.spectrum.impedance - direct.spectrum.impedance)
    assert 0 < np.max(apart) < min(1e-3 * abs(found.R_cstr), found.spectrum_error)


def random_table(rng: np.random.Generator) -> dict[str, Any]:
    kind = str(rng.choice(["pit", "spheroid", "whisker", "void"]))
    radius = rng.uniform(1.0, 8.0)
    deep = {"pit": (0.3, 1.0), "spheroid": (0.4, 3.0), "whisker": (1.2, 3.0), "void": (0.5, 1.5)}[kind]
    return body(kind, round(radius, 3), round(min(radius * rng.uniform(*deep), 24.0), 3))


@pytest.mark.parametrize("seed", range(6))
def test_bounds_hold_what_a_finer_mesh_finds_and_are_narrow(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table, fraction = random_table(rng), float(rng.choice([1.0, 0.55]))
    coarse = solved([table], 40.0, 30.0, fraction)
    fine = solved([table], 40.0, 30.0, fraction, ASKED / 5)
    low, high = coarse.R_cstr_bounds
    assert low <= fine.R_cstr <= high
    assert abs(coarse.R_cstr - fine.R_cstr) <= coarse.R_cstr_error + fine.R_cstr_error
    matters = abs(fine.R_cstr) > 0.05 * fine.R_electrolyte
    assert high - low <= (0.01 * abs(fine.R_cstr) if matters else 0.01 * fine.R_electrolyte)


def test_an_uneven_gap_may_lie_over_solids() -> None:
    """R_cstr knows nothing of a gap that takes no direct current, whatever its height; its storage does."""
    wedge = {"height": "10 nm", "model": "thin", "profile": "linear", "rise": "50 nm", "length": "5 um"}
    uneven = solved([body("pit", 5.0)], 40.0, 30.0, 0.2, gap=wedge)
    even = solved([body("pit", 5.0)], 40.0, 30.0, 0.2)
    assert uneven.R_cstr == pytest.approx(even.R_cstr, abs=even.R_cstr_error + uneven.R_cstr_error)
    assert uneven.C_cstr < even.C_cstr
