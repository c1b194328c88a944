"""Readers against texts and bytes that hypothesis invents: a result or one line, never a traceback."""

import pytest

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed (extra 'dev')")
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from measured import survives  # noqa: E402
from mutations import faults  # noqa: E402

CELLS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.sampled_from(
        "freq/Hz|Zreal|Re(Z)/Ohm|-Im(Z)/Ohm|Zimag|phase|log f|ω|time/s|I/mA|Ewe/V|cycle number|1,5".split("|")
    ),
    st.text(max_size=12),
)
LINES = st.lists(CELLS, min_size=1, max_size=6)
TABLES = st.builds(
    lambda separator, head, lines: "\n".join(separator.join(line) for line in [*head, *lines]),
    st.sampled_from(["\t", ";", ",", " ", "  "]),
    st.sampled_from([[], [["freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm"]], [["time/s", "Ewe/V", "I/mA"]]]),
    st.lists(st.one_of(LINES, st.lists(st.floats().map(repr), min_size=3, max_size=3)), max_size=12),
)
# Five seconds are what a file may take at most.
quick = settings(deadline=5000, max_examples=200, suppress_health_check=list(HealthCheck), derandomize=True)


@quick
@given(st.binary(max_size=300))
def test_bytes(tmp_path_factory, data):
    survives(tmp_path_factory.getbasetemp() / "fuzz.csv", data)


@quick
@given(st.binary(max_size=300))
def test_binaries(tmp_path_factory, data):
    survives(tmp_path_factory.getbasetemp() / "fuzz.mpr", b"BIO-LOGIC MODULAR FILE\x1a" + data)


@quick
@given(st.one_of(st.text(), TABLES), st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-8-sig"]))
def test_tables(tmp_path_factory, text, encoding):
    survives(tmp_path_factory.getbasetemp() / "fuzz.csv", text.encode(encoding, "replace"))


@pytest.mark.parametrize(("kind", "count"), [("case", 150), ("study", 100), ("spectrum", 150)])
def test_files_with_mistakes(tmp_path, kind, count):
    """`python tests/mutations.py 10000` tries more."""
    ends, first = faults(kind, count, 2, tmp_path)
    assert not first, ends
    assert ends["done"] > 5 and ends["refused"] > 5, "nothing was tried"
