"""Patterns of spots at random places."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from constriction.case.fields import Integer, Length, Number
from constriction.case.patterns.kinds import Filled, Shaped, Sided

MERGE = "merge"


class Scattered(Filled, Shaped, Sided):
    """Spots at random places, one per pitch².

    Attributes:
        seed: of the random positions.
        size_spread: standard deviation of the logarithm of the spots' sizes; 0: all are alike.
        overlap: none keeps spots apart; merge drops them anywhere, and those that overlap are one contact, cut at the
            sides of the cell.
    """

    seed: Integer = Field(1, ge=0, le=2**63 - 1, description="an integer from 0 to 2^63 - 1")
    size_spread: Number = Field(0.0, ge=0, le=2, description="a number from 0 to 2")
    overlap: Literal["none", "merge"] = "none"

    @property
    def merges(self) -> bool:
        """Whether spots may overlap."""
        return self.overlap == MERGE

    @classmethod
    def method_of(cls, given: Mapping[str, Any]) -> str:
        """Spots that merge are solved by transforms."""
        return "spectral" if given.get("overlap") == MERGE else super().method_of(given)


class Random(Scattered):
    """Spots at random places.

    Attributes:
        spots: number of spots in the cell.
    """

    pattern: Literal["random"]
    spots: Integer = Field(100, ge=1, le=10**9, description="an integer from 1 to 1000000000")

    @property
    def spot_count(self) -> int:
        """As the case says."""
        return self.spots


class Clustered(Scattered):
    """Spots in clusters, whose middles lie at random.

    Attributes:
        clusters: how many there are in the cell.
        spots_per_cluster: how many spots each of them has.
        cluster_radius: the spots of a cluster have their centres no farther from its middle, m.
    """

    COUNTED_BY: ClassVar[str] = "clusters"

    pattern: Literal["clustered"]
    clusters: Integer = Field(10, ge=1, le=10**9, description="an integer from 1 to 1000000000")
    spots_per_cluster: Integer = Field(10, ge=1, le=10**6, description="an integer from 1 to 1000000")
    cluster_radius: Length = Field(description="a length such as '100 um'")

    @property
    def spot_count(self) -> int:
        """Of all clusters together."""
        return self.clusters * self.spots_per_cluster
