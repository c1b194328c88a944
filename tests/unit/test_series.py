"""Series of spectra: what spectra tell each other of the electrolyte, against closed forms; and conserved metal."""

import numpy as np
import pytest
from interpret_series import deposition
from scipy.stats import norm
from support.made_up_cells import ATLAS, NOISE, THICKNESS, made_up

from constriction.base.errors import InputError
from constriction.compare.measured import Loaded
from constriction.interpret.batch import Batch, interpret_all
from constriction.interpret.interpretation import interpret
from constriction.interpret.model.models import InterfaceModel, models_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.model.priors import Fixed, LogNormal, Uniform
from constriction.interpret.model.space import MetalBalance, ScoreSpace, SharedScores
from constriction.interpret.record import entry_record
from constriction.interpret.series.balance import SCATTER, DepositedMetal, balanced, metal_thickness
from constriction.interpret.series.series import Member, interpret_series
from constriction.interpret.series.sharing import (
    Belief,
    Word,
    agreements,
    drift_of,
    heard,
    in_deviations,
    log_chance,
    tamed,
    word_of,
)
from constriction.interpret.setting import Aids, Setting
from constriction.interpret.summary import summary
from constriction.spectra.reading.analysis import AnalysisOptions

DRIFT = np.array([0.1, 0.3])


def words_of(seed, count):
    random = np.random.default_rng(seed)
    parts = [random.standard_normal((3, 2)) for _ in range(count)]
    return [Word(part.T @ part, random.standard_normal(2)) for part in parts]


def test_what_is_heard_is_the_marginal_of_all_electrolytes_together():
    """Normal words on electrolytes that are correlated by 1 − drift: one linear system has the answer."""
    words = words_of(1, 3)
    correlation = np.kron(np.eye(4), np.diag(DRIFT)) + np.kron(np.ones((4, 4)), np.diag(1 - DRIFT))
    precision, shift = np.linalg.inv(correlation), np.zeros(8)
    for number, word in enumerate(words):
        own = slice(2 * number, 2 * number + 2)
        precision[own, own] += word.precision
        shift[own] += word.shift
    covariance = np.linalg.inv(precision)
    found = heard(words, DRIFT)
    assert found.mean == pytest.approx((covariance @ shift)[6:])
    assert found.covariance == pytest.approx(covariance[6:, 6:])


def test_a_word_takes_the_prior_to_the_posterior():
    random = np.random.default_rng(2)
    root = np.tril(random.standard_normal((2, 2)))
    prior = Belief(random.standard_normal(2), root @ root.T + np.eye(2))
    (word,) = words_of(3, 1)
    covariance = np.linalg.inv(np.linalg.inv(prior.covariance) + word.precision)
    mean = covariance @ (np.linalg.solve(prior.covariance, prior.mean) + word.shift)
    found = word_of(Belief(mean, covariance), prior)
    assert found.precision == pytest.approx(word.precision)
    assert found.shift == pytest.approx(word.shift)


def test_a_first_word_makes_nothing_less_sure():
    said = word_of(Belief(np.array([0.5, 1.0]), np.diag([0.5, 2.0])), Belief.prior(2))
    assert said.precision == pytest.approx(np.diag([1.0, -0.5]))
    found = tamed(said)
    assert found.precision == pytest.approx(np.diag([1.0, 0.0]))
    assert found.shift == pytest.approx([1.0, 0.0])


def test_agreement_is_even_where_words_are_of_one_electrolyte():
    """Words drawn from the model itself: their chances are spread evenly between 0 and 1."""
    random, chances = np.random.default_rng(4), []
    slopes = np.array([[2.0, 0.3], [0.0, 1.5]])
    for _ in range(400):
        common, words = random.standard_normal(2), []
        for _ in range(3):
            own = np.sqrt(1 - DRIFT) * common + np.sqrt(DRIFT) * random.standard_normal(2)
            words.append(Word(slopes.T @ slopes, slopes.T @ (slopes @ own + random.standard_normal(2))))
        chances.append(np.exp(log_chance(words[0], heard(words[1:], DRIFT))))
    assert np.mean(np.array(chances) < 0.1) == pytest.approx(0.1, abs=0.045)  # three binomial deviations
    assert np.mean(chances) == pytest.approx(0.5, abs=0.045)


def test_one_that_contradicts_is_left_out_and_two_are_both():
    sure = np.diag([100.0, 100.0])
    words = [Word(sure, sure @ np.array(mean)) for mean in ([0.0, 0.1], [0.05, 0.0], [3.0, 0.0])]
    small = np.array([1e-4, 1e-4])
    first, second, third = agreements(words, small)
    assert first.before is not None and second.before is not None and third.before is None
    assert first.deviations < 2 and third.deviations > 5
    assert first.before.mean == pytest.approx([0.05, 0.0], abs=0.01)
    assert [one.before for one in agreements(words[1:], small)] == [None, None]
    assert agreements(words[:1], small)[0].deviations is None


def test_deviations_of_a_normal_number():
    assert in_deviations(np.log(2 * norm.sf(2.5))) == pytest.approx(2.5)


def test_priors_narrower_than_the_drift_have_nothing_in_common():
    narrow, wide = LogNormal(1.0, 1.003), LogNormal(1.0, 1.35)
    assert drift_of([narrow, wide]) == pytest.approx([1.0, (np.log(1.003) / np.log(1.35)) ** 2], rel=1e-4)
    assert drift_of([Uniform(0.8, 1.0)])[0] < 0.01


