"""The measured files beside the repository, and text files made for a test."""

from pathlib import Path

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.spectra.files.readers import read, read_series

EIS = Path(__file__).parents[2] / "shared" / "data" / "eis"
needs_data = pytest.mark.skipif(not EIS.is_dir(), reason="no ../shared/data/eis beside the repository")

# Two arcs and a blocking electrode; points with seven digits.
FREQUENCY = np.geomspace(1e6, 1.0, 31)


def cell(frequency):
    """Impedance of a made-up cell in Ω."""
    omega = 2 * np.pi * frequency
    arcs = 100 / (1 + 1j * omega * 1e-6) + 40 / (1 + 1j * omega * 1e-3)
    return 20 + arcs + 1 / (1e-4 * (1j * omega) ** 0.9)


IMPEDANCE = cell(FREQUENCY)


def table(header, columns, separator="\t", number="{:.9e}".format):
    """Text of a table."""
    rows = [separator.join(map(number, row)) for row in zip(*columns, strict=True)]
    return "\n".join([*([header] if header else []), *rows]) + "\n"


def survives(path, data):
    """Read bytes both ways: a result or an InputError of one line."""
    path.write_bytes(data)
    for reader in (read, read_series):
        try:
            found = reader(path)
        except InputError as error:
            assert len(str(error).splitlines()) == 1, str(error)
        else:
            assert found
