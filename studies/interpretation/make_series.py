"""A deposition that never was: `python studies/interpretation/make_series.py FOLDER`.

Writes the spectra of a pristine cell and of ten steps, with noise, as csv, and `truth.csv`, what they were made of.
They are solved by finite elements, not taken from the atlas that interprets them.
"""

import csv
import sys
from pathlib import Path

import numpy as np

from constriction import parse_case, simulate

NOISE, SEED = 2e-3, 20261127
AREA_CM2, STEP_MAH_PER_CM2 = 1.0, 0.05
# Another sample than the recipe's: 15 and 7.5 mS/cm, 0.1 MHz, exponent 1, permittivity of 20.
ELECTROLYTE = {
    "thickness": "1.5 mm",
    "bulk_conductivity": "13.8 mS/cm",
    "grain_boundary_conductivity": "8.1 mS/cm",
    "grain_boundary_frequency": "0.8 MHz",
    "grain_boundary_exponent": 0.95,
    "relative_permittivity": 26,
}
SWEEP = {"from": "7 MHz", "to": "100 Hz", "points_per_decade": 10}
PITCH = "1.5 mm"


def growth(step):
    """Contact fraction and gap height in m after a step: islands spread, and lift the copper beside them."""
    return 0.06 + 0.24 * (1 - np.exp(-step / 3)), (20 + 4 * step) * 1e-9


def case_of(step):
    """The cell after a step; before the first one copper blocks."""
    if step == 0:
        return {
            "interface": {"pattern": "hexagonal", "contact_fraction": 0, "pitch": PITCH},
            "gap": {"height": "100 nm", "law": "p(C,Q1)", "Q1": "20 uS s^0.9/cm2", "a1": 0.9},
            "electrolyte": ELECTROLYTE,
            "sweep": SWEEP,
        }
    fraction, height = growth(step)
    return {
        "interface": {"pattern": "hexagonal", "contact_fraction": float(fraction), "pitch": PITCH},
        "gap": {"height": f"{height * 1e9:g} nm"},
        "electrolyte": ELECTROLYTE,
        "sweep": SWEEP,
    }


def main(folder):
    """Solve, add noise, write."""
    folder.mkdir(parents=True, exist_ok=True)
    random, truths = np.random.default_rng(SEED), []
    for step in range(11):
        result = simulate(parse_case(case_of(step)))
        frequency, z = result.spectrum.frequency, result.spectrum.impedance * 1e4 / AREA_CM2
        z = z + NOISE * np.abs(z) * (random.standard_normal(z.size) + 1j * random.standard_normal(z.size))
        with (folder / f"step_{step:02}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(["frequency/Hz", "Re(Z)/Ohm", "Im(Z)/Ohm"])
            writer.writerows(
                [f"{f:.8g}", f"{one.real:.8g}", f"{one.imag:.8g}"] for f, one in zip(frequency, z, strict=True)
            )
        if step:
            fraction, height = growth(step)
            truths.append(
                [
                    step,
                    round(step * STEP_MAH_PER_CM2, 2),
                    f"{fraction:.4f}",
                    1.5,
                    f"{height * 1e9:g}",
                    f"{result.R_cstr * 1e4:.3f}",
                ]
            )
    with (folder / "truth.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(
            ["step", "charge_mAh_per_cm2", "contact_fraction", "pitch_mm", "gap_height_nm", "R_cstr_ohm_cm2"]
        )
        writer.writerows(truths)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
