"""The largest files that are read, and the worst that can stand in them: a result or one line within seconds."""

import time

import pytest

from constriction.base.errors import InputError
from constriction.base.files import LARGEST_INPUT
from constriction.spectra.files import texts
from constriction.spectra.files.readers import read, read_series

HEADER = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm"

SLOW = {
    "rows": lambda: (HEADER + "\n" + "1000.123456\t1000.123456\t1000.123456\tx\n" * 10**6)[:LARGEST_INPUT],
    "wide rows": lambda: "f\tRe\tIm" + "\tx" * 1000 + "\n" + ("1\t" * 1002 + "1\n") * 15000,
    "good rows": lambda: (
        HEADER + "\n" + "\n".join(f"{n}.5\t1000.5\t1000.5" for n in range(texts.MOST_LINES - 9, 0, -1))
    ),
    "decimal commas": lambda: (
        HEADER + "\n" + "\n".join(f"{n},5\t1000,5\t1000,5" for n in range(texts.MOST_LINES - 9, 0, -1))
    ),
    "short lines": lambda: "1\n" * (LARGEST_INPUT // 2),
    "headers": lambda: (HEADER + "\n") * (texts.MOST_LINES - 9),
    "words like headers": lambda: "freq hz Re z with many other words in the line\n" * (texts.MOST_LINES - 9),
    "one line": lambda: "freq/Hz\t" * (LARGEST_INPUT // 8),
    "one number": lambda: "1" * LARGEST_INPUT,
    "one cell": lambda: "1,1,1\n1,1," + "1." * (LARGEST_INPUT // 4),
    "quotes": lambda: '"' * LARGEST_INPUT,
    "blanks": lambda: "f" + " " * (LARGEST_INPUT - 2) + "f",
    "comments": lambda: HEADER + "\n1\t1\t1\n" + "#\n" * (texts.MOST_LINES - 9) + "x",
    "bad rows": lambda: HEADER + "\n" + "1\t1\t1\nabc\t1\t1\n" * (texts.MOST_LINES // 2 - 9),
    "bad cells": lambda: HEADER + "\n" + "1\tOVERLOAD\t1\n" * (texts.MOST_LINES - 9),
    "ends": lambda: HEADER + "\n" + ("1\t1\t1\nend\nend\n") * (texts.MOST_LINES // 4),
}


@pytest.mark.parametrize("make", SLOW.values(), ids=SLOW)
def test_nothing_takes_five_seconds(tmp_path, make):
    (tmp_path / "x.csv").write_text(make())
    start = time.process_time()
    for reader in (read, read_series):
        try:
            reader(tmp_path / "x.csv")
        except InputError as error:
            assert len(str(error)) < 600
    # Both readers together, by the clock of this process: other work does not count.
    assert time.process_time() - start < 10
