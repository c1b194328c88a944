"""What several commands take alike."""

from __future__ import annotations

import math
import re

from cyclopts import Parameter

from constriction.errors import InputError

FLAG = Parameter(negative="", show_default=False)

BYTES = {"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
FREE_MEMORY_SHARE = 0.8


def bytes_of(text: str) -> float:
    """Bytes of a text such as 8 GB, 512MiB."""
    parts = re.fullmatch(r"\s*([0-9]+\.?[0-9]*|\.[0-9]+)\s*([kKMGT]i?|)B\s*", text)
    value = float(parts[1]) * BYTES[parts[2]] if parts else 0.0
    if not 0 < value < math.inf:
        raise InputError(f"--memory {text!r}: expected a memory above zero with its unit, such as '8 GB'")
    return value


def free_memory() -> float:
    """Bytes that may be used where nothing is said: 80 % of what is free."""
    import psutil

    return FREE_MEMORY_SHARE * float(psutil.virtual_memory().available)
