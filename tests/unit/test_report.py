"""The page that holds a report: read back with independent parsers, as a browser without scripts would."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import constriction.view.pages.report
from constriction.base.errors import StoreError
from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series
from constriction.view.pages.provenance import origin, repeat_sections, timing_table
from constriction.view.pages.report import report_html, write_report
from constriction.view.pages.sections import (
    Answer,
    Code,
    Heading,
    ImageSection,
    Links,
    Paragraph,
    Report,
    TableSection,
    Values,
)
from constriction.view.writers.svg import COLOURS

ASSETS = Path(constriction.view.pages.report.__file__).parents[1] / "assets"
HOSTILE = "<script>alert(1)</script> & \"quoted\" </style> 'x' ]]> \u2028 $a$"
EMPTY_ELEMENTS = {"meta", "img", "link", "br", "hr", "input", "source"}
PNG = b"\x89PNG\r\n\x1a\n"


class Reader(HTMLParser):
    """Text outside of scripts and styles, all elements with attributes, and every tag that does not match."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.text, self.faults, self.scripts = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY_ELEMENTS:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif not self.open or self.open[-1] != "style":
            self.text.append(data)


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.faults == [] and reader.open == []
    return reader


def page(*sections, title="A title"):
    return report_html(Report(title, "constriction test", sections))


def words(reader):
    return " ".join("".join(reader.text).split())


def chart(label="a curve", **more):
    series = (Series(label, [1.0, 2.0, 3.0], [1.0, 4.0, float("nan")], hover=["p", label, "r"]),)
    return Chart("A chart", f"About {label}.", ChartAxis(f"x of {label}"), (Panel(ChartAxis("y"), series),), **more)


def everything(word="words"):
    return (
        Paragraph(word),
        Answer(word, (word,)),
        Heading(word),
        chart(word),
        chart(word),
        Values(((word, word),)),
        TableSection(word, (word, "b"), ((word, "1"), ("2", word))),
        Code(word),
        ImageSection(word, word, PNG),
        Links((("result.json", word),)),
        *repeat_sections(origin(["run", word]), {"constriction": "1", "git_commit": "ab-dirty"}),
        timing_table([("solving", 1.234)]),
    )


