"""Quantities with units: exact reading, refusals that name what was given, and writing that loses nothing."""

import math
import random
import re
import struct
import sys

import pytest

from constriction.base.errors import InputError
from constriction.base.quantities import (
    KINDS,
    format_quantity,
    format_temperature,
    parse_quantity,
    parse_temperature,
    shown,
    usual_kinds,
)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("100 nm", "length", 1e-7),
        ("40 um", "length", 40e-6),
        ("40 \N{MICRO SIGN}m", "length", 40e-6),
        ("40 \N{GREEK SMALL LETTER MU}m", "length", 40e-6),
        ("1.5mm", "length", 1.5e-3),
        ("  .5  m ", "length", 0.5),
        ("-3 um", "length", -3e-6),
        ("+1e-3 m", "length", 1e-3),
        ("2 cm", "length", 0.02),
        ("1 inch", "length", 0.0254),
        ("0.1 Å", "length", 1e-11),
        ("1e-400 m", "length", 0.0),
        ("7 MHz", "frequency", 7e6),
        ("100 1/s", "frequency", 100.0),
        ("15 mS/cm", "conductivity", 1.5),
        ("0.5 S/m", "conductivity", 0.5),
        ("1.5 S m^-1", "conductivity", 1.5),
        ("0.5 S·m**-1", "conductivity", 0.5),
        ("3 kOhm·cm²", "area resistance", 0.3),
        ("3 Ω cm2", "area resistance", 3e-4),
        ("3 \N{OHM SIGN} cm^2", "area resistance", 3e-4),
        ("2 1/ohm/cm", "conductivity", 200.0),
    ],
)
def test_reads_the_nearest_double(text: str, kind: str, value: float) -> None:
    """Equality is exact: the product is rounded once, so "100 nm" is the literal 1e-7."""
    assert parse_quantity(text, kind) == value


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("5 mS", "length", "'5 mS': expected a length such as '100 nm'"),
        ("5 m", "frequency", "'5 m': expected a frequency such as '7 MHz'"),
        ("5 mS", "conductivity", "'5 mS': expected a conductivity such as '15 mS/cm'"),
        ("100", "length", "'100': expected a length with its unit, such as '100 nm'"),
        ("1e6", "frequency", "'1e6': expected a frequency with its unit, such as '7 MHz'"),
        (100, "length", "100: expected a length with its unit, such as '100 nm'"),
        (1.5, "conductivity", "1.5: expected a conductivity with its unit, such as '15 mS/cm'"),
        (True, "length", "true: expected a length with its unit, such as '100 nm'"),
        (None, "length", "None: expected a length with its unit, such as '100 nm'"),
        ("", "length", "'': expected a length such as '100 nm'"),
        ("nm", "length", "'nm': expected a length such as '100 nm'"),
        ("nan m", "length", "'nan m': expected a length such as '100 nm'"),
        ("inf m", "length", "'inf m': expected a length such as '100 nm'"),
        ("1e400 m", "length", "'1e400 m': expected a length that is finite, such as '100 nm'"),
        ("1e308 km", "length", "'1e308 km': expected a length that is finite, such as '100 nm'"),
        ("1,5 mm", "length", "'1,5 mm': expected a length such as '100 nm'"),
        ("5 dogs", "length", "'5 dogs': expected a length such as '100 nm'"),
        ("5 m\nm", "length", r"'5 m\nm': expected a length such as '100 nm'"),
        ("2*3 m", "length", "'2*3 m': expected a length such as '100 nm'"),
        ("1 m**9**9**9", "length", "'1 m**9**9**9': expected a length such as '100 nm'"),
        ("10 degC", "length", "'10 degC': expected a length such as '100 nm'"),
        # Dimensions alone would let these two pass as 7 Hz and 6.28 Hz.
        ("7 rad/s", "frequency", "'7 rad/s': expected a frequency such as '7 MHz'"),
        ("60 rpm", "frequency", "'60 rpm': expected a frequency such as '7 MHz'"),
    ],
)
def test_refuses_what_is_no_quantity_of_the_kind(text: str, kind: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        parse_quantity(text, kind)


def test_any_text_gives_a_finite_number_or_an_input_error() -> None:
    """Neither pint's parser nor decimal arithmetic may let another error, NaN or infinity through."""
    rng = random.Random(1)
    alphabet = [
        "1",
        "9",
        ".",
        "e",
        "-",
        "+",
        " ",
        "m",
        "S",
        "/",
        "cm",
        "*",
        "**",
        "^",
        "(",
        "Hz",
        "Pa",
        "eV",
        "µ",
        "\0",
        "É",
    ]
    refused = 0
    for _ in range(2000):
        text = "".join(rng.choices(alphabet, k=rng.randint(1, 8)))
        for kind in KINDS:
            try:
                assert math.isfinite(parse_quantity(text, kind)), text
            except InputError as error:
                refused += 1
                assert str(error).startswith(shown(text)) and len(str(error).splitlines()) == 1
    assert 0 < refused < 2000 * len(KINDS)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (1.5e-3, "length", "1.5 mm"),
        (1e-7, "length", "100 nm"),
        (40e-6, "length", "40 um"),
        (-3e-6, "length", "-3 um"),
        (0.0, "length", "0 m"),
        (-0.0, "length", "0 m"),
        (12.0, "length", "12 m"),
        (1e-12, "length", "1e-12 m"),
        (1e9, "length", "1000000000.0 m"),
        (1.5, "conductivity", "15 mS/cm"),
        (0.75, "conductivity", "7.5 mS/cm"),
        (1e7, "conductivity", "10000000.0 S/m"),
        (7e6, "frequency", "7 MHz"),
        (100.0, "frequency", "100 Hz"),
        (0.1, "frequency", "100 mHz"),
        (1 / 3, "length", "333.3333333333333 mm"),
    ],
)
def test_writes_the_unit_that_reads_best(value: float, kind: str, text: str) -> None:
    assert format_quantity(value, kind) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_does_not_write_what_cannot_be_read(value: float) -> None:
    with pytest.raises(InputError, match=f"^{value!r} m: expected a length that is finite$"):
        format_quantity(value, "length")


