"""A case becomes a result, on one page.

Case → plan of the contacts → meshes or grids → matrices → reduced model → spectrum → R_cstr, C_cstr and their error
bars.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError
from constriction.base.memory import free_memory
from constriction.base.ranks import agree
from constriction.case.schema import Case
from constriction.field.response import Goal, Response
from constriction.geometry.cell import Layout, layout, rim_lengths
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY, resistivity
from constriction.simulation.peaks import Peak, belongs_to, find_peaks, main_peak
from constriction.spectra.reading.slab import ReferenceSlab
from constriction.spectra.spectrum import Spectrum, logarithmic_frequencies

PEAK_RANGE = 1e-4, 1e14  # Hz, searched for peaks of −Im Z_cstr
# Difference of thin and meshed gap / R_cstr per (gap height / local length)²: docs/physics.md#thin-gap-error
THIN_GAP_ERROR = 0.3


def quiet(message: str) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class Options:
    """How a case is solved, beside what it says.

    `comm`: communicator of the meshes, None for the calling process alone; `direct`: solve every frequency of the
    sweep in complex arithmetic instead of with the reduced model; `memory`: bytes that may be used, None for 80 % of
    what is free; `report`: told in words what is being done.
    """

    comm: MPI.Comm | None = None
    direct: bool = False
    memory: float | None = None
    report: Callable[[str], None] = quiet


@dataclass(frozen=True, eq=False)
class Result:
    """What a case gives; SI units, area-specific (per m² of interface), one-sided.

    `spectrum` is the impedance of electrolyte and interface, `slab` the electrolyte's with the whole interface in
    contact. `R_cstr`, `R_cstr_error`, `spectrum_error` (the largest of any Z), `R_electrolyte`, `R_dc` in Ω·m²;
    `R_cstr_bounds`, from below and above, None unless asked for; `C_cstr`, `C_low`, `C_high` in F/m²; `f_cstr` in Hz;
    all None where nothing constricts, the two limits also without a gap (C_cstr and f_cstr then are those of the
    electrolyte's own peak in Z_cstr). `peaks` by rising frequency.
    """

    case: Case
    plan: Layout
    response: Response[Any]
    gap_model: str
    spectrum: Spectrum
    slab: Spectrum
    R_cstr: float
    R_cstr_error: float
    R_cstr_bounds: tuple[float, float] | None
    spectrum_error: float
    R_electrolyte: float
    C_cstr: float | None
    C_low: float | None
    C_high: float | None
    f_cstr: float | None
    peaks: tuple[Peak, ...]
    seconds_total: float

    @property
    def R_dc(self) -> float:
        """Re Z(ω→0), Ω·m²."""
        return self.R_electrolyte + self.R_cstr

    @property
    def accuracy_reached(self) -> bool:
        """Whether the error bars are within what the case asks."""
        asked = self.case.accuracy.relative_error * self.R_cstr
        return max(self.R_cstr_error, self.spectrum_error) <= asked or self.plan.contact_fraction == 1.0

    @property
    def C_cstr_belongs_to(self) -> str | None:
        """Whose peak gives C_cstr: gap, electrolyte or several, as `spectra.peaks.belongs_to`; None without a peak."""
        if self.C_cstr is None or self.f_cstr is None:
            return None
        thickness = self.case.electrolyte.thickness
        own = find_peaks(lambda f: thickness * resistivity(self.case.electrolyte, f), *PEAK_RANGE)
        return belongs_to(self.f_cstr, self.C_cstr, self.C_low, [peak.frequency for peak in own])

    def impedance(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z(f) at any frequencies in Hz; same shape, Ω·m²."""
        rho = resistivity(self.case.electrolyte, frequency)
        return rho * self.case.electrolyte.thickness + self.constriction(frequency)

    def constriction(self, frequency: ArrayLike) -> NDArray[np.complex128]:
        """Z_cstr(f) at any frequencies in Hz; same shape, Ω·m²."""
        return constriction_impedance(self.case, self.plan, self.response, frequency)


def simulate(case: Case, options: Options = Options()) -> Result:  # noqa: B008 - frozen, so no state is shared
    """Simulate a case; collective over `options.comm`.

    Raises:
        InputError: the contacts cannot be made, the method does not fit them, or the smallest useful mesh or grid does
            not fit into the memory.
        SolverError: a linear solver failed.
    """
    start = time.perf_counter()
    check_size(case, memory_of(options))  # before spots are placed
    plan = layout(case.interface)
    ratios = gap_ratio(case, plan, sweep_frequencies(case))
    response = solve_geometry(case, plan, ratios, options)
    return result_of(case, plan, response, time.perf_counter() - start)


def solve_geometry(case: Case, plan: Layout, ratios: NDArray[np.complex128], options: Options) -> Response[Any]:
    """Solve what is dimensionless in a case, for any ratios of gap to electrolyte; collective over `options.comm`.

    Args:
        case: the case; of electrolyte, gap and sweep only the slab's thickness and a meshed gap's height count.
        plan: the layout of its interface.
        ratios: where F(s) shall be as accurate as the case asks; those of the case's sweep, and perhaps of others.
        options: how.

    Returns:
        The response, for this case and every other one of the same geometry.

    Raises:
        InputError: the method does not fit the contacts or the memory.
        SolverError: as `simulate`.
    """
    check_geometry(case, plan, options)
    comm = options.comm or MPI.COMM_SELF
    goal = Goal(case.accuracy.relative_error, memory_of(options), ratios, options.direct, case.accuracy.bounds)
    solve = _transforms if case.accuracy.method == "spectral" else _finite_elements
    return solve(case, plan, goal, comm, options.report)


def check_geometry(case: Case, plan: Layout, options: Options) -> None:
    """Refuse what a case's method cannot solve, before anything is built; collective over `options.comm`.

    Raises:
        InputError: with what is too small, too flat or too near, or does not fit into the memory.
    """
    memory = memory_of(options)
    check_size(case, memory)
    depth = case.electrolyte.thickness / plan.pitch
    if case.accuracy.method == "spectral":
        from constriction.field.transforms.convergence import check_grid

        check_flat(case, plan)
        check_grid(plan, depth, memory)
    else:
        from constriction.field.fineness import check_mesh

        height = case.gap.height if gap_model(case, plan) == "volume" else None
        check_mesh(plan, case.electrolyte.thickness, height, case.accuracy.relative_error)


def memory_of(options: Options) -> float:
    """Bytes that all ranks together may use, rank 0's word; collective."""
    return float((options.comm or MPI.COMM_SELF).bcast(options.memory or free_memory()))


def sweep_frequencies(case: Case) -> NDArray[np.float64]:
    """The frequencies of a case's spectrum, Hz, falling."""
    return logarithmic_frequencies(case.sweep.start, case.sweep.stop, case.sweep.points_per_decade)


def _finite_elements(
    case: Case, plan: Layout, goal: Goal, comm: MPI.Comm, report: Callable[[str], None]
) -> Response[Any]:
    from constriction.field.fineness import mesh_sizes
    from constriction.field.finite_elements import converge  # on all ranks at once: PETSc starts here

    height = case.gap.height if gap_model(case, plan) == "volume" else None
    return converge(plan, lambda level: mesh_sizes(plan, case.electrolyte.thickness, height, level), goal, comm, report)


def _transforms(case: Case, plan: Layout, goal: Goal, comm: MPI.Comm, report: Callable[[str], None]) -> Response[Any]:
    """On rank 0, for all: a grid is solved faster than it is shared out."""
    from constriction.field.transforms.convergence import converge

    return agree(comm, lambda: converge(plan, case.electrolyte.thickness / plan.pitch, goal, report))


def check_flat(case: Case, plan: Layout) -> None:
    """Refuse what transforms cannot solve.

    Raises:
        InputError: with what is not flat, or not a disc in a tube.
    """
    advice = "or accuracy.method = 'finite_elements' without --cross-check"
    if gap_model(case, plan) == "volume":
        why = "is a volume" if case.gap.model == "volume" else "becomes a volume, not thin against the asked accuracy"
        raise InputError(
            f"gap.model = '{case.gap.model}': the gap {why}, and transforms need a flat interface; "
            f"expected gap.model = 'thin', {advice}"
        )
    interface = case.interface
    if interface.cell_shape == "circular" and interface.shape != "disc" and plan.spots:
        raise InputError(
            f"interface.shape = '{interface.shape}': transforms in a circular cell need a disc on its axis; "
            f"expected shape = 'disc', cell_shape = 'square', {advice}"
        )


def check_size(case: Case, memory: float) -> None:
    """Refuse a case whose coarsest mesh or grid would not fit, before anything is built.

    Raises:
        InputError: with the memory (bytes) that the spots would take.
    """
    interface = case.interface
    spots = {"random": interface.spots, "list": len(interface.discs or ())}.get(interface.pattern, 1)
    if case.accuracy.method == "spectral":
        from constriction.field.transforms.convergence import least_memory

        needed = least_memory(spots)
    else:
        from constriction.field.fineness import COARSEST_MESH, expected_memory, expected_unknowns

        needed = expected_memory(expected_unknowns(2 * math.pi * spots, COARSEST_MESH))
    if needed > memory:
        key = "interface.discs" if interface.pattern == "list" else "interface.spots"
        raise InputError(
            f"{key}: {spots} spots would take about {needed / 1e9:.3g} GB of memory even on the coarsest mesh or grid; "
            f"{memory / 1e9:.3g} GB may be used; expected fewer spots, or more memory (--memory)"
        )


def gap_model(case: Case, plan: Layout) -> str:
    """How the gap is solved: none, thin or volume; `auto` decides by the thin law's error."""
    if case.gap.height is None:
        return "none"
    if case.gap.model != "auto" or not plan.spots:
        return "thin" if case.gap.model == "auto" else case.gap.model
    error = THIN_GAP_ERROR * (case.gap.height / statistics.fmean(rim_lengths(plan))) ** 2
    return "thin" if error < case.accuracy.relative_error else "volume"


def gap_ratio(case: Case, plan: Layout, frequency: ArrayLike) -> NDArray[np.complex128]:
    """Return s = iωε₀ε_gap·pitch / (κ_SE·height): the gap's admittance over a pitch of electrolyte's; same shape."""
    if case.gap.height is None:
        return np.zeros(np.shape(frequency), dtype=np.complex128)
    gap = 2j * np.pi * np.asarray(frequency) * VACUUM_PERMITTIVITY * case.gap.relative_permittivity / case.gap.height
    return gap * plan.pitch * resistivity(case.electrolyte, frequency)


def constriction_impedance(
    case: Case, plan: Layout, response: Response[Any], frequency: ArrayLike
) -> NDArray[np.complex128]:
    """Z_cstr(f) = Z − Z of full contact; frequency in Hz, same shape, Ω·m²."""
    ratio = gap_ratio(case, plan, frequency)
    return resistivity(case.electrolyte, frequency) * plan.pitch * response(ratio)


def full_contact(case: Case, frequency: NDArray[np.float64]) -> ReferenceSlab:
    """The slab with the whole interface in contact, as a spectrum is read beside it; frequency in Hz, falling; Ω·m²."""
    electrolyte = case.electrolyte
    permittivity = VACUUM_PERMITTIVITY * electrolyte.relative_permittivity
    arcs = [(electrolyte.bulk_conductivity, electrolyte.bulk_conductivity / (2 * math.pi * permittivity), 1.0)]
    if electrolyte.grain_boundary_conductivity is not None:
        boundaries = electrolyte.grain_boundary_frequency, electrolyte.grain_boundary_exponent
        arcs.append((electrolyte.grain_boundary_conductivity, *boundaries))
    conductivities, apexes, exponents = (np.array(column) for column in zip(*arcs, strict=True))
    return ReferenceSlab(frequency, electrolyte.thickness / conductivities, apexes, exponents)


def result_of(case: Case, plan: Layout, response: Response[Any], seconds: float) -> Result:
    """What the response of its geometry makes of a case.

    Args:
        case: the case.
        plan: the layout of its interface.
        response: of its geometry, which may have been solved for another case.
        seconds: that it took, for the record.
    """
    electrolyte, frequency = case.electrolyte, sweep_frequencies(case)
    rho = resistivity(electrolyte, frequency)
    unit = float(resistivity(electrolyte, 0.0).real) * plan.pitch  # Ω·m² per pitch at ω → 0

    def z_cstr(f: NDArray[np.float64]) -> NDArray[np.complex128]:
        return constriction_impedance(case, plan, response, f)

    if response.direct is None:
        constriction = z_cstr(frequency)
    else:
        constriction = rho * plan.pitch * response.direct
    slab = Spectrum(frequency, rho * electrolyte.thickness, "ohm m2")
    resistance = unit * response.constriction
    peaks = find_peaks(z_cstr, *PEAK_RANGE) if plan.spots else ()
    apex = main_peak(peaks, z_cstr)
    low, high = _capacitance_limits(case, plan, response)
    return Result(
        case=case,
        plan=plan,
        response=response,
        gap_model=gap_model(case, plan),
        spectrum=Spectrum(frequency, slab.impedance + constriction, "ohm m2"),
        slab=slab,
        R_cstr=resistance,
        R_cstr_error=unit * response.error,
        R_cstr_bounds=None if response.bounds is None else (unit * response.bounds[0], unit * response.bounds[1]),
        spectrum_error=unit * response.spectrum_error(gap_ratio(case, plan, frequency)),
        R_electrolyte=float(resistivity(electrolyte, 0.0).real) * electrolyte.thickness,
        C_cstr=None if apex is None else 1 / (2 * math.pi * apex.frequency * resistance),
        C_low=low,
        C_high=high,
        f_cstr=None if apex is None else apex.frequency,
        peaks=peaks,
        seconds_total=seconds,
    )


def _capacitance_limits(case: Case, plan: Layout, response: Response[Any]) -> tuple[float | None, float | None]:
    """C_low and C_high, F/m²: the gap's own, with an electrolyte that only conducts (docs/physics.md#c-low)."""
    if case.gap.height is None or not plan.spots:
        return None, None
    per_area = VACUUM_PERMITTIVITY * case.gap.relative_permittivity / case.gap.height
    storage = response.flat_storage or 1.0 - plan.contact_fraction
    return per_area * response.stored / response.constriction**2, per_area / storage
