"""Cases of one geometry, solved once for all as a study does."""

from constriction.field.reduction.curves import merged
from constriction.geometry.cell import lay_out
from constriction.simulation.result import result_of, sweep_frequencies
from constriction.simulation.simulate import Options, check_bounds, laws_of, solve_geometry
from constriction.simulation.weights import curve_of


def simulate_together(cases, options=Options()):  # noqa: B008 - frozen, so no state is shared
    """Return the result of each case; pattern, depth in pitches, method, accuracy and kind of gap are the same."""
    plans = [lay_out(case.interface) for case in cases]
    laws = [laws_of(case, plan, options) for case, plan in zip(cases, plans, strict=True)]
    parts = list(zip(cases, plans, laws, strict=True))
    curves = [curve_of(*part, sweep_frequencies(part[0])) for part in parts]
    for case, curve in zip(cases, curves, strict=True):
        check_bounds(case, curve)
    response = solve_geometry(cases[0], plans[0], merged(curves), options)
    return [result_of(*part, response, 0.0) for part in parts]
