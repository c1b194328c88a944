"""How the current spreads over contacts, from densities that are known in closed form, without a mesh."""

import math

import numpy as np
import pytest

from constriction.field.currents import on_mesh
from constriction.field.currents.on_mesh import ContactFacets, pieces_of
from constriction.field.currents.on_pixels import pixel_spread
from constriction.field.currents.spread import (
    LEVELS,
    MULTIPLES,
    BarredSpread,
    ContactPieces,
    Spread,
    even_spread,
    inverse_square,
    spread_of,
    with_bars,
)
from constriction.view.charts.current_charts import current_chart

AT_REST = np.zeros(1)


def disc_alone(radius):
    """The density of an ideal disc on a half space, over its mean: ½/√(1 − r²/a²)."""
    return 0.5 / np.sqrt(1 - radius**2)


def pieces_of_disc(count):
    ends = np.linspace(0, 1, count + 1)
    y = np.append(inverse_square(disc_alone(ends[:-1])), 0.0)
    return ContactPieces(np.diff(ends**2), y[:-1], y[1:])


@pytest.mark.parametrize("count", [1, 7, 50])
def test_a_disc_alone_is_exact_in_any_pieces(count):
    # y = 4(1 − r²/a²) is straight in the area: above x times the mean lie 1/(4x²) of the area, 1/(2x) of the current
    found = spread_of(pieces_of_disc(count), AT_REST)
    above = LEVELS > 0.5
    assert found.area[above] == pytest.approx(1 / (4 * LEVELS[above] ** 2), rel=1e-9)
    assert found.current[above] == pytest.approx(1 / (2 * LEVELS[above]), rel=1e-9)
    assert np.all(found.shares[:, ~above] == pytest.approx(1, rel=1e-9))


def test_pieces_of_one_density_are_steps():
    # a tenth of the area at 5.5, the rest at 0.5: the mean is 1, and 55 % of the current is above 5
    y = inverse_square(np.array([0.5, 5.5]))
    found = spread_of(ContactPieces(np.array([0.9, 0.1]), y, y), AT_REST)
    shares = found.shares[:, np.isin(LEVELS, MULTIPLES)]
    assert shares[0] == pytest.approx([0.1, 0.1, 0.0])
    assert shares[1] == pytest.approx([0.55, 0.55, 0.0])


def test_nothing_passes():
    assert spread_of(ContactPieces(np.zeros(0), np.zeros(0), np.zeros(0)), AT_REST) is None
    covered = np.array([[1.0, 0.0]])
    assert pixel_spread(covered, np.zeros((1, 2)), 0.5, AT_REST, film=False) is None


def test_ranks_add_up():
    whole = pieces_of_disc(40)
    parts = [ContactPieces(*(values[k::2] for values in vars(whole).values())) for k in (0, 1)]
    told = [[], []]
    for rank in (0, 1):  # what each rank adds if the first sum is the one of both
        spread_of(parts[rank], AT_REST, lambda values, told=told[rank]: told.append(values) or sums(values, parts))
    alone = spread_of(whole, AT_REST)
    assert told[0][1] + told[1][1] == pytest.approx(alone.shares.T, rel=1e-12)


def sums(values, parts):
    """Area and current of both ranks, in the place of a rank's own."""
    if values.shape != (2,):
        return values
    currents = [2 * p.area / (np.sqrt(p.first) + np.sqrt(p.last)) for p in parts]
    return np.array([sum(p.area.sum() for p in parts), sum(current.sum() for current in currents)])


def test_error_bars_hold_the_difference_and_what_is_always_left():
    coarse, fine = even_spread(AT_REST), spread_of(pieces_of_disc(20), AT_REST)
    assert with_bars([], 0.02) is None
    alone = with_bars([fine], 0.02)
    area, area_error, current, current_error = alone.above(5.0)
    # area ∝ x⁻², current ∝ 1/x: 2 % of the density are 4 % and 2 %; chords between levels, a factor 1.12
    # apart, are steeper by up to an eighth
    assert area_error == pytest.approx(0.04 * area, rel=0.13)
    assert current_error == pytest.approx(0.02 * current, rel=0.13)
    both = with_bars([coarse, fine], 0.02)
    assert both.above(5.0)[1] == pytest.approx(area_error + 3 * area, rel=1e-6)
    assert np.all(both.area_error <= 1) and both.area == pytest.approx(fine.area)


# --- a strip of facets beside a rim -----------------------------------------------------------------------------------


