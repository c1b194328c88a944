"""What a pristine cell teaches of the electrolyte, with spectra whose electrolyte is known."""

import numpy as np
import pytest
from support.made_up_cells import ATLAS, FREQUENCY, NOISE, THICKNESS, made_up

from constriction.base.errors import InputError
from constriction.interpret.interpretation import interpret
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import InterfaceModel, models_of, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.model.priors import Fixed
from constriction.interpret.pristine import SURE, with_pristine
from constriction.interpret.setting import Setting
from constriction.interpret.summary import summary
from constriction.spectra.spectrum import Spectrum

ELECTROLYTE = {
    "bulk_conductivity": 1.9,
    "relative_permittivity": 22.0,
    "grain_boundary_conductivity": 0.6,
    "grain_boundary_frequency": 1.5e6,
    "grain_boundary_exponent": 0.93,
}
LATTICE = {"contact_fraction": 0.1, "pitch": 1e-3, "gap_height": 5e-9, "gap_permittivity": 1.0}
TAIL = {"tail_capacitance": 0.05, "tail_exponent": 0.9}


PRISTINE = made_up(InterfaceModel("full_contact", extras=("tail",)), 5, ELECTROLYTE | TAIL)


def known(**held):
    return Setting(THICKNESS, default_priors() | held, models_of(("lattice",), ("hexagonal",)))


@pytest.fixture(scope="module")
def taught():
    return with_pristine(known(), PRISTINE, ATLAS, NOISE, lambda text: None)


@pytest.mark.parametrize("name", sorted(ELECTROLYTE))
def test_the_electrolyte_is_within_what_was_learnt(taught, name):
    score = float(taught.priors[name].scores(ELECTROLYTE[name]))
    assert abs(score) < 3
    before = known().priors[name]
    ends = [np.diff(np.log(prior.values(np.array([-1.0, 1.0]))))[0] for prior in (taught.priors[name], before)]
    assert ends[0] < 0.75 * ends[1]


def test_only_the_electrolyte_is_learnt_and_models_stay(taught):
    for name, prior in known().priors.items():
        assert name in ELECTROLYTE or taught.priors[name] == prior
    assert taught.models == known().models


def test_what_is_held_stays_held():
    found = with_pristine(known(relative_permittivity=Fixed(22.0)), PRISTINE, ATLAS, NOISE, lambda text: None)
    assert found.priors["relative_permittivity"] == Fixed(22.0)


def test_a_deposit_is_seen_more_sharply_with_it(taught):
    """R_cstr is what an electrolyte that is not known blurs; the truth stays inside."""
    measured = made_up(InterfaceModel("lattice", "hexagonal"), 6, ELECTROLYTE | LATTICE)
    alone, together = (summary(interpret(measured, setting, ATLAS, NOISE), "R_cstr") for setting in (known(), taught))
    assert together.high95 - together.low95 < 0.9 * (alone.high95 - alone.low95)
    truth = Forward(
        InterfaceModel("lattice", "hexagonal"),
        space_of(known().models[0], known().priors, ATLAS),
        ATLAS,
        FREQUENCY,
        THICKNESS,
    )
    scores = np.array([[truth.space.priors[name].scores((ELECTROLYTE | LATTICE)[name]) for name in truth.space.names]])
    expected = truth.constriction_resistance(scores)[0]
    assert together.low95 < expected < together.high95


def test_nothing_is_sharper_than_contacts_and_cables_stay_the_same(taught):
    assert all(taught.priors[name].factor >= SURE for name in ("bulk_conductivity", "grain_boundary_conductivity"))


def test_another_electrolyte_is_refused():
    """As where the area was given in mm² for cm²."""
    other = Spectrum(FREQUENCY, 100 * PRISTINE.impedance, "ohm m2")
    with pytest.raises(
        InputError, match="conductivity .* where its prior has .* within a factor of 1.35; expected the"
    ):
        with_pristine(known(), other, ATLAS, NOISE, lambda text: None)


def test_a_spectrum_that_is_no_slab_between_blocking_electrodes_is_refused():
    other = Spectrum(FREQUENCY, PRISTINE.impedance * (1 + 0.2 * np.cos(3 * np.log(FREQUENCY))), "ohm m2")
    with pytest.raises(InputError, match="no model follows the spectrum.*expected a slab between blocking electrodes"):
        with_pristine(known(), other, ATLAS, NOISE, lambda text: None)
