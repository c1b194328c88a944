"""A report: typed sections become one HTML file that needs no network, no server and, to be read, no JavaScript."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from constriction.base.errors import shortened
from constriction.base.files import telling_where
from constriction.view.charts.charts import Chart
from constriction.view.pages.sections import (
    Answer,
    Code,
    Heading,
    ImageSection,
    Links,
    Paragraph,
    Report,
    SceneSection,
    TableSection,
    Values,
)
from constriction.view.terminal.words import LONGEST_TITLE
from constriction.view.writers.lettering import QUANTITIES
from constriction.view.writers.plotly import figure

# What the file may load: nothing but what stands in it. A browser enforces it.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'"
)
_UNIT = re.compile(r"(?<=[\d)]) (?=[±%µΩFHMGTkmnp])|(?<=±) ")  # lines do not break between a number and its unit
_SHORT = 26  # characters: longer cells of a table may break into lines
_WIDE = 5  # columns, from which a table may be wider than the text


@dataclass
class _Page:
    """What is gathered while sections are written: figures for plotly by their id, and headings."""

    figures: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    contents: list[tuple[str, str]] = field(default_factory=list)


def write_report(report: Report, path: str | Path) -> None:
    """Write a report as one file.

    Args:
        report: what is written; every text is shown as it is, whatever characters it has.
        path: the file, replaced if it exists. With figures about 5 MB, for plotly.js stands in it.

    Raises:
        StoreError: the file cannot be written.
    """
    with telling_where(path):
        Path(path).write_text(report_html(report), encoding="utf-8", newline="\n")


def report_html(report: Report) -> str:
    """The text of a report's file."""
    page, title = _Page(), escape(shortened(report.title, LONGEST_TITLE))
    body = "\n".join(_WRITERS[type(section)](section, page) for section in report.sections)
    contents = "".join(f'<li><a href="#{name}">{text}</a></li>' for name, text in page.contents)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{_asset("report.css")}</style>
