"""The sections [contact], [gap], [collector] and [counter]: where metal touches, beside it, above it, at the far side.

A section with a law takes the keys that the law's letters name: `law_keys`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, cast

from pydantic import Field, PrivateAttr, model_validator

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity, shown
from constriction.case.fields import (
    Adhesion,
    BulkConductivity,
    Coordinate,
    CountOrNone,
    HeightOrNone,
    LengthOrNone,
    Number,
    Permittivity,
    Pressure,
    Section,
    StackPressure,
    Text,
    Thickness,
)
from constriction.case.law_keys import LawSection, bare_capacitors, law_of, read_law
from constriction.case.maps.files import TAKES
from constriction.case.maps.heights import DEFAULTS, KEYS, MOST_MISSING, NEEDED, HeightMap
from constriction.case.maps.keys import NamedMap, Pixel

if TYPE_CHECKING:
    from constriction.case.schema import Case
    from constriction.laws.law import CircuitLaw, Law


class CaseSection(Section):
    """A section that may name the file of another case, by the key `FILE_KEY`."""

    FILE_KEY: ClassVar[str]
    """With the section's name, such as "counter.file"."""
    _referred: Case | None = PrivateAttr(None)

    @property
    def file_name(self) -> str | None:
        """The path of the file that it names; None: it names none."""
        return cast("str | None", getattr(self, self._field))

    @property
    def is_read(self) -> bool:
        """Whether the file that it names, if any, was read."""
        return self.file_name is None or self._referred is not None

    @property
    def referred(self) -> Case | None:
        """The other case, with the electrolyte, sweep and accuracy of the one that names it; None: there is none.

        Raises:
            InputError: its file was not read, as the section was not made by `load` or `parse_case`.
        """
        if not self.is_read:
            name = shown(self.file_name)
            raise InputError(f"{self.FILE_KEY} = {name}: not read; expected a case from load or parse_case")
        return self._referred

    def with_case(self, case: Case, name: str | None = None) -> Self:
        """A copy that has another case, perhaps under another name of its file."""
        copy = self.model_copy(update={self._field: name or self.file_name})
        copy._referred = case
        return copy

    @property
    def _field(self) -> str:
        return self.FILE_KEY.partition(".")[2]


class Contact(CaseSection, LawSection):  # the last one says which keys there may be
    """What current meets where the metal touches the electrolyte; without a key nothing, the contact is ideal.

    Attributes:
        law: circuit per area, a film; the values of its elements are keys beside it.
        fine: the file of a finer case, whose impedance is the law.
        conductivity: of the metal that touches, where metals are resolved, S/m; by default sodium's.
    """

    FILE_KEY: ClassVar[str] = "contact.fine"

    law: Text | None = Field(None, description="a circuit per area such as 'p(R1,C1)'")
    fine: Text | None = Field(None, description="the path of a case file such as 'micro.toml'")
    conductivity: BulkConductivity = Field(None, description="a conductivity such as '2.1e7 S/m'")

    @model_validator(mode="after")
    def _one_law(self) -> Self:
        if self.fine is not None and self.law is not None:
            raise InputError(f"fine = {shown(self.fine)}: beside law = {shown(self.law)}; expected one of them")
        return self

    def law_of(self) -> Law | None:
        """The law per area; None: ideal, or given by the finer case.

        Raises:
            InputError: the file of a finer case was not read.
        """
        if self.referred is not None or self.law is None:
            return None
        return law_of(self.law, self.written())

    @property
    def has_law(self) -> bool:
        """Whether the contact is not ideal."""
        return self.law is not None or self.fine is not None

    @property
    def fine_case(self) -> Case | None:
        """The finer case; None: there is none. Otherwise as `referred`."""
        return self.referred


