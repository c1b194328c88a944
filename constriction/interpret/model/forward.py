"""From a model's unknowns to the impedance of the cell per area, for many sets of unknowns at once.

The slab of electrolyte and its interface are Z = ρ(ω)·(thickness + pitch·(F − depth)), F from the atlas of solved
interfaces; a film in full contact, a stray inductance, a series resistance and a constant-phase tail add to it.
"""

from dataclasses import dataclass, replace

import numpy as np

from constriction.base.constants import VACUUM_PERMITTIVITY
from constriction.interpret.atlas.zones import LiftedZone
from constriction.interpret.model.models import FILM_ONLY, FINE_PATTERN, LIFTED, InterfaceModel, Interfaces
from constriction.interpret.model.near import NearInterfaces
from constriction.interpret.model.space import ScoreSpace, Values
from constriction.laws.arrays import Complexes, Reals


@dataclass(frozen=True, eq=False)
class Forward:
    """The spectrum of a model.

    Attributes:
        model: what the interface is taken for.
        space: of its unknowns.
        atlas: of solved interfaces.
        frequency: (n,) in Hz.
        thickness: of the electrolyte, m.
    """

    model: InterfaceModel
    space: ScoreSpace
    atlas: Interfaces
    frequency: Reals
    thickness: float

    def impedance(self, scores: Reals) -> Complexes:
        """Z per area in Ω·m², (m, n), of scores (m, d)."""
        return self.at(self.space.values(scores))

    def impedance_near(self, scores: Reals) -> Complexes:
        """The same, (k, m, n), of scores (k, m, d) that all differ hardly from the first ones; for slopes."""
        near = replace(self, atlas=NearInterfaces(self.atlas, len(scores)))
        return near.impedance(scores.reshape(-1, scores.shape[-1])).reshape(*scores.shape[:2], -1)

    def at(self, values: Values) -> Complexes:
        """Z per area in Ω·m², (m, n), of values (m,) in SI units."""
        pulse = _pulse(self.frequency)
        resistivity = resistivities(values, self.frequency)
        z: Complexes = resistivity * self.thickness
        if self.model.constricts:
            z = z + constriction(self, values, resistivity)
        if self.model.kind == FILM_ONLY:
            z = z + film(values, pulse)
        if "series_resistance" in values:
            z = z + values["series_resistance"][:, np.newaxis]
        if "inductance" in values:
            z = z + values["inductance"][:, np.newaxis] * pulse
        if "tail_capacitance" in values:
            z = z + 1 / _constant_phase(pulse, values["tail_capacitance"], values["tail_exponent"])
        return z

    def constriction_resistance(self, scores: Reals) -> Reals:
        """R_cstr in Ω·m², (m,), of scores (m, d); 0 of a model whose contacts are no spots."""
        return self.resistance_at(self.space.values(scores))

    def resistance_at(self, values: Values) -> Reals:
        """The same of values (m,) in SI units."""
        if not self.model.constricts:
            return np.zeros(values["bulk_conductivity"].shape)
        still = Forward(self.model, self.space, self.atlas, np.zeros(1), self.thickness)
        ideal = {name: value for name, value in values.items() if not name.startswith(("film", "fine"))}
        found: Reals = constriction(still, ideal, resistivities(values, still.frequency))[:, 0].real
        return found


def _pulse(frequency: Reals) -> Complexes:
    """Frequencies iω in 1/s."""
    return np.asarray(2j * np.pi * frequency, dtype=np.complex128)


def resistivities(values: Values, frequency: Reals) -> Complexes:
    """Complex resistivity of the electrolyte, as `laws.electrolyte.resistivity` of one.

    Args:
        values: of m electrolytes, SI units; without grain boundaries if these have no conductivity.
        frequency: (n,) in Hz.

    Returns:
        (m, n) in Ω·m.
    """
    pulse = _pulse(frequency)
    column = {name: value[:, np.newaxis] for name, value in values.items()}
    found: Complexes = 1 / (column["bulk_conductivity"] + pulse * VACUUM_PERMITTIVITY * column["relative_permittivity"])
    if "grain_boundary_conductivity" not in values:
        return found
    relative = pulse / (2 * np.pi * column["grain_boundary_frequency"])
    slow = _power(relative, column["grain_boundary_exponent"])
    found += 1 / (column["grain_boundary_conductivity"] * (1 + slow))
    return found


