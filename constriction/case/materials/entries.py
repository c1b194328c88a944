"""An entry of a material's file: a value with its source, or why it is assumed; and how such a file is read."""

import tomllib
from functools import cache
from importlib import resources
from typing import Self

from pydantic import Field, ValidationError, model_validator

from constriction.base.errors import InputError, nearest, printable
from constriction.case.complaints import all_wrong, describe
from constriction.case.fields import Section, Text

METALS = ("sodium", "lithium")
"""Files here that are no electrolytes."""


class Known[Value](Section):
    """A value and where it is from.

    Attributes:
        value: in the SI unit of its kind, energies in eV; None: "none" in the file, or not given.
        source: paper, DOI, page or table; empty only where the value is assumed.
        assumed: no measured source.
        reason: why it is assumed, and why this value.
    """

    value: Value
    source: Text = ""
    assumed: bool = Field(False, strict=True, description="true or false")
    reason: Text = ""

    @model_validator(mode="after")
    def _says_where_from(self) -> Self:
        if not (self.reason if self.assumed else self.source):
            lacking = "reason: missing; expected why it is assumed"
            raise InputError(
                lacking if self.assumed else "source: missing; expected a paper, or assumed = true and a reason"
            )
        return self

    @property
    def origin(self) -> str:
        """The source, or ``assumed: reason``, in one line."""
        return printable(f"assumed: {self.reason}" if self.assumed else self.source)


def parsed[File: Section](model: type[File], data: dict[str, object], name: str) -> File:
    """The tables of a material's file as its model.

    Args:
        model: of the file.
        data: what TOML gives.
        name: what an error begins with.

    Raises:
        InputError: one line with the name, the dotted key, its value and what is expected.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InputError(f"{name}: {describe(all_wrong(error)[0], model, 'a material')}") from None


@cache
def shipped_names() -> tuple[str, ...]:
    """The materials that come with the package, metals last."""
    names = [file.name.removesuffix(".toml") for file in _room().iterdir() if file.name.endswith(".toml")]
    return tuple(sorted(names, key=lambda name: (name in METALS, name)))


@cache
def shipped_text(name: str) -> str:
    """The text of the file of a material that comes with the package.

    Raises:
        InputError: there is none of this name.
    """
    if name not in (known := shipped_names()):
        raise InputError(f"no material is called '{name}', the nearest is '{nearest(name, known)}'")
    return _room().joinpath(f"{name}.toml").read_text("utf-8")


def shipped_data(name: str) -> dict[str, object]:
    """The tables of that file."""
    return tomllib.loads(shipped_text(name))


def _room() -> resources.abc.Traversable:
    return resources.files("constriction.case.materials")
