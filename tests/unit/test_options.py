"""Parts of the command line by themselves: what options mean, who decides, how a table is set."""

import pytest
from mpi4py import MPI

from constriction.base import ranks
from constriction.base.errors import InputError
from constriction.commands.job.options import bytes_of
from constriction.view.terminal.words import print_table


def test_rank_0_decides_for_all():
    def wrong():
        raise InputError("wrong")

    assert ranks.agree(MPI.COMM_SELF, lambda: 3) == 3
    with pytest.raises(InputError, match="wrong"):
        ranks.agree(MPI.COMM_SELF, wrong)


def test_memory_units():
    assert [bytes_of(text) for text in ("8 GB", "512MiB", " .5 kB", "3B")] == [8e9, 512 * 2**20, 500.0, 3.0]


def test_long_names_stand_apart_from_their_values(capsys):
    print_table("", [("R1 + R2 + R3 + R4 + R5", "100 Ω"), ("R1", "20 Ω")])
    assert capsys.readouterr().out.splitlines() == ["  R1 + R2 + R3 + R4 + R5 100 Ω", f"  {'R1':18}20 Ω"]