def strip(theta=math.inf, rows=6):
    """Facets of second order on the unit square, its rim at x = 0, with the currents of j = (x + 1/(πθ))^-½ there."""
    layer = 1 / (math.pi * theta)
    x = np.linspace(0, 1, rows + 1) ** 2  # √x is even, and its middles are half way
    corners, facets = {}, []

    def node(a, b):
        """The corner a, or the middle of a and b: half way in √x."""
        place = (((math.sqrt(a[0]) + math.sqrt(b[0])) / 2) ** 2, (a[1] + b[1]) / 2)
        return corners.setdefault(place, len(corners))

    for left, right in zip(x[:-1], x[1:], strict=True):
        a, b, c, d = (left, 0.0), (right, 0.0), (right, 1.0), (left, 1.0)
        for p, q, r in ((a, d, b), (d, b, c)):
            facets.append([node(p, p), node(q, q), node(r, r), node(p, q), node(q, r), node(p, r)])
    nodes, places = np.array(facets), np.array(list(corners))
    on_rim = (places[nodes[:, :3], 0] == 0).sum(axis=1)
    order = np.argsort(places[nodes[:, :3], 0] != 0, axis=1, kind="stable")
    assert np.all(np.diff(order, axis=1) > 0)  # those on the rim come first as they are
    facets = ContactFacets(nodes, np.zeros(len(places)), places[nodes], on_rim)
    return facets, places, layer


@pytest.mark.parametrize("theta", [math.inf, 30.0])
def test_currents_at_nodes_give_the_density_back(theta, monkeypatch):
    facets, _, layer = strip(theta)
    monkeypatch.setattr(on_mesh, "_amplitudes", lambda facets, roots, layer: np.ones(len(facets.currents)))
    pieces = pieces_of(facets, theta)
    assert pieces.area.sum() == pytest.approx(1, rel=1e-12)
    found = spread_of(pieces, AT_REST)
    # j = (x + l)^-½ has the mean m = 2(√(1 + l) − √l); above k·m lies x < (k m)⁻² − l
    mean = 2 * (math.sqrt(1 + layer) - math.sqrt(layer))
    reach = np.clip((LEVELS * mean) ** -2.0 - layer, 0, 1)
    # over an eighth of a facet y is taken as straight in the area; the facets far from the rim are large
    assert found.area == pytest.approx(reach, abs=8e-3)
    expected = 2 * (np.sqrt(reach + layer) - math.sqrt(layer)) / mean
    assert found.current == pytest.approx(expected, abs=8e-3)
    if math.isinf(theta):  # at the rim it is
        assert found.area[LEVELS >= 5] == pytest.approx(reach[LEVELS >= 5], rel=0.02)


# --- pixels ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [20, 41, 200])
def test_pixels_of_a_stripe_give_its_tail(count):
    """Half a strip contact alone, j/mean = (2/π)/√(1 − x²): the area above k is 1 − √(1 − (2/(πk))²)."""
    ends = np.linspace(0, 1, count + 1)
    current = np.diff(np.arcsin(ends)) * 2 / math.pi
    density = np.append(current * count, np.zeros(count))[:, None]
    covered = np.append(np.ones(count), np.zeros(count))[:, None]
    found = pixel_spread(covered, density, 1 / count, AT_REST, film=False)
    for multiple in MULTIPLES:
        area = float(found.area[multiple == LEVELS][0])
        # the density near the rim is taken as (1 − x)^-½ instead of (1 − x²)^-½: a quarter of the width, 3/count
        exact = 1 - math.sqrt(1 - (2 / (math.pi * multiple)) ** 2)
        assert area == pytest.approx(exact, rel=0.03 + 1.5 / count)
    assert found.current[0] == pytest.approx(1, rel=1e-6)


def test_chart_shows_the_parts_above_with_bars():
    found = with_bars([spread_of(pieces_of_disc(20), AT_REST)], 0.02)
    chart = current_chart(found)
    counted, above = chart.panels
    assert [series.label for series in counted.series] == ["area", "current"]
    marks = [series for series in above.series if series.error is not None]
    assert [list(series.x) for series in marks] == [list(MULTIPLES)] * 2
    assert marks[0].y == pytest.approx([100 / (4 * m**2) for m in MULTIPLES], rel=1e-6)
    assert sum(counted.series[0].y[1:-1:2]) == pytest.approx(100, abs=0.1)


def test_chart_of_contacts_whose_notches_carry_next_to_nothing():
    """As of spots that merge, where part of the area is below every level."""
    zero = np.zeros(len(LEVELS))
    share = 0.9999 * even_spread(AT_REST).area
    chart = current_chart(BarredSpread(share, share, zero, zero))
    drawn = [series for series in chart.panels[1].series if not series.error]
    assert np.nanmin(drawn[0].x[np.isfinite(drawn[0].y)]) == LEVELS[0]


def test_chart_of_an_even_density_has_one_bar():
    zero = np.zeros(len(LEVELS))
    even = even_spread(AT_REST)
    chart = current_chart(BarredSpread(even.area, even.current, zero, zero))
    assert max(chart.panels[0].series[0].y) == pytest.approx(100)
    assert isinstance(even, Spread)
