"""What the intervals of a long series hold, docs/how_to/interpret.md#series: `python tests/interpret_long_series.py`.

Made-up spectra of a deposition as in `interpret_series`, ten unless the argument says how many, are interpreted as a
series with all default priors: with three patterns tried, and with the right one. The table gives, for each unknown, in
how many of them the 95 % interval holds the truth, and how far the electrolyte's is outside.
"""

import sys
import time
from dataclasses import replace

from interpret_series import deposition
from support.made_up_cells import ATLAS

from constriction.interpret.model.models import models_of
from constriction.interpret.series.series import interpret_series
from constriction.interpret.setting import Aids
from constriction.interpret.summary import summary

NAMES = ("contact_fraction", "gap_height", "pitch", "bulk_conductivity", "grain_boundary_conductivity")


def outside(said, truth):
    """How far a value is outside the 95 % interval, relative to it; 0 inside."""
    return max(said.low95 / truth - 1, truth / said.high95 - 1, 0.0)


def tell(patterns, count):
    """How often the intervals of a series hold the truth."""
    members, truths = deposition(count)
    models = models_of(("lattice",), patterns)
    members = [replace(one, setting=replace(one.setting, models=models)) for one in members]
    start = time.process_time()
    found = interpret_series(members, ATLAS, Aids())
    print(f"{count} spectra, {', '.join(patterns)}: {time.process_time() - start:.0f} s")
    for name in NAMES:
        pairs = [(summary(one, name), truth[name]) for (one, _), truth in zip(found, truths, strict=True)]
        away = [outside(*pair) for pair in pairs]
        print(
            f"  {name}: held by {away.count(0.0)} of {count}; the others are up to {max(away):.2%} outside", flush=True
        )


def main(arguments):
    count = int(arguments[0]) if arguments else 10
    for patterns in (ATLAS.patterns, ("hexagonal",)):
        tell(patterns, count)


if __name__ == "__main__":
    main(sys.argv[1:])
