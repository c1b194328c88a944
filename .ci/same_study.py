"""Whether a study that was killed and resumed is the one that ran through, and did nothing twice.

Usage: same_study.py FOLDER REFERENCE, both collected. Ends with 1 and a line for each difference.
"""

import json
import sys
from collections import Counter
from pathlib import Path

TABLES = ("cases.csv", "study.nc")


def events(folder: Path, kind: str) -> list[dict[str, object]]:
    """Lines of a study's log, of one kind: `start`, `done`, `failed`, `end`."""
    lines = (json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines())
    return [line for line in lines if line["event"] == kind]


def differences(folder: Path, reference: Path) -> list[str]:
    """What is not as it should be, a line each."""
    unlike = [f"{name} differs" for name in TABLES if (folder / name).read_bytes() != (reference / name).read_bytes()]
    times = Counter(str(line["key"]) for line in events(folder, "done"))
    expected = {str(line["key"]) for line in events(reference, "done")}
    unlike += [f"case {key} was computed {count} times" for key, count in times.items() if count > 1]
    unlike += [f"case {key} is in the log of one only" for key in sorted(times.keys() ^ expected)]
    return unlike + [f"{path.name} is left" for path in folder.glob("lock-*")]


def main(folder: str, reference: str) -> None:
    """Compare and tell."""
    unlike = differences(Path(folder), Path(reference))
    print("\n".join(unlike), end="\n" if unlike else "", file=sys.stderr)
    cases, runs = (len(events(Path(folder), kind)) for kind in ("done", "start"))
    print(f"{cases} cases in {runs} runs: each once, tables equal byte for byte" if not unlike else "not the same")
    sys.exit(bool(unlike))


if __name__ == "__main__":
    main(*sys.argv[1:])
