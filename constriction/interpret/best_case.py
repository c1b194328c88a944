"""The best lattice as a case, and solved anew: what a mesh says of it beside the atlas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from constriction.case.schema import Case, parse_case
from constriction.interpret.atlas.building import RECIPES
from constriction.interpret.atlas.zones import half_gap
from constriction.interpret.interpretation import Fitted, Interpretation
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import LATTICE, LIFTED, InterfaceModel
from constriction.interpret.model.unknowns import BOUNDARIES, BULK, EXTRAS
from constriction.laws.arrays import Reals
from constriction.simulation.simulate import simulate

UNITS = {
    "bulk_conductivity": " S/m",
    "grain_boundary_conductivity": " S/m",
    "grain_boundary_frequency": " Hz",
}
ACCURACY = 2e-3  # of R_cstr: the atlas is not better


@dataclass(frozen=True)
class SolvedAnew:
    """The best lattice, solved by finite elements.

    Attributes:
        name: of its model.
        R_cstr: constriction resistance in Ω·m².
        error: its error bar in Ω·m².
        atlas: the same by the atlas, Ω·m².
        largest: largest difference of the cell's impedance at the measured frequencies, relative to |Z|.
    """

    name: str
    R_cstr: float
    error: float
    atlas: float
    largest: float


def best_lattice(interpretation: Interpretation) -> Fitted | None:
    """The most probable model of ideal contacts on a lattice, the metal beside them lifted or not.

    None: there is none with a part in what is said.
    """
    lattices = {recipe.pattern for recipe in RECIPES}
    having = [one for one, _ in interpretation.having(["contact_fraction"])]
    return next((one for one in having if one.model.kind in (LATTICE, LIFTED) and one.model.pattern in lattices), None)


def best_case(fitted: Fitted, interpretation: Interpretation, title: str) -> Case:
    """The best fit of a lattice as a case; what is in series with the cell is no part of it.

    Args:
        fitted: of a lattice.
        interpretation: it is of; its spectrum gives the sweep.
        title: one line.
    """
    values = {name: float(value[0]) for name, value in fitted.at_best.items()}
    recipe = next(recipe for recipe in RECIPES if recipe.pattern == fitted.model.pattern)
    frequency = interpretation.spectrum.frequency
    electrolyte: dict[str, Any] = {"thickness": f"{interpretation.setting.thickness!r} m"}
    for name in (*BULK, *BOUNDARIES):
        if name in values:
            electrolyte[name] = f"{values[name]!r}{UNITS[name]}" if name in UNITS else values[name]
    return parse_case(
        {
            "title": title,
            "interface": {
                **recipe.interface,
                "contact_fraction": values["contact_fraction"],
                "pitch": f"{values['pitch']!r} m",
            },
            "gap": _gap(values, fitted.model.pattern),
            "electrolyte": electrolyte,
            "sweep": {"from": f"{float(frequency.max())!r} Hz", "to": f"{float(frequency.min())!r} Hz"},
            "accuracy": {"relative_error": ACCURACY},
        }
    )


def _gap(values: Mapping[str, float], pattern: str) -> dict[str, Any]:
    """The section of the gap, which a zone beside contacts makes a wedge; values in SI units."""
    height = values["gap_height"]
    found = {"height": f"{height!r} m", "relative_permittivity": values["gap_permittivity"]}
    if "zone_share" not in values:
        return found
    half = values["pitch"] * float(half_gap(pattern, np.array(values["contact_fraction"])))
    lengths = {"rise": height * values["rise_ratio"], "length": half * values["zone_share"]}
    return found | {"profile": "linear"} | {name: f"{length!r} m" for name, length in lengths.items()}


def solved_anew(fitted: Fitted, case: Case, frequency: Reals) -> SolvedAnew:
    """Solve the best fit of a lattice by finite elements.

    Args:
        fitted: of a lattice.
        case: its best fit, from `best_case`.
        frequency: where impedances are compared, (n,) in Hz.

    Raises:
        InputError, SolverError: as `simulate`.
    """
    result = simulate(case)
    alone = InterfaceModel(fitted.model.kind, fitted.model.pattern)
    before = fitted.best.forward
    in_series = {name for names in EXTRAS.values() for name in names}
    values = {name: value for name, value in fitted.at_best.items() if name not in in_series}
    by_atlas = Forward(alone, before.space, before.atlas, frequency, before.thickness).at(values)[0]
    anew = result.impedance(frequency)
    largest = float(np.max(np.abs(by_atlas - anew) / np.abs(anew)))
    return SolvedAnew(
        fitted.model.name,
        float(result.R_cstr or 0),
        float(result.R_cstr_error or 0),
        float(values["R_cstr"][0]),
        largest,
    )
