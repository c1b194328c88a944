"""`constriction analyze`: fit.json against published fits and known cells, what is drawn, what bad input gets."""

import csv
import json
import re
from dataclasses import replace

import fit_reports
import numpy as np
import pytest
from matplotlib.image import imread
from measured import EIS, needs_data, table

from constriction.cli import main
from constriction.interpret.triples.tables import read_triples
from constriction.interpret.triples.triple import READING
from constriction.laws.circuit import impedance, parse_circuit
from constriction.spectra.normalisation import to_cell_constant
from constriction.spectra.spectrum import Spectrum, logarithmic_frequencies, write_csv

LAGP = EIS / "EISFitpython" / "Example2b.txt"
F = logarithmic_frequencies(7e6, 100.0, 10)
TRUE = {"R0": 19.0, "R1": 19.0, "Q1": 4e-9, "a1": 0.97, "R2": 20.0, "Q2": 1.2e-7, "a2": 0.97}
C_INT = (TRUE["R2"] ** (1 - TRUE["a2"]) * TRUE["Q2"]) ** (1 / TRUE["a2"])
HEADER = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm"


def made(circuit="R-RQ-RQ", noise=2e-3, seed=1, **other):
    """A spectrum in Ω of a known circuit."""
    parsed = parse_circuit(circuit)
    values = TRUE | {"Q2": 3e-6, "a2": 0.85} | other if circuit == "R-RQ-Q" else TRUE | other
    z = impedance(parsed, [values[name] for name in parsed.names], F)
    scatter = np.random.default_rng(seed).standard_normal((2, F.size)) * noise
    return Spectrum(F, z + np.abs(z) * (scatter[0] + 1j * scatter[1]), "ohm")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_csv(made(), tmp_path / "cell.csv")
    return tmp_path


def analyzed(*arguments, out="out", code=0):
    """The content of fit.json."""
    assert main(["analyze", *map(str, arguments), "--out", str(out)]) == code
    with open(f"{out}/fit.json", encoding="utf-8") as file:
        return json.load(file)


