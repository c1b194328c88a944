"""The cases in meshes/ are built and solved, and give what their first lines and docs/physics.md#expectations say.

Exact or known:
- stripes: σR = −(P/π) ln sin(πf/2);
- a disc of radius 0.3 b in a tube of radius b: 4aσR = 0.586509 per spot (tests/alternatives.py computes it);
- at the same contact fraction, R_cstr is larger for spots at random places than on a lattice;
- a gap everywhere has the impedance of slab and law in series;
- a shallow hole in a full contact raises R·A by V/(2(1 − N)) (docs/physics.md#solids).
The numbers of docs/physics.md#expectations are given there with two to four digits; tolerances are those of the digits.
"""

import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from alternatives import tube_constriction
from PIL import Image
from readme_blocks import ROOT, case_row, row_in, same_line
from support.closed_forms import strip_constriction
from support.maps import map_file

from constriction import load, parse_case
from constriction.base.errors import InputError
from constriction.case.regions import Collector, Gap
from constriction.geometry.cell import lay_out
from constriction.geometry.maps.levels import level_map
from constriction.simulation.cross_check import CrossCheck, twin
from constriction.simulation.flat.solving import check_flat
from constriction.simulation.record import result_record
from constriction.simulation.simulate import Options, simulate

MESHES = Path(__file__).parents[2] / "meshes"
NAMES = sorted(path.stem for path in MESHES.glob("*.toml"))
SIGMA = 0.5  # S/m, of NZSP at ω → 0
OHM_CM2, MICROFARAD_PER_CM2 = 1e-4, 1e-2  # in Ω·m², F/m²

# Cases that take longer than the rest of the tests are solved more coarsely here.
COARSER = {"random_islands": 0.05}
BLOCKING = {"copper_pristine"}  # no direct current, so no R_cstr and no capacitances
INSULATING = {"pellet_electrode"}  # a gap without capacitance
FULL = {"dense_layer"}  # the whole interface in contact
SOLIDS = {"sodium_pit", "dendrite", "spalled_grain", "void_below", "skin_layer"}
BELOW_FULL = {"dendrite", "spalled_grain"}  # solids below a full contact: nothing relaxes
WITHIN = {"grains"}  # not the same electrolyte everywhere: no C_low and C_high
MAPS = {"height_map", "measured_map"}  # whose contact fraction is traced, not given
PANELS = ("dense_layer", "island_edge", "thin_layer", "island_with_gap")  # of the paper's Figs 6 and 7
UNEVEN = {
    "height_map",
    "lifted_plate",
    "island_edge",
    "thin_layer",
    "island_with_gap",
}  # gaps of several heights


def case_of(name):
    """A shipped case, at the accuracy that is tested."""
    case = load(MESHES / f"{name}.toml")
    if name in COARSER:
        accuracy = case.accuracy.model_copy(update={"relative_error": COARSER[name]})
        case = case.model_copy(update={"accuracy": accuracy})
    return case


@pytest.fixture(scope="session")
def solved():
    """The result of a shipped case; each is solved once."""
    results = {}

    def result_of(name):
        if name not in results:
            results[name] = simulate(case_of(name), Options())
        return results[name]

    return result_of


def peaks_of(impedance):
    """Number of local maxima of −Im Z inside the window."""
    height = -impedance.imag
    return int(np.sum((height[1:-1] > height[:-2]) & (height[1:-1] > height[2:])))


