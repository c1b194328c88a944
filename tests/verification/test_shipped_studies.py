"""The studies in studies/: their summaries are what the program computes, and say what their READMEs claim.

Recomputed at low accuracy; the trends are those that the equations give: R_cstr ∝ pitch at one contact fraction,
C ∝ 1/height of a thin gap, resistivities that multiply what is pure geometry, conserved volume of sodium.
"""

import math
from collections import defaultdict

import numpy as np
import pytest
from support.study_summaries import C_INT, R_CSTR, R_INT, R_SE, STUDIES, number, summary

from constriction.laws.electrolyte import dc_resistivity
from constriction.simulation.simulate import simulate
from constriction.spectra.arrhenius import BOLTZMANN
from constriction.study.file.file import load_study
from constriction.study.results.table import table_of
from constriction.study.run.plan import plan_of
from constriction.study.run.store import Store

NAMES = sorted(path.parent.name for path in STUDIES.glob("*/study.toml"))
COARSE = 1e-2
FARADAY, MOLAR_MASS, DENSITY = 96485.33, 22.98977e-3, 968.0  # C/mol; kg/mol; kg/m³ of sodium


def alike(one, other):
    both = isinstance(one, float) and isinstance(other, float)
    return math.isclose(one, other, rel_tol=1e-5) if both else one == other


def slope(x, y):
    return np.polyfit(np.log(x), np.log(y), 1)[0]


def test_all_nine_are_there():
    expected = (
        "contact_fraction dendrite_or_delamination gap_height grain_size lifted_zone pitch regimes stack_pressure "
        "temperature"
    )
    assert expected.split() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_folder_is_complete(name):
    text = (STUDIES / name / "README.md").read_text("utf-8")
    pictures = [path.name for path in (STUDIES / name).glob("*.png")]
    assert pictures
    assert all(picture in text for picture in pictures)


