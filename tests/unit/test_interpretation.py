"""Whole interpretations of synthetic spectra, with interfaces of two poles: what is found, and what is not claimed."""

import dataclasses
import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
from poles_atlas import resistance
from support.made_up_cells import ATLAS, ELECTROLYTE, FREQUENCY, NOISE, THICKNESS, made_up

from constriction.base.errors import InputError
from constriction.compare.measured import Loaded
from constriction.interpret.atlas import load_atlas
from constriction.interpret.batch import Batch, interpret_all, screened, with_best_case
from constriction.interpret.interpretation import Fitted, Interpretation, interpret, posed
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import InterfaceModel, models_of, space_of
from constriction.interpret.model.prior_file import default_priors, priors_of
from constriction.interpret.model.priors import Fixed, LogNormal, Uniform
from constriction.interpret.posterior.evidence import Evidence
from constriction.interpret.posterior.sampling import Samples
from constriction.interpret.posterior.search import find_modes
from constriction.interpret.record import Entry, entry_record
from constriction.interpret.setting import Setting
from constriction.interpret.summary import summary, weighted_quantiles
from constriction.interpret.verdict import believed, doubts, span, verdict
from constriction.spectra.reading.analysis import AnalysisOptions
from constriction.spectra.spectrum import Spectrum
from constriction.view.posteriors.bands import draw_bands
from constriction.view.posteriors.corner import CornerColumn, draw_corner
from constriction.view.posteriors.rows import interpretation_rows, interval_text

VISIBLE = {"contact_fraction": 0.1, "pitch": 1e-3, "gap_height": 5e-9, "gap_permittivity": 1.0}
FILM = {"film_resistance": 12e-4, "film_capacitance": 5e-3, "film_exponent": 0.95}


def spectrum_of(kind, pattern="", noise=NOISE, **values):
    return made_up(InterfaceModel(kind, pattern), 1, ELECTROLYTE | values, noise)


def setting(*kinds, patterns=("hexagonal",), **priors):
    return Setting(THICKNESS, default_priors() | priors, models_of(kinds, patterns))


@pytest.fixture(scope="module")
def visible() -> Interpretation:
    known = setting("lattice", "film", "full_contact", pitch=Uniform(0.8e-3, 1.3e-3, True))
    return interpret(spectrum_of("lattice", "hexagonal", **VISIBLE), known, ATLAS, NOISE)


def test_a_visible_arc_is_found_within_its_intervals(visible):
    """With the pitch known from a microscope the ridge is short, and all three are determined."""
    for name in ("contact_fraction", "gap_height"):
        found = summary(visible, name)
        assert found.determined, name
        assert found.low95 <= VISIBLE[name] <= found.high95, name
        assert found.low95 <= found.low68 <= found.median <= found.high68 <= found.high95
    truth = 1e-3 * (1 / 1.4 + 1 / 0.8) * resistance("hexagonal", 0.1) * math.tanh(4 * THICKNESS / 1e-3)
    assert summary(visible, "R_cstr").low95 < truth < summary(visible, "R_cstr").high95
    assert summary(visible, "R_cstr").high95 < 1.03 * summary(visible, "R_cstr").low95


def test_a_film_does_not_explain_what_constriction_did(visible):
    said = verdict(visible)
    assert (said.arc, said.sound) == ("constriction", True)
    assert "a film alone does not explain the arc" in said.words
    assert visible.probability(("lattice",)) > 0.99


def test_without_a_known_pitch_the_ridge_is_told():
    """Finer spots and more area are alike: the pitch is wide, R_cstr is not, and the truth is inside."""
    spectrum = spectrum_of("lattice", "hexagonal", **VISIBLE)
    found = interpret(spectrum, setting("lattice"), ATLAS, NOISE)
    assert found.fitted[0].trusted
    pitch, fraction = summary(found, "pitch"), summary(found, "contact_fraction")
    assert pitch.high95 > 5 * pitch.low95
    assert not fraction.determined
    assert fraction.low95 < 0.1 < fraction.high95
    assert pitch.low95 < 1e-3 < pitch.high95
    values, weights = found.posterior(["contact_fraction", "pitch"])
    logs = np.log(values) - weights @ np.log(values)
    covariance = (weights[:, np.newaxis] * logs).T @ logs
    assert covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1]) > 0.9


