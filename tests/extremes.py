"""Extreme geometries by the hundred: each is solved with a true error bar, or refused in one line, within a minute.

Run by hand: .venv/bin/python tests/extremes.py 100 --seed 7. Every case goes through `constriction run` in a process of
its own, with a limit of CPU seconds; what is neither a result (exit code 0, or 1 of a cross-check that says so) nor one
line of refusal (2) is printed in full. R_cstr of patterns with an exact answer is compared with it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import os
import random
import resource
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from constriction.base.quantities import parse_quantity

SECONDS = 60
INTERNALS = ("Traceback", "MeshSizes", "gmsh", "multigrid", "Error:", ".py", "RuntimeWarning", "PETSc")


def fraction(draw: random.Random) -> float:
    """Near zero, near one, or anywhere."""
    tiny = 10 ** draw.uniform(-9, -1)
    return draw.choice([tiny, 1 - tiny, draw.uniform(0.02, 0.98), 1e-9, 1 - 1e-9])


def lattice(draw: random.Random) -> dict[str, Any]:
    pattern = draw.choice(["single", "square", "hexagonal", "stripes"])
    keys: dict[str, Any] = {"pattern": pattern, "contact_fraction": fraction(draw), "inverted": draw.random() < 0.4}
    if pattern != "stripes":
        keys["shape"] = draw.choice(["disc", "square"])
    if pattern == "single":
        keys["cell_shape"] = draw.choice(["square", "circular"])
    if draw.random() < 0.25 and pattern != "stripes":  # spots that nearly touch
        keys["contact_fraction"] = abs(int(keys["inverted"]) - touching(keys) * (1 - 10 ** draw.uniform(-7, -2)))
    return {**keys, "pitch": f"{10 ** draw.uniform(-9, 0)!r} m" if draw.random() < 0.3 else "100 um"}


def touching(keys: dict[str, Any]) -> float:
    disc = keys["shape"] == "disc"
    if keys["pattern"] == "hexagonal":
        return math.pi / (2 * math.sqrt(3)) if disc else math.sqrt(3) / 2
    if keys.get("cell_shape") == "circular":
        return 1.0 if disc else 2 / math.pi
    return math.pi / 4 if disc else 1.0


def scattered(draw: random.Random) -> dict[str, Any]:
    spots = draw.choice([1, 2, 5])
    return {
        "pattern": "random",
        "shape": draw.choice(["disc", "square"]),
        "contact_fraction": draw.choice([1e-9, 1e-5, 0.2, 0.45, 0.7]),
        "spots": spots,
        "seed": draw.randrange(1000),
        "pitch": "100 um",
        "inverted": draw.random() < 0.3,
    }


def listed(draw: random.Random) -> dict[str, Any]:
    """Long cells, tiny discs, discs that nearly touch each other or the side."""
    aspect = 10 ** draw.uniform(0, 4)
    width, depth = 1e-3, 1e-3 / aspect
    near = 10 ** draw.uniform(-8, -2)
    kind = draw.choice(["middle", "side", "pair", "tiny"])
    r = 0.2 * depth
    discs = {
        "middle": [(width / 2, depth / 2, r)],
        "side": [(width / 2, r * (1 + near), r)],
        "pair": [(width / 3, depth / 2, r), (width / 3 + 2 * r * (1 + near), depth / 2, r)],
        "tiny": [(width / 2, depth / 2, depth * 10 ** draw.uniform(-5, -2)), (width / 4, depth / 2, r)],
    }[kind]
    return {
        "pattern": "list",
        "cell": [f"{width!r} m", f"{depth!r} m"],
        "discs": [[f"{v!r} m" for v in disc] for disc in discs],
        "inverted": draw.random() < 0.3,
    }


def case(draw: random.Random) -> dict[str, Any]:
    interface = draw.choices([lattice, scattered, listed], [6, 2, 3])[0](draw)
    deep, gap = draw.random() < 0.6, {"height": draw.choice(["100 nm", "none", "0.01 nm", "1 um"])}
    gap["model"] = "thin"
    if draw.random() < 0.3:
        gap = {"height": f"{1e-4 * 10 ** draw.uniform(-7, 3)!r} m", "model": draw.choice(["volume", "auto"])}
    accuracy = {"relative_error": draw.choice([0.02, 0.02, 0.05, 1e-3, 1e-6])}
    if gap["model"] == "thin" and draw.random() < 0.4:
        accuracy["method"] = "spectral"
    thickness = "1.5 mm" if deep else f"{10 ** draw.uniform(-9, 0)!r} m"
    return {"interface": interface, "gap": gap, "electrolyte": {"thickness": thickness}, "accuracy": accuracy}


def toml(data: dict[str, Any]) -> str:
    return "\n".join(
        f"[{name}]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in keys.items())
        for name, keys in data.items()
    )


def exact(data: dict[str, Any]) -> float | None:
    """R_cstr of NZSP in Ω·m², where it is known to 1e-3."""
    interface, rho = data["interface"], 1 / 1.5 + 1 / 0.75
    f, pitch = interface.get("contact_fraction"), parse_quantity(interface.get("pitch", "0 m"), "length")
    thickness = data["electrolyte"]["thickness"]
    depth = parse_quantity(thickness, "length")
    if f is None or depth < 2 * pitch or data["gap"]["model"] == "volume":
        return None
    if interface["pattern"] == "stripes":
        # ln sin(πf/2) = ½ ln(1 − sin²(π(1−f)/2))
        return (
            -pitch
            * rho
            / math.pi
            * (
                0.5 * math.log1p(-(math.sin(math.pi * (1 - f) / 2) ** 2))
                if f > 0.5
                else math.log(math.sin(math.pi * f / 2))
            )
        )
    if interface.get("shape") != "disc" or interface["pattern"] == "random":
        return None
    area = {"hexagonal": math.sqrt(3) / 2, "square": 1.0, "single": 1.0}[interface["pattern"]] * pitch**2
    if interface.get("cell_shape") == "circular":
        area = math.pi / 4 * pitch**2
    if not interface["inverted"] and f < 1e-7:
        return rho * area / (4 * math.sqrt(f * area / math.pi))
    if interface["inverted"] and 1 - f < 1e-4:
        q = 1 - f
        return rho * 4 * q * math.sqrt(q * area / math.pi) / (3 * math.pi)
    return None


def outcome(data: dict[str, Any], options: list[str], seconds: float) -> tuple[str, float, dict[str, Any] | None]:
    """What a run says, its CPU seconds and its result.json; in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "case.toml").write_text(toml(data), "utf-8")
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 2))
            os._exit(_run(place, options))
        _, status, usage = os.wait4(child, 0)
        spent = usage.ru_utime + usage.ru_stime
        said = (place / "said").read_text("utf-8") if (place / "said").exists() else ""
        code = os.waitstatus_to_exitcode(status)
        found = place / "out" / "result.json"
        return f"{code} {said}", spent, json.loads(found.read_text("utf-8")) if found.exists() else None


