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
from constriction.view.explorer.measured import MOST_POINTS, thinned, with_own_names

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
