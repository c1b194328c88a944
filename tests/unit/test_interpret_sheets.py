"""Posteriors on thin, bent sheets: against closed forms, integrals on grids, and what other samples say."""

from dataclasses import replace

import numpy as np
import pytest
from unit.test_interpret_parts import linear_problem

from constriction.interpret.atlas import load_atlas
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import InterfaceModel, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.posterior.evidence import Evidence, explore, reweighted
from constriction.interpret.posterior.likelihood import Likelihood
from constriction.interpret.posterior.ridge import straighten
from constriction.interpret.posterior.sampled import sampled
from constriction.interpret.posterior.search import find_modes
from constriction.interpret.posterior.sheets import covering
from constriction.interpret.posterior.sheets.covering import sheet_evidence
from constriction.interpret.progress.kept import posterior_arrays, posterior_of
from constriction.spectra.spectrum import Spectrum


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("lattice", "random"),
        ("lattice_film", "hexagonal"),
        ("two_levels", "square"),
        ("lifted_zone", "stripes"),
        ("film", ""),
    ],
)
def test_spectra_near_to_others_are_those_of_the_atlas(kind, pattern):
    """All unknowns a little to the side, one at a time: what is left goes with the square of that."""
    atlas, model = load_atlas(), InterfaceModel(kind, pattern)
    space = space_of(model, default_priors(), atlas)
    forward = Forward(model, space, atlas, np.geomspace(7e6, 100, 21), 1.5e-3)
    scores = np.repeat(np.random.default_rng(1).standard_normal((1, 20, space.dimension)), space.dimension + 1, axis=0)
    for number in range(space.dimension):
        scores[number + 1, :, number] += 1e-4
    expected = forward.impedance(scores.reshape(-1, space.dimension)).reshape(*scores.shape[:2], -1)
    moved = np.abs(expected[1:] / expected[0] - 1).max()
    assert 1e-5 < moved < 2e-3
    np.testing.assert_allclose(forward.impedance_near(scores), expected, rtol=1e-6)


def test_what_follows_in_two_places_is_found_in_both():
    """A square is seen and nothing else: beside each of what leads, two places are as likely, and draws about one of
    them would all have weight. The evidence is an integral over one of them, twice; a third score is not seen. Where
    what leads is thin a tenth or so is found late; half was missed by one sheet, which is 0.69."""
    errors = 0.002 * np.random.default_rng(4).standard_normal((2, 25))
    measured = 10 * np.exp(0.5) * (1 + errors[0] + 1j * errors[1]) + 0j

    def predict(scores):
        squares = 0.5 * scores[:, 1:2] ** 2 + 0.02 * scores[:, :1]
        return 10 * np.exp(squares) + np.zeros((1, 25), dtype=complex)

    likelihood = Likelihood(Spectrum(np.geomspace(1e6, 1e3, 25), measured, "ohm m2"), predict, 3)
    lead, other = np.meshgrid(np.linspace(-5, 5, 801), np.linspace(0.8, 1.2, 2001), indexing="ij")
    places = np.stack([lead.ravel(), other.ravel(), np.zeros(lead.size)], axis=1)
    heights = likelihood.log_posterior(places) + 0.5 * np.log(2 * np.pi)
    step = (lead[1, 0] - lead[0, 0]) * (other[0, 1] - other[0, 0])
    expected = heights.max() + np.log(2 * np.exp(heights - heights.max()).sum() * step)
    told = sheet_evidence(likelihood, [0], 0.002, np.random.default_rng(2))
    assert told.sure and told.log_evidence == pytest.approx(expected, abs=0.2)
    assert told.weights @ (told.drawn.scores[:, 1] > 0) == pytest.approx(0.5, abs=0.08)


def test_a_place_is_not_forgotten_that_draws_have_hardly_hit(monkeypatch):
    """Two places as likely of what leads; mixtures follow the weights of one of them alone, as after unlucky draws."""
    errors = 0.002 * np.random.default_rng(4).standard_normal((2, 25))
    measured = 10 * np.exp(0.5) * (1 + errors[0] + 1j * errors[1]) + 0j

    def predict(scores):
        return 10 * np.exp(0.5 * scores[:, :1] ** 2 + 0.02 * scores[:, 1:2]) + np.zeros((1, 25), dtype=complex)

    likelihood = Likelihood(Spectrum(np.geomspace(1e6, 1e3, 25), measured, "ohm m2"), predict, 2)
    known = covering.known_places(likelihood, 0.002, np.random.default_rng(1))
    assert 0.3 < np.mean(known.scores[known.likely, 0] > 0) < 0.7
    sheets, strange = covering.covering(known, [0])
    milder, drawn = covering._milder, covering._Rounds.drawn.fget
    seen = []

    def of_one_place(weights):
        return milder(weights) * (seen[-1].scores[:, 0] > 0)

    def noted(rounds):
        seen.append(drawn(rounds))
        return seen[-1]

    monkeypatch.setattr(covering, "_milder", of_one_place)
    monkeypatch.setattr(covering._Rounds, "drawn", property(noted))
    monkeypatch.setattr(covering, "AMPLE", 1e9)
    monkeypatch.setattr(covering, "ROUNDS", 10)
    told = covering._drawn(sheets, strange, np.random.default_rng(2))
    left = told.drawn.scores[:, 0] < 0
    assert np.mean(left[-2000:]) > 0.02
    assert told.effective > 500 and told.weights @ left == pytest.approx(0.5, abs=0.05)