</head>
<body>
<header>
<p class="kicker">{escape(report.kicker)}</p>
<h1>{title}</h1>
</header>
{f'<nav aria-label="Contents"><ul>{contents}</ul></nav>' if contents else ""}
<main>
{body}
</main>
{_scripts(page) if page.figures else ""}</body>
</html>
"""


def _scripts(page: _Page) -> str:
    from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

    # No text of ours can end the element: JSON needs no "<".
    data = json.dumps(page.figures, separators=(",", ":"), allow_nan=False, ensure_ascii=False).replace("<", r"\u003c")
    return (
        f'<script type="application/json" id="figures">{data}</script>\n'
        f"<script>{get_plotlyjs()}</script>\n<script>\n{_asset('report.js')}</script>\n"
    )


def _asset(name: str) -> str:
    return resources.files("constriction.view").joinpath("assets", name).read_text(encoding="utf-8")


# --- sections --------------------------------------------------------------------------------------------------------


def _text(text: str) -> str:
    """Plain text as HTML, R_cstr and its like as symbols."""
    return QUANTITIES.sub(r"<var>\1</var><sub>\2</sub>", _UNIT.sub("\N{NO-BREAK SPACE}", escape(text)))


def _heading(section: Heading, page: _Page) -> str:
    text = _text(shortened(section.text, LONGEST_TITLE))
    if section.level != 2:
        return f"<h{section.level}>{text}</h{section.level}>"
    name = f"section-{len(page.contents) + 1}"
    page.contents.append((name, text))
    return f'<h2 id="{name}">{text}</h2>'


def _paragraph(section: Paragraph, _: _Page) -> str:
    return f"<p>{_text(section.text)}</p>"


def _answer(section: Answer, _: _Page) -> str:
    items = "".join(f"<li>{_text(sentence)}</li>" for sentence in section.sentences)
    kind = "answer caution" if section.caution else "answer"
    rest = f"<ul>{items}</ul>" if items else ""
    return (
        f'<section class="{kind}" aria-label="Answer"><p class="headline">{_text(section.headline)}</p>{rest}</section>'
    )


def _values(section: Values, _: _Page) -> str:
    rows = "".join(f"<dt>{_text(name)}</dt><dd>{escape(value)}</dd>" for name, value in section.rows)
    return f"<dl>{rows}</dl>"


def _table(section: TableSection, _: _Page) -> str:
    if odd := [row for row in section.rows if len(row) != len(section.header)]:
        raise ValueError(f"table {section.caption!r}: row {odd[0]!r}, expected {len(section.header)} cells")
    own_line = _has_remarks(section)
    shown = len(section.header) - own_line
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in section.header[:shown])
    name = _text if section.symbols else escape
    rows = "".join(_row(row[:shown], name) + "".join(map(_remark_row, row[shown:])) for row in section.rows)
    # Focus, so that a wide table can be scrolled with the keyboard.
    return (
        f'<div class="scroll{" wide" if shown >= _WIDE else ""}" tabindex="0" role="region" '
        f'aria-label="{escape(section.caption)}"><table>'
        f"<caption>{_text(section.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>"
    )


def _has_remarks(section: TableSection) -> bool:
    """Whether the last column holds sentences: they get a line of their own, across the table."""
    return section.header[-1] == "remark" and any(len(row[-1]) > _SHORT for row in section.rows)


def _row(row: tuple[str, ...], name: Callable[[str], str]) -> str:
    cells = "".join(f"<td{_class(cell)}>{name(cell)}</td>" for cell in row[1:])
    return f'<tr><th scope="row"{_class(row[0])}>{name(row[0])}</th>{cells}</tr>\n'


def _remark_row(remark: str) -> str:
    """A line below a row; its text stays in view when a wide table is scrolled."""
    spanned = f'<td colspan="99"><p>{_text(remark)}</p></td>'
    return f'<tr class="remark">{spanned}</tr>\n' if len(remark) > 1 else ""


def _class(cell: str) -> str:
    return ' class="short"' if len(cell) <= _SHORT else ""


def _code(section: Code, _: _Page) -> str:
    return f'<pre tabindex="0"><code>{escape(section.text)}</code></pre>'


def _links(section: Links, _: _Page) -> str:
    items = (
        f'<dt><a href="./{quote(name)}">{escape(name)}</a></dt><dd>{_text(what)}</dd>' for name, what in section.files
    )
    return f"<dl>{''.join(items)}</dl>"


def _chart(section: Chart, page: _Page) -> str:
    from constriction.view.writers.svg import svg

    name = f"figure-{len(page.figures) + 1}"
    still = svg(section, name).replace("<svg", f'<svg role="img" aria-label="{escape(section.title)}"', 1)
    return _interactive(section, figure(section), still, page)


def _scene(section: SceneSection, page: _Page) -> str:
    return _interactive(section, section.figure, _image(section.still, section.title), page)


def _interactive(section: Chart | SceneSection, drawn: Mapping[str, Any], still: str, page: _Page) -> str:
    name = f"figure-{len(page.figures) + 1}"
    page.figures[name] = drawn
    live = f'<div class="live" role="group" aria-label="{escape(section.title)}, interactive"></div>'
    return f'<figure id="{name}"><div class="still">{still}</div>{live}{_caption(section)}</figure>'


def _picture(section: ImageSection, _: _Page) -> str:
    image = _image(section.png, section.title)
    return f'<figure><div class="still">{image}</div>{_caption(section)}</figure>'


def _caption(section: Chart | SceneSection | ImageSection) -> str:
    words = f"{section.title}. {section.caption}" if section.caption else f"{section.title}."
    return f"<figcaption>{_text(words)}</figcaption>"


def _image(png: bytes, words: str) -> str:
    return f'<img alt="{escape(words)}" src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}">'


_WRITERS: Mapping[type, Callable[[Any, _Page], str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Answer: _answer,
    Values: _values,
    TableSection: _table,
    Code: _code,
    Links: _links,
    Chart: _chart,
    SceneSection: _scene,
    ImageSection: _picture,
}
