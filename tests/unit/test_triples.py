"""R_SE, R_int and C_int read off many simulated spectra at once, and what they say of an interface."""

import csv
import json

import numpy as np
import pytest
from poles_atlas import resistance
from scipy.optimize import brentq
from scipy.stats import multivariate_normal
from support.made_up_cells import ATLAS, FREQUENCY, THICKNESS

from constriction.base.errors import InputError
from constriction.interpret.interpretation import interpret, posed
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import InterfaceModel, models_of, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.model.priors import Fixed
from constriction.interpret.setting import Setting
from constriction.interpret.summary import summary
from constriction.interpret.triples.circuit_fits import ONE_ARC, TWO_ARCS, fit_many, read_many, starts_of
from constriction.interpret.triples.tables import read_triples
from constriction.interpret.triples.triple import READING, Triple, TripleLikelihood, parts_of
from constriction.interpret.verdict import verdict
from constriction.spectra.fit.fitting import fit_circuit
from constriction.spectra.fit.problem import FitOptions
from constriction.spectra.reading.apparent import apparent
from constriction.spectra.spectrum import Spectrum

MODEL = InterfaceModel("lattice", "hexagonal")
MISSING = np.nan


@pytest.mark.parametrize("circuit", [ONE_ARC, TWO_ARCS])
def test_many_fits_are_those_of_each_spectrum_by_itself(circuit):
    """Arcs at all times about the grain boundaries'; to 1e-3, where rounding ends fits of hidden arcs."""
    space = space_of(MODEL, default_priors(), ATLAS)
    forward = Forward(MODEL, space, ATLAS, FREQUENCY, THICKNESS)
    scores = 0.2 * np.random.default_rng(1).standard_normal((6, space.dimension))
    values = space.values(scores)
    values |= {
        "contact_fraction": np.full(6, 0.1),
        "pitch": np.full(6, 1e-3),
        "gap_height": np.geomspace(2e-9, 4e-8, 6),
    }
    scores, z = space.scores(values), forward.at(values)
    points = fit_many(circuit, FREQUENCY, z, starts_of(circuit, *parts_of(forward, values)))
    found = read_many(circuit, points)
    for row, impedance in zip(found, z, strict=True):
        fit = fit_circuit(Spectrum(FREQUENCY, impedance, "ohm m2"), circuit, FitOptions(profiles=False))
        alone = apparent(fit)
        expected = [MISSING if value is None else value for value in (alone.R_SE, alone.R_int, alone.C_int)]
        assert row == pytest.approx(expected, rel=1e-3, nan_ok=True)


def test_a_spectrum_without_numbers_has_no_fit():
    z = np.stack([np.full(FREQUENCY.size, np.nan + 0j), 10 + 5 / (1 + 1j * FREQUENCY / 1e4)])
    start = starts_of(ONE_ARC, np.full(2, 9.0), np.full((2, 2, 3), [2.0, 1e-5, 1.0]))
    found = read_many(ONE_ARC, fit_many(ONE_ARC, FREQUENCY, z, start))
    assert np.isnan(found[0]).all()
    assert found[1, 0] == pytest.approx(15, rel=1e-6)


def test_r_int_alone_holds_the_curve_of_equal_constriction():
    """Finer spots and more area are alike: every contact fraction has a pitch with the R_int that was measured.

    Closed form of R_cstr over f; gap of 1 nm, so that the arc is far from that of the grain boundaries, and what a
    circuit reads is R_cstr to 3 %.
    """
    measured = 14.8e-4
    priors = default_priors() | {"gap_height": Fixed(1e-9)}
    triple = Triple(np.array([MISSING, measured, MISSING]), np.array([MISSING, 0.03 * measured, MISSING]), 7e6, 10.0)
    likelihood = posed(triple, Setting(THICKNESS, priors, (MODEL,)), ATLAS, MODEL).likelihood
    space = space_of(MODEL, priors, ATLAS)
    values = space.values(np.zeros((1, space.dimension)))
    resistivity = 1 / values["bulk_conductivity"][0] + 1 / values["grain_boundary_conductivity"][0]

    def pitch(fraction):
        def apart(pitch):
            return resistivity * pitch * resistance("hexagonal", fraction) * np.tanh(4 * THICKNESS / pitch) - measured

        return brentq(apart, 1e-6, 0.1)

    fractions = np.array([0.01, 0.03, 0.1, 0.2, 0.3])
    given = {name: value[0] for name, value in values.items()}
    curve = space.scores(given | {"contact_fraction": fractions, "pitch": np.array([pitch(f) for f in fractions])})
    beside = space.scores(
        given | {"contact_fraction": fractions, "pitch": np.array([1.3 * pitch(f) for f in fractions])}
    )
    assert np.abs(likelihood.residuals(curve)).max() < 1
    assert np.abs(likelihood.residuals(beside)).min() > 5


