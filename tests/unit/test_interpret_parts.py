"""Parts of the way from a spectrum back to the interface, each against closed forms."""

import math

import numpy as np
import pytest
from poles_atlas import PolesAtlas
from scipy.stats import multivariate_t

from constriction.base.errors import InputError
from constriction.case.electrolyte import Electrolyte
from constriction.interpret.atlas import load_atlas
from constriction.interpret.model.forward import Forward, resistivities
from constriction.interpret.model.models import InterfaceModel, known_of, models_of, space_of
from constriction.interpret.model.priors import Fixed, LogNormal, Uniform
from constriction.interpret.model.space import ScoreSpace
from constriction.interpret.model.unknowns import OF_INTERFACE, electrolyte_priors
from constriction.interpret.posterior.convergence import autocorrelation_time, split_r_hat
from constriction.interpret.posterior.evidence import evidence, explore, resampled
from constriction.interpret.posterior.likelihood import LOUDEST, QUIETEST, Likelihood, log_of_squares
from constriction.interpret.posterior.mixtures import FREEDOM, Mixture, fit_mixture
from constriction.interpret.posterior.ridge import straighten
from constriction.interpret.posterior.sampling import WALKERS, sample
from constriction.interpret.posterior.search import find_modes
from constriction.laws.circuit import parse_circuit
from constriction.laws.electrolyte import resistivity
from constriction.laws.law import CircuitLaw
from constriction.spectra.spectrum import Spectrum

PRIORS = dict(OF_INTERFACE) | electrolyte_priors(Electrolyte())
FREQUENCY = np.geomspace(7e6, 100, 41)


@pytest.mark.parametrize("prior", [Uniform(2.0, 5.0), Uniform(1e-9, 3e-5, True), LogNormal(0.5, 1.35)])
def test_scores_of_values_are_the_scores(prior):
    scores = np.linspace(-3, 3, 13)
    assert prior.scores(prior.values(scores)) == pytest.approx(scores, abs=1e-9)


def test_a_prior_holds_what_it_says():
    draws = np.random.default_rng(0).standard_normal(200_000)
    spread = Uniform(1e-9, 1e-5, True).values(draws)
    for decade in range(-9, -5):  # a logarithmic prior has as much in each decade
        share = np.mean((spread > 10.0**decade) & (spread < 10.0 ** (decade + 1)))
        assert share == pytest.approx(0.25, abs=0.005)
    about = LogNormal(15.0, 2.0).values(draws)
    assert np.mean((about > 7.5) & (about < 30)) == pytest.approx(math.erf(1 / math.sqrt(2)), abs=0.005)


def test_many_resistivities_are_that_of_each_electrolyte():
    frequency = np.array([0.0, *FREQUENCY])
    cells = [Electrolyte(), Electrolyte(grain_boundary_exponent=0.87, grain_boundary_conductivity="2 mS/cm")]
    names = electrolyte_priors(cells[0])
    values = {name: np.array([getattr(cell, name) for cell in cells]) for name in names}
    expected = [resistivity(cell, frequency) for cell in cells]
    np.testing.assert_allclose(resistivities(values, frequency), expected, rtol=1e-13)


def values_of(**given):
    return {name: np.array([value]) for name, value in given.items()}


def electrolyte_values():
    return {name: float(prior.values(0.0)) for name, prior in electrolyte_priors(Electrolyte()).items()}


def test_film_in_full_contact_is_its_circuit():
    model = InterfaceModel("film", extras=("inductance", "tail", "resistance"))
    forward = Forward(model, space_of(model, PRIORS, PolesAtlas()), PolesAtlas(), FREQUENCY, 1.5e-3)
    film = {"film_resistance": 2e-3, "film_capacitance": 3e-3, "film_exponent": 0.8}
    rest = {"series_resistance": 1e-4, "inductance": 1e-11, "tail_capacitance": 0.5, "tail_exponent": 0.6}
    found = forward.at(values_of(**film, **rest, **electrolyte_values()))[0]
    charge = (2e-3 * 3e-3) ** 0.8 / 2e-3
    law = CircuitLaw(parse_circuit("p(R1,Q1)-R2-Q2"), (2e-3, charge, 0.8, 1e-4, 0.5, 0.6))
    cell = Electrolyte(grain_boundary_exponent=electrolyte_values()["grain_boundary_exponent"])
    expected = law.impedance(FREQUENCY) + 1.5e-3 * resistivity(cell, FREQUENCY) + 2j * np.pi * FREQUENCY * 1e-11
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_lengths_times_ten_are_impedances_times_ten():
    """With the gap's height, too, every θ stays."""
    model = InterfaceModel("lattice", "stripes")
    space = space_of(model, PRIORS, PolesAtlas())
    lengths = {"pitch": 1e-4, "gap_height": 1e-8}
    z = []
    for factor in (1.0, 10.0):
        forward = Forward(model, space, PolesAtlas(), FREQUENCY, 1.5e-3 * factor)
        grown = {name: value * factor for name, value in lengths.items()}
        z.append(forward.at(values_of(contact_fraction=0.3, gap_permittivity=1.0, **grown, **electrolyte_values())))
    np.testing.assert_allclose(z[1], 10 * z[0], rtol=1e-12)


