"""README.md and docs/ print what the program prints: its examples are run again and compared number by number.

`python tests/readme_blocks.py --write` puts today's numbers in place of stale ones. The table of shipped cases is
compared in test_shipped_cases.py, where they are solved.
"""

import pytest
from readme_blocks import (
    PAGES,
    computed_blocks,
    faults,
    nowhere,
    printed_in,
    reference_rows,
    renewed,
    same_line,
    stale,
)

LINE = "  finite_elements   R_cstr 14.813 ± 0.009 Ω·cm², C_cstr 0.240 µF/cm², f_cstr 44.8 kHz, 0.7 s"


def test_printed_blocks_are_what_the_commands_print():
    check_pages(computed_blocks(), [])


def test_printed_references_are_what_is_computed():
    check_pages({}, reference_rows())


def check_pages(computed, rows):
    """Each block and row is printed somewhere, and is today's wherever it is."""
    texts = {page: page.read_text("utf-8") for page in PAGES}
    assert nowhere(list(texts.values()), computed, rows) == []
    for page, text in texts.items():
        assert stale(text, *printed_in(text, computed, rows)) == [], page


def test_what_no_page_prints_is_told():
    texts = ["```text\nRun\n  a 1.0\n```\n", "| disc | 1.0 | 2.0 | 77 |\n"]
    computed = {"Run": ["Run"], "Check": ["Check"]}
    assert nowhere(texts, computed, ["| disc | 1.0 | 2.5 |", "| tube | 1.0 |"]) == ["Check", "| tube | 1.0 |"]


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (("0.7 s", "12.9 s"), True),
        (("14.813", "14.814"), True),
        (("14.813", "14.816"), False),
        (("0.240 µF", "0.240 nF"), False),
        (("44.8", "45.8"), False),
        ((", C_cstr 0.240 µF/cm²", ""), False),
    ],
)
def test_a_line_is_stale_if_a_word_or_a_number_differs(change, same):
    assert same_line(LINE, LINE.replace(*change)) is same


@pytest.mark.parametrize(("share", "same"), [("0.04", True), ("0.14", False)])
def test_shares_of_error_bars_are_a_matter_of_chance(share, same):
    line = "  difference        R_cstr 0.02, spectrum 0.05 of both error bars together: they agree"
    assert same_line(line, line.replace("0.02", share)) is same


def test_counts_have_no_last_digit_to_differ_in():
    assert not same_line("50 of 50 fitted", "49 of 50 fitted")


def test_a_missing_line_is_stale_and_the_mesh_is_not_compared():
    assert [fault.found for fault in faults(["a 1.0"], ["a 1.0", "b 2.0"])] == ["b 2.0"]
    assert not list(faults(["  finest mesh       10 cells", "a 1.0"], ["  finest mesh       11 cells", "a 1.0"]))


def test_stale_numbers_are_replaced_and_times_are_kept():
    text = f"x\n```text\nCross-check\n{LINE}\n```\n| disc | 1.0 | 2.0 | 77 |\n"
    new = [LINE.replace("14.813", "15.813").replace("0.7 s", "3.1 s")]
    assert renewed(text, {"Cross-check": ["Cross-check", *new]}, ["| disc | 1.0 | 2.5 |"]) == text.replace(
        "14.813", "15.813"
    ).replace("2.0", "2.5")
