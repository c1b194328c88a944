"""The libraries under the field: which versions they have, and what to say when a form cannot be compiled.

DOLFINx turns every form into C and compiles it once per machine; that needs a C compiler and Python's headers.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path

from constriction.base.files import LITTLE_ROOM

COMPILING_FAILED = re.compile("^(Compile|Link)Error: |JIT compilation")  # in the words of cffi and of DOLFINx
COMPILE_PATIENCE = 60  # s where no locks tell who compiles; DOLFINx's 10 s are short on a busy machine


def library_versions() -> dict[str, str | None]:
    """Versions of DOLFINx, PETSc and gmsh; None where nothing says it."""
    import mpi4py.MPI  # noqa: F401 - first, as everywhere
    from petsc4py import PETSc

    return {
        "dolfinx": _version("dolfinx-solver-complex", "fenics-dolfinx"),
        "petsc": ".".join(map(str, PETSc.Sys.getVersion())),
        "gmsh": _version("gmsh"),
    }


@cache
def _version(*packages: str) -> str | None:
    """Of the first of these packages that pip knows; None if another installer brought the library."""
    for package in packages:
        with contextlib.suppress(metadata.PackageNotFoundError):
            return metadata.version(package)
    return None


def wait_for_other_compilers(tell: Callable[[str], None]) -> None:
    """Let DOLFINx wait for a form that another process is compiling, and clear what a killed one left of it.

    Args:
        tell: is given a line when there is a wait.
    """
    import mpi4py.MPI  # noqa: F401 - first, as everywhere
    from dolfinx import jit

    from constriction.field.elements.form_cache import watch

    jit.DOLFINX_DEFAULT_JIT_OPTIONS["timeout"] = (COMPILE_PATIENCE, "Timeout for JIT compilation")
    watch(jit.ffcx.codegeneration.jit, tell)


def compiler_advice(error: BaseException) -> str | None:
    """What to do about an error of DOLFINx's run-time compiler, in one line; None for any other error."""
    text = str(error)
    if locked := re.search(r"remove (\S.*?\.c)\)", text):
        return (
            f"an earlier run was killed while it compiled a form, and left a lock; delete {locked[1]} and run again "
            "(if another run is compiling right now, just run again)"
        )
    if isinstance(error, ImportError) and re.search("setuptools|distutils", text):
        return "DOLFINx compiles its forms with setuptools, which is missing; install it (pip install setuptools)"
    if isinstance(error, OSError) and (folder := _cache_of(error)):
        return (
            f"DOLFINx keeps its compiled forms in {folder}, which cannot be written ({error.strerror}); "
            "set XDG_CACHE_HOME to a folder that can"
        )
    if not COMPILING_FAILED.search(text):
        return None
    if full := _full_cache():
        return full
    found, advice = compiler_fault() or (f"the C compiler {compiler_name()!r} failed", "its message stands above")
    return f"DOLFINx compiles its forms at run time, and {found}; {advice}"


def _cache_of(error: OSError) -> Path | None:
    """The folder of compiled forms, if it is what could not be made or written."""
    from dolfinx import jit

    if not isinstance(error.filename, str | Path):
        return None
    folder, path = Path(jit.get_options()["cache_dir"]), Path(error.filename)
    could_not_be_made = path in folder.parents and not path.exists()
    return folder if could_not_be_made or folder in (path, *path.parents) else None


def _full_cache() -> str | None:
    """What to do if there is no room for compiled forms."""
    from dolfinx import jit

    folder = Path(jit.get_options()["cache_dir"])
    if not folder.exists() or shutil.disk_usage(folder).free >= LITTLE_ROOM:
        return None
    return f"DOLFINx keeps its compiled forms in {folder}, where no room is left; make some, or set XDG_CACHE_HOME"


def compiler_name() -> str:
    """The C compiler that DOLFINx calls."""
    return (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]


def compiler_fault() -> tuple[str, str] | None:
    """Compile a line of C that includes Python's headers.

    Returns:
        What is wrong and what to do about it; None if all is well.
    """
    compiler = compiler_name()
    if shutil.which(compiler) is None:
        return f"there is no C compiler {compiler!r}", "install one (apt-get install gcc libc6-dev, or dnf install gcc)"
    headers = Path(sysconfig.get_path("include"))
    if not (headers / "Python.h").exists():
        how = "apt-get install python3-dev, or dnf install python3-devel"
        return f"there is no {headers / 'Python.h'}", f"install Python's headers ({how})"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "trial.c"
        source.write_text("#include <Python.h>\nint main(void) { return 0; }\n", encoding="utf-8")
        command = [compiler, "-c", f"-I{headers}", str(source), "-o", str(source.with_suffix(".o"))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["no message"])[0]
        return (
            f"the C compiler {compiler!r} fails ({said})",
            "mend it (apt-get install gcc libc6-dev, or dnf install gcc)",
        )
    return None
