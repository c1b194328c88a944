"""The form of the [[plot]] tables of a study file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from constriction.base.errors import InputError
from constriction.base.quantities import shown
from constriction.study.file.parameters import without

SCALES = ("auto", "linear", "semilogx", "semilogy", "loglog")
KEYS = ("x", "y", "series", "scale", "where", "file", "title")


@dataclass(frozen=True)
class Figure:
    """One picture: a panel for each of `y` over `x`, a curve for each combination of values of `series`.

    `where` keeps only cases with these values (in SI); `scale` is one of SCALES; `file` ends in .png or .pdf; with
    `points` every case is a point of its own and no curves are drawn.
    """

    x: str
    y: tuple[str, ...]
    series: tuple[str, ...] = ()
    scale: str = "auto"
    where: Mapping[str, Any] = field(default_factory=dict)
    file: str = "study.png"
    title: str = ""
    points: bool = False


def check_plots(plots: Sequence[Mapping[str, Any]], source: str) -> None:
    """Refuse [[plot]] tables whose form is wrong, before anything is computed.

    Raises:
        InputError: an unknown key, a missing x or y, a wrong scale or file.
    """
    for number, plot in enumerate(plots, start=1):
        where = f"{source}: [[plot]] {number}"
        if unknown := without(plot, KEYS):
            raise InputError(f"{where}: unknown key {shown(unknown[0])}; it takes {', '.join(KEYS)}")
        given = {"x": "", "y": "", **plot}
        for key, (is_right, expected) in EXPECTED.items():
            if key in given and not is_right(given[key]):
                raise InputError(f"{where}: {key} = {shown(given[key])}: expected {expected}")


def names_of(value: Any) -> list[Any]:
    """One name or a list of them, as a list."""
    return value if isinstance(value, list) else [value]


def _are_names(value: Any) -> bool:
    return bool(value) and all(isinstance(name, str) for name in names_of(value))


def _is_file(value: Any) -> bool:
    return isinstance(value, str) and value.endswith((".png", ".pdf")) and "/" not in value


EXPECTED: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "x": (_are_names, "the name of a column"),
    "y": (_are_names, "the name of a column"),
    "scale": (SCALES.__contains__, f"one of {', '.join(SCALES)}"),
    "file": (_is_file, "a name that ends in .png or .pdf"),
    "where": (lambda value: isinstance(value, dict), 'a table such as {"gap.height" = …}'),
}
