"""From two measured quantities to the impedance, whichever two an instrument wrote."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.laws.arrays import Reals
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY

# (N,) angular frequency in rad/s and two quantities in SI → (N,) complex.
type Convert = Callable[[Reals, Reals, Reals], NDArray[Any]]


@dataclass(frozen=True)
class SampleGeometry:
    """The size of a sample.

    Attributes:
        area: of its electrode in m², None: not known.
        thickness: in m, None: not known.
    """

    area: float | None = None
    thickness: float | None = None

    def completed(self, other: "SampleGeometry") -> "SampleGeometry":
        """With what another one knows where this one does not."""
        return SampleGeometry(self.area or other.area, self.thickness or other.thickness)


class QuantityPair(NamedTuple):
    """Two quantities that make an impedance.

    Attributes:
        first: a role of `vocabulary.SPECTRUM`.
        second: another.
        convert: to the impedance, or to the complex resistivity in Ω·m.
        of_material: whether it is the resistivity, so that the geometry is needed.
    """

    first: str
    second: str
    convert: Convert
    of_material: bool = False

    @property
    def roles(self) -> tuple[str, str]:
        """Both."""
        return self.first, self.second


def _cartesian(w: Reals, x: Reals, y: Reals) -> NDArray[Any]:
    return x + 1j * y


def _polar(w: Reals, x: Reals, y: Reals) -> NDArray[Any]:
    return x * np.exp(1j * y)


def _inverse(convert: Convert) -> Convert:
    return lambda w, x, y: 1 / convert(w, x, y)


# Capacitor (C, in parallel or in series) and coil (L) with what loses energy beside them.
_LOSSY: Mapping[tuple[str, str], Convert] = {
    ("Cs", "R"): lambda w, c, r: r - 1j / (w * c),
    ("Cs", "D"): lambda w, c, d: (d - 1j) / (w * c),
    ("Cs", "Q"): lambda w, c, q: (1 / q - 1j) / (w * c),
    ("Ls", "R"): lambda w, l, r: r + 1j * w * l,  # noqa: E741 - an inductance
    ("Ls", "Q"): lambda w, l, q: w * l * (1 / q + 1j),  # noqa: E741
    ("Ls", "D"): lambda w, l, d: w * l * (d + 1j),  # noqa: E741
    ("Cp", "R"): lambda w, c, r: 1 / (1 / r + 1j * w * c),
    ("Cp", "G"): lambda w, c, g: 1 / (g + 1j * w * c),
    ("Cp", "D"): lambda w, c, d: 1 / (w * c * (d + 1j)),
    ("Cp", "Q"): lambda w, c, q: 1 / (w * c * (1 / q + 1j)),
    ("Lp", "R"): lambda w, l, r: 1 / (1 / r - 1j / (w * l)),  # noqa: E741
    ("Lp", "G"): lambda w, l, g: 1 / (g - 1j / (w * l)),  # noqa: E741
    ("Lp", "Q"): lambda w, l, q: w * l / (1 / q - 1j),  # noqa: E741
    ("Lp", "D"): lambda w, l, d: w * l / (d - 1j),  # noqa: E741
}


def _passive(loss: Reals) -> Reals:
    """C'' or ε'' of a column that is called Im C or Im ε, which may have either sign: energy is lost, not made."""
    return loss if 2 * np.count_nonzero(loss > 0) >= np.count_nonzero(loss) else -loss


def _capacitance(w: Reals, real: Reals, imaginary: Reals) -> NDArray[Any]:
    return 1 / (1j * w * (real - 1j * imaginary))


def _permittivity(w: Reals, real: Reals, imaginary: Reals) -> NDArray[Any]:
    return 1 / (1j * w * VACUUM_PERMITTIVITY * (real - 1j * imaginary))


PAIRS = (
    QuantityPair("Re Z", "Im Z", _cartesian),
    *(QuantityPair("|Z|", phase, _polar) for phase in ("phase Z", "phase")),
    *(QuantityPair(r, x, _cartesian) for r, x in (("Rs", "Xs"), ("R", "X"), ("Rs", "X"), ("R", "Xs"))),
    QuantityPair("Re Y", "Im Y", _inverse(_cartesian)),
    *(QuantityPair("|Y|", phase, _inverse(_polar)) for phase in ("phase Y", "phase")),
    QuantityPair("Rp", "Xp", lambda w, r, x: 1 / (1 / r + 1 / (1j * x))),
    *(
        QuantityPair(part, name, convert)
        for (part, kind), convert in _LOSSY.items()
        for name in {"R": (f"R{part[1]}", "R"), "G": ("Re Y",)}.get(kind, (kind,))
    ),
    QuantityPair("C", "Re Y", _LOSSY["Cp", "G"]),
    QuantityPair("C'", "C''", _capacitance),
    QuantityPair("C'", "Im C", lambda w, real, imaginary: _capacitance(w, real, _passive(imaginary))),
    QuantityPair("ρ'", "ρ''", _cartesian, of_material=True),
    QuantityPair("σ'", "σ''", _inverse(_cartesian), of_material=True),
    QuantityPair("ε'", "ε''", _permittivity, of_material=True),
    QuantityPair("ε'", "Im ε", lambda w, real, imag: _permittivity(w, real, _passive(imag)), of_material=True),
    QuantityPair(
        "M'", "M''", lambda w, real, imag: (real + 1j * imag) / (1j * w * VACUUM_PERMITTIVITY), of_material=True
    ),
    QuantityPair("ε'", "D", lambda w, real, d: _permittivity(w, real, real * d), of_material=True),
    QuantityPair("ε'", "σ'", lambda w, real, s: 1 / (s + 1j * w * VACUUM_PERMITTIVITY * real), of_material=True),
)
# What a unit says about the impedance: of a cell, per area, or of a material.
IMPEDANCE_UNIT = {
    **dict.fromkeys(("ohm", "S", "F", "H"), "ohm"),
    **dict.fromkeys(("ohm m2", "S/m2", "F/m2"), "ohm m2"),
    **dict.fromkeys(("ohm m", "S/m"), "ohm m"),
}


def pair_of(roles: frozenset[str]) -> QuantityPair | None:
    """The pair that an impedance is made from: the first of `PAIRS` that is there."""
    return next((pair for pair in PAIRS if pair.first in roles and pair.second in roles), None)


def cell_factor(geometry: SampleGeometry, what: str) -> float:
    """Thickness over area in 1/m, which turns Ω·m into Ω.

    Args:
        geometry: of the sample.
        what: was measured, for the message.

    Raises:
        InputError: it is not complete.
    """
    if geometry.area is None or geometry.thickness is None:
        lacks = " and ".join(
            name for name, value in (("area", geometry.area), ("thickness", geometry.thickness)) if value is None
        )
        raise InputError(
            f"{what}: of a material, and the file names no {lacks} of the sample; expected --area and --thickness, "
            "such as --area '0.785 cm2' --thickness '1 mm'"
        )
    return geometry.thickness / geometry.area


def in_degrees(phase: Reals) -> bool:
    """Whether a phase without unit is in degrees: unless all are within ±1.6, what radians can be."""
    finite = phase[np.isfinite(phase)]
    return bool(np.any(np.abs(finite) > 1.6))


def radians(phase: Reals, degrees: bool) -> Reals:
    """A phase as it was written, in rad."""
    return phase * (math.pi / 180) if degrees else phase
