"""The potential of a charge on the interface of a slab beside a gap that takes θ, split into near and far.

A wave k of charge makes the potential 1/(k coth(k·depth) + θ), but for the mean, that is treated apart. Of a half space

    1/(k + θ) = ∫₀^∞ f(t) e^{−k²t} dt,    f(t) = 1/√(πt) − θ e^{θ²t} erfc(θ√t).

The part of t below T is the near kernel, ∫₀^T f(t) e^{−r²/4t}/(4πt) dt, which ends like a Gaussian in r; without θ it
is erfc(r/2√T)/(2πr) (Ewald). The rest, and what the counter electrode changes, end like a Gaussian in k.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.interpolate import CubicSpline

STEP = 1e-20  # of a shift into the complex plane: what it makes imaginary is the derivative
TINY = 1e-9  # imaginary parts that are such steps
MOST_WAVE = 1.6  # times the reach over √T
NODES, LARGEST = 64, 6.5  # of the integral over t; e^{−LARGEST²} is nothing
# Of the radius, beyond it; nodes there, and wave numbers between which all are.
CUT, CUT_NODES, CUT_WAVES = 1.0, 32, 400
CLOSE = 0.5  # of the shift: nearer wave numbers would lose digits
SERIES, BELOW = 30, 0.5  # terms, and the arguments that they are for

Floats = NDArray[np.float64]
Values = NDArray[Any]


@dataclass(frozen=True)
class Kernel:
    """The kernel of a `shift` θ ≥ 0 (or complex, Re θ ≥ 0) over a slab of a `depth`, split at √T = `split`; pitches.

    `reach`: how many times 2√T the near kernel reaches, and 1/√T wave numbers of the far one, over 2.
    """

    shift: complex
    split: float
    depth: float
    reach: float

    @property
    def radius(self) -> float:
        """Beyond it the near kernel is nothing."""
        return 2 * self.split * self.reach

    @property
    def most_wave(self) -> float:
        """Beyond it what is beyond is nothing; it goes as e^{−k²T}."""
        return MOST_WAVE * self.reach / self.split

    def stepped(self) -> Kernel:
        """The same a small step into the complex plane, so that what is imaginary is the derivative, times STEP."""
        return Kernel(self.shift + 1j * STEP, self.split, self.depth, self.reach)

    def near(self, r: Floats) -> Values:
        """The near kernel times r, at distances, same shape (n,)."""
        z = r / (2 * self.split)
        first = special.erfc(z)
        if self.shift == 0:
            return np.asarray(first / (2 * np.pi))
        return np.asarray((first - self.shift * r * self._slowed(np.maximum(z, 1e-12))) / (2 * np.pi))

    def _slowed(self, z: Floats) -> Values:
        """∫ erfcx(θ√T e^{−y}) exp(−z²e^{2y}) dy from 0 to infinity, at z (n,)."""
        x, weights = np.polynomial.legendre.leggauss(NODES)
        ends = np.maximum(np.log(LARGEST / z), 0.0)
        y = ends[:, None] * (x + 1) / 2
        values = _erfcx(self.shift * self.split * np.exp(-y)) * np.exp(-((z[:, None] * np.exp(y)) ** 2))
        return np.asarray((values @ weights) * ends / 2)

    def beyond(self, k: Floats) -> Values:
        """Of a half space the part of t above T, at wave numbers above zero, same shape."""
        s, shape = self.shift, k.shape
        k = k.ravel()
        with np.errstate(invalid="ignore", divide="ignore"):
            divided = (self._grown(k) - self._grown(np.full(k.shape, s))) / (k - s)
        close = np.abs(k - s) < CLOSE * abs(s)
        if np.any(close):
            x, weights = np.polynomial.legendre.leggauss(16)
            way = s + (x + 1) / 2 * (k[close][:, None] - s)
            divided[close] = self._steep(way) @ weights / 2
        return np.asarray((np.exp(-((k * self.split) ** 2)) * divided / (k + s)).reshape(shape))

    def _grown(self, x: Values) -> Values:
        return np.asarray(x * _erfcx(x * self.split))

    def _steep(self, x: Values) -> Values:
        """The derivative of `_grown`."""
        z = x * self.split
        own = _erfcx(z)
        return np.asarray(own + z * (2 * z * own - 2 / math.sqrt(math.pi)))

    def far(self, k: Floats) -> Values:
        """All but the near kernel, at wave numbers, same shape; of the mean, k = 0, the near kernel is taken away."""
        s, waves = self.shift, np.where(k > 0, k, 1.0)
        with np.errstate(over="ignore"):
            above = 2 / np.expm1(2 * waves * self.depth)  # coth − 1
        missing = waves * above / ((waves * (1 + above) + s) * (waves + s))
        return np.asarray(np.where(k > 0, self.beyond(waves) - missing, -self._mean()))

    def cut(self, k: Floats) -> Values:
        """What of the near kernel is beyond its radius, where nothing is summed, at wave numbers, same shape."""
        x, weights = np.polynomial.legendre.leggauss(CUT_NODES)
        way = self.radius * CUT / 2
        r, weights = self.radius + way * (x + 1), way * weights * self.near(self.radius + way * (x + 1))
        at = np.linspace(0.0, float(k.max()), CUT_WAVES)
        values = 2 * np.pi * (special.j0(np.outer(at, r)) @ weights)
        return np.asarray(CubicSpline(at, values)(k))

    def _mean(self) -> Any:
        """The near kernel at k = 0: (1 − erfcx(θ√T))/θ."""
        x = self.shift * self.split
        if abs(x) > BELOW:
            return (1 - _erfcx(np.array([x]))[0]) / self.shift
        n = np.arange(1, SERIES)
        terms = -((-1.0) ** n) * np.asarray(x) ** (n - 1) / special.gamma(n / 2 + 1)
        return terms.sum() * self.split


def _erfcx(z: Values) -> Values:
    """e^{z²} erfc(z), real, with a small step into the complex plane, or complex; same shape."""
    if np.isrealobj(z):
        return np.asarray(special.erfcx(z))
    if np.max(np.abs(z.imag), initial=0.0) > TINY:
        return np.asarray(special.wofz(1j * z))
    real = special.erfcx(z.real)
    return np.asarray(real + 1j * z.imag * (2 * z.real * real - 2 / math.sqrt(math.pi)))