def sure(path):
    """That a picture is neither empty nor of one colour on any quarter."""
    image = imread(path)[..., :3].mean(axis=2)
    height, width = (size // 2 for size in image.shape)
    return all(np.ptp(part) > 0.5 for part in (image[:height, :width], image[height:, :width], image[height:, width:]))


# --- against published fits ----------------------------------------------------------------------------------------


@needs_data
def test_lagp_against_its_published_fit(here, capfd):
    """Within 3 % of the report beside it; the folder is a whole one, and the command says where it is."""
    (item,) = analyzed(LAGP, "--circuit", "RQ-RQ-Q", "--drt-lambda", "paper")["files"]
    report = [value for value, _ in fit_reports.reported("Example2_EIS_fit_report.txt")]
    assert [arc["R_ohm"] for arc in item["arcs"]] == pytest.approx([report[0], report[3]], rel=0.03)
    assert [arc["exponent"] for arc in item["arcs"]] == pytest.approx([report[2], report[5]], rel=0.03)
    capacitances = [(report[k] ** (1 - report[k + 2]) * report[k + 1]) ** (1 / report[k + 2]) for k in (0, 3)]
    assert [arc["C_farad"] for arc in item["arcs"]] == pytest.approx(capacitances, rel=0.05)
    for arc in item["arcs"]:
        apex = 1 / (2 * np.pi * arc["R_ohm"] * arc["C_farad"])
        assert arc["f_apex_hertz"] == pytest.approx(apex, rel=1e-9)
        assert 0 < arc["R_stderr_ohm"] < 0.02 * arc["R_ohm"]
    assert item["error"] is None and item["excluded"] == 0 and item["kramers_kronig"]["consistent"]
    assert item["sha256"] and item["parameters"]["Q1"]["unit"] == "siemens s^a"
    assert item["drt"]["regularisation"] == 1e-6 and item["drt"]["derivative"] == 2
    times = [found["time_constant_second"] for found in item["drt"]["relaxation_times"] if found["sure"]]
    assert times == pytest.approx([arc["time_constant_second"] for arc in item["arcs"]], rel=0.3)
    persistent = [peak["time_constant_second"] for peak in item["drt"]["followed_peaks"] if peak["persistent"]]
    assert persistent == pytest.approx(times, rel=0.3)
    assert sorted(path.name for path in (here / "out").iterdir()) == [
        "fit.json",
        "spectrum-01-Example2b-drt.csv",
        "spectrum-01-Example2b-kramers_kronig.csv",
        "spectrum-01-Example2b.png",
        "table.csv",
    ]
    assert sure(here / "out/spectrum-01-Example2b.png")
    out = capfd.readouterr().out
    assert re.search(r"R_SE +44\.\d+ ± 0\.\d+ kΩ\n", out) and "Written: out/" in out


@needs_data
def test_four_temperatures(here, capfd):
    """Within 5 % or two published standard errors of their report, whichever is larger, as `fit_circuit` is."""
    names = [f"s04147-{celsius}deg.txt" for celsius in (140, 160, 180, 200)]
    record = analyzed(*(EIS / "EISFitpython" / name for name in names), "--circuit", "RQ-RQ-Q")
    for celsius, item in zip((140, 160, 180, 200), record["files"], strict=True):
        published = fit_reports.reported("Example3_Batch_EISfit_Report.txt", f"Data_{celsius + 273}K")
        for arc, (value, stderr) in zip(item["arcs"], (published[0], published[3]), strict=True):
            assert arc["R_ohm"] == pytest.approx(value, abs=max(0.05 * value, 2 * stderr)), celsius
    rows = list(csv.DictReader((here / "out/table.csv").open(encoding="utf-8")))
    assert [float(row["R_int_ohm"]) for row in rows] == [item["R_int_ohm"] for item in record["files"]]
    assert np.all(np.diff([item["R_int_ohm"] for item in record["files"]]) < 0)
    capfd.readouterr()


@needs_data
def test_every_measured_file_at_once(here, capfd):
    """Whatever the data folder holds: spectra are analysed, everything else stays in the table with one line."""
    paths = sorted(path for path in EIS.rglob("*") if path.is_file())
    record = analyzed(*paths, "--json")
    found = {item["file"]: item for item in record["files"]}
    assert set(found) == set(map(str, paths))
    texts = ("LICENSE", "Report", "report", "sample_info")
    for name, item in found.items():
        if any(text in name for text in texts):
            assert "no spectrum in it" in item["error"] and item["arcs"] == []
        else:
            assert item["error"] is None and item["circuit"] in ("R-RQ", "R-RQ-RQ"), item["error"]
            assert (here / "out" / item["picture"]).stat().st_size > 30_000
    flagged = next(item for name, item in found.items() if name.endswith("Example2c.txt"))
    # Its first point: |Z| falls by 23 % to it where the two steps before are 30 and 31 %.
    assert [point["frequency_hertz"] for point in flagged["excluded_points"]] == [1e6]
    assert not flagged["kramers_kronig"]["consistent"]
    out, err = capfd.readouterr()
    assert json.loads(out) == record and err == ""


# --- against known cells -------------------------------------------------------------------------------------------


def test_a_known_cell_in_both_units(here, capfd):
    """Normalised values are the cell's times A/d, C divided by it; error bars go with them."""
    record = analyzed("cell.csv", "--area", "1.13 cm2", "--thickness", "1.5 mm", "--drt", "--pdf")
    (item,) = record["files"]
    factor = to_cell_constant(1.13e-4, 1.5e-3).scale * 100
    assert record["normalisation"]["area_over_thickness_cm"] == pytest.approx(7.5333333, rel=1e-6)
    assert item["circuit"] == "R-RQ-RQ"
    assert [rank["circuit"] for rank in item["comparison"]] == ["R-RQ-RQ", "R-RQ"]
    assert item["comparison"][1]["delta_bic"] > 10
    for name, true in (("R_SE", 38.0), ("R_int", 20.0)):
        assert abs(item[f"{name}_ohm"] - true) < 4 * item[f"{name}_stderr_ohm"] < 0.1 * true
        assert item[f"{name}_ohm_cm"] == pytest.approx(item[f"{name}_ohm"] * factor, rel=1e-12)
        assert item[f"{name}_stderr_ohm_cm"] == pytest.approx(item[f"{name}_stderr_ohm"] * factor, rel=1e-12)
        assert item[f"{name}_ohm_cm2"] == pytest.approx(item[f"{name}_ohm"] * 1.13, rel=1e-12)
    assert abs(item["C_int_farad"] - C_INT) < 4 * item["C_int_stderr_farad"] < 0.2 * C_INT
    assert item["C_int_farad_per_cm"] == pytest.approx(item["C_int_farad"] / factor, rel=1e-12)
    assert item["C_int_farad_per_cm2"] == pytest.approx(item["C_int_farad"] / 1.13, rel=1e-12)
    assert item["drt"]["polarisation_ohm"] == pytest.approx(39.0, rel=0.05)
    assert (here / "out/spectrum-01-cell.pdf").read_bytes().startswith(b"%PDF")
    assert re.search(r"R_SE .*Ω·cm², .*Ω·cm\n", capfd.readouterr().out)


def test_what_is_held_in_a_circuit_that_is_not_chosen_is_told(here, capfd):
    """Held at 1 mΩ the second arc is none, so BIC takes R-RQ."""
    for series in ([], ["--series"]):
        analyzed("cell.csv", "--hold", "R2=1 mohm", *series)
        assert "WARNING           R2 was to be held, but R-RQ, chosen by BIC, has no R2" in capfd.readouterr().out
    analyzed("cell.csv", "--hold", "R2=20 ohm", "--circuit", "R-RQ-RQ")
    assert "was to be" not in capfd.readouterr().out


def test_parameters_are_held_and_bounded(here, capfd):
    (item,) = analyzed("cell.csv", "--hold", "a1=0.97", "--bound", "R2=21 ohm..0.1kohm", "--bound", "Q1=.. 4 nS s^a")[
        "files"
    ]
    values = {name: parameter["value"] for name, parameter in item["parameters"].items()}
    assert values["a1"] == 0.97 and values["R2"] >= 21 and values["Q1"] <= 4e-9 * (1 + 1e-12)
    assert item["parameters"]["a1"]["remark"] == "held at 0.97"
    with open("out/fit.json", encoding="utf-8") as file:
        assert json.load(file)["options"]["bounds"]["R2"] == [21.0, 100.0]
    capfd.readouterr()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--bound", "R9=1..2 ohm"], "--bound 'R9=1..2 ohm', which no circuit has: R-RQ has"),
        (
            ["--hold", "a9=1"],
            "--hold 'a9=1', which no circuit has: R-RQ has R0, R1, Q1, a1; R-RQ-RQ has R0, R1, Q1, a1, R2, Q2, a2",
        ),
        (["--hold", "R1=5"], "expected a number in 'ohm', 'ohm cm2', 'ohm cm'"),
        (["--hold", "a1"], "expected a parameter and its value, such as 'a1=1'"),
        (["--hold", "a1=1.2"], "expected an exponent above 0, at most 1"),
        (["--hold", "a1=1 ohm"], "expected a plain number"),
        (["--bound", "R1=5 ohm"], "expected two values with '..' between"),
        (["--bound", "R1=5..1 ohm"], "the smaller one first"),
        (["--bound", "R1=-1..1 ohm"], "expected positive values"),
        (["--hold", "a1=1", "--bound", "a1=0.8..1"], "a1 is held or bounded already"),
        (["--hold", "R1=1 ohm", "--hold", "R0=1 ohm cm2"], "units of different spectra"),
        (["--hold", "R1=1 ohm cm2"], "a spectrum in 'ohm', --hold and --bound in 'ohm m2'"),
    ],
)
def test_a_wrong_limit_is_refused_in_one_line(here, capfd, given, message):
    assert main(["analyze", "cell.csv", *given, "--out", "out"]) == 2
    err = capfd.readouterr().err
    assert message in err and len([line for line in err.splitlines() if line.startswith("constriction:")]) == 1
    assert not (here / "out").exists()


