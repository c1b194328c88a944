"""The axes of a study: which keys vary together, and over which values."""

from __future__ import annotations

import csv
import io
import math
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from constriction.base.errors import InputError, nearest
from constriction.base.files import read_file
from constriction.base.quantities import shown
from constriction.case.law_keys import KEY
from constriction.case.schema import Case, fields_of
from constriction.case.solids.kinds import SOLIDS
from constriction.study.file.parameters import Quantity, in_case_words, quantity_at

_SOLID = re.compile(r"solid\.(?P<number>0|[1-9][0-9]{0,3})\.(?P<key>.+)")
DEFAULT = "default"  # a value that leaves the key out
MOST_REPEATS = 100_000
SIDE_BIAS, SIDES = "side_bias", "interface.sides"  # of [repeat], and the key that it varies
SCALES = {"linear": (-math.inf, ""), "log": (0.0, ", both above zero")}  # above what the ends must be

type Point = dict[str, Any]
type Table = Mapping[str, Any]


@dataclass(frozen=True)
class Axis:
    """Keys that vary together: `rows` of one value per key. `table` is the table of the study file it comes from."""

    table: str
    keys: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]

    @property
    def name(self) -> str:
        """The key, or the table where several vary."""
        return self.keys[0] if len(self.keys) == 1 and self.table in ("grid", "repeat", SIDE_BIAS) else self.table


def axes_of(data: Table, source: str) -> list[Axis]:
    """The axes of a study, outermost first: grid in the order of the file, zip, list, latin_hypercube, repeat.

    Args:
        data: the study file's tables, the list's rows in it.
        source: what an error begins with.

    Raises:
        InputError: an empty axis, unequal lengths, a key twice; names table and key.
    """
    given = [(read, name) for name, read in READERS.items() if data.get(name)]
    axes = [axis for read, name in given for axis in read(data[name], f"{source}: [{name}]")]
    _check_each_once(axes, source)
    return axes


def _check_each_once(axes: Sequence[Axis], source: str) -> None:
    seen: dict[str, str] = {}
    for axis in axes:
        for key in axis.keys:
            if key in seen:
                raise InputError(f"{source}: {key}: in [{seen[key]}] and in [{axis.table}]; expected it in one of them")
            seen[key] = axis.table


def points(axes: Sequence[Axis]) -> Iterator[tuple[tuple[int, ...], Point]]:
    """All combinations, the last axis fastest: the indices along the axes, and the value of each key."""
    for places in product(*(range(len(axis.rows)) for axis in axes)):
        chosen = zip(axes, places, strict=True)
        yield places, {key: value for axis, n in chosen for key, value in zip(axis.keys, axis.rows[n], strict=True)}


def check_case_key(key: str, where: str) -> None:
    """Refuse a dotted key that no case has.

    Raises:
        InputError: with the nearest key.
    """
    section, _, name = key.partition(".")
    if section in ("contact", "gap") and KEY.fullmatch(name):  # of its law, which the case checks
        return
    if (number := _SOLID.fullmatch(key)) is not None:
        if number["key"] in (solid := _solid_keys()) or KEY.fullmatch(number["key"]):
            return
        near = f"solid.{number['number']}.{nearest(number['key'], solid)}"
        raise InputError(f"{where}: {shown(key)}: unknown key, the nearest is '{near}'")
    if section == "solid":
        near = nearest(name.rpartition(".")[2] or "depth", _solid_keys())
        raise InputError(
            f"{where}: {shown(key)}: unknown key; expected the number of a table [[solid]], from 0, and one of its "
            f"keys, such as 'solid.0.{near}'"
        )
    if key not in (known := case_keys()):
        raise InputError(f"{where}: {shown(key)}: unknown key, the nearest is '{nearest(key, known)}'")


def _solid_keys() -> list[str]:
    return [key for model in SOLIDS.values() for key in model.model_fields]


