"""The part of every report that tells how to get the same again."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constriction.view.pages.sections import Code, Heading, Links, Paragraph, Section, TableSection, Values

IMAGE = "CONSTRICTION_IMAGE"  # environment variable by which a container tells its own digest


@dataclass(frozen=True)
class Origin:
    """How a result came about: the command line in one string, and the container's digest if it ran in one."""

    command: str
    container: str | None = None


def origin(arguments: Sequence[str], ranks: int = 1) -> Origin:
    """The origin of what this process computes.

    Args:
        arguments: of the command line, behind `constriction`.
        ranks: processes that computed together.
    """
    launcher = ["mpiexec", "-n", str(ranks)] if ranks > 1 else []
    return Origin(shlex.join([*launcher, "constriction", *arguments]), os.environ.get(IMAGE) or None)


def repeat_sections(
    how: Origin, versions: Mapping[str, str | None], more: Sequence[tuple[str, str]] = ()
) -> tuple[Section, ...]:
    """How to repeat it: command, container, versions, state of the source.

    Args:
        how: from `origin`.
        versions: as in result.json and fit.json, with `git_commit`.
        more: further names and values, such as a checksum.
    """
    libraries = ", ".join(f"{name} {version}" for name, version in versions.items() if name != "git_commit")
    rows = (
        ("container", how.container or "none"),
        ("versions", libraries),
        ("source", _source(versions.get("git_commit"))),
        *more,
    )
    return (Heading("How to repeat it"), Paragraph("The command, as it was given:"), Code(how.command), Values(rows))


def links(known: Sequence[tuple[str, str]], files: Sequence[str]) -> Links:
    """Those files, with what they hold, that lie beside the report."""
    return Links(tuple((name, what) for name, what in known if name in files))


def timing_table(rows: Sequence[tuple[str, float]]) -> TableSection:
    """Times in seconds, by what took them."""
    return TableSection("Time", ("what", "seconds"), tuple((name, f"{seconds:.2f}") for name, seconds in rows))


def _source(commit: str | None) -> str:
    if commit is None:
        return "an installed package, no git checkout"
    state = "changed since (not committed)" if commit.endswith("-dirty") else "unchanged"
    return f"git commit {commit.removesuffix('-dirty')}, {state}"
