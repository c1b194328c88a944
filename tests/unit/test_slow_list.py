"""What `make test` leaves to `make test-all`: every name is a test's, and of every test something stays."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SLOW = (TESTS / "slow.txt").read_text(encoding="utf-8").splitlines()
BY_FILE = defaultdict(set)
for line in SLOW:
    file, function = line.split("[")[0].split("::")
    BY_FILE[file].add(function)


def test_the_list_is_in_order():
    assert sorted(set(SLOW)) == SLOW


@pytest.mark.parametrize("file", BY_FILE)
def test_every_name_is_a_tests_and_something_stays(file):
    tree = ast.parse((TESTS.parent / file).read_text(encoding="utf-8"))
    tests = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    assert BY_FILE[file] <= tests
    as_a_whole = {line.split("::")[1] for line in SLOW if line.startswith(f"{file}::") and "[" not in line}
    assert as_a_whole < tests
