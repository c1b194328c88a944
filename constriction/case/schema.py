"""A case as data: pydantic models, read from TOML with errors of one line, written back with every default.

Values with a dimension are strings with their unit on the way in and SI floats afterwards.
"""

import hashlib
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError, model_validator
from pydantic.fields import FieldInfo

from constriction.base.errors import InputError
from constriction.case.complaints import all_wrong, describe
from constriction.case.electrolyte import Electrolyte
from constriction.case.fields import Section, Text
from constriction.case.file import toml_value
from constriction.case.grains.refusals import check_bodies
from constriction.case.grains.section import Grains
from constriction.case.interface import PATTERNS, AnyPattern, Filled, HeightMapped, Interface, Pattern, Sided
from constriction.case.maps.files import MapFile
from constriction.case.materials.electrolytes import Material
from constriction.case.metals.keys import check_metals, with_conductivities
from constriction.case.numerics import Accuracy, Sweep
from constriction.case.references import CaseOrigin, in_one_folder, named, nested, texts_beside, with_references
from constriction.case.regions import CaseSection, Collector, Contact, CounterElectrode, Gap
from constriction.case.solids.tables import SolidTables

_IDEAL = Contact(), Collector(), CounterElectrode(), Grains()
SECTIONS_KEPT = 1024


class Case(Section):
    """A whole case file; only the interface has no default."""

    title: Text = ""
    electrolyte: Electrolyte = Electrolyte()
    interface: Interface
    contact: Contact = Contact()
    gap: Gap = Gap()
    collector: Collector = Collector()
    counter: CounterElectrode = CounterElectrode()
    sweep: Sweep = Sweep()
    accuracy: Accuracy = Accuracy()
    grains: Grains = Grains()
    solid: SolidTables = ()

    @property
    def holds_bodies(self) -> bool:
        """Whether something lies in the electrolyte: solids or grains."""
        return bool(self.solid) or self.grains.given

    @model_validator(mode="before")
    @classmethod
    def _method_of_pattern(cls, given: Any) -> Any:
        """Complete a table by conductivities of metals, its accuracy by the method of its pattern, solids or grains."""
        given = with_conductivities(given)
        interface = given.get("interface") if isinstance(given, dict) else None
        accuracy = given.get("accuracy", {}) if isinstance(interface, dict) else None
        if not isinstance(interface, dict) or not isinstance(accuracy, dict):
            return given
        pattern = interface.get("pattern")
        if not isinstance(pattern, str) or pattern not in PATTERNS:
            return given
        method = Pattern.METHOD if given.get("solid") or given.get("grains") else PATTERNS[pattern].method_of(interface)
        return {**given, "accuracy": {"method": method, **accuracy}}

    @model_validator(mode="after")
    def _passes_current(self) -> Self:
        given = getattr(self.interface, "contact_fraction", None)
        if given == 0 and self.gap.law is None:
            field = Filled.model_fields["contact_fraction"]
            raise InputError(
                f"interface.contact_fraction = {given!r}: expected {field.description}, or 0 with a gap.law"
            )
        return self

    @model_validator(mode="after")
    def _holds_collector(self) -> Self:
        check_metals(self)
        given = getattr(self.interface, "contact_fraction", None)
        if self.gap.uneven and given in (0.0, 1.0):
            raise InputError(
                f"interface.contact_fraction = {given!r}: gap.profile = '{self.gap.profile}' needs contacts and a gap "
                "beside them; expected a number between 0 and 1"
            )
        return self

    @model_validator(mode="after")
    def _lifts_beside_mirrors(self) -> Self:
        if isinstance(self.interface, Sided) and self.interface.periodic and self.gap.profile in ("linear", "plate"):
            raise InputError(
                f"gap.profile = '{self.gap.profile}': the lifted metal has mirrors at the sides of the cell; expected "
                f"interface.sides = 'mirror' instead of '{self.interface.sides}', or profile = 'uniform' or 'map'"
            )
        return self

    @model_validator(mode="after")
    def _holds_solids(self) -> Self:
        check_bodies(self)
        return self

    @model_validator(mode="after")
    def _holds_map(self) -> Self:
        pattern, below = self.interface.pattern, self.gap.contact_below
        wanted = isinstance(self.interface, HeightMapped)
        if wanted and self.gap.profile != "map":
            raise InputError(
                f"interface.pattern = '{pattern}': takes contacts from gap.profile = 'map', given "
                f"'{self.gap.profile}'; expected gap.profile = 'map' with file, pixel, unit and contact_below"
            )
        if wanted and below is None:
            raise InputError(f"gap.contact_below: missing; interface.pattern = '{pattern}' expects one such as '50 nm'")
        if below is not None and not wanted:
            raise InputError(
                f"gap.contact_below: does not apply to interface.pattern = '{pattern}', which says itself where the "
                "metal touches; expected interface.pattern = 'height_map'"
            )
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other sections; cases that it refers to get its electrolyte, sweep and accuracy."""
        return nested(super().model_copy(update=update, deep=deep)._with_heights())

    def _with_heights(self) -> Self:
        """The same, with contacts from the gap's map if the pattern says so."""
        interface, heights = self.interface, self.gap.height_map
        if not isinstance(interface, HeightMapped) or interface._heights == heights:
            return self
        return super().model_copy(update={"interface": interface.over(heights)})

    def with_sections(self, contact: Contact, counter: CounterElectrode) -> Self:
        """A copy that refers to other cases."""
        if contact is self.contact and counter is self.counter:
            return self
        return super().model_copy(update={"contact": contact, "counter": counter})


