"""Error bars of cells with grains, on random ones, against meshes that are far finer.

    python tests/grains_library.py [COUNT] [RELATIVE_ERROR] [SEED]

Prints each case's error over its bar, at rest and at 30 MHz; then the shares. Up to fourteen grains each: Voronoi cells
and cubes, of 0.3 to 1.5 times the spot's size, that fill the slab or have homogenised electrolyte below them, with
boundaries that conduct 0.1 to 30 times as well as a grain does. In every seventh case all of the interface is in
contact, where nothing constricts: these are told apart. Sides are mirrors, as grains have no others.

The finer answer is of meshes with 0.6 and 0.42 times the usual elements, extrapolated; at rest and at 30 MHz, each
from complex solves, so that the reduced model is checked as well.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np

from constriction.case.schema import parse_case
from constriction.field.elements.operators import Operator
from constriction.field.grains import converge
from constriction.field.grains.meshed import ORDER, mesh_grains
from constriction.field.reduction.curves import Curve
from constriction.simulation.grains.solving import grain_cell
from constriction.simulation.result import Result
from constriction.simulation.simulate import simulate
from constriction.simulation.weights import theta_of

PITCH = 16.0  # um
MOST_GRAINS = 14
FULL = 7  # of so many cases one is in full contact
BULK = 1.5  # S/m, of NZSP's grains
FREQUENCIES = np.array([3e7])  # Hz: between the boundaries' and the gap's relaxation
FINE = 0.6, 0.42  # elements of the finer answer over the usual; those of the case are 1 and 0.7 as a rule


def drawn(rng: np.random.Generator, full: bool) -> dict:
    """A random case: a mirror cell with some ten grains, down to a few."""
    shape = str(rng.choice(["disc", "square"]))
    fraction = float(rng.uniform(0.05, 0.5))
    spot = PITCH * (fraction / (np.pi if shape == "disc" else 4.0)) ** 0.5
    size = spot * float(np.exp(rng.uniform(np.log(0.3), np.log(1.5))))
    area = PITCH**2 / 4
    size = min(max(size, (area / MOST_GRAINS) ** 0.5), PITCH / 2)
    depth = max(size, min(size * rng.uniform(1.0, 3.0), MOST_GRAINS * size**3 / area))
    thickness = depth if rng.random() < 0.5 else depth + rng.uniform(0.3, 1.5) * PITCH
    interface = {"pattern": "square", "shape": shape, "contact_fraction": fraction, "pitch": f"{PITCH} um"}
    kind = str(rng.choice(["voronoi", "cubes"]))
    grains = {"mean_size": f"{size:.4f} um", "depth": f"{depth:.4f} um", "shape": kind, **_law(rng, size)}
    if kind == "voronoi":
        grains["seed"] = int(rng.integers(1000))
    return {
        "electrolyte": {"thickness": f"{thickness:.4f} um"},
        "interface": interface | ({"contact_fraction": 1.0} if full else {}),
        "gap": {"height": str(rng.choice(["none", "10 nm", "200 nm"]))},
        "grains": grains,
        "sweep": {"from": "10 GHz", "to": "1 kHz", "points_per_decade": 3},
    }


def _law(rng: np.random.Generator, size: float) -> dict:
    """A law of boundaries that conduct 0.1 to 30 times as well as a grain, and relax at 0.1 to 10 MHz."""
    resistance = size * 1e-6 / BULK / np.exp(rng.uniform(np.log(0.1), np.log(30.0)))  # Ohm m2
    capacitance = 1 / (2 * np.pi * 1e6 * 10 ** rng.uniform(-1, 1) * resistance)  # F/m2
    values = {"R1": f"{1e4 * resistance:.4g} ohm cm2", "C1": f"{1e-4 * capacitance:.4g} F/cm2"}
    return {"boundary_law": "p(R1,C1)", **values}


def finer(result: Result, theta: np.ndarray) -> tuple[np.ndarray, int]:
    """F less that of full contact at theta (n, 3) in pitches from two far finer meshes, and the cells of the finest."""
    cell, values, cells = grain_cell(result.case, result.layout), [], 0
    for scale in FINE:
        mesh = mesh_grains(cell, scale)
        problem = converge.problem_of(mesh, cell)
        covered: Operator = problem.stiffness.plus([converge.COVERED], [problem.gap])
        metal = replace(problem, stiffness=covered, terms=problem.terms[:-1])
        values.append(converge._directly(problem, metal, theta, bool(cell.laws)))
        cells = mesh.cell.cells
    coarse, fine = values
    return fine + (fine - coarse) / ((FINE[0] / FINE[1]) ** ORDER - 1), cells


def compared(data: dict, relative: float) -> tuple[np.ndarray, str]:
    """Error over bar at rest and at each frequency, and what is told of a case."""
    result = simulate(parse_case(data | {"accuracy": {"relative_error": relative}}))
    theta = theta_of(result.case, result.layout, result.laws, np.array([0.0, *FREQUENCIES]))
    curve = Curve(theta[1:], theta[0].real, least=result.response.solutions[0].model.depth * 1e-3)
    reference, cells = finer(result, theta)
    off, bars = np.abs(result.response(theta) - reference), result.response.errors(curve)
    ratios = off / np.maximum(bars, 1e-300)
    found = [one.cells for one in result.response.solutions]
    said = (
        f"R_cstr {1e4 * result.R_cstr:.5g} ± {1e4 * result.R_cstr_error:.2g} off by {off[0] / abs(reference[0]):.1e} "
        f"error/bar {ratios[0]:.3f}, at 30 MHz {ratios[1]:.3f}, cells {found} against {cells}"
    )
    return ratios, said


def main() -> None:
    """Solve and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 14
    relative = float(sys.argv[2]) if len(sys.argv) > 2 else 1e-2
    rng = np.random.default_rng(int(sys.argv[3]) if len(sys.argv) > 3 else 18)
    found = []
    for number in range(count):
        full, start = number % FULL == FULL - 1, time.process_time()
        data = drawn(rng, full)
        interface, grains = data["interface"], data["grains"]
        if full:
            result = simulate(parse_case(data | {"accuracy": {"relative_error": relative}}))
            said = f"full contact: R_cstr {result.R_cstr} ± {result.R_cstr_error}"
        else:
            ratios, said = compared(data, relative)
            found.append(ratios)
        print(
            f"{interface['shape']} {interface['contact_fraction']:.2f} {grains['shape']} "
            f"{grains['mean_size']} {said} {time.process_time() - start:.1f} s",
            flush=True,
        )
    for name, ratios in zip(("at rest", "at 30 MHz"), np.array(found).T, strict=True):
        print(
            f"{len(ratios)} cases, error/bar {name}: median {np.median(ratios):.3f}, largest {np.max(ratios):.3f}, "
            f"below 1 {np.mean(ratios <= 1):.1%}"
        )


if __name__ == "__main__":
    main()
