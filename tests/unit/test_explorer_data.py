"""What the explorer's script is given and made of, without a browser."""

import base64
import re

import numpy as np
import pytest
from support.explorer_numerics import EXPORTS, modules

from constriction.interpret.atlas.atlas import load_atlas
from constriction.interpret.atlas.axes import leja
from constriction.interpret.atlas.poles import FILM_POLES, GAP_POLES
from constriction.view.explorer.data import atlas_data
from constriction.view.explorer.measured import MOST_POINTS, SIZES, thinned, with_own_names

LONGEST_MODULE = 300
EXPORTED = re.compile(r"^export (?:async )?(?:function\*?|class|const) +(\w+)", re.MULTILINE)


def unpacked(text):
    return np.frombuffer(base64.b64decode(text), dtype="<f4")


def test_the_atlas_is_given_whole():
    data, atlas = atlas_data(), load_atlas()
    assert data["gapPoles"] == GAP_POLES.tolist() and data["filmPoles"] == FILM_POLES.tolist()
    assert tuple(data["ideal"]) == atlas.patterns and tuple(data["films"]) == atlas.filmed
    assert set(data["madeBy"]) == set(atlas.made_by) and data["version"] > 0
    for given, tables in ((data["ideal"], atlas.tables), (data["films"], atlas.films)):
        for name, table in tables.items():
            for key in ("rest", "residues", "times", "spread"):
                array = getattr(table, key)
                assert (
                    given[name][key] is None
                    if array is None
                    else np.array_equal(unpacked(given[name][key]), array.astype("f4").ravel())
                )
            assert given[name]["shares"]["nodes"] == leja(table.shares.count).tolist()
            assert (given[name]["depths"]["low"], given[name]["depths"]["high"]) == (
                table.depths.low,
                table.depths.high,
            )


@pytest.mark.parametrize("name", EXPORTS)
def test_what_the_page_calls_is_there(name):
    assert set(EXPORTS[name]) <= set(EXPORTED.findall(modules()[name]))


@pytest.mark.parametrize(("name", "text"), modules().items())
def test_modules_are_short_and_say_what_they_are(name, text):
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert text.startswith("/**"), name
    assert not re.search(r"\b(eval|document\.write)\(", text)


def test_a_long_spectrum_is_thinned_evenly_and_names_are_told_apart():
    frequency = np.geomspace(10, 1e6, 20_000)
    kept = frequency[thinned(frequency)]
    assert kept.size <= MOST_POINTS and kept[0] == 1e6 and kept[-1] == 10
    steps = np.diff(np.log(kept[:-1]))
    assert np.ptp(steps) < 0.1 * abs(steps.mean())
    assert thinned(frequency[:MOST_POINTS]).tolist() == list(range(MOST_POINTS))
    files = with_own_names([{"name": "x.csv", "file": "x.csv"} for _ in range(3)])
    assert [one["name"] for one in files] == ["x.csv", "x.csv (2)", "x.csv (3)"]


def test_limits_are_those_of_the_page():
    """What stands in both languages: sizes of a sample, and how many points of a spectrum are kept."""
    scripts = modules()
    limits = re.compile(r"\[(1e-\d+), (1e-\d+)\]")
    area = limits.search(scripts["measurement.js"].split("AREA_LIMITS =")[1])
    thickness = limits.search(scripts["parameters.js"].split('row("thickness"')[1])
    for kind, found in (("area", area), ("thickness", thickness)):
        assert tuple(map(float, found.groups())) == SIZES[kind][:2]
    assert f"MOST_POINTS = {MOST_POINTS};" in scripts["thinning.js"]


def test_nothing_is_defined_or_imported_for_nothing():
    """A name at the top of a module is used in it, in another one, or by the tests of the numerics."""
    scripts = modules()
    asked = {name for names in EXPORTS.values() for name in names}
    for module, text in scripts.items():
        imported = [
            name.strip() for names in re.findall(r"^import {([^}]*)}", text, re.MULTILINE) for name in names.split(",")
        ]
        defined = re.findall(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) +(\w+)", text, re.MULTILINE)
        others = "".join(other for name, other in scripts.items() if name != module)
        unused = [name for name in filter(None, imported) if len(re.findall(rf"\b{name}\b", text)) == 1]
        unused += [
            name
            for name in defined
            if len(re.findall(rf"\b{name}\b", text)) == 1 and not re.search(rf"\b{name}\b", others)
        ]
        assert set(unused) <= asked, module
