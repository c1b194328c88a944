"""The report of a run: what it says against the numbers of the run, and the file among the others."""

import json
import re
from html import unescape
from types import SimpleNamespace

import numpy as np
import plotly.graph_objects as go
import pytest

from constriction.case.schema import load, parse_case
from constriction.geometry.cell import lay_out
from constriction.simulation.record import result_record, write_result
from constriction.simulation.simulate import simulate
from constriction.view.pages.case_words import case_in_words
from constriction.view.pages.contact_scene import contact_scene
from constriction.view.pages.provenance import origin
from constriction.view.pages.report import report_html
from constriction.view.pages.run_report import answer, number_rows, run_report
from constriction.view.pages.sections import ImageSection, SceneSection
from constriction.view.terminal.result_rows import run_rows

RECORD = {
    "R_cstr_ohm_cm2": 14.8131,
    "R_cstr_error_ohm_cm2": 0.0088,
    "R_cstr_lower_ohm_cm2": None,
    "R_cstr_upper_ohm_cm2": None,
    "R_dc_ohm_cm2": 44.8131,
    "R_electrolyte_ohm_cm2": 30.0,
    "C_cstr_farad_per_cm2": 2.397e-7,
    "C_low_farad_per_cm2": 2.317e-7,
    "C_high_farad_per_cm2": 2.214e-7,
    "f_cstr_hertz": 44825.0,
    "spectrum_error_ohm_cm2": 0.0088,
    "relative_error_asked": 1e-3,
    "relative_error_reached": 5.9e-4,
    "accuracy_reached": True,
    "contact_fraction": 0.2,
    **{"gap_model": "thin", "method": "finite_elements", "cells": 9, "unknowns": 9, "solves": 9},
    **dict.fromkeys(("seconds_mesh", "seconds_solve", "seconds_total"), 0.1),
    **dict.fromkeys(f"apparent_{key}_ohm_cm2" for key in ("R_SE", "R_SE_error", "R_int", "R_int_error")),
    **dict.fromkeys(f"apparent_{key}_farad_per_cm2" for key in ("C_int", "C_int_error")),
    "apparent_circuit": "R-RQ",
    "apparent_remark": "too few points",
    "peaks": [{"frequency_hertz": 44825.0, "resistance_ohm_cm2": 14.8, "capacitance_farad_per_cm2": 2.397e-7}],
}
CHECKED = {
    "R_cstr_lower_ohm_cm2": 14.8071,
    "R_cstr_upper_ohm_cm2": 14.8224,
    "cross_check_method": "spectral",
    "cross_check_R_cstr_ohm_cm2": 14.8145,
    "cross_check_R_cstr_error_ohm_cm2": 0.0114,
    "cross_check_within_error_bars": False,
}
TWO = {"frequency_hertz": 2.8e7, "resistance_ohm_cm2": 0.5, "capacitance_farad_per_cm2": 1e-8}


