"""Folders for tests on several ranks."""

import tempfile
from pathlib import Path

import pytest
from mpi4py import MPI


@pytest.fixture
def folders():
    """Two folders that all ranks know."""
    with tempfile.TemporaryDirectory() as own:
        yield [Path(name) for name in MPI.COMM_WORLD.bcast([f"{own}/together", f"{own}/alone"])]
        MPI.COMM_WORLD.Barrier()