def test_constriction_resistance_of_stripes_is_the_exact_one():
    model = InterfaceModel("lattice", "stripes")
    forward = Forward(model, space_of(model, PRIORS, PolesAtlas()), PolesAtlas(), FREQUENCY, 1.5e-3)
    found = forward.constriction_resistance(forward.space.scores(electrolyte_values() | INSIDE))
    assert found[0] == pytest.approx(2.0 * 1e-4 * 0.251363, rel=1e-5)  # ρ = 2 Ω·m, f = 0.3: docs/physics.md


INSIDE = {"contact_fraction": 0.3, "pitch": 1e-4, "gap_height": 1e-8}


def test_a_pattern_cuts_the_prior_of_the_contact_fraction():
    space = space_of(InterfaceModel("lattice", "random"), PRIORS, PolesAtlas())
    fractions = space.values(space.draw(2000, np.random.default_rng(1)))["contact_fraction"]
    assert 0.005 <= fractions.min() and 0.40 < fractions.max() <= 0.45
    assert "realisation" in space.names
    assert "realisation" not in space_of(InterfaceModel("lattice", "stripes"), PRIORS, PolesAtlas()).names
    with pytest.raises(InputError, match="pattern 'random' has 0.005 to 0.45"):
        space_of(InterfaceModel("lattice", "random"), PRIORS | {"contact_fraction": Fixed(0.6)}, PolesAtlas())


def test_models_with_spots_come_once_per_pattern():
    names = [model.name for model in models_of(("lattice", "film"), ("stripes", "random"))]
    assert names == ["lattice stripes", "lattice random", "film"]


@pytest.mark.parametrize("rms", [1e-9, 1e-5, 2.9e-4, 2e-3, 4e-2, 0.3, 40.0])
@pytest.mark.parametrize("numbers", [10, 120])
def test_noise_is_integrated_out_exactly(rms, numbers):
    squares = numbers * rms**2

    def log_density(log_noise):
        noise = math.exp(log_noise)
        return -squares / (2 * noise**2) - numbers * (log_noise + 0.5 * math.log(2 * math.pi))

    ends = math.log(QUIETEST), math.log(LOUDEST)
    peak = min(max(math.log(rms), ends[0]), ends[1])
    highest = log_density(peak)
    steps = np.geomspace(1e-10, 6, 20_000)
    places = np.unique(np.clip(np.concatenate([peak - steps, [peak], peak + steps]), *ends))
    area = np.trapezoid(np.exp([log_density(place) - highest for place in places]), places)
    expected = highest + math.log(area / (ends[1] - ends[0]))
    assert log_of_squares(np.array([squares]), numbers)[0] == pytest.approx(expected, rel=1e-6, abs=1e-3)


def test_mixture_is_students_distribution():
    root = np.array([[2.0, 0.0], [0.5, 0.3]])
    mixture = Mixture(np.array([0.25, 0.75]), np.array([[0.0, 1.0], [3.0, -1.0]]), np.array([root, np.eye(2)]))
    points = np.random.default_rng(3).standard_normal((20, 2)) * 3
    parts = [multivariate_t(m, r @ r.T, FREEDOM) for m, r in zip(mixture.means, mixture.roots, strict=True)]
    expected = np.log(0.25 * parts[0].pdf(points) + 0.75 * parts[1].pdf(points))
    assert mixture.log_density(points) == pytest.approx(expected)


def test_a_fitted_mixture_finds_both_heaps():
    random = np.random.default_rng(5)
    points = np.concatenate([random.normal((0, 0), (1, 0.1), (300, 2)), random.normal((20, 5), (0.1, 1), (900, 2))])
    mixture = fit_mixture(points, np.full(1200, 1 / 1200), 4, random)
    near = np.linalg.norm(mixture.means - np.array([20.0, 5.0]), axis=1) < 5
    assert mixture.weights[near].sum() == pytest.approx(0.75, abs=0.02)