def test_the_folder_is_named_by_the_first_file(here, capfd):
    write_csv(made(seed=2), here / "other.csv")
    assert main(["analyze", "cell.csv", "other.csv"]) == 0
    assert (here / "results/cell/fit.json").is_file()
    assert "Written: results/cell/" in capfd.readouterr().out


def test_diffusion_is_fitted_and_told(here, capfd):
    f = np.geomspace(1e6, 1e-2, 60)
    z = impedance(parse_circuit("R-RQ-Wo"), [10, 100, 1e-6, 0.9, 50, 3.0], f)
    scatter = np.random.default_rng(0).standard_normal((2, 60)) * 1e-3
    write_csv(Spectrum(f, z + np.abs(z) * (scatter[0] + 1j * scatter[1]), "ohm"), here / "open.csv")
    (item,) = analyzed("open.csv", "--circuit", "R-RQ-Wo")["files"]
    for name, true, unit in (("R2", 50, "ohm"), ("T2", 3.0, "second")):
        found = item["parameters"][name]
        assert found["unit"] == unit and abs(found["value"] - true) < 4 * found["stderr"] < 0.1 * true
    assert re.search(r"further +R2 \S+ ± \S+ Ω, T2 \S+ ± \S+ s\n", capfd.readouterr().out)


def test_an_open_split_is_told_with_the_sum(here, capfd):
    f = np.geomspace(1e6, 1, 43)
    z = impedance(parse_circuit("R-RQ-RQ"), [10, 381.5, 1.26e-3**0.9 / 381.5, 0.9, 60, 1e-3**0.85 / 60, 0.85], f)
    scatter = np.random.default_rng(0).standard_normal((2, 43)) * 1e-3
    write_csv(Spectrum(f, z + np.abs(z) * (scatter[0] + 1j * scatter[1]), "ohm"), here / "crossing.csv")
    (item,) = analyzed("crossing.csv", "--circuit", "R-RQ-RQ", "--area", "2 cm2", "--report")["files"]
    (group,) = item["joint_arcs"]
    assert group["parameters"] == ["R1", "R2"] and not group["one_arc_as_good"]
    assert abs(group["R_ohm"] - 441.5) < 3 * group["R_stderr_ohm"] < 3
    assert group["R_ohm_cm2"] == pytest.approx(2 * group["R_ohm"])
    assert item["R_SE_stderr_ohm"] is None and item["R_int_stderr_ohm"] is None
    assert any("not determined, only their sum R1 + R2 is" in doubt for doubt in item["doubts"])
    assert re.search(r"R1 \+ R2 +88\d\.\d+ ± 0\.\d+ Ω·cm²\n", capfd.readouterr().out)


def test_the_covariance_is_written_with_its_coordinates(here, capfd):
    record = analyzed("cell.csv", "--circuit", "R-RQ-RQ", "--hold", "a2=0.97")
    (item,) = record["files"]
    covariance, parameters = item["covariance"], item["parameters"]
    assert covariance["names"] == list(parameters)
    assert covariance["coordinates"][:4] == ["ln(R0/(ohm))", "ln(R1/(ohm))", "ln(Q1/(siemens s^a))", "a1"]
    matrix = np.array(covariance["matrix"], dtype=float)
    for k, (name, item) in enumerate(parameters.items()):
        error = np.sqrt(matrix[k, k]) * (1.0 if name.startswith("a") else item["value"])
        assert error == pytest.approx(item["stderr"] or 0.0, rel=1e-9)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert "logarithms" in record["definitions"]["covariance"]
    capfd.readouterr()


