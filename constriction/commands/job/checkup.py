"""What this machine has and lacks: each check by doing it, in a child process where a failure could crash."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constriction.base.errors import RenderingError

OK, WARNING, FAULT = "ok", "warning", "fault"
OLDEST_PYTHON = (3, 12)
PATIENCE = 120  # s that a child may take on a busy machine
LITTLE_MEMORY, LITTLE_DISK = 2e9, 0.5e9  # bytes; a case of a few spots takes less
STALE_AFTER = 600.0  # s; no form takes so long to compile
SPEECH = {
    *("PYTHONUNBUFFERED", "PYTHONWARNINGS", "PYTHONINSPECT", "PYTHONVERBOSE", "PYTHONDEBUG", "PYTHONDEVMODE"),
    *("PYTHONPROFILEIMPORTTIME", "PYTHONIOENCODING", "PYTHONDUMPREFS", "PYTHONASYNCIODEBUG", "PYTHONTRACEMALLOC"),
}
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
EXTRAS = {
    "galvani": ("reads BioLogic .mpr files", "pip install galvani"),
    "trame_vtk": ("writes scenes to turn in the browser", "pip install trame-vtk"),
    "imageio_ffmpeg": ("writes .mp4", "pip install imageio-ffmpeg"),
}
GMSH_LIBRARIES = "apt-get install libgl1 libglu1-mesa libxcursor1 libxft2 libxinerama1 libgomp1"
# One rank tells: what two write at once, word by word where Python does not buffer, is mixed.
HELLO = "from mpi4py import MPI; n = MPI.COMM_WORLD.allreduce(1); MPI.COMM_WORLD.rank or print(f'ranks {n}')"
SCALAR = "import mpi4py.MPI; from petsc4py import PETSc; import numpy; print(numpy.dtype(PETSc.ScalarType))"
START_GMSH = "import gmsh; gmsh.initialize(interruptible=False); gmsh.finalize(); print(gmsh.__version__)"
CACHE = "import mpi4py.MPI; from dolfinx import jit; print(jit.get_options()['cache_dir'])"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: `status` is ok, warning or fault; `advice` is what to do, empty if nothing."""

    name: str
    status: str
    found: str
    advice: str = ""

    @property
    def line(self) -> str:
        """Status, what was found, and what to do."""
        words = f"{self.found}; {self.advice}" if self.advice else self.found
        return f"{self.status if self.status == OK else self.status.upper():<8} {words}"


def check_all(ranks: int) -> list[Check]:
    """Look at everything.

    Args:
        ranks: processes that are meant to run at once.
    """
    checks = (check_python, check_mpi, check_petsc, check_compiler, check_form_cache, check_gmsh, check_rendering)
    return [*(check() for check in checks), check_memory(), check_threads(ranks), *map(check_extra, EXTRAS)]


def check_python() -> Check:
    """Is it new enough?"""
    found = f"{'.'.join(map(str, sys.version_info[:3]))} ({sys.executable})"
    if sys.version_info < OLDEST_PYTHON:
        return Check("Python", FAULT, found, "needs 3.12 or newer: make setup PYTHON=/path/to/python3.13")
    return Check("Python", OK, found)


def check_mpi() -> Check:
    """Do two ranks of the launcher that belongs to this Python find each other?"""
    launcher = Path(sys.executable).parent / "mpiexec"
    command = str(launcher) if launcher.exists() else shutil.which("mpiexec")
    if command is None:
        return Check("MPI", WARNING, "no mpiexec", "one process works; for more: pip install mpich, or make setup")
    said, failure = _ask([command, "-n", "2", sys.executable, "-c", HELLO])
    if failure or said.split() != ["ranks", "2"]:
        found = f"{command} -n 2: {failure or 'its two processes do not see each other'}"
        return Check(
            "MPI", WARNING, found, "one process works; for more: the mpiexec of .venv/bin (make setup) and a whole PATH"
        )
    return Check("MPI", OK, f"two ranks with {command}")


def check_petsc() -> Check:
    """Is PETSc there, and does it compute with complex numbers?"""
    said, failure = _ask([sys.executable, "-c", SCALAR])
    if failure:
        return Check("PETSc", FAULT, failure, "pip install dolfinx-solver-complex, or make setup")
    if said != "complex128":
        return Check("PETSc", FAULT, f"scalars are {said}", "expected complex128: install dolfinx-solver-complex")
    return Check("PETSc", OK, said)


