"""A finer case as the law of a contact: what it adds to the electrolyte, per area (docs/physics.md#two-levels)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.simulation.result import Result


@dataclass(frozen=True, eq=False)
class FinerCase:
    """The impedance of a finer case's interface as a law."""

    result: Result

    def impedance(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z − the slab's in Ω·m² at f ≥ 0 Hz, same shape; infinite at rest where it blocks."""
        f = np.asarray(frequency, dtype=np.float64)
        at_rest = np.inf if self.result.R_interface is None else self.result.R_interface
        found = self.result.interface(np.where(f > 0, f, 1.0))
        return np.asarray(np.where(f > 0, found, at_rest), dtype=np.complex128)

    def admittance(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """The inverse in S/m², same shape; 0 at rest where it blocks."""
        z = self.impedance(frequency)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(np.isfinite(z), 1 / z, 0.0))