def test_correlations_are_written_and_heard_by_an_interpretation(here, capfd):
    """R_SE + R_int has the error of the sum over the covariance of all parameters, also from what `--triples` reads."""
    (item,) = analyzed("cell.csv", "--circuit", "R-RQ-RQ", "--area", "2 cm2")["files"]
    covariance = np.array(item["covariance"]["matrix"])
    by_logarithms = np.array([item["parameters"][name]["value"] * name.startswith("R") for name in item["parameters"]])
    expected = by_logarithms @ covariance @ by_logarithms
    errors, related = (item["R_SE_stderr_ohm"], item["R_int_stderr_ohm"]), item["R_SE_R_int_correlation"]
    assert errors[0] ** 2 + errors[1] ** 2 + 2 * related * errors[0] * errors[1] == pytest.approx(expected)
    for name in ("fit.json", "table.csv"):
        (triple,) = read_triples(here / "out" / name, None, None)
        known = (triple.root @ triple.root.T - READING**2 * np.eye(3)) * np.outer(triple.values, triple.values)
        assert known[:2, :2].sum() == pytest.approx(expected * 2e-4**2)
        assert triple.correlations[1, 2] == pytest.approx(item["R_int_C_int_correlation"])
    (alone,) = analyzed("cell.csv", "--circuit", "R-RQ", out="one")["files"]
    assert alone["R_SE_R_int_correlation"] is None
    capfd.readouterr()


def test_a_misfit_far_above_the_noise_is_a_doubt_whatever_its_per_cent(here, capfd):
    """An inductive loop of 0.5 % of |Z|, noise of 1e-5: R-RQ is below 1 % off, but far beyond the noise."""
    f = np.geomspace(1e4, 1e-2, 60)
    z = impedance(parse_circuit("R-RQ-p(R,L)"), [10, 20, 1e-3, 0.9, 0.5, 0.5], f)
    scatter = np.random.default_rng(0).standard_normal((2, 60)) * 1e-5
    write_csv(Spectrum(f, z + np.abs(z) * (scatter[0] + 1j * scatter[1]), "ohm"), here / "loop.csv")
    (off,) = analyzed("loop.csv", "--circuit", "R-RQ")["files"]
    assert off["fit"]["residual_rms"] < 0.02
    assert re.search(
        r"R-RQ does not follow the spectrum to its noise: .* \d{2,} times the Kramers-Kronig noise", off["doubts"][0]
    )
    (right,) = analyzed("loop.csv", "--circuit", "R-RQ-p(R,L)", out="right")["files"]
    assert right["doubts"] == []
    capfd.readouterr()


def test_sums_have_the_error_of_correlated_parts(here, capfd):
    """R_SE's standard error against the scatter of R_SE itself over 40 noisy spectra of one cell (χ² at 99.9 %)."""
    names = []
    for seed in range(40):
        names.append(f"n{seed}.csv")
        write_csv(made("R-RQ", seed=seed), here / names[-1])
    from constriction.spectra.reading.analysis import AnalysisOptions
    from constriction.spectra.reading.apparent import apparent
    from constriction.spectra.reading.batch import BatchOptions, analyse_all, load

    entries = analyse_all(load(names), BatchOptions(AnalysisOptions(circuits=("R-RQ",))))
    found = [apparent(entry.fit) for entry in entries]
    scatter, told = np.std([item.R_SE for item in found], ddof=1), np.mean([item.R_SE_stderr for item in found])
    assert 0.65 < scatter / told < 1.4
    parts = np.mean([np.hypot(e.fit.R_series_stderr, e.fit.arcs[0].resistance_stderr) for e in entries])
    assert told < 0.8 * parts  # independent parts would claim more


def series_of_files(folder, steps=4):
    write_csv(made("R-RQ-Q", seed=0), folder / "step0.csv")
    for step in range(1, steps):
        write_csv(made(seed=step, R2=30.0 / step), folder / f"step{step}.csv")
    return [f"step{step}.csv" for step in range(steps)]


def test_a_deposition_as_in_the_paper(here, capfd):
    """The pristine cell tells the cell constant, so R_SE starts at 1/σ; R_int falls with charge as it was made to."""
    names = series_of_files(here)
    time = np.arange(0, 9001.0, 10)
    charge = 0.2 * 1.13e-3 * time / 3600 / 1.13 * 1e3  # mAh/cm²
    potential = np.where(time == 0, 1.5, -0.03 - 0.05 * np.exp(-(((charge - 0.004) / 0.003) ** 2)))
    columns = (time, potential, np.where(time == 0, 0.0, -0.2 * 1.13))
    (here / "cp.txt").write_text(table("time/s\tEwe/V\tI/mA", columns))
    options = ["--charge-step", "0.05 mAh/cm2", "--pristine", "first", "--conductivity", "5 mS/cm"]
    record = analyzed(*names, *options, "--deposition", "cp.txt", "--area", "1.13 cm2")
    first, *rest = record["files"]
    assert first["circuit"] == "R-RQ-Q" and first["R_SE_ohm_cm"] == pytest.approx(200.0, rel=1e-12)
    assert record["normalisation"]["area_over_thickness_cm"] == pytest.approx(200 / first["R_SE_ohm"], rel=1e-12)
    assert [item["charge_mAh_per_cm2"] for item in record["files"]] == pytest.approx([0, 0.05, 0.1, 0.15])
    for step, item in enumerate(rest, start=1):
        assert item["R_int_ohm_cm"] == pytest.approx(30 / step * 200 / 38, rel=0.05)
    deposition = record["deposition"]
    assert deposition["nucleation_overpotential_volt"] == pytest.approx(0.05, rel=0.02)
    # Of 0.5 mAh/cm²: docs/physics.md#sodium-thickness.
    assert deposition["mean_sodium_thickness_um"] == pytest.approx(4.4, rel=0.02)
    assert sure(here / "out/trends.png") and (here / "out/deposition.png").stat().st_size > 10_000
    out = capfd.readouterr().out
    assert "overpotential" in out and "WARNING: " not in out.split("Written")[-1]