def test_the_arc_of_a_film_is_not_called_constriction():
    found = interpret(spectrum_of("film", **FILM), setting("lattice", "film", "full_contact"), ATLAS, NOISE)
    said = verdict(found)
    assert said.arc in ("film", "either")
    assert found.probability(("film",)) > 0.2
    record = entry_record(Entry("f", "f", interpretation=found))
    assert record["film_resistance_ohm_cm2"]["low95"] < 12 < record["film_resistance_ohm_cm2"]["high95"]
    assert record["film_resistance_ohm_cm2"]["determined"]
    if said.arc == "film":
        assert "contact_fraction" not in record or not record["contact_fraction"]["determined"]


def test_a_window_without_an_arc_determines_nothing():
    kinds = setting("lattice", "film", "full_contact")
    found = interpret(spectrum_of("full_contact"), kinds, ATLAS, NOISE)
    said = verdict(found)
    assert said.arc == "none"
    assert not any(map(said.tells, ("contact_fraction", "pitch", "film_resistance", "R_cstr")))
    assert said.tells("bulk_conductivity")
    assert "not determined" in said.words
    record = entry_record(Entry("f", "f", interpretation=found))
    for key in ("contact_fraction", "pitch_m", "gap_height_m"):
        assert not record.get(key, {"determined": False})["determined"], key


def test_what_no_model_follows_is_not_determined():
    spectrum = spectrum_of("lattice", "hexagonal", **VISIBLE)
    wrong = Spectrum(FREQUENCY, spectrum.impedance * (1 + 0.03 * np.sin(np.log(FREQUENCY))), "ohm m2")
    found = interpret(wrong, setting("film"), ATLAS, NOISE)
    said = verdict(found)
    assert (said.arc, said.sound) == ("not explained", False)
    assert said.words.startswith("not determined: no model follows the spectrum")


def test_with_a_thickness_that_is_ten_times_wrong_nothing_is_determined():
    """The spectrum is followed all the same, by another electrolyte, and its film or spots would be told for sure."""
    wrong = dataclasses.replace(setting("film", "full_contact"), thickness=0.1 * THICKNESS)
    found = interpret(spectrum_of("film", **FILM), wrong, ATLAS, NOISE)
    record = entry_record(Entry("a.csv", "a", interpretation=found))
    assert record["arc"] == "another electrolyte"
    assert "bulk conductivity" in record["verdict"] and "15 mS/cm within a factor of 1.35" in record["verdict"]
    assert not any(part["determined"] for part in record.values() if isinstance(part, dict) and "determined" in part)


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (("full_contact",), "full contact without any arc was the only model"),
        (("film", "full_contact"), "constriction instead of a film was not tried"),
    ],
)
def test_no_evidence_is_told_against_what_was_not_tried(visible, kinds, words):
    fitted = tuple(one for one in visible.fitted if one.model.kind in kinds)
    likelihood = SimpleNamespace(residuals=lambda scores: np.full((len(scores), 2), NOISE))
    followed = tuple(
        dataclasses.replace(one, best=dataclasses.replace(one.best, likelihood=likelihood)) for one in fitted
    )
    said = verdict(dataclasses.replace(visible, fitted=followed))
    assert said.words.endswith(words)
    assert "evidence ratio" not in said.words


def test_fewer_points_than_unknowns_are_refused():
    spectrum = spectrum_of("lattice", "hexagonal", **VISIBLE)
    with pytest.raises(InputError, match="7 points are left: expected at least 8, as many as lattice hexagonal has"):
        interpret(spectrum.part(np.arange(0, 28, 4)), setting("lattice"), ATLAS, NOISE)


