"""What a measurement could tell before it is made: how sharply a spectrum in a window, at a noise, sees an interface.

The slope of the spectrum over the logarithms of all unknowns gives Fisher's information; with that of the priors its
inverse is the covariance that a posterior would have if the spectrum were linear in them. Directions of the
interface in which it is small are what the spectrum tells; the others it does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from constriction.base.errors import InputError
from constriction.case.electrolyte import OF_MATERIAL, Electrolyte
from constriction.case.regions import Gap
from constriction.case.schema import Case
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import LATTICE, InterfaceModel, Interfaces
from constriction.interpret.model.priors import LogNormal, Uniform
from constriction.interpret.model.space import ScoreSpace, Values
from constriction.interpret.model.unknowns import OF_INTERFACE, UNKNOWNS, electrolyte_priors
from constriction.laws.arrays import Reals

SHAPE = ("contact_fraction", "pitch", "gap_height")
"""The unknowns of an interface, in this order."""
STEP = 1e-4  # of a logarithm
MICROSCOPE = 1.1  # factor within which a picture gives the pitch
WIDE = 1e8  # Hz
WARMER = 30.0  # K


@dataclass(frozen=True, eq=False)
class Sharpness:
    """How sharply a spectrum sees an interface.

    Attributes:
        deviations: standard deviations of the logarithms of `SHAPE`, (3,), with the electrolyte as its priors have it.
        known: the same with the electrolyte known, as from a pristine cell, (3,).
        directions: unit vectors (3, 3) in those logarithms, rows, the sharpest first.
        along: standard deviations along them, (3,).
    """

    deviations: Reals
    known: Reals
    directions: Reals
    along: Reals


def forward_of(case: Case, atlas: Interfaces) -> tuple[Forward, Values]:
    """The model of a case, at no frequency yet, and its unknowns in SI units.

    Args:
        case: ideal contacts of a pattern of the atlas beside an even gap, opposite an ideal electrode.
        atlas: of solved interfaces.

    Raises:
        InputError: the atlas does not have such an interface.
    """
    interface, name = case.interface, _name_in_atlas(case, atlas)
    priors = dict(OF_INTERFACE) | electrolyte_priors(case.electrolyte)
    given: Mapping[str, float | None] = {
        "contact_fraction": interface.contact_fraction,  # type: ignore[union-attr]  # patterns of the atlas have both
        "pitch": interface.pitch,  # type: ignore[union-attr]
        "gap_height": case.gap.height,
        "gap_permittivity": case.gap.relative_permittivity,
        **{key: getattr(case.electrolyte, key) for key in electrolyte_priors(case.electrolyte)},
    }
    values = {key: np.array([value], dtype=float) for key, value in given.items() if value is not None}
    _check_within(values)
    space = ScoreSpace({key: priors[key] for key in values})
    return Forward(InterfaceModel(LATTICE, name), space, atlas, np.ones(1), case.electrolyte.thickness), values


def warmer(case: Case, kelvin: float) -> Case | None:
    """The same case so many kelvin warmer, its electrolyte's values as the material's laws change them; None without.

    Args:
        case: at a temperature of its material.
        kelvin: by how much; below zero: colder.
    """
    electrolyte = case.electrolyte
    after = electrolyte.temperature + kelvin
    try:
        changed = {key: _at(electrolyte, key, after) for key in OF_MATERIAL}
    except InputError:  # no law leads there
        return None
    other = electrolyte.model_copy(update={**changed, "temperature": after})
    return case.model_copy(update={"electrolyte": other})


def _at(electrolyte: Electrolyte, key: str, temperature: float) -> float | None:
    """A value of an electrolyte at another temperature, K, changed as the material's own is.

    Raises:
        InputError: no law leads there.
    """
    value: float | None = getattr(electrolyte, key)
    before, then = (electrolyte.material.at(one, key) for one in (electrolyte.temperature, temperature))
    return value * then / before if value and before and then else value


def _name_in_atlas(case: Case, atlas: Interfaces) -> str:
    """What the atlas calls the pattern of a case.

    Raises:
        InputError: it does not have such an interface.
    """
    interface = case.interface
    name = str(interface.pattern)
    if getattr(interface, "inverted", False):
        name = "pores" if name == "hexagonal" else f"{name}, inverted"
    if name not in atlas.patterns or getattr(interface, "shape", "disc") != "disc" or _is_stretched(case):
        strange = f"interface.pattern = '{name}', shape = '{getattr(interface, 'shape', 'disc')}'"
    else:
        strange = _strange(case)
    if strange:
        raise InputError(
            f"{strange}: expected discs, stripes or pores of the atlas ({', '.join(atlas.patterns)}) in ideal contact "
            "beside an even gap, opposite an ideal electrode"
        )
    return name


def _is_stretched(case: Case) -> bool:
    """Whether discs are ellipses."""
    return getattr(case.interface, "shape", None) == "disc" and getattr(case.interface, "aspect", 1.0) != 1.0


def _strange(case: Case) -> str:
    """What beside the pattern the atlas does not have: a contact that is not ideal, another gap, a second interface."""
    gap, counter = case.gap, case.counter
    if case.contact.law_of() is not None or case.contact.fine is not None:
        return "contact that is not ideal"
    if not _is_even(gap):
        return "gap that is not an even capacitor"
    return "counter electrode that is not ideal" if counter.symmetric or counter.file is not None else ""


def _is_even(gap: Gap) -> bool:
    return not gap.uneven and gap.height is not None and gap.capacitor_only


def _check_within(values: Values) -> None:
    """Refuse an interface beyond what the atlas and the priors have, where a slope would be that of their edge."""
    for name in SHAPE:
        prior, unknown, value = OF_INTERFACE[name], UNKNOWNS[name], float(values[name][0])
        if isinstance(prior, Uniform) and not prior.low <= value <= prior.high:
            ends = f"{unknown.written(prior.low)} to {unknown.written(prior.high)}"
            raise InputError(f"{unknown.words} {unknown.written(value)}: expected {ends}")


def sharpness(forward: Forward, values: Values, noise: float) -> Sharpness:
    """How sharply a spectrum sees the interface of a forward model.

    Args:
        forward: of a lattice.
        values: of its unknowns, (1,) each, SI units; those of the electrolyte have their priors.
        noise: standard deviation of one part, relative to |Z|.
    """
    names = [*SHAPE, *(name for name in values if name not in (*SHAPE, "gap_permittivity"))]
    size = np.abs(forward.at(values)[0])
    slopes = np.stack([_slope(forward, values, name) / np.tile(size, 2) for name in names], axis=1) / noise
    information = slopes.T @ slopes
    information += np.diag([1 / _width(forward, name) ** 2 for name in names])
    q = len(SHAPE)
    beside = information[:q, :q] - information[:q, q:] @ np.linalg.solve(information[q:, q:], information[q:, :q])
    values_along, vectors = np.linalg.eigh(beside)
    order = np.argsort(-values_along)
    return Sharpness(
        np.sqrt(np.diag(np.linalg.inv(beside))),
        np.sqrt(np.diag(np.linalg.inv(information[:q, :q]))),
        vectors.T[order],
        1 / np.sqrt(np.maximum(values_along[order], 1e-300)),
    )


def _slope(forward: Forward, values: Values, name: str) -> Reals:
    """Slope of both parts of Z, Ω·m², over the logarithm of an unknown, (2n,); one-sided at an exponent of 1."""
    above, below = values[name] * np.exp(STEP), values[name] * np.exp(-STEP)
    if name == "grain_boundary_exponent":
        above = np.minimum(above, 1.0)
    high, low = (forward.at({**values, name: value})[0] for value in (above, below))
    slope = (high - low) / float(np.log(above / below)[0])
    return np.concatenate([slope.real, slope.imag])


def _width(forward: Forward, name: str) -> float:
    """Standard deviation of the logarithm of an unknown before the measurement."""
    prior = forward.space.priors[name]
    if isinstance(prior, LogNormal):
        return float(np.log(prior.factor))
    assert isinstance(prior, Uniform)  # no other is free
    return float(np.log(prior.high / prior.low)) / 12**0.5


def measured(forward: Forward, lowest: float, highest: float, per_decade: int) -> Forward:
    """The same model measured from one frequency to another, Hz, with so many points a decade."""
    count = 1 + max(1, round(per_decade * np.log10(highest / lowest)))
    return replace(forward, frequency=np.geomspace(highest, lowest, count))


def variations(case: Case, forward: Forward, values: Values, noise: float) -> Iterator[tuple[str, Sharpness]]:
    """How sharply a measurement sees an interface, and others that would see it otherwise, each with its name.

    Args:
        case: of the cell.
        forward: its model, at the frequencies of the measurement.
        values: of its unknowns, (1,) each, SI units.
        noise: standard deviation of one part, relative to |Z|.
    """
    first = sharpness(forward, values, noise)
    yield "this measurement", first
    yield "pristine cell", replace(first, deviations=first.known)
    pitch = float(values["pitch"][0])
    seen = replace(forward, space=ScoreSpace({**forward.space.priors, "pitch": LogNormal(pitch, MICROSCOPE)}))
    yield "pitch to 10 %", sharpness(seen, values, noise)
    yield "noise / 4", sharpness(forward, values, noise / 4)
    lowest, highest = float(forward.frequency.min()), float(forward.frequency.max())
    per_decade = round((len(forward.frequency) - 1) / np.log10(highest / lowest))
    if highest < WIDE:
        yield "to 100 MHz", sharpness(measured(forward, lowest, WIDE, per_decade), values, noise)
    for name, factor in (("half as thick", 0.5), ("twice as thick", 2.0)):
        yield name, sharpness(replace(forward, thickness=factor * forward.thickness), values, noise)
    for kelvin, word in ((-WARMER, "colder"), (WARMER, "warmer")):
        if (other := warmer(case, kelvin)) is not None:
            there, theirs = forward_of(other, forward.atlas)
            yield f"{WARMER:g} K {word}", sharpness(replace(there, frequency=forward.frequency), theirs, noise)
