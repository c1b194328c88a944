"""The numbers that README.md and docs/ print, computed anew: they stand there as printed today, or this fails.

Usage: python tests/readme_blocks.py [--write]

Without --write it tells which lines are stale and ends with 1; with --write it puts today's lines in their place. What
no page prints is told, and has to be put somewhere by hand. Times are neither compared nor replaced, for they are those
of another machine. The measured spectra of the examples are made here.
"""

import contextlib
import io
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
# Each block and row stands on one of them at least, and is today's wherever it stands.
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
TIME = re.compile(r"(?<![\w.])\d+(?:\.\d+)? s\b")
NUMBER = re.compile(r"(?<![\w.])[−-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
# How gmsh cuts a geometry into elements is its own business; what is printed of the field is not.
OF_THE_MESH = ("finest mesh", "solves")
ROUNDING = 1.01  # units of the last printed digit that two printed numbers may differ by
# gmsh makes another mesh on another processor: so much of a number is chance, and so many error bars of two methods.
CHANCE, OF_ERROR_BARS, CHANCE_IN_BARS = 1.5e-4, "of both error bars", 0.1


class Fault(NamedTuple):
    """A printed line that is not what is computed; `found` is empty where a line is missing."""

    printed: str
    found: str


# --- what is compared ------------------------------------------------------------------------------------------------


def faults(printed: list[str], found: list[str]) -> Iterator[Fault]:
    """Lines that differ, in words or in a number by more than its last digit; times do not count."""
    printed, found = (
        [line for line in lines if not line.strip().startswith(OF_THE_MESH)] for lines in (printed, found)
    )
    for n in range(max(len(printed), len(found))):
        here, there = (lines[n] if n < len(lines) else "" for lines in (printed, found))
        if not same_line(here, there):
            yield Fault(here, there)


def same_line(one: str, other: str) -> bool:
    """Whether two lines say the same, but for times and the last digit of each number."""
    one, other = (TIME.sub("TIME", text) for text in (one, other))
    if NUMBER.sub("NUMBER", one).split() != NUMBER.sub("NUMBER", other).split():
        return False
    least = CHANCE_IN_BARS if OF_ERROR_BARS in one else 0.0
    return all(_same_number(*pair, least) for pair in zip(NUMBER.findall(one), NUMBER.findall(other), strict=True))


def _same_number(one: str, other: str, least: float) -> bool:
    last = max(_last_digit(one), _last_digit(other))
    size = 1.0 if "e-" in one else abs(_value(one))  # 2.1e-4 is an error, relative itself
    chance = CHANCE * size if last else 0.0
    return abs(_value(one) - _value(other)) <= max(ROUNDING * last, chance, least)


def _value(text: str) -> float:
    return float(text.replace("−", "-"))


def _last_digit(text: str) -> float:
    """What one unit of the last digit is worth: 0.01 of 3.14; nothing of a whole number, which counts something."""
    mantissa, _, exponent = text.partition("e")
    places = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - places) if places else 0.0


def with_old_times(new: str, old: str) -> str:
    """A line with the times of the line that it replaces, if both have equally many."""
    times = TIME.findall(old)
    if len(times) != len(TIME.findall(new)):
        return new
    return TIME.sub(lambda _: times.pop(0), new)


# --- what is computed ------------------------------------------------------------------------------------------------


def printed_by(*arguments: str) -> list[str]:
    """The lines that a command prints."""
    from constriction.cli import main

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        status = main(list(arguments))
    if status != 0:
        raise RuntimeError(f"constriction {' '.join(arguments)}: exit code {status}, expected 0")
    return out.getvalue().splitlines()


def write_pellet(path: Path) -> None:
    """A made-up pellet with blocking electrodes: two arcs, 0.1 % noise."""
    from constriction.laws.circuit import impedance, parse_circuit
    from constriction.spectra.spectrum import Spectrum, write_csv

    frequency = np.geomspace(1e6, 1.0, 50)
    values = {"R1": 44.8e3, "Q1": 2.1e-10, "a1": 0.97, "R2": 46.6e3, "Q2": 6.6e-9, "a2": 0.9, "Q3": 1.4e-6, "a3": 0.86}
    clean = impedance(parse_circuit("RQ-RQ-Q"), values, frequency)
    write_csv(Spectrum(frequency, clean + noise(clean, 1e-3, seed=3), "ohm"), path)