class Gap(LawSection):
    """What lies between electrolyte and current collector beside the contacts.

    Attributes:
        height: m; None: insulating, no capacitance.
        relative_permittivity: of what fills the gap.
        model: thin (a capacitance per area), volume (meshed), or auto (by the asked accuracy; thin with a law).
        law: circuit per area; a `C` without a number comes from height and permittivity, and is the law by default.
        profile: uniform, linear (falls from the rise to the height within the length from a rim), plate (the collector
            is an elastic foil that the contacts lift) or map (measured); the height then is the gap's far from
            contacts, and of a map the least.
        rise: height of the gap at the rims of contacts, m; for linear and plate.
        length: how far from a rim the gap falls to its height, m; linear only.
        file: of a map of heights, a path from the case file; rows from the top down. This key and those below are for
            profile map only.
        pixel: width and height of a pixel of the map, m; one length if they are equal.
        unit: the height of one count: value · unit + offset is the height of the metal over the electrolyte, m.
        offset: added to all heights, m; with level the height of the plane. By default 0.
        level: whether the plane that most points lie on is taken off. By default false.
        missing: the value that stands where nothing was measured; NaN always says so.
        most_missing: the share of the points that may be filled, those without a value and outliers. By default 0.05.
        outliers: a point that stands out of those around it by more than so many spreads is replaced; by default none.
        contact_below: where the height is below it the metal touches, m; for pattern height_map.
    """

    height: HeightOrNone = 1e-7
    relative_permittivity: Permittivity = 1.0
    model: Literal["thin", "volume", "auto"] = "auto"
    law: Text | None = Field(None, description="a circuit per area such as 'p(C,Q1)'")
    profile: Literal["uniform", "linear", "plate", "map"] = "uniform"
    rise: LengthOrNone = Field(None, description="a length such as '8.8 um'")
    length: LengthOrNone = Field(None, description="a length such as '150 um'")
    file: NamedMap | None = Field(None, description=TAKES)
    pixel: Pixel | None = Field(None, description="a length such as '1.7 um', or two, x and y")
    unit: CountOrNone = Field(None, description="a length such as '1 um'")
    offset: Coordinate | None = Field(None, description="a length such as '100 nm'")
    level: bool | None = Field(None, strict=True, description="true or false")
    missing: Number | None = Field(None, description="a number")
    most_missing: Number | None = Field(None, ge=0, le=MOST_MISSING, description="a number from 0 to 0.5")
    outliers: Number | None = Field(None, ge=3, le=1e6, description="a number from 3 to 1e6, such as 8")
    contact_below: LengthOrNone = Field(None, description="a length such as '50 nm'")

    @model_validator(mode="before")
    @classmethod
    def _completes_map(cls, data: Any) -> Any:
        return {**DEFAULTS, **data} if isinstance(data, dict) and data.get("profile") == "map" else data

    @classmethod
    def _known(cls, circuit: Any) -> tuple[str, ...]:
        return bare_capacitors(circuit)

    @model_validator(mode="after")
    def _fits_law(self) -> Self:
        if self.law is None:
            return self
        from_height = bare_capacitors(read_law(self.law))
        if len(from_height) > 1:
            raise InputError(f"law = {shown(self.law)}: more than one C without a number; expected at most one")
        if from_height and self.height is None:
            raise InputError(
                f"height = 'none': the C of law = {shown(self.law)} comes from the height; expected a length such as "
                "'100 nm', or a C with a number"
            )
        if self.model == "volume" and not self.capacitor_only:
            raise InputError(f"model = 'volume': law = {shown(self.law)} needs a thin gap; expected 'thin' or 'auto'")
        return self

    @model_validator(mode="after")
    def _fits_profile(self) -> Self:
        needed = {"linear": ("rise", "length"), "plate": ("rise",), "map": NEEDED}.get(self.profile, ())
        whose = {"rise": "'linear' or 'plate'", "length": "'linear'"}
        for key in ("rise", "length", *KEYS):
            given, takes = getattr(self, key), str(type(self).model_fields[key].description)
            if given is None and key in needed:
                raise InputError(f"{key}: missing; profile = '{self.profile}' expects {takes}")
            if given is not None and key not in (KEYS if self.profile == "map" else needed):
                raise InputError(
                    f"{key}: does not apply to profile = '{self.profile}'; expected profile = {whose.get(key, "'map'")}"
                )
        if self.uneven:
            self._check_uneven()
        return self

    def _check_uneven(self) -> None:
        """Refuse what a gap of uneven height cannot be."""
        name = f"profile = '{self.profile}'"
        if self.height is None:
            raise InputError(f"height = 'none': there is no gap for {name}; expected a length such as '100 nm'")
        if self.rise is not None and self.rise < self.height:
            rise, height = (format_quantity(value, "length") for value in (self.rise, self.height))
            raise InputError(f"rise = '{rise}': below height = '{height}', from which contacts lift the metal")
        if not self.capacitor_only:
            raise InputError(
                f"law = {shown(self.law)}: does not follow the height of {name}; expected none, or law = 'C'"
            )

    @property
    def uneven(self) -> bool:
        """Whether the height differs from place to place."""
        return self.profile != "uniform"

    @property
    def height_map(self) -> HeightMap | None:
        """The map that its height is from; None: it has another profile."""
        if self.file is None or self.pixel is None or self.unit is None:
            return None
        return HeightMap(**{key: getattr(self, key) for key in KEYS})

    @property
    def capacitor_only(self) -> bool:
        """Whether there is nothing but the capacitor of its height."""
        if self.law is None:
            return True
        circuit = read_law(self.law)
        return bare_capacitors(circuit) == circuit.names

    def law_of(self) -> CircuitLaw | None:
        """The law per area; None: the gap insulates."""
        from constriction.laws.electrolyte import VACUUM_PERMITTIVITY

        if self.law is None and self.height is None:
            return None
        text = self.law or "C"
        names = bare_capacitors(read_law(text))
        per_area = VACUUM_PERMITTIVITY * self.relative_permittivity / self.height if self.height is not None else 0.0
        return law_of(text, (*self.written(), *((name, per_area) for name in names)))


