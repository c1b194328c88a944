"""`--help`: its paragraphs are broken by the terminal alone, its examples can be copied into a shell."""

import re
import shlex

import pytest
from rich.console import Console

from constriction.cli import COMMANDS, app, main

EVERY = [
    [],
    *([name] for name in COMMANDS),
    *(["study", name] for name in ("plan", "run", "status", "collect", "plot")),
]
FRAME = "╭│╰"


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_no_line_ends_before_the_next_word_would_not_fit(words, width, capfd, monkeypatch):
    monkeypatch.setattr(app, "console", Console(width=width))
    assert main([*words, "--help"]) == 0
    lines = [line.rstrip() for line in capfd.readouterr().out.splitlines()]
    assert max(map(len, lines)) <= width
    above = [line for line in lines if line[:1] not in FRAME or not line]
    for line, following in zip(above, above[1:], strict=False):
        if line and following and not line.endswith("\\"):
            assert len(line) + 1 + len(following.split()[0]) > width, line


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_examples_are_one_command_each_for_a_shell(words, capfd, monkeypatch):
    monkeypatch.setattr(app, "console", Console(width=60))
    assert main([*words, "--help"]) == 0
    examples = re.findall(r"^Example: ((?:.*\\\n)*.*)$", capfd.readouterr().out, re.MULTILINE)
    assert examples
    for example in examples:
        assert "constriction" in shlex.split(example.replace("\\\n", " "))
