"""`constriction study status`, `collect` and `plot`: what became of a study."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from constriction.base.files import whole_file
from constriction.base.ranks import agree
from constriction.commands.job.guard import guarded
from constriction.commands.job.options import FLAG, Debug, given_arguments, memory_of
from constriction.commands.job.steps import Titled, print_agreed
from constriction.view.terminal.streams import tell

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.study.results.table import Table
    from constriction.study.run.plan import Plan
    from constriction.study.run.store import Store


def status(folder: Path, /, *, debug: Debug = False) -> int:
    """Say how many cases of a study are done, have failed, and are missing.

    Example: constriction study status results/pitch

    Parameters
    ----------
    folder:
        Folder of the results.
    """
    return guarded(partial(_status, folder), debug)


def collect(folder: Path, /, *, debug: Debug = False) -> int:
    """Put the results of a study into cases.csv and study.nc (netCDF4), and repeated seeds into means.csv.

    Example: constriction study collect results/pitch

    Cases that are missing or have failed are rows without numbers.

    Parameters
    ----------
    folder:
        Folder of the results.
    """
    return guarded(partial(_collect, folder), debug)


def plot(folder: Path, /, *, report: Annotated[bool, FLAG] = False, debug: Debug = False) -> int:
    """Draw the pictures of a study: those that its [[plot]] tables ask for.

    Without such tables: R_cstr, C_cstr and the apparent R_SE, R_int and C_int over the first axis.

    Example: constriction study plot results/pitch --report

    Parameters
    ----------
    folder:
        Folder of the results; the pictures go there.
    report:
        Also write report.html: pictures, table and study on one page that opens from disk, a plot that responds.
    """
    return guarded(partial(_plot, folder, report), debug)


def _stored(folder: Path) -> tuple[Plan, Store]:
    """The plan and the records of a study's folder."""
    from constriction.study.run.plan import plan_of
    from constriction.study.run.store import read_store

    read, store = read_store(folder)
    return plan_of(read, memory_of(None), store.version), store


def _status(folder: Path, comm: MPI.Comm) -> None:
    def rows() -> Titled:
        planned, store = _stored(folder)
        return planned.study.title or str(folder), list(status_rows(planned, store))

    print_agreed(comm, rows)


def status_rows(planned: Plan, store: Store) -> Iterator[tuple[str, str]]:
    """The lines of a status table."""
    from constriction.study.run.lock import holders

    done, failed = (keys & planned.keys for keys in store.finished())
    count = len(planned.keys)
    yield "done", f"{len(done)} of {count} ({100 * len(done) / count:.0f} %)"
    yield "failed", str(len(failed))
    yield "missing", str(count - len(done) - len(failed))
    yield "version", store.version
    for owner in holders(store.folder):
        yield "running" if not owner.is_dead else "was killed", f"shard {owner.shard}: {owner.pid} on {owner.host}"
    for entry in [entry for entry in planned.entries if entry.key in failed][:3]:
        record = store.read(entry.key)
        yield "error", f"case {entry.number + 1}: {'' if record is None else record['error']}"


def _collect(folder: Path, comm: MPI.Comm) -> None:
    def work() -> tuple[list[Path], int, int]:
        from constriction.study.results.collect import write_tables
        from constriction.study.results.table import table_of

        table = table_of(*_stored(folder))
        return write_tables(table, folder), len(table.rows), sum(row["status"] == "done" for row in table.rows)

    paths, cases, done = agree(comm, work)
    if comm.rank == 0:
        tell(f"Written: {', '.join(map(str, paths))} ({done} of {cases} cases are done)")


def _plot(folder: Path, report: bool, comm: MPI.Comm) -> None:
    def work() -> list[Path]:
        from constriction.study.results.table import table_of
        from constriction.view.writers.study_plots import draw_study

        results = table_of(*_stored(folder))
        pictures = draw_study(results, folder)
        return [*pictures, *([_report(results, pictures, folder)] if report else [])]

    paths = agree(comm, work)
    if comm.rank == 0:
        tell(f"Written: {', '.join(map(str, paths))}")


def _report(results: Table, pictures: list[Path], folder: Path) -> Path:
    from constriction.view.pages.provenance import origin
    from constriction.view.pages.report import write_report
    from constriction.view.pages.study_report import study_report

    path = folder / "report.html"
    with whole_file(path) as beside:
        write_report(study_report(results, pictures, origin(given_arguments.get())), beside)
    return path
