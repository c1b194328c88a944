"""By hand: how far the mean R_cstr of small random cells is from that of large ones, with mirrors and without.

Prints, for rising numbers of discs and both sides, the mean of R_cstr / pitch (1 S/m) over seeds, its standard error,
the standard deviation, the mean error bar, and how far the mean is from that of the largest periodic cells.
`python tests/side_bias.py [CONTACT_FRACTION] [overlap]`; minutes.
"""

import math
import statistics
import sys

from cases import conductor

from constriction.simulation.simulate import simulate

SEEDS = {400: 12, 100: 40, 25: 80, 9: 120, 4: 160}  # by spots, the largest first
PITCH = 1e-4  # m


def solved(spots, seed, sides, keys):
    """R_cstr in pitches and its error bar; a slab of 6 mm, 60 pitches."""
    interface = {"pattern": "random", "pitch": f"{PITCH} m", "spots": spots, "seed": seed, "sides": sides, **keys}
    case = conductor(interface, relative_error=1e-2)
    accuracy = case.accuracy.model_copy(update={"method": "spectral"})
    result = simulate(case.model_copy(update={"accuracy": accuracy}))
    return result.R_cstr / PITCH, result.R_cstr_error / PITCH


def main(keys):
    limit = None
    print("spots sides     mean      ± of mean  spread   bar      off the limit, %")
    for spots, count in SEEDS.items():
        for sides in ("periodic", "mirror"):
            values, bars = zip(*(solved(spots, seed, sides, keys) for seed in range(1, count + 1)), strict=True)
            mean, spread = statistics.fmean(values), statistics.stdev(values)
            limit = limit or mean
            error, off = spread / math.sqrt(count), 100 * (mean / limit - 1)
            told = f"{off:+.2f} ± {100 * error / limit:.2f}"
            print(
                f"{spots:5} {sides:9} {mean:.6f}  {error:.6f}   {spread:.6f} {statistics.fmean(bars):.6f} {told}",
                flush=True,
            )


if __name__ == "__main__":
    given = {"contact_fraction": float(sys.argv[1]) if len(sys.argv) > 1 else 0.2}
    main(given | ({"overlap": sys.argv[2]} if len(sys.argv) > 2 else {}))
