"""Hostile inputs: case files, study files and spectra with a few mistakes each, and what may become of them.

Whatever is in a file, reading and planning it ends in a result or in an InputError of one line, within seconds. By
hand, `python tests/mutations.py 10000 7` tries so many inputs of each kind with that seed, tells every other end and
keeps its input in the current folder; `tests/unit/test_fuzz.py` tries a few. `python tests/mutations.py 200 7 solve`
also solves cases, coarsely.
"""

import contextlib
import datetime
import importlib
import json
import random
import signal
import sys
import tempfile
import tomllib
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from constriction.base.errors import InputError

ROOT = Path(__file__).parents[1]
MEMORY = 4e9
PATIENCE = 10  # s; real ones take far less than one

NUMBERS = [
    0,
    1,
    -1,
    2,
    3,
    10**6,
    10**18,
    2**63,
    10**400,
    -(10**400),
    0.0,
    -0.0,
    0.5,
    1.0,
    5e-324,
    1e-300,
    1.7e308,
    1e-9,
]
NUMBERS += [float("nan"), float("inf"), float("-inf"), 0.9999999, 1.0000001]
UNITS = (
    "nm um mm m km Hz kHz MHz THz S/cm mS/cm cm2 eV degC K ohm kg furlong % dimensionless m**9**9 1/m2 radian/s".split()
)
TEXTS = [
    "",
    " ",
    "none",
    "default",
    "square",
    "random",
    "stripes",
    "list",
    "single",
    "a" * 5000,
    "9" * 3000,
    "²",
    "١٢ um",
]
TEXTS += [
    "1e300  \0um",
    "\x1b[31m1 um\x1b[2J\n",
    "1 um\r\n",
    "[red]1 um[/]",
    "[/]",
    "\u202e1 um",
    "\x9b31m",
    "1,5 um",
    "1_0 um",
]
TEXTS += [
    "/dev/zero",
    "/",
    "..",
    "no\nsuch.toml",
    "R_cstr_ohm_cm2",
    "gap.height",
    "５ um",
    "nan um",
    "inf Hz",
    "\x07",
    "\ufeff",
]
DATES = [datetime.date(1979, 5, 27), datetime.time(7, 32), datetime.datetime(1979, 5, 27, 7, 32, tzinfo=datetime.UTC)]


# --- values and texts ----------------------------------------------------------------------------------------------


def some_text(luck: random.Random) -> str:
    """A text as a value might be, wrong in some way."""
    if luck.random() < 0.4:
        return luck.choice(TEXTS)
    number = (
        repr(luck.choice(NUMBERS[:8] + NUMBERS[10:])) if luck.random() < 0.5 else f"{10 ** luck.uniform(-12, 12):.3g}"
    )
    return number + luck.choice(["", " ", "  "]) + luck.choice(UNITS)


def some_value(luck: random.Random, depth: int = 0) -> object:
    """A value of any type that TOML has."""
    makers: list[Callable[[], object]] = [
        lambda: some_text(luck),
        lambda: some_text(luck),
        lambda: luck.choice(NUMBERS),
        lambda: 10 ** luck.uniform(-12, 12),
        luck.random,
        lambda: luck.randint(0, 9),
        lambda: luck.choice([True, False]),
        lambda: luck.choice(DATES),
    ]
    if depth < 3:
        makers += [
            lambda: [some_value(luck, depth + 1) for _ in range(luck.randint(0, 4))],
            lambda: {some_text(luck): some_value(luck, depth + 1) for _ in range(luck.randint(0, 3))},
        ]
    return luck.choice(makers)()


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all values in a nest of tables and lists, its own first."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*path, number))


def mutated(data: dict, luck: random.Random, others: list[dict]) -> dict:
    """A document with one to four mistakes: values exchanged, keys renamed, doubled, left out, taken from others."""
    data = json_like(data)
    for _ in range(luck.randint(1, 4)):
        if not data:
            break
        *above, last = luck.choice([place for place in places(data) if place])
        holder = data
        for step in above:
            holder = holder[step]
        match luck.randint(0, 6):
            case 0 | 1 | 2:
                holder[last] = some_value(luck)
            case 3:
                del holder[last]
            case 4 if isinstance(holder, dict):
                holder[luck.choice([some_text(luck), str(last) + "x", str(last)[1:]])] = holder.pop(last)
            case 5 if isinstance(holder[last], list):
                holder[last] = holder[last] * luck.choice([0, 2, 30])
            case _:
                other = luck.choice(others)
                key = luck.choice(list(other))
                data[key] = json_like(other[key])
    return data