@pytest.mark.parametrize("name", NAMES)
def test_summary_is_recomputed(name, tmp_path):
    """First, middle and last case of a study, the random ones left out for their time."""
    plan = plan_of(load_study(STUDIES / name / "study.toml"), 8e9)
    table = table_of(plan, Store(tmp_path, "none"))
    rows = summary(name)
    places = [place for place, entry in enumerate(plan.entries) if entry.case.interface.pattern != "random"]
    for place in (places[0], places[len(places) // 2], places[-1]):
        case, labels = plan.entries[place].case, {key: table.rows[place][key] for key in table.keys}
        accuracy = case.accuracy.model_copy(update={"relative_error": COARSE})
        result = simulate(case.model_copy(update={"accuracy": accuracy}))
        found = [row for row in rows if all(row[k] is None or alike(row[k], number(str(v))) for k, v in labels.items())]
        assert len(found) == 1
        both = found[0]["R_cstr_error_ohm_cm2"] + 1e4 * result.R_cstr_error
        assert found[0][R_CSTR] == pytest.approx(1e4 * result.R_cstr, abs=both)
        if result.C_low is not None:
            assert found[0]["C_low_farad_per_cm2"] == pytest.approx(1e-4 * result.C_low, rel=3 * COARSE)


# --- laws ------------------------------------------------------------------------------------------------------------


def test_arrangement_matters_more_as_the_contact_shrinks():
    mean = defaultdict(dict)
    for row in summary("contact_fraction"):
        mean[row["interface.contact_fraction"]].setdefault(row["interface.pattern"], []).append(row[R_CSTR])
    means = {f: {name: np.mean(values) for name, values in found.items()} for f, found in sorted(mean.items())}
    spread = [max(found.values()) - min(found.values()) for found in means.values()]
    assert all(np.diff(spread) < 0)
    first, *_, last = means.values()
    assert spread[0] / np.mean(list(first.values())) > 1.5 * spread[-1] / np.mean(list(last.values()))
    for found in means.values():
        assert found["hexagonal"] == pytest.approx(found["square"], rel=0.04)  # as many spots on the same area
        assert found["random"] > 1.15 * found["hexagonal"]
    excess = [found["random"] / found["hexagonal"] for found in (first, last)]
    assert excess == pytest.approx([1.17, 1.39], abs=0.01)
    assert first["stripes"] < first["hexagonal"]  # long rims help small contacts
    assert last["stripes"] > last["hexagonal"]


def test_stripes_are_exact():
    """R = −P/(πσ)·ln sin(πf/2), with P = 500 µm and σ = 5 mS/cm."""
    for row in summary("contact_fraction"):
        if row["interface.pattern"] == "stripes":
            exact = -500e-4 / (math.pi * 5e-3) * math.log(math.sin(math.pi * row["interface.contact_fraction"] / 2))
            assert row[R_CSTR] == pytest.approx(exact, abs=row["R_cstr_error_ohm_cm2"])


def test_resistance_goes_with_the_pitch():
    """1, 4, 16, 64 spots in one electrode: R ∝ pitch ∝ 1/√n; random ones on average about so."""
    for fraction in (0.1, 0.3):
        rows = [row for row in summary("pitch") if row["interface.contact_fraction"] == fraction]
        lattice = [row for row in rows if row["interface.pattern"] == "square"]
        assert slope([r["interface.pitch"] for r in lattice], [r[R_CSTR] for r in lattice]) == pytest.approx(
            1, abs=1e-3
        )
        random = defaultdict(list)
        for row in rows:
            if row["interface.pattern"] == "random":
                random[row["interface.pitch"]].append(row[R_CSTR])
        assert slope(list(random), [np.mean(values) for values in random.values()]) == pytest.approx(1, abs=0.1)


def test_capacitance_goes_with_one_over_the_gap():
    rows = summary("gap_height")
    for model in ("thin", "volume"):
        found = [r for r in rows if r["gap.model"] == model and r["electrolyte.grain_boundary_conductivity"] == "none"]
        heights = [row["gap.height"] for row in found]
        tolerance = 1e-3 if model == "thin" else 1e-2  # fringes add to it
        assert slope(heights, [row["C_low_farad_per_cm2"] for row in found]) == pytest.approx(-1, abs=tolerance)
        assert np.ptp([row[R_CSTR] for row in found]) < 2 * found[0]["R_cstr_error_ohm_cm2"]
    thin, volume = (
        np.array([r["C_high_farad_per_cm2"] for r in rows if r["gap.model"] == model][::2])
        for model in ("thin", "volume")
    )
    assert 0.05 < (volume / thin - 1)[-1] < 0.08  # 10 µm beside islands of 47 µm radius
    assert all(np.diff((volume / thin - 1)[5:]) > 0)


def test_the_regime_decides_what_a_fit_reads():
    rows = summary("regimes")
    for row in rows:
        f_gb, tau = 1e6, row["tau_ratio"]
        if row["gap_model"] == "thin":  # the parameter is what it claims to be
            ratio = 2 * math.pi * f_gb * row[R_CSTR] * row["C_low_farad_per_cm2"]
            assert tau == pytest.approx(ratio, rel=0.03)
        assert (row[R_INT] is None) == (tau < 0.4)
        if tau > 0.4:
            bar = row["apparent_R_int_error_ohm_cm2"]
            assert abs(row[R_INT] - row[R_CSTR]) < 1.2 * bar < 0.3 * row[R_CSTR]
            assert row[R_INT] + row[R_SE] == pytest.approx(30 + row[R_CSTR], rel=5e-3)  # both are rounded to their bars
        if tau > 5:
            assert row[R_INT] == pytest.approx(row[R_CSTR], rel=0.01)
            assert row[R_SE] == pytest.approx(30, rel=5e-3)
        if tau < 0.4:  # hidden: no arc of its own, all of it in the electrolyte's
            assert row[R_SE] - 30 == pytest.approx(row[R_CSTR], rel=3e-3)
            assert row["f_cstr_hertz"] > 0.7 * f_gb
        assert (row["peak_2_hertz"] is not None) == (tau < 0.2)


def energy(rows, key):
    """Activation energy of σT from a resistance, eV."""
    t = np.array([row["temperature"] for row in rows])
    values = np.array([row[key] for row in rows])
    return np.polyfit(1 / (BOLTZMANN * t), np.log(values / t), 1)[0]


def test_whose_activation_energy_a_constriction_has():
    by_height = defaultdict(list)
    for row in summary("temperature"):
        by_height[row["gap.height"]].append(row)
    slow, _, fast = (by_height[height] for height in sorted(by_height))
    total = energy(
        [
            {**r, "total": 1 / r["electrolyte.bulk_conductivity"] + 1 / r["electrolyte.grain_boundary_conductivity"]}
            for r in slow
        ],
        "total",
    )  # noqa: E501
    assert 0.26 < total < 0.35
    for rows in (slow, fast):  # at ω → 0 it is geometry times the whole resistivity
        assert energy(rows, R_CSTR) == pytest.approx(total, abs=1e-4)
    assert energy(slow, R_INT) == pytest.approx(total, abs=0.002)  # what a fit finds
    assert energy(fast, "peak_1_ohm_cm2") == pytest.approx(0.35, abs=0.002)  # in the grain boundaries' arc
    assert energy(fast, "peak_2_ohm_cm2") == pytest.approx(0.26, abs=0.002)  # the gap's own, above the window


def test_dc_resistivity_is_the_one_of_the_summary():
    plan = plan_of(load_study(STUDIES / "temperature" / "study.toml"), 8e9)
    rows = summary("temperature")
    shares = [
        row[R_CSTR] / dc_resistivity(entry.case.electrolyte) for row, entry in zip(rows, plan.entries, strict=True)
    ]
    assert np.ptp(shares) / np.mean(shares) < 2e-3


# --- deposition ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "file", "height"),
    [
        ("stack_pressure", "summary.csv", "gap.rise"),
        ("stack_pressure", "flow.csv", "island_height"),
    ],
)
def test_volume_of_sodium_is_conserved(name, file, height):
    for row in summary(name, file):
        volume = row["charge"] / FARADAY * MOLAR_MASS / DENSITY  # per area
        assert row[height] * row["interface.contact_fraction"] == pytest.approx(volume, rel=2e-3)


def test_sodium_flows_only_above_its_yield_strength():
    for pressure, falls in ((1e5, False), (1e6, True), (2e6, True), (4e6, True)):
        rows = [row for row in summary("stack_pressure", "flow.csv") if math.isclose(row["pressure"], pressure)]
        first, last = rows[0], rows[-1]
        assert (last[R_CSTR] < first[R_CSTR] - 3 * first["R_cstr_error_ohm_cm2"]) == falls
        if falls:  # in the first steps: friction stops it
            assert first[R_CSTR] - rows[3][R_CSTR] > 0.9 * (first[R_CSTR] - last[R_CSTR])
        assert last[C_INT] < first[C_INT]
        assert all(abs(row[R_SE] - 30) < 0.003 * 30 for row in rows)
