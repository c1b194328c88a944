"""Where the grains of a case lie: as deep as they reach, refused where they do not fit into the mirror cell."""

from __future__ import annotations

import math

import numpy as np

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.grains.section import CUBES
from constriction.case.schema import Case
from constriction.geometry.grains.polycrystal import Polycrystal, counts_of, cubes, voronoi
from constriction.geometry.outlines import SNAP
from constriction.geometry.patches import Layout

MOST = 2000
"""Grains in a mirror cell."""
ROOMY = 1.02  # times the least size, that is advised
BYTES_AT_LEAST, BYTES_PER_GRAIN = 2e8, 6.5e6
"""Measured on meshes at 1e-2, beside the libraries: 207 Voronoi grains take 1.5 GB."""
MEASURED_AT = 0.586
"""Fineness of the finer of those meshes."""


def grains_of(case: Case, layout: Layout, disturbed: float) -> Polycrystal:
    """The grains of a case in pitches.

    Args:
        case: with its section [grains].
        layout: of its interface.
        disturbed: depth to which contacts disturb the field, m.

    Raises:
        InputError: as `check_grains_fit`.
    """
    check_grains_fit(case, layout, disturbed)
    grains = case.grains
    assert grains.mean_size is not None
    box, size = _box(case, layout, disturbed) / layout.pitch, grains.mean_size / layout.pitch
    return cubes(box, size) if grains.shape == CUBES else voronoi(box, size, grains.seed or 0)


def expected_grains(case: Case, layout: Layout, disturbed: float) -> tuple[int, float]:
    """How many grains a case has in its mirror cell, and about how many bytes they take; as `grains_of`."""
    size, box = case.grains.mean_size, _box(case, layout, disturbed)
    assert size is not None
    count = math.prod(counts_of(box, size)) if case.grains.shape == CUBES else round(math.prod(box.tolist()) / size**3)
    return count, memory_of_grains(count)


def memory_of_grains(count: int, fineness: float = MEASURED_AT) -> float:
    """Bytes that a mesh of so many grains and this fineness takes to be solved."""
    return BYTES_AT_LEAST + BYTES_PER_GRAIN * count * max(1.0, (MEASURED_AT / fineness) ** 2)


def check_grains_fit(case: Case, layout: Layout, disturbed: float, memory: float = math.inf) -> None:
    """Refuse grains that do not fit into the mirror cell, or are too many.

    Args:
        case: with its section [grains].
        layout: of its interface.
        disturbed: depth to which contacts disturb the field, m.
        memory: bytes that may be used.

    Raises:
        InputError: with the grains' size and what is expected.
    """
    if layout.circular:
        given = getattr(case.interface, "cell_shape", "circular")
        raise InputError(
            f"interface.cell_shape = '{given}': grains fill a box; expected cell_shape = 'square' beside [grains]"
        )
    size, box = case.grains.mean_size, _box(case, layout, disturbed)
    assert size is not None
    if not _is_rectangle(layout):
        raise InputError(
            f"interface.pattern = '{case.interface.pattern}': its mirror cell is no rectangle, which grains fill; "
            "expected another pattern beside [grains], such as 'square'"
        )
    given = f"grains.mean_size = '{_said(size)}'"
    if size > float(box.min()) * (1 + SNAP):
        width, height, depth = map(_said, box.tolist())
        raise InputError(
            f"{given}: above the least of {width}, {height} and {depth}, width, depth and height of the mirror cell's "
            "grains; expected at most that, or a larger cell"
        )
    count, needed = expected_grains(case, layout, disturbed)
    if count > MOST:
        largest = _said(ROOMY * (math.prod(box.tolist()) / MOST) ** (1 / 3))  # rounded it must not be too small
        raise InputError(
            f"{given}: {count} grains in the mirror cell, down to {_said(float(box[2]))}; expected at most {MOST}: a "
            f"mean_size of '{largest}', a smaller cell, or a smaller grains.depth"
        )
    if needed > memory:
        raise InputError(
            f"{given}: {count} grains in the mirror cell, down to {_said(float(box[2]))}, would take about "
            f"{needed / 1e9:.3g} GB of memory; {memory / 1e9:.3g} GB may be used; expected larger grains, a smaller "
            "grains.depth, a smaller cell, or more memory (--memory)"
        )


def _box(case: Case, layout: Layout, disturbed: float) -> np.ndarray:
    """Width, height and depth that grains fill, m."""
    depth = case.grains.depth or min(case.electrolyte.thickness, disturbed)
    return np.array([layout.width, layout.depth, depth])


def _is_rectangle(layout: Layout) -> bool:
    return math.isclose(layout.cell.area, layout.width * layout.depth, rel_tol=SNAP)


def _said(length: float) -> str:
    """A length as an error tells it."""
    return format_quantity(float(f"{length:.3g}"), "length")
