"""What every picture for a journal has: its size, its style, its file."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Literal

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from constriction.base.errors import InputError
from constriction.base.files import telling_where
from constriction.view.writers.lettering import families, title_text

WIDTH, TWO_COLUMNS = 84 / 25.4, 174 / 25.4  # inches of one and of two columns of a journal
DPI = 300
# Okabe-Ito, told apart by the colour-blind and, by line style, in grey.
BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#555555"
STYLE = {
    "font.family": list(families()),
    "font.size": 7,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.0,
    "pdf.fonttype": 42,
}
# Without dates and version numbers the same spectrum gives the same bytes.
METADATA: dict[str, dict[str, str | None]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
LABEL = 7.5  # pt
LEGEND: dict[str, Any] = {  # above the axes, where nothing is drawn
    "loc": "lower left",
    "bbox_to_anchor": (0, 1),
    "frameon": False,
    "fontsize": 6.5,
    "borderpad": 0,
}

TITLED_LEGEND = LEGEND | {"handletextpad": 0.5, "columnspacing": 1.2, "borderaxespad": 0.5, "alignment": "left"}


def journal_style() -> AbstractContextManager[None]:
    """In which every picture for a journal is drawn and saved."""
    return matplotlib.style.context(["default", STYLE])


def new_figure(width: float, height: float, dpi: int = DPI, layout: Literal["constrained"] | None = None) -> Figure:
    """An empty figure; width and height in inches (25.4 mm)."""
    figure = Figure(figsize=(width, height), dpi=dpi, layout=layout)
    FigureCanvasAgg(figure)
    return figure


def check_suffix(path: str | Path) -> str:
    """Return the suffix of a picture in small letters.

    Raises:
        InputError: it is neither .png nor .pdf.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in METADATA:
        raise InputError(f"{path}: suffix {Path(path).suffix!r}, expected .png or .pdf")
    return suffix


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure in its own size, the same bytes for the same content.

    Args:
        figure: finished.
        path: file to write, `.png` (300 dpi) or `.pdf`.

    Raises:
        InputError: another suffix.
        StoreError: the file cannot be written.
    """
    suffix = check_suffix(path)
    with journal_style(), telling_where(path):
        figure.savefig(path, dpi=DPI, metadata=METADATA[suffix])


def bare(axes: Axes) -> None:
    """Leave out the lines above and at the right, and make small ticks fine."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(which="minor", width=0.4, size=1.5)


@contextmanager
def two_columns(path: Path, title: str, height: float) -> Iterator[Figure]:
    """Give a figure 174 mm wide to draw on, and save it.

    Args:
        path: file to write, `.png` or `.pdf`.
        title: put above.
        height: in inches.

    Raises:
        StoreError: the file cannot be written.
    """
    with journal_style():
        figure = new_figure(TWO_COLUMNS, height, layout="constrained")
        # A dollar sign in a file's name is a dollar sign, no formula.
        figure.suptitle(title_text(figure, title, 3), fontsize=8, x=0.01, ha="left").set_parse_math(False)
        yield figure
    save(figure, path)
