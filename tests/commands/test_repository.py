"""The files of the repository, as git lists them: where they lie, and what they must not name."""

import fnmatch
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

ALLOWED_AT_TOP = set(
    "pyproject.toml README.md Dockerfile constriction meshes studies tests LICENSE Makefile CHANGELOG.md "
    "CITATION.cff .ci .gitignore .dockerignore docs requirements.txt".split()
)


def ignored(path: Path) -> bool:
    """Without git: what the .gitignore of this repository names, which uses plain names and *.suffix only."""
    patterns = [line.strip("/ ") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines() if line]
    return any(fnmatch.fnmatch(part, pattern) for part in path.parts for pattern in [".git", *patterns])


def repository_files() -> list[Path]:
    """Files of the repository, tracked or about to be, relative to its root."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
        return [Path(name) for name in listing.split("\0") if name and (ROOT / name).is_file()]
    files = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [path for path in files if not ignored(path)]


def test_top_level_holds_only_what_belongs_there() -> None:
    found = {path.parts[0] for path in repository_files()}
    assert found, "the repository lists no file"
    assert found <= ALLOWED_AT_TOP, f"not allowed at the top level: {sorted(found - ALLOWED_AT_TOP)}"


def machine_paths(text: str) -> Iterator[tuple[int, str]]:
    """Line number and text of every absolute path into a folder that only one machine has."""
    needle = re.compile(r"(?<![\w.~$}-])/(?:" + "|".join(["work", "root"]) + ")/")
    for number, line in enumerate(text.splitlines(), 1):
        if needle.search(line):
            yield number, line.strip()


def test_no_file_names_a_folder_of_one_machine() -> None:
    faults = []
    for path in repository_files():
        text = (ROOT / path).read_bytes().decode("utf-8", "replace")
        faults += [f"{path}:{number}: {line[:80]}" for number, line in machine_paths(text)]
    assert not faults, "\n" + "\n".join(faults)


def test_machine_paths_are_seen() -> None:
    slash = "/"
    assert list(machine_paths(f"a\nopen('{slash}root{slash}x')")) == [(2, f"open('{slash}root{slash}x')")]
    assert not list(machine_paths("artwork/root/x ../work/y https://example.org/work/z"))
