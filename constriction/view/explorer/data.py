"""The atlas of solved interfaces as plain data, for a page that has no Python."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.interpret.atlas.atlas import VERSION, Atlas, PatternTable, load_atlas
from constriction.interpret.atlas.axes import TableAxis, leja
from constriction.interpret.atlas.gaps import DEPTHS, FUNCTIONS, GapShape
from constriction.interpret.atlas.poles import FILM_POLES, GAP_POLES
from constriction.interpret.atlas.zones import POINTS, ZONE_LIMITS, ZONED
from constriction.interpret.model.models import FINE_PATTERN


def atlas_data(atlas: Atlas | None = None) -> dict[str, Any]:
    """An atlas for `openAtlas` of js/atlas.js, all of it JSON.

    Args:
        atlas: the tables; None: those that the program comes with.

    Returns:
        `version` of the tables' meaning, `madeBy` (versions and errors of each table, relative to R_cstr), the poles of
        θ in `gapPoles` and `filmPoles`, `finePattern`, and the tables of `ideal` contacts and of `films` by pattern:
        axes, and arrays as base64 of little-endian float32, dimensionless, as `PatternTable` has them. `zones` has what
        lifted metal needs: limits, number of functions, a quadrature from 0 to 1, and of each of the `shapes` the
        slab's energies, of each symmetric matrix the lower half by rows.
    """
    atlas = load_atlas() if atlas is None else atlas
    return {
        "version": VERSION,
        "madeBy": {name: dict(made) for name, made in atlas.made_by.items()},
        "gapPoles": GAP_POLES.tolist(),
        "filmPoles": FILM_POLES.tolist(),
        "finePattern": FINE_PATTERN,
        "ideal": {name: _table(table) for name, table in atlas.tables.items()},
        "films": {name: _table(table) for name, table in atlas.films.items()},
        "zones": _zones(),
    }


def _zones() -> dict[str, Any]:
    points, weights = np.polynomial.legendre.leggauss(POINTS)
    return {
        "limits": {"share": ZONE_LIMITS["zone_share"], "ratio": ZONE_LIMITS["rise_ratio"]},
        "functions": FUNCTIONS,
        "depths": _axis(DEPTHS),
        "quadrature": {"points": ((points + 1) / 2).tolist(), "weights": (weights / 2).tolist()},
        "shapes": {name: _shape(name, shape) for name, shape in ZONED.items()},
    }


def _shape(name: str, shape: GapShape) -> dict[str, Any]:
    half = shape.slabs.reshape(-1, FUNCTIONS, FUNCTIONS)[:, *np.tril_indices(FUNCTIONS)]
    return {"unit": shape.unit, "straight": name == "stripes", "shares": _axis(shape.shares), "slabs": _packed(half)}


def _table(table: PatternTable) -> dict[str, Any]:
    arrays = {"rest": table.rest, "residues": table.residues, "times": table.times, "spread": table.spread}
    return {
        "shares": _axis(table.shares),
        "depths": _axis(table.depths),
        **{name: None if array is None else _packed(array) for name, array in arrays.items()},
    }


def _axis(axis: TableAxis) -> dict[str, Any]:
    """An axis with its Leja points between −1 and 1, so that nobody has to find them again."""
    return {"kind": axis.kind, "low": axis.low, "high": axis.high, "nodes": leja(axis.count).tolist()}


def _packed(array: NDArray[np.float64]) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode("ascii")
