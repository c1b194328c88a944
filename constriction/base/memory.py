"""How much memory may be used, and what a long run gives back between geometries."""

from __future__ import annotations

import contextlib
import ctypes
import gc

FREE_MEMORY_SHARE = 0.8


def free_memory() -> float:
    """Bytes that may be used where nothing is said: 80 % of what is free."""
    import psutil

    return FREE_MEMORY_SHARE * float(psutil.virtual_memory().available)


def release() -> None:
    """Give memory that nothing uses any more back to the system: a rank is as small after thousands as after ten.

    Objects of DOLFINx that refer to each other wait for the garbage collector. gmsh's interface makes a type for every
    length of an array, and ctypes keeps those it has pointers to: some 10 kB a mesh. What malloc holds in pieces
    between other things it returns when asked (glibc only).
    """
    pointers = getattr(ctypes, "_pointer_type_cache", None)
    if isinstance(pointers, dict):
        for kind in [kind for kind in pointers if isinstance(kind, type) and issubclass(kind, ctypes.Array)]:
            del pointers[kind]
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
