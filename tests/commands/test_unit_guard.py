"""What tests/unit/conftest.py promises: a unit test that starts a process fails, even if it hides what came of it."""

import shutil
import subprocess
import sys
from pathlib import Path

UNIT = Path(__file__).parents[1] / "unit"
TESTS = """
import os, subprocess, sys
import pytest

@pytest.fixture(scope="module")
def begun():
    return subprocess.run([sys.executable, "-c", ""], check=True)

def test_hidden():
    try:
        subprocess.run(["no such command"], check=True)
    except OSError:
        pass

def test_shell():
    assert os.system("true") == 0

def test_by_a_fixture(begun):
    pass

def test_none():
    pass
"""


def test_a_unit_test_that_starts_a_process_fails(tmp_path):
    shutil.copy(UNIT / "conftest.py", tmp_path)
    (tmp_path / "test_some.py").write_text(TESTS)
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(tmp_path)]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "1 passed" in done.stdout and "2 failed" in done.stdout and "1 error" in done.stdout, done.stdout
    assert done.stdout.count("a unit test started a process (") >= 3
