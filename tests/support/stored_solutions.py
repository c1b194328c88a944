"""Solutions of the library of error bars as lines of a file, and the program's responses made of them again.

What a reduced model says on the θ of one curve is kept, and what a response needs besides. So bars follow from today's
constants without a solve.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from constriction.field import fineness
from constriction.field.mesh_response import MeshResponse, MeshSolution
from constriction.field.transforms.grid_response import GridSolution, response_of

NO_TIMES = {"seconds_mesh": 0.0, "seconds_gmsh": 0.0, "seconds_solve": 0.0, "flat_storage": None, "direct": None}


@dataclass(frozen=True, eq=False)
class StoredModel:
    """A reduced model that knows the θ (n, terms) of one curve alone.

    `values` are F − depth there, `films` the part that the contact's film takes, `errors` the model's own, (n,) each.
    """

    depth: float
    theta: np.ndarray
    values: np.ndarray
    films: np.ndarray
    errors: np.ndarray

    @cached_property
    def _places(self):
        return {tuple(row): place for place, row in enumerate(self.theta.tolist())}

    def _of(self, stored, theta):
        rows = np.asarray(theta, dtype=complex).reshape(-1, self.theta.shape[1]).tolist()
        return stored[[self._places[tuple(row)] for row in rows]].reshape(np.shape(theta)[:-1])

    def interface(self, theta):
        """F − depth at θ (…, terms); (…)."""
        return self._of(self.values, theta)

    def in_film(self, theta):
        """The film's part of it; (…)."""
        return self._of(self.films, theta)

    def errors_at(self, theta):
        """Bounds on the reduced model's error; (…)."""
        return self._of(self.errors, theta)


def as_row(solution, every, film):
    """A solution of a mesh or a grid as words and numbers; `every` θ of the curve, `film`: the contact has a law."""
    model = solution.model
    films = model.in_film(every) if film else np.zeros(len(every))
    return {
        "level": solution.width if isinstance(solution, GridSolution) else solution.fineness,
        "rings": getattr(solution, "rings", 0),
        "resolution": solution.resolution,
        "depth": model.depth,
        "cells": solution.cells,
        "unknowns": solution.unknowns,
        "values": numbers(model.interface(every)),
        "films": numbers(films),
        "errors": np.broadcast_to(model.errors_at(every), len(every)).tolist(),
    }


def numbers(values):
    """Complex numbers as pairs."""
    return [[float(one.real), float(one.imag)] for one in np.asarray(values, dtype=complex)]


def complexes(pairs):
    """Pairs as complex numbers, (n,)."""
    return np.array([complex(*pair) for pair in pairs])


def responses(line, layout, every):
    """The responses of a line of the library with the constants of today: of each of its pairs or fours of solutions.

    Args:
        line: of the library.
        layout: of its case.
        every: θ of its curve, (n, terms).
    """
    on_meshes = line["method"] == "finite_elements"
    volume = line["case"]["gap"]["model"] == "volume"
    solved = [_mesh(row, every, volume) if on_meshes else _grid(row, every) for row in line["solutions"]]
    together = [tuple(solved[place] for place in places) for places in line["compared"]]
    film = bool(np.any(solved[0].model.films))
    if not on_meshes:
        return [response_of(layout, film, four) for four in together]
    caution, rungs = fineness.caution_for(layout, volume), fineness.rungs_of(layout, volume, film)
    return [MeshResponse(pair, caution=caution, rims=rungs.rims, straight=layout.straight) for pair in together]


def _model(row, every):
    return StoredModel(
        row["depth"], every, complexes(row["values"]), complexes(row["films"]), np.asarray(row["errors"])
    )


def _mesh(row, every, volume):
    kept = {name: row[name] for name in ("rings", "resolution", "cells", "unknowns")}
    kept |= NO_TIMES | {"flat_storage": 0.0 if volume else None}  # the number is not kept, that there is one is
    return MeshSolution(model=_model(row, every), fineness=row["level"], bounds=(), **kept)


def _grid(row, every):
    kept = {name: row[name] for name in ("resolution", "cells", "unknowns")}
    return GridSolution(model=_model(row, every), width=row["level"], **kept, **NO_TIMES)
