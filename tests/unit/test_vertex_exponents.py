"""Exponents of the potential at corners of contacts: known values, and the table of docs/numerics/rims.md#vertices."""

import re
from pathlib import Path

import pytest
from vertex_exponents import ANGLES, exponent

PAGE = Path(__file__).parents[2] / "docs" / "numerics" / "rims.md"


def test_straight_rim_goes_as_the_root():
    assert exponent(180) == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize(("angle", "known"), [(90, 0.29658), (270, 0.81466)])
def test_right_angles_are_those_of_morrison_and_lewis(angle, known):
    assert exponent(angle) == pytest.approx(known, abs=1e-5)


def test_needle_and_slit():
    # a contact that vanishes leaves u constant, one but for a slit u linear in the depth
    assert exponent(1) < 0.1 and exponent(359) > 0.9999


def test_table_on_the_page_is_found():
    text = PAGE.read_text().partition("{#vertices}")[2]
    rows = re.findall(r"\| (\d+)° \| ([\d.]+) \| ([\d.]+) \|", text)
    table = {int(angle): (float(contact), float(gap)) for angle, contact, gap in rows}
    assert list(table) == list(ANGLES)
    for angle in (30, 225):
        assert table[angle] == pytest.approx((exponent(angle), exponent(360 - angle)), abs=6e-5)
    assert [contact for contact, _ in table.values()] == [gap for _, gap in table.values()][::-1]
