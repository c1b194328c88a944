"""What the equations promise of every morphology: a Stieltjes function, and what follows from it.

F(s) = F(∞) + Σ w_k/(1 + s·t_k) with w_k, t_k ≥ 0 (docs/physics.md#stieltjes). Hence F falls with s; the gap's energy
in the DC field, C_low, is not less than the energy of the uniform field, C_high (Cauchy-Schwarz); for an electrolyte
that only conducts, Z_cstr(ω) has one sign of its imaginary part and ∫ −Im Z_cstr d ln ω = (π/2) R_cstr
(Kramers-Kronig at ω → 0).
"""

import functools
import math

import numpy as np
import pytest
from cases import HEXAGONAL, MORPHOLOGIES, SQUARE, case_of, conductor
from mpi4py import MPI

from constriction.base.errors import InputError
from constriction.field.fineness import mesh_sizes
from constriction.field.mesh.cells import mesh_cell
from constriction.field.mesh.tags import SURFACES
from constriction.geometry.cell import lay_out
from constriction.simulation.simulate import Options, simulate

SWEEP = {"from": "7 MHz", "to": "100 Hz", "points_per_decade": 3}
EVERY = [(name, model) for name in MORPHOLOGIES for model in ("thin", "volume")]


@functools.cache
def conducting(name, model):
    """A gap of 1/20 of the pitch, of a permittivity that makes the electrolyte's displacement current negligible."""
    gap = {"height": "50 um", "relative_permittivity": 1e8, "model": model}
    return simulate(conductor(MORPHOLOGIES[name], gap=gap, sweep=SWEEP, relative_error=0.05))


@pytest.mark.parametrize(("name", "model"), EVERY)
def test_stieltjes(name, model):
    result = conducting(name, model)
    for solution in result.response.solutions:
        assert np.all(solution.model.times >= 0)
        assert np.all(solution.model.weights >= 0)
        # The flat field, which no gap changes: what is left at s → ∞ is the slab.
        assert solution.model.weights[0] == pytest.approx(solution.model.depth, rel=1e-9)
    values = result.response(np.concatenate([[0.0], np.logspace(-4, 6, 200)])[:, None])
    assert np.all(np.diff(values.real) < 0)
    # Real at real s but for rounding of complex sums.
    assert np.max(np.abs(values.imag)) <= 1e-14 * abs(values[0])


@pytest.mark.parametrize(("name", "model"), EVERY)
def test_capacitances(name, model):
    result = conducting(name, model)
    assert 0 < result.C_high <= result.C_low
    # docs/physics.md#c-high: the three agree within about 10 % for one morphology; the three squares here have
    # gaps of several widths: 20 %.
    assert result.C_low == pytest.approx(result.C_high, rel=0.3)
    assert result.C_cstr == pytest.approx(result.C_high, rel=0.3)
    # C_low is the slope of −Im Z at ω → 0. A thousandth of the apex leaves 1e-6; the electrolyte's permittivity, 1e-6
    # too.
    frequency = 1e-3 * result.f_cstr
    z = complex(result.constriction(frequency))
    assert -z.imag / (2 * math.pi * frequency * result.R_cstr**2) == pytest.approx(result.C_low, rel=1e-5)


@pytest.mark.parametrize(("name", "model"), EVERY)
def test_kramers_kronig(name, model):
    result = conducting(name, model)
    log_omega = np.linspace(math.log(1e-6 * result.f_cstr), math.log(1e6 * result.f_cstr), 6001)
    z = result.constriction(np.exp(log_omega))
    assert np.all(z.imag < 0)
    # Each mesh's Re Z falls; the extrapolation from two may overshoot where the meshes' tails differ, far below the
    # error bar.
    assert np.all(np.diff(z.real) <= 1e-7 * result.R_cstr)
    # Six decades on both sides leave out 1e-6; the integrand is smooth over a step of 0.005.
    assert np.trapezoid(-z.imag, log_omega) == pytest.approx(math.pi / 2 * result.R_cstr, rel=1e-2)
    assert z[0].real == pytest.approx(result.R_cstr, rel=1e-9)
    assert abs(z[-1]) <= 1e-5 * result.R_cstr