def test_spectra_that_fail_kramers_kronig_are_refused_and_others_go_on():
    good = spectrum_of("full_contact")
    random = np.random.default_rng(3)
    wild = Spectrum(FREQUENCY, good.impedance * (1 + 0.1 * random.standard_normal(FREQUENCY.size)), "ohm m2")
    with pytest.raises(InputError, match="fails the Kramers-Kronig test"):
        screened(wild, AnalysisOptions())
    drifting = Spectrum(FREQUENCY, good.impedance * np.geomspace(1, 1.5, FREQUENCY.size) ** 2, "ohm m2")
    with pytest.raises(InputError, match="Kramers-Kronig test"):
        screened(drifting, AnalysisOptions())
    loaded = [
        Loaded("bad.csv", spectrum=wild),
        Loaded("lost.csv", error="lost.csv: not there"),
        Loaded("good.csv", spectrum=good),
    ]
    entries = interpret_all(loaded, Batch(setting("full_contact"), ATLAS, AnalysisOptions()), lambda _: None)
    assert entries[0].error.startswith("bad.csv: fails")
    assert entries[1].error == "lost.csv: not there"
    assert entries[2].interpretation is not None
    records = [entry_record(entry) for entry in entries]
    assert records[0]["verdict"].startswith("not determined: bad.csv: fails")
    json.dumps(records, allow_nan=False)


@pytest.mark.parametrize(("thickness", "notes"), [(5e-5, 1), (1.5e-3, 0)])
def test_a_pitch_beyond_the_atlas_is_told(thickness, notes):
    """A slab of 50 µm is known up to a pitch of 2.5 mm; the prior goes to 10 mm, and no arc says less."""
    model = InterfaceModel("full_contact")
    forward = Forward(model, space_of(model, default_priors(), ATLAS), ATLAS, FREQUENCY, thickness)
    z = forward.impedance(np.zeros((1, forward.space.dimension)))[0]
    noise = np.random.default_rng(4).standard_normal((2, z.size))
    spectrum = Spectrum(FREQUENCY, z + NOISE * np.abs(z) * (noise[0] + 1j * noise[1]), "ohm m2")
    known = dataclasses.replace(setting("lattice", "full_contact"), thickness=thickness)
    found = interpret(spectrum, known, ATLAS, NOISE)
    told = with_best_case(Entry("cell.csv", "cell.csv"), found, lambda _: None).notes
    assert sum("50 times the thickness" in note for note in told) == notes


def test_the_same_seed_gives_the_same_numbers():
    spectrum = spectrum_of("full_contact")
    first, again = (interpret(spectrum, setting("full_contact"), ATLAS, NOISE) for _ in range(2))
    assert summary(first, "bulk_conductivity") == summary(again, "bulk_conductivity")
    assert first.fitted[0].log_evidence == again.fitted[0].log_evidence


def test_kinds_are_alike_beforehand_whatever_the_number_of_patterns(visible):
    twice = Interpretation(visible.spectrum, visible.setting, (*visible.fitted, visible.fitted[0]), NOISE)
    assert twice.probability(("lattice",)) == pytest.approx(visible.probability(("lattice",)))


def test_predictions_surround_the_spectrum(visible):
    draws = visible.predicted(200)
    apart = (draws.mean(axis=0) - visible.spectrum.impedance) / np.abs(visible.spectrum.impedance)
    assert np.sqrt(np.mean(np.abs(apart) ** 2) / 2) < 1.3 * NOISE
    assert draws.std(axis=0).max() < 0.01 * np.abs(visible.spectrum.impedance).max()


