"""Laws that hypothesis invents: every one is passive, and every section is read or refused in one line."""

import tomllib
from typing import Any

import numpy as np
import pytest

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed (extra 'dev')")
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from constriction.base.errors import InputError  # noqa: E402
from constriction.case.schema import parse_case, resolved_toml  # noqa: E402
from constriction.laws.circuit import parse_circuit  # noqa: E402
from constriction.laws.law import PASSIVE, CircuitLaw  # noqa: E402

HEXAGONAL = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm"}

CIRCUITS = st.recursive(
    st.sampled_from(PASSIVE),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("-".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"p({','.join(parts)})"),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(text=CIRCUITS, data=st.data())
def test_every_law_is_passive(text: str, data: st.DataObject) -> None:
    """Re Z ≥ 0 at every frequency: |Z| has a phase between −90° and 90°, to a rounding of (iω)^a."""
    circuit = parse_circuit(text)
    size, exponent = st.floats(-12, 6), st.floats(0.01, 1.0)
    values = [10 ** data.draw(size) if p.logarithmic else data.draw(exponent) for p in circuit.parameters]
    found = CircuitLaw(circuit, tuple(values))
    f = np.concatenate([[0.0], np.geomspace(1e-6, 1e15, 43)])
    z, y = found.impedance(f), found.admittance(f)
    assert np.isfinite(z[1:]).all() and np.isfinite(y).all()
    assert (z.real >= -1e-13 * np.abs(z)).all() and (y.real >= -1e-13 * np.abs(y)).all()
    # Without L, Z is a Stieltjes function: never inductive, and |Z| falls.
    assert (z.imag[1:] <= 1e-13 * np.abs(z[1:])).all()
    assert (np.diff(np.abs(z)) <= 1e-13 * np.abs(z[:-1])).all()


PIECES = [
    "p(R1,Q1)",
    "RQ",
    "p(C,R2)",
    "R1",
    "Q1",
    "a1",
    "C1",
    "W1",
    "T1",
    "1 ohm cm2",
    "2 uS s^a/cm2",
    "3 uF/cm2",
    "nan",
]
NOISE = st.one_of(st.sampled_from(PIECES), st.text(max_size=8), st.floats(), st.integers(), st.booleans(), st.none())
KEYS = st.one_of(st.sampled_from(["law", "fine", "file", "height", "model", "symmetric", *PIECES]), st.text(max_size=4))
TABLES = st.one_of(NOISE, st.dictionaries(KEYS, st.one_of(NOISE, st.lists(NOISE, max_size=2)), max_size=5))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(sections=st.dictionaries(st.sampled_from(["contact", "gap", "counter"]), TABLES, min_size=1))
def test_any_section_is_read_and_comes_back_or_is_refused_in_one_line(sections: dict[str, Any]) -> None:
    try:
        case = parse_case({"interface": HEXAGONAL, **sections}, "here", {})
    except InputError as error:
        assert str(error).startswith("here: ") and "Traceback" not in str(error)
        return
    assert parse_case(tomllib.loads(resolved_toml(case))) == case
    case.contact.law_of()
    case.gap.law_of()