def write_demo_as_measured(path: Path) -> None:
    """The demo's spectrum with 0.2 % noise, in Ω of a cell of 1.13 cm²."""
    from support.spectrum_csv import read_csv

    from constriction.spectra.spectrum import Spectrum, write_csv

    demo = read_csv(Path("results/sodium_islands/spectrum.csv"))
    noisy = demo.impedance + noise(demo.impedance, 2e-3, seed=1)
    write_csv(Spectrum(demo.frequency, noisy / 1.13e-4, "ohm"), path)


def noise(clean: np.ndarray, size: float, seed: int) -> np.ndarray:
    """Complex noise (N,), `size` of |Z| on each part."""
    parts = np.random.default_rng(seed).normal(size=(2, clean.size))
    return size * np.abs(clean) * (parts[0] + 1j * parts[1])


def before(lines: list[str], start: str) -> list[str]:
    """The lines before the first one that begins so."""
    return lines[: next((n for n, line in enumerate(lines) if line.startswith(start)), len(lines))]


def blocks() -> dict[str, list[str]]:
    """The printed blocks by their first lines; in a folder of their own, with the commands of the pages."""
    demo = printed_by("run", "meshes/sodium_islands.toml", "--cross-check")
    run = before(demo, "Cross-check")
    check = before(demo[len(run) :], "Written")
    write_pellet(Path("pellet.txt"))
    pellet = printed_by("analyze", "pellet.txt", "--circuit", "RQ-RQ-Q", "--out", "results/pellet")
    write_demo_as_measured(Path("measured.mpt"))
    case = "meshes/sodium_islands.toml"
    compared = printed_by("compare", case, "measured.mpt", "--area", "1.13 cm2", "--out", "results/compared")
    every = ([*run, demo[-1]], check, before(pellet, "Written"), before(compared, "Not simulated"))
    return {lines[0]: lines for lines in every}


def reference_rows() -> list[str]:
    """The table of R_cstr against exact values; unknowns and seconds stay as they are printed."""
    from alternatives import TUBE, tube_constriction
    from cases import STRIPES, conductor, tube
    from support import closed_forms as analytic

    from constriction.simulation.simulate import simulate

    rows = []
    for ratio in (r for r in TUBE if r in (0.1, 0.3, 0.5, 0.8)):
        scale = 4 * ratio * 1e-3 / (np.pi * 1e-6)  # 4aσ/(πb²) of a tube of b = 1 mm at 1 S/m
        name = f"disc in tube, a/b = {ratio:g}" if not rows else f"a/b = {ratio:g}"
        rows.append(_reference_row(name, simulate(conductor(tube(ratio**2))), scale, tube_constriction(ratio)))
    for number, fraction in enumerate((0.1, 0.3, 0.5, 0.8)):
        name = f"f = {fraction:g}" if number else f"stripes, f = {fraction:g}"
        exact = analytic.strip_constriction(fraction, 1.0, 1.0)
        rows.append(_reference_row(name, simulate(conductor({**STRIPES, "contact_fraction": fraction})), 1e3, exact))
    return rows


def _reference_row(name: str, result, scale: float, exact: float) -> str:
    value, bar = scale * result.R_cstr, result.R_cstr_error / result.R_cstr
    wrong = abs(value / exact - 1)
    return f"| {name} | {exact:.6f} | {value:.6f} | {1e4 * wrong:.1f}e-4 | {1e4 * bar:.1f}e-4 |"


def case_row(result, name: str) -> str:
    """The beginning of a row of the table of shipped cases."""
    from constriction.view.terminal.numbers import with_error

    value = "none" if result.R_cstr is None else with_error(result.R_cstr * 1e4, result.R_cstr_error * 1e4, "")
    return f"| `meshes/{name}.toml` | {value.strip()} |"


