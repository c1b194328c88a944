"""The shipped electrolytes for the explorer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from constriction.case.materials.electrolytes import Material, material_of
from constriction.case.materials.entries import METALS, shipped_names

CONDUCTIVITIES = ("bulk_conductivity", "grain_boundary_conductivity", "grain_boundary_frequency")


def materials() -> list[dict[str, Any]]:
    """The shipped solid electrolytes: values at the temperature of their files, SI, and what they are scaled by."""
    return [_material(material_of(name)) for name in shipped_names() if name not in METALS]


def _material(material: Material) -> dict[str, Any]:
    file = material.file
    at = partial(material.at, file.temperature)
    return {
        "name": material.name,
        "title": file.title,
        "temperature": file.temperature,
        "electrolyte": {_camel(key): at(key) for key in _keys()},
        "energies": {_camel(key): _energy(material, key) for key in CONDUCTIVITIES},
        "timesTemperature": file.value("arrhenius") == "sigma T",
        "origins": {_camel(key): material.origin(file.temperature, key) for key in _keys()},
    }


def _energy(material: Material, key: str) -> float | None:
    """The activation energy in eV by which a value grows with temperature; None: nobody knows."""
    which = "bulk_activation_energy" if key == "bulk_conductivity" else "grain_boundary_activation_energy"
    found: float | None = material.file.value(which)
    return found


def _keys() -> Iterator[str]:
    yield from (
        "bulk_conductivity",
        "relative_permittivity",
        "grain_boundary_conductivity",
        "grain_boundary_frequency",
        "grain_boundary_exponent",
    )


def _camel(key: str) -> str:
    first, *others = key.split("_")
    return first + "".join(map(str.title, others))
