"""Where dendrites hide lost contact in R_dc, and how far the spectra then differ from those of neither.

python studies/dendrite_or_delamination/told_apart.py
"""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from constriction.case.schema import parse_case
from constriction.simulation.simulate import simulate

HERE = Path(__file__).parent
ENDS = 7e6, 100e6  # Hz
POWER = 2.5  # of the depth, that a thin spheroid lowers the resistance with, nearly


def hidden_depths(rows: list[dict[str, str]]) -> dict[float, float]:
    """The depth in m at which R_cstr is zero, for each contact fraction where there is one in the table."""
    found = {}
    for fraction in sorted({float(row["interface.contact_fraction"]) for row in rows}, reverse=True):
        own = [row for row in rows if float(row["interface.contact_fraction"]) == fraction]
        depth = np.array([float(row["solid.0.depth"]) for row in own])
        resistance = np.array([float(row["R_cstr_ohm_cm2"]) for row in own])
        order = np.argsort(depth)
        depth, resistance = depth[order], resistance[order]
        last = np.flatnonzero(resistance > 0)
        if len(last) and last[-1] + 1 < len(depth):
            at = last[-1]
            grown = depth[at : at + 2] ** POWER
            way = resistance[at] / (resistance[at] - resistance[at + 1])
            found[fraction] = float((grown[0] + way * (grown[1] - grown[0])) ** (1 / POWER))
    return found


def hidden(fraction: float, depth: float) -> dict[str, Any]:
    """The case of the study with this contact fraction and depth in m."""
    base = tomllib.loads((HERE / "study.toml").read_text("utf-8"))["base"]
    base["interface"]["contact_fraction"] = fraction
    base["solid"][0]["depth"] = f"{1e6 * depth:.2f} um"
    base["accuracy"]["relative_error"] = 0.01
    return base


def main() -> None:
    """Print the table."""
    with (HERE / "summary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    print("lost contact  depth that hides it  R_cstr           largest |Z - Z of neither| / |Z| up to 7 MHz, 100 MHz")
    for fraction, depth in hidden_depths(rows).items():
        result = simulate(parse_case(hidden(fraction, depth)))
        z, alone = result.spectrum.impedance, result.slab.impedance
        off = np.abs(z - alone) / np.abs(alone)
        seen = [float(np.max(off[result.spectrum.frequency <= end])) for end in ENDS]
        assert result.R_cstr is not None and result.R_cstr_error is not None
        print(
            f"{100 * (1 - fraction):8.3g} %    {1e6 * depth:8.0f} µm          "
            f"{1e4 * result.R_cstr:+.3f} ± {1e4 * result.R_cstr_error:.3f} Ω·cm²  "
            f"{100 * seen[0]:.2g} %, {100 * seen[1]:.2g} %",
            flush=True,
        )


if __name__ == "__main__":
    main()