def fields_of(section: str) -> dict[str, FieldInfo]:
    """The fields of a section by their keys in a case file, in its order; of [interface] those of every pattern."""
    model = AnyPattern if section == "interface" else Case.model_fields[section].annotation
    return {field.alias or name: field for name, field in getattr(model, "model_fields", {}).items()}


def load(path: str | os.PathLike[str]) -> Case:
    """Read a case file.

    Args:
        path: a TOML file of the form of docs/case_file.md#case-file.

    Returns:
        The case, every dimensional value in SI units.

    Raises:
        InputError: the file, or one that it refers to, cannot be read, is not TOML, or describes no valid case; one
            line that begins with the path and names key, value and what is expected.
    """
    origin = CaseOrigin.file(path)
    return _complete(_read(origin), origin)


def load_without_counter(path: str | os.PathLike[str]) -> Case:
    """Read a case file as another case refers to it: its counter electrode does not count, nor does a file of it.

    Args:
        path: a TOML file as for `load`.

    Raises:
        InputError: as `load`.
    """
    origin = CaseOrigin.file(path)
    return _complete(_read(origin).model_copy(update={"counter": CounterElectrode()}), origin)


def parse_case(
    data: dict[str, Any], source: str = "case", folder: str | os.PathLike[str] | Mapping[str, str] = "."
) -> Case:
    """Check a case given as nested dictionaries with the keys and strings of the case file.

    Args:
        data: what `tomllib` gives, e.g. ``{"interface": {"pattern": "square", "pitch": "40 um", ...}}``.
        source: what an error begins with.
        folder: where the files lie that it refers to, or their texts by name.

    Returns:
        The case, every dimensional value in SI units.

    Raises:
        InputError: no valid case, or one of a file that it refers to; one line with source, dotted key, value and what
            is expected.
    """
    origin = CaseOrigin(source, folder if isinstance(folder, Mapping) else Path(folder))
    return _complete(_alone(data, origin), origin)


def _complete(case: Case, origin: CaseOrigin) -> Case:
    """A case with those that it refers to."""
    return named(with_references(case, origin, _read), resolved_toml)


def _read(origin: CaseOrigin) -> Case:
    """A case without those that it refers to."""
    return _alone(origin.tables(), origin)


def _alone(data: dict[str, Any], origin: CaseOrigin) -> Case:
    try:
        return Case.model_validate(data, by_alias=True, by_name=False, context=origin.folder)._with_heights()
    except ValidationError as error:
        problems = all_wrong(error)
        others = len(problems) - 1
        more = f" (and {others} more error{'s' if others > 1 else ''})" if others else ""
        raise InputError(f"{origin.source}: {describe(problems[0], Case)}{more}") from None


def resolved_toml(case: Case) -> str:
    """The case as TOML with every default written out; `load` of it gives an equal case.

    Args:
        case: the case; equal cases give equal text.

    Returns:
        Only the keys that apply to the pattern, and no ideal contact or counter electrode. A comment behind a value
        that is the material's names its source, or says ``assumed``; behind the name of a file it is the SHA-256 of
        what `referred_files` says is in it.
    """
    sections = {name: getattr(case, name) for name in Case.model_fields if name not in ("title", "solid")}
    blocks = [_section_toml(name, section) for name, section in sections.items() if section not in _IDEAL]
    blocks += [_section_toml("solid", table) for table in case.solid]
    return "".join([f"title = {toml_value(case.title)}\n", *blocks])


@lru_cache(maxsize=SECTIONS_KEPT)
def _section_toml(name: str, section: Section) -> str:
    """A section of a resolved case; the last ones are kept, for the cases of a study have most of them in common."""
    values, own = section.model_dump(by_alias=True), fields_of(name)
    lines = ["", "[[solid]]" if name == "solid" else f"[{name}]"]
    for key in sorted(values, key=list(own).index) if name == "interface" else values:
        if values[key] is not None:
            lines.append(f"{key} = {toml_value(values[key])}{_comment(section, key)}")
    return "\n".join(lines) + "\n"


def _comment(section: Section, key: str) -> str:
    """What stands behind a value: where it is from, or what is in the file that it names."""
    if isinstance(section, Electrolyte):
        material = section.material
        own_file = key == "material" and not material.shipped
        said = f"SHA-256 {_sha256(material.text)}" if own_file else section.remark(key)
        return f"  # {said}" if said else ""
    if key == "file" and isinstance(file := getattr(section, key), MapFile):
        return f"  # SHA-256 {file.hash}"
    other = section.referred if isinstance(section, CaseSection) and section.FILE_KEY.endswith(f".{key}") else None
    return "" if other is None else f"  # SHA-256 {case_sha256(other)}"


def referred_files(case: Case) -> dict[str, str]:
    """The files that a case refers to, of its material, its map and of other cases, also through others.

    Args:
        case: from `load` or `parse_case`.

    Returns:
        For each name, as `resolved_toml` has it, the material's text, the case's resolved TOML text, or the map as
        text, which `as_bytes` turns back: together in one folder they load as the case.
    """
    return texts_beside(case, resolved_toml)


def files_of(files: Mapping[str, Case | Material | MapFile]) -> tuple[dict[str, str], dict[str, str]]:
    """Several files in one folder.

    Args:
        files: cases, materials and maps by the paths that they come from.

    Returns:
        For each path the name of its file, and for each name its text, of a case the resolved one, of a map its bytes
        as text; files that they refer to are among them.
    """
    return in_one_folder(files, resolved_toml)


def case_sha256(case: Case) -> str:
    """SHA-256 of the resolved TOML text, 64 hexadecimal digits."""
    return _sha256(resolved_toml(case))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
