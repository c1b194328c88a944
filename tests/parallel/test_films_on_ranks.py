"""Films, leaks and cells that block on any number of ranks: run as test_ranks.py.

Problem: a case on COMM_WORLD, and the same on each rank alone, on the same mesh; a study of two films one of which
blocks. Only sums are taken in another order, and the greedy model may take a field more or less: its tolerance of 1e-5
of R_cstr, or of |Z − slab| where nothing passes at rest, bounds the difference.
"""

import numpy as np
import pytest
from cases import HEXAGONAL, STRIPES, tube
from mpi4py import MPI

from constriction import parse_case
from constriction.field.elements import multigrid
from constriction.field.reduction.curves import Curve
from constriction.geometry.cell import lay_out
from constriction.simulation.simulate import Options, simulate, solve_geometry

WORLD = MPI.COMM_WORLD
TRANSFER = {"law": "p(R1,C1)", "R1": "2 ohm cm2", "C1": "1 uF/cm2"}
BONDED = {"law": "p(C,Q1)", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}
CASES = {
    "charge transfer": (HEXAGONAL, TRANSFER, {"height": "5 nm"}, {}),
    "leak in a tube": (tube(0.3), TRANSFER, {"law": "p(C,R1)", "R1": "200 ohm cm2"}, {}),
    "blocking": (STRIPES, {"law": "C1", "C1": "1 uF/cm2"}, BONDED, {}),
    "two interfaces": (STRIPES, TRANSFER, BONDED, {"symmetric": True}),
}
SWEEP = {"from": "10 MHz", "to": "10 Hz", "points_per_decade": 1}


def build(name, relative_error=0.05):
    interface, contact, gap, counter = CASES[name]
    sections = {"interface": interface, "contact": contact, "gap": gap, "counter": counter, "sweep": SWEEP}
    return parse_case(
        {**sections, "electrolyte": {"thickness": "6 mm"}, "accuracy": {"relative_error": relative_error}}
    )


@pytest.mark.parametrize("least", [0, 10**9], ids=["multigrid", "factor"])
@pytest.mark.parametrize("name", CASES)
def test_as_alone(name, least, monkeypatch):
    monkeypatch.setattr(multigrid, "MULTIGRID_FROM", least)
    shared, alone = (simulate(build(name), Options(comm=comm)) for comm in (WORLD, MPI.COMM_SELF))
    scale = alone.R_cstr or np.abs(alone.spectrum.impedance - alone.slab.impedance)
    difference = np.abs(shared.spectrum.impedance - alone.spectrum.impedance)
    assert np.max(difference / scale) <= 2e-5
    assert (shared.R_dc or 0.0) == pytest.approx(alone.R_dc or 0.0, rel=1e-5)
    assert shared.R_full_contact == alone.R_full_contact
    mine = shared.R_cstr, shared.R_interface, shared.spectrum_error, shared.spectrum.impedance.tolist()
    assert all(other == mine for other in WORLD.allgather(mine))


@pytest.mark.parametrize("least", [0, 10**9], ids=["multigrid", "factor"])
def test_one_contact_blocks_and_one_gap_insulates(least, monkeypatch):
    monkeypatch.setattr(multigrid, "MULTIGRID_FROM", least)
    case, rests = build("blocking"), np.array([[1.0, 0.0], [0.0, 0.5]])
    points = np.array([[1 + 1j, 0.1j], [1j, 0.5 + 1j]])
    curves = tuple(Curve(one[None], rest, True) for one, rest in zip(points, rests, strict=True))
    shared, alone = (
        solve_geometry(case, lay_out(case.interface), curves, Options(comm=comm)) for comm in (WORLD, MPI.COMM_SELF)
    )
    np.testing.assert_allclose(shared(rests), alone(rests), rtol=1e-5)
    np.testing.assert_allclose(shared(points), alone(points), rtol=2e-5)
