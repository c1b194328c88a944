"""The laws of a polycrystal's interior and boundaries, relative to the homogenised electrolyte."""

from __future__ import annotations

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.schema import Case
from constriction.geometry.grains.polycrystal import Polycrystal
from constriction.geometry.patches import Layout
from constriction.laws.circuit import parse_circuit
from constriction.laws.electrolyte import resistivity_law
from constriction.laws.law import CircuitLaw
from constriction.simulation.solids.laws import SolidLaw, check_conducts

INTERIOR, BOUNDARIES = 0, 1
FEWEST = 0.01  # boundaries across the current, over how many cubes of the same size have
PER_AREA = 1.0  # of a `SolidLaw`, whose law is then one per area


def grain_laws(case: Case, layout: Layout, crystal: Polycrystal) -> tuple[SolidLaw, SolidLaw]:
    """The laws of interior and boundaries of the grains, as θ of the mesh's terms have them.

    Args:
        case: with grains.
        layout: of its interface.
        crystal: its grains in pitches.

    Raises:
        InputError: there are no boundaries across the current, or they let hardly any pass.
    """
    bulk = resistivity_law(case.electrolyte.model_copy(update={"grain_boundary_conductivity": None}))
    law = boundary_law(case, layout, crystal)
    slab = resistivity_law(case.electrolyte).resistance * layout.pitch
    check_conducts(law, slab, case.sweep.stop, "grains.boundary_law: a boundary", "smaller values of its R")
    return (
        SolidLaw(INTERIOR, bulk, 0.0, layout.pitch),
        SolidLaw(BOUNDARIES, law, 0.0, PER_AREA),
    )


def boundary_law(case: Case, layout: Layout, crystal: Polycrystal) -> CircuitLaw:
    """The law of a boundary per area.

    By default a current that is even everywhere meets in the boundaries what the electrolyte's grain boundaries have
    over the grains' depth: of cubes, 1/σ_gb times their size, with the constant phase element of f_gb and α.

    Raises:
        InputError: there are none across the current.
    """
    given = case.grains.law_of()
    if given is not None:
        return given
    electrolyte = case.electrolyte
    assert electrolyte.grain_boundary_conductivity is not None
    depth, size = float(crystal.box[2]), case.grains.mean_size
    assert size is not None
    if crystal.sheets * size < FEWEST * depth * layout.pitch:
        raise InputError(
            f"grains.mean_size = '{format_quantity(size, 'length')}': {len(crystal.grains)} "
            f"grain{'s' * (len(crystal.grains) > 1)} in the mirror cell, without a boundary across the current that "
            "the electrolyte's grain boundaries could lie in; expected smaller grains, or a grains.boundary_law"
        )
    spacing = depth / crystal.sheets * layout.pitch  # m of electrolyte per boundary
    *_, resistance, charge, exponent = resistivity_law(electrolyte).values
    return CircuitLaw(parse_circuit("RQ1"), (resistance * spacing, charge / spacing, exponent))
