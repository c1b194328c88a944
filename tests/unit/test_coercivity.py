"""The factor between a residual's norm and the error that it bounds, against all angles that it may be had from."""

import numpy as np
import pytest

from constriction.field.reduction.residuals import coercivity

ANGLES = np.linspace(-np.pi / 2, np.pi / 2, 40_001)[:, None]


def by_angles(theta, sigma):
    """The largest over ψ of the least of cos ψ and |θ_k| cos(arg θ_k − ψ)/σ_k; the θ of σ_k = 0 may not be negative."""
    parts = [np.cos(ANGLES) * np.ones(len(theta))]
    for at, own in zip(theta.T, sigma, strict=True):
        along = np.abs(at) * np.cos(np.angle(at) - ANGLES)
        parts.append(along / own if own > 0 else np.where(along >= -1e-12 * np.abs(at), np.inf, 0.0))
    return np.min(parts, axis=0).max(axis=0)


@pytest.mark.parametrize("sigma", [(1.0, 2.0), (0.0, 3.0), (5.0, 0.0), (1e-3, 1e3), (0.5,)])
def test_no_angle_gives_more(sigma):
    rng = np.random.default_rng(3)
    shape = 100, len(sigma)
    theta = 10 ** rng.uniform(-2, 2, shape) * np.exp(1j * rng.uniform(-np.pi / 2, np.pi / 2, shape))
    theta[:10], theta[10:20, 0] = np.abs(theta[:10]), 0.0
    best, found = by_angles(theta, sigma), coercivity(theta, np.array(sigma))
    assert np.all(found >= best * (1 - 1e-12))
    assert np.all(found <= best + 1e-3)  # an angle lies a little beside the best one