def test_the_promised_cases_are_shipped():
    promised = {"sodium_islands", "lifted_copper", "two_signals", "random_islands", "stripes", "single_spot"}
    laws = {"charge_transfer", "copper_pristine", "two_levels", "pellet_electrode", "symmetric_cell"}
    assert promised | laws | {"llzo_square_spot", "measured_map", "height_map"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_case_says_why_it_exists(name):
    first = (MESHES / f"{name}.toml").read_text("utf-8").splitlines()[0]
    assert first.startswith("# ") and len(first) > 40
    assert load(MESHES / f"{name}.toml").title


@pytest.mark.parametrize("name", NAMES)
def test_case_reaches_its_accuracy(solved, name):
    result = solved(name)
    asked = result.case.accuracy.relative_error
    assert result.accuracy_reached
    if name in BLOCKING:
        assert result.R_cstr is None and result.R_dc is None
        return
    if name in FULL:
        assert result.R_cstr == 0 and result.R_dc == result.R_electrolyte
        return
    least = 0.01 * result.R_electrolyte if name in SOLIDS else 0.0
    assert 0 < result.R_cstr_error <= asked * max(abs(result.R_cstr), least)
    assert result.spectrum_error <= asked * max(abs(result.R_cstr), least)


# --- both methods, as in test_cross_check.py


def is_flat(name):
    case = load(MESHES / f"{name}.toml")
    try:
        check_flat(case, lay_out(case.interface))
    except InputError:
        return False
    return True


MESHED = [name for name in NAMES if load(MESHES / f"{name}.toml").accuracy.method == "finite_elements"]
FLAT = [name for name in MESHED if name not in SOLIDS and is_flat(name)]  # maps are solved by transforms alone


def test_only_the_lifted_copper_solids_and_grains_are_not_flat():
    assert set(MESHED) - set(FLAT) == {"lifted_copper", "grains"} | SOLIDS


@pytest.mark.parametrize("name", FLAT)
def test_both_methods_agree(solved, name):
    check = CrossCheck(solved(name), simulate(twin(case_of(name))))
    assert check.agrees, check.record()
    assert check.asked.accuracy_reached and check.other.accuracy_reached
    # All follow from Z, which is off by the asked error at the most; a flat apex moves more than R does.
    asked = check.asked.case.accuracy.relative_error
    for quantity, apart in (("C_cstr", 4 * asked), ("f_cstr", 4 * asked), ("C_low", 4 * asked), ("C_high", 1e-12)):
        value, twin_value = getattr(check.asked, quantity), getattr(check.other, quantity)
        assert (value is None) == (twin_value is None)
        assert value is None or twin_value == pytest.approx(value, rel=apart)


# --- what their first lines and the documentation say


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(COARSER)))
def test_documentation_tells_what_is_computed(solved, name):
    row = case_row(solved(name), name)
    page = ROOT / "docs" / "start" / "modeller.md"
    assert same_line(row_in(page.read_text("utf-8"), row), row)


def test_documentation_has_one_row_a_case():
    rows = re.findall(r"^\| `meshes/(\w+)\.toml` ", (ROOT / "docs" / "start" / "modeller.md").read_text("utf-8"), re.M)
    assert sorted(rows) == NAMES


@pytest.mark.parametrize("name", sorted(set(NAMES) - MAPS))
def test_contact_fraction_is_met(solved, name):
    layout, interface = solved(name).layout, solved(name).case.interface
    if layout.traced is None:
        assert layout.contact_fraction == pytest.approx(interface.contact_fraction, rel=1e-12)
    else:
        # corners of outlines on classes would leave an eighth of a pixel each; here they are interpolated
        assert layout.contact_fraction == pytest.approx(layout.traced.contact_fraction_pixels, rel=0.01)


@pytest.mark.parametrize("name", sorted(set(NAMES) - INSULATING - BLOCKING - FULL - SOLIDS - WITHIN))
def test_capacitances_are_in_order(solved, name):
    result = solved(name)
    # Of a gap that stores charge C_high ≤ C_low always; these morphologies differ by less than 25 %.
    assert result.C_high < result.C_low < (10 if name in UNEVEN else 1.25) * result.C_high