def test_the_triple_of_a_film_is_interpreted(monkeypatch):
    for name, value in {
        "evidence.DRAWS": 300,
        "evidence.PLENTY": 250.0,
        "search.DRAWS": 40,
        "search.STARTS": 2,
    }.items():
        monkeypatch.setattr(f"constriction.interpret.posterior.{name}", value)  # each takes as many fits of circuits
    priors = {name: Fixed(float(prior.values(0.0))) for name, prior in default_priors().items() if "grain" in name}
    known = Setting(THICKNESS, default_priors() | priors | {"film_exponent": Fixed(0.95)}, models_of(("film",), ()))
    values = np.array([30.0e-4, 12e-4, 5e-3])
    found = interpret(Triple(values, 0.02 * values, 7e6, 100.0), known, ATLAS, 1.0)
    said = summary(found, "film_resistance")
    assert verdict(found).sound
    assert said.low95 < 12e-4 < said.high95
    assert np.log(said.high68 / said.low68) == pytest.approx(2 * 0.02, rel=0.35)  # the error bar that was given


# --- files ------------------------------------------------------------------------------------------------------------


ROW = {"R_SE_ohm_cm2": 30.0, "R_SE_stderr_ohm_cm2": 0.1, "R_int_ohm_cm2": 12.0, "R_int_stderr_ohm_cm2": 0.2}


def test_triples_are_read_from_a_fit(tmp_path):
    of_cell = {"C_int_farad": 1e-7, "C_int_stderr_farad": 1e-9, "R_int_ohm": 6.0, "R_int_stderr_ohm": 0.1}
    row = {"file": "a/b.mpt", "circuit": TWO_ARCS, "from_hertz": 1e6, "to_hertz": 10.0, "charge_mAh_per_cm2": 0.05}
    (tmp_path / "fit.json").write_text(json.dumps({"files": [row | ROW | of_cell, {"circuit": None}]}), "utf-8")
    per_area, lost = read_triples(tmp_path / "fit.json", None, None)
    assert (lost.known, lost.notes) == (False, ("row 2: no value with its standard error",))
    assert per_area.values == pytest.approx([30e-4, 12e-4, MISSING], nan_ok=True)
    assert per_area.errors == pytest.approx([0.1e-4, 0.2e-4, MISSING], nan_ok=True)
    assert (per_area.name, per_area.highest, per_area.lowest, per_area.charge) == ("b.mpt", 1e6, 10.0, 1800.0)
    cell, _ = read_triples(tmp_path / "fit.json", 2e-4, (1.0, 1e5))
    assert cell.values == pytest.approx([MISSING, 12e-4, 5e-4], nan_ok=True)
    assert (cell.highest, cell.lowest, cell.circuit) == (1e5, 1.0, TWO_ARCS)


def test_triples_are_read_from_a_table(tmp_path):
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["file", *ROW])
        writer.writeheader()
        writer.writerow({"file": "one"} | ROW)
        writer.writerow({"file": "two"} | ROW | {"R_int_ohm_cm2": ""})
        writer.writerow({"file": "three"} | ROW | {"R_int_ohm_cm2": "NaN"})
    first, second, third = read_triples(tmp_path / "t.csv", None, None)
    assert (first.circuit, second.circuit) == (TWO_ARCS, ONE_ARC)
    assert (first.notes, second.notes) == ((), ())
    (told,) = third.notes
    assert told.startswith("row 3: R_int_ohm_cm2 = 'NaN' and R_int_stderr_ohm_cm2 = '0.2': not used")
    assert second.frequency[[0, -1]] == pytest.approx([7e6, 100])