def test_one_file_may_be_the_pristine_one(here, capfd):
    names = series_of_files(here, 2)
    record = analyzed(names[1], "--pristine", names[0], "--conductivity", "5 mS/cm")
    assert record["normalisation"]["file"] == "step0.csv"
    assert record["files"][0]["R_SE_ohm_cm"] == pytest.approx(200, rel=0.03)
    capfd.readouterr()


def test_charges_of_a_list(here, capfd):
    names = series_of_files(here, 3)
    record = analyzed(*names[1:], "--charge", "0.05, 0.3 mAh/cm2")
    assert [item["charge_mAh_per_cm2"] for item in record["files"]] == pytest.approx([0.05, 0.3])
    assert record["files"][1]["mean_sodium_thickness_um"] == pytest.approx(4.4 * 0.6, rel=0.02)
    capfd.readouterr()


def test_sweeps_of_one_file_are_entries(here, capfd):
    spectrum = made()
    text = table(HEADER, (F, spectrum.impedance.real, -spectrum.impedance.imag))
    (here / "two.txt").write_text(text + text)
    files = analyzed("two.txt")["files"]
    assert [item["sweep"] for item in files] == [1, 2]
    assert files[0]["R_int_ohm"] == files[1]["R_int_ohm"]
    assert "two.txt, sweep 2\n" in capfd.readouterr().out


def test_window_and_limit_are_used(here, capfd):
    whole = made()
    bent = whole.impedance.copy()
    bent[20] *= 1.03
    write_csv(Spectrum(F, bent, "ohm"), here / "bent.csv")
    (item,) = analyzed("bent.csv", "--from", "1 MHz", "--to", "1 kHz")["files"]
    assert item["excluded"] >= 1 and F[20] in [point["frequency_hertz"] for point in item["excluded_points"]]
    assert item["fit"]["points"] + item["excluded"] == np.count_nonzero((F <= 1e6 * (1 + 1e-9)) & (F >= 1e3))
    (item,) = analyzed("bent.csv", "--kk-limit", "0.5")["files"]
    assert item["excluded"] == 0 and item["kramers_kronig"]["limit"] == 0.5
    capfd.readouterr()


def test_a_spectrum_per_area_has_no_ohms(here, capfd):
    """Our own spectrum.csv of a run: Ω·cm² as it is, no number that would claim to be a cell's."""
    spectrum = made()
    write_csv(Spectrum(F, spectrum.impedance * 1e-4, "ohm m2"), here / "run.csv")
    (item,) = analyzed("run.csv")["files"]
    assert item["R_int_ohm"] is None and item["arcs"][0]["C_farad"] is None
    assert item["R_int_ohm_cm2"] == pytest.approx(20, rel=0.05)
    assert item["C_int_farad_per_cm2"] == pytest.approx(C_INT, rel=0.1)
    record = analyzed("cell.csv", "run.csv", "--area", "1 cm2")
    assert "normalised already" in record["files"][1]["error"] and record["files"][0]["error"] is None
    capfd.readouterr()


# --- what cannot be trusted ----------------------------------------------------------------------------------------


def test_what_sits_on_a_bound_has_no_error_bar_and_the_others_are_conditional(here, capfd):
    """An ideal arc without series resistance: R0 sits at its lower bound; R_SE has the bar of a fit without R0."""
    write_csv(made("R-RQ", noise=1e-3, seed=0, R0=1e-6), here / "a.csv")
    write_csv(made("R-RQ", noise=1e-4, seed=1, a1=1.0), here / "b.csv")
    no_series, ideal = analyzed("a.csv", "b.csv", "--circuit", "R-RQ")["files"]
    out = capfd.readouterr().out
    (without,) = analyzed("a.csv", "--circuit", "RQ", out="without")["files"]
    (capacitor,) = analyzed("b.csv", "--circuit", "R-p(R,C)", out="capacitor")["files"]
    assert "R0 at its lower bound" in no_series["message"]
    assert no_series["parameters"]["R0"]["stderr"] is None and no_series["R_series_stderr_ohm"] is None
    assert no_series["R_SE_ohm"] == pytest.approx(19, rel=1e-2)
    assert no_series["R_SE_stderr_ohm"] == pytest.approx(without["R_SE_stderr_ohm"], rel=1e-3)
    assert "a1 at its upper bound" in ideal["message"] and ideal["parameters"]["a1"]["stderr"] is None
    for name in ("C_stderr_farad", "f_apex_stderr_hertz"):
        assert ideal["arcs"][0][name] == pytest.approx(capacitor["arcs"][0][name], rel=1e-3)
    assert re.search(r"R_SE +19\.\d+ ± 0\.\d+ Ω\n", out)
    assert re.search(r"WARNING +R0 at its lower bound \S+ ohm; the other error bars hold with it there", out)
    assert re.search(r"WARNING +a1 at its upper bound 1, at most \S+ from it within one standard error; ", out)


