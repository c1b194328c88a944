"""By hand: which tests `make test` leaves to `make test-all`, written to `slow.txt`, from what all of them took.

`PROCESSOR_TIMES=times.jsonl make test-all && python tests/slow_tests.py times.jsonl`. A test is slow above the
`LIMITS` of its folder: of `verification` one variant solves much the same as another. Of the variants of one test the
quickest stays, also of a test that has one only, up to `MOST`; and of every file and all that is `KEPT` something
stays whatever it takes.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

LIMITS = {"verification": 0.7, "commands": 1.5, "unit": 1.0, "docs": 2.0}  # seconds of a core
MOST = 4.0
KEPT = (  # what nothing else checks
    "tests/unit/test_metrics.py::test_measures_hold",
    "tests/unit/test_architecture.py::test_package_follows[rooms_point_one_way]",
    "tests/unit/test_architecture.py::test_package_follows[nothing_grows_too_large]",
    "tests/unit/test_interpretation.py::test_a_visible_arc_is_found_within_its_intervals",
    "tests/verification/test_readme.py::test_printed_blocks_are_what_the_commands_print",
    "tests/commands/test_study_store.py::test_killed_at_random_moments_and_resumed_gives_the_same_bytes",
    "tests/commands/test_interpret.py::test_a_folder_is_written",
    "tests/commands/test_cli.py::test_only_rank_0_prints_and_writes",
)


def slow(times: dict[str, float]) -> list[str]:
    """The tests that are slow, by seconds of all of them."""
    found = {name for name, seconds in times.items() if seconds > LIMITS[name.split("/")[1]]}
    variants, files = defaultdict(list), defaultdict(list)
    for name in times:
        variants[name.split("[")[0]].append(name)
        files[name.split("::")[0]].append(name)
    for function, names in variants.items():
        quickest = min(names, key=times.__getitem__)
        if times[quickest] <= MOST or function in KEPT:
            found.discard(quickest)
    found.difference_update(KEPT)
    for names in files.values():
        if found.issuperset(names):
            found.discard(min(names, key=times.__getitem__))
    return sorted(found)


def main(path: str) -> None:
    """Write the list, and say what it saves."""
    times: dict[str, float] = defaultdict(float)
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        name, seconds = json.loads(line)
        times[name] = max(times[name], seconds)
    found = slow(times)
    Path(__file__).with_name("slow.txt").write_text("".join(f"{name}\n" for name in found), encoding="utf-8")
    saved, whole = sum(times[name] for name in found), sum(times.values())
    print(f"{len(found)} of {len(times)} tests are slow: {saved:.0f} of {whole:.0f} s of processor time")


if __name__ == "__main__":
    main(sys.argv[1])
