"""The model of metal that is lifted beside stripes: its parts against closed forms, and what is known beforehand."""

from dataclasses import replace

import numpy as np
import pytest
from poles_atlas import PolesAtlas

from constriction.base.errors import InputError
from constriction.interpret.atlas import load_atlas
from constriction.interpret.atlas.gaps import FUNCTIONS, HEXAGONAL_TUBE, ORDERS, STRIPES, beside_stripe, round_disc
from constriction.interpret.atlas.zones import LiftedZone, gap_energy, half_gap
from constriction.interpret.model.models import InterfaceModel, known_of, models_of, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.model.priors import Uniform
from constriction.interpret.model.space import MetalBalance

PRIORS = default_priors()
LIFTED = InterfaceModel("lifted_zone", "stripes")


@pytest.mark.parametrize("share", [0.05, 0.3, 0.8])
def test_at_rest_it_is_the_closed_form_of_stripes(share):
    """F(0) − d = −ln(sin(πf/2))/π on a deep slab, by a conformal map."""
    stiff = beside_stripe(share, np.array([2.0]))[0]
    mean = np.zeros(FUNCTIONS)
    mean[0] = np.pi / 4 * (1 - share)
    rest = mean @ np.linalg.solve(stiff, mean)
    assert rest == pytest.approx(-np.log(np.sin(np.pi * share / 2)) / np.pi, rel=3e-5)


@pytest.mark.parametrize("share", [0.03, 0.2, 0.5])
def test_at_rest_a_disc_in_a_tube_is_its_series(share):
    """R of a disc of radius a in a deep tube, docs/physics.md, over its area: ψ(√f)·π/(4√f) radii of the tube."""
    means = HEXAGONAL_TUBE.means(np.array([share]))[0]
    rest = means @ np.linalg.solve(round_disc(share, np.array([3.0]))[0], means)
    e = np.sqrt(share)
    psi = 1 - 1.40978 * e + 0.34406 * e**3 + 0.04305 * e**5 + 0.02271 * e**7
    assert rest == pytest.approx(psi * np.pi / (4 * e), rel=4e-4)


def test_means_of_potentials_are_their_integrals():
    share, (points, weights) = np.array([0.3]), np.polynomial.legendre.leggauss(400)
    angles = (points + 1) * np.pi / 4
    values = np.sin(np.outer(angles, ORDERS)) * (weights * np.pi / 4 * np.sin(angles))[:, None]
    for shape in (STRIPES, HEXAGONAL_TUBE):
        widths = shape.widths(share, (1 - np.cos(angles))[None])[0]
        assert shape.means(share)[0] == pytest.approx(widths @ values, abs=1e-12)


def test_half_a_gap_lies_between_neighbouring_contacts():
    assert half_gap("stripes", np.array([0.4])) == pytest.approx(0.3)
    touching = np.pi / (2 * np.sqrt(3))  # of discs whose distance is the pitch
    assert half_gap("hexagonal", np.array([touching, touching / 4])) == pytest.approx([0.0, 0.25], abs=1e-12)


def test_a_narrow_gap_on_a_deep_slab_is_one_by_itself():
    """S of sin((2n + 1)τ) is (2n + 1)π/2, none goes with another, but for (gap over pitch)² and the waves left out."""
    found = beside_stripe(0.97, np.array([2.0]))[0]
    scale = np.sqrt(np.outer(ORDERS, ORDERS)) * np.pi / 2
    assert found / scale == pytest.approx(np.eye(FUNCTIONS), abs=2e-3)


def test_without_a_zone_a_lattice_is_as_its_table_has_it():
    """The tube drops out of the sum."""
    atlas, random = load_atlas(), np.random.default_rng(11)
    share, depth = random.uniform(0.02, 0.5, 200), 10 ** random.uniform(-1.7, 0.5, 200)
    gap = 10 ** random.uniform(-3, 4, (200, 7)) * np.exp(0.5j * np.pi * random.random((200, 7)))
    flat = LiftedZone(np.zeros(200), np.ones(200))
    at_rest = atlas.interface("hexagonal", share, depth, np.zeros((200, 1), dtype=complex)).real
    found = atlas.lifted_interface("hexagonal", share, depth, flat, gap)
    apart = np.abs(found - atlas.interface("hexagonal", share, depth, gap)) / at_rest
    assert apart.max() < 1e-9


def test_the_gap_is_integrated_to_the_last_digit_whether_lifted_or_not():
    """Sines over an even gap have a closed form, 2∫sin(mτ)sin(nτ)sin τ dτ; nothing lifted and no zone are alike."""
    m, n = np.meshgrid(ORDERS, ORDERS)
    expected = 1 / (1 - (m - n) ** 2.0) - 1 / (1 - (m + n) ** 2.0)
    zones = LiftedZone(np.array([0.0, 0.5]), np.array([50.0, 1.0]))
    none, flat = 2 * gap_energy(STRIPES, np.zeros(2), zones)
    assert none == pytest.approx(expected, abs=1e-9)
    assert flat == pytest.approx(expected, abs=1e-4)


def test_a_wedge_holds_what_its_mean_over_the_height_says():
    """∫ dx/height is zone · ln(ratio)/(ratio − 1), beside 1 − zone that is not lifted: of M of all that is even."""
    zone, ratio = 0.4, 30.0
    found = 2 * gap_energy(STRIPES, np.zeros(1), LiftedZone(np.array([zone]), np.array([ratio])))[0]
    x = (np.arange(400_000) + 0.5) / 400_000
    height = np.where(x < zone, 1 + (ratio - 1) * (1 - x / zone), 1.0)
    angle = np.arccos(1 - x)
    assert found[0, 0] == pytest.approx(2 * np.mean(np.sin(angle) ** 2 / height), rel=1e-6)
    assert found[1, 4] == pytest.approx(2 * np.mean(np.sin(3 * angle) * np.sin(9 * angle) / height), rel=1e-5)


def test_its_priors_are_cut_to_what_the_functions_follow():
    wide = {**PRIORS, "zone_share": Uniform(0.01, 0.9), "rise_ratio": Uniform(2.0, 1e4, True)}
    found = space_of(LIFTED, wide, PolesAtlas()).priors
    assert (found["zone_share"].low, found["zone_share"].high) == (0.01, 0.7)
    assert (found["rise_ratio"].low, found["rise_ratio"].high) == (2.0, 200.0)
    with pytest.raises(InputError, match="rise_ratio: 500 to 1000; pattern 'stripes' has 1 to 200"):
        space_of(LIFTED, {**PRIORS, "rise_ratio": Uniform(500.0, 1000.0)}, PolesAtlas())
    with pytest.raises(InputError, match="'hexagonal': the atlas has no zone beside its contacts; expected one of str"):
        space_of(InterfaceModel("lifted_zone", "hexagonal"), PRIORS, PolesAtlas())
    tried = known_of(models_of(("lattice", "lifted_zone"), ("hexagonal", "stripes")), PolesAtlas())
    assert [model.name for model in tried] == ["lattice hexagonal", "lattice stripes", "lifted_zone stripes"]


def test_conserved_metal_is_as_high_as_the_rims():
    space = replace(space_of(LIFTED, PRIORS, PolesAtlas()), balance=MetalBalance(1e-6, 1.5))
    scores = np.random.default_rng(1).standard_normal((20, space.dimension))
    found = space.values(scores)
    islands = found["gap_height"] * found["rise_ratio"]
    column = scores[:, space.names.index("gap_height")]
    assert islands == pytest.approx(1e-6 / found["contact_fraction"] * 1.5**column)
    assert space.scores(found) == pytest.approx(scores)