CORRELATED = np.array([[1.0, -0.8, 0.3], [-0.8, 1.0, 0.1], [0.3, 0.1, 1.0]])


def test_correlated_errors_have_the_density_of_their_covariance():
    """Beside the formula of a normal density, whose variances have that of the readings, too."""
    values, errors = np.array([30e-4, 5e-4, 2e-3]), np.array([1e-4, 1e-4, 1e-4])
    read = values * np.exp(0.02 * np.random.default_rng(2).standard_normal((5, 3)))
    for related in (CORRELATED, None):
        triple = Triple(values, errors, 7e6, 100.0, correlations=related)
        likelihood = TripleLikelihood(None, None, 3, read=lambda scores: read, triple=triple)
        width = errors / values
        covariance = np.outer(width, width) * (np.eye(3) if related is None else related) + READING**2 * np.eye(3)
        expected = multivariate_normal(np.zeros(3), covariance).logpdf(np.log(read / values))
        assert likelihood.log_likelihood(np.zeros((5, 1))) == pytest.approx(expected)


def test_correlations_are_read_from_a_table(tmp_path):
    names = "R_SE_ohm_cm2,R_SE_stderr_ohm_cm2,R_int_ohm_cm2,R_int_stderr_ohm_cm2,R_SE_R_int_correlation\n"
    path = tmp_path / "table.csv"
    path.write_text(names + "30,0.1,5,0.2,-0.9\n30,0.1,5,0.2,\n", "utf-8")
    first, second = read_triples(path, None, None)
    assert first.correlations == pytest.approx(np.array([[1, -0.9, 0], [-0.9, 1, 0], [0, 0, 1]]))
    assert second.correlations is None
    a, b = 0.1 / 30, 0.2 / 5
    assert first.root @ first.root.T == pytest.approx(
        np.array([[a * a, -0.9 * a * b], [-0.9 * a * b, b * b]]) + READING**2 * np.eye(2)
    )
    assert first.impedance.size == 15 and second.impedance.size == 6


@pytest.mark.parametrize("told", ["-1", "1.2", "nan", "much"])
def test_correlations_that_cannot_be_are_refused(tmp_path, told):
    path = tmp_path / "table.csv"
    path.write_text(f"R_SE_ohm_cm2,R_SE_stderr_ohm_cm2,R_SE_R_int_correlation\n30,0.1,{told}\n", "utf-8")
    with pytest.raises(InputError, match=r"row 1: R_SE_R_int_correlation = .*expected correlations above -1"):
        read_triples(path, None, None)


@pytest.mark.parametrize("name", ["fit.json", "t.csv"])
def test_where_charges_are_counted_no_spectrum_may_lack(tmp_path, name):
    """Without the second the third would be taken for it, with its charge."""
    rows = [ROW | {"circuit": TWO_ARCS}, dict.fromkeys(ROW) | {"circuit": None}, ROW | {"circuit": TWO_ARCS}]
    lines = [",".join("" if cell is None else str(cell) for cell in row.values()) for row in rows]
    table = "\n".join([",".join(rows[0]), *lines])
    (tmp_path / name).write_text(table if name == "t.csv" else json.dumps({"files": rows}), "utf-8")
    assert [triple.known for triple in read_triples(tmp_path / name, None, None)] == [True, False, True]
    with pytest.raises(InputError, match="spectrum 2 of 3 has no value"):
        read_triples(tmp_path / name, None, None, whole=True)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("fit.json", "[]", "expected fit.json of constriction analyze"),
        ("t.csv", "R_int_ohm_cm2\n3\n", "no value with its standard error; expected columns such as R_SE_ohm_cm2"),
        ("t.csv", "R_int_ohm,R_int_stderr_ohm\n3,1\n", "or in Ω and F with --area"),
        ("t.csv", "R_int_ohm_cm2,R_int_stderr_ohm_cm2\n3,0\n", "numbers above zero"),
        (
            "t.csv",
            "R_int_ohm_cm2,R_int_stderr_ohm_cm2,circuit\n3,1,R-RQ-Q\n",
            "circuit 'R-RQ-Q'; expected R-RQ or R-RQ-RQ",
        ),
    ],
)
def test_files_without_triples_are_told(tmp_path, name, text, words):
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(InputError, match=words):
        read_triples(tmp_path / name, None, None)