@pytest.mark.parametrize("name", sorted(set(NAMES) - BLOCKING - FULL - BELOW_FULL))
def test_spectrum_ends_at_the_dc_resistance(solved, name):
    result = solved(name)
    # A decade or more below the slowest peak, Re Z has reached its limit to second order in f/f_peak.
    slowest = min(peak.frequency for peak in result.peaks)
    rest = (result.spectrum.frequency[-1] / slowest) ** 2
    assert result.spectrum.impedance[-1].real == pytest.approx(result.R_dc, rel=rest + 1e-9)
    assert sum(peak.resistance for peak in result.peaks) == pytest.approx(result.R_cstr, rel=1e-6)


def test_the_maps_are_what_their_script_makes(tmp_path):
    subprocess.run([sys.executable, MESHES / "make_maps.py", tmp_path], check=True)
    for name in ("measured_map.png", "height_map.png"):
        made, shipped = (np.asarray(Image.open(folder / name)).astype(int) for folder in (tmp_path, MESHES))
        # rounding of another machine may take a value to the next grey
        assert np.max(np.abs(made - shipped)) <= 1
        assert (MESHES / name).stat().st_size < 100_000


def test_a_height_map_is_levelled_and_lowers_c_high(solved):
    result = solved("height_map")
    assert pytest.approx(39.9 * OHM_CM2, rel=0.005) == result.R_cstr
    touching = level_map(result.case.interface).contact
    flat = simulate(
        parse_case(
            {
                "interface": {"pattern": "image", "file": map_file(255 * touching.astype(np.uint8)), "pixel": "25 um"},
                "gap": {"height": "300 nm"},
                "accuracy": {"relative_error": 2e-2},
            }
        )
    )
    assert flat.R_cstr == pytest.approx(result.R_cstr, rel=0.01)  # outlines half way and at the limit
    assert result.C_high / flat.C_high == pytest.approx(0.65, abs=0.01)
    assert result.C_low / flat.C_low == pytest.approx(0.98, abs=0.01)
    outliers, plane, filled = result_record(result)["height_map_changes"]
    assert int(outliers.split()[0]) == pytest.approx(12, abs=4)  # the script makes 12; tips of islands look like them
    assert plane.startswith("levelled: a plane that rises by 0.0012 along x and 0.0006999 along y taken off")
    assert filled.startswith("60 points without a value filled")


def test_sodium_islands_have_an_arc_of_their_own(solved):
    result = solved("sodium_islands")
    assert pytest.approx(14.78 * OHM_CM2, rel=0.01) == result.R_cstr
    assert result.f_cstr == pytest.approx(46e3, rel=0.05)
    assert pytest.approx(0.235 * MICROFARAD_PER_CM2, rel=0.03) == result.C_cstr
    assert len(result.peaks) == 1
    # The slab's own arc and the constriction's: two maxima where the slab has one.
    assert (peaks_of(result.spectrum.impedance), peaks_of(result.slab.impedance)) == (2, 1)


def test_lifted_copper_hides_in_the_electrolyte(solved):
    result = solved("lifted_copper")
    assert pytest.approx(1.3 * OHM_CM2, rel=0.02) == result.R_cstr
    assert (peaks_of(result.spectrum.impedance), peaks_of(result.slab.impedance)) == (1, 1)
    assert result.R_dc / result.R_electrolyte == pytest.approx(1.04, abs=0.005)
    assert result.peaks[-1].frequency == pytest.approx(630e6, rel=0.05)


def test_lifted_plate_changes_the_high_end(solved):
    result = solved("lifted_plate")
    even = result.case.model_copy(update={"gap": Gap(), "collector": Collector()})
    flat = simulate(even)
    assert pytest.approx(18.7 * OHM_CM2, rel=0.005) == result.R_cstr
    assert len(result.peaks) == 1 and result.f_cstr == pytest.approx(0.44e6, rel=0.03)
    assert result.C_low / flat.C_low == pytest.approx(0.93, abs=0.01)
    assert flat.C_high / result.C_high == pytest.approx(9, abs=0.5)
    lifted, pristine = (result_record(one)["apparent_R_SE_ohm_cm2"] for one in (result, flat))
    assert lifted / pristine == pytest.approx(1.01, abs=0.005)


