"""Solid electrolytes: what a material's file says, and its values at a temperature."""

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from constriction.base.errors import InputError, nearest
from constriction.base.quantities import format_temperature, shown
from constriction.case.fields import (
    Conductivity,
    ConductivityOrNone,
    EnergyOrNone,
    Frequency,
    HeightOrNone,
    Number,
    Permittivity,
    Section,
    Temperature,
    Text,
)
from constriction.case.file import Folder, names_file, text_in, toml_tables
from constriction.case.materials.entries import METALS, Known, parsed, shipped_names, shipped_text
from constriction.laws.material import GrainBoundaries, arrhenius, brick_layer

DEFAULT = "NZSP"
"""The material of a case that names none."""
UNUSED_FREQUENCY = 1e6
"""In Hz, of grain boundaries that a material does not have: it stands in the case, and nothing depends on it."""

_BULK, _BOUNDARIES = "bulk_activation_energy", "grain_boundary_activation_energy"
_ENERGIES = {
    "bulk_conductivity": _BULK,
    "grain_boundary_conductivity": _BOUNDARIES,
    "grain_boundary_frequency": _BOUNDARIES,  # their capacitance is taken as constant
}
_EFFECTIVE = ("grain_boundary_conductivity", "grain_boundary_frequency")
_LOCAL = (
    "grain_size",
    "grain_boundary_thickness",
    "grain_boundary_local_conductivity",
    "grain_boundary_permittivity",
)
_ABSENT: Known[Any] = Known(value=None, source="not given")
_DEBYE: Known[Any] = Known(value=1.0, source="a single relaxation")

type _Exponent = Annotated[Number, Field(ge=0.01, le=1, description="a number from 0.01 to 1")]


class SolidElectrolyte(Section):
    """The file of a solid electrolyte; grain boundaries as the effective ones, or by what these come from.

    Attributes:
        title: what it is.
        temperature: of all its values, K.
        arrhenius: what its activation energies are of: "sigma" or "sigma T".
        bulk_conductivity: σ_b, S/m.
        bulk_activation_energy: of σ_b, eV.
        relative_permittivity: ε_r of the bulk.
        grain_boundary_conductivity: σ_gb, effective and in series, S/m; None: no grain boundaries.
        grain_boundary_activation_energy: of σ_gb, eV.
        grain_boundary_frequency: f_gb, Hz.
        grain_boundary_exponent: α of the constant-phase grain boundary.
        grain_size: mean distance of boundaries along the current, m.
        grain_boundary_thickness: of one boundary, m.
        grain_boundary_local_conductivity: inside a boundary, S/m.
        grain_boundary_permittivity: ε_r inside a boundary.
    """

    title: Text
    temperature: Temperature
    arrhenius: Known[Literal["sigma", "sigma T"] | None] = _ABSENT
    bulk_conductivity: Known[Conductivity]
    bulk_activation_energy: Known[EnergyOrNone] = _ABSENT
    relative_permittivity: Known[Permittivity]
    grain_boundary_conductivity: Known[ConductivityOrNone] = _ABSENT
    grain_boundary_activation_energy: Known[EnergyOrNone] = _ABSENT
    grain_boundary_frequency: Known[Frequency | None] = _ABSENT
    grain_boundary_exponent: Known[_Exponent] = _DEBYE
    grain_size: Known[HeightOrNone] = _ABSENT
    grain_boundary_thickness: Known[HeightOrNone] = _ABSENT
    grain_boundary_local_conductivity: Known[ConductivityOrNone] = _ABSENT
    grain_boundary_permittivity: Known[Permittivity | None] = _ABSENT

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if local := [key for key in _LOCAL if self.value(key) is not None]:
            self._expect(_LOCAL, f"{local[0]} needs it")
            for key in _EFFECTIVE:
                if self.value(key) is not None:
                    raise InputError(f"{key}: follows from {', '.join(_LOCAL)}; expected one or the other")
        elif self.value("grain_boundary_conductivity") is not None:
            self._expect(("grain_boundary_frequency",), "grain_boundary_conductivity needs it")
        if given := [key for key in (_BULK, _BOUNDARIES) if self.value(key) is not None]:
            self._expect(("arrhenius",), f"{given[0]} needs it: 'sigma' or 'sigma T'")
        return self

    def _expect(self, keys: tuple[str, ...], why: str) -> None:
        """Refuse what lacks one of the keys."""
        for key in keys:
            if self.value(key) is None:
                raise InputError(f"{key}: missing; {why}")

    def entry(self, key: str) -> Known[Any]:
        """The entry of a key, as it stands in the file or by default."""
        found: Known[Any] = getattr(self, key)
        return found

    def value(self, key: str) -> Any:
        """The value of a key in SI units, None where there is none."""
        return self.entry(key).value

    @property
    def boundaries(self) -> GrainBoundaries | None:
        """The grain boundaries in series with the bulk, in SI units; None: there are none."""
        if self.value(_LOCAL[0]) is not None:
            return brick_layer(*(self.value(key) for key in _LOCAL))
        given = [self.value(key) for key in _EFFECTIVE]
        return None if given[0] is None else GrainBoundaries(*given)


