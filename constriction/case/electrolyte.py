"""The section [electrolyte] of a case."""

from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, InstanceOf, PlainSerializer, ValidationInfo, model_validator

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity, format_temperature
from constriction.case.fields import (
    Conductivity,
    ConductivityOrNone,
    Frequency,
    Length,
    Number,
    Permittivity,
    Section,
    Temperature,
    read_temperature,
)
from constriction.case.file import Folder
from constriction.case.materials.electrolytes import DEFAULT, Material, material_of

OF_MATERIAL = {
    "bulk_conductivity": "conductivity",
    "relative_permittivity": None,
    "grain_boundary_conductivity": "conductivity",
    "grain_boundary_frequency": "frequency",
    "grain_boundary_exponent": None,
}
"""The keys whose defaults are the material's, and the kinds of their values; None: a number."""

_NZSP = material_of(DEFAULT)

type _Named = Annotated[InstanceOf[Material], PlainSerializer(attrgetter("name"), return_type=str)]


def _default(key: str) -> Any:
    return _NZSP.at(_NZSP.file.temperature, key)


class Electrolyte(Section):
    """The solid electrolyte: a material at a temperature. Keys given beside these two hold at that temperature.

    Attributes:
        material: a shipped one, or a file; its values are the defaults of the keys below.
        temperature: K; by default that of the material's own values.
        thickness: of the slab, m.
        bulk_conductivity: σ_b, S/m.
        relative_permittivity: ε_r of the bulk.
        grain_boundary_conductivity: σ_gb, effective and in series, S/m; None: a single relaxation.
        grain_boundary_frequency: f_gb, Hz.
        grain_boundary_exponent: α of the constant-phase grain boundary, at most 1.
    """

    material: _Named = Field(_NZSP, description="'NZSP', 'LLZO', 'LPSCl' or the path of a .toml file")
    temperature: Temperature = Field(
        _NZSP.file.temperature, description="a temperature from 100 K to 2000 K such as '60 degC'"
    )
    thickness: Length = 1.5e-3
    bulk_conductivity: Conductivity = _default("bulk_conductivity")
    relative_permittivity: Permittivity = _default("relative_permittivity")
    grain_boundary_conductivity: ConductivityOrNone = _default("grain_boundary_conductivity")
    grain_boundary_frequency: Frequency = _default("grain_boundary_frequency")
    grain_boundary_exponent: Number = Field(
        _default("grain_boundary_exponent"), ge=0.01, le=1, description="a number from 0.01 to 1"
    )

    @model_validator(mode="before")
    @classmethod
    def _of_material(cls, given: Any, info: ValidationInfo) -> Any:
        """Complete what is given; the context of the validation is the folder of the case file, by default `.`."""
        folder = Path() if info.context is None else info.context
        return completed(given, folder) if isinstance(given, dict) else given

    def remark(self, key: str) -> str:
        """Where the value of a key is from, in one line; empty where it is not the material's."""
        if key not in OF_MATERIAL:
            return ""
        try:
            own = self.material.at(self.temperature, key)
        except InputError:  # no law leads to this temperature: the value was given
            return ""
        return self.material.origin(self.temperature, key) if getattr(self, key) == own else ""


def completed(given: dict[str, Any], folder: Folder) -> dict[str, Any]:
    """The table [electrolyte] of a case file with all that follows from the material and the temperature.

    Args:
        given: keys and values as in a case file; those of `OF_MATERIAL` that are given stay.
        folder: where a material's file lies, or the texts of files by name.

    Raises:
        InputError: an unknown material, no temperature, or no law that leads to it; begins with the key.
    """
    named = given.get("material", DEFAULT)
    material = named if isinstance(named, Material) else material_of(named, folder)
    try:
        temperature = read_temperature(given.get("temperature", format_temperature(material.file.temperature)))
    except InputError as error:
        raise InputError(f"temperature = {error}") from None
    own = {key: _written(material.at(temperature, key), kind) for key, kind in OF_MATERIAL.items() if key not in given}
    return {"temperature": format_temperature(temperature), **own, **given, "material": material}


def _written(value: float | None, kind: str | None) -> float | str:
    """A value in SI units as a case file has it."""
    if value is None:
        return "none"
    return value if kind is None else format_quantity(value, kind)