def linear_problem(seed, spectra=1.0):
    """A spectrum that is linear in three scores, and the closed forms of its posterior at a known noise."""
    random = np.random.default_rng(seed)
    frequency = np.geomspace(1e6, 1e3, 25)
    base = 10 + 0j + np.zeros(25)
    slopes = spectra * (random.standard_normal((3, 25)) + 1j * random.standard_normal((3, 25)))
    measured = base + random.standard_normal(3) @ slopes
    measured = measured + 0.01 * np.abs(measured) * (random.standard_normal(25) + 1j * random.standard_normal(25))
    likelihood = Likelihood(Spectrum(frequency, measured, "ohm m2"), lambda scores: base + scores @ slopes, 3)
    return likelihood


@pytest.mark.parametrize("lead", [[0], [2, 0]])
def test_samples_and_evidence_of_a_linear_problem_are_the_closed_forms(lead):
    """At each noise level the posterior is normal and its evidence known: one integral over the noise is left."""
    likelihood = linear_problem(7)
    steep = (likelihood.residuals(np.eye(3)) - likelihood.residuals(np.zeros((1, 3)))).T
    start = likelihood.residuals(np.zeros((1, 3)))[0]

    def at(noise):
        curvature = steep.T @ steep / noise**2 + np.eye(3)
        mean = -np.linalg.solve(curvature, steep.T @ start / noise**2)
        left = start @ start / noise**2 - mean @ curvature @ mean
        log = -0.5 * left - 0.5 * np.linalg.slogdet(curvature)[1] - start.size * np.log(noise * np.sqrt(2 * np.pi))
        return log, mean, np.linalg.inv(curvature)

    noises = np.geomspace(QUIETEST, LOUDEST, 4001)
    found = [at(noise) for noise in noises]
    logs = np.array([log for log, _, _ in found])
    share = np.exp(logs - logs.max())
    expected = logs.max() + np.log(share.mean())
    share /= share.sum()
    mean = sum(part * middle for part, (_, middle, _) in zip(share, found, strict=True))
    second = sum(p * (c + np.outer(m, m)) for p, (_, m, c) in zip(share, found, strict=True))
    deviation = np.sqrt(np.diag(second - np.outer(mean, mean)))

    random = np.random.default_rng(11)
    modes = find_modes(likelihood, random, 0.01)
    straight = straighten(likelihood, modes[0], lead)
    first = explore(straight, modes, random)
    samples = sample(straight, resampled(first, 4 * WALKERS, random), random)
    told = evidence(straight, samples, first, random)
    assert samples.converged
    assert first.log_evidence == pytest.approx(expected, abs=4 * first.stderr + 0.02)
    assert told.log_evidence == pytest.approx(expected, abs=4 * told.stderr + 0.02)
    assert told.stderr < 0.05
    scores = straight.scores(samples.places)
    assert np.abs(scores.mean(axis=0) - mean) == pytest.approx(0, abs=0.2 * deviation.max())
    assert scores.std(axis=0) == pytest.approx(deviation, rel=0.15)
    weighted = straight.scores(told.places)
    assert told.weights @ weighted == pytest.approx(mean, abs=0.15 * deviation.max())


@pytest.mark.parametrize("lead", [[1], [0, 2]])
def test_the_widest_draws_have_a_density(lead):
    """Whatever else is drawn from, their density integrates to one, and they have the evidence by themselves."""
    likelihood, random = linear_problem(5), np.random.default_rng(3)
    modes = find_modes(likelihood, random, 0.01)
    straight = straighten(likelihood, modes[0], lead)
    wide = straight.draw_wide(4000, random)
    other = fit_mixture(wide, np.full(4000, 1 / 4000), 4, random)
    drawn = other.draw(20000, random)
    ratio = np.exp(straight.log_both(drawn)[1] - other.log_density(drawn))
    assert ratio.mean() == pytest.approx(1, abs=5 * ratio.std() / 20000**0.5)
    heights, density, scores = straight.log_both(wide)
    assert scores == pytest.approx(straight.scores(wide))
    told = explore(straight, modes, random)
    weight = np.exp(heights - density - told.log_evidence)
    assert weight.mean() == pytest.approx(1, abs=5 * weight.std() / 4000**0.5)


def test_walkers_that_all_start_at_one_place_are_no_error(recwarn):
    """So it is where a single draw has all the weight, as of a spectrum that no model is like."""
    likelihood = linear_problem(7)
    straight = straighten(likelihood, find_modes(likelihood, np.random.default_rng(0), 0.01)[0], [0])
    place = np.array([[straight.knots.mean(), 0.3, 0.1]])
    samples = sample(straight, np.repeat(place, 4 * WALKERS, axis=0), np.random.default_rng(1))
    assert samples.places == pytest.approx(np.repeat(place, len(samples.places), axis=0))
    assert not samples.converged and not recwarn.list


