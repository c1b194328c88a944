"""Parts of a study: which shards it has, who holds its folder, how many ranks a case gets."""

import contextlib
import json
import os
import socket

import pytest
from mpi4py import MPI
from study_files import BASE, GRID, MEMORY, SPECTRAL, load, write_study

from constriction import parse_case
from constriction.base.errors import InputError
from constriction.geometry.cell import lay_out
from constriction.study.run import lock
from constriction.study.run.geometry import Effort, effort_of
from constriction.study.run.lock import Owner, Shard, locked
from constriction.study.run.plan import plan_of
from constriction.study.run.runner import packages_of, ranks_per_case
from constriction.study.run.store import open_store

TUBES = BASE.replace('pattern = "square"', 'pattern = "single"\ncell_shape = "circular"') + SPECTRAL


@pytest.fixture
def tubes(tmp_path):
    return write_study(tmp_path, GRID, TUBES)


def test_shards_are_all_of_a_study_once(tmp_path, tubes):
    plan = plan_of(load(tubes), MEMORY)
    kept = open_store(tmp_path, plan.study)
    keys = [key for n in (1, 2) for package in packages_of(plan, kept, Shard(n, 2)) for key in package.pending]
    assert sorted(keys) == sorted(plan.keys)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ((1, 1), (3, 8), True),
        ((1, 2), (2, 2), False),
        ((1, 2), (3, 4), True),
        ((1, 2), (4, 4), False),
        ((2, 3), (1, 2), True),
    ],
)
def test_shards_meet_where_they_share_a_geometry(one, other, meet):
    shared = [n for n in range(24) if Shard(*one).has(n) and Shard(*other).has(n)]
    assert Shard(*one).meets(Shard(*other)) is meet is bool(shared)


def test_a_second_run_is_refused_while_the_first_lives_and_other_shards_are_not(tmp_path):
    with locked(MPI.COMM_SELF, tmp_path, Shard(1, 2)):
        with locked(MPI.COMM_SELF, tmp_path, Shard(2, 2)):
            assert len(lock.holders(tmp_path)) == 2
        with (
            pytest.raises(InputError, match=rf"process {os.getpid()} on {socket.gethostname()} works on it"),
            locked(MPI.COMM_SELF, tmp_path, Shard()),
        ):
            pass
    assert lock.holders(tmp_path) == []


def test_the_lock_of_another_machine_is_broken_only_when_asked(tmp_path):
    hold(tmp_path, Owner("1/1", "elsewhere", 1, 0.0))
    with (
        pytest.raises(InputError, match="process 1 on elsewhere .*--break-lock"),
        locked(MPI.COMM_SELF, tmp_path, Shard()),
    ):
        pass
    with locked(MPI.COMM_SELF, tmp_path, Shard(), force=True):
        assert [owner.host for owner in lock.holders(tmp_path)] == [socket.gethostname()]


@pytest.mark.parametrize(("job", "restarts", "free"), [("7", "1", True), ("7", "", False), ("8", "1", False)])
def test_a_job_that_was_put_back_into_the_queue_takes_over_from_itself(tmp_path, monkeypatch, job, restarts, free):
    """On whichever machine it starts anew: SLURM runs a job once at a time."""
    hold(tmp_path, Owner("1/1", "elsewhere", 1, 0.0, "7", 0))
    monkeypatch.setenv("SLURM_JOB_ID", job)
    monkeypatch.setenv("SLURM_RESTART_COUNT", restarts)
    with (
        contextlib.nullcontext() if free else pytest.raises(InputError, match="--break-lock"),
        locked(MPI.COMM_SELF, tmp_path, Shard()),
    ):
        (holder,) = lock.holders(tmp_path)
        assert (holder.job, holder.restarts) == (job, 1)


def hold(folder, owner):
    (folder / "lock-1of1.json").write_text(json.dumps(vars(owner)))


@pytest.mark.parametrize(
    ("efforts", "ranks", "memory", "expected"),
    [
        ([Effort(3e3, 1, 2e8)] * 40, 4, 4e9, 1),
        ([Effort(3e3, 1, 2e8)], 4, 4e9, 1),  # small meshes gain nothing from several ranks
        ([Effort(1e6, 1, 9e9), Effort(3e3, 1, 2e8)] * 4, 4, 4e9, 3),  # the largest needs the memory of three
        ([Effort(1e6, 1, 3e9)] * 2, 4, 4e9, 2),  # two ranks for each, rather than two that wait
        ([Effort(1e6, 1, 9e12)], 4, 4e9, 4),
        ([], 4, 4e9, 1),
    ],
)
def test_ranks_per_case(efforts, ranks, memory, expected):
    assert ranks_per_case(efforts, ranks, memory) == expected


def test_effort_counts_the_cells_of_a_foil():
    interface = {"pattern": "square", "pitch": "2 mm", "contact_fraction": 0.1}
    even = parse_case({"interface": interface, "accuracy": {"method": "spectral"}})
    plate = {"height": "100 nm", "profile": "plate", "rise": "9 um", "model": "thin"}
    lifted, harder = (
        parse_case(
            {
                "interface": interface,
                "accuracy": {"method": "spectral"},
                "gap": plate,
                "collector": {"stack_pressure": pressure},
            }
        )
        for pressure in ("1 MPa", "16 MPa")  # a lifted length half as large: four times as many cells
    )
    flat, coarse, fine = (effort_of(case, lay_out(case.interface)) for case in (even, lifted, harder))
    assert coarse.unknowns == flat.unknowns and flat.seconds < coarse.seconds and flat.memory < coarse.memory
    assert (fine.seconds - flat.seconds) / (coarse.seconds - flat.seconds) == pytest.approx(4, rel=0.15)
