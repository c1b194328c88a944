"""The one error that means: the user's input is wrong (exit code 2)."""


class InputError(ValueError):
    """Wrong input, told in one line: where, what was given, what is expected."""
