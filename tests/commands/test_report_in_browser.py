"""The report in headless Chromium, from disk: it responds, and what it cannot do it does without."""

import io
import json
import re
from contextlib import contextmanager

import numpy as np
import pytest
from chromium import Browser, Page, find_chromium
from matplotlib.image import imread
from support.charts import distribution

from constriction.case.schema import parse_case, resolved_toml
from constriction.cli import main
from constriction.simulation.record import result_record, write_result
from constriction.simulation.simulate import simulate
from constriction.spectra.spectrum import Spectrum, write_csv
from constriction.view.charts.curves import SpectrumCurve
from constriction.view.charts.fits import trend_chart
from constriction.view.charts.relaxation_charts import processes_chart
from constriction.view.charts.spectra_charts import bode_chart, nyquist_chart, residual_chart
from constriction.view.charts.study_charts import StudyAxes, study_chart
from constriction.view.pages.provenance import origin
from constriction.view.pages.record_tables import fits_table, study_table
from constriction.view.pages.report import write_report
from constriction.view.pages.run_report import run_report
from constriction.view.pages.sections import Heading, Paragraph, Report, TableSection

if find_chromium() is None:
    pytest.skip("no Chromium here: apt-get install chromium runs the browser tests", allow_module_level=True)

TITLE = "<script>document.title = 'broken'</script> islands"
DRAWN = "document.querySelectorAll('.js-plotly-plot .main-svg').length"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(find_chromium(), tmp_path_factory.mktemp("profile")) as process:
        yield process


@pytest.fixture(scope="module")
def run_page(tmp_path_factory):
    """The report of a run in its folder."""
    interface = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm"}
    accuracy = {"method": "spectral", "relative_error": 0.05}
    result = simulate(parse_case({"title": TITLE, "interface": interface, "accuracy": accuracy}))
    report = run_report(result, result_record(result), origin(["run", "case.toml"]), ["result.json", "spectrum.csv"])
    folder = tmp_path_factory.mktemp("run") / "out"
    write_result(result, folder, [lambda place: write_report(report, place / "report.html")])
    return folder / "report.html"


@pytest.fixture(scope="module")
def fits_page(tmp_path_factory):
    """Made-up fits, trends and a study, as the reports of the other commands are built."""
    f = np.geomspace(1e6, 1e2, 33)
    arc = Spectrum(f, 5e-4 + 10e-4 / (1 + 1j * f / 1e4), "ohm m2")
    curves = [SpectrumCurve("measured", arc), SpectrumCurve("fit", arc, "line", "c1")]
    files = [{"file": "cell <3>, 1 & 2.mpt", "R_SE_ohm": 41.2, "R_SE_stderr_ohm": 0.3, "circuit": "R-RQ"}]
    rows = [{"gap.height": 10.0**-k, "R_cstr_ohm_cm2": k, "R_cstr_error_ohm_cm2": 0.1} for k in (6, 7, 8)]
    sections = (
        Heading("Fits"),
        fits_table(files),
        nyquist_chart(curves),
        bode_chart(curves),
        residual_chart(f, 0.001 * np.exp(1j * f), 0.01),
        processes_chart(distribution(1 / f, np.sin(np.log(f)) ** 2), None, (1.0, "Ω·cm²")),
        trend_chart("charge (mAh/cm²)", [0, 0.1], [("R_int (Ω·cm²)", [1, None], [0.1, None])]),
        Heading("Study"),
        study_chart(rows, StudyAxes("gap.height", ("R_cstr_ohm_cm2",))),
        study_table(rows, ["gap.height", "R_cstr_ohm_cm2"], {"gap.height": "gap height"}),
        Paragraph("The end."),
    )
    path = tmp_path_factory.mktemp("fits") / "report.html"
    write_report(Report("Fits and a study", "constriction analyze", sections), path)
    return path