@dataclass(frozen=True)
class Material:
    """The material of a case.

    Attributes:
        name: what a case file says: the name of a shipped material, or a file beside the case file.
        text: of its file, which a result folder needs beside its case if the material is no shipped one.
    """

    name: str
    text: str = field(repr=False)

    @property
    def file(self) -> SolidElectrolyte:
        """What its file says."""
        return _file_of(self.text, self.name)

    @property
    def shipped(self) -> bool:
        """Whether it comes with the package, so that its name is enough to find it."""
        return not names_file(self.name)

    def at(self, temperature: float, key: str) -> Any:
        """A value of [electrolyte] at a temperature.

        Args:
            temperature: in K.
            key: of [electrolyte], one that describes the material.

        Returns:
            The value in the SI unit of the key, None where the material has none.

        Raises:
            InputError: the material has no activation energy that would lead to this temperature.
        """
        boundaries = self.file.boundaries
        if key not in _EFFECTIVE:
            value = self.file.value(key)
        elif boundaries is None:
            return UNUSED_FREQUENCY if key == "grain_boundary_frequency" else None
        else:
            value = boundaries[_EFFECTIVE.index(key)]
        return value * self._growth(key, temperature) if key in _ENERGIES else value

    def _growth(self, key: str, temperature: float) -> float:
        """The factor from the file's temperature to another, in K."""
        reference = self.file.temperature
        if temperature == reference:
            return 1.0
        energy = self.file.value(_ENERGIES[key])
        if energy is None:
            raise InputError(
                f"temperature = {shown(format_temperature(temperature))}: material {shown(self.name)} has no "
                f"{_ENERGIES[key]}; expected its own {format_temperature(reference)}, or {key} beside it"
            )
        times = self.file.value("arrhenius") == "sigma T"
        return arrhenius(energy, temperature, reference, times_temperature=times)

    def origin(self, temperature: float, key: str) -> str:
        """Where the value of a key at a temperature in K is from, in one line; empty where the material has none."""
        said = self._source(key)
        energy = self.file.entry(_ENERGIES[key]) if key in _ENERGIES else _ABSENT
        if energy.value is None or temperature == self.file.temperature:
            return said
        law = self.file.value("arrhenius").replace("sigma", "σ").replace(" ", "")
        doubt = ", assumed" if energy.assumed else ""
        return f"{said}; from {format_temperature(self.file.temperature)} with {energy.value:g} eV of {law}{doubt}"

    def _source(self, key: str) -> str:
        """Where the file's value of a key is from; empty where it has none."""
        if key in _EFFECTIVE and self.file.value(_LOCAL[0]) is not None:
            return f"brick layer: {self.file.entry('grain_boundary_local_conductivity').origin}"
        entry = self.file.entry(key)
        return "" if entry == _ABSENT else entry.origin


def material_of(name: object, folder: Folder = Path()) -> Material:  # noqa: B008 - immutable
    """The material that a case names.

    Args:
        name: of a shipped electrolyte, or a path that ends with .toml.
        folder: of the case file, from where the path is; or the texts of files by name.

    Raises:
        InputError: there is none, or its file is wrong; one line that begins with ``material = ``.
    """
    if not isinstance(name, str):
        raise InputError(f"material = {shown(name)}: expected {_expected()}")
    if names_file(name):
        try:
            path = os.fspath(folder / name) if isinstance(folder, Path) else name
            return material_from(path, text_in(folder, name, "material"))
        except InputError as error:
            raise InputError(f"material = {error}") from None
    if name not in (known := _electrolytes()):
        near = nearest(name, known)
        raise InputError(f"material = {shown(name)}: unknown, the nearest is '{near}'; expected {_expected()}")
    return Material(name, shipped_text(name))


def material_from(path: str, text: str) -> Material:
    """The material of a file whose text is known; a case takes it in place of the file's name.

    Args:
        path: of the file; its last part is the material's name.
        text: of the file.

    Raises:
        InputError: the text describes no solid electrolyte; one line that begins with the path.
    """
    _file_of(text, path)
    return Material(os.path.basename(path), text)


@lru_cache(maxsize=100)
def _file_of(text: str, name: str) -> SolidElectrolyte:
    """What the text of a material's file says; errors begin with a name."""
    return parsed(SolidElectrolyte, toml_tables(text, name), name)


def _electrolytes() -> list[str]:
    return [name for name in shipped_names() if name not in METALS]


def _expected() -> str:
    """What a case's material may be, in the words of an error."""
    return f"{', '.join(repr(name) for name in _electrolytes())} or the path of a material's .toml"
