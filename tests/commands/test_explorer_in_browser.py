"""The explorer in headless Chromium, from disk: what it shows, keeps, reads and gives away."""

import json
import re
import tomllib

import numpy as np
import pytest
from chromium import Browser, Page, find_chromium

from constriction.case.schema import parse_case
from constriction.cli import main
from constriction.interpret.atlas import load_atlas
from constriction.interpret.model.prior_file import read_priors
from constriction.interpret.model.priors import Fixed
from constriction.simulation.simulate import simulate
from constriction.view.explorer.presets import preset_of, state_of

if find_chromium() is None:
    pytest.skip("no Chromium here: apt-get install chromium runs the browser tests", allow_module_level=True)

HOSTILE = "<img src=x onerror=document.title='broken'>.csv"
NZSP = "1.5,30,0.75,1000000,1"
END = "sweep=7000000,100,10&material=NZSP&T=298.15"
ADDRESSES = [
    f"v=1&pattern=hexagonal&f=0.2&pitch=0.002&gap=5e-9&egap=1&L=0.0015&A=0.0001&electrolyte={NZSP}&{END}&lock=thickness",
    f"v=1&pattern=square&f=0.05&pitch=0.00002&gap=2e-8&egap=1&L=0.0015&A=0.0001&electrolyte={NZSP}&{END}",
    f"v=1&pattern=stripes&f=0.3&pitch=0.0001&gap=1e-7&egap=1&L=0.0015&A=0.0001&electrolyte={NZSP}&{END}",
    f"v=1&pattern=pores&f=0.8&pitch=0.00005&gap=0.000001&egap=1&L=0.0015&A=0.0001&electrolyte={NZSP}&{END}",
    f"v=1&pattern=random&f=0.123456789012345&pitch=0.00004&gap=1e-7&egap=1&L=0.0015&A=0.0001&electrolyte={NZSP}&{END}",
    f"v=1&pattern=clustered&f=0.1&pitch=0.00004&gap=1.1e-7&egap=1&L=0.0015&A=0.0001&electrolyte={NZSP}&{END}",
    f"v=1&pattern=stripes&f=0.3&pitch=0.001&gap=1e-7&egap=1&L=0.0015&A=0.0001&film=0.0002,0.2,0.9&electrolyte={NZSP}&{END}",
    f"v=1&pattern=stripes&f=0.3&pitch=0.001&gap=1e-7&egap=1&L=0.0015&A=0.0001&fine=0.02,0.05,2e-8&electrolyte={NZSP}&{END}",
    f"v=1&pattern=hexagonal&f=0.3&pitch=0.002&gap=1e-7&egap=1&L=0.0015&A=0.0001&zone=0.4,30&electrolyte={NZSP}&{END}",
    f"v=1&pattern=stripes&f=0.3&pitch=0.0005&gap=2e-8&egap=1&L=0.0015&A=0.0001&zone=0.25,100&electrolyte={NZSP}&{END}",
    "v=1&pattern=square&f=0.25&pitch=0.0001&gap=1e-8&egap=3.3&L=0.0001&A=0.000123&electrolyte=0.0543,60,none,1000000,1&"
    "sweep=10000000,10,7&material=own&T=298.15",
    "v=1&pattern=hexagonal&f=0.7&pitch=0.0003&gap=3.3333333333333334e-8&egap=1&L=0.00077&A=0.0001&"
    "electrolyte=1.2345678901234567,30,0.7,987654.321,0.91&sweep=3000000,0.1,12&material=own&T=310.15",
]
SOLVED = (0, 2, 8, 9)  # of the addresses, by transforms
ACCURACY = 5e-3

