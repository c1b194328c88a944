"""A cell with solids on several ranks has the answers of the same cell on one: only sums are in another order."""

import numpy as np
import pytest
from mpi4py import MPI

from constriction.case.schema import parse_case
from constriction.simulation.simulate import Options, simulate

WORLD = MPI.COMM_WORLD
INTERFACE = {"pattern": "square", "contact_fraction": 0.2, "pitch": "40 um"}
TABLES = {
    "pit": {"kind": "pit", "radius": "5 um"},
    "dielectric": {"kind": "void", "radius": "3 um", "below": "2 um", "relative_permittivity": 9},
}


def solved(name, comm):
    case = {
        "electrolyte": {"thickness": "30 um"},
        "interface": INTERFACE,
        "gap": {"height": "10 nm"},
        "accuracy": {"relative_error": 1e-2},
        "solid": [TABLES[name]],
    }
    return simulate(parse_case(case), Options(comm=comm))


@pytest.mark.parametrize("name", TABLES)
def test_as_alone(name):
    shared, alone = (solved(name, comm) for comm in (WORLD, MPI.COMM_SELF))
    assert shared.R_cstr == pytest.approx(alone.R_cstr, rel=1e-8)
    assert shared.R_cstr_bounds == pytest.approx(alone.R_cstr_bounds, rel=1e-8)
    assert shared.R_cstr_error == pytest.approx(alone.R_cstr_error, rel=1e-5)  # of a difference of bounds
    np.testing.assert_allclose(shared.spectrum.impedance, alone.spectrum.impedance, rtol=1e-8)
    assert len(set(WORLD.allgather(shared.R_cstr))) == 1
