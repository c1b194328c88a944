"""How far an interpretation of many spectra is, and how long the rest will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from constriction.base.quantities import duration

FIT, POSTERIOR = 1.0, 3.0
"""What a model's best fit and its posterior take, in units of the former."""
EARLY = 3.0  # s, before which nothing is said of the time left


@dataclass(eq=False)
class Clock:
    """Tells what is done, which spectrum it is, and about how long the rest will take.

    Attributes:
        say: is told.
        spectra: how many there are.
    """

    say: Callable[[str], None]
    spectra: int
    _start: float = field(default_factory=time.monotonic)
    _total: float = 0.0
    _done: float = 0.0

    def expect(self, work: float) -> None:
        """Set how much there is to do, in units of `FIT`."""
        self._total = work

    def did(self, work: float) -> None:
        """Count what is done, in units of `FIT`."""
        self._done += work

    def sayer(self, number: int) -> Callable[[str], None]:
        """What tells of a spectrum, by its number from 1 on."""
        place = f"{number} of {self.spectra}, " if self.spectra > 1 else ""
        return lambda text: self.say(f"{place}{text}{self.left()}")

    def left(self) -> str:
        """About how long the rest will take; "" where nobody knows yet."""
        passed, rest = time.monotonic() - self._start, self._total - self._done
        if passed < EARLY or self._done <= 0 or rest <= 0:
            return ""
        return f"; about {duration(passed * rest / self._done)} left"
