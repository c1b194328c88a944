"""What a picture of a case is drawn from: the mesh as it is solved and the field in it, as plain arrays.

The slab is meshed only as deep as the contacts disturb the field. Current densities are relative to their mean over
the interface, at the instant when the whole current is largest: the real part of j / mean(j).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from constriction.case.schema import Case
from constriction.field.elements.sampling import Facets, faces, gradients, shapes
from constriction.field.mesh.tags import SURFACES, VOLUMES
from constriction.geometry.cell import Layout, lay_out_case
from constriction.geometry.grains.placed import expected_grains, memory_of_grains
from constriction.geometry.maps.pellet_heights import insulated_beside
from constriction.geometry.solids.placed import solids_of
from constriction.simulation.maps.meshed import meshed_layout
from constriction.simulation.result import PEAK_RANGE
from constriction.simulation.simulate import Options, laws_of
from constriction.simulation.solids.shares import shares
from constriction.simulation.weights import Laws, gap_model, largest_height, meshed_height, theta_of, uneven_gap

if TYPE_CHECKING:
    from constriction.field.mesh_files import CellCase, MeshArrays

MEMORY, COARSEST = 4.5e8, 8.0  # bytes that the mesh of a picture takes if its fineness may be less, up to this one
OF_GRAINS = 1.5e9, 1.0  # the same of grains
FINEST_OF_VOLUME = 1.0  # fineness; a meshed gap has many layers
RATIO_AT_REST = 1e-6  # s so small that the field is that of direct current
# Where laws hide the gap's relaxation: frequencies that are tried, how far beyond the sweep, and the least change of
# the gap's part of the current that is one.
TRIED, BESIDE, LEAST_CHANGE = 25, 10.0, 0.02
SCANNED, NEARLY = 3601, 0.7  # frequencies between the ends of PEAK_RANGE; part of the largest |s| that is enough


@dataclass(frozen=True)
class Scene:
    """A case's cell, meshed and solved at some frequencies; lengths in metres.

    `potentials` (frequencies, N) at the mesh's nodes, per volt across electrolyte and interface; `thetas` (frequencies,
    terms); `totals` = F(θ) of the whole thickness, in pitches, infinite where no current passes, so that the mean
    current density at a conductivity κ is κ / (totals · pitch) per volt. `gap_model` is none, thin or volume;
    `conducting` as of a `CellCase`.
    """

    case: Case
    layout: Layout
    mesh: MeshArrays
    frequencies: tuple[float, ...]
    potentials: NDArray[np.complex128]
    thetas: NDArray[np.complex128]
    totals: NDArray[np.complex128]
    gap_model: str
    conducting: tuple[int, ...] = ()

    @property
    def gap_height(self) -> float | None:
        """Metres, None without a gap."""
        return self.case.gap.height

    @property
    def film(self) -> bool:
        """Whether the contact has a law."""
        return self.case.contact.has_law and self.thetas.shape[1] > 1

    @property
    def depth(self) -> float:
        """How deep the electrolyte is meshed, metres."""
        return float(-self.mesh.points[:, 2].min())

    @cached_property
    def lowest_body(self) -> float:
        """How far the lowest point of a body in the electrolyte lies under the interface, metres; 0 without one."""
        return max((body.lowest for body in solids_of(self.case, self.layout).bodies), default=0.0)

    def triangles_of(self, *names: str) -> NDArray[np.bool_]:
        """Marks of the triangles on named surfaces; (m,)."""
        return np.isin(self.mesh.surfaces, [SURFACES[name] for name in names])

    def facets(self, marks: NDArray[np.bool_], region: str = "electrolyte") -> Facets:
        """Marked triangles as faces of tetrahedra, of the region's where two share one."""
        order = np.argsort(self.mesh.regions == VOLUMES[region], kind="stable")
        found = faces(self.mesh.tetrahedra[order], self.mesh.triangles[marks])
        return Facets(order[found.owner], found.corners)

    def current_density(
        self, number: int, tetrahedra: NDArray[np.int64], places: NDArray[np.float64]
    ) -> NDArray[np.complex128]:
        """Current density over its mean, rising from the counter electrode to the metal where positive.

        Args:
            number: of the frequency.
            tetrahedra: (n,) which.
            places: (p, 4) or (n, p, 4), barycentric.

        Returns:
            (n, p, 3), complex: its real part is the field when the whole current is largest.
        """
        nodes = self.mesh.tetrahedra[tetrahedra]
        slope = gradients(self.mesh.points[nodes], self.potentials[number][nodes], places)
        relative = self._conductivities(number)[self.mesh.regions[tetrahedra]]
        return np.asarray(-slope * relative[:, None, None] * (self.totals[number] * self.layout.pitch))

    def _conductivities(self, number: int) -> NDArray[np.complex128]:
        """Conductivity over that of the homogenised electrolyte, by the number of a volume."""
        found = np.ones(1 + max(int(self.mesh.regions.max()), *VOLUMES.values(), *self.conducting), dtype=np.complex128)
        if self.gap_model == "volume":
            assert self.gap_height is not None
            found[VOLUMES["gap_volume"]] = self.thetas[number, -1] * self.gap_height / self.layout.pitch
        first = 1 if self.film else 0
        found[list(self.conducting)] = self.thetas[number, first : first + len(self.conducting)]
        return found

    def normal_density(self, number: int, surface: str, places: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Current density over its mean, rising through the interface.

        Args:
            number: of the frequency.
            surface: contact or gap; where it has a law it is what that takes, which the potential tells better than
                its slope.
            places: (p, 3), barycentric, on each triangle of the surface.

        Returns:
            (m, p), complex.
        """
        marks = self.triangles_of(surface)
        if self.gap_model != "volume" if surface == "gap" else self.film:
            triangles = self.mesh.triangles[marks]
            potential = self.potential_at(number, triangles, places)
            taken = self.thetas[number, 0 if surface == "contact" else -1] * self.totals[number] * potential
            return np.asarray(taken / self._heights(triangles, places) if surface == "gap" else taken)
        on = self.facets(marks, "gap_volume" if surface == "gap" else "electrolyte")
        return self.current_density(number, on.owner, on.inside(places))[..., 2]

    def _heights(self, triangles: NDArray[np.int32], places: NDArray[np.float64]) -> NDArray[np.float64] | float:
        """Relative heights of a thin gap in triangles at places (p, 3); (m, p)."""
        points = np.einsum("pn,mnx->mpx", shapes(places), self.mesh.points[triangles])
        found = self.heights_at(points)
        return 1.0 if found is None or self.gap_height is None else found / self.gap_height

    def heights_at(self, points: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Heights of an uneven gap in m at points (…, 3) of the cell in m; (…,). None: it is even."""
        profile = uneven_gap(self.case, self.layout)
        height = insulated_beside(self.layout, None if profile is None else profile.height)
        if height is None or self.gap_height is None:
            return None
        return self.gap_height * height(points[..., 0], points[..., 1])

    def potential_at(
        self, number: int, nodes: NDArray[np.int32], places: NDArray[np.float64]
    ) -> NDArray[np.complex128]:
        """Potential per volt in elements with nodes (n, 6 or 10) at places (p, 3 or 4); (n, p)."""
        return np.asarray(self.potentials[number][nodes] @ shapes(places).T)


def cell_case(case: Case, fineness: float) -> CellCase:
    """Which cell a picture of a case shows.

    Raises:
        InputError: the contacts cannot be made, or grains do not fit into the cell.
    """
    from constriction.field.mesh_files import CellCase

    layout = lay_out_case(case)
    if case.grains.given:
        from constriction.simulation.grains.solving import grain_cell

        return CellCase(layout, case.electrolyte.thickness, None, fineness, grains=grain_cell(case, layout))
    profile = uneven_gap(case, layout)
    height = insulated_beside(layout, None if profile is None else profile.height)
    gap, largest = meshed_height(case, layout), largest_height(case, layout)
    solids = solids_of(case, layout)
    return CellCase(meshed_layout(case, layout), case.electrolyte.thickness, gap, fineness, height, largest, solids)


def picture_fineness(case: Case, finest: float) -> float:
    """The fineness of the mesh that a picture is drawn from: coarser with many spots, so that it takes seconds.

    Args:
        case: what is drawn.
        finest: the fineness of few spots.
    """
    from constriction.field.fineness import disturbed_depth, memory_of

    layout = lay_out_case(case)
    fineness = finest if meshed_height(case, layout) is None else max(finest, FINEST_OF_VOLUME)
    if case.grains.given:
        count, _ = expected_grains(case, layout, disturbed_depth(layout))
        while memory_of_grains(count, fineness) > OF_GRAINS[0] and fineness < OF_GRAINS[1]:
            fineness *= 2
        return min(fineness, OF_GRAINS[1])
    while memory_of(layout, fineness) > MEMORY and fineness < COARSEST:
        fineness *= 2
    return fineness


def gap_frequency(case: Case, fineness: float, laws: Laws | None = None) -> float | None:
    """The frequency at which the gap takes half of what it takes when it conducts like a contact; on one rank.

    To first order in s the gap takes k·s of the current, k from the field at rest; far above it takes its share of the
    area, 1 − contact fraction. One relaxation between the two takes half at |s| = (1 − contact fraction)/k. Beside a
    film, and where the gap is more than a capacitor, it is looked for in and about the sweep.

    Args:
        case: what is drawn.
        fineness: of the mesh; a coarse one will do.
        laws: of its interface, from `simulate.laws_of`; None: they are found.

    Returns:
        Hz; where the electrolyte's permittivity keeps |s| below that, the frequency at which it is nearly reached.
        None: no gap, or one that stores nothing.
    """
    layout = lay_out_case(case)
    laws = laws or laws_of(case, layout, Options())
    if laws.gap is None or not layout.spots:
        return None
    if laws.film or case.gap.height is None or not case.gap.capacitor_only:
        return _found_frequency(case, laws, fineness)
    frequency = np.geomspace(*PEAK_RANGE, SCANNED)
    ratio = np.abs(theta_of(case, layout, laws, frequency)[:, -1])
    found = 0.0
    for _ in range(2 if laws.solids else 1):  # what lies in the electrolyte conducts otherwise where the gap takes half
        theta = theta_of(case, layout, laws, np.array([found]))
        theta[:, -1] = RATIO_AT_REST
        taken = abs(shares(_solved(case, theta, (found,), fineness), 0).gap) / RATIO_AT_REST
        wanted = min((1 - layout.contact_fraction) / taken, NEARLY * float(ratio.max()))
        found = float(frequency[np.argmax(ratio >= wanted)])
    return found


def _found_frequency(case: Case, laws: Laws, fineness: float) -> float | None:
    """The frequency in Hz, in and about the sweep, where the gap's part is half way from its least to its most."""
    ends = case.sweep.start, case.sweep.stop
    frequency = np.geomspace(min(ends) / BESIDE, max(ends) * BESIDE, TRIED)
    scene = _solved(case, theta_of(case, lay_out_case(case), laws, frequency), tuple(frequency), fineness)
    taken = np.array([shares(scene, number).gap.real for number in range(TRIED)])
    half = (taken.min() + taken.max()) / 2
    above = taken > half
    changes = np.flatnonzero(above[1:] != above[:-1])
    if np.ptp(taken) < LEAST_CHANGE or not changes.size:
        return None
    at = int(changes[0])
    way = (half - taken[at]) / (taken[at + 1] - taken[at])
    return float(frequency[at] * (frequency[at + 1] / frequency[at]) ** way)


def solve_scene(
    case: Case,
    frequencies: Sequence[float],
    fineness: float,
    report: Callable[[str], None],
    laws: Laws | None = None,
) -> Scene:
    """Mesh a case's cell and solve it at each frequency; on one rank.

    Args:
        case: what is drawn.
        frequencies: in Hz, 0 for the limit of direct current; none for the mesh alone.
        fineness: of the mesh, as in `field.fineness`.
        report: told in words what is being done.
        laws: of its interface, from `simulate.laws_of`; None: they are found.

    Raises:
        InputError: the contacts cannot be made.
        MeshError, SolverError: gmsh or the linear solver failed.
    """
    layout = lay_out_case(case)
    laws = laws or laws_of(case, layout, Options(report=report))
    thetas = theta_of(case, layout, laws, np.array(frequencies, dtype=np.float64))
    report("meshing and solving")
    return _solved(case, thetas, tuple(frequencies), fineness)


def _solved(case: Case, thetas: NDArray[np.complex128], frequencies: tuple[float, ...], fineness: float) -> Scene:
    from constriction.field.mesh_files import mesh_and_fields

    cell = cell_case(case, fineness)
    mesh, fields = mesh_and_fields(cell, list(thetas))
    scaled = [field.scaled(cell.rest) for field in fields]
    return Scene(
        case=case,
        layout=cell.layout,
        mesh=mesh,
        frequencies=frequencies,
        potentials=np.array(scaled, dtype=np.complex128).reshape(len(fields), len(mesh.points)),
        thetas=thetas,
        totals=np.array([field.impedance + cell.rest for field in fields], dtype=np.complex128),
        gap_model=gap_model(case, cell.layout),
        conducting=cell.conducting,
    )