def case_of(**sections):
    return parse_case({"interface": {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm"}, **sections})


def said(text):
    """A page's text, one space between words."""
    plain = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", plain)).replace("\u00a0", " ").split())


def test_answer_comes_with_error_bar_accuracy_and_peak():
    found = answer(RECORD)
    assert found.headline == "R_cstr = 14.813 ± 0.009 Ω·cm²" and not found.caution
    text = " ".join(found.sentences)
    assert "electrolyte's 30.000 Ω·cm²: together R_dc = 44.813 ± 0.009 Ω·cm²" in text
    assert "f_cstr = 44.8 kHz, as an arc with C_cstr = 0.240 µF/cm²" in text
    assert "0.059 % of R_cstr, where 0.1 % was asked" in text


def test_answer_warns_where_something_is_wrong():
    found = answer(RECORD | CHECKED)
    assert found.caution
    assert "lies between 14.807 and 14.823 Ω·cm²" in " ".join(found.sentences)
    assert "(cosine transforms) DISAGREES: 14.815 ± 0.011 Ω·cm²" in " ".join(found.sentences)
    missed = answer(RECORD | {"accuracy_reached": False, "relative_error_reached": 0.02})
    assert missed.caution and "not reached: 2 % of R_cstr instead of 0.1 %" in " ".join(missed.sentences)
    assert not answer(RECORD | CHECKED | {"cross_check_within_error_bars": True}).caution


def test_answer_for_two_peaks_and_for_none():
    two = answer(RECORD | {"peaks": [*RECORD["peaks"], TWO]})
    assert "at 2 frequencies: 44.8 kHz and 28.0 MHz" in " ".join(two.sentences)
    none = answer(RECORD | {"relative_error_reached": None, "peaks": []})
    assert none.sentences == ("Nothing constricts: the whole interface is in contact, and R_dc = 30.000 Ω·cm².",)


def test_apparent_values_are_told_where_a_run_has_them():
    apparent = {"apparent_R_SE_ohm_cm2": 30.02, "apparent_R_SE_error_ohm_cm2": 0.05, "apparent_R_int_ohm_cm2": None}
    apparent |= {"apparent_C_int_farad_per_cm2": 2.4e-7, "apparent_C_int_error_farad_per_cm2": 3e-9}
    rows = {name: rest for name, *rest in number_rows(RECORD | apparent)}
    assert rows["apparent R_SE"] == ["30.02 Ω·cm²", "± 0.05 Ω·cm²"]
    assert rows["apparent C_int"] == ["0.240 µF/cm²", "± 0.003 µF/cm²"]
    assert "Read as a measurement would be, by a fit: R_SE 30.02 ± 0.05 Ω·cm², no arc" in " ".join(
        answer(RECORD | apparent).sentences
    )
    assert "by a fit: none: too few points." in " ".join(answer(RECORD).sentences)
    assert "apparent R_int" not in rows and rows["any Z of the sweep"] == ["–", "± 0.0088 Ω·cm²"]


def test_the_terminal_tells_the_bar_of_each_apparent_value():
    apparent = {"apparent_R_SE_ohm_cm2": 30.02, "apparent_R_SE_error_ohm_cm2": 0.05, "apparent_R_int_ohm_cm2": 14.8}
    apparent |= {"apparent_R_int_error_ohm_cm2": 0.02, "apparent_circuit": "R-RQ-RQ"}
    apparent |= {"apparent_C_int_farad_per_cm2": 2.4e-7, "apparent_C_int_error_farad_per_cm2": 3e-9}
    rows = dict(run_rows(RECORD | apparent | CHECKED))
    told = "R_SE 30.02 ± 0.05 Ω·cm², R_int 14.80 ± 0.02 Ω·cm², C_int 0.240 ± 0.003 µF/cm² (R-RQ-RQ)"
    assert rows["apparent"] == told
    assert (rows["R_cstr"], rows["bounds"]) == ("14.813 ± 0.009 Ω·cm²", "14.807 to 14.823 Ω·cm²")


SHAPES = [
    ({}, "Discs on a hexagonal lattice, 2 mm apart, in contact over 20 % of the interface."),
    ({"shape": "square", "pattern": "square"}, "Squares on a square lattice, 2 mm apart"),
    ({"pattern": "stripes"}, "Stripes with a period of 2 mm, in contact over 20 %"),
    ({"pattern": "random", "spots": 25}, "25 discs at random places (seed 1), one per (2 mm)², in contact over 20 %"),
    ({"pattern": "single", "cell_shape": "circular"}, "A single disc in a circular cell 2 mm wide"),
    ({"inverted": True}, "Pores on a hexagonal lattice, 2 mm apart, the metal touches 20 % of the interface."),
]


@pytest.mark.parametrize(("changes", "expected"), SHAPES)
def test_case_is_told_in_words(changes, expected):
    interface = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm", **changes}
    assert case_in_words(parse_case({"interface": interface})).startswith(expected)


def test_case_with_a_list_and_without_a_gap_in_words():
    interface = {"pattern": "list", "cell": ["100 um", "80 um"], "discs": [["20 um", "30 um", "5 um"]]}
    text = case_in_words(parse_case({"interface": interface, "gap": {"height": "none"}}))
    assert text.startswith(
        "One disc at a given place in a cell of 100 µm × 80 µm. Beside the contacts the interface ins"
    )


def test_scene_shows_heights_in_true_proportion_of_nothing_else():
    case = case_of(gap={"height": "5 nm"})
    scene = contact_scene(lay_out(case.interface), 5e-9, 1.5e-3)
    # Drawn 0.06 of 3.46 mm high: 41 569 times 5 nm.
    assert "gap of 5.00 nm is drawn 42\u202f000 times too high" in scene.caption
    assert "One lattice cell, 2.00 mm × 3.46 mm" in scene.caption
    figure = json.loads(json.dumps(scene.figure))
    slab, islands, copper, _ = figure["data"]
    assert [part["name"] for part in (slab, islands, copper)] == ["electrolyte", "contact", "copper"]
    go.Figure(json.loads(re.sub(r'"--[\w-]+"', '"#123456"', json.dumps(figure))))  # plotly's schema
    assert scene.still.startswith(b"\x89PNG")


def test_scene_says_where_nothing_has_a_height_or_a_corner_is_shown():
    none = contact_scene(lay_out(case_of().interface), None, 1.5e-3)
    assert "insulates" in none.caption
    many = parse_case({"interface": {"pattern": "random", "contact_fraction": 0.2, "pitch": "40 um", "spots": 900}})
    assert contact_scene(lay_out(many.interface), 1e-7, 1e-3).caption.startswith("A corner of the cell")
    stripes = case_of(interface={"pattern": "stripes", "contact_fraction": 0.3, "pitch": "2 mm"})
    assert contact_scene(lay_out(stripes.interface), 1e-7, 1e-3).caption.startswith(
        "One period, 2.00 mm wide and drawn"
    )
    thick = contact_scene(lay_out(case_of().interface), 1e-2, 1e-3)
    assert "48 times too low" in thick.caption


def test_still_picture_of_the_scene_shows_contact_and_slab():
    from io import BytesIO

    from matplotlib.image import imread

    scene = contact_scene(lay_out(case_of().interface), 5e-9, 1.5e-3)
    pixels = imread(BytesIO(scene.still))
    opaque = pixels[pixels[..., 3] > 0.99][:, :3]
    assert 0.1 < len(opaque) / pixels[..., 0].size < 0.9
    yellow = (opaque[:, 0] > 1.5 * opaque[:, 2]).mean()
    # A fifth of the plane is contact; walls of islands add to it, the slab's side takes away.
    assert 0.1 < yellow < 0.4
    assert pixels[0, 0, 3] == 0  # no background


@pytest.mark.usefixtures("no_git")
def test_full_contact_has_a_report_too(tmp_path):
    interface = {"pattern": "square", "contact_fraction": 1, "pitch": "40 um"}
    case = parse_case({"interface": interface, "accuracy": {"method": "spectral"}})
    result = simulate(case)
    record = json.loads(json.dumps(result_record(result)))
    text = said(report_html(run_report(result, record, origin(["run"]), [])))
    assert "Nothing constricts" in text and "Constriction at an interface" in text


@pytest.mark.usefixtures("no_git")
def test_extras_find_the_numbers_written(tmp_path):
    result = simulate(
        parse_case(
            {
                "interface": {"pattern": "stripes", "contact_fraction": 0.5, "pitch": "1 mm"},
                "accuracy": {"method": "spectral", "relative_error": 0.05},
            }
        )
    )
    seen = SimpleNamespace(keys=None)
    record = write_result(
        result, tmp_path / "out", [lambda place: setattr(seen, "keys", json.loads((place / "result.json").read_text()))]
    )
    assert seen.keys == record and np.isfinite(seen.keys["R_cstr_ohm_cm2"])


def test_a_capacitance_that_is_the_electrolytes_is_marked_and_comes_last():
    record = RECORD | {"C_cstr_belongs_to": "electrolyte", "C_low_farad_per_cm2": 1.3e-10}
    rows = dict(run_rows(record))
    assert [name for name in rows if name.startswith("C_")] == ["C_low", "C_high", "C_cstr"]
    assert rows["C_low"] == "0.130 nF/cm²" and "electrolyte's own peak" in rows["C_cstr"]
    assert rows["peak 1"].endswith(", the electrolyte's")
    assert "C_low = 0.130 nF/cm²" in " ".join(answer(record).sentences)
    assert [name for name, _, remark in number_rows(record) if "electrolyte's" in remark] == ["C_cstr"]


def test_a_capacitance_of_the_gap_comes_first():
    rows = dict(run_rows(RECORD | {"C_cstr_belongs_to": "gap"}))
    assert [name for name in rows if name.startswith("C_")] == ["C_cstr", "C_low", "C_high"]
    assert "electrolyte" not in rows["C_cstr"] + rows["peak 1"]


def pictures_of(report):
    return [type(section) for section in report.sections if isinstance(section, ImageSection | SceneSection)]


@pytest.mark.usefixtures("no_git")
def test_uneven_gap_is_seen_from_above():
    gap = {"height": "100 nm", "profile": "linear", "rise": "5 um", "length": "200 um"}
    result = simulate(case_of(gap=gap, accuracy={"method": "spectral", "relative_error": 0.05}))
    report = run_report(result, json.loads(json.dumps(result_record(result))), origin(["run"]), [])
    text = said(report_html(report))
    assert "the gap of 5.00 µm is drawn" in text and "Copper is drawn flat" in text
    assert re.search(r"Height of the gap\. From above: .* It is lifted on \d+ % of the interface\.", text)
    assert pictures_of(report) == [SceneSection, ImageSection]


@pytest.mark.usefixtures("no_git")
def test_map_is_seen_from_above_and_not_as_a_scene(tmp_path):
    pixels = np.zeros((16, 16))
    pixels[4:12, 4:12] = 1
    np.save(tmp_path / "map.npy", pixels)
    path = tmp_path / "case.toml"
    path.write_text(
        '[interface]\npattern = "image"\nfile = "map.npy"\npixel = "10 um"\nthreshold = 0.5\n'
        "[accuracy]\nrelative_error = 0.1\n"
    )
    result = simulate(load(path))
    report = run_report(result, json.loads(json.dumps(result_record(result))), origin(["run"]), [])
    assert "The interface from above. The contacts as they were traced on the map." in said(report_html(report))
    assert pictures_of(report) == [ImageSection]
