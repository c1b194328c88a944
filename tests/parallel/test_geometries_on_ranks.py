"""Many cases of one geometry on all ranks of the job: each makes some, with the numbers of one rank alone."""

import tempfile
from pathlib import Path

import pytest
from mpi4py import MPI
from study_files import plan
from support.studies_on_ranks import run_on

from constriction.study.run.lock import Shard
from constriction.study.run.runner import FEWEST_IN_PART, in_parts, packages_of
from constriction.study.run.store import open_store

WORLD = MPI.COMM_WORLD
FILM = '[base.contact]\nlaw = "p(R1,C1)"\nR1 = "1 ohm cm2"\nC1 = "10 uF/cm2"\n'
HEIGHTS = ", ".join(f'"{10 + n} nm"' for n in range(3 * FEWEST_IN_PART))
MANY = f'[grid]\n"gap.height" = [{HEIGHTS}]\n'


def study_on(comm, ranks_per_case, folder):
    """Run the study; what is left in the folder by key, and how many cases each rank finished."""
    made = plan(FILM + MANY)
    finished = []
    results, summary = run_on(comm, ranks_per_case, folder, made, lambda event: finished.append(event.entry.key))
    assert (summary.done, summary.failed) == (len(made.entries), 0)
    return results, comm.allgather(len(finished))


@pytest.mark.parametrize("ranks_per_case", [1, WORLD.size])
def test_as_on_one_rank(ranks_per_case, folders):
    together, shares = study_on(WORLD, ranks_per_case, folders[0])
    alone = WORLD.bcast(study_on(MPI.COMM_SELF, 1, folders[1])[0] if WORLD.rank == 0 else None)
    if ranks_per_case == 1:
        assert together == alone  # to the last digit, whichever rank did it
        assert sum(shares) == 3 * FEWEST_IN_PART
    for key, result in alone.items():
        assert together[key]["R_cstr_ohm_cm2"] == pytest.approx(result["R_cstr_ohm_cm2"], rel=1e-5)
    assert len(list((folders[0] / "geometries").iterdir())) == 1


@pytest.mark.parametrize(("groups", "parts"), [(1, 1), (2, 2), (3, 3), (8, 3)])
def test_parts_hold_every_case_once(groups, parts):
    made = plan(FILM + MANY)
    with tempfile.TemporaryDirectory() as own:
        whole = packages_of(made, open_store(Path(own) / "out", made.study), Shard())
    split = in_parts(whole, groups)
    assert len(split) == parts
    assert sorted(key for package in split for key in package.pending) == sorted(made.keys)
    assert min(len(package.to_do) for package in split) >= FEWEST_IN_PART
