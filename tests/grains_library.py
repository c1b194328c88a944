"""Error bars of cells with grains, on random ones, against meshes that are far finer.

    python tests/grains_library.py [COUNT] [RELATIVE_ERROR] [SEED]

Prints each case's error over its bar, at rest and the largest of the sweep; then the shares. A few tens of grains each:
Voronoi cells and cubes, of 0.3 to 1.5 times the spot's size, that fill the slab or have homogenised electrolyte below
them, with boundaries that conduct 0.1 to 30 times as well as a grain does. In every sixth case all of the interface is in
contact, where nothing constricts: these are told apart. Sides are mirrors, as grains have no others.
"""

from __future__ import annotations

import sys
from unittest.mock import patch

import numpy as np

from constriction.case.schema import parse_case
from constriction.field.grains import converge
from constriction.simulation.result import Result
from constriction.simulation.simulate import simulate

PITCH = 16.0  # um
MOST_GRAINS = 45
FURTHER = 2  # meshes of the finer answer beside those of the case: its elements are half as large
FINER = 50.0  # what it is asked for over what the case asks: never reached, as the meshes end before
FULL = 6  # of so many cases one is in full contact
BULK = 1.5  # S/m, of NZSP's grains


def drawn(rng: np.random.Generator, full: bool) -> dict:
    """A random case: a mirror cell with a few tens of grains, down to one or two of them."""
    interface, spot = _contacts(rng)
    size = spot * float(np.exp(rng.uniform(np.log(0.3), np.log(1.5))))
    area = (PITCH if interface["pattern"] == "list" else PITCH / 2) ** 2
    size = max(min(size, PITCH / 2), (1.5 * area / MOST_GRAINS) ** 0.5)
    depth = min(size * rng.uniform(1.0, 3.0), MOST_GRAINS * size**3 / area)
    thickness = depth if rng.random() < 0.5 else depth + rng.uniform(0.3, 2.0) * PITCH
    if full:
        interface = {"pattern": "square", "contact_fraction": 1.0, "pitch": f"{PITCH} um"}
    shape = str(rng.choice(["voronoi", "cubes"]))
    grains = {"mean_size": f"{size:.4f} um", "depth": f"{depth:.4f} um", "shape": shape, **_law(rng, size)}
    if shape == "voronoi":
        grains["seed"] = int(rng.integers(1000))
    return {
        "electrolyte": {"thickness": f"{thickness:.4f} um"},
        "interface": interface,
        "gap": {"height": str(rng.choice(["none", "10 nm", "200 nm"]))},
        "grains": grains,
        "sweep": {"from": "10 GHz", "to": "1 kHz", "points_per_decade": 4},
    }


def _contacts(rng: np.random.Generator) -> tuple[dict, float]:
    """An interface, and its spot's radius, half its side for squares, um."""
    kind = str(rng.choice(["disc", "square", "list"]))
    pitch = f"{PITCH} um"
    if kind == "list":
        radii = PITCH * rng.uniform(0.12, 0.2, size=2)
        places = PITCH * np.array([[0.27, 0.3], [0.72, 0.68]])
        listed = [[f"{at:.4f} um" for at in (*place, radius)] for place, radius in zip(places, radii, strict=True)]
        return {"pattern": "list", "cell": [pitch, pitch], "discs": listed}, float(radii.mean())
    fraction = float(rng.uniform(0.05, 0.5))
    interface = {"pattern": "square", "shape": kind, "contact_fraction": fraction, "pitch": pitch}
    return interface, PITCH * (fraction / (np.pi if kind == "disc" else 4.0)) ** 0.5


def _law(rng: np.random.Generator, size: float) -> dict:
    """A law of boundaries that conduct 0.1 to 30 times as well as a grain, and relax at 0.1 to 10 MHz."""
    resistance = size * 1e-6 / BULK / np.exp(rng.uniform(np.log(0.1), np.log(30.0)))  # Ohm m2
    capacitance = 1 / (2 * np.pi * 1e6 * 10 ** rng.uniform(-1, 1) * resistance)  # F/m2
    values = {"R1": f"{1e4 * resistance:.4g} ohm cm2", "C1": f"{1e-4 * capacitance:.4g} F/cm2"}
    return {"boundary_law": "p(R1,C1)", **values}


def pair(data: dict, relative: float) -> tuple[Result, Result]:
    """A case solved as it is asked and far finer."""
    coarse = simulate(parse_case(data | {"accuracy": {"relative_error": relative}}))
    with patch.object(converge, "MOST_MESHES", len(coarse.response.solutions) + FURTHER):
        fine = simulate(parse_case(data | {"accuracy": {"relative_error": relative / FINER}}))
    return coarse, fine


def main() -> None:
    """Solve and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    relative = float(sys.argv[2]) if len(sys.argv) > 2 else 1e-2
    rng = np.random.default_rng(int(sys.argv[3]) if len(sys.argv) > 3 else 18)
    rest, sweep = [], []
    for number in range(count):
        full = number % FULL == FULL - 1
        data = drawn(rng, full)
        coarse, fine = pair(data, relative)
        off = abs(coarse.R_cstr - fine.R_cstr)
        spectrum = np.max(np.abs(coarse.spectrum.impedance - fine.spectrum.impedance) / coarse.spectrum_error)
        if not full:
            rest.append(off / coarse.R_cstr_error)
            sweep.append(spectrum)
        meshes = [one.cells for one in fine.response.solutions]
        print(
            f"{'full contact' if full else _told(data)} {data['grains']['shape']} {data['grains']['mean_size']} "
            f"R_cstr {1e4 * fine.R_cstr:.5g} ± {1e4 * coarse.R_cstr_error:.2g} error/bar "
            f"{off / max(coarse.R_cstr_error, 1e-300):.3f} sweep {spectrum:.3f} of {len(coarse.response.solutions)} "
            f"meshes, cells {meshes}, {coarse.seconds_total:.1f} and {fine.seconds_total:.1f} s",
            flush=True,
        )
    for name, ratios in (("at rest", rest), ("in the sweep", sweep)):
        print(
            f"{len(ratios)} cases, error/bar {name}: median {np.median(ratios):.3f}, largest {np.max(ratios):.3f}, "
            f"below 1 {np.mean(np.array(ratios) <= 1):.1%}"
        )


def _told(data: dict) -> str:
    interface = data["interface"]
    return f"{interface.get('shape', 'two discs')} {interface.get('contact_fraction', 0):.2f}"


if __name__ == "__main__":
    main()