def check_compiler() -> Check:
    """Can DOLFINx compile its forms?"""
    from constriction.field.elements.compiler import compiler_fault, compiler_name

    if (fault := compiler_fault()) is not None:
        return Check("C compiler", FAULT, *fault)
    return Check("C compiler", OK, f"{compiler_name()}, with Python's headers")


def check_form_cache() -> Check:
    """Has the folder of the compiled forms room, and did a killed run leave a lock there?"""
    said, failure = _ask([sys.executable, "-c", CACHE])
    if "home directory" in failure:
        return Check("form cache", FAULT, "this user has no home folder", "export HOME=a folder of yours")
    if failure:
        return Check("form cache", FAULT, failure, "DOLFINx does not start: pip install dolfinx-solver-complex")
    folder = Path(said).expanduser()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        return Check("form cache", FAULT, f"{folder} cannot be written", "set XDG_CACHE_HOME to a folder of yours")
    if locks := stale_locks(folder):
        return Check("form cache", WARNING, f"{len(locks)} forms of killed runs in {folder}", f"rm {locks[0]}")
    free = shutil.disk_usage(existing).free
    found = f"{folder}, {free / 1e9:.1f} GB free"
    return (
        Check("form cache", WARNING, found, "free some disk") if free < LITTLE_DISK else Check("form cache", OK, found)
    )


def stale_locks(folder: Path) -> list[Path]:
    """Sources of forms whose compilation was begun long ago and never finished."""
    old = time.time() - STALE_AFTER
    sources = sorted(folder.glob("libffcx_*.c"))
    return [path for path in sources if not path.with_suffix(".c.cached").exists() and path.stat().st_mtime < old]


def check_gmsh() -> Check:
    """Does it start? It wants graphics libraries even to mesh."""
    said, failure = _ask([sys.executable, "-c", START_GMSH])
    return Check("gmsh", FAULT, failure, GMSH_LIBRARIES) if failure else Check("gmsh", OK, said)


def check_rendering() -> Check:
    """Can a picture be drawn without a display?"""
    from constriction.view.pictures.rendering import prepare_rendering

    try:
        return Check("3D pictures", OK, prepare_rendering())
    except RenderingError as error:
        found, _, advice = str(error).partition("; ")
        return Check("3D pictures", WARNING, found, advice)


def check_memory() -> Check:
    """Is there enough for a few spots?"""
    import psutil

    free = float(psutil.virtual_memory().available)
    found = f"{free / 1e9:.1f} GB free"
    if free < LITTLE_MEMORY:
        return Check("memory", WARNING, found, "many spots or a fine accuracy need more: end other programs")
    return Check("memory", OK, found)


def check_threads(ranks: int) -> Check:
    """Do threads and ranks together fit the cores?"""
    cores = len(os.sched_getaffinity(0))
    named = next((name for name in THREAD_VARIABLES if os.environ.get(name, "").isdigit()), "")
    threads = int(os.environ.get(named, cores))
    found = f"{threads} × {ranks} ranks on {cores} cores ({named or 'OMP_NUM_THREADS is not set'})"
    if threads * ranks > cores:
        fewer = max(1, cores // ranks)
        advice = f"export OMP_NUM_THREADS={fewer}" + (f", and at most {cores} ranks" if ranks > cores else "")
        return Check("threads", WARNING, found, advice)
    return Check("threads", OK, found)


def check_extra(name: str) -> Check:
    """Is an optional package there? Its absence is no fault."""
    there = importlib.util.find_spec(name) is not None
    purpose, install = EXTRAS[name]
    if there:
        return Check(name, OK, f"installed; {purpose}")
    return Check(name, OK, "not installed (optional)", f"{purpose}: {install}")


def _ask(command: list[str]) -> tuple[str, str]:
    """What a child said, and, if it failed, why: its last line of stderr."""
    # What changes how Python speaks, such as PYTHONINSPECT, is for this process and not for its children.
    environment = {name: value for name, value in os.environ.items() if name not in SPEECH}
    how: dict[str, Any] = {"env": environment, "stdin": subprocess.DEVNULL, "encoding": "utf-8", "errors": "replace"}
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False, **how)
    except (OSError, subprocess.SubprocessError) as error:
        return "", str(error)
    if done.returncode == 0:
        return done.stdout.strip(), ""
    said = [f"ended with code {done.returncode}", *done.stdout.strip().splitlines(), *done.stderr.strip().splitlines()]
    return "", said[-1]
