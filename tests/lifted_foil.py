"""By hand: how far the lifted foil is off closed forms on grids of any fineness, and what a large grid takes.

`python tests/lifted_foil.py [CELLS]` prints, beside a stripe and by cells per lifted length, the largest error of the
deflection over the lift, of six places of the rim in a cell; then the seconds of one core that a square grid of
CELLS × CELLS (1000) under eight islands takes, pressed on, adhering and both.
"""

import sys
import time

import numpy as np

from constriction import parse_case
from constriction.geometry.cell import lay_out
from constriction.geometry.coverage import Raster
from constriction.geometry.plate.foil import Foil, rigidity
from constriction.geometry.plate.lifted import lift

COPPER = rigidity(5e-6, 120e9, 0.34)
HELD = {"pressed on by 2 MPa": (2e6, 0.0), "held by 0.1 J/m2": (0.0, 0.1)}
LOADS = {
    "0.1 MPa": (1e5, 0.0),
    "1 MPa": (1e6, 0.0),
    "4 MPa": (4e6, 0.0),
    "0.1 J/m2": (0.0, 0.1),
    "1 MPa and 0.1 J/m2": (1e6, 0.1),
    "0.1 MPa and 0.01 J/m2": (1e5, 0.01),
}
OFFSETS = 0.0, 0.2, 0.4, 0.5, 0.7, 0.9


def foil(pressure, adhesion, rise=10e-6):
    """Copper of 5 µm."""
    return Foil(COPPER, 5e-6, rise, pressure, adhesion)


def strip_error(one, cells, offset):
    """The largest error of a foil beside a stripe, over its lift."""
    side, count = one.lifted_length / cells, 16 * (cells // 4)
    half = (8 + offset) * side
    pattern = {"pattern": "stripes", "pitch": f"{2 * count * side!r} m", "contact_fraction": half / (count * side)}
    layout = lay_out(parse_case({"interface": pattern}).interface)
    found, _ = lift(layout, one, Raster(layout.width, layout.depth, count, 1))
    xi = np.clip((found.raster.centres[0][:, 0] - half) / one.lifted_length, 0, 1)
    exact = (1 - xi) ** 3 * (1 + 3 * xi) if one.pressure else 1 - 3 * xi**2 + 2 * xi**3
    return np.abs(found.deflection[:, 0] / one.lift - exact).max()


def main():
    for name, held in HELD.items():
        for cells in (20, 40, 60, 120):
            worst = max(strip_error(foil(*held), cells, offset) for offset in OFFSETS)
            print(f"stripe {name}, {cells} cells per lifted length: {worst:.1e}", flush=True)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    pattern = {"pattern": "random", "pitch": "0.7 mm", "contact_fraction": 0.08, "spots": 8, "seed": 1}
    layout = lay_out(parse_case({"interface": pattern}).interface)
    for name, held in LOADS.items():
        start = time.process_time()
        found, coarse = lift(layout, foil(*held, rise=8.8e-6), Raster(layout.width, layout.depth, count, count))
        seconds, lifted = time.process_time() - start, (found.deflection > 1e-7).mean()
        apart = abs(lifted - (coarse.deflection > 1e-7).mean())
        print(
            f"{count} x {count}, {name}: {seconds:.0f} s, lifted {lifted:.4f} (coarser grid: {apart:.1e} off)",
            flush=True,
        )


if __name__ == "__main__":
    main()
