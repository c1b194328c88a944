"""The command `constriction`: parse, call, print.

Each command is a file in commands/, loaded when it is called or listed. Heavy libraries are imported where they are
used, so that help and wrong options cost nothing. What can be wrong with the input is found on rank 0 and told to the
other ranks, so that none waits for another.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import Any

from cyclopts import App, CycloptsError
from cyclopts.help import DefaultFormatter

from constriction.base.beside import as_program
from constriction.base.errors import printable
from constriction.base.versions import package_version
from constriction.commands.job.guard import DONE, INTERRUPTED, WRONG_INPUT, complain, escaped, first_rank
from constriction.commands.job.options import given_arguments
from constriction.view.terminal.paragraphs import flowing
from constriction.view.terminal.streams import stdout

HELP = """From the contacts of a metal on a solid electrolyte to R_cstr, C_cstr and an impedance spectrum.

Example: constriction run meshes/sodium_islands.toml

Example: constriction mesh meshes/sodium_islands.toml -o islands.msh

Example: constriction picture meshes/sodium_islands.toml --what current -o current.png

Example: constriction convert measured.mpt -o measured.csv

Example: constriction analyze measured.mpt --out results/measured

Example: constriction compare meshes/sodium_islands.toml measured.mpt --area "1.13 cm2" --out results/compared

Example: constriction interpret measured.mpt --area "1.13 cm2" --thickness "1.5 mm" --out results/interpreted

Example: constriction explore -o explorer.html

Example: constriction study run studies/pitch/study.toml --out results/pitch

Example: constriction examples my-cases

Example: constriction doctor

Resistances are in Ω·cm² and capacitances in F/cm², both per area of interface and one-sided.

Exit codes: 0 done; 2 the input is wrong (one line says what); 1 anything else; 130 interrupted.
"""


class FlowingHelp(DefaultFormatter):
    """Help whose paragraphs are broken by the terminal's width alone, not also where the source breaks them."""

    def render_description(self, console: Any, options: Any, description: Any) -> None:
        """Print what a command does."""
        _reflow(description, console.width)
        super().render_description(console, options, description)

    def __call__(self, console: Any, options: Any, panel: Any) -> None:
        """Print a panel of commands, arguments or options."""
        for entry in panel.entries:
            _reflow(entry.description, console.width)
        super().__call__(console, options, panel)


def _reflow(description: Any, width: int) -> None:
    """Let the text of a help's description flow; what is no plain text stays."""
    text = getattr(description, "primary_renderable", None)
    if text is not None and hasattr(text, "plain"):
        text.plain = flowing(text.plain, width)


app = App(
    name="constriction",
    help=HELP,
    version=package_version,
    help_format="plaintext",
    help_formatter=FlowingHelp(),
    exit_on_error=False,
    print_error=False,
    result_action="return_value",
)
COMMANDS = (
    "run",
    "mesh",
    "picture",
    "convert",
    "analyze",
    "compare",
    "interpret",
    "sensitivity",
    "explore",
    "examples",
    "doctor",
    "study",
)
for command in COMMANDS:
    app.command(f"constriction.commands.{command}:{command}", name=command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Ω shows something else instead of failing
    given = sys.argv[1:] if arguments is None else list(arguments)
    given_arguments.set(tuple(given))
    as_program.set(arguments is None)
    sys.argv[1:] = map(printable, sys.argv[1:])  # libraries look at them too, and fail at bytes that are no UTF-8
    try:
        _load_listed(given)
        with stdout():  # help and version are cyclopts' to print
            code = app(given)
    except CycloptsError as error:
        if first_rank():
            complain(f"{error} See constriction --help.")
        return WRONG_INPUT
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except Exception as error:
        return escaped(error, "--debug" in given)
    return code if isinstance(code, int) else DONE


def _load_listed(given: Sequence[str]) -> None:
    """Load every command where none is named: a list of commands tells what each does."""
    if not given or given[0] not in (*COMMANDS, "--version"):
        for name in COMMANDS:
            app[name]
