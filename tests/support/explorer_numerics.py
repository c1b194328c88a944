"""The numerics of the explorer in a page of their own, without the explorer's page."""

import base64
import json
from contextlib import contextmanager
from importlib import resources

import numpy as np
from chromium import Browser, Page, find_chromium

from constriction.view.explorer.bundle import bundled, escaped_script
from constriction.view.explorer.data import atlas_data

EXPORTS = {
    "atlas.js": ["openAtlas"],
    "circuits.js": ["fitCircuit"],
    "fit.js": ["fitInterface"],
    "foil.js": ["zoneOfFoil"],
    "model.js": ["frequencies", "impedance", "impedanceAt", "outside", "summary"],
    "reader.js": ["readMeasured", "readMeasuredInParts"],
    "readings.js": ["readings"],
    "relaxation.js": ["relaxation", "relaxationPoles"],
    "units.js": ["parseQuantity", "showQuantity"],
}
NZSP = {
    "bulkConductivity": 1.5,
    "relativePermittivity": 30,
    "grainBoundaryConductivity": 0.75,
    "grainBoundaryFrequency": 1e6,
    "grainBoundaryExponent": 1,
}
STATE = {
    "pattern": "hexagonal",
    "contactFraction": 0.2,
    "pitch": 2e-3,
    "gapHeight": 5e-9,
    "gapPermittivity": 1,
    "thickness": 1.5e-3,
    "area": 1e-4,
    "film": None,
    "fine": None,
    "zone": None,
    "electrolyte": NZSP,
    "sweep": {"from": 7e6, "to": 100, "pointsPerDecade": 10},
}
# What a page's values come back as: typed arrays as lists.
PLAIN = "const plain = x => JSON.parse(JSON.stringify(x, (_, v) => ArrayBuffer.isView(v) ? Array.from(v) : v));"
BYTES = "const bytesOf = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));"


def modules():
    """The texts of all modules by file name."""
    files = resources.files("constriction.view.explorer").joinpath("js").iterdir()
    return {file.name: file.read_text("utf-8") for file in files if file.name.endswith(".js")}


def write_page(folder):
    """A page in which the numerics' functions are names of the window, and `atlas` is the program's; its path."""
    imports = "".join(f'import {{ {", ".join(names)} }} from "./{name}";\n' for name, names in EXPORTS.items())
    names = ", ".join(name for names in EXPORTS.values() for name in names)
    entry = f"{imports}Object.assign(window, {{ {names} }});\n"
    script = bundled({**modules(), "entry.js": entry}, "entry.js")
    data = escaped_script(f"const atlas = openAtlas({json.dumps(atlas_data())});")
    path = folder / "numerics.html"
    scripts = f"<script>{script}</script><script>{data}\n{PLAIN}\n{BYTES}</script>"
    path.write_text(f"<!doctype html><meta charset='utf-8'>{scripts}", "utf-8")
    return path


def in_page(page, body, given=None):
    """What the body of a function of `given`, JSON, returns in the page."""
    return page.value(f"(given => plain((() => {{ {body} }})()))({json.dumps(given)})")


def packed(data):
    """Bytes as `bytesOf` takes them."""
    return base64.b64encode(data).decode("ascii")


def complexes(parts):
    """{re, im} of a page as complex numbers."""
    return np.array(parts["re"]) + 1j * np.array(parts["im"])


@contextmanager
def opened(tmp_path_factory):
    """The page of the numerics alone, in a browser; at the end it has asked for nothing, and complained of nothing."""
    with Browser(find_chromium(), tmp_path_factory.mktemp("profile")) as browser:
        page = Page(browser)
        page.open(write_page(tmp_path_factory.mktemp("page")))
        yield page
        assert page.complaints == [] and page.requests[1:] == []
