"""One case by two methods: do finite elements and transforms agree within their error bars?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from constriction.case.schema import Case
from constriction.results import FARAD_PER_CM2, OHM_CM2
from constriction.simulation import Result

TWIN = {"finite_elements": "spectral", "spectral": "finite_elements"}


@dataclass(frozen=True, eq=False)
class CrossCheck:
    """A result and another one of the same case by the other method."""

    asked: Result
    other: Result

    @property
    def difference(self) -> float:
        """Difference of both R_cstr in units of the sum of their error bars."""
        bars = self.asked.R_cstr_error + self.other.R_cstr_error
        return abs(self.asked.R_cstr - self.other.R_cstr) / bars

    @property
    def spectrum_difference(self) -> float:
        """Largest difference of both Z(f) in units of the sum of the spectra's error bars."""
        bars = self.asked.spectrum_error + self.other.spectrum_error
        apart = np.abs(self.asked.spectrum.impedance - self.other.spectrum.impedance)
        return float(np.max(apart)) / bars

    @property
    def agrees(self) -> bool:
        """Whether R_cstr and every Z of the sweep agree within both error bars."""
        return max(self.difference, self.spectrum_difference) <= 1.0

    def record(self) -> dict[str, Any]:
        """Keys for result.json: the other method's numbers, and how far they are off."""
        other = self.other
        return {
            "cross_check_method": other.case.accuracy.method,
            "cross_check_R_cstr_ohm_cm2": other.R_cstr * OHM_CM2,
            "cross_check_R_cstr_error_ohm_cm2": other.R_cstr_error * OHM_CM2,
            "cross_check_spectrum_error_ohm_cm2": other.spectrum_error * OHM_CM2,
            "cross_check_C_cstr_farad_per_cm2": None if other.C_cstr is None else other.C_cstr * FARAD_PER_CM2,
            "cross_check_f_cstr_hertz": other.f_cstr,
            "cross_check_seconds_total": other.seconds_total,
            "cross_check_difference_in_error_bars": self.difference,
            "cross_check_spectrum_difference_in_error_bars": self.spectrum_difference,
            "cross_check_within_error_bars": self.agrees,
        }


def twin(case: Case) -> Case:
    """The same case by the other method."""
    accuracy = case.accuracy.model_copy(update={"method": TWIN[case.accuracy.method], "bounds": False})
    return case.model_copy(update={"accuracy": accuracy})