def test_page_is_well_formed_and_refers_to_nothing_outside():
    reader = read(page(*everything()))
    kinds = [tag for tag, _ in reader.elements]
    assert kinds.count("h1") == 1 and kinds.count("table") == 2 and kinds.count("svg") == 2
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in reader.elements:
        for name in ("href", "src", "srcset", "data", "action", "xlink:href"):
            if name not in attributes:
                continue
            target = attributes[name]
            inside = target.startswith("#") and target[1:] in ids
            assert inside or target.startswith("data:image/png;base64,") or target == "./result.json", (tag, target)
    styles = " ".join([(ASSETS / "report.css").read_text("utf-8"), *(a.get("style") or "" for _, a in reader.elements)])
    assert "url(" not in styles.replace("url(#", "") and "@import" not in styles
    (policy,) = (a["content"] for _, a in reader.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy and "http" not in policy


def test_hostile_text_is_shown_as_text():
    text = page(*everything(HOSTILE), title=HOSTILE)
    reader = read(text)
    plain = " ".join(HOSTILE.split())
    assert words(reader).count(plain) > 12
    data, plotly, own = reader.scripts  # ours; none came from the words
    assert not any("alert(1)" in script for script in (plotly, own))
    figures = json.loads(data)
    trace = figures["figure-1"]["data"][0]
    assert "<" not in trace["name"] + trace["hovertext"][1]  # plotly reads these as HTML
    assert "&lt;script&gt;" in trace["name"]
    assert "<title>&lt;script&gt;" in text


def test_everything_can_be_read_without_scripts():
    reader = read(page(*everything("needle")))
    assert words(reader).count("needle") > 12
    pictures = [attributes for tag, attributes in reader.elements if tag in ("svg", "img")]
    assert len(pictures) == 3
    assert all(attributes.get("alt") or attributes.get("aria-label") for attributes in pictures)
    assert "noscript" not in {tag for tag, _ in reader.elements}  # nothing to be told: nothing is missing


def test_plotly_stands_in_the_page_once_and_only_for_figures():
    with_figures, without = page(chart(), chart()), page(Paragraph("only words"))
    assert with_figures.count("plotly.js v") == 1 and len(with_figures) < 6e6
    assert "<script" not in without and len(without) < 2e4


def test_still_is_an_svg_in_the_colours_of_the_page():
    text = page(chart(HOSTILE))
    still = re.search(r"<svg.*?</svg>", text, re.DOTALL)[0]
    ElementTree.fromstring(still)  # balanced and escaped
    css = (ASSETS / "report.css").read_text("utf-8")
    used = set(re.findall(r"var\(--([\w-]+)\)", still))
    assert {"c0", "ink"} <= used
    assert all(f"--{name}:" in css for name in {*used, *COLOURS})
    assert not re.search(r": #[0-9a-f]{3,6}\b", still)  # a fixed colour would vanish on one of both grounds


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    """WCAG 2.1, 1.4.3."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_and_curves_stand_out_on_light_and_dark_ground():
    css = (ASSETS / "report.css").read_text("utf-8")
    light, dark, _ = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    for block in (light, dark):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for ground in ("paper", "panel"):
            # WCAG AA: 4.5 for text, 3 for graphics.
            assert all(contrast(colours[name], colours[ground]) >= 4.5 for name in ("ink", "muted", "link"))
        assert all(contrast(colours[f"c{k}"], colours["paper"]) >= 3 for k in range(6))


def test_headings_make_the_contents():
    reader = read(page(Heading("One & R_cstr"), Heading("deeper", 3), Heading("Two")))
    links = [a["href"] for tag, a in reader.elements if tag == "a"]
    assert links == ["#section-1", "#section-2"]
    assert [tag for tag, _ in reader.elements if tag in ("h1", "h2", "h3")] == ["h1", "h2", "h3", "h2"]
    assert [a.get("id") for tag, a in reader.elements if tag == "h2"] == ["section-1", "section-2"]


def test_symbols_are_set_as_such_but_not_in_names_of_files():
    text = page(
        Paragraph("R_cstr and R_crowd"), TableSection("c", ("file", "R_SE"), (("R_int.csv", "1"),)), Code("R_dc")
    )
    assert "<var>R</var><sub>cstr</sub> and R_crowd" in text
    assert "R_int.csv" in text and "<var>R</var><sub>SE</sub>" in text and "<code>R_dc</code>" in text


def test_a_number_stays_with_its_unit():
    assert "5\u00a0nm, 14.81\u00a0±\u00a00.01\u00a0Ω·cm²" in page(Paragraph("5 nm, 14.81 ± 0.01 Ω·cm²"))


def test_wrong_use_is_told(tmp_path):
    with pytest.raises(ValueError, match=r"row \('1',\), expected 2 cells"):
        page(TableSection("t", ("a", "b"), (("1",),)))
    with pytest.raises(ValueError, match="0 panels, expected one"):
        Chart("c", "", ChartAxis("x"))
    with pytest.raises(StoreError, match=r"report.html: cannot be written \(No such file or directory\)"):
        write_report(Report("t", "k", ()), tmp_path / "none" / "report.html")


def test_origin_tells_command_ranks_and_container(monkeypatch):
    monkeypatch.setenv("CONSTRICTION_IMAGE", "sha256:12ab")
    found = origin(["run", "my case.toml", "--report"], 2)
    assert found.command == "mpiexec -n 2 constriction run 'my case.toml' --report"
    text = page(*repeat_sections(found, {"numpy": "2.0", "git_commit": "ab12"}))
    assert "sha256:12ab" in text and "numpy 2.0" in text and "git commit ab12, unchanged" in text
    monkeypatch.delenv("CONSTRICTION_IMAGE")
    text = page(*repeat_sections(origin([]), {"git_commit": None}))
    assert "<dt>container</dt><dd>none</dd>" in text and "no git checkout" in text


def test_style_sheet_and_script_are_package_data():
    project = (Path(constriction.view.pages.report.__file__).parents[3] / "pyproject.toml").read_text("utf-8")
    assert '"view/assets/*"' in project
    assert {path.name for path in ASSETS.iterdir()} == {"report.css", "report.js"}
