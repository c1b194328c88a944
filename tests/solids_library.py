"""Error bars and bounds of cells with solids, on random ones, against meshes that are far finer.

    python tests/solids_library.py [COUNT] [RELATIVE_ERROR] [SEED] [--own-laws]

Prints each case's error over its bar, whether its bounds hold the finer value, and their width over what it may be (1 %
of |R_cstr| where that is above 5 % of R_electrolyte, elsewhere 1e-4 of R_dc); then the shares. With `--own-laws` the
solids are floating metal, dielectrics and layers, which are meshed with laws of their own.
"""

from __future__ import annotations

import sys

import numpy as np

from constriction.case.schema import parse_case
from constriction.simulation.result import Result
from constriction.simulation.simulate import simulate

PITCH = 100.0  # um
FINER, MORE_CELLS = 4.0, 4.0  # the finer answer: asked for so much more exactly, again until it has as many more cells


def drawn(rng: np.random.Generator) -> dict:
    """A random case: one solid or two kinds in a lattice cell of contacts, or of full contact."""
    fraction, spot, widest = _contacts(rng)
    kind = rng.choice(["pit", "spheroid", "whisker", "void", "buried"])
    radius = rng.uniform(0.08, 0.6) * widest
    depth = {
        "pit": radius * rng.uniform(0.2, 1.0),
        "spheroid": radius * 10 ** rng.uniform(-0.5, 0.8),
        "whisker": radius * rng.uniform(1.5, 8.0),
        "void": radius * rng.uniform(0.5, 1.5),
        "buried": radius * rng.uniform(0.5, 1.5),
    }[kind]
    depth = min(depth, 0.7 * 2 * PITCH)
    solid = {"kind": str(kind), "radius": f"{radius:.4f} um", "depth": f"{depth:.4f} um"}
    if kind == "buried":
        solid |= {"kind": "void", "below": f"{rng.uniform(0.1, 1.0) * radius:.4f} um"}
    if rng.random() < 0.3:
        solid["radius"], solid["depth"] = f"{spot:.6f} um", f"{spot * rng.uniform(0.3, 1.0):.4f} um"
        solid["kind"] = "pit"
        solid.pop("below", None)
    return _case(rng, fraction, solid)


def drawn_with_laws(rng: np.random.Generator) -> dict:
    """A random case whose solid is meshed with a law of its own."""
    fraction, spot, widest = _contacts(rng)
    kind = str(rng.choice(["floating", "dielectric", "layer"] if fraction < 1 else ["floating", "dielectric"]))
    radius = rng.uniform(0.08, 0.6) * widest
    below = 10 ** rng.uniform(-1, 0.5) * radius
    body = {"radius": f"{radius:.4f} um", "depth": f"{radius * 10 ** rng.uniform(-0.5, 0.5):.4f} um"}
    body["below"] = f"{min(below, 60):.4f} um"
    solid: dict[str, object] = {
        "floating": {"kind": "spheroid", "floating": True, **body},
        "dielectric": {"kind": "void", "relative_permittivity": float(f"{10 ** rng.uniform(0.3, 4):.3g}"), **body},
        "layer": {
            "kind": "layer",
            "thickness": f"{spot * 10 ** rng.uniform(-1.3, 0.5):.4f} um",
            "below": f"{rng.choice([0.0, below]):.4f} um",
            "conductivity": f"{0.3 * 10 ** rng.uniform(-2, 2):.3g} mS/cm",
        },
    }[kind]
    return _case(rng, fraction, solid)


def _contacts(rng: np.random.Generator) -> tuple[float, float, float]:
    """Contact fraction, a spot's radius and how wide a body may be, um."""
    fraction = float(rng.choice([1.0, rng.uniform(0.1, 0.6)]))
    spot = PITCH * float(np.sqrt(min(fraction, 0.6) / np.pi))
    return fraction, spot, 0.45 * PITCH if fraction == 1 else 0.9 * spot


def _case(rng: np.random.Generator, fraction: float, solid: dict) -> dict:
    return {
        "electrolyte": {"thickness": "200 um"},
        "interface": {
            "pattern": str(rng.choice(["square", "hexagonal"])),
            "contact_fraction": float(fraction),
            "pitch": "100 um",
        },
        "gap": {"height": "10 nm", "model": "thin"},
        "solid": [solid],
    }


def pair(data: dict, relative: float) -> tuple[Result, Result]:
    """A case solved as it is asked and far finer."""
    coarse = fine = simulate(parse_case(data | {"accuracy": {"relative_error": relative}}))
    while fine.response.fine.cells < MORE_CELLS * coarse.response.fine.cells:
        relative /= FINER
        fine = simulate(parse_case(data | {"accuracy": {"relative_error": relative}}))
    return coarse, fine


def width_allowed(result: Result) -> float:
    """How far apart bounds of R_cstr may be at 2e-3, Ohm m2: 1 % of |R_cstr|, or 1e-4 of R_dc where that is little."""
    little = abs(result.R_cstr) <= 0.05 * result.R_electrolyte
    return 1e-4 * result.R_dc if little else 1e-2 * abs(result.R_cstr)


def told(data: dict, coarse: Result, fine: Result) -> tuple[float, bool, float]:
    """Print a case: its error over its bar, whether its bounds hold, and their width over what it may be."""
    ratio = abs(coarse.R_cstr - fine.R_cstr) / coarse.R_cstr_error
    low, high = coarse.R_cstr_bounds
    spectrum = np.max(np.abs(coarse.spectrum.impedance - fine.spectrum.impedance)) / coarse.spectrum_error
    width, held = (high - low) / width_allowed(fine), bool(low <= fine.R_cstr <= high)
    print(
        f"{data['interface']['pattern']:9} {data['interface']['contact_fraction']:.2f} {data['solid'][0]} "
        f"R_cstr {1e4 * fine.R_cstr:.5g} error/bar {ratio:.3f} spectrum {spectrum:.3f} held {held} "
        f"width/allowed {width:.3f} cells {coarse.response.fine.cells} {coarse.seconds_total:.1f} s",
        flush=True,
    )
    return max(ratio, spectrum), held, width


def main() -> None:
    """Solve and print."""
    numbers = [word for word in sys.argv[1:] if not word.startswith("-")]
    count = int(numbers[0]) if numbers else 30
    relative = float(numbers[1]) if len(numbers) > 1 else 2e-3
    draw = drawn_with_laws if "--own-laws" in sys.argv else drawn
    rng = np.random.default_rng(int(numbers[2]) if len(numbers) > 2 else 18)
    ratios, held, widths = [], [], []
    while len(ratios) < count:
        data = draw(rng)
        try:
            coarse, fine = pair(data, relative)
        except Exception as error:
            print("refused:", str(error)[:150])
            continue
        for found, one in zip((ratios, held, widths), told(data, coarse, fine), strict=True):
            found.append(one)
    print(
        f"{count} cases: error/bar median {np.median(ratios):.3f}, largest {np.max(ratios):.3f}, "
        f"below 1 {np.mean(np.array(ratios) <= 1):.1%}; bounds held {np.mean(held):.1%}; "
        f"widest over allowed {np.max(widths):.3f}"
    )


if __name__ == "__main__":
    main()
