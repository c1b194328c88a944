"""A study, run on the ranks of a communicator."""

from study_files import MEMORY

from constriction.base.ranks import agree
from constriction.study.run.lock import Shard
from constriction.study.run.runner import How, packages_of, run
from constriction.study.run.store import open_store


def run_on(comm, ranks_per_case, folder, made, report=lambda _: None):
    """Run the cases of a plan; what is left in the folder by key, and the summary."""
    store = agree(comm, lambda: open_store(folder, made.study))
    packages = agree(comm, lambda: packages_of(made, store, Shard()))
    summary = run(packages, store, How(comm, ranks_per_case, MEMORY, report))
    return {entry.key: store.read(entry.key)["result"] for entry in made.entries}, summary
