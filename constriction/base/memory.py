"""What a long run gives back between geometries, so that a rank is as small after thousands as after ten."""

from __future__ import annotations

import contextlib
import ctypes
import gc


def release() -> None:
    """Give memory that nothing uses any more back to the system.

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
