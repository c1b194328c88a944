"""Whether chains have forgotten their start: autocorrelation time and split R-hat."""

import numpy as np

from constriction.laws.arrays import Reals


def split_r_hat(chains: Reals) -> Reals:
    """How much wider all chains together are than each half of one: near 1 where they have mixed.

    Gelman et al., Bayesian Data Analysis, 3rd ed., section 11.4.

    Args:
        chains: (steps, walkers, d), at least 4 steps.

    Returns:
        (d,), at least about 1; 1 where nothing moves.
    """
    half = chains.shape[0] // 2
    parts = np.concatenate([chains[:half], chains[half : 2 * half]], axis=1)
    within = parts.var(axis=0, ddof=1).mean(axis=0)
    between = parts.mean(axis=0).var(axis=0, ddof=1)
    with np.errstate(all="ignore"):
        found: Reals = np.sqrt((half - 1) / half + between / within)
    return np.where(within > 0, found, 1.0)


def autocorrelation_time(chains: Reals) -> Reals:
    """Steps between samples that know nothing of each other, averaged over walkers, with Sokal's window of 5 times.

    Args:
        chains: (steps, walkers, d).

    Returns:
        (d,) in steps, at least 1.
    """
    steps = chains.shape[0]
    centred = chains - chains.mean(axis=(0, 1))
    size = 1 << (2 * steps - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size, axis=0)) ** 2
    correlation = np.fft.irfft(power, size, axis=0)[:steps].mean(axis=1)
    with np.errstate(all="ignore"):
        correlation = np.where(correlation[0] > 0, correlation / correlation[0], 0.0)
    times = 2 * np.cumsum(correlation, axis=0) - 1
    outside = np.arange(steps)[:, np.newaxis] >= 5 * times
    first = np.where(outside.any(axis=0), np.argmax(outside, axis=0), steps - 1)
    found: Reals = np.maximum(times[first, np.arange(times.shape[1])], 1.0)
    return found
