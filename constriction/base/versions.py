"""Which code made a result."""

import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path


@cache
def package_version() -> str:
    """Version of the installed package, or what to say of a source tree that is not installed."""
    try:
        return metadata.version("constriction-fem")
    except metadata.PackageNotFoundError:
        return "not installed"


def library_versions(*names: str) -> dict[str, str]:
    """Versions of installed packages."""
    return {name: _version(name) for name in names}


@cache
def _version(name: str) -> str:
    return metadata.version(name)


@cache  # a study asks for every case
def git_commit() -> str | None:
    """Commit of the checkout that this package lies in, with `-dirty` if it was changed; None outside of one."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():  # another repository may hold the environment that holds this package
        return None
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
