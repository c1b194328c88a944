"""Lines on stdout and stderr: a terminal shows them, whatever they hold, and a full disk behind them is told."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterator

from constriction.base.errors import UNPRINTABLE, printable, shortened
from constriction.base.files import store_error


def tell(*lines: str) -> None:
    """Print lines to stdout, whatever they hold, and what was printed before.

    Raises:
        StoreError: the file that stdout goes to cannot be written.
    """
    with stdout():
        for line in lines:
            print(printable(line))


def tell_record(text: str) -> None:
    r"""Print JSON to stdout; what a terminal would obey is written as JSON's own escapes, ``\u009b``.

    Raises:
        StoreError: the file that stdout goes to cannot be written.
    """
    with stdout():
        print(UNPRINTABLE.sub(_json_escape, text), end="")


def _json_escape(match: re.Match[str]) -> str:
    return match[0] if match[0] == "\n" else json.dumps(match[0])[1:-1].replace("\x7f", r"\u007f")


@contextlib.contextmanager
def stdout() -> Iterator[None]:
    """Print, and see that it arrives; ends quietly when the other end of a pipe reads no more."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _discard()
        raise SystemExit(1) from None
    except OSError as error:
        place = _place_of_stdout()
        _discard()
        raise store_error(place, error) from None


def _place_of_stdout() -> str:
    """The file that stdout goes to, if there is one."""
    try:
        place = os.readlink(f"/proc/self/fd/{sys.stdout.fileno()}")
    except (OSError, ValueError):
        place = ""
    return place if place.startswith("/") else "standard output"


def _discard() -> None:
    """Let go what could not be printed: Python would try again, and fail, when it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def note(text: str) -> None:
    """A line on stderr about what is going on, lost if nobody can read it."""
    with contextlib.suppress(OSError, ValueError):
        print(shortened(printable(text)), file=sys.stderr, flush=True)
