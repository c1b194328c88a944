"""The house rules: which room imports what, and how large things may grow.

Everything is read from the source with `ast`; nothing of the package is imported.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "constriction"

# A room imports from itself and from rooms in lines above its own.
ORDER = """
base
laws
case spectra
geometry
field
simulation
compare study
interpret
view
commands
cli
__init__ __main__
"""
ROOMS = {name: number for number, line in enumerate(ORDER.split("\n")) for name in line.split()}

NUMERIC = {"numpy", "scipy"}
LIBRARIES = {
    "base": {"pint"},
    "laws": NUMERIC,
    "case": {"pydantic", "pydantic_core"},
    "geometry": NUMERIC | {"shapely", "PIL", "contourpy"},
    "field": NUMERIC | {"shapely", "gmsh", "dolfinx", "petsc4py", "mpi4py", "ufl", "basix", "meshio"},
    "spectra": NUMERIC,
    "simulation": NUMERIC | {"psutil", "mpi4py"},
    "compare": {"numpy"},
    "study": NUMERIC | {"psutil", "mpi4py", "pydantic", "xarray", "h5netcdf"},
    "interpret": NUMERIC | {"emcee", "pydantic", "pydantic_core"},
    "view": NUMERIC | {"matplotlib", "PIL", "pyvista", "rich", "plotly", "imageio", "vtkmodules"},
    "commands": {"cyclopts"},
    "cli": {"cyclopts"},
    "__init__": {"mpi4py"},
    "__main__": set[str](),
}
# Flat-interface transforms must run where no mesh library does.
LIBRARIES_OF_FILE = {
    f"constriction/field/{name}.py": NUMERIC
    for name in (
        "response",
        *(f"contacts/{name}" for name in ("basis", "choice", "convergence", "currents", "far", "kernels", "near")),
        *(f"contacts/{name}" for name in ("discs", "sampled", "solves")),
        "elements/sampling",
        "reduction/affine",
        "reduction/basis",
        "reduction/curves",
        "reduction/greedy",
        "reduction/poles",
        "transforms/convergence",
        "transforms/grid_response",
        "transforms/grids",
        "transforms/pixels",
        "transforms/scales",
        "transforms/tubes",
    )
}
# Allowed inside a function only: start-up stays fast.
LAZY = {
    "base": {"mpi4py", "psutil"},
    "spectra": {"galvani"},  # optional
    "view": {"trame_vtk"},  # optional
    "commands": {"numpy", "mpi4py", "psutil", "pydantic"},
}

# Everything else tells through these, which show what a terminal would obey.
PRINTING_FILES = {"constriction/commands/job/guard.py", "constriction/view/terminal/streams.py"}
LONGEST_MODULE, LONGEST_BODY, MOST_ARGUMENTS = 300, 50, 6

Definition = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """One source file: its path in the repository, its text, its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return Path(self.path).parts[1].removesuffix(".py")

    def at(self, node: ast.AST, fault: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {fault}"


class Import(NamedTuple):
    """One imported dotted name, and whether it sits inside a function."""

    node: ast.AST
    name: str
    lazy: bool

    @property
    def library(self) -> str:
        return self.name.split(".")[0]

    @property
    def room(self) -> str:
        """The room of an own module; the public names themselves are `__init__`."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 and parts[1] in ROOMS else "__init__"


type Rule = Callable[[Module], Iterable[str]]


def module(path: str, text: str) -> Module:
    return Module(path, text, ast.parse(text, path))


@cache
def package_modules() -> tuple[Module, ...]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return tuple(module(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths)


def functions(tree: ast.AST) -> Iterator[Definition]:
    return (node for node in ast.walk(tree) if isinstance(node, Definition))


def type_checking_blocks(tree: ast.AST) -> Iterator[ast.If]:
    """Blocks that never run."""
    blocks = (node for node in ast.walk(tree) if isinstance(node, ast.If))
    return (block for block in blocks if isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING")


def absolute_name(path: str, node: ast.ImportFrom) -> str:
    """`from ..case import x` in constriction/field/mesh/flat.py → constriction.case."""
    if node.level == 0:
        return node.module or ""
    return ".".join([*Path(path).parts[: -node.level], *filter(None, [node.module])])


@cache
def imports(source: Module) -> tuple[Import, ...]:
    return tuple(imports_of(source))


def imports_of(source: Module) -> Iterator[Import]:
    not_at_start = [*functions(source.tree), *type_checking_blocks(source.tree)]
    inside = {id(node) for block in not_at_start for node in ast.walk(block)}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{absolute_name(source.path, node)}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (Import(node, name, id(node) in inside) for name in names)


def rooms_point_one_way(source: Module) -> Iterator[str]:
    if source.room not in ROOMS:
        yield source.at(source.tree, f"unknown room {source.room!r}: give it a place in ROOMS and LIBRARIES")
        return
    for item in imports(source):
        own = item.library == "constriction"
        if own and item.room != source.room and ROOMS[item.room] >= ROOMS[source.room]:
            yield source.at(item.node, f"{source.room} must not import {item.name} (room {item.room})")


def libraries_stay_in_their_rooms(source: Module) -> Iterator[str]:
    allowed = LIBRARIES_OF_FILE.get(source.path, LIBRARIES.get(source.room, set()))
    lazy = allowed | LAZY.get(source.room, set())
    for item in imports(source):
        if item.library in sys.stdlib_module_names or item.library == "constriction":
            continue
        if item.library not in (lazy if item.lazy else allowed):
            where = "may import inside a function only" if item.library in lazy else "must not import"
            yield source.at(item.node, f"{source.room} {where} {item.library}")


def no_forbidden_calls(source: Module) -> Iterator[str]:
    forbidden = {"eval", "exec"} | (set() if source.path in PRINTING_FILES else {"print"})
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in forbidden:
            yield source.at(node, f"{node.func.id}() in {source.room}")


def public_names_are_documented(source: Module) -> Iterator[str]:
    def walk(node: ast.Module | ast.ClassDef, owner: str) -> Iterator[str]:
        for child in node.body:
            if isinstance(child, ast.ClassDef | Definition) and not child.name.startswith("_"):
                name = owner + child.name
                if not ast.get_docstring(child):
                    yield source.at(child, f"{name} has no docstring")
                if isinstance(child, ast.ClassDef):
                    yield from walk(child, name + ".")

    if not ast.get_docstring(source.tree):
        yield source.at(source.tree, "the module has no docstring")
    yield from walk(source.tree, "")


def body_lines(function: Definition) -> int:
    """Lines of the body without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def argument_names(function: Definition) -> list[str]:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [argument.arg for argument in every if argument.arg not in ("self", "cls")]


def nothing_grows_too_large(source: Module) -> Iterator[str]:
    if (lines := len(source.text.splitlines())) > LONGEST_MODULE:
        yield source.at(source.tree, f"{lines} lines, at most {LONGEST_MODULE}")
    for function in functions(source.tree):
        if (lines := body_lines(function)) > LONGEST_BODY:
            yield source.at(function, f"{function.name} has {lines} lines, at most {LONGEST_BODY}")
        if (count := len(argument_names(function))) > MOST_ARGUMENTS:
            yield source.at(function, f"{function.name} has {count} arguments, at most {MOST_ARGUMENTS}")


def mpi_comes_first(source: Module) -> Iterator[str]:
    """The wheels of DOLFINx and PETSc find libmpi only once mpi4py.MPI is loaded; the twin must not load it."""
    plain = (node for node in source.tree.body if isinstance(node, ast.Import))
    lines = [node.lineno for node in plain if any(alias.name == "mpi4py.MPI" for alias in node.names)]
    heavy = [item for item in imports(source) if item.library in ("dolfinx", "petsc4py") and not item.lazy]
    if heavy and (not lines or lines[0] > heavy[0].node.lineno):
        yield source.at(heavy[0].node, f"{heavy[0].library} without import mpi4py.MPI before it")


RULES: list[Rule] = [
    mpi_comes_first,
    rooms_point_one_way,
    libraries_stay_in_their_rooms,
    no_forbidden_calls,
    public_names_are_documented,
    nothing_grows_too_large,
]


@pytest.mark.parametrize("rule", RULES)
def test_package_follows(rule: Rule) -> None:
    sources = package_modules()
    assert sources, f"no module found in {PACKAGE.name}/"
    faults = [fault for source in sources for fault in rule(source)]
    assert not faults, "\n" + "\n".join(faults)


def test_every_room_is_a_package() -> None:
    """A folder without __init__.py is left out of the wheel."""
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    bare = sorted(f.relative_to(ROOT).as_posix() for f in folders if not (f / "__init__.py").exists())
    assert not bare, f"no __init__.py in {bare}"


def circles(sources: Iterable[Module]) -> Iterator[str]:
    """Files and rooms of one folder that import each other; what is imported for types alone does not count."""
    graphs: dict[tuple[str, ...], dict[str, set[str]]] = {}
    for source in sources:
        own = Path(source.path).with_suffix("").parts
        types = {id(node) for block in type_checking_blocks(source.tree) for node in ast.walk(block)}
        for item in imports(source):
            target = tuple(item.name.split("."))
            depth = next((k for k, pair in enumerate(zip(own, target, strict=False)) if pair[0] != pair[1]), None)
            if depth and id(item.node) not in types:
                graphs.setdefault(own[:depth], {}).setdefault(own[depth], set()).add(target[depth])
    for folder, graph in graphs.items():
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            yield f"{'/'.join(folder)}: {' ← '.join(error.args[1])}"


def test_nothing_imports_in_a_circle() -> None:
    """Within each folder too: a room below another does not know it."""
    found = list(circles(package_modules()))
    assert not found, "\n".join(found)


def test_a_circle_is_seen() -> None:
    lines = {
        "field/mesh/a.py": "from constriction.field.elements.b import c",
        "field/elements/b.py": "def f():\n    from constriction.field.mesh.d import e",
        "field/mesh/d.py": "if TYPE_CHECKING:\n    from constriction.field.mesh.a import g",
    }
    sources = [module(f"constriction/{path}", text) for path, text in lines.items()]
    (found,) = circles(sources)
    assert found.startswith("constriction/field: ") and {"mesh", "elements"} <= set(found.split())
    assert not list(circles(sources[1:]))


BREACHES = [
    (mpi_comes_first, "field/x.py", "from dolfinx import fem\nimport mpi4py.MPI", ":1: dolfinx without"),
    (mpi_comes_first, "field/x.py", "from petsc4py import PETSc", "petsc4py without import mpi4py.MPI"),
    (rooms_point_one_way, "case/x.py", "from ..spectra import y", "case must not import"),
    (rooms_point_one_way, "spectra/x.py", "import constriction.case.schema", "spectra must not import"),
    (rooms_point_one_way, "field/x.py", "def f():\n    from .. import simulation", ":2: field must not import"),
    (rooms_point_one_way, "simulation.py", "from constriction import load", "simulation must not import"),
    (rooms_point_one_way, "base/x.py", "from constriction.laws.circuit import y", "base must not import"),
    (rooms_point_one_way, "tools/x.py", "", "unknown room 'tools'"),
    (libraries_stay_in_their_rooms, "simulation.py", "import dolfinx.fem", "must not import dolfinx"),
    (libraries_stay_in_their_rooms, "study/x.py", "import matplotlib.pyplot", "must not import matplotlib"),
    (libraries_stay_in_their_rooms, "field/transforms/grids.py", "from mpi4py import MPI", "must not import mpi4py"),
    (libraries_stay_in_their_rooms, "commands/x.py", "import numpy", "inside a function only numpy"),
    (no_forbidden_calls, "field/x.py", "print(1)", "print() in field"),
    (no_forbidden_calls, "commands/x.py", "print(1)", "print() in commands"),
    (no_forbidden_calls, "view/terminal/streams.py", "print(1)\neval('1')", ":2: eval() in view"),
    (public_names_are_documented, "case/x.py", "", "the module has no docstring"),
    (public_names_are_documented, "case/x.py", "'d'\nclass A:\n 'a'\n def b(self): 1", ":4: A.b has no"),
    (nothing_grows_too_large, "case/x.py", "def f(a, b, c, d, e, f, *, g): 1", "f has 7 arguments"),
    (nothing_grows_too_large, "case/x.py", "def f():\n 'd'" + "\n x = 1" * 51, "f has 51 lines"),
    (nothing_grows_too_large, "case/x.py", "x = 1\n" * 301, "301 lines"),
]


@pytest.mark.parametrize(("rule", "path", "text", "expected"), BREACHES)
def test_rule_sees_a_breach(rule: Rule, path: str, text: str, expected: str) -> None:
    faults = list(rule(module(f"constriction/{path}", text)))
    assert len(faults) == 1
    assert expected in faults[0]


KEPT = [
    ("commands/x.py", "'''d'''\nif TYPE_CHECKING:\n    from mpi4py import MPI"),
    ("field/x.py", "'''d'''\nfrom ..case.schema import Case\nfrom . import y\nimport gmsh, json"),
    ("field/__init__.py", "'''d'''\nfrom .meshing import y"),
    ("commands/x.py", "'''d'''\ndef _f(self, a, b, c, d, e, f):\n    import numpy\n    tell(re.eval('1'))"),
    ("simulation.py", "'''d'''\nfrom constriction import field\nfrom constriction.base.errors import InputError"),
]


@pytest.mark.parametrize(("path", "text"), KEPT)
def test_rules_let_good_code_pass(path: str, text: str) -> None:
    assert [fault for rule in RULES for fault in rule(module(f"constriction/{path}", text))] == []


def test_requirements_are_pinned_and_name_no_index() -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    code = [line for line in lines if not line.startswith("#")]
    entry = re.compile(r"[a-z0-9-]+==\S+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    odd = [f"requirements.txt:{lines.index(line) + 1}: {line}" for line in code if not entry.fullmatch(line)]
    assert code, "requirements.txt is empty"
    assert not odd, "\n".join(odd)
