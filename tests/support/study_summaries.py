"""The summaries of the shipped studies."""

import csv
from pathlib import Path

STUDIES = Path(__file__).parents[2] / "studies"
R_CSTR, R_SE, R_INT = "R_cstr_ohm_cm2", "apparent_R_SE_ohm_cm2", "apparent_R_int_ohm_cm2"
C_INT = "apparent_C_int_farad_per_cm2"


def summary(name, file="summary.csv"):
    """Rows of a summary, numbers as such, None for what is empty."""
    with (STUDIES / name / file).open(encoding="utf-8") as lines:
        return [{key: number(value) for key, value in row.items()} for row in csv.DictReader(lines)]


def number(text):
    try:
        return float(text)
    except ValueError:
        return text or None
