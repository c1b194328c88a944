"""Texts of the help: paragraphs in one line, examples that a shell goes on with."""

from constriction.view.terminal.paragraphs import flowing


def test_paragraphs_are_one_line_each():
    assert flowing("One\ntwo\n  three.\n\nFour\nfive. ", 80) == "One two three.\n\nFour five."


def test_examples_are_broken_before_options_only():
    text = 'Example: run a_case.toml --area "1.13 cm2" --out\nresults'
    assert flowing(text, 80) == 'Example: run a_case.toml --area "1.13 cm2" --out results'
    assert flowing(text, 45) == 'Example: run a_case.toml --area "1.13 cm2" \\\n         --out results'
    assert flowing("Example: run a-long-name-of-a-case.toml", 20) == "Example: run a-long-name-of-a-case.toml"
