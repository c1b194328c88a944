"""What a report is made of, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from constriction.view.charts.charts import Chart


@dataclass(frozen=True)
class Heading:
    """A heading; those of level 2 make the list of contents."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text."""

    text: str


@dataclass(frozen=True)
class Answer:
    """What was found, first: one line in large letters, then sentences; `caution`: it is not what was asked for."""

    headline: str
    sentences: tuple[str, ...] = ()
    caution: bool = False


@dataclass(frozen=True)
class Values:
    """Names and values, one a line."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TableSection:
    """A table of texts; `symbols`: names such as R_cstr are set as symbols (never so in names of files)."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    symbols: bool = False


@dataclass(frozen=True)
class Code:
    """Text as it is typed: a command, a file."""

    text: str


@dataclass(frozen=True)
class Links:
    """Files beside the report: their names and what they hold."""

    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class SceneSection:
    """A 3D scene to turn, and a picture of it.

    `figure` is plotly's data and layout, `still` a PNG, `title` what is seen in a few words.
    """

    title: str
    caption: str
    figure: Mapping[str, Any]
    still: bytes


@dataclass(frozen=True, eq=False)
class ImageSection:
    """A PNG that is drawn already; `title` is what is seen in a few words."""

    title: str
    caption: str
    png: bytes


type Section = Heading | Paragraph | Answer | Values | TableSection | Code | Links | SceneSection | ImageSection | Chart


@dataclass(frozen=True, eq=False)
class Report:
    """A whole report: `title`, what made it (`kicker`), and sections in order."""

    title: str
    kicker: str
    sections: tuple[Section, ...]
