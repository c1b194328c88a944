"""How far a study is: a bar with the remaining time on a terminal, a line per case otherwise."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from constriction.study.run.runner import Event
from constriction.view.terminal.numbers import farad
from constriction.view.terminal.result_rows import has_law
from constriction.view.terminal.streams import note
from constriction.view.terminal.words import resistance_text


@dataclass(frozen=True)
class Teller:
    """What to do with a finished case, and with a remark."""

    case: Callable[[Event], None]
    note: Callable[[str], None]


@contextlib.contextmanager
def study_progress(total: int, quiet: bool, rank: int) -> Iterator[Teller]:
    """Tell of a study's progress on stderr.

    Args:
        total: cases to be done.
        quiet: tell of remarks only.
        rank: on a terminal rank 0 draws one bar for all; elsewhere each rank tells of its cases.
    """
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)

    if quiet or total == 0 or (console.is_terminal and rank != 0):
        yield Teller(lambda _: None, note)
    elif not console.is_terminal:
        yield Teller(lambda event: note(line(event)), note)
    else:
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
        with Progress(TextColumn("{task.description}"), *columns, console=console) as bar:
            task = bar.add_task("cases", total=total)
            yield Teller(lambda event: bar.update(task, completed=event.finished), note)


def line(event: Event) -> str:
    """A finished case in one line: 12/40 interface.pitch = 1e-4: R_cstr 0.1470 ± 0.0002 Ω·cm²."""
    width = len(str(event.total))
    what = ", ".join(f"{key} = {value}" for key, value in event.entry.point.items())
    record = event.record
    outcome = f"FAILED: {record['error']}" if record["status"] == "failed" else _numbers(record["result"])
    return f"{event.finished:>{width}}/{event.total} {what}: {outcome}"


def _numbers(result: Mapping[str, Any]) -> str:
    name = "R_interface" if has_law(result) else "R_cstr"
    text = f"{name} {resistance_text(result, name)}"
    if (capacitance := result["C_cstr_farad_per_cm2"]) is not None:
        text += f", C_cstr {farad(capacitance)}"
    return text if result["accuracy_reached"] else f"{text}, accuracy not reached"
