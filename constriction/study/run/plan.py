"""From a study to its cases, and which of them share a geometry."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constriction.base.errors import InputError, naming, shortened
from constriction.base.quantities import shown
from constriction.base.versions import package_version
from constriction.case.interface import PATTERNS
from constriction.case.schema import Case, case_sha256, parse_case
from constriction.geometry.cell import Layout
from constriction.geometry.solids.placed import solids_of
from constriction.simulation.counter import check_apart
from constriction.simulation.simulate import check_size
from constriction.study.file.axes import DEFAULT, SIDES, Point, points, table_of
from constriction.study.file.derive import derive, is_case_key
from constriction.study.file.file import Study
from constriction.study.file.parameters import UNITS, Quantity, in_case_words, label_of, quantity_of, read_at
from constriction.study.run.geometry import SECONDS_PER_CASE, Effort, effort_of, geometry_key, layout_of

MOST_CASES = 100_000  # without being asked
LONGEST_TOLD = 300  # characters of a case in an error


@dataclass(frozen=True)
class PlannedCase:
    """One case of a study.

    `number` counts from 0 in the order of the axes, `places` are the indices along them, `point` the values there as
    the study file has them. `labels` holds the value of each axis key and then of each derived one, in SI. `key` names
    the record: a hash of the resolved case and the package's version. `geometry` numbers what is solved for it; None
    if its contacts cannot be made, or lie too near to the far side: `problem` says why.
    """

    number: int
    places: tuple[int, ...]
    point: Point
    labels: Mapping[str, Any]
    case: Case
    key: str
    geometry: int | None
    problem: str | None


@dataclass(frozen=True)
class SharedGeometry:
    """What is solved once: its name, the numbers of the entries that share it, and what it will probably take."""

    key: str
    entries: tuple[int, ...]
    effort: Effort

    @property
    def seconds(self) -> float:
        """Expected on one core, with what its cases take."""
        return self.effort.seconds + SECONDS_PER_CASE * len(self.entries)


@dataclass(frozen=True)
class Plan:
    """All cases of a study in their order, and their geometries in the order of their first case."""

    study: Study
    entries: tuple[PlannedCase, ...]
    geometries: tuple[SharedGeometry, ...]

    def cases_of(self, geometry: SharedGeometry) -> tuple[PlannedCase, ...]:
        """The cases that a geometry is solved for."""
        return tuple(self.entries[number] for number in geometry.entries)

    @property
    def keys(self) -> set[str]:
        """The names of all records; cases that are equal share one."""
        return {entry.key for entry in self.entries}


def number_of_cases(study: Study) -> int:
    """How many cases a study has, without making them."""
    return math.prod(len(axis.rows) for axis in study.axes)


def check_number(study: Study, sure: bool = False) -> None:
    """Refuse a study of very many cases unless the user is sure of it.

    Raises:
        InputError: with the number of cases.
    """
    count = number_of_cases(study)
    if count > MOST_CASES and not sure:
        parts = " × ".join(f"{axis.name} {len(axis.rows)}" for axis in study.axes)
        raise InputError(f"{study.source}: {count} cases ({parts}); expected at most {MOST_CASES}, or --yes")


def plan_of(study: Study, memory: float, version: str | None = None) -> Plan:
    """Make all cases of a study and find out which share a geometry; nothing is solved.

    Args:
        study: the study.
        memory: bytes that may be used: a case whose coarsest mesh is too large for them becomes a problem.
        version: of the package whose records are meant; None: this one's.

    Raises:
        InputError: a case is not valid; one line with file, key, value and what is expected.
    """
    version = package_version() if version is None else version
    entries: list[PlannedCase] = []
    members: dict[str, list[int]] = {}
    first: dict[str, Layout] = {}
    numbers: dict[str, int] = {}
    for places, point in points(study.axes):
        case, labels = _case_of(study, point)
        name, contacts, problem = _geometry_of(case, memory)
        if contacts is not None:
            numbers.setdefault(name, len(numbers))
            first.setdefault(name, contacts)
            members.setdefault(name, []).append(len(entries))
        entries.append(
            PlannedCase(
                len(entries), places, point, labels, case, record_key(case, version), numbers.get(name), problem
            )
        )
    geometries = [
        SharedGeometry(name, tuple(group), effort_of(entries[group[0]].case, first[name]))
        for name, group in members.items()
    ]
    return Plan(study, tuple(entries), tuple(geometries))


def record_key(case: Case, version: str) -> str:
    """The name of a case's record: SHA-256 of the resolved case and the package's version."""
    return hashlib.sha256(f"{case_sha256(case)} {version}".encode()).hexdigest()


def units_of(plan: Plan) -> dict[str, str]:
    """The SI unit of every axis key and derived key, '1' for numbers and names."""
    study, units = plan.study, dict[str, str]()
    for axis in study.axes:
        for column, key in enumerate(axis.keys):
            units[key] = next((UNITS[q.kind] for row in axis.rows if (q := quantity_of(row[column]))), "1")
    _, point = next(points(study.axes))
    derived = derive(study.derivation, point, _with_point(study, point))
    return {**units, **{key: UNITS[quantity.kind] for key, quantity in derived.items()}}


def solves_along(plan: Plan) -> Iterator[tuple[str, int, int]]:
    """For every axis: its name, how many values it has, and how many geometries these are with all else fixed.

    Where that depends on what else is fixed, the largest number counts: one means that the axis costs no solve.
    """
    for axis, stride in zip(plan.study.axes, _strides(plan.study), strict=True):
        count = len(axis.rows)
        lines: dict[int, set[int | None]] = {}
        for entry in plan.entries:
            along = entry.number % (stride * count)
            lines.setdefault(entry.number - along + along % stride, set()).add(entry.geometry)
        yield axis.name, count, max(len(geometries) for geometries in lines.values())


def _strides(study: Study) -> Sequence[int]:
    """How many entries lie between neighbours along each axis."""
    lengths = [len(axis.rows) for axis in study.axes]
    return [math.prod(lengths[n + 1 :]) for n in range(len(lengths))]


def _case_of(study: Study, point: Point) -> tuple[Case, dict[str, Any]]:
    """The case at a point, and the labels of its axis keys and derived keys."""
    data = _with_point(study, point)
    derived = derive(study.derivation, point, data)
    with naming(study.source):
        for key, quantity in derived.items():
            if is_case_key(key):
                _set(data, key, in_case_words(quantity))
    case = parse_case(data, f"{study.source}: case {_told(point, derived)}", study.files)
    labels = {key: read_at(f"{study.source}: {key}", label_of, value) for key, value in point.items()}
    return case, {**labels, **{key: quantity.value for key, quantity in derived.items()}}


def _told(point: Point, derived: Mapping[str, Quantity]) -> str:
    """A case in words, for an error."""
    given = {**point, **{key: in_case_words(quantity) for key, quantity in derived.items()}}
    told = (
        f"{key} = {shortened(value, 60) if isinstance(value, str) else shown(value)}" for key, value in given.items()
    )
    return f"({shortened(', '.join(told), LONGEST_TOLD)})"


def _with_point(study: Study, point: Point) -> dict[str, Any]:
    """The sections of the base with a point's values, as in a case file."""
    base = study.data["base"]
    data = {name: _copied(value) for name, value in base.items()}
    with naming(study.source):
        for key, value in point.items():
            if is_case_key(key):
                _set(data, key, value)
    _drop_seeds(study, data)
    return data


