"""The faces between the electrolyte's cells, and which fluxes through them are allowed.

What a region of the interface lets pass is its θ: 0 insulates, infinity is an ideal contact; between them, where it has
a law, a current costs ∫(τ·n)²/θ as well.

At a rim no flux may run along it: where the map is quadratic in the distance ρ to the rim, the energy of such a flux
goes as ∫ dρ/ρ. It stays finite if and only if the density at the two ends of an edge on the rim differs by the same on
all faces round that edge, and on other faces of cells with an edge on the rim vanishes at the corner on the rim. Nor
may current pass a law at the rim itself: an element of its area goes as ρ dρ, the density of the current as 1/ρ, and
∫(τ·n)²/θ as ∫ dρ/ρ again. So on faces with a law the density vanishes at corners on the rim, as it does on all of the
gap where nothing passes: the gap's face is the first round each edge on the rim, and it makes the difference of the two
ends zero on all. These are conditions on faces, so a change of unknowns on each face, its frame, drops what they
forbid. They keep out nothing that is needed: where the potential is not zero at the rim the density of the current is
finite there, and per area of the reference triangle goes as ρ.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from constriction.field.bounds.fluxes import CORNERS
from constriction.field.mesh.simplices import Flags, Ints, Reals
from constriction.field.mesh.tags import SURFACES

# The unknowns of a face: densities at its corners for a unit of each, (kind, corner, unknown). The first carries the
# face's current, ½, the others none. Kinds: free; corners 0 and 1 on a rim; corner 2 on a rim and to be zero; corners 0
# and 1 on a rim and to be zero.
FREE, ALONG_RIM, TO_RIM, ONLY_OFF_RIM = range(4)
FRAMES = np.array(
    [
        [[1, 1, 1], [1, -1, 1], [1, 0, -2]],
        [[1, 0, 1], [1, 0, 1], [1, 0, -2]],
        [[1.5, 1, 0], [1.5, -1, 0], [0, 0, 0]],
        [[0, 0, 0], [0, 0, 0], [3, 0, 0]],
    ]
)
_ALLOWED = np.any(FRAMES != 0, axis=1)  # (kind, unknown)


@dataclass(frozen=True)
class SlabCells:
    """The electrolyte's cells as arrays: node coordinates, numbers of corners, tags of faces, the potential.

    `points` (n, 10, 3) in pitches, `corners` (n, 4), `tags` (n, 4) of the faces opposite the corners as in SURFACES, 0
    for none, `potential` (n, 10), one on the counter electrode and zero on ideal contacts. `conductivity` (n,) relative
    to the electrolyte's.
    """

    points: Reals
    corners: Ints
    tags: Ints
    potential: Reals
    conductivity: Reals


@dataclass(frozen=True)
class Faces:
    """The slab's faces. `of` (n, 4) are a cell's; `sign` (n, 4) is 1 where they point out of it and −1 elsewhere.

    `first`, `second` (m,): places, as in `of.ravel()`, of the cell a face points out of and of the one it points into;
    the latter −1 on the border. `tags` (m,), `frame` (m,). `free` (m, 3): which unknowns may differ from zero.
    `corners` (m, 3) in the order that the frame asks for. `theta` (m,) of the region of the interface that a face lies
    on, infinite inside the slab and on the counter electrode, 0 on mirrors.
    """

    of: Ints
    sign: Reals
    first: Ints
    second: Ints
    tags: Ints
    frame: Ints
    free: Reals
    corners: Ints
    theta: Reals

    @property
    def unknowns(self) -> int:
        """Number of unknowns."""
        return int(np.count_nonzero(self.free))


def rim_corners(slab: SlabCells) -> Flags:
    """Whether a cell's corners lie on a rim, i.e. touch contact and gap; (n, 4)."""
    on = np.zeros((2, slab.corners.max() + 1), dtype=bool)
    for marks, name in zip(on, ("contact", "gap"), strict=True):
        cells, places = np.nonzero(slab.tags == SURFACES[name])
        marks[slab.corners[cells[:, None], CORNERS[places]]] = True
    return np.asarray(on.all(axis=0)[slab.corners])


def find_faces(slab: SlabCells, on_rim: Flags, theta: Mapping[str, float]) -> Faces:
    """Number the faces.

    Args:
        slab: its cells.
        on_rim: as `rim_corners` says.
        theta: θ of the interface's regions, contact and gap, 0 to infinity.
    """
    triangles = np.sort(slab.corners[:, CORNERS].reshape(-1, 3), axis=1)
    base = int(slab.corners.max()) + 1
    keys = triangles[:, 0] * base * base + triangles[:, 1] * base + triangles[:, 2]
    _, first, of = np.unique(keys, return_index=True, return_inverse=True)
    sign = np.full(len(keys), -1.0)
    sign[first] = 1.0
    others = np.flatnonzero(sign < 0)
    second = np.full(len(first), -1)
    second[of[others]] = others
    tags = slab.tags.ravel()[first]
    marks = np.zeros(base, dtype=bool)
    marks[slab.corners[on_rim]] = True
    at_rim = marks[triangles[first]]
    along = np.zeros(len(first), dtype=bool)
    along[of.reshape(-1, 4)[on_rim.sum(axis=1) == 2]] = True
    passing = np.where((second >= 0) | (tags == SURFACES["counter_electrode"]), math.inf, 0.0)
    for name, value in theta.items():
        passing[(tags == SURFACES[name]) & (second < 0)] = value
    frame = _frames(at_rim.sum(axis=1), along, (passing > 0) & (passing < math.inf))
    # rim corners last where there is one and first where there are two
    last = np.where(at_rim.sum(axis=1) == 1, 1, -1)[:, None] * at_rim
    order = np.argsort(last, axis=1, kind="stable")
    return Faces(
        of=of.reshape(-1, 4),
        sign=sign.reshape(-1, 4),
        first=first,
        second=second,
        tags=tags,
        frame=frame,
        free=np.asarray(_ALLOWED[frame] & (passing > 0)[:, None], dtype=float),
        corners=np.take_along_axis(triangles[first], order, axis=1),
        theta=passing,
    )


def _frames(rim_corner_count: Ints, in_edge_cell: Flags, law: Flags) -> Ints:
    """What the rim asks of each face."""
    frame = np.where(rim_corner_count == 2, ALONG_RIM, FREE)
    frame[(rim_corner_count == 1) & (in_edge_cell | law)] = TO_RIM
    frame[(rim_corner_count == 2) & law] = ONLY_OFF_RIM
    return frame


def frames_of_cells(slab: SlabCells, faces: Faces, which: Ints) -> Reals:
    """From the unknowns of the faces of some cells to their twelve fluxes, (cells, 12, 12)."""
    numbers = slab.corners[which][:, CORNERS]
    of = faces.of[which]
    place = np.argmax(numbers[..., None] == faces.corners[of][:, :, None, :], axis=3)
    shapes = FRAMES[faces.frame[of][..., None], place] * faces.sign[which][..., None, None]
    shapes *= faces.free[of][:, :, None, :]
    blocks = np.zeros((len(which), 4, 3, 4, 3))
    for face in range(4):
        blocks[:, face, :, face, :] = shapes[:, face]
    return blocks.reshape(-1, 12, 12)
