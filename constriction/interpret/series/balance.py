"""Metal is conserved: what charge says of contact fraction and gap height before the spectrum does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from constriction.base.errors import InputError
from constriction.case.materials.metals import metal
from constriction.interpret.model.models import Interfaces, space_of
from constriction.interpret.model.priors import Fixed, LogNormal, Prior, Uniform
from constriction.interpret.model.space import FRACTION, GAP, MetalBalance
from constriction.interpret.model.unknowns import UNKNOWNS
from constriction.interpret.setting import Setting
from constriction.spectra.timeseries import FARADAY

SCATTER = 1.5
"""Factor within which the gap is as high as mean thickness / contact fraction, in 68 %. Islands are not of one height
and the collector rests on the highest, so the gap is higher than their mean; what was charged through and is not
between the plates (side reactions, metal in pores or of an earlier cycle) is a tenth or two; contact is not whole below
an island. Each of the three is worth a factor of 1.2 to 1.3."""
METAL = "sodium"
WIDTHS = 2.0  # standard deviations of a normal prior that count as possible


@dataclass(frozen=True)
class DepositedMetal:
    """What was deposited before each spectrum of a series.

    Attributes:
        charges: per area, C/m², one a spectrum; None: nobody said.
        metal: its name, as in `case.materials.metals.metal`.
        balance: whether the islands are as high as it makes them.
    """

    charges: Sequence[float] | None = None
    metal: str = "sodium"
    balance: bool = True

    def charge(self, number: int) -> float | None:
        """Charge per area in C/m² before a spectrum, counted from 0; None: nobody said."""
        return None if self.charges is None else self.charges[number]

    def at(self, number: int) -> float | None:
        """Mean thickness of the metal in m at a spectrum, counted from 0; None: nobody said."""
        charge = self.charge(number)
        return None if charge is None else metal_thickness(charge, self.metal)


def told_charges(items: Sequence[object]) -> Sequence[float] | None:
    """What tables of triples say of the charge, C/m²; None unless all do."""
    told = [charge for item in items if (charge := getattr(item, "charge", None)) is not None]
    return told if told and len(told) == len(items) else None


def metal_of(name: str | None, charges: Sequence[float] | None) -> str:
    """Which metal was deposited, by the option --metal; None: nobody said.

    Raises:
        InputError: one is named, but no charge that deposited it.
    """
    if name is not None and charges is None:
        raise InputError(f"--metal {name}: expected the charge that deposited it, by --charge or --charge-step")
    return name or METAL


def metal_thickness(charge: float, name: str) -> float:
    """Mean thickness of deposited metal in m, q·M/(F·ρ) of one electron per atom.

    Args:
        charge: per area, C/m².
        name: of the metal, as in `case.materials.metals.metal`.
    """
    found = metal(name)
    return float(charge * found.molar_mass.value / (FARADAY * found.density.value))


def balanced(setting: Setting, thickness: float, atlas: Interfaces) -> Setting:
    """A setting in which the gap is as high as the islands, and these as conserved metal makes them.

    Contact fractions are left out for which the islands were higher, or lower, than the gap's prior has it; patterns
    that have no others are, too.

    Args:
        setting: what is known before; the gap's height is free.
        thickness: mean thickness of the metal, m.
        atlas: of solved interfaces.

    Raises:
        InputError: there is no metal, the gap's height is held, or no contact fraction is left.
    """
    fraction, gap = setting.priors[FRACTION], setting.priors[GAP]
    if thickness <= 0:
        raise InputError(
            f"{1e6 * thickness:.3g} um of metal by the charge that passed before it: expected a charge above zero"
        )
    if not gap.free:
        raise InputError(f"gap_height = {gap.words(UNKNOWNS[GAP].written)}: expected a free one, as the charge says it")
    lowest, highest = _ends(gap)
    low, high = thickness / highest, thickness / lowest
    share = _cut(fraction, low, high)
    if share is None:
        least, most = _ends(fraction)
        raise InputError(
            f"charge and thickness contradict each other: {1e6 * thickness:.3g} um of metal make islands of "
            f"{1e6 * thickness / most:.3g} to {1e6 * thickness / least:.3g} um for contact fractions of {least:.3g} to "
            f"{most:.3g}, and the gap's height is expected from {1e6 * lowest:.3g} to {1e6 * highest:.3g} um"
        )
    least, most = _ends(share)
    marginal = Uniform(thickness / most / SCATTER, thickness / least * SCATTER, True)
    found = replace(
        setting,
        priors={**setting.priors, FRACTION: share, GAP: marginal},
        balance=MetalBalance(thickness, SCATTER),
    )
    models = tuple(model for model in found.models if _is_possible(found, model, atlas))
    if not any(model.constricts for model in models) and any(model.constricts for model in setting.models):
        raise InputError(
            f"charge and thickness contradict each other: {1e6 * thickness:.3g} um of metal below a gap of at most "
            f"{1e6 * highest:.3g} um need a contact fraction above {low:.3g}, which no pattern that is tried has"
        )
    return replace(found, models=models)


def _is_possible(setting: Setting, model: object, atlas: Interfaces) -> bool:
    try:
        space_of(model, setting.priors, atlas)  # type: ignore[arg-type]
    except InputError:
        return False
    return True


def _cut(prior: Prior, low: float, high: float) -> Prior | None:
    """The part of a contact fraction's prior between two ends; None: there is none."""
    least, most = _ends(prior)
    if max(least, low) >= min(most, high) and not low <= least == most <= high:
        return None
    return prior.within(low, high) if isinstance(prior, Uniform) else prior


def _ends(prior: Prior) -> tuple[float, float]:
    """Between which values of a prior something is taken for possible."""
    if isinstance(prior, Uniform):
        return prior.low, prior.high
    if isinstance(prior, LogNormal):
        return prior.median / prior.factor**WIDTHS, prior.median * prior.factor**WIDTHS
    assert isinstance(prior, Fixed)  # of lengths and fractions there are no others
    return prior.value, prior.value