def json_like(value: object) -> object:
    """A deep copy of tables and lists."""
    if isinstance(value, dict):
        return {key: json_like(inner) for key, inner in value.items()}
    return [json_like(inner) for inner in value] if isinstance(value, list) else value


def toml(value: object) -> str:
    """A value as TOML, tables in braces."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text_of(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return hex(value) if isinstance(value, int) and value > 10**300 else repr(value)


def text_of(text: str) -> str:
    """A text in quotes."""
    return json.dumps(text).replace("\x7f", r"\u007f")


def document(data: dict) -> bytes:
    """A whole file."""
    return "".join(f"{text_of(key)} = {toml(value)}\n" for key, value in data.items()).encode()


def damaged(data: bytes, luck: random.Random) -> bytes:
    """Bytes with one to four mistakes: exchanged, left out, doubled, foreign, lines shuffled, cells exchanged."""
    for _ in range(luck.randint(1, 4)):
        place, size = luck.randrange(len(data) + 1), luck.choice([1, 1, 2, 5, 40])
        match luck.randint(0, 6):
            case 0:
                data = data[:place] + luck.randbytes(size) + data[place + size :]
            case 1:
                data = data[:place] + data[place + size :]
            case 2:
                data = data[: place + size] + data[place:]
            case 3:
                words = [*TEXTS, *map(repr, NUMBERS[:8] + NUMBERS[10:]), "\t", ";", ",", "\n", "nan"]
                data = data[:place] + luck.choice(words).encode("utf-8") + data[place:]
            case 4:
                lines = data.splitlines(keepends=True)
                luck.shuffle(lines)
                data = b"".join(lines)
            case 5:
                old, new = luck.choice(
                    [(b",", b";"), (b".", b","), (b"\t", b" "), (b"\n", b"\r\n"), (b"e", b"E"), (b"0", b"9")]
                )
                data = data.replace(old, new, luck.choice([1, -1]))
            case _:
                data = data[: luck.randrange(len(data) + 1)]
    return data


# --- what is tried -------------------------------------------------------------------------------------------------


def try_case(path: Path) -> None:
    """Read a case, and do what is done before it is solved."""
    from constriction.case.schema import load, parse_case, resolved_toml
    from constriction.geometry.cell import lay_out
    from constriction.simulation.result import sweep_frequencies
    from constriction.simulation.simulate import check_size
    from constriction.simulation.weights import Laws, gap_model, theta_of

    case = load(path)
    assert parse_case(tomllib.loads(resolved_toml(case))) == case
    try:
        check_size(case, MEMORY)
        plan = lay_out(case.interface)
        gap_model(case, plan)
        theta_of(case, plan, Laws(case.contact.law_of(), case.gap.law_of()), sweep_frequencies(case))
    except InputError as error:  # from the geometry, which does not know the file
        raise InputError(f"{path}: {error}") from None


def try_solve(path: Path) -> None:
    """Solve a case as coarsely as possible; by hand only, for a case may take seconds."""
    from mpi4py import MPI

    from constriction.case.schema import load
    from constriction.simulation.record import record_text, result_record
    from constriction.simulation.simulate import Options, simulate

    case = load(path)
    coarse = case.accuracy.model_copy(update={"relative_error": 0.5, "bounds": False})
    try:
        result = simulate(case.model_copy(update={"accuracy": coarse}), Options(comm=MPI.COMM_SELF, memory=1e9))
    except InputError as error:  # from the geometry, which does not know the file
        raise InputError(f"{path}: {error}") from None
    record_text(result_record(result))


def try_study(path: Path) -> None:
    """Read a study, plan it, and write and read what its folder says of it."""
    from constriction.commands.study import plan_rows
    from constriction.study.file.file import load_study, study_of
    from constriction.study.run.plan import check_number, plan_of
    from constriction.study.run.store import Store

    read = load_study(path)
    check_number(read)
    if sum(len(axis.rows) for axis in read.axes) > 1000:
        return
    assert study_of(json.loads(json.dumps(read.data)), "again").keys == read.keys
    planned = plan_of(read, MEMORY)
    for name, value in plan_rows(planned, Store(path.with_suffix(".none"), "1"), 1):
        assert isinstance(name, str) and isinstance(value, str)


def try_spectrum(path: Path) -> None:
    """Read a file both ways."""
    from constriction.spectra.files.readers import read, read_series

    with contextlib.suppress(InputError):
        read_series(path)
    assert read(path)


def spectra() -> list[bytes]:
    """Good files of several kinds."""
    points = [(10 ** (6 - n / 3), 20 + 40 / (n + 1), -10 / (n + 1)) for n in range(18)]
    forms = [
        ("freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\n", "\t", (1, 1, -1)),
        ("frequency_hertz,real_impedance_ohm_cm2,imaginary_impedance_ohm_cm2\n", ",", (1, 1, 1)),
        ("", " ", (1, 1, 1)),
        ("Freq [kHz];|Z| [kOhm];Phase [deg]\n", ";", (1e-3, 1e-3, 1)),
        ("time/s\tEwe/V\tI/mA\n", "\t", (1, 1, 1)),
        ("EC-Lab ASCII FILE\nNb header lines : 3\nfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\tcycle number\n", "\t", (1, 1, -1, 0)),
    ]
    rows = [[separator.join(f"{a * f:.7g}" for a, f in zip((*row, 1), scale, strict=False)) for row in points]
            for _, separator, scale in forms]  # fmt: skip
    return [(head + "\n".join(lines) + "\n").encode() for (head, _, _), lines in zip(forms, rows, strict=True)]


@contextlib.contextmanager
def patience() -> Iterator[None]:
    """A TimeoutError instead of a hang."""

    def ring(*_: object) -> None:
        raise TimeoutError(f"more than {PATIENCE} s")

    # The clock of this process: other work on the machine does not count.
    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def outcome(work: Callable[[Path], None], path: Path) -> str:
    """How it ended: "done", "refused", or the fault."""
    try:
        with patience(), warnings.catch_warnings():
            warnings.simplefilter("error")
            work(path)
    except InputError as error:
        return "refused" if str(error).startswith(str(path)) else f"a refusal that does not name the file: {error}"
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        frame = traceback.extract_tb(error.__traceback__)[-1]
        ours = [f for f in traceback.extract_tb(error.__traceback__) if "/constriction/" in f.filename]
        place = ours[-1] if ours else frame
        return f"{type(error).__name__} in {Path(place.filename).name} {place.name}: {str(error)[:80]}"
    return "done"


def inputs(kind: str, luck: random.Random) -> bytes:
    """A hostile file of a kind: case, study or spectrum."""
    if kind == "spectrum":
        return damaged(luck.choice(spectra()), luck)
    cases = [tomllib.loads(path.read_text("utf-8")) for path in sorted((ROOT / "meshes").glob("*.toml"))]
    studies = [tomllib.loads(path.read_text("utf-8")) for path in sorted((ROOT / "studies").glob("*/*.toml"))]
    chosen = studies if kind == "study" else cases
    found = document(mutated(luck.choice(chosen), luck, chosen))
    return damaged(found, luck) if luck.random() < 0.1 else found


TRIED = {"case": try_case, "study": try_study, "spectrum": try_spectrum}
BY_HAND = {"solve": try_solve}


def faults(kind: str, count: int, seed: int, folder: Path) -> tuple[Counter[str], dict[str, bytes]]:
    """Try many inputs; how often each end came, and the first input of each that is a fault."""
    luck, ends, first = random.Random(f"{kind} {seed}"), Counter[str](), dict[str, bytes]()
    importlib.import_module("constriction.commands.study")
    importlib.import_module("constriction.study.run.runner")  # what takes seconds to load is not counted as a hang
    path = folder / f"fuzz.{'csv' if kind == 'spectrum' else 'toml'}"
    for _ in range(count):
        data = inputs(kind, luck)
        path.write_bytes(data)
        end = outcome((TRIED | BY_HAND)[kind], path)
        ends[end] += 1
        if end not in ("done", "refused"):
            first.setdefault(end, data)
    return ends, first


def main(count: str = "1000", seed: str = "1", *kinds: str) -> None:
    """Try `count` inputs of each kind; keep the first of each fault."""
    bad = 0
    for kind in kinds or TRIED:
        with tempfile.TemporaryDirectory() as folder:
            ends, first = faults(kind, int(count), int(seed), Path(folder))
        print(f"{kind}: {ends['done']} done, {ends['refused']} refused, {sum(ends.values())} in all")
        for number, (end, data) in enumerate(first.items(), start=1):
            name = f"{kind}_{seed}_{number}"
            Path(name).write_bytes(data)
            print(f"  {ends[end]} x {end}; {name}")
        bad += len(first)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
