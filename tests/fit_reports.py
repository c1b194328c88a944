"""Measured spectra with a published fit report beside each, from the data folder next to the repository."""

import re
from pathlib import Path

import numpy as np
import pytest

from constriction.spectra.spectrum import Spectrum

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "eis" / "EISFitpython"

LINE = re.compile(r"^([RQn]\d) =\s+(\S+)\s+(\S+)\s")


def measured(name: str, points: int | None = None) -> Spectrum:
    """The first points of a three-column file: frequency in Hz, Re Z and Im Z in Ω, below a few lines of text."""
    if not FOLDER.is_dir():
        pytest.skip("the data folder is not beside this repository")
    rows = []
    for line in (FOLDER / name).read_text("latin-1").splitlines():
        try:
            rows.append([float(cell) for cell in line.split()])
        except ValueError:
            continue
    table = np.array([row for row in rows if len(row) == 3])[:points]
    return Spectrum(table[:, 0], table[:, 1] + 1j * table[:, 2], "ohm")


def reported(name: str, section: str = "EIS Fit Report") -> list[tuple[float, float]]:
    """Values and standard errors of one section of a report, in its order: R1 Q1 n1 R2 Q2 n2 Q3 n3.

    The names of the Q in the batch report repeat, so only the order counts.
    """
    if not FOLDER.is_dir():
        pytest.skip("the data folder is not beside this repository")
    text = (FOLDER / name).read_text("utf-8")
    rows = [LINE.match(line) for line in text[text.index(section) :].splitlines()]
    return [(float(row[2]), float(row[3])) for row in rows if row][:8]
