"""`constriction sensitivity`: what a measurement of a case could tell of its interface, before it is made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from constriction.base.errors import InputError, naming
from constriction.base.ranks import agree
from constriction.commands.job.guard import guarded
from constriction.commands.job.options import Debug, positive_quantity
from constriction.view.terminal.streams import tell_record

if TYPE_CHECKING:
    from typing import Any

    from constriction.spectra.reading.apparent import Apparent

PER_DECADE = 10
WORDS = {"contact_fraction": "contact fraction", "pitch": "pitch", "gap_height": "gap height"}


@Parameter(name="*")
@dataclass(frozen=True)
class SensitivityOptions:
    """How a cell is measured."""

    noise: float = 2e-3
    """Standard deviation of one part of the impedance, relative to |Z|."""
    from_: Annotated[str, Parameter(name="--from")] = "7 MHz"
    """Highest frequency."""
    to: str = "100 Hz"
    """Lowest frequency; ten points a decade."""
    json: Annotated[bool, Parameter(negative="", show_default=False)] = False
    """Print the numbers as JSON to stdout and nothing else."""
    debug: Debug = False


def sensitivity(
    case: Path,
    /,
    *,
    options: SensitivityOptions = SensitivityOptions(),  # noqa: B008 - frozen, so no state is shared
) -> int:
    """Say how sharply a spectrum would see contact fraction, pitch and gap of a case, and what would sharpen it.

    Example: constriction sensitivity meshes/sodium_islands.toml --noise 0.002

    The slope of the spectrum over the logarithms of all unknowns, electrolyte included, is put together with what is
    known of them beforehand: nothing within 0.005 to 0.95, 1 um to 10 mm and 1 nm to 30 um of the interface, the
    material's values within the factors of `constriction interpret`. Exit codes: 0 done; 2 wrong input; 1 anything
    else.

    Parameters
    ----------
    case:
        The case file (TOML): ideal contacts of a pattern of the atlas beside an even gap.
    """
    return guarded(lambda comm: agree(comm, lambda: _show(case, options)), options.debug)


def _show(path: Path, options: SensitivityOptions) -> None:
    from constriction.view.terminal.words import print_table

    record = _record(path, options)
    if options.json:
        tell_record(json.dumps(record, indent=2, allow_nan=False, ensure_ascii=False) + "\n")
        return
    print_table(record["title"] or str(path), _rows(record))


def _record(path: Path, options: SensitivityOptions) -> dict[str, Any]:
    from constriction.case.schema import load
    from constriction.interpret.atlas import load_atlas
    from constriction.interpret.design import SHAPE, forward_of, measured, variations
    from constriction.interpret.responses import responses

    if not 0 < options.noise < 1:
        raise InputError(f"--noise {options.noise!r}: expected a part of |Z| between 0 and 1, such as 0.002")
    high, low = (
        positive_quantity("--from", options.from_, "frequency"),
        positive_quantity("--to", options.to, "frequency"),
    )
    if not low < high:
        raise InputError(f"--to {options.to!r}: expected below --from {options.from_!r}")
    case = load(path)
    with naming(path):
        forward, values = forward_of(case, load_atlas())
    asked = measured(forward, low, high, PER_DECADE)
    found = {name: one for name, one in variations(case, asked, values, options.noise)}
    first, read = next(iter(found.values())), responses(case, asked, values)
    return {
        "title": case.title,
        "noise_relative": options.noise,
        "from_hertz": high,
        "to_hertz": low,
        "deviations_of_logarithms": {
            name: dict(zip(SHAPE, one.deviations.tolist(), strict=True)) for name, one in found.items()
        },
        "directions": [
            {"exponents": dict(zip(SHAPE, row.tolist(), strict=True)), "deviation_of_logarithm": along}
            for row, along in zip(first.directions, first.along.tolist(), strict=True)
        ],
        "read_off": _read_off(read.apparent),
        "read_off_powers": {name: dict(powers) for name, powers in read.powers.items()},
        "spectrum_changes_relative": dict(read.changes),
        "read_off_remark": read.remark or None,
    }


def _read_off(apparent: Apparent) -> dict[str, float | None]:
    """R_SE, R_int and C_int of the case in the units of the result files."""
    scaled = {"R_SE_ohm_cm2": apparent.R_SE, "R_int_ohm_cm2": apparent.R_int}
    found = {name: None if value is None else value * 1e4 for name, value in scaled.items()}
    return found | {"C_int_farad_per_cm2": None if apparent.C_int is None else apparent.C_int * 1e-4}


def _rows(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines of the table."""
    for name, deviations in record["deviations_of_logarithms"].items():
        yield name, ", ".join(f"{WORDS[key]} {_within(value)}" for key, value in deviations.items())
    for direction, label in zip(record["directions"], ("told sharply", "told next", "hardly told"), strict=True):
        powers = " · ".join(f"({WORDS[key]})^{value:.2f}" for key, value in direction["exponents"].items())
        yield label, f"{powers}, {_within(direction['deviation_of_logarithm'])}"
    for read in ("R_SE", "R_int", "C_int"):
        powers_of = {name: record["read_off_powers"][name][read] for name in WORDS}
        if None in powers_of.values():
            yield f"{read} goes as", record["read_off_remark"] or "not read near this case"
        else:
            yield f"{read} goes as", " · ".join(f"({WORDS[name]})^{power:.2f}" for name, power in powers_of.items())


def _within(deviation: float) -> str:
    """Of a standard deviation of a logarithm: ± percent, or a factor."""
    from math import exp

    return f"± {100 * deviation:.2g} %" if deviation < 0.2 else f"within a factor of {exp(deviation):.2g}"