def _doubles() -> list[float]:
    """Any finite doubles, by their bits, and many of a usual size; the largest and smallest ones."""
    rng = random.Random(2)
    bits = [struct.unpack("<d", rng.randbytes(8))[0] for _ in range(2000)]
    usual = [rng.uniform(1, 10) * 10.0 ** rng.randint(-12, 12) for _ in range(2000)]
    return [x for x in [*bits, *usual, 5e-324, sys.float_info.max] if math.isfinite(x)]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_reads_back_exactly(kind: str) -> None:
    lost = [x for x in _doubles() if parse_quantity(format_quantity(x, kind), kind) != x]
    assert lost == []


@pytest.mark.parametrize(("kind", "unit"), [(kind, unit) for kind in KINDS for unit in KINDS[kind].powers])
def test_own_units_are_those_of_pint(kind: str, unit: str) -> None:
    """The units read without pint mean the same with it: "* m/m" is a spelling only pint knows."""
    assert parse_quantity(f"3 {unit}", kind) == parse_quantity(f"3 {unit}*m/m", kind)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("5 mS/cm", ["conductivity"]), (" 2um ", ["length"]), ("1 furlong", []), ("name", []), ("1", [])],
)
def test_usual_units_tell_their_kind(text: str, kinds: list[str]) -> None:
    assert usual_kinds(text) == kinds


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), ("a\nb", r"'a\nb'"), (1 << 999, "an integer of 1000 bits"), (0.1, "0.1")],
)
def test_shows_a_wrong_value_on_one_line(value: object, text: str) -> None:
    assert shown(value) == text


def test_shortens_a_long_value() -> None:
    assert len(shown("x" * 10_000)) == 80
    assert len(shown([["1 um"] * 3] * 1000)) < 200


@pytest.mark.parametrize(
    ("text", "kelvin"),
    [
        ("25 degC", 298.15),
        ("-40°C", 233.15),
        ("298.15 K", 298.15),
        ("77 degF", 298.15),
        ("536.67 degR", 298.15),
        ("500 mK", 0.5),
        ("-273.15 degC", 0.0),
    ],
)
def test_temperatures_have_zeros_of_their_own(text: str, kelvin: float) -> None:
    """Exactly: what is written is added and rounded once."""
    assert parse_temperature(text) == kelvin


@pytest.mark.parametrize("text", ["25", "25 C", "5 m", "2 K^2", "nan K", "1e400 K", "", "degC", None, 25, True])
def test_what_is_no_temperature_is_refused(text: object) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(shown(text))}: expected a temperature such as '25 degC' or"):
        parse_temperature(text)


def test_nothing_is_colder_than_absolute_zero() -> None:
    with pytest.raises(InputError, match="^'-273.16 degC': below absolute zero; expected a temperature"):
        parse_temperature("-273.16 degC")


def test_a_written_temperature_is_read_as_the_same_double() -> None:
    rng = random.Random(5)
    assert [format_temperature(kelvin) for kelvin in (298.15, 273.15, 333.15)] == ["25 degC", "0 degC", "60 degC"]
    for _ in range(2000):
        kelvin = rng.uniform(100, 2000)
        assert parse_temperature(format_temperature(kelvin)) == kelvin