@pytest.mark.parametrize("name", PANELS)
def test_panels_name_their_figures(name):
    first = (MESHES / f"{name}.toml").read_text("utf-8").partition("\n\n")[0]
    assert "Ortmann et al. 2023, Fig." in first


@pytest.mark.parametrize(
    ("name", "flat"), [("sodium_pit", 2.74), ("dendrite", 0), ("spalled_grain", 0), ("void_below", 0.321)]
)
def test_solids_change_what_flat_contacts_constrict(solved, name, flat):
    result = solved(name)
    without = simulate(result.case.model_copy(update={"solid": ()}))
    assert pytest.approx(flat * OHM_CM2, rel=2e-3) == without.R_cstr
    metal = name in ("sodium_pit", "dendrite")
    assert (result.R_cstr < without.R_cstr) == metal
    assert (result.C_low, result.C_high) == (None, None)


def test_a_spalled_grain_is_a_dilute_hole(solved):
    """Half an oblate spheroid of axes 10 and 5 µm: R·A rises by n·V/(2(1 − N)), N = 0.5272; its lattice adds 6 %."""
    result = solved("spalled_grain")
    volume = 4 / 3 * math.pi * 10 * 10 * 5
    dilute = volume / (2 * (1 - 0.5272)) / 40**2 * 1e-6 / SIGMA
    assert 1 < result.R_cstr / dilute < 1.1


def test_a_skin_constricts_more_than_it_resists(solved):
    result = solved("skin_layer")
    assert result.R_full_contact - result.R_electrolyte == pytest.approx(1e-6 * (1 / 2e-3 - 1 / SIGMA), rel=1e-9)
    assert result.f_cstr == pytest.approx(138e3, rel=0.01)
    assert result.R_cstr > 3 * (result.R_full_contact - result.R_electrolyte)


def test_a_dense_layer_is_the_slab(solved):
    result = solved("dense_layer")
    np.testing.assert_allclose(result.spectrum.impedance, result.slab.impedance, rtol=1e-12)
    assert pytest.approx(30 * OHM_CM2, rel=1e-12) == result.R_dc


def test_wedge_and_lifted_foil_leave_rest_and_change_the_high_end(solved):
    edge, lifted = solved("island_edge"), solved("island_with_gap")
    for result in (edge, lifted):  # the same islands
        assert pytest.approx(14.2 * OHM_CM2, rel=0.002) == result.R_cstr
        assert result.f_cstr == pytest.approx(0.46e6, rel=0.02)
    assert abs(edge.R_cstr - lifted.R_cstr) < edge.R_cstr_error + lifted.R_cstr_error
    even = 8.8541878188e-12 / 100e-9 / (1 - 0.4)  # C_high of the flat gap, F/m²
    assert even / edge.C_high == pytest.approx(6, abs=0.5)
    assert even / lifted.C_high == pytest.approx(8, abs=0.6)
    assert result_record(lifted)["largest_bending_strain"] > 0.0025


def test_a_thin_layer_counts_as_contact(solved):
    thin = solved("thin_layer")
    assert pytest.approx(6.9 * OHM_CM2, rel=0.005) == thin.R_cstr
    assert thin.R_cstr < 0.5 * solved("island_with_gap").R_cstr


def test_two_signals_are_seen(solved):
    result = solved("two_signals")
    assert pytest.approx(1.47 * OHM_CM2, rel=0.01) == result.R_cstr
    slow, fast = result.peaks
    assert slow.frequency == pytest.approx(1e6, rel=0.05)
    assert fast.frequency == pytest.approx(27e6, rel=0.05)
    # "Two thirds and one third": within 0.1 of the whole.
    assert slow.resistance / result.R_cstr == pytest.approx(2 / 3, abs=0.1)
    window = result.spectrum.frequency
    assert window[-1] < slow.frequency < fast.frequency < window[0]