class Collector(Section):
    """The current collector above the gap: an elastic foil for gap.profile = 'plate', or a metal that is resolved.

    Attributes:
        thickness: of the foil, m.
        youngs_modulus: of its metal, Pa.
        poisson_ratio: of its metal.
        stack_pressure: what presses it down beside the contacts, Pa.
        adhesion: energy that parting it from what it lies on takes, J/m².
        conductivity: of its metal, where metals are resolved, S/m; by default copper's.
    """

    thickness: Thickness = 5e-6
    youngs_modulus: Pressure = 120e9
    poisson_ratio: Number = Field(0.34, ge=0, le=0.5, description="a number from 0 to 0.5")
    stack_pressure: StackPressure = Field(None, description="a pressure such as '0.1 MPa'")
    adhesion: Adhesion = Field(None, description="an energy per area such as '0.1 J/m2'")
    conductivity: BulkConductivity = Field(None, description="a conductivity such as '5.96e7 S/m'")


class CounterElectrode(CaseSection):
    """The electrode at the far side of the electrolyte; without a key it is ideal.

    Attributes:
        symmetric: the same interface as on the near side.
        file: a case file, whose interface is the far side's.
    """

    FILE_KEY: ClassVar[str] = "counter.file"

    symmetric: bool = Field(False, strict=True, description="true or false")
    file: Text | None = Field(None, description="the path of a case file such as 'other.toml'")

    @model_validator(mode="after")
    def _one_other(self) -> Self:
        if self.symmetric and self.file is not None:
            raise InputError(f"file = {shown(self.file)}: beside symmetric = true; expected one of them")
        return self

    @property
    def other_case(self) -> Case | None:
        """The far side's case; None: none is named. Otherwise as `referred`."""
        return self.referred