def test_a_sheet_that_nothing_belongs_to_is_drawn_all_the_same():
    likelihood = linear_problem(7)
    known = covering.known_places(likelihood, 0.01, np.random.default_rng(1))
    sheets, strange = covering.covering(known, [0])
    told = covering._drawn([*sheets, *sheets], np.concatenate([strange, strange + 1]), np.random.default_rng(2))
    alone = covering._drawn(sheets, strange, np.random.default_rng(2))
    assert told.log_evidence == pytest.approx(alone.log_evidence, abs=4 * (told.stderr + alone.stderr))


def test_what_is_out_of_reach_is_said(monkeypatch):
    """The same with one sheet alone."""
    monkeypatch.setattr(covering, "SHEETS", 1)
    monkeypatch.setattr(covering, "loosest", lambda known, may: [0])
    measured = np.full(25, 10 * np.exp(0.5) + 0j)

    def predict(scores):
        return 10 * np.exp(0.5 * scores[:, 1:2] ** 2) + 0.02 * scores[:, :1] + np.zeros((1, 25), dtype=complex)

    likelihood = Likelihood(Spectrum(np.geomspace(1e6, 1e3, 25), measured, "ohm m2"), predict, 2)
    told = sheet_evidence(likelihood, [0, 1], 0.002, np.random.default_rng(2))
    assert not told.whole and not told.sure


@pytest.mark.parametrize("interface", [[0], [2, 0]])
def test_a_sheet_of_a_linear_problem_is_the_closed_form(interface, monkeypatch):
    """Where all is linear what follows is exactly normal; walkers in other coordinates find the same."""
    monkeypatch.setattr(covering, "AMPLE", 1500.0)
    likelihood, random = linear_problem(7), np.random.default_rng(5)
    mode = find_modes(likelihood, random, 0.01)[0]
    expected = explore(straighten(likelihood, mode, [0]), [mode], random)
    told = sheet_evidence(likelihood, interface, mode.noise, random)
    assert told.effective > 1000
    straight, samples, kept = posterior_of(posterior_arrays(None, None, told), likelihood, mode)
    assert straight is None and samples is None and kept.whole
    assert np.array_equal(kept.weights, told.weights) and np.array_equal(kept.drawn.scores, told.drawn.scores)
    more = reweighted(replace(kept, whole=False), np.full(len(kept.weights), 0.5))
    assert not more.sure and kept.sure
    assert more.log_evidence == pytest.approx(told.log_evidence + 0.5)
    assert told.log_evidence == pytest.approx(expected.log_evidence, abs=4 * (told.stderr + expected.stderr))
    for power in (1, 2):
        ours = told.weights @ told.drawn.scores**power
        assert ours == pytest.approx(expected.weights @ expected.drawn.scores**power, rel=0.02, abs=0.01)


@pytest.mark.parametrize("bent", ["always", "sometimes"])
def test_a_bent_sheet_is_found_to_its_ends(bent, monkeypatch):
    """A product is seen and nothing else, as of a film's resistance and the contact fraction: a thin ridge, whose
    evidence and spread are those of an integral over one of its factors."""
    frequency = np.geomspace(1e6, 1e3, 25)
    errors = 0.002 * np.random.default_rng(4).standard_normal((2, 25))
    measured = 10 * np.exp(0.3) * (1 + errors[0] + 1j * errors[1]) + 0j

    def predict(scores):
        return 10 * np.exp(scores[:, :1] + 0.5 * (np.exp(scores[:, 1:]) - 1)) + np.zeros((1, 25), dtype=complex)

    likelihood = Likelihood(Spectrum(frequency, measured, "ohm m2"), predict, 2)
    along = np.linspace(-5, 2, 3001)
    centre = 0.3 - 0.5 * (np.exp(along) - 1)
    off = np.linspace(-0.006, 0.006, 201)
    places = np.stack([(centre[:, None] + off).ravel(), np.repeat(along, off.size)], axis=1)
    density = np.exp(likelihood.log_posterior(places) - likelihood.log_posterior(places).max())
    expected = (
        np.log(density.sum() * (along[1] - along[0]) * (off[1] - off[0])) + likelihood.log_posterior(places).max()
    )
    shares = density / density.sum()
    mean = shares @ places
    spread = np.sqrt(shares @ (places - mean) ** 2)

    random = np.random.default_rng(6)
    modes = find_modes(likelihood, random, 0.002)
    monkeypatch.setattr(Evidence, "plenty", False)  # as where draws about the maximum are too few
    straight, samples, told = sampled(likelihood, modes, [0, 1], bent, random)
    assert straight is None and samples is None
    assert told.log_evidence == pytest.approx(expected, abs=0.1)
    found = told.weights @ told.drawn.scores
    assert found == pytest.approx(mean, abs=0.1)
    assert np.sqrt(told.weights @ (told.drawn.scores - found) ** 2) == pytest.approx(spread, rel=0.1)