def table_of(data: Mapping[str, Any], key: str) -> tuple[Any, str]:
    """The table of a case that a dotted key is in, and its name there: ``solid.0.depth`` is in the first [[solid]].

    Args:
        data: the tables of a case file, not checked yet; where the section is missing, it has an empty table.
        key: as `check_case_key` lets it pass.

    Raises:
        InputError: there are fewer [[solid]].
    """
    section, _, name = key.partition(".")
    if (found := _SOLID.fullmatch(key)) is None:
        return data.get(section, {}), name
    tables = data.get(section, [])
    if isinstance(tables, list) and int(found["number"]) >= len(tables):
        raise InputError(f"{key}: the base has {len(tables)} tables [[solid]], counted from 0; expected one of them")
    return (tables[int(found["number"])] if isinstance(tables, list) else tables), found["key"]


def case_keys() -> list[str]:
    """The dotted keys of a case."""
    return [f"{section}.{key}" for section in Case.model_fields for key in fields_of(section)]


# --- the tables ----------------------------------------------------------------------------------------------------


def _grid(table: Table, where: str) -> Iterator[Axis]:
    for key, values in table.items():
        yield Axis("grid", (key,), [(value,) for value in _values(f"{where} {key}", values)])


def _zip(table: Table, where: str) -> Iterator[Axis]:
    columns = {key: _values(f"{where} {key}", values) for key, values in table.items()}
    lengths = {key: len(values) for key, values in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{key} has {length}" for key, length in lengths.items())
        raise InputError(f"{where}: {told}; expected lists of equal length")
    yield Axis("zip", tuple(columns), list(zip(*columns.values(), strict=True)))


def _list(table: Table, _: str) -> Iterator[Axis]:
    rows = table["rows"]
    yield Axis("list", tuple(rows[0]), [tuple(row.values()) for row in rows])


def _latin_hypercube(table: Table, where: str) -> Iterator[Axis]:
    ranges = {key: value for key, value in table.items() if key not in ("samples", "seed")}
    samples = _whole(f"{where} samples", table.get("samples"), 1)
    seed = _whole(f"{where} seed", table.get("seed", 1), 0)
    if not ranges:
        raise InputError(f'{where}: no keys; expected "key" = {{low = …, high = …, scale = "log"}}')
    draw = random.Random(seed)
    columns = []
    for key, limits in ranges.items():
        low, high, scale = _range(f"{where} {key}", limits)
        columns.append([_between(low, high, scale, u) for u in _stratified(draw, samples)])
    yield Axis("latin_hypercube", tuple(ranges), list(zip(*columns, strict=True)))


def _stratified(draw: random.Random, samples: int) -> list[float]:
    """One number in each of `samples` equal parts of [0, 1), in random order.

    Python promises the same `random()` for a seed on every platform and in every version, but not the same `shuffle`.
    """
    inside = [(n + draw.random()) / samples for n in range(samples)]
    lots = [draw.random() for _ in range(samples)]
    return [inside[n] for n in sorted(range(samples), key=lots.__getitem__)]


def _range(where: str, limits: Any) -> tuple[Quantity, Quantity, str]:
    """The ends and the scale of a key of the hypercube."""
    expected = 'expected {low = …, high = …, scale = "log" or "linear"}'
    if not isinstance(limits, dict) or not {"low", "high"} <= limits.keys() <= {"low", "high", "scale"}:
        raise InputError(f"{where} = {shown(limits)}: {expected}")
    scale = limits.get("scale", "linear")
    low, high = quantity_at(f"{where}.low", limits["low"]), quantity_at(f"{where}.high", limits["high"])
    if scale not in SCALES:
        raise InputError(f"{where}.scale = {shown(scale)}: expected 'log' or 'linear'")
    least, positive = SCALES[scale]
    if low.kind != high.kind or not least < low.value < high.value:
        given = f"low = {shown(limits['low'])}, high = {shown(limits['high'])}"
        raise InputError(f"{where}: {given}: expected low below high, of one kind{positive}")
    return low, high, scale


def _between(low: Quantity, high: Quantity, scale: str, part: float) -> Any:
    """A value between two, as a case file would have it."""
    if scale == "log":
        value = low.value * (high.value / low.value) ** part
    else:
        value = low.value + part * (high.value - low.value)
    return in_case_words(Quantity(float(f"{value:.12g}"), low.kind))


def _repeat(table: Table, where: str) -> Iterator[Axis]:
    keys = {key: value for key, value in table.items() if key != SIDE_BIAS}
    if _both_sides(table, keys, where):
        yield Axis(SIDE_BIAS, (SIDES,), [("mirror",), ("periodic",)])
    for key, given in keys.items():
        place = f"{where} {key}"
        if isinstance(given, list):
            seeds = [_whole(place, seed, 0) for seed in _values(place, given)]
        else:
            seeds = list(range(1, _whole(place, given, 1, MOST_REPEATS) + 1))
        yield Axis("repeat", (key,), [(seed,) for seed in seeds])


def _both_sides(table: Table, keys: Table, where: str) -> bool:
    """Whether each repeat is to be solved between mirrors and in a periodic cell."""
    asked = table.get(SIDE_BIAS, False)
    if not isinstance(asked, bool):
        raise InputError(f"{where} {SIDE_BIAS} = {shown(asked)}: expected true or false")
    if asked and not keys:
        raise InputError(
            f'{where} {SIDE_BIAS} = true: nothing to repeat; expected a seed beside it, "interface.seed" = 8'
        )
    return asked


READERS: Mapping[str, Callable[[Table, str], Iterator[Axis]]] = {
    "grid": _grid,
    "zip": _zip,
    "list": _list,
    "latin_hypercube": _latin_hypercube,
    "repeat": _repeat,
}


def _values(where: str, values: Any) -> list[Any]:
    if not isinstance(values, list):
        raise InputError(f"{where} = {shown(values)}: expected a list of values")
    if not values:
        raise InputError(f"{where} = []: expected at least one value")
    return values


def _whole(where: str, value: Any, least: int, most: float = math.inf) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        limit = "" if most == math.inf else f" to {most}"
        raise InputError(f"{where} = {shown(value)}: expected an integer from {least}{limit or ' on'}")
    return value


# --- lists in files ------------------------------------------------------------------------------------------------


def read_rows(path: Path, where: str) -> list[dict[str, Any]]:
    """The rows of a csv file whose header names keys; an empty cell leaves a key out.

    Raises:
        InputError: the file cannot be read, has no rows, or a row of another length than the header.
    """
    keys, *cells = _csv_lines(path, where)
    if "" in keys or len(set(keys)) < len(keys):
        raise InputError(f"{where} = {path}: header {shown(keys)}: expected a key for each column, each once")
    for number, row in enumerate(cells, start=2):
        if len(row) != len(keys):
            raise InputError(f"{where} = {path}: row {number} has {len(row)} cells, expected {len(keys)}")
    return [dict(zip(keys, map(_cell, row), strict=True)) for row in cells]


def _csv_lines(path: Path, where: str) -> list[list[str]]:
    """The lines that have anything, two or more, their cells without blanks around them."""
    try:
        text = read_file(path, "a csv file with keys as its header").decode("utf-8-sig")
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        stripped = [[cell.strip() for cell in row] for row in rows]
    except InputError as error:
        raise InputError(f"{where} = {error}") from None
    except (ValueError, csv.Error) as error:
        raise InputError(f"{where} = {path}: {error}; expected a csv file with keys as its header") from None
    lines = list(filter(any, stripped))
    if len(lines) < 2:
        raise InputError(f"{where} = {path}: {len(lines)} lines; expected a header of keys and at least one row")
    return lines


def _cell(text: str) -> Any:
    """A cell as TOML would have it: number, true or false, or text."""
    if text == "":
        return DEFAULT
    if text in ("true", "false"):
        return text == "true"
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text
