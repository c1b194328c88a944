"""One case by two methods: do they agree within their error bars?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from constriction.base.catalogue import edge_record
from constriction.base.errors import InputError, MeshError, SolverError
from constriction.case.schema import Case
from constriction.simulation.result import Result
from constriction.simulation.simulate import Options, simulate

TWIN = {"finite_elements": "spectral", "spectral": "finite_elements", "contacts": "spectral"}
"""The method that a case of a method is held against."""


Outcome = Literal["agree", "disagree", "not resolved"]

ROUNDING = 1e-14  # of what is exact by both methods
RESOLVED = 0.5
"""Both error bars together are at most this part of the smaller R_cstr, or agreement says nothing."""


@dataclass(frozen=True, eq=False)
class CrossCheck:
    """A result and another one of the same case by the other method; None with a `failure` if that gave none."""

    asked: Result
    other: Result | None
    failure: str = ""

    @property
    def difference(self) -> float:
        """Difference of both R_cstr in units of the sum of their error bars."""
        other = self._other
        pairs = zip((self.asked.R_cstr, self.asked.R_cstr_error), (other.R_cstr, other.R_cstr_error), strict=True)
        (value, twin), (bar, bar_of_twin) = pairs
        if value is None or twin is None or bar is None or bar_of_twin is None:  # no direct current: the spectrum tells
            return 0.0
        return _in_bars(abs(value - twin), bar + bar_of_twin + ROUNDING * abs(value))

    @property
    def spectrum_difference(self) -> float:
        """Largest difference of both Z(f) in units of the sum of the spectra's error bars."""
        z = self.asked.spectrum.impedance
        apart, rounding = np.abs(z - self._other.spectrum.impedance), ROUNDING * float(np.max(np.abs(z)))
        return _in_bars(float(np.max(apart)), self.asked.spectrum_error + self._other.spectrum_error + rounding)

    @property
    def bars(self) -> float:
        """The larger error bars of both together, relative to R_cstr; 0 in full contact."""
        return self.asked.relative_error_reached + self._other.relative_error_reached

    @property
    def outcome(self) -> Outcome:
        """What the two say together: they can agree only where both have resolved R_cstr."""
        if self.other is None:
            return "not resolved"
        if max(self.difference, self.spectrum_difference) > 1.0:
            return "disagree"
        return "agree" if self.bars <= RESOLVED else "not resolved"

    @property
    def agrees(self) -> bool:
        """Whether R_cstr and every Z of the sweep agree within error bars that say something."""
        return self.outcome == "agree"

    @property
    def verdict(self) -> str:
        """The outcome in words."""
        if self.other is None:
            return f"not resolved: {self.failure}"
        if self.outcome == "not resolved":
            return (
                f"not resolved: both error bars together are {self.bars:.3g} times R_cstr, "
                f"expected at most {RESOLVED:g} times"
            )
        apart = (
            f"R_cstr by {self.difference:.3g}, the spectrum by {self.spectrum_difference:.3g} times both error bars "
            "together"
        )
        return f"the two methods {self.outcome}: {apart}"

    @property
    def _other(self) -> Result:
        if self.other is None:
            raise ValueError(f"cross-check without a second result: {self.failure}")
        return self.other

    def record(self) -> dict[str, Any]:
        """Keys for result.json: the other method's numbers, and how far they are off; None where there are none."""
        return {
            "cross_check_method": TWIN[self.asked.case.accuracy.method],
            "cross_check_outcome": self.outcome,
            "cross_check_remark": None if self.agrees else self.verdict,
            **_numbers(self),
            "cross_check_within_error_bars": {"agree": True, "disagree": False, "not resolved": None}[self.outcome],
        }


def _numbers(check: CrossCheck) -> dict[str, Any]:
    other = check.other
    values = {
        "cross_check_R_cstr_ohm_cm2": other and other.R_cstr,
        "cross_check_R_cstr_error_ohm_cm2": other and other.R_cstr_error,
        "cross_check_spectrum_error_ohm_cm2": other and other.spectrum_error,
        "cross_check_C_cstr_farad_per_cm2": other and other.C_cstr,
        "cross_check_f_cstr_hertz": other and other.f_cstr,
        "cross_check_seconds_total": other and other.seconds_total,
        "cross_check_difference_in_error_bars": other and check.difference,
        "cross_check_spectrum_difference_in_error_bars": other and check.spectrum_difference,
    }
    return edge_record(values)


def _in_bars(apart: float, bars: float) -> float:
    """A distance in units of bars; in full contact both are zero."""
    if bars == 0:
        return 0.0 if apart == 0 else math.inf
    return apart / bars


def cross_check(result: Result, options: Options) -> CrossCheck:
    """Solve the case of a result by the other method, too; collective over `options.comm`.

    What goes wrong there is told in the answer: the first result is worth keeping all the same.
    """
    other = twin(result.case)
    options.report(f"cross-check: {other.accuracy.method}")
    try:
        return CrossCheck(result, simulate(other, options))
    except MemoryError:
        failure = "it does not fit into the memory"
    except (InputError, MeshError, SolverError) as error:
        failure = str(error)
    except Exception as error:  # whatever it is
        failure = f"{type(error).__name__}: {error}"
    method = other.accuracy.method
    return CrossCheck(result, None, f"{method} gave no result: {' '.join(failure.split())}")


def twin(case: Case) -> Case:
    """The same case by the other method."""
    accuracy = case.accuracy.model_copy(update={"method": TWIN[case.accuracy.method], "bounds": False})
    return case.model_copy(update={"accuracy": accuracy})