def case_rows() -> list[str]:
    """Those rows of all shipped cases."""
    from constriction import load
    from constriction.simulation.simulate import simulate

    return [case_row(simulate(load(path)), path.stem) for path in sorted((ROOT / "meshes").glob("*.toml"))]


# --- the pages -------------------------------------------------------------------------------------------------------


def block_in(text: str, first: str) -> list[str]:
    """The lines of the fenced block of a page that begins with a line."""
    found = re.search(rf"^```text\n({re.escape(first)}\n.*?)^```$", text, re.DOTALL | re.MULTILINE)
    if found is None:
        raise ValueError(f"no block of the page begins with {first!r}")
    return found[1].splitlines()


def row_in(text: str, row: str) -> str:
    """The line of a page whose first cell is that of a row, as far as the row goes."""
    first = row.split(" | ", maxsplit=1)[0] + " |"
    line = next((line for line in text.splitlines() if line.startswith(first)), None)
    if line is None:
        raise ValueError(f"no row of the page begins with {first!r}")
    return "|".join(line.split("|")[: row.count("|")]) + "|"


def renewed(text: str, computed: dict[str, list[str]], rows: list[str]) -> str:
    """The text of a page with what is computed in place of what is stale."""
    for first, lines in computed.items():
        old = block_in(text, first)
        if list(faults(old, lines)):
            new = [with_old_times(line, old[n] if n < len(old) else "") for n, line in enumerate(lines)]
            text = text.replace("\n".join(old), "\n".join(new))
    for row in rows:
        old_row = row_in(text, row)
        if not same_line(old_row, row):
            text = text.replace(old_row, row)
    return text


def stale(text: str, computed: dict[str, list[str]], rows: list[str]) -> list[Fault]:
    """What a page prints that is not so."""
    found = [fault for first, lines in computed.items() for fault in faults(block_in(text, first), lines)]
    return found + [Fault(row_in(text, row), row) for row in rows if not same_line(row_in(text, row), row)]


def printed_in(text: str, computed: dict[str, list[str]], rows: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """The blocks and rows among these that a page prints."""
    lines = text.splitlines()
    here = {first: block for first, block in computed.items() if f"```text\n{first}\n" in text}
    return here, [row for row in rows if any(line.startswith(row.split(" | ")[0] + " |") for line in lines)]


def nowhere(texts: list[str], computed: dict[str, list[str]], rows: list[str]) -> list[str]:
    """The first lines of blocks, and the rows, that no page prints."""
    printed = [printed_in(text, computed, rows) for text in texts]
    blocks_there = {first for block, _ in printed for first in block}
    rows_there = {row for _, found in printed for row in found}
    return [first for first in computed if first not in blocks_there] + [row for row in rows if row not in rows_there]


@contextlib.contextmanager
def beside_the_cases() -> Iterator[None]:
    """A fresh folder with meshes/ in it as the working directory: the commands of the pages run there as printed."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "meshes").symlink_to(ROOT / "meshes")
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(here)


def computed_blocks(make: Callable[[], dict[str, list[str]]] = blocks) -> dict[str, list[str]]:
    """`blocks`, in such a folder."""
    with beside_the_cases():
        return make()


def main(write: bool) -> int:
    """Compare, or write."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    computed, rows = computed_blocks(), [*reference_rows(), *case_rows()]
    found = []
    missing = nowhere([page.read_text("utf-8") for page in PAGES], computed, rows)
    for first in missing:
        print(f"No page prints\n+ {first}")
    for page in PAGES:
        text = page.read_text("utf-8")
        held = printed_in(text, computed, rows)
        wrong = stale(text, *held)
        for fault in wrong:
            print(f"{page.name}\n- {fault.printed}\n+ {fault.found}")
        if write and wrong:
            page.write_text(renewed(text, *held), "utf-8")
            print(f"{page.name} is renewed")
        found += wrong
    return 1 if missing or (found and not write) else 0


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
