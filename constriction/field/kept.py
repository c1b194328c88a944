"""A response as plain values and back: with its reduced models any θ is evaluated without a mesh, a grid or a solve.

Numbers are so written that they are read back exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.field.reduction.affine import Model
from constriction.field.reduction.curves import Curve, Curves
from constriction.field.response import Goal, Response

_HOMES = {
    "Kept": "kept",
    "Curve": "reduction.curves",
    "ReducedModel": "reduction.poles",
    "Reduced": "reduction.affine",
    "ResidualNorm": "reduction.residuals",
    "Bounds": "bounds.bounds",
    "Spread": "currents.spread",
    "MeshSolution": "mesh_response",
    "MeshResponse": "mesh_response",
    "Simplified": "response",
    "SolidSolution": "solids.converge",
    "SolidResponse": "solids.converge",
    "Leftovers": "solids.errors",
    "Tip": "currents.tips",
    "Shifted": "solids.space",
    "Whole": "solids.space",
    "GrainModel": "grains.converge",
    "GrainResponse": "grains.converge",
    "GridSolution": "transforms.grid_response",
    "GridResponse": "transforms.grid_response",
    "StraightRims": "transforms.scales",
    "ContactSolution": "contacts.convergence",
    "ContactResponse": "contacts.convergence",
    "TubeSolution": "transforms.tubes",
    "TubeResponse": "transforms.tubes",
    "TubeFilmSolution": "transforms.tube_films",
    "TubeFilmResponse": "transforms.tube_films",
}
"""Where the classes are that responses are made of."""


@dataclass(frozen=True, eq=False)
class Kept:
    """A response, and the θ that it was made for."""

    response: Response[Any]
    curves: tuple[Curve, ...]

    def covers(self, goal: Goal) -> bool:
        """Whether the response is as good on a goal's curves as if it had been made for them.

        It is where it was made for them. Elsewhere the bound on each reduced model's error must be below the share that
        it may take, the error bars below what is asked, and layers behind films be seen; bounds on F at rest must be
        there if they are asked for.
        With ideal contacts a model is good at any θ, unless it was made for a gap that takes no current.
        """
        new = tuple(curve for curve in goal.curves if not self.was_asked(curve))
        if not new:
            return True
        return self._knows_laws(replace(goal, curves=new)) and self._is_good(replace(goal, curves=new))

    def _knows_laws(self, goal: Goal) -> bool:
        """Whether what was solved depends on θ as the goal asks, and is bounded where it asks."""
        if not goal.film and goal.moves and not any(curve.moves for curve in self.curves):
            return False
        return all(self.response.bounds_at(theta) is not None for theta in goal.at_rest)

    def _is_good(self, goal: Goal) -> bool:
        response, share = self.response, self.response.reduction_share(goal.relative_error)
        curves = Curves(goal.curves)
        good = all(_is_good(answer.model, curves, share) for answer in response.solutions)
        return good and response.misses(goal) <= 1.0 and response.resolves(goal)

    @cached_property
    def _asked(self) -> frozenset[bytes]:
        return frozenset(name for curve in self.curves for name in _names(curve))

    def was_asked(self, curve: Curve) -> bool:
        """Whether each θ of a curve is one that it was made for."""
        return self._asked.issuperset(_names(curve))


def _names(curve: Curve) -> list[bytes]:
    """A name of each θ of a curve."""
    return [row.tobytes() for row in curve.every + 0.0]


def _is_good(model: Model, curves: Curves, share: float) -> bool:
    """Whether the bound on a model's error is below a share of the curves' scales."""
    errors = model.errors_at(curves.every)
    return bool(np.all(errors[errors > 0] <= share * curves.scale(model.interface)[errors > 0]))


# --- as plain values -------------------------------------------------------------------------------------------------


def plain(thing: Any) -> Any:
    """What JSON can hold of a kept response and what it is made of: data classes by name, arrays with their shapes."""
    if is_dataclass(thing):
        return {"class": type(thing).__name__, **{f.name: plain(getattr(thing, f.name)) for f in fields(thing)}}
    if isinstance(thing, np.ndarray):
        return _plain_array(thing)
    if isinstance(thing, tuple):
        return [plain(one) for one in thing]
    if isinstance(thing, float) and not np.isfinite(thing):
        return {"number": repr(float(thing))}
    return thing


def _plain_array(values: NDArray[Any]) -> dict[str, Any]:
    parts = np.ascontiguousarray(values).view(np.float64) if np.iscomplexobj(values) else values
    kind = "complex" if np.iscomplexobj(values) else "real"
    numbers = parts.ravel().tolist()
    return {kind: numbers if np.isfinite(parts).all() else list(map(plain, numbers)), "shape": list(values.shape)}


def from_plain(values: Any) -> Any:
    """What `plain` was given.

    Raises:
        InputError: something that no response is made of; the values are given.
    """
    if isinstance(values, list):
        return tuple(from_plain(one) for one in values)
    if not isinstance(values, Mapping):
        return values
    if "number" in values:
        return float(values["number"])
    return _class_from(values) if "class" in values else _array_from(values)


def _class_from(values: Mapping[str, Any]) -> Any:
    name = values["class"]
    if name not in _HOMES:
        raise InputError(f"class {name!r}: expected a part of a response")
    made = getattr(import_module(f"constriction.field.{_HOMES[name]}"), name)
    return made(**{key: from_plain(value) for key, value in values.items() if key != "class"})


def _array_from(values: Mapping[str, Any]) -> NDArray[Any]:
    kind = "complex" if "complex" in values else "real"
    flat = np.array([x if isinstance(x, float) else from_plain(x) for x in values[kind]], dtype=np.float64)
    return (flat.view(np.complex128) if kind == "complex" else flat).reshape(values["shape"])