def test_rows_tell_intervals_models_and_verdict(visible):
    record = entry_record(Entry("cell.csv", "cell.csv", interpretation=visible, notes=("area told",)))
    rows = list(interpretation_rows(record))
    names = [name for name, _ in rows]
    assert names[:3] == ["contact fraction", "pitch", "gap height"]
    assert ("note", "area told") in rows
    assert any(text.startswith("lattice hexagonal: probability") for name, text in rows if name == "model")
    failed = entry_record(Entry("x", "x", error="x: broken"))
    assert list(interpretation_rows(failed)) == [("not interpreted", "x: broken")]


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((15.2, 15.17, 15.21, 15.11, 15.3), "best 15.20 Ω, 68 %: 15.17 Ω to 15.21 Ω, 95 %: 15.11 Ω to 15.30 Ω"),
        ((4.13e3, 3.97e3, 4.52e3, 3e3, 5e3), "best 4.13 kΩ, 68 %: 3.97 kΩ to 4.52 kΩ, 95 %: 3.00 kΩ to 5.00 kΩ"),
    ],
)
def test_ends_of_an_interval_are_told_apart(ends, said):
    names = ("best", "low68", "high68", "low95", "high95")
    assert interval_text({**dict(zip(names, ends, strict=True)), "determined": True}, "Ω") == said


def test_pictures_are_drawn(visible, tmp_path):
    draw_bands(tmp_path / "band.png", "cell $1", visible.spectrum, visible.predicted(50), NOISE)
    values, weights = visible.posterior(["contact_fraction", "R_cstr"])
    columns = [CornerColumn("f", values[:, 0], 0.2, 0.005, 0.95), CornerColumn("R_cstr  (Ω·m²)", values[:, 1], 1.3e-3)]
    draw_corner(tmp_path / "corner.png", "cell", columns, weights)
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in ("band.png", "corner.png"))


def test_weighted_quantiles_are_those_of_repeated_samples():
    values, counts = np.array([3.0, 1.0, 2.0]), np.array([1, 5, 4])
    found = weighted_quantiles(values, counts / 10, (0.25, 0.7))
    assert found == pytest.approx([1.0, 2.0])


@pytest.mark.parametrize(
    ("low", "high", "kind", "words"),
    [
        (0.6e-3, 1.1e-3, "length", "0.6 to 1.1 mm"),
        (0.08, 0.21, None, "8 to 21 %"),
        (3e-6, None, "length", "3 um"),
        (1.0001e-7, 1.0002e-7, "length", "100 nm"),
        (0.02, 12.0, "length", "20 to 12000 mm"),
    ],
)
def test_spans_in_words(low, high, kind, words):
    assert span(low, high, kind) == words


def test_a_priors_file_is_read():
    found = priors_of(
        {
            "electrolyte": {"material": "NZSP", "bulk_conductivity": "12 mS/cm"},
            "priors": {
                "pitch": {"log_uniform": ["0.1 mm", "2 mm"]},
                "gap_height": {"log_normal": "100 nm", "factor": 1.5},
                "grain_boundary_exponent": {"uniform": [0.9, 1.0]},
                "gap_permittivity": 2,
            },
        },
        "p.toml",
    )
    assert found["pitch"] == Uniform(1e-4, 2e-3, True)
    assert found["gap_height"] == LogNormal(1e-7, 1.5)
    assert found["grain_boundary_exponent"] == Uniform(0.9, 1.0)
    assert found["gap_permittivity"] == Fixed(2.0)
    assert found["bulk_conductivity"] == LogNormal(1.2, 1.35)
    assert found["contact_fraction"] == Uniform(0.005, 0.95, True)


def test_an_electrolyte_without_grain_boundaries_has_no_such_unknowns():
    found = priors_of({"electrolyte": {"grain_boundary_conductivity": "none"}}, "p.toml")
    assert "grain_boundary_frequency" not in found