@pytest.mark.parametrize("name", ["square", "random"])
@pytest.mark.parametrize(("height", "count"), [("5 nm", 1), ("20 um", 2)])
def test_peaks_add_up_to_the_resistance(name, height, count):
    """On NZSP: a thick gap relaxes far above the grain boundary, so Z_cstr shows both."""
    gap = {"height": height, "model": "thin"}
    interface = {**MORPHOLOGIES[name], "pitch": "0.1 mm"}
    result = simulate(case_of(interface, gap=gap, sweep=SWEEP, relative_error=0.05))
    assert len(result.peaks) >= count
    # All of Re Z_cstr falls between 1e-4 Hz and 1e14 Hz, but for what a gap of 5 nm leaves: 1e-6.
    assert math.fsum(peak.resistance for peak in result.peaks) == pytest.approx(result.R_cstr, rel=1e-5)
    assert all(peak.resistance > 0 and peak.frequency > 0 for peak in result.peaks)
    assert [peak.frequency for peak in result.peaks] == sorted(peak.frequency for peak in result.peaks)
    assert result.f_cstr in [peak.frequency for peak in result.peaks]
    assert result.C_cstr == pytest.approx(1 / (2 * math.pi * result.f_cstr * result.R_cstr), rel=1e-12)


@pytest.mark.parametrize(
    "interface",
    [
        {"pattern": "hexagonal"},
        {"pattern": "square", "shape": "square"},
        {"pattern": "stripes"},
        {"pattern": "hexagonal", "inverted": True},
        {"pattern": "single", "cell_shape": "circular"},
    ],
    ids=str,
)
def test_resistance_falls_with_contact_fraction(interface):
    fractions = [0.4, 0.5, 0.6, 0.75] if "inverted" in interface else [0.05, 0.2, 0.4, 0.6]
    results = [
        simulate(conductor({**interface, "pitch": "1 mm", "contact_fraction": f}, relative_error=0.05))
        for f in fractions
    ]
    resistances = [result.R_cstr for result in results]
    assert resistances == sorted(resistances, reverse=True)
    assert resistances[-1] > 0
    # By more than the error bars, or nothing is shown.
    bars = [result.R_cstr_error for result in results]
    assert all(a - b > max(bars) for a, b in zip(resistances, resistances[1:], strict=False))


@pytest.mark.parametrize("name", MORPHOLOGIES)
def test_meshed_contact_fraction(name):
    """The mesh's facets cover the exact contacts: arcs of second order are true to the fourth power of their angle."""
    from dolfinx import fem
    from ufl import Measure

    layout = lay_out(case_of(MORPHOLOGIES[name]).interface)
    cell = mesh_cell(layout, mesh_sizes(layout, 6e-3, None, 2.0), MPI.COMM_SELF)
    ds = Measure("ds", domain=cell.mesh, subdomain_data=cell.surfaces, metadata={"quadrature_degree": 6})
    one = fem.Constant(cell.mesh, 1.0 + 0j)
    contact, gap, counter = (
        fem.assemble_scalar(fem.form(one * ds(SURFACES[part]))).real for part in ("contact", "gap", "counter_electrode")
    )
    assert contact / (contact + gap) == pytest.approx(layout.contact_fraction, rel=2e-5)
    assert counter == pytest.approx(layout.cell.area / layout.pitch**2, rel=1e-5)
    # A flat tetrahedron has 0; between two close rims a few are stretched.
    assert cell.smallest_quality > 0.01


def test_little_memory_is_told():
    """Too little for the accuracy asked: the result says what was reached, and its error bar is honest."""
    case = conductor(HEXAGONAL, relative_error=1e-5)
    little = simulate(case, Options(memory=enough_for_the_coarsest(case) * 1.1))
    assert not little.accuracy_reached
    assert little.R_cstr_error > 1e-5 * little.R_cstr
    better = simulate(conductor(HEXAGONAL, relative_error=3e-3))
    assert better.accuracy_reached
    assert abs(little.R_cstr - better.R_cstr) <= little.R_cstr_error + better.R_cstr_error


def test_far_too_little_memory_is_refused():
    case = conductor(SQUARE)
    with pytest.raises(InputError, match=r"memory"):
        simulate(case, Options(memory=enough_for_the_coarsest(case) * 0.5))
    many = conductor({"pattern": "random", "pitch": "1 mm", "contact_fraction": 0.2, "spots": 1_000_000})
    with pytest.raises(InputError, match=r"interface\.spots: 1000000 spots would take about \S+ GB of memory"):
        simulate(many, Options(memory=1e9))


def enough_for_the_coarsest(case):
    """The smallest memory that is not refused, bytes, within 1 %."""
    from constriction.simulation.simulate import check_size

    low, high = 1e6, 1e12
    while high / low > 1.01:
        middle = math.sqrt(low * high)
        try:
            check_size(case, middle)
            high = middle
        except InputError:
            low = middle
    return high
