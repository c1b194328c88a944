"""How much each region of an interface weighs at a frequency: its θ = admittance per area × pitch × resistivity."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError
from constriction.case.schema import Case
from constriction.field.reduction.curves import Curve
from constriction.geometry.cell import Layout, rim_lengths
from constriction.geometry.profiles import Profile, mean_square_slope, profile_of
from constriction.laws.electrolyte import resistivity
from constriction.laws.law import Law
from constriction.simulation.solids.laws import SolidLaw

# Difference of thin and meshed gap / R_cstr per (gap height / local length)²: docs/physics.md#thin-gap-error.
THIN_GAP_ERROR = 0.3
# The same per mean square slope of an uneven gap's metal: docs/physics.md#uneven-gap-error.
SLOPE_ERROR = 1 / 6
# Of the slab's F, that errors are relative to at the least beside solids, which may take away what contacts constrict,
# and over grains, where a nearly full contact constricts nearly nothing.
LEAST_OF_SLAB, LEAST_OVER_GRAINS = 0.01, 1e-3


@dataclass(frozen=True, eq=False)
class Laws:
    """The laws of an interface, per area; `contact` None: ideal, `gap` None: it insulates.

    `contact_error`: error bar of the contact's impedance over the electrolyte's resistivity, m, at rest and at the
    frequencies of the sweep, (1 + n,); None: it is exact. `height_error`: that of F by the height of an
    uneven gap, in pitches, as the case's curve has it. `solids` are those in the electrolyte with a law of their own,
    one for each table, as they are in `solids_of`.
    """

    contact: Law | None
    gap: Law | None
    contact_error: NDArray[np.float64] | None = None
    height_error: NDArray[np.float64] | None = None
    solids: tuple[SolidLaw, ...] = ()

    @property
    def film(self) -> bool:
        """Whether the contact has a law."""
        return self.contact is not None


def thin_gap_error(layout: Layout, height: float) -> float:
    """About what the thin law leaves of R_cstr, relative; `height` of the gap in m."""
    return THIN_GAP_ERROR * (height / statistics.fmean(rim_lengths(layout))) ** 2


def gap_model(case: Case, layout: Layout) -> str:
    """How the gap is solved: none, thin or volume; `auto` decides by the thin law's error, and is thin beside laws.

    Of an uneven gap that is the error where it is highest, and of its slope.

    A film has no place beside a meshed gap: its potential would meet the wall of the island at the rim.
    """
    gap = case.gap
    if gap.law_of() is None:
        return "none"
    if not _may_be_meshed(case, layout):
        return "thin"
    if gap.model != "auto" or not layout.spots or gap.height is None:
        return "thin" if gap.model == "auto" else gap.model
    return "thin" if _thin_error(case, layout) < case.accuracy.relative_error else "volume"


def _may_be_meshed(case: Case, layout: Layout) -> bool:
    """Whether a gap is everywhere beside contacts, above no solids, and, unless the case says it, beside no laws."""
    gap = case.gap
    if layout.electrode is not None or case.holds_bodies:
        return False
    return gap.model != "auto" or (gap.capacitor_only and not case.contact.has_law)


def _thin_error(case: Case, layout: Layout) -> float:
    """About what the thin law leaves of R_cstr, relative: by the height of the gap and by its metal's slope."""
    by_height = thin_gap_error(layout, largest_height(case, layout) * (case.gap.height or 0.0))
    return by_height + SLOPE_ERROR * mean_square_slope(case.gap, case.collector, layout, case.accuracy.relative_error)


def uneven_gap(case: Case, layout: Layout) -> Profile | None:
    """The profile of a case's gap; None: it is even."""
    return profile_of(case.gap, case.collector, layout, case.accuracy.relative_error) if case.gap.uneven else None


def check_thin(case: Case, layout: Layout) -> None:
    """Refuse a gap that `auto` does not mesh and that the thin law does not fit.

    Gaps are not meshed on a pellet, above solids, and beside a film, where an uneven one may be too steep.

    Raises:
        InputError: with the law's error.
    """
    gap = case.gap
    if gap.model != "auto" or not layout.spots or gap.height is None or not gap.capacitor_only:
        return
    kind = _not_meshed(case, layout)
    if not kind:
        return
    error = _thin_error(case, layout)
    if error > case.accuracy.relative_error:
        raise InputError(
            f"gap.model = 'auto': where it is highest or steepest, the gap is not thin, an error of {error:.2g}, and "
            f"one {kind} is not meshed; expected gap.model = 'thin', a lower one, or a larger accuracy.relative_error"
        )