def test_a_fit_that_did_not_converge_has_no_error_bar(here, capfd, monkeypatch):
    """Also not in the picture of the series: hollow points, no bar."""
    from constriction.spectra.fit import fitting
    from constriction.view.terminal import numbers
    from constriction.view.writers.journal import journal_figure

    def stopped(*args, **kwargs):
        minima = minimise(*args, **kwargs)
        return replace(minima, converged=np.zeros_like(minima.converged))

    minimise = fitting.minimise
    monkeypatch.setattr(fitting, "minimise", stopped)
    drawn = []
    watched = "constriction.view.writers.journal.journal_figure"
    monkeypatch.setattr(watched, lambda chart, title: drawn.append(chart) or journal_figure(chart, title))
    names = series_of_files(here, 3)
    record = analyzed(*names[1:], "--series")
    for item in record["files"]:
        assert item["converged"] is False and item["R_SE_stderr_ohm"] is None and item["C_int_stderr_farad"] is None
        assert all(found["stderr"] is None for found in item["parameters"].values())
    assert all(series.error is None for panel in drawn[0].panels for series in panel.series)
    labels = [text.get_text() for text in journal_figure(drawn[0]).legends[0].get_texts()]
    assert labels == ["no error bar: see fit.json"]
    assert "WARNING           fit: did not converge: no error bars" in capfd.readouterr().out
    assert numbers.quantity(1234.0, None, "Ω") == "1234 Ω (no error bar)"


def test_a_wrong_circuit_is_doubted(here, capfd):
    write_csv(made("R-RQ-Q"), here / "blocking.csv")
    (item,) = analyzed("blocking.csv", "--circuit", "R-RQ")["files"]
    assert any("does not follow the spectrum" in doubt for doubt in item["doubts"])
    (item,) = analyzed("blocking.csv", "--circuit", "R-RQ-Q")["files"]
    assert item["doubts"] == []
    capfd.readouterr()


# --- bad input -----------------------------------------------------------------------------------------------------

GOOD_ROWS = "1000\t10\t5\n500\t12\t6\n200\t13\t6\n100\t14\t5\n50\t15\t4\n"
BAD_FILES = {
    "empty": ("", r"empty"),
    "no spectrum": ("hello\nworld\n", r"no spectrum in it, expected a header"),
    "header only": (HEADER + "\n", r"line 1: "),
    "four points": ("\n".join([HEADER, *GOOD_ROWS.splitlines()[:4]]) + "\n", r"4 points, expected at least 5"),
    "twice": (f"{HEADER}\n{GOOD_ROWS}50\t15\t4\n", r"line 7: frequency 50 Hz again"),
    "negative": (f"{HEADER}\n-1\t2\t3\n{GOOD_ROWS}", r"line 2: frequency -1 Hz"),
    "nan": (f"{HEADER}\n{GOOD_ROWS}20\tnan\t4\n", r"line 7: "),
    "text": (f"{HEADER}\n{GOOD_ROWS}20\tabc\t4\n", r"line 7: "),
    "binary": ("\x00\x01\x02\x03" * 50, r""),
}