@pytest.mark.parametrize("lead", [[1], [1, 2], [0, 2, 1]])
def test_straight_coordinates_keep_the_evidence(lead):
    """Their density times the volume of their map is that of the scores: the Jacobian is in it."""
    likelihood = linear_problem(3)
    straight = straighten(likelihood, find_modes(likelihood, np.random.default_rng(0), 0.01)[0], lead)
    place = np.array([[straight.knots.mean(), 0.4, -0.7]])
    steps = 1e-6 * np.eye(3)
    slopes = (straight.scores(place + steps) - straight.scores(place - steps)) / 2e-6
    expected = likelihood.log_posterior(straight.scores(place)) + np.linalg.slogdet(slopes)[1]
    assert straight.log_posterior(place) == pytest.approx(expected, abs=1e-6)
    assert straight.log_posterior(place + 100)[0] == -np.inf
    best = straight.places(straight.scores(place * [1, 1, 0] if len(lead) == 2 else place * [1, 0, 0]))
    assert straight.scores(best) == pytest.approx(straight.scores(straight.places(straight.scores(best))), abs=1e-8)


def test_chains_that_disagree_are_seen():
    random = np.random.default_rng(2)
    same = random.standard_normal((400, 20, 2))
    assert split_r_hat(same) == pytest.approx(1, abs=0.02)
    apart = same + np.arange(20)[:, np.newaxis] * np.array([1.0, 0.0])
    assert split_r_hat(apart)[0] > 2
    assert split_r_hat(apart)[1] < 1.05


def test_autocorrelation_time_is_that_of_an_autoregressive_chain():
    random = np.random.default_rng(4)
    chains, keeps = np.zeros((4000, 30, 1)), 0.8
    for k in range(1, len(chains)):
        chains[k] = keeps * chains[k - 1] + random.standard_normal((30, 1))
    assert autocorrelation_time(chains)[0] == pytest.approx((1 + keeps) / (1 - keeps), rel=0.1)


def test_space_without_anything_free_has_no_scores():
    space = ScoreSpace({"pitch": Fixed(1e-3)})
    assert space.dimension == 0
    assert space.values(np.empty((2, 0)))["pitch"].tolist() == [1e-3, 1e-3]


def test_the_atlas_gives_the_known_resistance_of_sodium_islands():
    """Hexagonal discs, 20 % of contact, pitch 2 mm, slab of 1.5 mm of NZSP: 14.78 Ω·cm² by finite elements."""
    atlas = load_atlas()
    model = InterfaceModel("lattice", "hexagonal")
    forward = Forward(model, space_of(model, PRIORS, atlas), atlas, FREQUENCY, 1.5e-3)
    islands = {"contact_fraction": 0.2, "pitch": 2e-3, "gap_height": 5e-9}
    found = forward.constriction_resistance(forward.space.scores(electrolyte_values() | islands))
    assert found[0] == pytest.approx(14.78e-4, rel=3e-3)


def test_a_film_on_contacts_that_the_atlas_does_not_have_is_refused():
    class Bare(PolesAtlas):
        filmed = ("hexagonal",)

    with pytest.raises(InputError, match="'stripes': the atlas has no film on its contacts; expected one of hexagonal"):
        space_of(InterfaceModel("lattice_film", "stripes"), PRIORS, Bare())


def test_a_film_has_the_contact_fractions_of_its_own_table_and_finer_spots_theirs():
    class Narrow(PolesAtlas):
        def limits(self, pattern, kind="ideal"):
            return (0.01, 0.6) if kind == "film" else super().limits(pattern)

    for kind in ("lattice_film", "two_levels"):
        space = space_of(InterfaceModel(kind, "stripes"), PRIORS, Narrow())
        ends = space.priors["contact_fraction"]
        assert (ends.low, ends.high) == (0.01, 0.6)
    wide = {**PRIORS, "fine_contact_fraction": Uniform(1e-4, 0.99, True)}
    fine = space_of(InterfaceModel("two_levels", "stripes"), wide, Narrow()).priors["fine_contact_fraction"]
    assert (fine.low, fine.high) == PolesAtlas().limits("hexagonal")


def test_models_that_the_atlas_does_not_have_are_left_out_where_others_of_their_kind_are():
    class Bare(PolesAtlas):
        filmed = ("stripes",)

    tried = known_of(models_of(("lattice", "two_levels"), ("hexagonal", "stripes")), Bare())
    assert [model.name for model in tried] == ["lattice hexagonal", "lattice stripes", "two_levels stripes"]
    alone = models_of(("lattice_film",), ("hexagonal",))
    assert known_of(alone, Bare()) == alone  # `space_of` says what is wrong