@pytest.fixture(scope="module")
def pages_of_commands(tmp_path_factory):
    """Reports as `analyze`, `compare` and `study plot` leave them."""
    folder = tmp_path_factory.mktemp("commands")
    interface = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm"}
    base = {"interface": interface, "gap": {"height": "5 nm"}}
    base["accuracy"] = {"method": "spectral", "relative_error": 0.02}
    case = parse_case(base)
    (folder / "case.toml").write_text(resolved_toml(case), "utf-8")
    write_csv(simulate(case).spectrum, folder / "measured.csv")
    grid = {"interface.contact_fraction": [0.1, 0.2, 0.3]}
    (folder / "study.toml").write_text(toml_text({"title": "Fraction", "base": base, "grid": grid}), "utf-8")
    places = {name: folder / name for name in ("analyze", "compare", "study", "interpret")}
    measured, how = str(folder / "measured.csv"), ["--report", "--out"]
    assert main(["analyze", measured, "--drt", *how, str(places["analyze"])]) == 0
    assert main(["compare", str(folder / "case.toml"), measured, *how, str(places["compare"])]) == 0
    models = ["--thickness", "1.5 mm", "--model", "film", "--model", "full_contact"]
    assert main(["interpret", measured, measured, *models, *how, str(places["interpret"])]) == 0
    assert main(["study", "run", str(folder / "study.toml"), "--quiet", "--out", str(places["study"])]) == 0
    assert main(["study", "plot", str(places["study"]), "--report"]) == 0
    return {name: place / "report.html" for name, place in places.items()}


def toml_text(tables):
    """Nested tables as inline ones: JSON's texts, numbers and lists are TOML's."""
    return "".join(f"{key} = {inline(value)}\n" for key, value in tables.items())


def inline(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {inline(part)}" for key, part in value.items()) + "}"
    return json.dumps(value)


@pytest.mark.parametrize(("command", "charts"), [("analyze", 5), ("compare", 4), ("study", 1), ("interpret", 5)])
def test_pages_of_the_commands_open_and_draw(browser, pages_of_commands, command, charts):
    with opened(browser, pages_of_commands[command]) as page:
        assert page.value("Object.keys(JSON.parse(document.getElementById('figures').textContent)).length") == charts
        for number in range(1, charts + 1):  # each is drawn when it comes into view
            show(page, f"#figure-{number}")
            page.until(f"document.querySelector('#figure-{number} .js-plotly-plot .main-svg') !== null")
        assert page.value("document.querySelector('h1').innerText")
        assert page.value("document.querySelectorAll('table tr').length") > 3
        assert np.std(pixels(page.screenshot())) > 0.05


@contextmanager
def opened(browser, path, **how):
    page = Page(browser, **how)
    page.open(path)
    yield page
    assert page.complaints == []
    assert page.requests == [path.resolve().as_uri()]  # nothing but the file itself
    page.close()


def pixels(png):
    return imread(io.BytesIO(png))[..., :3]


def show(page, selector):
    page.value(f"document.querySelector({selector!r}).scrollIntoView({{block: 'center'}})")


def middle(page, selector):
    box = page.value(
        f"(b => [b.x, b.y, b.width, b.height])(document.querySelector({selector!r}).getBoundingClientRect())"
    )
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def test_plots_respond_to_the_mouse_and_the_scene_turns(browser, run_page):
    with opened(browser, run_page) as page:
        page.until(f"{DRAWN} > 0")
        assert page.value("document.title") == TITLE
        show(page, "#figure-1")
        # A point of the curve tells its frequency.
        page.until("document.querySelectorAll('#figure-1 .points path').length > 30")
        x, y = middle(page, "#figure-1 .scatterlayer .trace:nth-of-type(2) .points path:nth-of-type(5)")
        page.mouse("mouseMoved", x - 1, y)
        page.mouse("mouseMoved", x, y)
        page.until("document.querySelectorAll('#figure-1 .hovertext').length > 0")
        assert re.search(r"[kM]?Hz: Re Z", page.value("document.querySelector('#figure-1 .hovertext').textContent"))
        # A box drawn with the mouse zooms in; equal axes stay equal.
        axis = "document.querySelector('#figure-1 .live')._fullLayout.xaxis"
        before = page.value(f"{axis}.range")
        x, y = middle(page, "#figure-1 .nsewdrag")
        page.mouse("mousePressed", x - 60, y - 30, button="left", clickCount=1)
        page.mouse("mouseMoved", x + 30, y + 20, button="left")
        page.mouse("mouseReleased", x + 60, y + 30, button="left", clickCount=1)
        page.until(f"{axis}.range[1] - {axis}.range[0] < {0.7 * (before[1] - before[0])}")
        lengths = page.value(f"[{axis}._m, {axis.replace('xaxis', 'yaxis')}._m].map(Math.abs)")
        assert lengths[0] == pytest.approx(lengths[1], rel=1e-6)
        # No button would send the data somewhere.
        buttons = page.value("[...document.querySelectorAll('.modebar-btn')].map(b => b.dataset.title).join()")
        assert "Zoom" in buttons and "Share" not in buttons and "loud" not in buttons

        turn_the_scene(page)


