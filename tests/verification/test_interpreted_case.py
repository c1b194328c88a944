"""The best lattice of an interpretation as a case: solved anew it is what the atlas says, and finds its way back."""

import numpy as np
import pytest

from constriction import load, parse_case, simulate
from constriction.case.schema import resolved_toml
from constriction.interpret.atlas import load_atlas
from constriction.interpret.best_case import best_case, best_lattice, solved_anew
from constriction.interpret.interpretation import BestFit, Fitted, Interpretation, interpret
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import InterfaceModel, models_of, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.posterior.search import Mode
from constriction.interpret.setting import Setting
from constriction.spectra.spectrum import Spectrum

THICKNESS = 1.5e-3
CASES = {
    "hexagonal": {"pattern": "hexagonal", "contact_fraction": 0.1, "pitch": "1 mm"},
    "stripes": {"pattern": "stripes", "contact_fraction": 0.3, "pitch": "2 mm"},
    "pores": {"pattern": "hexagonal", "inverted": True, "contact_fraction": 0.4, "pitch": "4 mm"},
}


@pytest.fixture(scope="module", params=CASES)
def interpreted(request):
    """A spectrum by finite elements with 0.2 % of noise, interpreted as one of its own pattern.

    Its exponent is not 1, an end of the prior, where no posterior has the truth in its middle.
    """
    case = {"interface": CASES[request.param], "gap": {"height": "5 nm"}}
    case |= {"electrolyte": {"grain_boundary_exponent": 0.93}}
    result = simulate(parse_case(case | {"accuracy": {"relative_error": 2e-3}}))
    frequency = np.geomspace(7e6, 100, 49)
    random = np.random.default_rng(11)
    noise = random.standard_normal(49) + 1j * random.standard_normal(49)
    z = result.impedance(frequency)
    spectrum = Spectrum(frequency, z + 2e-3 * np.abs(z) * noise, "ohm m2")
    setting = Setting(THICKNESS, default_priors(), models_of(("lattice",), (request.param,)))
    return result, interpret(spectrum, setting, load_atlas())


def test_solved_anew_it_is_what_the_atlas_says(interpreted):
    _, found = interpreted
    fitted = best_lattice(found)
    anew = solved_anew(fitted, best_case(fitted, found, "best"), found.spectrum.frequency)
    assert anew.atlas == pytest.approx(anew.R_cstr, rel=3e-3)
    assert anew.largest < 3e-3


def test_the_spectrum_of_finite_elements_has_its_own_resistance_within_95_percent(interpreted):
    result, found = interpreted
    values, weights = found.posterior(["R_cstr"])
    below = weights[values[:, 0] < result.R_cstr].sum()
    assert 0.025 < below < 0.975


def test_the_case_is_read_back(interpreted, tmp_path):
    _, found = interpreted
    case = best_case(best_lattice(found), found, 'Best lattice of "cell".csv')
    path = tmp_path / "best.toml"
    path.write_text(resolved_toml(case), encoding="utf-8")
    assert load(path) == case


@pytest.mark.parametrize(("pattern", "half"), [("stripes", 0.4), ("hexagonal", 0.5 - 0.2348)])
def test_metal_lifted_beside_contacts_is_a_wedge_that_is_solved_to_the_same_spectrum(pattern, half):
    """Of unknowns that are chosen, not found. Half the gap is 0.4 of the pitch, or 0.5 less a disc's radius."""
    frequency, atlas, model = np.geomspace(7e6, 100, 25), load_atlas(), InterfaceModel("lifted_zone", pattern)
    setting = Setting(THICKNESS, default_priors(), (model,))
    space = space_of(model, setting.priors, atlas)
    medians = space.values(np.zeros((1, space.dimension)))
    shape = {"contact_fraction": 0.2, "pitch": 4e-3, "gap_height": 30e-9, "zone_share": 0.5, "rise_ratio": 150.0}
    scores = space.scores(medians | shape)[0]
    forward = Forward(model, space, atlas, frequency, THICKNESS)
    fitted = Fitted(BestFit(forward, None, (Mode(scores, 0.0, np.eye(len(scores)), 1e-3),)))
    found = Interpretation(Spectrum(frequency, np.ones(25, complex), "ohm m2"), setting, (fitted,))
    case = best_case(fitted, found, "chosen")
    assert (case.gap.profile, case.gap.rise) == ("linear", pytest.approx(4.5e-6))
    assert case.gap.length == pytest.approx(0.5 * half * 4e-3, rel=1e-3)
    anew = solved_anew(fitted, case, frequency)
    assert anew.largest < 3e-3
    assert anew.atlas == pytest.approx(anew.R_cstr, rel=3e-3)