def _copied(value: Any) -> Any:
    """A value of a case file whose tables may be changed."""
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return dict(value) if isinstance(value, dict) else value


def _drop_seeds(study: Study, data: Mapping[str, Any]) -> None:
    """A lattice has no seed, nor sides: all its repeats are one case."""
    table = data.get("interface")
    if not isinstance(table, dict):  # the case's own check tells
        return
    model = PATTERNS.get(str(table.get("pattern")))
    for section, _, name in (key.partition(".") for key in (*study.repeated, *[SIDES] * study.side_bias)):
        if section == "interface" and model and name not in model.model_fields:
            table.pop(name, None)


def _set(data: dict[str, Any], key: str, value: Any) -> None:
    if (section := key.partition(".")[0]) != "solid":
        data.setdefault(section, {})
    table, name = table_of(data, key)
    if not isinstance(table, dict):
        return  # the case's own check says what is wrong with it
    if value == DEFAULT:
        table.pop(name, None)
    else:
        table[name] = value


def _geometry_of(case: Case, memory: float) -> tuple[str, Layout | None, str | None]:
    """The geometry's name and layout; or, without a layout, why there is none to solve."""
    try:
        check_size(case, memory)
        check_apart(case)
        contacts = layout_of(case)
        solids_of(case, contacts)
        if case.grains.given:
            from constriction.simulation.grains.solving import check_grains_of

            check_grains_of(case, contacts, memory)
    except InputError as error:
        return "", None, str(error)
    return geometry_key(case), contacts, None
