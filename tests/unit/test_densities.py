"""The current density over an interface that is not meshed: whole current, discs' own density, what a gap takes."""

import numpy as np
import pytest
from support.maps import blobs, map_case, solved_case

from constriction.geometry.cell import lay_out
from constriction.geometry.coverage import contact_coverage
from constriction.simulation.maps.densities import density_of
from constriction.simulation.simulate import Options, laws_of


def density(case, frequency):
    layout = lay_out(case.interface)
    return density_of(case, layout, laws_of(case, layout, Options()), frequency)


@pytest.mark.parametrize("frequency", [0.0, 1e5, 1e8])
def test_all_current_passes(frequency):
    found = density(map_case(blobs(3, 0.3), 1.0, gap={"height": "100 nm"}), frequency)
    assert found.values.mean() == pytest.approx(1.0, abs=1e-3)


def test_only_contacts_carry_direct_current_and_the_gap_much_at_high_frequency():
    case = map_case(blobs(4, 0.3), 1.0, gap={"height": "100 nm"})
    at_rest, high = (density(case, frequency) for frequency in (0.0, 1e9))
    bare = contact_coverage(lay_out(case.interface), at_rest.raster) == 0
    assert np.abs(at_rest.values[bare]).max() == 0.0
    assert high.values[bare].mean() > 0.8


def test_small_disc_has_its_own_density():
    # Far from its neighbours j / mean over the disc = ½ / √(1 − ρ²); 1 − √(1 − ρ²) of the current passes within ρ.
    # Pixel by pixel a grid is worse towards the rim, where its densities alternate.
    case = solved_case({"pattern": "list", "cell": ["2 mm", "2 mm"], "discs": [["1 mm", "1 mm", "0.2 mm"]]})
    found = density(case, 0.0)
    x, y = found.raster.centres
    rho = np.hypot(x - 1e-3, y - 1e-3) / 0.2e-3
    inside = rho < 0.4
    over_disc = found.values * np.pi * 0.1**2
    assert over_disc[inside] == pytest.approx(0.5 / np.sqrt(1 - rho[inside] ** 2), rel=0.03)
    for radius in (0.4, 0.6, 0.8):
        mean = over_disc[rho < radius].mean()
        assert mean == pytest.approx((1 - np.sqrt(1 - radius**2)) / radius**2, rel=0.02)
    np.testing.assert_array_equal(found.at(x, y), found.values)
