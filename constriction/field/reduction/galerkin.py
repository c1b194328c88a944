"""The Galerkin model of a mesh, and the bound on its error.

Its fields vanish on the counter electrode and are K-orthogonal to the DC field φ₀ beside them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.operators import Vector
from constriction.field.reduction.basis import GalerkinBasis

# where the error of the model is bounded; beyond, F is one of its limits
CHECKED_RATIOS = np.asarray(1j * np.logspace(-3, 4, 71), dtype=np.complex128)


@dataclass
class MeshBasis(GalerkinBasis[Vector]):
    """The fields and what the model and its error bound need of them.

    `dc` is φ₀, `charge` = Gφ₀, `admittance` = φ₀ᵀKφ₀, `stored` = φ₀ᵀGφ₀, `charges` = fields·charge.

    All of G·fields but one lie in K times the space of φ₀ and the fields: of Krylov vectors K⁻¹Gq by their making, of
    solutions φ(σ) of (K + σG)φ = b because σGφ = b − Kφ; of the flat interface's field G makes zero. `source` is the
    one that sticks out, G times the newest Krylov vector (Gφ₀ if there is none); `shares` and `dc_share` tell how
    much of it is in each image and in `charge`.
    """

    problem: CellProblem
    dc: Vector
    charge: Vector
    admittance: float
    stored: float
    source: Vector
    dc_share: float = 1.0
    charges: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)

    def products(self, new: Vector) -> NDArray[np.float64]:
        """As `GalerkinBasis`."""
        product = self.problem.stiffness @ new
        return np.array([self.problem.numbering.dot(held, product) for held in self.fields])

    def energy(self, new: Vector) -> float:
        """As `GalerkinBasis`."""
        return self.problem.stiffness.energy(new)

    def append(self, unit: Vector, share: float) -> Vector:
        """Add a field that `split` has made and return its image; `share` of the source is in it."""
        dot = self.problem.numbering.dot
        image = self.problem.gap @ unit
        self._free_dc_of(unit, image, share)
        self.hold(unit, [dot(held, image) for held in (*self.fields, unit)])
        self.charges = [dot(held, self.charge) for held in self.fields]
        self.shares.append(share)
        return image

    def _free_dc_of(self, unit: Vector, image: Vector, share: float) -> None:
        """Make φ₀, solved by iteration, K-orthogonal to a field: F(∞) then is exact although F(0) is not."""
        dot, problem = self.problem.numbering.dot, self.problem
        excess = dot(problem.stiffness @ unit, self.dc) - dot(unit, problem.drive)
        self.dc = self.dc - excess * unit
        self.charge = self.charge - excess * image
        self.dc_share -= excess * share
        self.admittance -= excess**2
        self.stored = dot(self.dc, self.charge)

    def append_krylov(self, unit: Vector) -> None:
        """Add what K⁻¹·source has added; its image is the new source."""
        self.shares, self.dc_share = [0.0] * len(self.shares), 0.0  # in what has been the source
        self.source = self.append(unit, 1.0)

    def append_solution(self, solution: Vector) -> None:
        """Add the solution at a real shift, or the flat interface's field."""
        unit, shares, length = self.split(solution - self.dc)
        self.append(unit, -(self.dc_share + float(shares @ np.array(self.shares))) / length)

    def beside_dc(self, ratios: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Coefficients of the fields beside φ₀; (ratios, fields)."""
        return -ratios[:, None] * self.coefficients(ratios, np.array(self.charges))

    def combined(self, ratio: float) -> Vector:
        """The model's field at a real ratio."""
        return self.combination(self.beside_dc(np.array([ratio + 0j]))[0].real, self.dc)

    def projected_source(self) -> Vector:
        """The part of K⁻¹·source that the fields hold."""
        dot = self.problem.numbering.dot
        return self.combination(np.array([dot(held, self.source) for held in self.fields]), np.zeros_like(self.dc))

    def error_bounds(self, remainder: float) -> NDArray[np.float64]:
        """Bounds on |F − F of the matrices| at CHECKED_RATIOS; `remainder` is the length that K⁻¹·source would add.

        The residual of the model is s·share·remainder times a unit vector in the norm of K⁻¹, with the source's share
        in the field's image. The error of Y is rᵀA(s)⁻¹r, and |rᵀA⁻¹r| ≤ rᵀK⁻¹r̄ for Re s ≥ 0, where the numerical
        range of A lies right of K's.
        """
        coefficients = self.beside_dc(CHECKED_RATIOS)
        shares = self.dc_share + coefficients @ np.array(self.shares)
        of_y = np.abs(CHECKED_RATIOS * shares * remainder) ** 2
        y = np.abs(self.admittance + CHECKED_RATIOS * (self.stored + coefficients @ np.array(self.charges)))
        return np.asarray(self.problem.area * of_y / (y * np.maximum(y - of_y, 1e-3 * y)))

    def whole(self) -> NDArray[np.float64]:
        """G on φ₀ / √admittance and the fields, where K is the unit matrix; (1 + fields, 1 + fields)."""
        first = np.append(self.stored / self.admittance, np.array(self.charges) / math.sqrt(self.admittance))
        return np.block([[first[:1, None], first[None, 1:]], [first[1:, None], self.storage]])