def turn_the_scene(page):
    show(page, "#figure-3")
    page.until("!!document.querySelector('#figure-3 .gl-container canvas')")
    page.until("!!document.querySelector('#figure-3 .live')._fullLayout.scene._scene.camera")
    page.settle()
    first = pixels(page.screenshot("#figure-3 .live"))
    assert first.std() > 0.05
    yellow = (first[..., 0] > 1.5 * first[..., 2]).mean()
    assert 0.01 < yellow < 0.5  # the contacts
    x, y = middle(page, "#figure-3 .live")
    page.mouse("mouseMoved", x, y)
    page.mouse("mousePressed", x, y, button="left", buttons=1, clickCount=1)
    for step in range(1, 6):
        page.mouse("mouseMoved", x + 30 * step, y, button="left", buttons=1)
    page.mouse("mouseReleased", x + 150, y, button="left", clickCount=1)
    page.settle()
    second = pixels(page.screenshot("#figure-3 .live"))
    assert np.abs(first - second).mean() > 0.01


def test_without_scripts_everything_is_there_and_links_lead_somewhere(browser, run_page):
    with opened(browser, run_page, script=False) as page:
        text = page.value("document.body.innerText")
        assert TITLE in text and "Ω·cm²" in text and "How to repeat it" in text
        assert_pictures(page, 4)
        links = page.value("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
        assert len(links) == 8
        for link in links:
            if link.startswith("#"):
                assert page.value(f"!!document.querySelector({link!r})")
            else:
                assert (run_page.parent / link).is_file()
        x, y = middle(page, "nav li:last-child a")
        page.mouse("mousePressed", x, y, button="left", clickCount=1)
        page.mouse("mouseReleased", x, y, button="left", clickCount=1)
        page.until("location.hash === '#section-6' && scrollY > 500")
        page.resize(360, 740, phone=True)
        assert_fits_a_phone(page)


def test_without_scripts_fits_and_study_are_there(browser, fits_page):
    with opened(browser, fits_page, script=False) as page:
        assert "cell <3>, 1 & 2.mpt" in page.value("document.body.innerText")
        assert_pictures(page, 6)
        page.resize(360, 740, phone=True)
        assert_fits_a_phone(page)


def assert_pictures(page, count):
    sizes = page.value(
        "[...document.querySelectorAll('.still svg, .still img')].map(e => e.getBoundingClientRect().height)"
    )
    assert len(sizes) == count and min(sizes) > 150
    assert page.value("[...document.querySelectorAll('.live')].every(e => !e.offsetHeight)")
    assert pixels(page.screenshot("#figure-1 .still")).std() > 0.03


def assert_fits_a_phone(page):
    assert page.value("document.documentElement.scrollWidth") <= 360
    # Wide tables scroll in themselves, and can be reached with the keyboard.
    assert page.value("[...document.querySelectorAll('.scroll')].every(e => e.tabIndex === 0 && e.clientWidth < 360)")


def test_a_phone_draws_every_plot_within_its_width(browser, fits_page):
    with opened(browser, fits_page, width=360, height=740, phone=True) as page:
        for number in range(1, 7):
            show(page, f"#figure-{number}")
            page.until(f"document.querySelectorAll('#figure-{number} .scatterlayer .trace').length > 0")
        assert page.value("document.querySelectorAll('.is-live').length") == 6
        assert_fits_a_phone(page)
        # A finger on a plot scrolls the page.
        assert page.value("document.querySelector('#figure-1 .live')._fullLayout.dragmode") is False


def test_dark_pages_have_dark_plots_and_paper_the_still_ones(browser, fits_page):
    with opened(browser, fits_page, dark=True) as page:
        text = "getComputedStyle(document.querySelector('#figure-1 .xtick text')).fill"
        page.until("!!document.querySelector('#figure-1 .xtick text')")
        assert np.median(pixels(page.screenshot())) < 0.2
        bright = page.value(text)
        page.media(dark=True, kind="print")
        assert page.value("getComputedStyle(document.querySelector('#figure-1 .live')).display") == "none"
        assert page.value("document.querySelector('#figure-1 svg').getBoundingClientRect().height") > 150
        assert page.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        page.media(dark=False)  # as in the morning
        page.until(f"{text} !== {bright!r}")
        page.settle()
        assert np.median(pixels(page.screenshot())) > 0.9
        levels = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (bright, page.value(text))]
        assert levels[0] > 600 and levels[1] < 150


