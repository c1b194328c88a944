"""`constriction explore`: a page in which anyone moves an interface and sees its spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from constriction.base.errors import InputError, naming
from constriction.base.files import check_file, whole_file
from constriction.base.ranks import agree
from constriction.commands.job.guard import guarded
from constriction.commands.job.options import SEVERAL, Debug, geometry
from constriction.view.terminal.streams import tell

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.spectra.columns.conversions import SampleGeometry


@Parameter(name="*")
@dataclass(frozen=True)
class ExploreOptions:
    """What the page starts with."""

    measured: Annotated[tuple[Path, ...], SEVERAL] = ()
    """Measured file, of any kind that `constriction convert` reads, to lie below the curves; may be repeated."""
    area: str | None = None
    """Area of the electrode of measured files, such as "1.13 cm2". [default: what each file says]"""
    thickness: str | None = None
    """Of the electrolyte of measured files, such as "1.5 mm". [default: what each file says]"""
    case: Path | None = None
    """Case file, or the folder of an earlier run, that the page opens with. [default: meshes/sodium_islands.toml]"""
    debug: Debug = False


def explore(
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    options: ExploreOptions = ExploreOptions(),  # noqa: B008 - frozen, so no state is shared
) -> int:
    """Write a page in which anyone moves an interface, sees its spectrum at once, and fits a measured one.

    Example: constriction explore -o explorer.html

    Example: constriction explore -o cell.html --measured cell.mpt --area "1.13 cm2" --thickness "1.5 mm"

    One file that needs no network, server or installation: it opens from disk in a browser, and can be sent by mail.
    Spectra come from the atlas of solved interfaces. Measured files are put into the page, which sends nothing away.
    Exit codes: 0 done; 2 wrong input, or a case that the atlas does not cover; 1 anything else.

    Parameters
    ----------
    output:
        The page, .html; replaced if it exists.
    """
    return guarded(partial(_explore, output, options), options.debug)


def _explore(output: Path, options: ExploreOptions, comm: MPI.Comm) -> None:
    """On rank 0 alone."""
    told = agree(comm, lambda: _write(output, options))
    if comm.rank == 0:
        tell(*told)


def _write(output: Path, options: ExploreOptions) -> list[str]:
    """Write the page; returns what is told of it."""
    if output.suffix.lower() != ".html":
        raise InputError(f"{output}: suffix {output.suffix!r}; expected .html")
    check_file(output)
    data = page_data(options)
    from constriction.view.explorer.page import explorer_html

    text = explorer_html(data).encode()
    with whole_file(output) as hidden:
        hidden.write_bytes(text)
    held = "".join(f", {one['name']}" for one in data["measured"])
    return [f"Written: {output} ({len(text) / 1e6:.1f} MB: the atlas{held})", "Open it in a browser."]


def page_data(options: ExploreOptions = ExploreOptions()) -> dict[str, Any]:  # noqa: B008 - frozen
    """Everything that the page starts with, JSON.

    Raises:
        InputError: a measured file cannot be read, or the atlas does not cover the case.
    """
    from constriction.base.versions import package_version
    from constriction.commands.examples import shipped_cases
    from constriction.interpret.atlas import load_atlas
    from constriction.view.explorer.data import atlas_data
    from constriction.view.explorer.materials import materials
    from constriction.view.explorer.measured import check_size, with_own_names
    from constriction.view.explorer.presets import presets

    atlas, given = load_atlas(), geometry(options.area, options.thickness)
    check_size("--area", given.area, "area")
    check_size("--thickness", given.thickness, "thickness")
    return {
        "version": package_version(),
        "atlas": atlas_data(atlas),
        "materials": materials(),
        "presets": presets(atlas, shipped_cases()),
        "start": None if options.case is None else _start(options.case),
        "measured": with_own_names([_measured(path, given) for path in options.measured]),
    }


def _start(source: Path) -> dict[str, Any]:
    """The state of a case."""
    from constriction.case.schema import load
    from constriction.commands.job.steps import case_file
    from constriction.interpret.atlas import load_atlas
    from constriction.view.explorer.presets import preset_of

    path = case_file(source)
    case = load(path)
    with naming(path):
        found = preset_of(case, load_atlas())
        if found["state"] is None:
            raise InputError(f"{found['title']!r} is no case that the page can show: {found['reason']}")
    return found


def _measured(path: Path, given: SampleGeometry) -> dict[str, Any]:
    """A measured file, its area and thickness from the options if they are given."""
    from constriction.spectra.files.readers import ReadOptions, read
    from constriction.view.explorer.measured import measured_data

    found = measured_data(path.name, read(path, ReadOptions(given)))
    return {**found, "area": given.area or found["area"], "thickness": given.thickness or found["thickness"]}
