"""The unknowns of a measured cell: what each is called, its unit, and how it is spread if nobody says otherwise."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from constriction.base.quantities import format_quantity
from constriction.interpret.model.priors import Fixed, LogNormal, Normal, Prior, Uniform
from constriction.laws.electrolyte import Conductor

ELECTROLYTE_FACTOR = 1.35
"""Conductivities of one recipe from sample to sample."""
WIDEST = 1e-2
"""Pitch in m: of islands that are further apart an electrode has too few for a lattice."""
ASSUMED_FACTOR = 2.0
"""Of what is assumed without a source, the grain boundaries' frequency and the permittivity."""


@dataclass(frozen=True)
class Unknown:
    """One unknown of a cell.

    Attributes:
        name: in a priors file.
        kind: of quantity as in `base.quantities.KINDS`; None: a plain number.
        words: what it is called in tables and verdicts.
        suffix: of its key in interpretation.json, the unit there.
        factor: from SI to that unit.
        most: the largest value that a prior may reach, in SI.
    """

    name: str
    kind: str | None
    words: str
    suffix: str = ""
    factor: float = 1.0
    most: float = math.inf

    def written(self, value: float) -> str:
        """A value in SI units with four digits and the unit that reads best, as in a priors file."""
        rounded = float(f"{value:.4g}")
        return f"{rounded:g}" if self.kind is None else format_quantity(rounded, self.kind)

    @property
    def key(self) -> str:
        """What it is called in interpretation.json."""
        return f"{self.name}_{self.suffix}" if self.suffix else self.name


_UNKNOWNS = (
    Unknown("contact_fraction", None, "contact fraction"),
    Unknown("pitch", "length", "pitch", "m", most=WIDEST),
    Unknown("gap_height", "length", "gap height", "m"),
    Unknown("gap_permittivity", None, "permittivity of the gap"),
    Unknown("realisation", None, "which random interface"),
    Unknown("film_resistance", "area resistance", "film resistance", "ohm_cm2", 1e4),
    Unknown("film_capacitance", "area capacitance", "film capacitance", "farad_per_cm2", 1e-4),
    Unknown("film_exponent", None, "exponent of the film"),
    Unknown("fine_contact_fraction", None, "contact fraction under the islands"),
    Unknown("fine_ratio", None, "fine pitch over the islands' size"),
    Unknown("fine_gap_height", "length", "gap height under the islands", "m"),
    Unknown("zone_share", None, "part of the gap's width that is lifted"),
    Unknown("rise_ratio", None, "height at the rims over the gap's"),
    Unknown("bulk_conductivity", "conductivity", "bulk conductivity", "siemens_per_m"),
    Unknown("grain_boundary_conductivity", "conductivity", "grain-boundary conductivity", "siemens_per_m"),
    Unknown("relative_permittivity", None, "permittivity of the bulk"),
    Unknown("grain_boundary_frequency", "frequency", "grain-boundary frequency", "hertz"),
    Unknown("grain_boundary_exponent", None, "exponent of the grain boundaries"),
    Unknown("series_resistance", "area resistance", "series resistance", "ohm_cm2", 1e4),
    Unknown("inductance", "area inductance", "inductance", "henry_cm2", 1e4),
    Unknown("tail_capacitance", "area capacitance", "capacitance of the tail", "farad_per_cm2", 1e-4),
    Unknown("tail_exponent", None, "exponent of the tail"),
)
UNKNOWNS: Mapping[str, Unknown] = {unknown.name: unknown for unknown in _UNKNOWNS}

INTERFACE = ("contact_fraction", "pitch", "gap_height", "gap_permittivity")
FILM = ("film_resistance", "film_capacitance", "film_exponent")
FINE = ("fine_contact_fraction", "fine_ratio", "fine_gap_height")
ZONE = ("zone_share", "rise_ratio")
BULK = ("bulk_conductivity", "relative_permittivity")
BOUNDARIES = ("grain_boundary_conductivity", "grain_boundary_frequency", "grain_boundary_exponent")
EXTRAS: Mapping[str, tuple[str, ...]] = {
    "resistance": ("series_resistance",),
    "inductance": ("inductance",),
    "tail": ("tail_capacitance", "tail_exponent"),
}
"""What may be in series with the cell, by the word that asks for it."""

OF_INTERFACE: Mapping[str, Prior] = {
    "contact_fraction": Uniform(0.005, 0.95, True),
    "pitch": Uniform(1e-6, WIDEST, True),
    "gap_height": Uniform(1e-9, 3e-5, True),
    "gap_permittivity": Fixed(1.0),
    "realisation": Normal(),
    "film_resistance": Uniform(1e-5, 1e-1, True),  # 0.1 Ω·cm² to 1 kΩ·cm²
    "film_capacitance": Uniform(1e-5, 1.0, True),  # 1 nF/cm² to 100 µF/cm²
    "film_exponent": Uniform(0.7, 1.0),
    "fine_contact_fraction": Uniform(0.005, 0.9, True),
    "fine_ratio": Uniform(1e-4, 0.2, True),  # beyond it the levels are not two
    "fine_gap_height": Uniform(1e-9, 1e-6, True),
    "zone_share": Uniform(0.02, 0.7, True),
    "rise_ratio": Uniform(1.5, 200.0, True),
    "series_resistance": Uniform(1e-6, 1e-2, True),
    "inductance": Uniform(1e-13, 1e-9, True),  # 1 nH·cm² to 10 µH·cm²
    "tail_capacitance": Uniform(1e-4, 10.0, True),
    "tail_exponent": Uniform(0.4, 1.0),
}
"""Priors of everything but the electrolyte, SI."""


def electrolyte_priors(electrolyte: Conductor) -> dict[str, Prior]:
    """Priors about an electrolyte's values: they are known of the recipe, not of this sample.

    Args:
        electrolyte: conductivities in S/m, the frequency of the grain boundaries in Hz.

    Returns:
        By the names of the unknowns; without those of grain boundaries if it has none.
    """
    found: dict[str, Prior] = {
        "bulk_conductivity": LogNormal(electrolyte.bulk_conductivity, ELECTROLYTE_FACTOR),
        "relative_permittivity": LogNormal(electrolyte.relative_permittivity, ASSUMED_FACTOR),
    }
    if electrolyte.grain_boundary_conductivity is not None:
        found |= {
            "grain_boundary_conductivity": LogNormal(electrolyte.grain_boundary_conductivity, ELECTROLYTE_FACTOR),
            "grain_boundary_frequency": LogNormal(electrolyte.grain_boundary_frequency, ASSUMED_FACTOR),
            "grain_boundary_exponent": Uniform(0.8, 1.0),
        }
    return found
