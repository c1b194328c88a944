"""One answer on any number of ranks: run with `mpiexec -n 2 python -m mpi4py -m pytest tests/parallel`, and -n 3.

Problem: a case on COMM_WORLD, and the same on each rank alone. gmsh meshes on rank 0 either way, so the mesh is the
same and only sums are taken in another order: R_cstr and every Z agree to 1e-8 (rounding times the condition number,
with a margin). An error is raised on every rank; a rank left behind would wait for ever.
"""

import functools

import numpy as np
import pytest
from cases import HEXAGONAL, SQUARE, STRIPES, case_of, tube
from mpi4py import MPI

from constriction.base.errors import InputError
from constriction.simulation.simulate import Options, simulate

WORLD = MPI.COMM_WORLD
ISLANDS = {"pattern": "random", "pitch": "1 mm", "contact_fraction": 0.1, "spots": 25, "seed": 5}
CASES = {
    "thin gap": (HEXAGONAL, {"height": "5 nm", "model": "thin"}, 0.02),
    "gap volume": (SQUARE, {"height": "30 um", "model": "volume"}, 0.02),
    "wedges of volume": (
        SQUARE,
        {"height": "5 um", "model": "volume", "profile": "linear", "rise": "40 um", "length": "80 um"},
        0.02,
    ),
    "stripes": (STRIPES, {"height": "5 nm"}, 0.05),
    "pore in a tube": (tube(0.6, inverted=True), {"height": "5 um", "model": "volume"}, 0.02),
    "random discs": (ISLANDS, {"height": "5 nm"}, 0.3),
}
SWEEP = {"from": "10 MHz", "to": "100 Hz", "points_per_decade": 2}


def build(name):
    interface, gap, relative_error = CASES[name]
    return case_of(interface, gap=gap, sweep=SWEEP, relative_error=relative_error)


@functools.cache
def together(name):
    return simulate(build(name), Options(comm=WORLD))


def numbers(result):
    """All scalars of a result that are not times."""
    scalars = [result.R_cstr, result.R_cstr_error, result.spectrum_error, result.R_electrolyte]
    return [*scalars, result.C_cstr, result.C_low, result.C_high, result.f_cstr]


@pytest.mark.parametrize("name", CASES)
def test_as_alone(name):
    shared, alone = together(name), simulate(build(name), Options(comm=MPI.COMM_SELF))
    counts = [[(s.fineness, s.cells, s.unknowns) for s in result.response.solutions] for result in (shared, alone)]
    assert counts[0] == counts[1]
    assert shared.R_cstr == pytest.approx(alone.R_cstr, rel=1e-8)
    difference = np.abs(shared.spectrum.impedance - alone.spectrum.impedance)
    # The reduced model may take a vector more or less: its tolerance, 1e-5 of R_cstr, bounds the difference.
    assert np.max(difference) <= 2e-5 * alone.R_cstr
    assert shared.C_low == pytest.approx(alone.C_low, rel=1e-8)
    assert shared.C_high == pytest.approx(alone.C_high, rel=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_every_rank_gets_the_same(name):
    mine = numbers(together(name)), together(name).spectrum.impedance
    for scalars, spectrum in WORLD.allgather(mine):
        assert scalars == mine[0]
        np.testing.assert_array_equal(spectrum, mine[1])


@pytest.mark.parametrize("model", ["thin", "volume"])
def test_direct_solves_as_alone(model):
    case = case_of(SQUARE, gap={"height": "30 um", "model": model}, sweep=SWEEP, relative_error=0.1)
    shared, alone = (simulate(case, Options(comm=comm, direct=True)) for comm in (WORLD, MPI.COMM_SELF))
    np.testing.assert_allclose(shared.spectrum.impedance, alone.spectrum.impedance, rtol=1e-8)


def raised_everywhere(case, **options):
    """The messages of all ranks; empty where a rank went on."""
    try:
        simulate(case, Options(comm=WORLD, **options))
    except InputError as error:
        return WORLD.allgather(str(error))
    return WORLD.allgather("")


def test_wrong_input_is_refused_on_every_rank():
    crowded = {**ISLANDS, "contact_fraction": 0.8}
    messages = raised_everywhere(case_of(crowded))
    assert len(messages) == WORLD.size
    assert all("found no free place" in message for message in messages)


def test_too_little_memory_is_refused_on_every_rank():
    """Also where only one rank is given a limit that does not do: it is rank 0's that counts."""
    messages = raised_everywhere(case_of(ISLANDS), memory=1e6 if WORLD.rank == 0 else 1e12)
    assert all("memory" in message for message in messages)
    assert len(set(messages)) == 1


def test_full_contact():
    case = case_of({**SQUARE, "contact_fraction": 1}, sweep=SWEEP)
    result = simulate(case, Options(comm=WORLD))
    np.testing.assert_allclose(result.spectrum.impedance, result.slab.impedance, rtol=1e-10)


def test_spectral_result_is_told_to_every_rank():
    """Rank 0 solves it, for all; so even the last digit is the same."""
    case = build("thin gap")
    case = case.model_copy(update={"accuracy": case.accuracy.model_copy(update={"method": "spectral"})})
    result = simulate(case, Options(comm=WORLD))
    mine = numbers(result)
    assert all(others == mine for others in WORLD.allgather(mine))
    assert abs(result.R_cstr - together("thin gap").R_cstr) <= result.R_cstr_error + together("thin gap").R_cstr_error


def test_what_transforms_cannot_solve_is_refused_on_every_rank():
    case = build("gap volume")
    case = case.model_copy(update={"accuracy": case.accuracy.model_copy(update={"method": "spectral"})})
    messages = raised_everywhere(case)
    assert all("the gap is a volume" in message for message in messages)
