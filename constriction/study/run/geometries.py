"""What a study keeps of its geometries: their responses, one file each, from which any law or frequency is evaluated.

`geometries/KEY.json` in the study's folder, KEY: what `geometry_key` gives. It holds the reduced models, what bounds
their errors, and the θ that they were made for. A case whose θ they are good at costs no solve; for another one the
geometry is solved again, for all θ so far and the new ones.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mpi4py import MPI

from constriction.base.errors import InputError
from constriction.base.files import telling_where, write_whole
from constriction.base.ranks import agree
from constriction.case.schema import Case
from constriction.field.kept import Kept, from_plain, plain
from constriction.field.reduction.curves import Curve, merged
from constriction.field.response import Response
from constriction.geometry.cell import Layout
from constriction.simulation.result import Result
from constriction.simulation.simulate import Options, Respond, goal_of, simulate, solve_geometry
from constriction.study.run.geometry import geometry_key
from constriction.study.run.store import Store, read_store

MOST_IN_MEMORY = 16  # responses: those of finer cases and far sides are asked for again and again


@dataclass
class Geometries:
    """The responses of a study's geometries: `store` keeps them, `solve` makes them; `kept`: the last ones, by name."""

    store: Store
    solve: Respond = solve_geometry
    kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)

    def respond(self, case: Case, layout: Layout, curves: tuple[Curve, ...], options: Options) -> Response[Any]:
        """The response of a geometry, kept or solved and then kept; as `solve_geometry`, collective.

        Raises:
            StoreError: it cannot be written.
            InputError, SolverError: as `solve_geometry`.
        """
        key, comm = geometry_key(case), options.comm or MPI.COMM_SELF
        known = self._known(key, comm)
        if known is not None and agree(comm, lambda: known.covers(goal_of(case, curves, Options()))):
            return known.response
        new_ones = [curve for curve in curves if known is None or not known.was_asked(curve)]
        asked = merged([*(() if known is None else known.curves), *new_ones])
        new = Kept(self.solve(case, layout, asked, options), asked)
        agree(comm, lambda: self._write(key, new))
        self._remember(key, new)
        return new.response

    def look_up(self, case: Case, layout: Layout, curves: tuple[Curve, ...], options: Options) -> Response[Any]:
        """The response of a geometry, if it is kept and good at the curves.

        Raises:
            InputError: it is not.
        """
        key = geometry_key(case)
        known = self._known(key, MPI.COMM_SELF)
        if known is None or not known.covers(goal_of(case, curves, options)):
            why = "no geometry of this case" if known is None else "a model that is not good at the laws of this case"
            raise InputError(f"{path_of(self.store, key)}: {why}; expected a case of the study, or run one that has it")
        return known.response

    def _known(self, key: str, comm: MPI.Comm) -> Kept | None:
        """What is kept of a geometry by this version; None where nothing is, or cannot be read."""
        if key not in self.kept:
            text = agree(comm, lambda: _text(path_of(self.store, key)))
            found = None if text is None else _read(text, self.store.version)
            if found is None:
                return None
            self._remember(key, found)
        self.kept.move_to_end(key)
        return self.kept[key]

    def _remember(self, key: str, one: Kept) -> None:
        self.kept[key] = one
        self.kept.move_to_end(key)
        if len(self.kept) > MOST_IN_MEMORY:
            self.kept.popitem(last=False)

    def _write(self, key: str, one: Kept) -> None:
        path = path_of(self.store, key)
        record = {"kind": KIND, "version": self.store.version, "kept": plain(one)}
        with telling_where(path):
            path.parent.mkdir(exist_ok=True)
            write_whole(path, (json.dumps(record, allow_nan=False) + "\n").encode())


KIND = "constriction geometry"


def path_of(store: Store, key: str) -> Path:
    """The file of a geometry."""
    return store.geometries / f"{key}.json"


def _text(path: Path) -> str | None:
    """The content of a file; None where there is none or it cannot be read: it is then made again."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def _read(text: str, version: str) -> Kept | None:
    """The response in a file of this version; None where it is of another one, or broken."""
    try:
        record = json.loads(text)
        found = from_plain(record["kept"]) if record["kind"] == KIND and record["version"] == version else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if isinstance(found, Kept) else None


def stored_result(folder: Path, case: Case) -> Result:
    """The result of a case from what a study has kept: no mesh, no solve, any sweep.

    Args:
        folder: of the study.
        case: any case of one of its geometries, whatever its electrolyte, laws and sweep.

    Returns:
        The result; `impedance`, `interface` and `constriction` of it evaluate any frequencies in Hz, and `response` any
        θ.

    Raises:
        InputError: the folder is none of a study, or what is kept of this geometry is not good at the case's laws.
    """
    kept = Geometries(read_store(Path(folder))[1])
    return simulate(case, Options(respond=kept.look_up))