@pytest.mark.parametrize(
    ("priors", "words"),
    [
        ({"pich": "1 mm"}, "priors.pich: no unknown, the nearest is 'pitch'"),
        ({"pitch": "1 S"}, "priors.pitch = '1 S': expected a length"),
        ({"pitch": 1e-3}, "priors.pitch = 0.001: expected a length with its unit"),
        ({"pitch": "-1 mm"}, "expected a value above zero"),
        ({"pitch": {"log_uniform": ["2 mm", "1 mm"]}}, "expected the smaller value first"),
        ({"pitch": {"log_normal": "1 mm"}}, "factor = None belongs to log_normal"),
        ({"pitch": {"log_normal": "1 mm", "factor": 0.5}}, "priors.pitch.factor = 0.5: Input should be greater than 1"),
        ({"pitch": {}}, "nothing given, one is needed; expected a value"),
        ({"pitch": {"uniform": ["1 mm", "2 mm"], "factor": 2}}, "factor = 2"),
        ({"contact_fraction": "a lot"}, "expected a number"),
    ],
)
def test_a_wrong_prior_is_one_line(priors, words):
    with pytest.raises(InputError) as caught:
        priors_of({"priors": priors}, "p.toml")
    assert str(caught.value).startswith("p.toml: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_sections_of_a_priors_file_are_refused():
    with pytest.raises(InputError, match=r"p.toml: prior: unknown key, the nearest is 'priors'"):
        priors_of({"prior": {}}, "p.toml")


@pytest.mark.parametrize(("r_hat", "converged"), [(1.02, True), (2.08, False)])
def test_walkers_that_have_not_mixed_are_told(r_hat, converged):
    """Importance sampling has samples enough; the walkers that it started from do not agree."""
    samples = Samples(np.zeros((1, 1)), np.array([r_hat]), np.ones(1), 240, False)
    fitted = Fitted(None, None, samples, SimpleNamespace(sure=True))
    assert (fitted.converged, fitted.r_hat) == (converged, r_hat)
    told = doubts(SimpleNamespace(fitted=(fitted,), probabilities=np.ones(1)), sound=True)
    assert [line.partition(",")[0] for line in told] == ["walkers have not converged (R-hat 2.08)"] * (not converged)


@pytest.mark.parametrize(
    ("kind", "r_hat", "enough", "told"),
    [
        ("lattice", 1.62, True, "walkers have not converged (R-hat 1.62), intervals rest on importance sampling alone"),
        ("lattice_film", 1.62, True, "walkers have not converged (R-hat 1.62), intervals are rough"),
        ("lattice_film", 1.02, True, ""),
        ("lattice", 1.02, False, "samples are few, intervals are rough"),
    ],
)
def test_behind_a_film_walkers_have_to_agree(kind, r_hat, enough, told):
    """About one ridge importance sampling held the gap of a film's lattice in four of ten 95 % intervals."""
    samples = Samples(np.zeros((1, 1)), np.array([r_hat]), np.ones(1), 240, False)
    best = SimpleNamespace(forward=SimpleNamespace(model=InterfaceModel(kind, "hexagonal")))
    fitted = Fitted(best, "a ridge", samples, SimpleNamespace(sure=enough))
    sound = believed(fitted)
    assert sound == (not told.endswith("rough"))
    assert "".join(doubts(SimpleNamespace(fitted=(fitted,), probabilities=np.ones(1)), sound)) == told


@pytest.mark.parametrize(
    ("straight", "enough", "told"),
    [
        (None, True, ()),
        (None, False, ("samples are few, intervals are rough",)),
        ("a ridge", True, ("intervals behind a film rest on draws along one ridge, without walkers",)),
    ],
)
def test_behind_a_film_draws_on_the_sheet_are_believed_and_those_along_a_ridge_are_not(straight, enough, told):
    best = SimpleNamespace(forward=SimpleNamespace(model=InterfaceModel("lattice_film", "hexagonal")))
    fitted = Fitted(best, straight, None, SimpleNamespace(sure=enough))
    sound = believed(fitted)
    assert sound == (not told)
    assert doubts(SimpleNamespace(fitted=(fitted,), probabilities=np.ones(1)), sound) == told


def test_a_sheet_that_does_not_reach_all_is_not_believed():
    best = SimpleNamespace(forward=SimpleNamespace(model=InterfaceModel("lattice_film", "hexagonal")))
    for whole in (True, False):
        found = Fitted(best, None, None, Evidence(0.0, 0.1, 900.0, np.ones(1), None, whole))
        assert believed(found) == whole
        told = doubts(SimpleNamespace(fitted=(found,), probabilities=np.ones(1)), sound=whole)
        assert told == (() if whole else ("samples are few, intervals are rough",))


def test_few_samples_tell_no_numbers(visible):
    """The same intervals as before, of which none may be believed."""
    few = tuple(
        dataclasses.replace(
            one, evidence=one.evidence and dataclasses.replace(one.evidence, effective=2.0), samples=None
        )
        for one in visible.fitted
    )
    found = dataclasses.replace(visible, fitted=few)
    record = entry_record(Entry("a.csv", "a", interpretation=found))
    assert record["verdict"].startswith("not determined: samples are few")
    assert not any(part["determined"] for part in record.values() if isinstance(part, dict) and "determined" in part)
    assert "contact fraction" in verdict(visible).words and "samples are few" not in verdict(visible).words


@pytest.mark.parametrize(("tenths", "determined"), [(10, False), (7, False), (3, True), (1, True)])
def test_r_cstr_is_determined_if_it_is_narrower_than_what_interfaces_of_the_priors_have(visible, tenths, determined):
    """Its posterior is so many tenths of what other interfaces drawn from the priors have, in their order."""
    one = visible.fitted[0]
    forward = one.best.forward
    before = np.sort(forward.constriction_resistance(forward.space.draw(4000, np.random.default_rng(7))))
    left = before[: 400 * tenths]
    found = SimpleNamespace(
        posterior=lambda names: (left[:, np.newaxis], np.full(left.size, 1 / left.size)),
        having=lambda names: [(one, 0.9)],
        setting=visible.setting,
    )
    said = summary(found, "R_cstr")
    assert said.width == pytest.approx(tenths / 10, abs=0.06)  # both are samples, of 1000 and 4000
    assert said.determined == determined


def test_an_arc_that_hides_among_those_of_the_electrolyte_is_found_by_more_starts():
    """None of the first starts leads there; least squares from the truth itself ends where the search does."""
    atlas, priors, model = load_atlas(), default_priors(), InterfaceModel("lattice", "hexagonal")
    truth = {"contact_fraction": 0.4258, "pitch": 0.9315e-3, "gap_height": 1.1816e-9, "gap_permittivity": 1.0}
    truth |= {"bulk_conductivity": 1.1171, "relative_permittivity": 44.217, "grain_boundary_conductivity": 0.94056}
    truth |= {"grain_boundary_frequency": 1.817e6, "grain_boundary_exponent": 0.94909}
    frequency, random = np.geomspace(7e6, 100, 49), np.random.default_rng(7017)
    space = space_of(model, priors, atlas)
    z = Forward(model, space, atlas, frequency, THICKNESS).impedance(space.scores(truth))[0]
    z = z + NOISE * np.abs(z) * (random.standard_normal(z.size) + 1j * random.standard_normal(z.size))
    asked = posed(Spectrum(frequency, z, "ohm m2"), Setting(THICKNESS, priors, (model,)), atlas, model).likelihood
    (near,) = find_modes(asked, np.random.default_rng(0), NOISE, space.scores(truth))[:1]
    (found,) = find_modes(asked, np.random.default_rng(0), NOISE)[:1]
    assert found.noise < 1.2 * NOISE
    assert found.log_posterior == pytest.approx(near.log_posterior, abs=0.1)
