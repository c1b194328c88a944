"""`run` and `compare` on several ranks: all solve, rank 0 alone reads, fits, writes and prints; all end alike."""

import json
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from cases import ISLANDS
from mpi4py import MPI

from constriction.cli import main
from constriction.spectra.spectrum import Spectrum, write_csv

WORLD = MPI.COMM_WORLD


@pytest.fixture
def here():
    """One working folder for all ranks, with a case and a measured file."""
    place = WORLD.bcast(tempfile.mkdtemp() if WORLD.rank == 0 else None)
    before = Path.cwd()
    os.chdir(place)
    if WORLD.rank == 0:
        Path("case.toml").write_text(ISLANDS)
        frequency = np.geomspace(5e6, 200.0, 45)
        arcs = 20 / (1 + 1j * frequency / 1e6) + 14.7 / (1 + 1j * frequency / 45e3)
        write_csv(Spectrum(frequency, (10 + arcs) * 1e-4, "ohm m2"), "cell.csv")
    WORLD.barrier()
    yield Path(place)
    WORLD.barrier()
    os.chdir(before)


def test_run_tells_apparent_values(here, capfd):
    assert main(["run", "case.toml", "--out", "out"]) == 0
    out, _ = capfd.readouterr()
    WORLD.barrier()
    assert out.count("  apparent  ") == (1 if WORLD.rank == 0 else 0)
    record = json.loads(Path("out/result.json").read_text())
    assert record["apparent_R_int_ohm_cm2"] == pytest.approx(14.78, rel=0.05)


def test_compare(here, capfd):
    assert main(["compare", "case.toml", "cell.csv", "--out", "out"]) == 0
    out, _ = capfd.readouterr()
    WORLD.barrier()
    assert out.count("R_int") == (1 if WORLD.rank == 0 else 0)
    (entry,) = json.loads(Path("out/comparison.json").read_text())["files"]
    assert abs(entry["R_int"]["difference_percent"]) < 5


def test_wrong_input_ends_every_rank(here, capfd):
    assert main(["compare", "case.toml", "cell.csv", "--area", "1 cm2", "--out", "out"]) == 2
    _, err = capfd.readouterr()
    assert ("so per area already" in err) == (WORLD.rank == 0)
    assert not Path("out").exists()
