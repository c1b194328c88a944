"""Whether two result folders hold the same numbers, times aside; says how far they are apart.

Usage: same_result.py FOLDER OTHER TOLERANCE [CURRENTS]. With 0, all but the times must be the same, versions too. The
current's spread over the contacts may differ by CURRENTS: what a solve leaves of the energy leaves its root of the
current's density, so that two ways to solve differ by far more in it.
"""

import csv
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path


def leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every number, text and null with its place: `peaks.0.frequency_hertz`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, f"{name}.{place}")
    else:
        yield name, value


def numbers(folder: Path) -> dict[str, object]:
    """What `result.json` and `spectrum.csv` say, without times."""
    result = dict(leaves(json.loads((folder / "result.json").read_text("utf-8"))))
    kept = {name: value for name, value in result.items() if not name.startswith("seconds_")}
    with (folder / "spectrum.csv").open(encoding="utf-8", newline="") as file:
        for row, (frequency, *impedance) in enumerate(list(csv.reader(file))[1:]):
            z = complex(*map(float, impedance))
            kept |= {f"spectrum.{row}.frequency": float(frequency), f"spectrum.{row}.impedance": z}
    return kept


def apart(one: object, other: object, scale: float = 0.0) -> float:
    """Difference relative to the larger, or to `scale` if that is larger; infinite if what is no number differs."""
    if one == other:
        return 0.0
    if isinstance(one, int | float | complex) and isinstance(other, int | float | complex):
        return abs(one - other) / max(abs(one), abs(other), scale)
    return math.inf


def scale_of(name: str, values: dict[str, object]) -> float:
    """What an error bar is the error of: the rounding of two large numbers is all of a small one's difference."""
    if name.startswith("relative_error"):
        return 1.0
    if "_error" not in name:
        return 0.0
    of = [name.replace("_error", "", 1)]  # its own value, or what all resistances are made of
    of += ["R_cstr_ohm_cm2", "R_electrolyte_ohm_cm2"] if name.endswith("_error_ohm_cm2") else []
    found = (values.get(key) for key in of)
    return next((abs(float(value)) for value in found if isinstance(value, int | float)), 0.0)


def main(folder: str, other: str, tolerance: str, currents: str = "") -> None:
    """Compare, print the largest difference, and end with 1 if it is too large."""
    allowed = {True: float(currents or tolerance), False: float(tolerance)}  # by whether it is of the current's spread
    first, second = numbers(Path(folder)), numbers(Path(other))
    names = sorted(first.keys() | second.keys())
    if float(tolerance):  # another machine may have another compiler, and a checkout a commit
        names = [name for name in names if not name.startswith("versions.")]
    differences = {name: apart(first.get(name), second.get(name), scale_of(name, first)) for name in names}
    for of_currents, most in allowed.items():
        mine = {name: value for name, value in differences.items() if name.startswith("contact_") is of_currents}
        worst = max(mine, key=mine.__getitem__, default="")
        print(f"{len(mine)} values, largest relative difference {mine.get(worst, 0):.1e} ({worst}), allowed {most:g}")
    wrong = [name for name, value in differences.items() if value > allowed[name.startswith("contact_")]]
    for name in wrong[:10]:
        print(f"  {name}: {first.get(name)} and {second.get(name)}", file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(*sys.argv[1:])