def test_shared_scores_and_metal_are_in_values_and_back():
    shared = SharedScores(("a", "b"), np.array([1.0, -0.5]), np.array([[0.1, 0.0], [0.3, 0.2]]))
    priors = {"contact_fraction": Uniform(0.05, 0.5, True), "gap_height": Uniform(1e-7, 1e-5, True)}
    space = ScoreSpace(
        {**priors, "a": LogNormal(2.0, 1.5), "b": Uniform(0.8, 1.0)}, shared, MetalBalance(1e-6, SCATTER)
    )
    scores = space.draw(20_000, np.random.default_rng(0))
    values = space.values(scores)
    assert space.scores(values) == pytest.approx(scores, abs=1e-9)
    logs = np.log(values["gap_height"] * values["contact_fraction"] / 1e-6) / np.log(SCATTER)
    assert logs == pytest.approx(scores[:, 1])
    own = space.alone(scores)[:, 2:]
    assert own.mean(axis=0) == pytest.approx(shared.mean, abs=0.02)
    assert np.cov(own.T) == pytest.approx(shared.root @ shared.root.T, abs=0.01)


# --- metal ------------------------------------------------------------------------------------------------------------


def setting(**priors):
    return Setting(THICKNESS, default_priors() | priors, models_of(("lattice", "film"), ("hexagonal", "random")))


def test_thickness_of_metals_is_that_of_the_paper_and_of_lithium():
    assert metal_thickness(0.5 * 3.6e4, "sodium") == pytest.approx(4.4e-6, rel=0.01)
    assert metal_thickness(3.6e4, "lithium") == pytest.approx(4.85e-6, rel=0.01)  # 1 mAh/cm²: 3861 mAh/g, 0.534 g/cm³


def test_contact_fractions_whose_islands_would_be_too_high_are_left_out():
    found = balanced(setting(), 4.4e-6, ATLAS)
    assert found.priors["contact_fraction"] == Uniform(4.4e-6 / 3e-5, 0.95, True)
    assert found.models == setting().models
    assert [model.name for model in balanced(setting(), 20e-6, ATLAS).models] == ["lattice hexagonal", "film"]


@pytest.mark.parametrize(
    ("thickness", "priors", "words"),
    [
        (0.0, {}, "0 um of metal by the charge that passed before it: expected a charge above zero"),
        (-1e-6, {}, "-1 um of metal"),
        (44e-6, {}, "contradict each other: 44 um of metal make islands of 46.3 to 8.8e\\+03 um"),
        (4.4e-6, {"gap_height": LogNormal(1e-7, 1.5)}, "is expected from 0.0444 to 0.225 um"),
        (28e-6, {}, "need a contact fraction above 0.933, which no pattern"),
        (4.4e-6, {"contact_fraction": Fixed(0.05)}, "contradict"),
        (4.4e-6, {"gap_height": Fixed(1e-7)}, "gap_height = 100 nm, held: expected a free one"),
    ],
)
def test_charge_and_thickness_that_contradict_each_other_are_told(thickness, priors, words):
    with pytest.raises(InputError, match=words):
        balanced(setting(**priors), thickness, ATLAS)


# --- whole series -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def series():
    members, truths = deposition(2)
    return members, truths, interpret_series(members, ATLAS, Aids())


def test_a_series_is_sharper_than_its_spectra_and_holds_the_truth(series):
    members, truths, found = series
    alone = interpret(members[0].spectrum, members[0].setting, ATLAS, NOISE)
    for name in ("bulk_conductivity", "grain_boundary_conductivity"):
        single, shared = summary(alone, name), summary(found[0][0], name)
        assert np.log(shared.high68 / shared.low68) < 0.8 * np.log(single.high68 / single.low68), name
    for (interpretation, agreement), truth in zip(found, truths, strict=True):
        assert agreement.deviations < 3 and interpretation.fitted[0].trusted
        for name in ("contact_fraction", "pitch", "gap_height", "bulk_conductivity", "grain_boundary_conductivity"):
            said = summary(interpretation, name)
            assert 0.98 * said.low95 < truth[name] < 1.02 * said.high95, name


def test_another_cell_in_a_series_is_told_and_left_out():
    """The third one's grain boundaries conduct half as well."""
    model, low = InterfaceModel("full_contact"), {"grain_boundary_conductivity": 0.4}
    spectra = [made_up(model, 1, {}), made_up(model, 2, {}), made_up(model, 3, low)]
    loaded = [Loaded(f"{k}.csv", spectrum=spectrum) for k, spectrum in enumerate(spectra)]
    loaded += [Loaded("lost.csv", error="lost.csv: not there"), Loaded("bare.csv", spectrum=spectra[0])]
    known = Setting(THICKNESS, default_priors(), models_of(("full_contact",), ()))
    charges = DepositedMetal([1800.0, 3600.0, 5400.0, 7200.0, 0.0])
    entries = interpret_all(loaded, Batch(known, ATLAS, AnalysisOptions(), charges), lambda _: None)
    records = [entry_record(entry) for entry in entries]
    assert [record.get("electrolyte_shared") for record in records] == [True, True, False, None, None]
    assert "contradicts that of the others by" in records[2]["notes"][0]
    assert records[1]["mean_metal_thickness_m"] == pytest.approx(0.886e-6, rel=0.01)
    assert records[3]["verdict"] == "not determined: lost.csv: not there"
    assert records[4]["verdict"].startswith("not determined: bare.csv: 0 um of metal")


def test_a_series_of_one_is_one_spectrum(series):
    members, _, _ = series
    known = Setting(THICKNESS, default_priors(), models_of(("full_contact",), ()))
    ((found, agreement),) = interpret_series([Member(members[0].spectrum, known, NOISE)], ATLAS, Aids())
    alone = interpret(members[0].spectrum, known, ATLAS, NOISE)
    assert agreement.deviations is None
    assert found.fitted[0].log_evidence == alone.fitted[0].log_evidence