def constriction(forward: Forward, values: Values, resistivity: Complexes) -> Complexes:
    """What contacts that are spots add to the slab.

    Args:
        forward: gives pattern, atlas and frequencies.
        values: (m,) of the unknowns, SI units.
        resistivity: (m, n) in Ω·m.

    Returns:
        Z per area in Ω·m², (m, n).
    """
    pulse = _pulse(forward.frequency)
    pitch, fraction = values["pitch"], values["contact_fraction"]
    depth, scale = forward.thickness / pitch, pitch[:, np.newaxis] * resistivity
    gap = _gap(scale, values["gap_permittivity"] / values["gap_height"], pulse)
    pattern = forward.model.pattern
    under = under_contacts(forward, values, resistivity)
    contact = None if under is None else scale / under
    if forward.model.kind == LIFTED:
        zone = LiftedZone(values["zone_share"], values["rise_ratio"])
        found = forward.atlas.lifted_interface(pattern, fraction, depth, zone, gap)
    else:
        found = forward.atlas.interface(pattern, fraction, depth, gap, contact)
    if "realisation" in values:
        spread = forward.atlas.spread(pattern, fraction, depth) * values["realisation"]
        found = found * np.exp(spread)[:, np.newaxis]
    z: Complexes = scale * found
    return z


def under_contacts(forward: Forward, values: Values, resistivity: Complexes) -> Complexes | None:
    """Impedance per area in Ω·m², (m, n), of what is between contacts and electrolyte; None: contacts are ideal.

    Finer spots lie on what is deep to them, and are an island's film.

    Args:
        forward: gives pattern, atlas and frequencies.
        values: (m,) of the unknowns, SI units.
        resistivity: (m, n) in Ω·m.
    """
    pulse = _pulse(forward.frequency)
    if "film_resistance" in values:
        return film(values, pulse)
    if "fine_ratio" not in values:
        return None
    pitch = values["fine_ratio"] * island_size(forward.model.pattern, values)
    scale = pitch[:, np.newaxis] * resistivity
    gap = _gap(scale, values["gap_permittivity"] / values["fine_gap_height"], pulse)
    deep = np.full(pitch.shape, np.inf)
    z: Complexes = scale * forward.atlas.interface(FINE_PATTERN, values["fine_contact_fraction"], deep, gap)
    return z


def island_size(pattern: str, values: Values) -> Reals:
    """About what a contact measures across, m, (m,): a stripe's width, or the root of a spot's area."""
    return values["pitch"] * values["contact_fraction"] ** (1.0 if pattern == "stripes" else 0.5)


def _gap(scale: Complexes, permittivity: Reals, pulse: Complexes) -> Complexes:
    """θ (m, n) of a gap of relative permittivity over height, (m,) in 1/m, where pitch × resistivity is `scale`."""
    return np.asarray(scale * (pulse * (VACUUM_PERMITTIVITY * permittivity)[:, np.newaxis]))


def film(values: Values, pulse: Complexes) -> Complexes:
    """Impedance of a film per area, R beside a constant phase element of the same time R·C: p(R, Q).

    Args:
        values: (m,) of its resistance in Ω·m², its capacitance in F/m² and its exponent.
        pulse: (n,) iω in 1/s.

    Returns:
        (m, n) in Ω·m².
    """
    resistance = values["film_resistance"][:, np.newaxis]
    time = resistance * values["film_capacitance"][:, np.newaxis]
    found: Complexes = resistance / (1 + _power(pulse * time, values["film_exponent"][:, np.newaxis]))
    return found


def _constant_phase(pulse: Complexes, capacitance: Reals, exponent: Reals) -> Complexes:
    """Admittance (m, n) of a constant phase element that at 1 rad/s is its capacitance, (m,) in F/m²."""
    return capacitance[:, np.newaxis] * _power(pulse, exponent[:, np.newaxis])


def _power(imaginary: Complexes, exponent: Reals) -> Complexes:
    """(ix)^a of ix on the upper imaginary axis: x^a·(cos aπ/2 + i sin aπ/2), exact at a = 1."""
    size, angle = np.abs(imaginary.imag) ** exponent, exponent * (np.pi / 2)
    turn: Complexes = np.where(exponent == 1, 1j, np.cos(angle) + 1j * np.sin(angle))
    return size * turn
