"""What result.json says of the tips of metal solids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constriction.simulation.result import Result


def tips_record(result: Result) -> dict[str, list[dict[str, Any]]]:
    """The density of direct current at the deepest tips of each table's metal, over its mean; nothing without metal.

    Where no direct current passes there is none to tell.
    """
    if not result.response.tips or result.R_dc is None:
        return {}
    own = [
        {"solid": tip.table, "current_density_over_mean": tip.density, "current_density_over_mean_error": tip.error}
        for tip in result.response.tips
    ]
    return {"tips": own}
