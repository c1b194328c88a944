"""Galerkin's model of K + sG on a few fields, whatever they live on: K is the unit matrix on them, G a small one."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(kw_only=True)
class GalerkinBasis[Field: NDArray[Any]](ABC):
    """K-orthonormal real `fields`; `storage` = fieldsᵀG fields, (fields, fields)."""

    fields: list[Field] = field(default_factory=list)
    storage: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))

    @abstractmethod
    def products(self, new: Field) -> NDArray[np.float64]:
        """heldᵀK new of each field held; (fields,)."""

    @abstractmethod
    def energy(self, new: Field) -> float:
        """newᵀK new."""

    def split(self, new: Field) -> tuple[Field, NDArray[np.float64], float]:
        """What a field adds to the basis: that part with unit length, the shares of the rest, and its length."""
        shares = np.zeros(len(self.fields))
        for _ in range(2 if self.fields else 0):  # twice is enough against rounding
            found = self.products(new)
            new = self.combination(-found, new)
            shares += found
        length = math.sqrt(max(self.energy(new), 0.0))
        unit: Any = new / length if length > 0 else new
        return unit, shares, length

    def hold(self, unit: Field, column: list[float]) -> None:
        """Add a field that `split` has made; `column` are its products with all fields through G, its own last."""
        last = np.array(column)
        self.storage = np.block([[self.storage, last[:-1, None]], [last[None, :]]])
        self.fields.append(unit)

    def coefficients(self, ratios: NDArray[np.complex128], load: NDArray[np.float64]) -> NDArray[np.complex128]:
        """(1 + s·storage)⁻¹ load at ratios s; (ratios, fields)."""
        times, modes = np.linalg.eigh(self.storage)
        return np.asarray((load @ modes) / (1 + ratios[:, None] * times) @ modes.T)

    def combination(self, coefficients: NDArray[Any], start: Field) -> Field:
        """A field and multiples of those held."""
        return sum((c * held for c, held in zip(coefficients, self.fields, strict=True)), start)
