"""The pictures of a study in their files."""

from __future__ import annotations

from pathlib import Path

from constriction.base.errors import InputError
from constriction.base.files import whole_file
from constriction.study.results.curves import figures_of
from constriction.study.results.table import Table, finished
from constriction.view.charts.study_pictures import picture_chart
from constriction.view.writers.journal import draw_chart


def draw_study(table: Table, folder: Path) -> list[Path]:
    """Draw the pictures of a study into a folder.

    Args:
        table: the results.
        folder: where the files go; each is replaced.

    Returns:
        The files written.

    Raises:
        InputError: nothing is done yet, or a [[plot]] table that does not fit.
        StoreError: a file cannot be written.
    """
    if not finished(table.rows):
        raise InputError(f"{folder}: no case is done; expected constriction study run before plot")
    written = []
    for figure in figures_of(table):
        path, chart = folder / figure.file, picture_chart(table, figure)
        with whole_file(path) as beside:
            draw_chart(chart, beside, chart.title)
        written.append(path)
    return written
