"""Cells that are meshed, solved and bounded by themselves, without the refinement of `simulate`."""

from dataclasses import replace

from cases import conductor
from mpi4py import MPI

from constriction.field.bounds.bounds import bound, gather_slab, solve_potential
from constriction.field.bounds.fluxes import Quadrature
from constriction.field.elements.assembly import assemble
from constriction.field.fineness import ERROR_AT_ONE, FOR_BOUNDS, mesh_sizes
from constriction.field.mesh.cells import mesh_cell
from constriction.geometry.cell import lay_out

ASKED = 1e-3
LEVEL = ASKED / (FOR_BOUNDS * ERROR_AT_ONE)  # fineness that `simulate` ends with where 1e-3 and bounds are asked
USUAL = Quadrature()


class Solved:
    """A meshed and assembled cell with its potential at θ of the gap, or of a film on the contact and of the gap."""

    def __init__(self, interface, level, theta=(0.0,), thickness="6 mm", gap_height=None, rings=0):
        case = conductor(interface, thickness=thickness)
        layout = lay_out(case.interface)
        film = len(theta) == 2
        sizes = mesh_sizes(layout, case.electrolyte.thickness, gap_height, level)
        sizes = replace(sizes, collar=replace(sizes.collar, rings=rings))
        self.problem = assemble(mesh_cell(layout, sizes, MPI.COMM_SELF), sizes, film=film)
        self.change(*theta)

    def change(self, *theta):
        """The same cell with other laws."""
        self.potential, self.theta = solve_potential(self.problem, theta), theta
        return self

    def bounds(self, quadrature=USUAL):
        return bound(self.problem, self.potential, self.theta, quadrature)

    def slab(self):
        return gather_slab(self.problem, self.potential)
