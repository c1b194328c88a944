"""Errors with a meaning of their own, and how they are said: in one printable line of a readable length.

The user's input is wrong (exit code 2), or something else failed (1).
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

LONGEST_MESSAGE = 600  # characters: a few lines of a terminal

# What a terminal obeys instead of showing it: C0 and C1 controls (ESC, bell, …), marks that turn the direction of
# writing or have no width, line separators, surrogates (bytes of a file name that are no UTF-8), tags.
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


class InputError(ValueError):
    """Wrong input, told in one line: where, what was given, what is expected."""


def one_line(where: str, error: Exception) -> str:
    """What went wrong with one of several inputs: its own words, or the type of an error that nobody foresaw.

    Args:
        where: the input, for errors that do not name it.
        error: that it raised.
    """
    words = " ".join(str(error).split())
    if isinstance(error, InputError):
        return words if words.startswith(where) else f"{where}: {words}"
    return f"{where}: unexpected {type(error).__name__}: {words:.200}"


@contextmanager
def naming(where: object, joint: str = ": ") -> Iterator[None]:
    """Begin what is wrong with the file or option that it comes from, which a geometry or a quantity does not know."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{where}{joint}{error}") from None


def counted(number: int, noun: str) -> str:
    """How many there are: 1 pixel, 2 pixels."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like an unknown one, for an error; there is at least one."""
    return difflib.get_close_matches(word, list(known), n=1, cutoff=0.0)[0]


class ToldError(RuntimeError):
    """A failure that its message tells in full: nobody needs its kind, nor where in the code it was."""


class DisagreementError(ToldError):
    """Two methods gave different answers, or none that could be compared; the message says which and how far apart."""


class SolverError(ToldError):
    """A linear system could not be solved; the message says which and why."""


class MeshError(ToldError):
    """A cell could not be meshed; the message says why."""


class RenderingError(ToldError):
    """This machine cannot draw in three dimensions; the message says what to install."""


class StoreError(ToldError):
    """A result could not be kept; the message says where, why, and what is not lost."""


class FailedCasesError(ToldError):
    """Cases of a study failed, which all ranks know once the others are done; the message says how many."""


def printable(text: str) -> str:
    r"""Text in one line that a terminal only shows: breaks of lines are blanks, other control characters escapes.

    Such as ``\x1b[31m`` for what would turn the terminal red.
    """
    one = " ".join(text.splitlines())
    return UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), one)


def shortened(text: str, most: int = LONGEST_MESSAGE) -> str:
    """At most so many characters: beginning (file and key of a message) and end (what is expected) stay."""
    if len(text) <= most:
        return text
    head = 2 * (most - 3) // 3
    return f"{text[:head]} … {text[head + 3 - most :]}"
