"""One bad file among several, seen by the functions that read and compare."""

import numpy as np
import pytest

from constriction.commands import compare
from constriction.commands.job.options import refuse_empty
from constriction.compare import differences, measured
from constriction.spectra.files import readers
from constriction.spectra.reading import batch

F = np.geomspace(1e6, 1.0, 25)
Z = 20 + 100 / (1 + (2j * np.pi * F * 1e-5) ** 0.9)
GOOD = "f/Hz,Z'/Ohm,-Z''/Ohm\n" + "".join(f"{f:.8g},{z.real:.8g},{-z.imag:.8g}\n" for f, z in zip(F, Z, strict=True))


@pytest.fixture
def here(tmp_path):
    (tmp_path / "good.csv").write_text(GOOD)
    return tmp_path


def test_unexpected_exception_costs_a_comparison_its_file_only(here, monkeypatch):
    def fails(*arguments):
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr(batch, "read", lambda path, options: fails() if "bad" in str(path) else true(path, options))
    true = readers.read
    bad, good = measured.load_all([here / "bad.csv", here / "good.csv"], 1e-4)
    assert bad.error == f"{here / 'bad.csv'}: unexpected ZeroDivisionError: nobody foresaw this"
    np.testing.assert_allclose(good.spectrum.impedance, Z * 1e-4, rtol=1e-6)
    monkeypatch.setattr(differences, "overlay", fails)
    assert compare._entry(good, None, None, ()).error.endswith(
        "good.csv: unexpected ZeroDivisionError: nobody foresaw this"
    )


def test_one_good_file_is_enough_to_go_on(here):
    assert refuse_empty([here / "none.csv", here / "good.csv"]) == ""
