"""What resolved metals add to the impedance of a case whose metals are equipotentials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from mpi4py import MPI

from constriction.base.catalogue import edge_record
from constriction.base.ranks import agree
from constriction.case.metals.keys import RESOLVED
from constriction.case.schema import Case
from constriction.field.response import Report
from constriction.geometry.cell import Layout
from constriction.laws.electrolyte import resistivity
from constriction.simulation.weights import theta_of

if TYPE_CHECKING:
    from constriction.field.metals.stacked import MetalCell
    from constriction.simulation.result import Result


SECOND_ORDER = 2.0
"""Of an error bar: what first order leaves, over the ratio of conductivities; measured: 0.2 at rest, 1.8 with a gap."""


@dataclass(frozen=True)
class MetalsAdded:
    """What islands and foil add, between the interface and the foil's back, an equipotential; Ω·m².

    Attributes:
        at_rest: to R_dc.
        full: to R_full_contact.
        error: error bar of `at_rest`, and of R_cstr's.
        moving: to Z at frequencies in Hz of the sweep, and error bars of these.
    """

    at_rest: float
    full: float
    error: float
    moving: tuple[tuple[float, complex, float], ...]

    @property
    def constriction(self) -> float:
        """To R_cstr, Ω·m²."""
        return self.at_rest - self.full


def check_metals_of(case: Case, layout: Layout) -> None:
    """Refuse metals that are to be resolved, and that no mesh of a sensible size resolves.

    Raises:
        InputError: with what is too many or too small.
    """
    if case.accuracy.metals == RESOLVED:
        from constriction.field.metals.converge import check_spots

        check_spots(_cell_of(case, layout))


def with_metals(result: Result, comm: MPI.Comm | None, report: Report) -> Result:
    """A result with what its metals add, if its case asks for it; collective: rank 0 solves for all.

    Args:
        result: with equipotential metals.
        comm: whose ranks have it; None: the calling rank.
        report: told in words what is being done.

    Raises:
        InputError: the metals cannot be meshed.
        SolverError: MUMPS failed.
    """
    if result.case.accuracy.metals != RESOLVED:
        return result
    return replace(result, metals=agree(comm or MPI.COMM_SELF, lambda: _added(result, report)))


def _added(result: Result, report: Report) -> MetalsAdded:
    from constriction.field.metals.converge import converge_metals

    case, layout, sweep = result.case, result.layout, result.case.sweep
    apex = [] if result.f_cstr is None or not sweep.stop <= result.f_cstr < sweep.start else [result.f_cstr]
    frequencies = [sweep.start, *apex]
    theta = theta_of(case, layout, result.laws, [0.0, *frequencies])[:, -1]
    assert case.contact.conductivity is not None
    unit = layout.pitch / case.contact.conductivity  # Ω·m² per pitch of the islands' metal
    added = converge_metals(_cell_of(case, layout), [complex(one) for one in theta], report)
    conducts = 1 / np.abs(resistivity(case.electrolyte, [0.0, *frequencies])) / case.contact.conductivity
    values, errors = unit * added.values, unit * (added.errors + SECOND_ORDER * conducts * np.abs(added.values))
    moving = zip(frequencies, values[1:].tolist(), errors[1:].tolist(), strict=True)
    return MetalsAdded(float(values[0].real), unit * added.full, float(errors[0]), tuple(moving))


def _cell_of(case: Case, layout: Layout) -> MetalCell:
    from constriction.field.metals.stacked import MetalCell

    island, foil, height = case.contact.conductivity, case.collector.conductivity, case.gap.height
    assert island is not None
    assert foil is not None
    assert height is not None
    return MetalCell(layout, case.electrolyte.thickness, height, case.collector.thickness, foil / island)


def metals_record(result: Result) -> dict[str, Any]:
    """What result.json says of resolved metals, SI; nothing of equipotential ones."""
    found = result.metals
    if found is None:
        return {}
    relative = None if not result.R_cstr else found.constriction / abs(result.R_cstr)
    values = {
        "metals_R_cstr_ohm_cm2": found.constriction,
        "metals_R_cstr_error_ohm_cm2": found.error,
        "metals_R_cstr_relative": relative,
        "metals_R_dc_ohm_cm2": found.at_rest,
        "metals_R_full_contact_ohm_cm2": found.full,
    }
    return {**values, "metals_impedance": [_impedance(*one) for one in found.moving]}


def _impedance(frequency: float, added: complex, error: float) -> dict[str, float | None]:
    """What metals add at a frequency, in the units of result.json."""
    values = {
        "frequency_hertz": frequency,
        "real_impedance_ohm_cm2": added.real,
        "imaginary_impedance_ohm_cm2": added.imag,
        "impedance_error_ohm_cm2": error,
    }
    return edge_record(values)
