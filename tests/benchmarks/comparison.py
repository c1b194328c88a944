"""What became slower or faster between two reports of `bench.py`: arithmetic on their numbers alone.

Seconds are processor seconds over those of a kernel that is timed before each item, so that a slower machine, or one
whose caches others use, counts for little. Between unlike machines more is left of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

type Report = dict[str, Any]
type Verdict = Literal["slower", "faster", "same", "new", "gone", "failed"]

# How many times as long counts as slower, and as short as faster. On one machine, idle or with both cores busy, the
# same item took up to 1.2 times as long by the kernel's measure.
NOISE, NOISE_OF_MACHINES = 1.3, 1.8
MACHINE = "cpu", "cores"  # what makes two machines one


@dataclass(frozen=True)
class Change:
    """One item in both reports: seconds in kernels before and after, None where there are none."""

    name: str
    verdict: Verdict
    before: float | None
    after: float | None

    @property
    def ratio(self) -> float | None:
        """After over before."""
        return None if self.before is None or self.after is None else self.after / self.before


def same_machine(before: Report, after: Report) -> bool:
    """Whether both were measured on machines of one kind."""
    return all(before["machine"].get(key) == after["machine"].get(key) for key in MACHINE)


def noise(before: Report, after: Report) -> float:
    """How many times as long is nothing yet."""
    return NOISE if same_machine(before, after) else NOISE_OF_MACHINES


def compare(before: Report, after: Report) -> list[Change]:
    """What became of every item that the later report did not leave out, its own first, in its order."""
    most = noise(before, after)
    seen = {*after["measured"], *after.get("left_out", ())}
    names = [*after["measured"], *(name for name in before["measured"] if name not in seen)]
    return [_change(name, _in_kernels(before, name), _in_kernels(after, name), after, most) for name in names]


def _in_kernels(report: Report, name: str) -> float | None:
    record = report["measured"].get(name, {})
    return record["processor_seconds"] / record["kernel_seconds"] if "processor_seconds" in record else None


def _change(name: str, before: float | None, after: float | None, report: Report, most: float) -> Change:
    if after is None:
        return Change(name, "failed" if name in report["measured"] else "gone", before, None)
    if before is None:
        return Change(name, "new", None, after)
    ratio = after / before
    return Change(name, "slower" if ratio > most else "faster" if ratio * most < 1 else "same", before, after)


def told(before: Report, after: Report) -> Iterator[str]:
    """The comparison in lines."""
    changes, commit = compare(before, after), before.get("commit") or "no commit"
    yield f"Beside {before['date']} ({commit}), processor seconds / kernel's; {noise(before, after):g} × is noise:"
    if not same_machine(before, after):
        yield "  MACHINES DIFFER: {} × {} then, {} × {} now".format(
            *(report["machine"].get(key) for report in (before, after) for key in reversed(MACHINE))
        )
    for verdict in ("slower", "faster", "failed", "new", "gone"):
        for change in (one for one in changes if one.verdict == verdict):
            times = "" if change.ratio is None else f", {change.ratio:.2f} × as long"
            yield f"  {verdict}: {change.name}{times}"
    yield f"  the same: {sum(change.verdict == 'same' for change in changes)} of {len(changes)}"


def exponent(points: list[tuple[float, float]]) -> float | None:
    """Slope of log(second) over log(first), least squares; None of fewer than two."""
    if len(points) < 2:
        return None
    x, y = ([math.log(value) for value in values] for values in zip(*points, strict=True))
    x_mean, y_mean = sum(x) / len(x), sum(y) / len(y)
    return sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True)) / sum((a - x_mean) ** 2 for a in x)
