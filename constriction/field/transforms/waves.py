"""Fields on pixels as cosines of a cell whose sides are mirrors, or as waves of one that repeats without them.

Pixels of a mirror cell are half of a period: its cosines are those waves of the doubled cell that its mirrors leave.
So both have one symbol, of the same k, and rims lie in their pixels in the same way.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn, fftfreq, idctn, irfftn, rfftfreq, rfftn

Floats = NDArray[np.float64]

THREADS_FROM = 500_000  # pixels; with fewer, threads gain little


def half_phases(across: int, along: int, periodic: bool) -> tuple[Floats, Floats]:
    """K δ/2 of each cosine or wave, at most π/2 in size: along the width (n, 1) and along the depth (1, m).

    Of waves along the depth there are only those of k ≥ 0: a real field has the others as their conjugates.
    """
    if periodic:
        return np.pi * fftfreq(across)[:, None], np.pi * rfftfreq(along)[None, :]
    x, y = (np.pi / 2 * np.arange(count) / count for count in (across, along))
    return x[:, None], y[None, :]


def filtered(field: NDArray[Any], factors: NDArray[Any], periodic: bool, *, overwrite: bool = False) -> NDArray[Any]:
    """A field (across, along) of which each cosine or wave is multiplied by its factor, in the field's precision.

    Args:
        field: real or complex.
        factors: real, of each cosine or wave.
        periodic: which of both.
        overwrite: the field is not needed any more.
    """
    threads = _threads(field.size)
    if not periodic:
        spectrum = dctn(field, norm="ortho", overwrite_x=overwrite, workers=threads)
        spectrum *= factors
        return np.asarray(idctn(spectrum, norm="ortho", overwrite_x=True, workers=threads))
    if np.iscomplexobj(field):
        return filtered(field.real, factors, periodic) + 1j * filtered(field.imag, factors, periodic)
    waves = rfftn(field, workers=threads)
    waves *= factors
    return np.asarray(irfftn(waves, field.shape, overwrite_x=True, workers=threads))


def _threads(pixels: int) -> int:
    """Of a transform: one per core for many pixels; what OMP_NUM_THREADS says is the most there are."""
    if pixels < THREADS_FROM:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