# Of the page's colours of text on both of its grounds (WCAG).
CONTRAST = """
(() => {
  const style = getComputedStyle(document.documentElement);
  const luminance = name => {
    const parts = style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/gi).map(part => parseInt(part, 16) / 255);
    const [r, g, b] = parts.map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const found = {onAccent: ratio(luminance('--on-accent'), luminance('--accent'))};
  for (const text of ['--ink', '--muted', '--accent', '--caution'])
    for (const ground of ['--paper', '--panel']) found[text + ground] = ratio(luminance(text), luminance(ground));
  return found;
})()
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("explorer")


@pytest.fixture(scope="module")
def measured(place):
    """A csv of a case, in Ω of a cell of 1 cm²."""
    case = parse_case(
        {
            "interface": {"pattern": "stripes", "contact_fraction": 0.3, "pitch": "2 mm"},
            "gap": {"height": "5 nm", "model": "thin"},
            "accuracy": {"method": "spectral", "relative_error": ACCURACY},
        }
    )
    spectrum = simulate(case).spectrum
    rows = [f"{f},{z.real * 1e4},{-z.imag * 1e4}" for f, z in zip(spectrum.frequency, spectrum.impedance, strict=True)]
    path = place / HOSTILE
    path.write_text("\n".join(["freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm", *rows]) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(find_chromium(), tmp_path_factory.mktemp("profile")) as process:
        yield process


@pytest.fixture(scope="module")
def page(browser, place):
    """One page for all tests: they leave it usable."""
    path = place / "explorer.html"
    assert main(["explore", "--output", str(path)]) == 0
    assert path.stat().st_size < 6e6
    page = Page(browser, 1440, 900)
    page.open(path)
    page.value(
        "window.kept = []; const make = URL.createObjectURL; URL.createObjectURL = b => (kept.push(b), make(b)); 1"
    )
    yield page
    assert page.complaints == []
    assert page.requests == [path.resolve().as_uri()]
    page.close()


def goto(page, address):
    """Follow a link to a state, and wait until everything that it changes is shown."""
    page.value(f"location.hash = {json.dumps(address)}; 1")
    page.settle()
    page.until("!document.querySelector('.value.settling')")


def saved(page, button):
    """The text of the file that a button gives."""
    return page.value(f"(kept.length = 0, document.querySelector({button!r}).click(), kept[kept.length - 1].text())")


def shown_case(page):
    """The case files that the page shows, as a case."""
    text = page.value("document.querySelector('[aria-label=\"Case file\"]').textContent")
    text, _, finer = text.partition("# ---- fine.toml\n")
    return parse_case(tomllib.loads(text), folder={"fine.toml": finer})


def numbers(page):
    return page.value(
        "Object.fromEntries([...document.querySelectorAll('.item:not(.none)')].map(i => "
        "[i.querySelector('button').getAttribute('aria-label').split(':')[0], i.querySelector('.value').textContent]))"
    )


def test_a_curve_is_there_at_once(page):
    page.until("document.documentElement.dataset.ready")  # a benchmark measures it
    assert page.value("document.querySelector('.nyquist path.curve').getAttribute('d').length") > 500
    page.until("!document.querySelector('.value.settling')")
    assert numbers(page)["R_cstr"] == "14.81 Ω·cm²"
    assert re.fullmatch(r"[0-9.]+ ± [0-9.]+ Ω·cm²", numbers(page)["R_int"])


@pytest.mark.parametrize("number", range(len(ADDRESSES)))
def test_an_address_comes_back_and_its_case_is_its_state(page, number):
    goto(page, ADDRESSES[number])
    assert page.value("location.hash") == f"#{ADDRESSES[number]}"
    case = shown_case(page)
    again = state_of(case)
    given = dict(part.split("=") for part in ADDRESSES[number].split("&"))
    assert again["pattern"] == given["pattern"]
    for key, name in (("f", "contactFraction"), ("pitch", "pitch"), ("gap", "gapHeight"), ("L", "thickness")):
        assert again[name] == float(given[key]), name
    for name in ("film", "fine", "zone", "electrolyte", "sweep"):
        if name not in given:
            assert again[name] is None
            continue
        for value, part in zip(again[name].values(), given[name].split(","), strict=True):
            assert value is None if part == "none" else value == pytest.approx(float(part), rel=1e-12), name
    assert preset_of(case, load_atlas())["reason"] == ""


@pytest.mark.parametrize("number", SOLVED)
def test_the_case_that_is_taken_away_has_the_spectrum_that_was_shown(page, number):
    goto(page, ADDRESSES[number])
    rows = np.loadtxt(saved(page, "#save-csv").splitlines()[1:], delimiter=",")
    text = saved(page, "#save-case")
    case = parse_case({**tomllib.loads(text), "accuracy": {"method": "spectral", "relative_error": ACCURACY}})
    result = simulate(case)
    shown = (rows[:, 1] + 1j * rows[:, 2]) / 1e4
    assert rows[:, 0] == pytest.approx(result.spectrum.frequency, rel=1e-9)
    assert np.max(np.abs(shown - result.spectrum.impedance)) < 2 * ACCURACY * result.R_cstr


def test_sliders_locks_undo_and_pins(page):
    goto(page, ADDRESSES[0])
    curve = "document.querySelector('.nyquist path.curve.model').getAttribute('d')"
    before = page.value(curve)
    page.value("document.querySelector('#pin').click(); document.querySelector('#pin').click()")
    page.value(
        "(() => { const s = document.querySelector('#p-pitch-slider'); s.value = 400;"
        " for (const kind of ['input', 'change']) s.dispatchEvent(new Event(kind, {bubbles: true})); })()"
    )
    page.settle()
    assert page.value(curve) != before
    assert page.value("document.querySelectorAll('.nyquist path.curve.pin').length") == 1  # not pinned twice
    assert "hexagonal 20 %, 2 mm" in texts_of(page, ".nyquist")
    page.value("document.querySelector('#undo').click()")
    page.settle()
    assert page.value("location.hash") == f"#{ADDRESSES[0]}"
    page.value("document.querySelector('.pins .remove').click()")
    type_into(page, "#p-gapHeight", "12.5 nm")
    assert "&gap=1.25e-8&" in page.value("location.hash")
    type_into(page, "#p-gapHeight", "3 bananas")
    assert page.value("document.querySelector('#p-gapHeight').getAttribute('aria-invalid')") == "true"
    assert "&gap=1.25e-8&" in page.value("location.hash")
    page.value("document.querySelector('[aria-label^=\"Pitch: free\"]').click()")
    page.settle()
    assert page.value("location.hash").endswith("lock=thickness,pitch")
    field = page.value("(f => [f.value, f.hasAttribute('aria-invalid')])(document.querySelector('#p-gapHeight'))")
    assert field == ["12.5 nm", False]


def test_a_lifted_zone_is_for_some_patterns_and_keeps_its_lengths(page):
    goto(page, ADDRESSES[1])
    assert page.value("document.querySelector('#has-zone').disabled")
    assert "stripes and hexagonal" in page.value("document.querySelector('#controls').textContent")
    goto(page, ADDRESSES[0])
    page.value("document.querySelector('#has-zone').click()")
    type_into(page, "#p-zone-ratio", "100 nm")
    type_into(page, "#p-zone-share", "0.1 mm")
    type_into(page, "#p-gapHeight", "10 nm")
    type_into(page, "#p-pitch", "4 mm")
    shown = [page.value(f"document.querySelector('#p-zone-{name}').value") for name in ("ratio", "share")]
    assert shown == ["100 nm", "100 um".replace("u", "\N{MICRO SIGN}")]
    assert "--model lifted_zone" in command_of(page)
    assert 'rise = "100 nm"' in page.value("document.querySelector('[aria-label=\"Case file\"]').textContent")
    type_into(page, "#foil-adhesion", "no")
    page.value("document.querySelector('#foil-apply').click()")
    assert "Adhesion: 'no': expected an energy per area" in page.value("document.querySelector('#status').textContent")
    type_into(page, "#foil-adhesion", "")
    page.value("document.querySelector('#foil-apply').click()")
    page.settle()
    # (72 · 1.41e-6 N·m · 90 nm/0.1 MPa)^(1/4) is 98 µm, of which a straight zone has 0.83.
    assert page.value("document.querySelector('#p-zone-share').value").startswith("81.")
    type_into(page, "#p-zone-share", "0.1 mm")
    type_into(page, "#p-pitch", "100 um")  # where it has no room, it is as long as the atlas has it
    assert "&zone=0.7,10&" in page.value("location.hash")
    page.value("document.querySelector('#undo').click()")
    page.settle()
    assert page.value("document.querySelector('#p-zone-share').value").startswith("100 ")


def texts_of(page, figure):
    return page.value(f"[...document.querySelectorAll({figure!r} + ' svg text')].map(t => t.textContent)")


def test_axes_of_large_impedances_have_short_numbers_and_keys_for_all(page):
    goto(page, ADDRESSES[0].replace(NZSP, "0.0001,30,none,1000000,1"))
    texts = texts_of(page, ".nyquist")
    assert any("kΩ·cm²" in text for text in texts)
    assert all(len(text) < 6 for text in texts if text[0].isdigit() and "Hz" not in text)
    assert "poles" in texts_of(page, ".relaxation")


def test_a_capacitance_of_the_electrolyte_is_said_to_be_none_of_the_gap(page):
    for gap, said in (("0.000005", True), ("5e-9", False)):
        goto(page, ADDRESSES[0].replace("pitch=0.002", "pitch=0.0005").replace("gap=5e-9", f"gap={gap}"))
        assert ("tells nothing about the gap" in page.value("document.querySelector('#meaning').textContent")) == said
        assert (page.value("document.querySelector('.value.doubtful') !== null")) == said


def type_into(page, selector, text):
    page.value(
        f"(() => {{ const i = document.querySelector({selector!r}); i.value = {text!r};"
        " i.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    page.settle()


def test_plots_are_saved_on_white_without_the_page(page):
    goto(page, ADDRESSES[0])
    svg = saved(page, ".plot.nyquist .tools button")
    assert svg.startswith("<svg") and 'xmlns="http://www.w3.org/2000/svg"' in svg and "var(" not in svg
    assert 'fill="#ffffff"' in svg
    page.value("(kept.length = 0, document.querySelectorAll('.plot.bode .tools button')[1].click())")
    page.until("kept.length > 0")
    head = page.value("kept[0].arrayBuffer().then(b => [...new Uint8Array(b)].slice(1, 4))")
    assert bytes(head) == b"PNG"


def test_pointing_at_a_curve_tells_its_frequency(page):
    goto(page, ADDRESSES[0])
    page.value("scrollTo(0, 0)")
    box = page.value(
        "(b => [b.x, b.y, b.width, b.height])(document.querySelector('.bode .place').getBoundingClientRect())"
    )
    page.mouse("mouseMoved", box[0] + box[2] / 2, box[1] + box[3] / 3)
    page.settle()
    told = page.value("document.querySelector('.bode .probe').textContent")
    assert re.fullmatch(r"[0-9.]+ k?Hz: [0-9.]+ − [0-9.]+i Ω·cm²", told), told


def test_everything_that_can_be_used_has_a_name(page):
    nameless = page.value(
        "[...document.querySelectorAll('input, select, button')].filter(e => !e.classList.contains('away') && "
        "!(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)"
    )
    assert nameless == []


@pytest.mark.parametrize("dark", [False, True])
def test_texts_stand_out(page, dark):
    page.media(dark=dark)
    page.settle()
    ratios = page.value(CONTRAST)
    page.media()
    assert ratios and min(ratios.values()) >= 4.5, ratios


def test_a_phone_needs_no_scrolling_aside(page):
    page.resize(390, 844, phone=True)
    page.settle()
    width = page.value("document.documentElement.scrollWidth")
    page.resize(1440, 900)
    assert width <= 390


def test_presets_that_are_not_covered_say_why(page):
    options = page.value(
        "[...document.querySelectorAll('#preset option[value]')].map(o => [o.textContent, o.disabled])"
    )
    off = [words for words, disabled in options if disabled and words != "Start from …"]
    assert any("lifted" in words for words in off) and all(" – " in words for words in off)
    assert sum(not disabled for _, disabled in options) >= 8


@pytest.mark.parametrize("number", [0, 6, 8, 11])
def test_what_is_locked_is_a_priors_file(page, place, number):
    address = ADDRESSES[number].partition("&lock=")[0]
    goto(page, f"{address}&lock=gapHeight,electrolyte.relativePermittivity,zone.share,constructor")
    path = place / "priors.toml"
    path.write_text(saved(page, "#save-priors"), "utf-8")
    given, found = dict(part.split("=") for part in address.split("&")), read_priors(path)
    own = given["electrolyte"].split(",")
    assert found["gap_height"] == Fixed(float(given["gap"]))
    assert found["relative_permittivity"] == Fixed(float(own[1]))
    if "zone" in given:
        assert found["zone_share"] == Fixed(float(given["zone"].split(",")[0]))
    assert found["bulk_conductivity"].median == pytest.approx(float(own[0]))


@pytest.mark.parametrize(
    "change",
    [
        ("f=0.2", "f=1.5"),
        ("f=0.2", "f=0.999999"),
        ("pitch=0.002", "pitch=1e9"),
        ("gap=5e-9", "gap=1e-400"),
        ("&electrolyte", "&zone=1e9,1e9&electrolyte"),
        ("&electrolyte", "&zone=0.3,10&film=0.0002,0.2,0.9&electrolyte"),
        ("hexagonal", "square&zone=0.3,10"),
    ],
)
def test_no_address_breaks_the_page(page, change):
    goto(page, ADDRESSES[0])
    page.value(f"location.hash = {ADDRESSES[0].replace(*change)!r}; 1")
    page.settle()
    goto(page, ADDRESSES[1])
    assert numbers(page)["R_cstr"].endswith("Ω·cm²")


def test_a_wrong_address_is_told_and_changes_nothing(page):
    goto(page, ADDRESSES[1])
    page.value("location.hash = 'v=1&pattern=<b>'; 1")
    page.until("document.querySelector('#status').textContent.includes('none of this page')")
    assert "square" in page.value("document.querySelector('#pattern').value")


def drop(page, *files):
    """Give the page files of a name and a text."""
    page.value(
        "(files => { const held = new DataTransfer();"
        " files.forEach(([name, text]) => held.items.add(new File([text], name)));"
        " const input = document.querySelector('#file'); input.files = held.files;"
        f" input.dispatchEvent(new Event('change')); }})({json.dumps(files)})"
    )
    page.until("!document.querySelector('.told-file').textContent.startsWith('Reading')")
    page.settle()


def rows_of(scale, count=41, header="freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm"):
    slow = 1 / (1 + 1j * np.logspace(6, 1, count) / 1e4)
    numbers = zip(np.logspace(6, 1, count), scale * (30 + 10 * slow.real), -scale * 10 * slow.imag, strict=True)
    return "\n".join([header, *(f"{f},{re},{im}" for f, re, im in numbers)])


def command_of(page):
    page.until("!document.querySelector('.value.settling')")
    return page.value("document.querySelector('[aria-label=Command]').textContent")


def test_page_and_measurement_are_one_cell(page):
    goto(page, ADDRESSES[0])
    drop(page, ["-rf.csv", rows_of(1)])
    type_into(page, "#measured-thickness", "1 mm")
    type_into(page, "#measured-area", "1 km2")
    assert page.value("document.querySelector('#measured-area').getAttribute('aria-invalid')") == "true"
    type_into(page, "#measured-area", "2 cm2")
    goto(page, ADDRESSES[1])
    told = command_of(page)
    assert "interpret ./-rf.csv" in told and '--area "2 cm2"' in told and '--thickness "1.5 mm"' in told
    assert page.value("document.querySelector('#measured-thickness').value") == "1.5 mm"
    type_into(page, "#p-thickness", "3 mm")
    page.value("document.querySelector('#undo').click()")
    page.until("document.querySelector('[aria-label=Command]').textContent.includes('--thickness \"1.5 mm\"')")
    assert page.value("document.querySelector('#measured-thickness').value") == "1.5 mm"
    drop(page, ["-rf.csv", rows_of(2)], ["big.csv", rows_of(1, 6000)], ["bad.csv", "words"])
    names = page.value("[...document.querySelectorAll('#measured-file option')].map(o => o.textContent)")
    assert names == ["-rf.csv", "-rf.csv (2)", "big.csv"]
    assert page.value("document.querySelector('.told-file').textContent").count("bad.csv") == 1
    for _ in names:
        page.value("document.querySelector('.file-name button').click()")
        page.value(
            "(s => { if (s && s.options.length) { s.value = s.options[s.options.length - 1].value;"
            " s.dispatchEvent(new Event('change')); } })(document.querySelector('#measured-file'))"
        )
        page.settle()


def test_a_file_per_area_is_asked_for_no_area(page):
    goto(page, ADDRESSES[0])
    head = "frequency_hertz,real_impedance_ohm_cm2,imaginary_impedance_ohm_cm2"
    drop(page, ["spectrum.csv", rows_of(1, 6000, head).replace(",-", ",")])
    type_into(page, "#measured-thickness", "1.5 mm")
    assert page.value("document.querySelector('#measured-area')") is None
    assert "500 of 6000 points" in page.value("document.querySelector('.told-file').textContent")
    assert "--area" not in command_of(page)
    page.value("document.querySelector('#fit').click(), document.querySelector('.file-name button').click()")
    page.value("new Promise(done => setTimeout(done, 100))")
    assert page.value("document.querySelector('.fit-result').textContent") == ""


def test_sweeps_do_not_cross_and_links_end_with_the_atlas(page):
    goto(page, ADDRESSES[0])
    type_into(page, "#p-sweep-to", "100 kHz")
    type_into(page, "#p-sweep-from", "1 kHz")
    assert page.value("document.querySelector('#p-sweep-from').getAttribute('aria-invalid')") == "true"
    page.value("document.querySelector('#undo').click()")
    goto(page, ADDRESSES[0].replace("f=0.2", "f=0.999").replace("T=298.15", "T=350").replace("egap=1", "egap=1e12"))
    assert "&f=0.9&" in page.value("location.hash") and "material=own" in page.value("location.hash")
    assert "&egap=100&" in page.value("location.hash")
    assert "Contact fraction" in page.value("document.querySelector('#status').textContent")


def choose(page, path):
    """Give a file to the page."""
    page.call("DOM.enable")
    root = page.call("DOM.getDocument")["root"]["nodeId"]
    node = page.call("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
    page.call("DOM.setFileInputFiles", files=[str(path)], nodeId=node)


def test_a_spectrum_that_no_interface_has_is_said_to_be_one(page, place):
    frequency = np.geomspace(7e6, 100, 49)
    s = 2j * np.pi * frequency
    z = 20 + 200 / (1 + s * 3e-6) + 300 / np.sqrt(s / 600)
    rows = [f"{f},{value.real},{-value.imag}" for f, value in zip(frequency, z, strict=True)]
    (place / "diffusion.csv").write_text("\n".join(["freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm", *rows]) + "\n", "utf-8")
    goto(page, ADDRESSES[2])
    choose(page, place / "diffusion.csv")
    page.until("document.querySelector('#measured-area') !== null")
    type_into(page, "#measured-area", "1 cm2")
    type_into(page, "#measured-thickness", "1.5 mm")
    page.value("document.querySelector('#fit').click()")
    page.until("document.querySelector('.fit-result table') !== null")
    found = page.value("document.querySelector('.fit-result').textContent")
    assert found.startswith("No interface of this kind follows the spectrum") and "±" not in found
    page.value("document.querySelector('.file-name button').click()")
    page.until("document.querySelector('#plots .measured') === null")


def test_a_measured_file_is_read_fitted_and_its_name_is_text(page, measured):
    goto(page, ADDRESSES[2])
    choose(page, measured)
    page.until("document.querySelector('#measured-area') !== null")
    assert page.value("document.querySelector('.file-name strong').textContent") == HOSTILE
    assert page.value("document.title") == "Constriction explorer"
    assert page.value("document.querySelector('#fit').disabled")
    type_into(page, "#measured-area", "1 cm2")
    type_into(page, "#measured-thickness", "1.5 mm")
    page.value("document.querySelector('#fit').click()")
    page.until("document.querySelector('.fit-result table') !== null")
    page.settle()
    assert not page.value("document.querySelector('.plot.residuals').hidden")
    found = page.value("document.querySelector('.fit-result').textContent")
    assert "of |Z| are left" in found
    assert found.startswith("Fit") and float(re.search(r"([0-9.]+) % of", found)[1]) < 0.5
    assert page.value("document.querySelector('#plots .measured') !== null")
    page.until("document.querySelector('.read-off').textContent !== ''")
    assert re.match(
        r"A circuit \(R-RQ-RQ\) reads RSE [0-9.]+ Ω·cm², Rint ",
        page.value("document.querySelector('.read-off').textContent"),
    )
    page.until("!document.querySelector('.value.settling')")
    assert "'<img src=x" in page.value("document.querySelector('[aria-label=Command]').textContent")
    page.value("document.querySelector('.file-name button').click()")