def test_without_webgl_the_scene_stays_a_picture(browser, run_page):
    page = Page(browser)
    page.call("Page.addScriptToEvaluateOnNewDocument", source="HTMLCanvasElement.prototype.getContext = () => null")
    page.open(run_page)
    show(page, "#figure-3")
    page.until("!!document.querySelector('#figure-2 .main-svg')")
    page.settle()
    assert page.value("document.querySelector('#figure-3 img').getBoundingClientRect().height") > 150
    assert page.value("document.querySelector('#figure-3 .live').childElementCount") == 0
    page.close()


REMARK = "R-RQ-RQ does not follow the spectrum: residuals of 9.5% (rms) of |Z|; try another circuit. " * 3


@pytest.fixture(scope="module")
def wide_page(tmp_path_factory):
    """Seven fits with long names and remarks, and a table with more columns than any screen is wide."""
    values = {"R_SE_ohm": 2.0012, "R_int_ohm": 0.9952, "C_int_farad": 0.0304, "R_series_ohm": 1.0}
    values |= {f"{name}_stderr_ohm": 0.0014 for name in ("R_SE", "R_int", "R_series")}
    file = {"circuit": "R-RQ-RQ", "excluded": 25, "kramers_kronig": {"consistent": False}, **values}
    names = [f"{n}_two_arcs_three_half_decades_apart_measured_twice.csv" for n in range(7)]
    files = [file | {"file": name, "doubts": [REMARK] if n % 2 else []} for n, name in enumerate(names)]
    many = TableSection("Many columns", tuple(f"column {n}" for n in range(40)), (("12.34 ± 0.05 Ω·cm²",) * 40,))
    path = tmp_path_factory.mktemp("wide") / "report.html"
    write_report(Report("Wide tables", "constriction analyze", (fits_table(files), many)), path)
    return path


@pytest.mark.parametrize("width", [1280, 1920, 390])
def test_wide_tables_are_not_cut(browser, wide_page, width):
    with opened(browser, wide_page, width=width, phone=width < 600) as page:
        assert page.value("document.documentElement.scrollWidth") <= width
        fits, many = page.value(
            "[...document.querySelectorAll('.scroll')].map(box => {"
            " const b = box.getBoundingClientRect();"
            " return {left: b.left, right: b.right, room: box.clientWidth, needed: box.scrollWidth}; })"
        )
        assert all(0 <= box["left"] and box["right"] <= width for box in (fits, many))
        if width > 600:  # eight columns of fits fit a laptop's screen; what does not is scrolled in its box
            assert fits["needed"] <= fits["room"]
        assert many["needed"] > many["room"]
        page.value("document.querySelectorAll('.scroll')[1].scrollLeft = 1e6")
        last = page.value("[...document.querySelectorAll('td')].at(-1).getBoundingClientRect().right")
        assert last <= width
        remark = page.value("document.querySelector('.remark p').getBoundingClientRect().right")
        assert remark <= width and REMARK[:60] in page.value("document.querySelector('.remark').textContent")
