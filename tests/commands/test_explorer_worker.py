"""A fit of the explorer runs beside the page: in a worker, or in slices of the page's time where none can be made."""

import json

import numpy as np
import pytest
from chromium import Browser, Page, find_chromium

from constriction.cli import main

if find_chromium() is None:
    pytest.skip("no Chromium here: apt-get install chromium runs the browser tests", allow_module_level=True)

NO_WORKER = "window.Worker = class { constructor() { throw new Error('none here') } }"
FROM_DISK_REFUSED = "window.Worker = class extends Worker { constructor() { super('data:text/plain,refused') } }"
FEWEST_TURNS = 3
RESULT = "document.querySelector('.fit-result').textContent"
# Fit, move a slider while it runs, and wait for its end: how often the page had its turn meanwhile, and what was told.
FIT = """
(async () => {
  const running = () => document.querySelector('progress') !== null;
  const told = new Set();
  let turns = 0;
  document.querySelector('#fit').click();
  const slider = document.querySelector('#p-gapHeight-slider');
  for (let k = 0; running(); k++) {
    if (MOVED && k === 0) {
      slider.value = 300;
      for (const kind of ['input', 'change']) slider.dispatchEvent(new Event(kind, {bubbles: true}));
    }
    told.add(document.querySelector('.fit-result .hint').textContent);
    await new Promise(done => setTimeout(done, 10));
    turns += running();
  }
  return {turns, told: [...told].filter(Boolean).length};
})()
"""
CANCELLED = """
new Promise(done => {
  document.querySelector('#fit').click();
  setTimeout(() => { document.querySelector('#cancel').click(); setTimeout(() => done(true), 50); }, 30);
})
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(find_chromium(), tmp_path_factory.mktemp("profile")) as process:
        yield process


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A page that holds a measurement of two arcs, with noise."""
    place = tmp_path_factory.mktemp("explorer")
    rng, frequency = np.random.default_rng(1), np.geomspace(7e6, 100, 120)
    s = 2j * np.pi * frequency
    z = 20 + 30 / (1 + (s * 3e-6) ** 0.9) + 30 / (1 + s / 2e7)
    z *= 1 + 0.003 * (rng.normal(size=120) + 1j * rng.normal(size=120))
    rows = [f"{f},{value.real},{-value.imag}" for f, value in zip(frequency, z, strict=True)]
    (place / "two.csv").write_text("\n".join(["freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm", *rows]) + "\n", "utf-8")
    given = ["--measured", str(place / "two.csv"), "--area", "1 cm2", "--thickness", "1.5 mm"]
    assert main(["explore", "-o", str(place / "explorer.html"), *given]) == 0
    return place / "explorer.html"


def opened(browser, path, before=""):
    page = Page(browser, 1440, 900)
    if before:
        page.call("Page.addScriptToEvaluateOnNewDocument", source=before)
    page.open(path)
    page.until("document.documentElement.dataset.ready")
    page.until("!document.querySelector('.value.settling')")
    return page


@pytest.mark.parametrize("before", ["", NO_WORKER, FROM_DISK_REFUSED], ids=["worker", "none", "refused"])
def test_a_slider_moves_while_a_fit_runs(browser, path, before):
    page = opened(browser, path, before)
    found = page.value(FIT.replace("MOVED", "true"))
    assert found["turns"] >= FEWEST_TURNS and found["told"] > 0
    told = page.value(RESULT)
    assert "of |Z| are left" in told and "back to the fit" in told
    moved = page.value("document.querySelector('#p-gapHeight').value")
    page.value("document.querySelector('.fit-result .link').click()")
    page.settle()
    assert page.value("document.querySelector('#p-gapHeight').value") != moved
    assert before == FROM_DISK_REFUSED or page.complaints == []  # the browser complains of what it refuses
    assert before or page.requests == [path.resolve().as_uri()]
    page.close()


@pytest.mark.parametrize("before", ["", NO_WORKER], ids=["worker", "none"])
def test_a_fit_that_is_cancelled_leaves_the_page_as_it_was(browser, path, before):
    page = opened(browser, path, before)
    address = page.value("location.hash")
    assert page.value(CANCELLED)
    assert page.value(f"[{RESULT}, document.querySelector('#fit').disabled, location.hash]") == ["", False, address]
    page.value(FIT.replace("MOVED", "false"))
    found = json.loads(page.value(f"JSON.stringify([{RESULT}, location.hash])"))
    assert "of |Z| are left" in found[0] and found[1] != address
    assert page.complaints == []
    page.close()
