"""The picture of a calibration: `python tests/interpret_ranks_picture.py FILE.csv PICTURE.png`.

FILE is what `interpret_calibration.py --out` kept. Each unknown of each model has a row: the ranks of the truths among
the samples in ten equal bins, even if the posterior is right, and how many truths the 68 and 95 % intervals held.
"""

import csv
import sys
from itertools import groupby
from pathlib import Path

import numpy as np

from constriction.view.writers.plots import BLUE, GREY, VERMILION, journal_style, new_figure, save

WIDTH, ROW, HEAD = 174 / 25.4, 3.6 / 25.4, 20 / 25.4  # inches
LEVELS = {"68": (0.60, 0.76), "95": (0.90, 0.99)}
"""Between which shares of truths an interval is called right."""
BINS = 10


def rows_of(path):
    """The rows of the table."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def held(row, level):
    """The share of truths in the intervals of a level, "68" or "95", and its binomial spread."""
    count, share = int(row["spectra"]), int(row[f"within_{level}"]) / int(row["spectra"])
    right = int(level) / 100
    return share, (right * (1 - right) / count) ** 0.5


def draw(path, rows):
    """Ranks as shades, shares as points beside the bands that they should be in."""
    with journal_style():
        figure = new_figure(WIDTH, HEAD + ROW * len(rows), layout="constrained")
        ranks, *shares = figure.subplots(1, 3, sharey=True, width_ratios=(1.3, 1, 1))
        counts = np.array(
            [[float(row[f"bin_{k + 1}"]) * BINS / float(row["spectra"]) for k in range(BINS)] for row in rows]
        )
        image = ranks.imshow(counts, aspect="auto", cmap="RdBu_r", vmin=0, vmax=2, extent=(0, 1, len(rows) - 0.5, -0.5))
        figure.colorbar(image, ax=ranks, location="top", label="ranks of the truths over even ones", pad=0.01)
        for axes, (level, band) in zip(shares, LEVELS.items(), strict=True):
            axes.axvspan(*band, color=BLUE, alpha=0.12, lw=0)
            axes.axvline(int(level) / 100, color=GREY, lw=0.7)
            for place, row in enumerate(rows):
                share, spread = held(row, level)
                colour = BLUE if band[0] <= share <= band[1] else VERMILION
                axes.errorbar(share, place, xerr=spread, fmt="o", ms=2.5, lw=0.8, color=colour)
            axes.set_xlabel(f"truths in {level} % intervals")
        ranks.set_xlabel("rank")
        ranks.set_yticks(range(len(rows)), [row["unknown"].replace("_", " ") for row in rows], fontsize=6)
        _name_models(shares[-1], rows)
    save(figure, path)


def _name_models(axes, rows):
    """Each model beside its rows."""
    start = 0
    for (model, pattern, count), own in groupby(rows, lambda row: (row["model"], row["pattern"], row["spectra"])):
        size = len(list(own))
        words = f"{model} {pattern}".strip().replace("_", " ")
        axes.text(
            1.04,
            start + (size - 1) / 2,
            f"{words}\n{count} spectra",
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=6,
        )
        start += size
        axes.axhline(start - 0.5, color=GREY, lw=0.4)


if __name__ == "__main__":
    draw(Path(sys.argv[2]), rows_of(Path(sys.argv[1])))
