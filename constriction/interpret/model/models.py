"""The models of a measured interface, and how a model's unknowns become a spectrum's space."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from constriction.base.errors import InputError
from constriction.interpret.model.priors import Fixed, Normal, Prior, Uniform
from constriction.interpret.model.space import ScoreSpace
from constriction.interpret.model.unknowns import BOUNDARIES, BULK, EXTRAS, FILM, FINE, INTERFACE
from constriction.laws.arrays import Complexes, Reals

LATTICE, FILMED, TWO_LEVELS = "lattice", "lattice_film", "two_levels"
FILM_ONLY, NOTHING = "film", "full_contact"
MODELS: Mapping[str, tuple[str, ...]] = {
    LATTICE: INTERFACE,
    FILMED: (*INTERFACE, *FILM),
    TWO_LEVELS: (*INTERFACE, *FINE),
    FILM_ONLY: FILM,
    NOTHING: (),
}
"""What is unknown of the interface in each model: ideal contacts of a pattern beside a gap; the same with a film on the
contacts; islands that touch by finer spots; a film in full contact; full contact without anything."""
WITH_PATTERN = (LATTICE, FILMED, TWO_LEVELS)
BEHIND = (FILMED, TWO_LEVELS)
FINE_PATTERN = "hexagonal"
"""Of the spots that islands touch by."""
REALISATION = "realisation"
"""Which of many random interfaces the cell has: an unknown of patterns that are random."""
DEFAULTS = (LATTICE, FILM_ONLY, NOTHING)


class Interfaces(Protocol):
    """What a model needs of the atlas of solved interfaces."""

    @property
    def patterns(self) -> tuple[str, ...]:
        """Their names."""

    @property
    def filmed(self) -> tuple[str, ...]:
        """Those whose contacts may have a film."""

    def limits(self, pattern: str, film: bool = False) -> tuple[float, float]:
        """Contact fraction from, to; of contacts that may have a film."""

    def interface(
        self, pattern: str, contact_fraction: Reals, depth: Reals, gap: Complexes, contact: Complexes | None = None
    ) -> Complexes:
        """F less the depth, in pitches, (m, n): see `atlas`."""

    def spread(self, pattern: str, contact_fraction: Reals, depth: Reals) -> Reals:
        """Relative standard deviation of R_cstr between random interfaces of one kind, (m,)."""


@dataclass(frozen=True)
class InterfaceModel:
    """What the interface is taken for.

    Attributes:
        kind: one of `MODELS`.
        pattern: of the contacts, as the atlas names it; "" where there is none.
        extras: what is in series, words of `unknowns.EXTRAS`.
    """

    kind: str
    pattern: str = ""
    extras: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Such as "lattice hexagonal"."""
        return f"{self.kind} {self.pattern}".strip()

    @property
    def constricts(self) -> bool:
        """Whether its contacts are spots, so that current is constricted."""
        return self.kind in WITH_PATTERN


def space_of(model: InterfaceModel, priors: Mapping[str, Prior], atlas: Interfaces) -> ScoreSpace:
    """The unknowns of a model.

    Args:
        model: what the interface is taken for.
        priors: of all unknowns there may be, SI units.
        atlas: its limits cut the prior of the contact fraction.

    Raises:
        InputError: no contact fraction of the prior is one of the pattern, or the atlas has no film on its contacts.
    """
    if not _is_known(model, atlas):
        known = f"one of {', '.join(atlas.filmed)}" if atlas.filmed else f"another model than {model.kind}"
        raise InputError(f"pattern {model.pattern!r}: the atlas has no film on its contacts; expected {known}")
    named = [*MODELS[model.kind], *BULK, *BOUNDARIES, *(name for extra in model.extras for name in EXTRAS[extra])]
    found = {name: priors[name] for name in named if name in priors}
    if model.constricts:
        limits = atlas.limits(model.pattern, film=model.kind in BEHIND)
        found["contact_fraction"] = _cut(found["contact_fraction"], model.pattern, limits)
        if "fine_contact_fraction" in found:
            own = atlas.limits(FINE_PATTERN)
            found["fine_contact_fraction"] = _cut(found["fine_contact_fraction"], FINE_PATTERN, own)
        if _is_random(model.pattern, atlas):
            found[REALISATION] = priors.get(REALISATION, Normal())
    return ScoreSpace(found)


def _is_known(model: InterfaceModel, atlas: Interfaces) -> bool:
    return model.kind not in BEHIND or model.pattern in atlas.filmed


def known_of(models: Collection[InterfaceModel], atlas: Interfaces) -> tuple[InterfaceModel, ...]:
    """Those models that the atlas has; all of them where that leaves none of a kind."""
    kinds = {model.kind for model in models if _is_known(model, atlas)}
    return tuple(model for model in models if _is_known(model, atlas) or model.kind not in kinds)


def _is_random(pattern: str, atlas: Interfaces) -> bool:
    low, high = atlas.limits(pattern)
    fraction = np.array([low, (low * high) ** 0.5, high])
    return bool(np.any(atlas.spread(pattern, fraction, np.full(3, 10.0)) > 0))


def _cut(prior: Prior, pattern: str, limits: tuple[float, float]) -> Prior:
    """The part of a contact fraction's prior that a pattern can have, from and to."""
    low, high = limits
    if isinstance(prior, Uniform):
        prior = prior.within(low, high)
        if prior.low >= prior.high:
            raise InputError(f"contact_fraction: {prior.words()}; pattern {pattern!r} has {low:g} to {high:g}")
    elif isinstance(prior, Fixed) and not low <= prior.value <= high:
        raise InputError(f"contact_fraction = {prior.value:g}: pattern {pattern!r} has {low:g} to {high:g}")
    return prior


def models_of(
    kinds: Collection[str], patterns: Collection[str], extras: tuple[str, ...] = ()
) -> tuple[InterfaceModel, ...]:
    """Every kind of model, those with spots once per pattern."""
    pairs = [(kind, pattern) for kind in kinds for pattern in (patterns if kind in WITH_PATTERN else ("",))]
    return tuple(InterfaceModel(kind, pattern, extras) for kind, pattern in pairs)