def _run(place: Path, options: list[str]) -> int:
    from constriction.cli import main

    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        try:
            code = main(["run", str(place / "case.toml"), "--out", str(place / "out"), "--json", *options])
        except BaseException as error:
            code, _ = 99, said.write(f"{type(error).__name__}: {error}")
    (place / "said").write_text(said.getvalue().replace(str(place), "…"), "utf-8")
    return code


def verdict(data: dict[str, Any], said: str, record: dict[str, Any] | None) -> str:
    """ "good" or what is wrong."""
    code, _, words = said.partition(" ")
    words = words.strip()
    if any(word in words for word in INTERNALS) or len(words.splitlines()) > 1:
        return "internals"
    if code == "2":
        return "good"
    if code != "0" or record is None:
        return "failed"
    known, bar = exact(data), record["R_cstr_error_ohm_cm2"]
    if known is not None and abs(record["R_cstr_ohm_cm2"] - known * 1e4) > bar + 1e-3 * known * 1e4:
        return f"wrong: {record['R_cstr_ohm_cm2']:.6g} ± {bar:.2g}, exact {known * 1e4:.6g}"
    if not record["accuracy_reached"]:
        return f"good (reached {record['relative_error_reached']})"
    return "good"


def cases(count: int, seed: int) -> Iterator[tuple[int, dict[str, Any], list[str]]]:
    for number in range(count):
        draw = random.Random(f"{seed}/{number}")
        yield number, case(draw), ["--cross-check"] if draw.random() < 0.15 else []


def main() -> int:
    """Run them; returns how many went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    how = parser.parse_args()
    import constriction.field.finite_elements
    import constriction.field.transforms.convergence
    import constriction.view.writers.plots  # noqa: F401 - imported once, not by each child

    wrong = 0
    for number, data, options in cases(how.count, how.seed):
        if how.only is not None and number != how.only:
            continue
        said, spent, record = outcome(data, options, how.seconds)
        word = verdict(data, said, record)
        wrong += not word.startswith("good")
        print(
            f"{number:4d} {spent:6.1f} s  {word}  {' '.join(options)} {json.dumps(data)}\n       {said.strip()[:400]}",
            flush=True,
        )
    print(f"{wrong} of {how.count} went wrong")
    return wrong


if __name__ == "__main__":
    sys.exit(min(main(), 1))
