"""The elements of a circuit: their parameters, their impedance and its derivatives.

Sign convention e^{+iωt}. The elements, each with its impedance (ω = 2πf):

| element | parameters            | Z                                                                           |
| ------- | --------------------- | --------------------------------------------------------------------------- |
| `R`     | R in Ω                | R                                                                           |
| `C`     | C in F                | 1/(iωC)                                                                     |
| `L`     | L in H                | iωL                                                                         |
| `Q`     | Q in S·s^α, α         | 1/(Q (iω)^α), the constant phase element                                    |
| `W`     | W in Ω·s^−½           | W (1 − i)/√ω, semi-infinite Warburg diffusion                               |
| `RQ`    | R in Ω, Q in S·s^α, α | R/(1 + RQ (iω)^α), R parallel to Q (ZARC)                                   |
| `Wo`    | R in Ω, T in s        | R coth(√(iωT))/√(iωT), finite-length Warburg, open (T/R is its capacitance) |
| `Ws`    | R in Ω, T in s        | R tanh(√(iωT))/√(iωT), finite-length Warburg, short (R at ω→0)              |
| `G`     | R in Ω, T in s        | R/√(1 + iωT), Gerischer: diffusion with a reaction of rate 1/T              |

Where the spectrum is area-specific or normalised, so are the parameters; `unit_of` says how. `Wo`, `Ws` and `G` are so
named by others too; R is the one of the whole element and T the time of diffusion (or reaction), not a half of them as
in some programs.

Every law takes the element's internal coordinates, logarithms, exponents plain: k numbers, or (k, S, 1) for S points at
once; ln ω, (N,); and the index of the first of them in the circuit. It returns Z in Ω, which broadcasts to (N,) or
(S, N), and what makes the derivatives when they are wanted: for each coordinate its index and ∂Z/∂coordinate.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from constriction.laws.arrays import Complexes, Reals

type Coordinates = Sequence[float] | Reals
type Slopes = list[tuple[int, Complexes]]
type ElementLaw = tuple[Complexes, Callable[[], Slopes]]


class Parameter(NamedTuple):
    """One adjustable number of a circuit.

    Attributes:
        name: letter and number of the element, `R0`, `Q1`, `a1` (α of the constant phase element).
        kind: "R", "C", "L", "Q", "W", "T" or "a".
        unit: for a spectrum in Ω: "ohm", "farad", "henry", "siemens s^a", "ohm s^-1/2", "second", "1".
        lower: smallest value a fit may give, in `unit`.
        upper: largest value, in `unit`.
    """

    name: str
    kind: str
    unit: str
    lower: float
    upper: float

    @property
    def logarithmic(self) -> bool:
        """Whether a fit works with the logarithm (all but the exponent)."""
        return self.kind != "a"


KINDS: dict[str, tuple[str, float, float]] = {
    "R": ("ohm", 1e-9, 1e15),
    "C": ("farad", 1e-18, 1e6),
    "L": ("henry", 1e-15, 1e6),
    "Q": ("siemens s^a", 1e-18, 1e6),
    "W": ("ohm s^-1/2", 1e-9, 1e15),
    "T": ("second", 1e-15, 1e12),
    "a": ("1", 0.2, 1.0),
}
TURN = 0.5j * math.pi
"""ln i: what ln(iω) has beyond ln ω."""
# What stands for Ω, and so for F, H, S, in a normalised spectrum.
NORMALISED = {"ohm": ("", ""), "ohm m2": (" m2", "/m2"), "ohm m": (" m", "/m")}


def _power(log_omega: Reals, exponent: float | Reals, log_factor: float | Reals) -> Complexes:
    """A factor times (iω)^exponent: the phase is the same at all frequencies, so the exponentials are real."""
    turned: Complexes = np.exp(exponent * log_omega + log_factor) * 1j**exponent
    return turned


def _resistor(p: Coordinates, log_omega: Reals, first: int) -> ElementLaw:
    z: Complexes = np.exp(p[0])  # real, and one number for all frequencies
    return z, lambda: [(first, z)]


def _capacitor(p: Coordinates, log_omega: Reals, first: int) -> ElementLaw:
    z = _power(log_omega, -1.0, -p[0])
    return z, lambda: [(first, -z)]


def _inductor(p: Coordinates, log_omega: Reals, first: int) -> ElementLaw:
    z = _power(log_omega, 1.0, p[0])
    return z, lambda: [(first, z)]


def _warburg(p: Coordinates, log_omega: Reals, first: int) -> ElementLaw:
    # W(1 − i)/√ω = √2 W/√(iω).
    z = _power(log_omega, -0.5, p[0] + math.log(2) / 2)
    return z, lambda: [(first, z)]


def _open_warburg(p: Coordinates, log_omega: Reals, first: int) -> ElementLaw:
    root, fading = _root(p[1], log_omega)
    z: Complexes = np.exp(p[0]) * (1 + fading) / (_one_minus(root) * root)
    # x/2·d(coth x/x)/dx = −(1/sinh²x + coth x/x)/2
    return z, lambda: [(first, z), (first + 1, -(np.exp(p[0]) * 4 * fading / _one_minus(root) ** 2 + z) / 2)]


def _short_warburg(p: Coordinates, log_omega: Reals, first: int) -> ElementLaw:
    root, fading = _root(p[1], log_omega)
    z: Complexes = np.exp(p[0]) * _one_minus(root) / ((1 + fading) * root)
    # x/2·d(tanh x/x)/dx = (1/cosh²x − tanh x/x)/2
    return z, lambda: [(first, z), (first + 1, (np.exp(p[0]) * 4 * fading / (1 + fading) ** 2 - z) / 2)]


def _root(log_time: float | Reals, log_omega: Reals) -> tuple[Complexes, Complexes]:
    """The root x = √(iωT), whose real part is positive, and e^(−2x), which fades where coth and tanh would overflow."""
    root = _power(log_omega, 0.5, log_time / 2)
    fading: Complexes = np.exp(-2 * root)
    return root, fading


def _one_minus(root: Complexes) -> Complexes:
    """1 − e^(−2x), also for small x."""
    return np.asarray(-np.expm1(-2 * root), dtype=np.complex128)


def _gerischer(p: Coordinates, log_omega: Reals, first: int) -> ElementLaw:
    turned = _power(log_omega, 1.0, p[1])
    z: Complexes = np.exp(p[0] - np.log1p(turned) / 2)
    return z, lambda: [(first, z), (first + 1, -z / 2 * (turned / (1 + turned)))]


def _constant_phase(p: Coordinates, log_omega: Reals, first: int) -> ElementLaw:
    z = _power(log_omega, -p[1], -p[0])
    return z, lambda: [(first, -z), (first + 1, -(log_omega + TURN) * z)]


def _zarc(p: Coordinates, log_omega: Reals, first: int) -> ElementLaw:
    t = _power(log_omega, p[2], p[0] + p[1])
    d: Complexes = np.reciprocal(1 + t)
    z: Complexes = np.exp(p[0]) * d

    def slopes() -> Slopes:
        slope = -z * t * d
        return [(first, z * d), (first + 1, slope), (first + 2, slope * (log_omega + TURN))]

    return z, slopes


class ElementKind(NamedTuple):
    """What an element of a circuit is.

    Attributes:
        parameters: their kinds in order.
        law: its impedance and what makes the derivatives.
        at_rest: Z at zero frequency divided by the first parameter: 1, 0, or infinite where it blocks.
    """

    parameters: str
    law: Callable[[Coordinates, Reals, int], ElementLaw]
    at_rest: float


ELEMENTS: dict[str, ElementKind] = {
    "R": ElementKind("R", _resistor, 1.0),
    "C": ElementKind("C", _capacitor, math.inf),
    "L": ElementKind("L", _inductor, 0.0),
    "Q": ElementKind("Qa", _constant_phase, math.inf),
    "W": ElementKind("W", _warburg, math.inf),
    "RQ": ElementKind("RQa", _zarc, 1.0),
    "Wo": ElementKind("RT", _open_warburg, math.inf),
    "Ws": ElementKind("RT", _short_warburg, 1.0),
    "G": ElementKind("RT", _gerischer, 1.0),
}


def unit_of(parameter: Parameter, spectrum_unit: str) -> str:
    """Tell the SI unit of a parameter fitted to a spectrum.

    Args:
        parameter: of a circuit.
        spectrum_unit: "ohm", "ohm m2" or "ohm m".

    Returns:
        For instance "ohm m2", "farad/m2", "siemens s^a/m2", "1".
    """
    times, per = NORMALISED[spectrum_unit]
    if parameter.kind in "RLW":
        first, _, rest = parameter.unit.partition(" ")
        return first + times + (" " + rest if rest else "")
    return parameter.unit + per if parameter.kind in "CQ" else parameter.unit
