"""Errors with a meaning of their own: the user's input is wrong (exit code 2), or a solver failed (1)."""


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


class DisagreementError(RuntimeError):
    """Two methods gave different answers; the message says how far they are apart."""


class SolverError(RuntimeError):
    """A linear system could not be solved; the message says which and why."""


class RenderingError(RuntimeError):
    """This machine cannot draw in three dimensions; the message says what to install."""


class StoreError(RuntimeError):
    """A result could not be kept; the message says where, why, and what is not lost."""
