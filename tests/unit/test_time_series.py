"""Chronopotentiometry: charge, sodium thickness and the nucleation overpotential."""

import numpy as np
import pytest
from measured import EIS, needs_data, table

from constriction.base.errors import InputError
from constriction.spectra.files.readers import read_series
from constriction.spectra.timeseries import MAH_PER_CM2, charge, nucleation, sodium_thickness

AREA = 0.5e-4  # m²
CURRENT = -1e-4  # A: 200 µA/cm²
HEADER = "time/s\tEwe/V\tI/mA"


def deposition(step=10.0, until=0.5):
    """Time, potential and current of a deposition: a drop to −60 mV, then a plateau at −25 mV + 10 mV·q."""
    time = np.arange(0.0, until * MAH_PER_CM2 / (abs(CURRENT) / AREA) + step / 2, step)
    q = time * abs(CURRENT) / AREA / MAH_PER_CM2
    potential = -0.025 + 0.010 * q - 0.035 * np.exp(-q / 0.002)
    return time, potential, np.full(time.size, CURRENT)


def series(folder, columns, header=HEADER):
    (folder / "x.txt").write_text(table(header, columns))
    return read_series(folder / "x.txt")


def test_nucleation_of_a_known_deposition(tmp_path):
    time, potential, current = deposition()
    read = series(tmp_path, (time, potential, current * 1e3))
    found = nucleation(read, AREA)
    # Mean of 10 mV·q from 0.05 to 0.25 mAh/cm² is 1.5 mV; the first row is the lowest.
    assert found.plateau_potential == pytest.approx(-0.0235, abs=1e-9)
    assert found.lowest_potential == pytest.approx(-0.060, abs=1e-9)
    assert found.lowest_charge == 0
    assert found.overpotential == pytest.approx(0.0365, abs=1e-9)


def test_breaks_for_impedance_do_not_count(tmp_path):
    """Ten minutes without current, at another potential, after every 0.05 mAh/cm²."""
    time, potential, current = deposition()
    columns, pause = [], 0.0
    for piece in np.array_split(np.arange(time.size), 10):
        columns.append((time[piece] + pause, potential[piece], current[piece] * 1e3))
        rest = time[piece[-1]] + pause + np.array([0.01, 300.0, 599.99])
        columns.append((rest, np.array([0.0, 0.0, 0.0]), np.zeros(3)))
        pause += 600.0
    read = series(tmp_path, [np.concatenate(part) for part in zip(*columns, strict=True)])
    # The ramps of the trapezoidal rule at both ends of a break are 0.01 s long.
    assert abs(charge(read, AREA)[-1]) == pytest.approx(0.5 * MAH_PER_CM2, rel=0.02)
    assert nucleation(read, AREA).overpotential == pytest.approx(0.0365, abs=5e-4)


@pytest.mark.parametrize(
    ("header", "factors"),
    [
        ("Time (h)\tPotential (mV)\tCurrent (µA)", (1 / 3600, 1e3, 1e6)),
        ("t [min]\tEcell [V]\t<I> [A]", (1 / 60, 1, 1)),
        ("Elapsed Time(s)\tE(V)\tI(A)", (1, 1, 1)),
        ("Pt\tT\tVf\tIm\n#\ts\tV vs. Ref.\tA", (1, 1, 1)),
        ("time/s\tEwe/V\t<I>/mA\tcycle number", (1, 1, 1e3)),
    ],
)
def test_headers_of_potentiostats(tmp_path, header, factors):
    columns = [factor * column for factor, column in zip(factors, deposition(), strict=True)]
    if header.startswith("Pt"):
        columns.insert(0, columns[0] * 0)
    if "cycle" in header:
        columns.append(columns[0] * 0)
    read = series(tmp_path, columns, header)
    for found, expected in zip((read.time, read.potential, read.current), deposition(), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12)


def test_current_density_needs_no_area(tmp_path):
    time, potential, current = deposition()
    read = series(tmp_path, (time, potential, current / AREA * 0.1), "time/s\tEwe/V\tI/mA cm-2")
    assert read.per_area
    assert nucleation(read).overpotential == pytest.approx(0.0365, abs=1e-9)
    with pytest.raises(InputError, match=r"area = 1: the file has a current density, which needs none"):
        charge(read, 1)


def test_mean_sodium_thickness():
    # docs/physics.md#sodium-thickness, and the paper's experimental section.
    assert sodium_thickness(0.5 * MAH_PER_CM2) == pytest.approx(4.4e-6, abs=0.05e-6)
    assert sodium_thickness(-0.5 * MAH_PER_CM2) == sodium_thickness(0.5 * MAH_PER_CM2)


@needs_data
def test_rows_of_a_measured_file_that_has_both():
    read = read_series(EIS / "impedance.py/exampleDataParstat.txt")
    assert read.time.size == 781
    assert read.notes == ("31 rows of impedance left out",)
    assert (read.time[0], read.potential[0], read.current[0]) == pytest.approx((10, 3.493227005, -0.149962306))


@needs_data
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LPSCl_SS_blocking_-25C_eclab.txt", "79 rows of impedance and 0 of direct current, expected a time series"),
        ("EISFitpython/Example2b.txt", "no time series in it, expected a header that names time, potential and curr"),
    ],
)
def test_spectra_are_no_time_series(name, expected):
    with pytest.raises(InputError, match=expected):
        read_series(EIS / name)


def test_what_a_deposition_needs(tmp_path):
    time, potential, current = deposition(until=0.2)
    short = series(tmp_path, (time, potential, current * 1e3))
    with pytest.raises(InputError, match=r"0\.2 mAh/cm² pass, expected at least 0\.25"):
        nucleation(short, AREA)
    for area, expected in ((None, "which needs one"), (0.0, "expected a positive number"), (np.nan, "positive")):
        with pytest.raises(InputError, match=expected):
            charge(short, area)
    with pytest.raises(InputError, match=r"x\.txt, line 3: time 0 s after 10 s, expected rising time"):
        series(tmp_path, ([10, 0], [1, 1], [1, 1]))
    with pytest.raises(InputError, match=r"unit 'Ohm' of column 'I/Ohm', expected A or A/m2"):
        series(tmp_path, ([0, 1], [1, 1], [1, 1]), "time/s\tEwe/V\tI/Ohm")
