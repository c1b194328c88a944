"""What decides how a foil lies on contacts: its stiffness, how far they lift it, and what holds it down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Foil:
    """A foil that lies flat but where contacts lift it; SI units.

    `rigidity` D in N·m, `thickness` in m, `lift` in m, `pressure` in Pa and `adhesion` in J/m², either may be 0.
    """

    rigidity: float
    thickness: float
    lift: float
    pressure: float
    adhesion: float

    @property
    def lifted_length(self) -> float:
        """How far it is lifted beside a straight rim, m: the shorter of what either hold alone leaves."""
        return min(self.lengths)

    @property
    def lengths(self) -> tuple[float, ...]:
        """Lifted lengths beside a straight rim under pressure alone and adhesion alone, m; those that there are."""
        by_pressure = (72 * self.rigidity * self.lift / self.pressure) ** 0.25 if self.pressure else None
        by_adhesion = (18 * self.rigidity * self.lift**2 / self.adhesion) ** 0.25 if self.adhesion else None
        return tuple(length for length in (by_pressure, by_adhesion) if length is not None)

    def strain(self, curvature: float) -> float:
        """The largest strain of bending at a curvature in 1/m: half the thickness times it."""
        return 0.5 * self.thickness * curvature


def rigidity(thickness: float, youngs_modulus: float, poisson_ratio: float) -> float:
    """D = E t³ / 12 (1 − ν²) in N·m, of a thickness in m and a modulus in Pa."""
    return youngs_modulus * thickness**3 / 12 / (1 - poisson_ratio**2)
