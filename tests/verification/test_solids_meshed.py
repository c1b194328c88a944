"""Random solids of all kinds and at all places are meshed, or refused in one line before anything is drawn.

What a mesh is held against: the volume of the slab less that of what is cut out of it, exact from the shapes, and the
area that lies on contacts and gap.
"""

import math
import random
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from constriction.base.errors import InputError
from constriction.case.schema import parse_case
from constriction.field.solids.converge import cell_of
from constriction.field.solids.meshed import mesh_solids
from constriction.geometry.cell import lay_out_case
from constriction.geometry.solids.bodies import Body
from constriction.geometry.solids.placed import solids_of

INTERFACES: tuple[dict[str, Any], ...] = (
    {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "40 um"},
    {"pattern": "square", "contact_fraction": 0.3, "pitch": "40 um"},
    {"pattern": "square", "contact_fraction": 1, "pitch": "40 um"},
    {"pattern": "single", "cell_shape": "circular", "contact_fraction": 0.2, "pitch": "40 um"},
    {"pattern": "square", "shape": "rectangle", "contact_fraction": 0.3, "pitch": "40 um"},
)
TOP = 40.0  # µm, of the slab


def random_table(draw: random.Random) -> dict[str, Any]:
    kind = draw.choice(("pit", "spheroid", "whisker", "void", "void"))
    radius = math.exp(draw.uniform(math.log(0.5), math.log(9)))
    deep = {"pit": (0.2, 1.0), "spheroid": (0.3, 4.0), "whisker": (1.1, 5.0), "void": (0.3, 2.0)}[kind]
    table: dict[str, Any] = {
        "kind": kind,
        "radius": f"{radius:.4f} um",
        "depth": f"{radius * draw.uniform(*deep):.4f} um",
    }
    if kind in ("pit", "spheroid", "whisker") and draw.random() < 0.25:
        table["floating"] = True
    if kind == "void" and draw.random() < 0.3:
        table["relative_permittivity"] = 9
    if (kind == "void" or (kind == "spheroid" and "floating" in table)) and draw.random() < 0.6:
        table["below"] = f"{draw.uniform(0.2, 15):.3f} um"
    if draw.random() < 0.6:
        places = [draw.choice((0.0, 20.0, draw.uniform(0, 20))) for _ in range(2)]
        table |= {"x": f"{places[0]!r} um", "y": f"{places[1]!r} um"}
    return table


def random_case(draw: random.Random) -> dict[str, Any]:
    tables = [random_table(draw) for _ in range(draw.choice((1, 1, 2)))]
    if draw.random() < 0.4:
        below = draw.choice((0.0, draw.uniform(0.5, 20)))
        tables.append(
            {"kind": "layer", "below": f"{below:.3f} um", "thickness": f"{draw.uniform(0.5, 8):.3f} um", "law": "bulk"}
        )
    return {
        "interface": draw.choice(INTERFACES),
        "gap": {"height": "10 nm", "model": "thin"},
        "electrolyte": {"thickness": f"{TOP} um"},
        "solid": tables,
    }


def inside_cell(body: Body, layout: Any) -> float:
    """The part of a body that lies in the cell: its axis may be on sides."""
    if layout.circular:
        on = sum(abs(place) < 1e-12 for place in (body.x, body.y))
    else:
        sides = ((body.x, layout.width), (body.y, layout.depth))
        on = sum(min(abs(place), abs(place - end)) < 1e-12 for place, end in sides)
    return float(0.5**on)


def meshed(seed: int) -> str:
    """Mesh a random case and compare volumes; what it was refused with, or nothing."""
    draw = random.Random(seed)
    try:
        given = parse_case(random_case(draw))
        layout = lay_out_case(given)
        solids = solids_of(given, layout)
    except InputError as error:
        assert len(str(error).splitlines()) == 1
        return str(error)
    cell = cell_of(layout, given.electrolyte.thickness, solids)
    mesh = mesh_solids(cell, None, MPI.COMM_SELF)
    points = mesh.mesh.geometry.x[mesh.mesh.geometry.dofmaps[0][:, :4]] * layout.pitch
    volume = float(np.sum(np.abs(np.linalg.det(points[:, 1:] - points[:, :1]))) / 6)
    cut = sum(body.volume * inside_cell(body, layout) for body in solids.bodies if body.region is None)
    slab = cell.cell.area * layout.pitch**2 * cell.slab_depth * layout.pitch
    # straight edges take chords from round bodies and from a round cell
    assert abs(volume - (slab - cut)) < 0.12 * cut + (0.02 * slab if layout.circular else 1e-9 * slab)
    return ""


@pytest.mark.parametrize("first", range(0, 400, 10))
def test_random_solids_are_meshed(first: int) -> None:
    told = [meshed(seed) for seed in range(first, first + 10)]
    assert "" in told, told
