"""A study on all ranks of the job: every case once, by whichever rank is free, with the numbers of one rank alone."""

import pytest
from mpi4py import MPI
from study_files import plan
from support.studies_on_ranks import run_on

from constriction.study.run.counter import NEXT, Counter

WORLD = MPI.COMM_WORLD
LATTICES = """
[grid]
"interface.contact_fraction" = [0.1, 0.2, 0.3]
"gap.height" = ["5 nm", "20 nm"]
"""


def study_on(comm, ranks_per_case, folder):
    """Run the study; what is left in the folder by key, and the summary."""
    return run_on(comm, ranks_per_case, folder, plan(LATTICES))


@pytest.mark.parametrize("ranks_per_case", [1, WORLD.size])
def test_as_on_one_rank(ranks_per_case, folders):
    together, summary = study_on(WORLD, ranks_per_case, folders[0])
    assert (summary.done, summary.failed, len(summary.busy)) == (6, 0, WORLD.size)
    alone = WORLD.bcast(study_on(MPI.COMM_SELF, 1, folders[1])[0] if WORLD.rank == 0 else None)
    if ranks_per_case == 1:
        assert together == alone  # to the last digit, whichever rank did it
    for key, result in alone.items():
        assert together[key]["R_cstr_ohm_cm2"] == pytest.approx(result["R_cstr_ohm_cm2"], rel=1e-8)


def test_every_number_is_handed_out_once():
    with Counter(WORLD) as counter:
        mine = [counter.add(NEXT) for _ in range(100)]
    everyone = sorted(number for numbers in WORLD.allgather(mine) for number in numbers)
    assert everyone == list(range(100 * WORLD.size))