def _not_meshed(case: Case, layout: Layout) -> str:
    """What kind of gap is thin though the thin law's error may be large; of another one nothing."""
    if layout.electrode is not None:
        return "on a pellet"
    if case.holds_bodies:
        return "above solids or grains in the electrolyte"
    return "beside a contact with a law" if case.gap.uneven and case.contact.has_law else ""


def largest_height(case: Case, layout: Layout) -> float:
    """The largest height of a gap over the one that the case gives; a foil is not bent for it."""
    gap = case.gap
    if gap.height is None or not gap.uneven:
        return 1.0
    if gap.rise is not None:
        return gap.rise / gap.height
    profile = uneven_gap(case, layout)
    return 1.0 if profile is None else profile.largest


def meshed_height(case: Case, layout: Layout) -> float | None:
    """Height of a gap that is solved as a volume, m; None where nothing above the electrolyte is meshed."""
    return case.gap.height if gap_model(case, layout) == "volume" else None


def theta_of(case: Case, layout: Layout, laws: Laws, frequency: ArrayLike) -> NDArray[np.complex128]:
    """θ of the contact, if it has a law, and of the gap, at frequencies in Hz, 0 for the limit; (…, terms)."""
    return theta_in(layout.pitch * resistivity(case.electrolyte, frequency), laws, frequency)


def theta_in(unit: NDArray[np.complex128], laws: Laws, frequency: ArrayLike) -> NDArray[np.complex128]:
    """The same from pitch × resistivity in Ω·m², of the shape of `frequency`."""
    gap = np.zeros(np.shape(frequency)) if laws.gap is None else laws.gap.admittance(frequency)
    parts = [] if laws.contact is None else [laws.contact.admittance(frequency) * unit]
    parts += [solid.theta(unit, frequency) for solid in laws.solids]
    return np.stack([np.asarray(part, dtype=np.complex128) for part in (*parts, gap * unit)], axis=-1)


def full_contact(laws: Laws, unit: float) -> float:
    """What laws add in full contact to the electrolyte's resistance, Ω·m², infinite where they block.

    Args:
        laws: of the interface and of layers.
        unit: pitch × resistivity at rest, Ω·m².
    """
    if any(one.blocks for one in laws.solids):
        return math.inf
    layers = sum(
        one.thickness * (1 / float(one.theta(np.asarray(unit + 0j), 0.0).real) - 1)
        for one in laws.solids
        if one.thickness
    )
    return unit * layers + (0.0 if laws.contact is None else float(laws.contact.impedance(0.0).real))


def film_error_of(laws: Laws, layout: Layout) -> NDArray[np.float64] | None:
    """Error bar of 1/θ of the contact in pitches, at rest and of the sweep, (1 + n,); None: it is exact."""
    return None if laws.contact_error is None else laws.contact_error / layout.pitch


def curve_of(case: Case, layout: Layout, laws: Laws, frequency: ArrayLike) -> Curve:
    """The θ that a case runs through at frequencies in Hz, (n,), and at rest."""
    at_rest = theta_of(case, layout, laws, 0.0).real
    passes = _passes(layout, laws, at_rest) and not any(solid.blocks for solid in laws.solids)
    layers = tuple(solid.thickness for solid in laws.solids)
    least = LEAST_OF_SLAB if case.solid else LEAST_OVER_GRAINS if case.holds_bodies else 0.0
    least *= case.electrolyte.thickness / layout.pitch
    return Curve(theta_of(case, layout, laws, frequency), at_rest if passes else None, laws.film, layers, least)


def _passes(layout: Layout, laws: Laws, at_rest: NDArray[np.float64]) -> bool:
    """Whether the interface lets direct current pass, from θ at rest, (terms,)."""
    if laws.film and layout.contact_fraction in (0.0, 1.0):  # only one region is there
        return bool(at_rest[0 if layout.contact_fraction else -1])
    # an ideal contact, if there is one, lets current pass whatever the gap does
    return bool(at_rest[-1]) or layout.contact_fraction > 0 and (not laws.film or bool(at_rest[0]))
