"""The models of a measured interface, and how a model's unknowns become a spectrum's space."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from constriction.base.errors import InputError
from constriction.interpret.atlas.axes import TableKind
from constriction.interpret.atlas.zones import ZONE_LIMITS, LiftedZone
from constriction.interpret.model.priors import Fixed, Normal, Prior, Uniform
from constriction.interpret.model.space import ScoreSpace
from constriction.interpret.model.unknowns import BOUNDARIES, BULK, EXTRAS, FILM, FINE, INTERFACE, UNKNOWNS, ZONE
from constriction.laws.arrays import Complexes, Reals

LATTICE, FILMED, TWO_LEVELS, LIFTED = "lattice", "lattice_film", "two_levels", "lifted_zone"
FILM_ONLY, NOTHING = "film", "full_contact"
MODELS: Mapping[str, tuple[str, ...]] = {
    LATTICE: INTERFACE,
    FILMED: (*INTERFACE, *FILM),
    TWO_LEVELS: (*INTERFACE, *FINE),
    LIFTED: (*INTERFACE, *ZONE),
    FILM_ONLY: FILM,
    NOTHING: (),
}
"""What is unknown of the interface in each model: ideal contacts of a pattern beside a gap; the same with a film on the
contacts; islands that touch by finer spots; ideal contacts beside which the metal is lifted; a film in full contact;
full contact without anything."""
WITH_PATTERN = (LATTICE, FILMED, TWO_LEVELS, LIFTED)
BEHIND = (FILMED, TWO_LEVELS)
BENT: Mapping[str, Literal["always", "sometimes"]] = {FILMED: "always", TWO_LEVELS: "sometimes", LIFTED: "sometimes"}
"""Models whose posteriors of a spectrum are thin, bent sheets: more unknowns of the interface than it tells."""
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

    @property
    def lifted(self) -> tuple[str, ...]:
        """Those beside whose contacts the metal may be lifted."""

    def limits(self, pattern: str, kind: TableKind = "ideal") -> tuple[float, float]:
        """Contact fraction from, to, of a pattern."""

    def interface(
        self, pattern: str, contact_fraction: Reals, depth: Reals, gap: Complexes, contact: Complexes | None = None
    ) -> Complexes:
        """F less the depth, in pitches, (m, n): see `atlas`."""

    def lifted_interface(
        self, pattern: str, contact_fraction: Reals, depth: Reals, zone: LiftedZone, gap: Complexes
    ) -> Complexes:
        """The same beside a zone in which the metal is lifted."""

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
    check_known((model,), atlas)
    named = [*MODELS[model.kind], *BULK, *BOUNDARIES, *(name for extra in model.extras for name in EXTRAS[extra])]
    found = {name: priors[name] for name in named if name in priors}
    if model.constricts:
        for name, (pattern, ends) in _limits(model, atlas).items():
            found[name] = _cut(name, found[name], pattern, ends)
        if _is_random(model.pattern, atlas):
            found[REALISATION] = priors.get(REALISATION, Normal())
    return ScoreSpace(found)


def _limits(model: InterfaceModel, atlas: Interfaces) -> dict[str, tuple[str, tuple[float, float]]]:
    """Of which pattern, and between which ends, a model's unknowns are known."""
    found = {"contact_fraction": (model.pattern, atlas.limits(model.pattern, _table_of(model)))}
    if model.kind == TWO_LEVELS:
        found["fine_contact_fraction"] = FINE_PATTERN, atlas.limits(FINE_PATTERN)
    if model.kind == LIFTED:
        found |= {name: (model.pattern, ends) for name, ends in ZONE_LIMITS.items()}
    return found


def check_priors(models: Collection[InterfaceModel], priors: Mapping[str, Prior], atlas: Interfaces) -> None:
    """Refuse priors that the patterns of some models cannot have; errors as of `space_of`."""
    for model in models:
        space_of(model, priors, atlas)


def check_known(models: Collection[InterfaceModel], atlas: Interfaces) -> None:
    """Refuse models of a pattern that the atlas does not have with what they add.

    Raises:
        InputError: in one line.
    """
    unknown = [model for model in models if not _is_known(model, atlas)]
    if not unknown:
        return
    model = unknown[0]
    there, lacks = (atlas.lifted, "no zone beside") if model.kind == LIFTED else (atlas.filmed, "no film on")
    known = f"one of {', '.join(there)}" if there else f"another model than {model.kind}"
    raise InputError(f"pattern {model.pattern!r}: the atlas has {lacks} its contacts; expected {known}")


def _is_known(model: InterfaceModel, atlas: Interfaces) -> bool:
    if model.kind == LIFTED:
        return model.pattern in atlas.lifted
    return model.kind not in BEHIND or model.pattern in atlas.filmed


def _table_of(model: InterfaceModel) -> TableKind:
    return "film" if model.kind in BEHIND else "zone" if model.kind == LIFTED else "ideal"


def known_of(models: Collection[InterfaceModel], atlas: Interfaces) -> tuple[InterfaceModel, ...]:
    """Those models that the atlas has; all of them where that leaves none of a kind."""
    kinds = {model.kind for model in models if _is_known(model, atlas)}
    return tuple(model for model in models if _is_known(model, atlas) or model.kind not in kinds)


def _is_random(pattern: str, atlas: Interfaces) -> bool:
    low, high = atlas.limits(pattern)
    fraction = np.array([low, (low * high) ** 0.5, high])
    return bool(np.any(atlas.spread(pattern, fraction, np.full(3, 10.0)) > 0))


def _cut(name: str, prior: Prior, pattern: str, limits: tuple[float, float]) -> Prior:
    """The part of an unknown's prior that a pattern can have, from and to."""
    low, high = limits
    if isinstance(prior, Uniform):
        given, prior = prior, prior.within(low, high)
        if prior.low >= prior.high:
            raise InputError(
                f"{name}: {given.words(UNKNOWNS[name].written)}; pattern {pattern!r} has {low:g} to {high:g} in this "
                "model; expected a prior that reaches into that, or another --pattern"
            )
    elif isinstance(prior, Fixed) and not low <= prior.value <= high:
        raise InputError(f"{name} = {prior.value:g}: pattern {pattern!r} has {low:g} to {high:g}")
    return prior


def models_of(
    kinds: Collection[str], patterns: Collection[str], extras: tuple[str, ...] = ()
) -> tuple[InterfaceModel, ...]:
    """Every kind of model, those with spots once per pattern."""
    pairs = [(kind, pattern) for kind in kinds for pattern in (patterns if kind in WITH_PATTERN else ("",))]
    return tuple(InterfaceModel(kind, pattern, extras) for kind, pattern in pairs)
