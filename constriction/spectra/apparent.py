"""R_SE, R_int and C_int as the paper reads them off a fitted circuit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constriction.spectra.arcs import Arc
from constriction.spectra.circuits import Element
from constriction.spectra.fitting import CircuitFit

DEFINITION = (
    "R_SE = all series resistances + R of the first arc (electrolyte: bulk and grain boundary); "
    "R_int, C_int = R and C = (R^(1-a) Q)^(1/a) of the second arc (interface); arcs by rising time constant"
)


@dataclass(frozen=True)
class Apparent:
    """What an experimenter calls electrolyte and interface. Standard errors are None where the fit gives none.

    Attributes:
        R_SE: series resistances and the electrolyte's arc, in Ω (or the unit of the spectrum).
        R_SE_stderr: with the correlation of its parts, in Ω.
        R_int: of the interface's arc, in Ω; None if the circuit has one arc only.
        R_int_stderr: in Ω.
        C_int: of the same arc, in F; None if the circuit has one arc only.
        C_int_stderr: in F.
    """

    R_SE: float
    R_SE_stderr: float | None
    R_int: float | None
    R_int_stderr: float | None
    C_int: float | None
    C_int_stderr: float | None


def apparent(fit: CircuitFit, identities: tuple[int, ...] = ()) -> Apparent:
    """Read R_SE, R_int and C_int off a fit.

    The electrolyte's arc is the fastest, the interface's the second; in a series of spectra, those that were the
    fastest and the second at its beginning.

    Args:
        fit: of a circuit with or without arcs.
        identities: of its arcs, as in `tracking.SeriesMember`; 0 may stand for several arcs, all of the electrolyte;
            (): by rising time constant.
    """
    named = list(zip(identities or range(len(fit.arcs)), fit.arcs, strict=True))
    electrolyte = [arc for identity, arc in named if identity == 0]
    interface = next((arc for identity, arc in named if identity == 1), None)
    error = _stderr_of_sum(fit, electrolyte)
    total = fit.R_series + sum(arc.resistance for arc in electrolyte)
    if interface is None:
        return Apparent(total, error, None, None, None, None)
    return Apparent(
        total,
        error,
        interface.resistance,
        interface.resistance_stderr,
        interface.capacitance,
        interface.capacitance_stderr,
    )


def _stderr_of_sum(fit: CircuitFit, electrolyte: Sequence[Arc]) -> float | None:
    """Standard error of the series resistances and the arcs' resistances together."""
    series = [part.first for part in fit.circuit.parts if isinstance(part, Element) and part.kind == "R"]
    names = [fit.circuit.names[place] for place in series] + [arc.parameters[0] for arc in electrolyte]
    places = [fit.circuit.names.index(name) for name in names]
    values = np.array([fit.values[name] for name in names])
    variance = float(values @ fit.covariance[np.ix_(places, places)] @ values)  # of logarithms
    return math.sqrt(max(variance, 0.0)) if places and math.isfinite(variance) else None