def test_random_islands_resist_more_than_a_lattice(solved):
    result = solved("random_islands")
    lattice = parse_case(
        {
            "interface": {"pattern": "square", "contact_fraction": 0.2, "pitch": "40 um"},
            "accuracy": {"relative_error": 0.01},
        }
    )
    assert len(result.layout.spots) == 25
    # 45 % more, says the case; both error bars together are below a tenth of that.
    assert result.R_cstr / simulate(lattice).R_cstr == pytest.approx(1.45, abs=0.06)


def test_stripes_are_exact(solved):
    result = solved("stripes")
    exact = strip_constriction(0.3, 100e-6, SIGMA)
    assert abs(result.R_cstr - exact) <= result.R_cstr_error
    assert exact == pytest.approx(0.50273 * OHM_CM2, rel=1e-5)


def test_single_spot_is_the_flux_tube_of_the_literature(solved):
    result = solved("single_spot")
    b = 50e-6
    exact = tube_constriction(0.3) * math.pi * b**2 / (4 * 0.3 * b * SIGMA)
    assert abs(result.R_cstr - exact) <= result.R_cstr_error
    assert exact == pytest.approx(1.5355 * OHM_CM2, rel=1e-4)


def test_charge_transfer_adds_more_than_itself(solved):
    result, islands = solved("charge_transfer"), solved("sodium_islands")
    assert pytest.approx(26.5 * OHM_CM2, rel=0.005) == result.R_interface
    film = 2 * OHM_CM2
    assert pytest.approx(result.R_electrolyte + film, rel=1e-12) == result.R_full_contact
    assert pytest.approx(result.R_interface - film, rel=1e-12) == result.R_cstr
    # A film evens the current out, which then constricts more: more than both in series, R_f/f of which 2/0.2.
    assert result.R_interface > islands.R_cstr + film / 0.2


def test_pristine_copper_is_slab_and_law_in_series(solved):
    result = solved("copper_pristine")
    omega = 2j * math.pi * result.spectrum.frequency
    capacitor = 8.8541878188e-12 / 100e-9  # ε0 to the digits of CODATA 2022
    exact = result.slab.impedance + 1 / (omega * capacitor + 0.2 * omega**0.9)
    # Only rounding is between the two.
    np.testing.assert_allclose(result.spectrum.impedance, exact, rtol=1e-12)


def test_two_levels_add_the_finer_case(solved):
    result, finer = solved("two_levels"), solved("micro_contacts")
    assert pytest.approx(18.5 * OHM_CM2, rel=0.005) == result.R_interface
    assert result.R_full_contact - result.R_electrolyte == pytest.approx(finer.R_interface, rel=2e-3)  # both error bars


def test_pellet_is_told_in_ohm(solved):
    record = result_record(solved("pellet_electrode"))
    assert record["R_dc_ohm"] == pytest.approx(113, abs=1)
    assert record["electrode_area_cm2"] == pytest.approx(math.pi * 0.2**2, rel=1e-12)
    assert record["pellet_area_cm2"] == pytest.approx(math.pi * 0.5**2, rel=1e-12)
    assert record["R_dc_ohm"] * record["pellet_area_cm2"] == pytest.approx(record["R_dc_ohm_cm2"], rel=1e-12)


def test_the_garnet_peaks_between_grain_boundaries_and_bulk(solved):
    """The slab is 100 µm of 0.46 mS/cm and, in series, 5.97 mS/cm: 23.414 Ω·cm²."""
    result = solved("llzo_square_spot")
    slab = 1e-4 * (1 / 0.046 + 1 / 0.597)
    assert result.R_electrolyte == pytest.approx(slab, rel=1e-12)
    assert pytest.approx(6.78 * OHM_CM2, rel=0.002) == result.R_cstr
    (peak,) = result.peaks
    assert peak.frequency == pytest.approx(183e3, rel=0.01)
    bulk = 0.046 / (2 * math.pi * 8.8541878188e-12 * 150)
    assert 71.5e3 < peak.frequency < bulk == pytest.approx(5.5e6, rel=0.01)