@pytest.mark.parametrize(("text", "expected"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_alone_gets_one_line_and_among_good_ones_a_row(here, capfd, text, expected):
    (here / "bad.csv").write_text(text)
    assert main(["analyze", "bad.csv", "--out", "out"]) == 2
    out, err = capfd.readouterr()
    assert re.fullmatch(r"(reading\nfitting\n)?constriction: bad\.csv[^\n]+\n", err) and re.search(expected, err), err
    assert out == "" and not (here / "out").exists()
    bad, good = analyzed("bad.csv", "cell.csv")["files"]
    assert bad["error"].startswith("bad.csv") and re.search(expected, bad["error"])
    assert bad["arcs"] == [] and bad["R_SE_ohm"] is None and good["R_SE_ohm"] > 0
    assert set(bad) == set(good)
    out = capfd.readouterr().out
    assert "WARNING: 1 of 2 failed" in out and "ERROR" in out
    assert len((here / "out/table.csv").read_text().splitlines()) == 3


def test_none_of_several_is_said(here, capfd):
    (here / "bad.csv").write_text("")
    assert main(["analyze", "bad.csv", "none.csv", "--out", "out"]) == 2
    err = capfd.readouterr().err
    assert "none of 2 could be analysed: bad.csv: empty" in err and "none.csv: No such file" in err


def test_swapped_columns_are_told_with_the_reason(here, capfd):
    z = made("R-RQ-Q").impedance
    (here / "x.txt").write_text(table(HEADER, (F, -z.imag, z.real)))
    swapped, good = analyzed("x.txt", "cell.csv")["files"]
    reason = r"the columns of −Im and Re seem exchanged: the phase differs by \d+° \(rms\)"
    assert re.search(reason, swapped["error"]) and re.search(reason, swapped["warnings"][0])
    assert good["error"] is None
    assert re.search(f"ERROR +x.txt: .*{reason}", capfd.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "no file to analyse"),
        (["cell.csv", "--circuit", "R-X"], r"'R-X'.*position 3"),
        (["cell.csv", "--from", "7"], r"--from '7': expected a frequency with its unit"),
        (["cell.csv", "--from", "1 Hz", "--to", "1 kHz"], "expected the higher frequency first"),
        (["cell.csv", "--from", "3 Hz", "--to", "1 Hz"], "window 1 to 3 Hz: 0 points"),
        (["cell.csv", "--kk-limit", "0"], "--kk-limit 0.0: expected"),
        (["cell.csv", "--weighting", "none"], "weighting"),
        (["cell.csv", "--mask", "1 V"], "--mask '1 V': expected a frequency"),
        (["cell.csv", "--mask", "1e3"], "--mask '1e3': expected a frequency with its unit, such as '7 MHz'"),
        (["cell.csv", "--mask", "1 Hz-2 Hz-3 Hz"], "--mask '1 Hz-2 Hz-3 Hz': expected one frequency, such as '1 kHz'"),
        (["cell.csv", "--mask", "1 Hz-8 MHz"], "the mask leaves 0 of 50 points: expected at least 5"),
        (
            ["cell.csv", "--drt-lambda", "big"],
            "--drt-lambda 'big': expected a positive number or one of gcv, l-curve, paper",
        ),
        (["cell.csv", "--area", "1 cm"], "--area '1 cm': expected an area such as '1.13 cm2'"),
        (["cell.csv", "--area", "0 cm2"], "--area '0 cm2': expected an area above zero"),
        (["cell.csv", "--thickness", "1 mm"], "--thickness without --area"),
        (["cell.csv", "--pristine", "first"], "--pristine and --conductivity belong together"),
        (["cell.csv", "--pristine", "none.csv", "--conductivity", "5 mS/cm"], "--pristine: none.csv: No such file"),
        (["cell.csv", "--charge", "0, 0.1 mAh/cm2"], "2 values for 1 spectra"),
        (["cell.csv", "--charge", "0.1"], r"--charge '0\.1'.*: expected a charge per area"),
        (["cell.csv", "--charge", "0 C/m2", "--charge-step", "1 C/m2"], "expected one of them"),
        (["cell.csv", "--deposition", "cell.csv"], "no time series in it"),
        (["cell.csv", "--out", "cell.csv"], "is not a folder"),
        (["cell.csv", "--out", "."], "holds other things than a spectrum analysis"),
    ],
)
def test_bad_options_get_one_line(here, capfd, arguments, expected):
    before = sorted(here.rglob("*"))
    assert main(["analyze", *arguments, *([] if "--out" in arguments else ["--out", "out"])]) == 2
    out, err = capfd.readouterr()
    *progress, last = err.splitlines()
    assert out == "" and set(progress) <= {"reading", "fitting"}
    assert last.startswith("constriction: ") and re.search(expected, last), last
    assert sorted(here.rglob("*")) == before


def test_an_earlier_analysis_is_replaced_as_a_whole(here, capfd):
    series_of_files(here, 3)
    analyzed("step1.csv", "step2.csv", "--series")
    analyzed("cell.csv")
    assert sorted(p.name for p in (here / "out").iterdir()) == [
        "fit.json",
        "spectrum-01-cell-kramers_kronig.csv",
        "spectrum-01-cell.png",
        "table.csv",
    ]
    (here / "out/mine.png").write_text("")
    assert main(["analyze", "cell.csv", "--out", "out"]) == 2
    assert "holds other things than a spectrum analysis (mine.png)" in capfd.readouterr().err


# --- the same in Python --------------------------------------------------------------------------------------------


@needs_data
def test_public_names_take_a_file_to_its_arcs():
    import constriction

    spectrum = constriction.read(LAGP)[0].spectrum
    assert constriction.kramers_kronig(spectrum).consistent
    fit = constriction.fit_circuit(spectrum, "RQ-RQ-Q")
    assert fit.arcs[1].resistance == pytest.approx(47.12e3, rel=0.03)
    found = constriction.relaxation_times(spectrum, preset="paper")
    assert found.regularisation == 1e-6 and len(found.peaks) >= 2
    assert constriction.analyse(spectrum).fit.circuit.text in ("R-RQ", "R-RQ-RQ")
    with pytest.raises(constriction.InputError, match="no time series"):
        constriction.read_series(LAGP)


# --- points left out by rule and by hand, curves, relaxation times --------------------------------------------------


def with_wild(factor, *where):
    """The known cell with some points multiplied."""
    spectrum = made()
    z = spectrum.impedance.copy()
    z[list(where)] *= factor
    return Spectrum(F, z, "ohm")


def test_the_rule_takes_wild_points_and_the_record_says_how(here):
    write_csv(with_wild(1.5, 0, 20, 21), here / "wild.csv")
    record = analyzed("wild.csv")
    (item,) = record["files"]
    assert [point["frequency_hertz"] for point in item["excluded_points"]] == F[[0, 20, 21]].tolist()
    assert item["kramers_kronig"]["left_out_before_the_test"] == [0, 20, 21]
    assert "leave-one-out" in record["definitions"]["kramers_kronig"]
    assert abs(item["R_SE_ohm"] - 38.0) < 4 * item["R_SE_stderr_ohm"] < 2


