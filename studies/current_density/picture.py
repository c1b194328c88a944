"""The picture of the predictions: `python studies/current_density/picture.py` draws it from predicted.csv."""

import csv
from pathlib import Path

from constriction.view.writers.plots import BLUE, GREY, VERMILION, journal_style, new_figure, save

FOLDER = Path(__file__).parent
CHANGES = {  # of what is predicted: its title, and on which side of 0 the paper sees it
    "change of R_SE, 0.05 to 0.5 mAh/cm2": (r"$R_\mathrm{SE}$: rises", 1),
    "change of R_int, 0.05 to 0.15 mAh/cm2": (r"$R_\mathrm{int}$: falls at first", -1),
    "change of C_int, 0.05 to 0.5 mAh/cm2": (r"$C_\mathrm{int}$: falls", -1),
}
COLOURS = {"any": GREY, "settled": BLUE}
WIDTH, HEIGHT = 174 / 25.4, 92 / 25.4  # inches
LINEAR, FARTHEST = 0.01, 8.0  # changes in this are on a linear scale; beyond that none is shown
LEAST = 1e-4  # smallest probability that is shown


def rows_of(name):
    """The rows of a table beside this script."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def draw(path):
    """Sizes of three changes where the arc is seen, 90 and 50 % of the draws, and how probable all three signs are."""
    rows = rows_of("predicted.csv")
    models = list(dict.fromkeys(row["model"] for row in rows))
    with journal_style():
        figure = new_figure(WIDTH, HEIGHT, layout="constrained")
        axes = figure.subplots(1, 4, sharey=True, width_ratios=(1, 1, 1, 0.9))
        for panel, (what, (title, side)) in zip(axes, CHANGES.items(), strict=False):
            draw_change(panel, [row for row in rows if (row["what"], row["given"]) == (what, "arc seen")], models)
            panel.axvspan(*sorted((0, side * FARTHEST)), color=VERMILION, alpha=0.09, lw=0)
            panel.set_title(title)
        draw_probability(axes[3], rows, models)
        axes[0].set_yticks(range(len(models)), [model.replace(", ", ",\n") for model in models])
        axes[0].set_ylim(len(models) - 0.5, -0.5)
        axes[1].set_xlabel("relative change with charge of cells with an arc;\nshaded: the side that was measured")
        axes[3].set_xlabel("probability")
        names = axes[3].get_legend_handles_labels()
        figure.legend(*names, loc="outside lower right", ncols=4, fontsize=6.5, frameon=False)
    save(figure, path)


def draw_change(panel, rows, models):
    """Bars of one change, two a model."""
    for row in rows:
        low, quarter, middle, most, high = (float(row[key]) for key in ("q5", "q25", "q50", "q75", "q95"))
        place = models.index(row["model"]) + (-0.15 if row["contact"] == "any" else 0.15)
        colour = COLOURS[row["contact"]]
        panel.plot([low, high], [place, place], color=colour, lw=1.0)
        panel.plot([quarter, most], [place, place], color=colour, lw=3.2, solid_capstyle="butt")
        panel.plot(middle, place, "o", color="white", mec=colour, ms=3.4, mew=0.8, zorder=3)
    for number in set(range(len(models))) - {models.index(row["model"]) for row in rows}:
        panel.text(0, number, "no arc", ha="center", va="center", fontsize=6, color=GREY)
    panel.axvline(0, color="black", lw=0.6)
    panel.set_xscale("symlog", linthresh=LINEAR, linscale=0.5)
    panel.set_xlim(-1.2, FARTHEST)
    panel.set_xticks([-0.1, 0, 0.1, 1], ["−0.1", "0", "0.1", "1"])
    panel.minorticks_off()


def draw_probability(panel, rows, models):
    """How probable all three signs are, of all draws and of those with an arc; a triangle is a limit."""
    for row in rows:
        if row["what"] != "all three" or row["given"] not in ("prior", "arc seen"):
            continue
        value, error = float(row["value"]), float(row["error"])
        place = models.index(row["model"]) + (-0.15 if row["contact"] == "any" else 0.15)
        colour, of_all = COLOURS[row["contact"]], row["given"] == "prior"
        if value == 0:
            panel.plot(error, place, "<", color=colour, ms=3.5, mfc=colour if of_all else "white", mew=0.8)
            continue
        look = {"color": colour, "ms": 3.5, "mfc": colour if of_all else "white", "lw": 0.8}
        panel.errorbar(value, place, xerr=error, fmt="o", **look)
    for words, colour in COLOURS.items():
        panel.plot([], [], "o", color=colour, ms=3.5, label=f"{words} contact")
    panel.plot([], [], "o", color="black", mfc="white", ms=3.5, label="of cells with an arc")
    panel.plot([], [], "<", color="black", ms=3.5, label="less than, 95 %")
    panel.set_xscale("log")
    panel.set_xlim(LEAST, 1)
    panel.set_xticks([1e-4, 1e-3, 1e-2, 1e-1, 1], ["", "0.1 %", "1 %", "10 %", ""])
    panel.minorticks_off()
    panel.set_title("all three at once")


if __name__ == "__main__":
    draw(FOLDER / "predicted.png")
