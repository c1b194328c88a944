"""A finer case as the law of a contact: what it adds to the electrolyte, per area (docs/physics.md#two-levels).

The finer pattern's disturbance decays within its own pitch, so that it is a film on what is much larger than that: on
an island, or on the electrode of a pellet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.interface import Single
from constriction.case.schema import Case
from constriction.geometry.cell import Layout, lay_out_case, rim_lengths
from constriction.laws.law import inverse
from constriction.simulation.result import Result

# Of the asked error, what a finer case may add; the rest is left for the meshes or grids of the case itself.
SHARE = 0.25
# Finite elements end near 3e-5: less is not asked of a finer case where the case itself does not ask for it.
LEAST_ERROR = 5e-5
# Difference from one mesh that resolves both levels, over R_interface and per finer pitch over the island's width:
# 0.1 to 0.5 in tests/verification/test_two_levels.py, from which it is.
TWO_LEVELS_ERROR = 0.5


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
        return inverse(self.impedance(frequency))

    @property
    def error(self) -> NDArray[np.float64]:
        """Error bars of the impedance over the electrolyte's resistivity, m: at rest and of the sweep; (1 + n,).

        0 at rest where it blocks: there is no current then.
        """
        bars = self.result.error_bars.interface
        at_rest = [] if self.result.R_interface is not None else [0.0]
        return self.result.layout.pitch * np.concatenate([at_rest, bars])


def as_exact(finer: Case, case: Case, layout: Layout) -> Case:
    """A finer case, solved so well that the one that it belongs to can reach its accuracy.

    Where the film is all that counts, R_cstr is 1/f − 1 times its impedance and the interface's impedance 1/f times,
    for a contact fraction f: an error of the film then counts 1/(1 − f) times in what is relative to R_cstr.
    """
    asked, f = case.accuracy.relative_error, layout.contact_fraction
    share = SHARE * (1 - f if 0 < f < 1 else 1.0)
    error = max(share * asked, min(LEAST_ERROR, asked))
    accuracy = finer.accuracy.model_copy(update={"relative_error": error, "bounds": False})
    return finer.model_copy(update={"accuracy": accuracy})


def is_ideal(case: Case) -> bool:
    """Whether the interface of a case adds nothing: all of it touches, without a law, also in its own finer case."""
    finer = case.contact.fine_case
    lawless = not case.contact.has_law if finer is None else is_ideal(finer)
    return lawless and lay_out_case(case).contact_fraction == 1.0


def island_width(layout: Layout) -> float:
    """The width of the narrowest contact in m, of one with pores twice the way over which the field varies there.

    Infinite where contact is everywhere.
    """
    if not layout.spots:
        return math.inf
    if layout.background == "contact":
        return 2 * min(rim_lengths(layout))
    return 2 * min(spot.size for spot in layout.spots)


def pitch_over_island(layout: Layout, finer: Layout) -> float:
    """The finer pitch over the island's width; 0 where either has contact everywhere, which has no size."""
    return finer.pitch / island_width(layout) if finer.spots else 0.0


def check_pitch(layout: Layout, finer: Layout) -> None:
    """Refuse a finer pattern that is no film.

    Raises:
        InputError: its pitch is above the width of the narrowest island.
    """
    if pitch_over_island(layout, finer) > 1:
        widths = finer.pitch, island_width(layout)
        pitch, width = (format_quantity(float(f"{x:.3g}"), "length") for x in widths)
        raise InputError(
            f"contact.fine: its pitch is {pitch}, and the narrowest contact that it lies on is {width} wide; "
            "expected a pitch far below"
        )


def fine_record(result: Result) -> dict[str, float | str | None]:
    """What result.json says of a finer case, SI; nothing without one."""
    contact = result.laws.contact
    if not isinstance(contact, FinerCase):
        return {}
    finer, over = contact.result, pitch_over_island(result.layout, contact.result.layout)
    return {
        "fine_R_interface_ohm_cm2": finer.R_interface,
        "fine_R_interface_error_ohm_cm2": finer.R_interface_error,
        "fine_spectrum_error_ohm_cm2": finer.spectrum_error,
        "fine_contact_fraction": finer.layout.contact_fraction,
        "fine_pitch_over_island": over,
        "two_levels_relative_error": TWO_LEVELS_ERROR * over,
    }


def is_pellet(result: Result) -> bool:
    """Whether the cell is a pellet with an electrode: as the case says, or a disc on its axis, nothing beside it."""
    if result.layout.electrode is not None:
        return True
    interface = result.case.interface
    alone = isinstance(interface, Single) and not interface.inverted and interface.cell_shape == "circular"
    return alone and result.laws.gap is None and 0 < result.layout.contact_fraction < 1


def pellet_record(result: Result) -> dict[str, float | None]:
    """What result.json says of an electrode on a pellet beside values per area: areas, SI, and Ω; nothing of others."""
    if not is_pellet(result):
        return {}
    layout, pellet = result.layout, result.layout.cell.area * result.layout.lattice_images
    covered = layout.contact_fraction if layout.electrode is None else layout.electrode.layout.cell.area / pellet
    names = "R_cstr", "R_cstr_error", "R_electrolyte", "R_interface", "R_interface_error", "R_dc"
    per_area = {f"{name}_ohm": getattr(result, name) for name in names}
    return {
        "electrode_area_cm2": pellet * covered,
        "electrode_contact_fraction": layout.contact_fraction / covered,
        "pellet_area_cm2": pellet,
        **{key: None if value is None else value / pellet for key, value in per_area.items()},
    }