@pytest.mark.parametrize(
    ("mask", "hit"),
    [
        (["2.2 MHz"], [5]),  # the nearest point, 1.9 % off
        (["10 kHz-20 kHz"], [26, 27, 28]),
        (["10-20 kHz", "7 MHz"], [0, 26, 27, 28]),
        (["1e4 Hz - 2e+4 Hz"], [26, 27, 28]),
    ],
)
def test_points_are_masked_by_hand(here, capfd, mask, hit):
    options = [word for text in mask for word in ("--mask", text)]
    record = analyzed("cell.csv", *options)
    (item,) = record["files"]
    assert record["options"]["masks"] == mask
    assert [point["frequency_hertz"] for point in item["masked_points"]] == F[hit].tolist()
    assert item["fit"]["points"] == F.size - len(hit) and item["excluded"] == 0
    assert f", {len(hit)} masked" in capfd.readouterr().out
    with open("out/spectrum-01-cell-kramers_kronig.csv", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == F.size - len(hit)


def test_a_mask_that_hits_nothing_is_told(here, capfd):
    (item,) = analyzed("cell.csv", "--mask", "1 Hz")["files"]
    assert item["remarks"] == [
        "mask '1 Hz': no point within 5%, the nearest is 100 Hz, all are from 100 to 7e+06 Hz; nothing masked"
    ]
    assert "WARNING" in capfd.readouterr().out


def test_too_few_points_say_who_took_them(here, capfd):
    """6 points, one wild and one masked; R-RQ-RQ has 7 parameters and needs 4."""
    short = Spectrum(F[::8], with_wild(3.0, 16).impedance[::8], "ohm")
    write_csv(short, here / "short.csv")
    assert main(["analyze", "short.csv", "--circuit", "L-R-RQ-RQ-RQ", "--mask", "7 MHz", "--out", "out"]) == 2
    message = capfd.readouterr().err
    assert "5 points for the 11 parameters" in message or "4 points for the 11 parameters" in message
    assert "the mask left out 1 of 7 points" in message


def test_curves_are_written_as_csv(here):
    write_csv(with_wild(1.5, 20), here / "wild.csv")
    record = analyzed("wild.csv", "--drt")
    (item,) = record["files"]
    with open("out/spectrum-01-wild-kramers_kronig.csv", encoding="utf-8") as file:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    assert [row["frequency_hertz"] for row in rows] == F.tolist()
    assert [k for k, row in enumerate(rows) if row["left_out"]] == [20]
    true = made(noise=0.0).impedance
    for row, z in zip(rows, true, strict=True):  # the chain goes through the truth, also where a point was left out
        fitted = complex(row["fitted_real_impedance_ohm"], row["fitted_imaginary_impedance_ohm"])
        measured = complex(row["measured_real_impedance_ohm"], row["measured_imaginary_impedance_ohm"])
        assert abs(fitted - z) < 0.01 * abs(z)
        residual = complex(row["residual_real"], row["residual_imaginary"])
        assert residual == pytest.approx((measured - fitted) / abs(measured), abs=1e-12)
    with open("out/spectrum-01-wild-drt.csv", encoding="utf-8") as file:
        curve = [(float(row["relaxation_time_second"]), float(row["gamma_ohm"])) for row in csv.DictReader(file)]
    tau, gamma = np.array(curve).T
    assert np.trapezoid(gamma, np.log(tau)) == pytest.approx(item["drt"]["polarisation_ohm"], rel=1e-3)


def test_relaxation_times_have_their_resistances(here, capfd):
    (item,) = analyzed("cell.csv", "--drt")["files"]
    found = item["drt"]["relaxation_times"]
    taus = [(TRUE[f"R{k}"] * TRUE[f"Q{k}"]) ** (1 / TRUE[f"a{k}"]) for k in (1, 2)]
    assert [process["time_constant_second"] for process in found] == pytest.approx(taus, rel=0.02)
    for process, true in zip(found, (19.0, 20.0), strict=True):
        assert process["sure"] and process["share"] == pytest.approx(true / 39, rel=0.02)
        assert abs(process["R_ohm"] - true) < 4 * process["R_stderr_ohm"] < 1.0
    assert item["drt"]["unresolved"] == []
    assert re.search(r"relaxation times +[\d.]+ ns \(\S+ ± \S+ Ω, 49%\), \d+\.\d+ µs \(\S+ ± ", capfd.readouterr().out)


def test_a_resistance_on_its_upper_bound_leaves_no_error_bar_to_the_sum(here):
    """As of the flank of an arc alone, whose R goes as high as it may; and a circuit named twice counts once."""
    write_csv(made("R-RQ"), here / "arc.csv")
    (item,) = analyzed("arc.csv", "--circuit", "R-RQ", "--circuit", "R-RQ", "--bound", "R1=1..15 ohm")["files"]
    assert item["parameters"]["R1"]["remark"].startswith("at its upper bound 15")
    assert item["R_SE_ohm"] > 15 and item["R_SE_stderr_ohm"] is None
    assert item["R_series_stderr_ohm"] > 0 and len(item["comparison"]) == 1
