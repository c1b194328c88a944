"""Errors with a meaning of their own: the user's input is wrong (exit code 2), or a solver failed (1)."""


class InputError(ValueError):
    """Wrong input, told in one line: where, what was given, what is expected."""


class DisagreementError(RuntimeError):
    """Two methods gave different answers, or none that could be compared; the message says which and how far apart."""


class SolverError(RuntimeError):
    """A linear system could not be solved; the message says which and why."""


class MeshError(RuntimeError):
    """A cell could not be meshed; the message says why."""


class RenderingError(RuntimeError):
    """This machine cannot draw in three dimensions; the message says what to install."""


class StoreError(RuntimeError):
    """A result could not be kept; the message says where, why, and what is not lost."""
