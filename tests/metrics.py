"""The measures of the package's code, `make metrics`: how long, how deep, how well described.

Everything is read from the source with `ast`; nothing of the package is imported. The limits that must hold stand in
`LIMITS`; `python tests/metrics.py` exits with 1 if one does not.
"""

import ast
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "constriction"
FILES_A_FOLDER = 10  # without __init__; `commands` has one per command

Definition = ast.FunctionDef | ast.AsyncFunctionDef
BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.With,
    ast.Assert,
    ast.match_case,
)

# Words of an argument, an attribute or a result that have a unit, and the units that a docstring may give them.
DIMENSIONAL = re.compile(
    r"(?:^|_)(?:frequency|frequencies|pitch|height|thickness|length|lengths|radius|area|impedance|resistance|R_\w+|C_\w+|"
    r"f_\w+|capacitance|conductivity|resistivity|memory|seconds|potential|current|charge|temperature|omega|sigma|rho)(?:$|_)"
)
UNITS = re.compile(
    r"(?<!\w)(?:Hz|kHz|MHz|rad/s|m|m²|nm|µm|mm|Ω(?:·(?:c?m²?))?|ohm\w*|F(?:/c?m²?)?|S(?:/m²?)?|s|V|A|C|K|°C|°|%|bytes?|GB|Pa|J|"
    r"pitch(?:es)?|SI|unit|units|dimensionless|relative|ratio|fraction|points|pixels|logarithms?)(?!\w)"
)


@dataclass(frozen=True)
class Measure:
    """One line of the table: its name, what was found, and whether that is within the limit."""

    name: str
    found: str
    limit: str
    held: bool


def trees() -> dict[str, ast.Module]:
    """Every module of the package by its path below it."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def functions(tree: ast.AST) -> Iterator[Definition]:
    """All functions and methods below a node."""
    return (node for node in ast.walk(tree) if isinstance(node, Definition))


def body_lines(function: Definition) -> int:
    """Lines of the body without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def own_nodes(function: Definition) -> Iterator[ast.AST]:
    """Nodes of a function without those of the functions inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, Definition)]


def complexity(function: Definition) -> int:
    """McCabe's number, with every `and`, `or` and every condition of a comprehension counted."""
    count = 1
    for node in own_nodes(function):
        if isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            count += 1 + len(node.ifs)
        else:
            count += isinstance(node, BRANCHES) and not isinstance(node, ast.With | ast.Assert)
    return count


def arguments(function: Definition) -> list[str]:
    """Names of the arguments but `self` and `cls`."""
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [argument.arg for argument in every if argument.arg not in ("self", "cls")]


def public(tree: ast.Module) -> Iterator[Definition | ast.ClassDef]:
    """Public classes, functions and methods of a module."""

    def walk(node: ast.Module | ast.ClassDef) -> Iterator[Definition | ast.ClassDef]:
        for child in node.body:
            if isinstance(child, ast.ClassDef | Definition) and not child.name.startswith("_"):
                yield child
                if isinstance(child, ast.ClassDef):
                    yield from walk(child)

    return walk(tree)


def names_with_unit(node: Definition | ast.ClassDef) -> list[str]:
    """Arguments of a function, or fields of a class, whose names say that they have a unit."""
    if isinstance(node, ast.ClassDef):
        fields = [
            item for item in node.body if isinstance(item, ast.AnnAssign) and "float" in ast.unparse(item.annotation)
        ]
        names = [item.target.id for item in fields if isinstance(item.target, ast.Name)]
    else:
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        numeric = re.compile(r"float|NDArray|ArrayLike|Reals|Complexes")
        names = [a.arg for a in every if a.annotation and numeric.search(ast.unparse(a.annotation))]
    return [name for name in names if DIMENSIONAL.search(name)]


def raised(tree: ast.Module) -> Iterator[ast.Call]:
    """Own errors that are raised with a message."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            name = ast.unparse(node.exc.func)
            if name in ("InputError", "ValueError", "SolverError", "MeshError"):
                yield node.exc


def prints_a_value(error: ast.Call) -> bool:
    """Whether the message holds something that was given, or was made elsewhere."""
    return not isinstance(error.args[0], ast.Constant) and any(
        isinstance(node, ast.FormattedValue | ast.Name | ast.Call) for node in ast.walk(error.args[0])
    )


def code_lines(path: Path) -> int:
    """Lines of code: docstrings, comments and blanks not counted."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | Definition) and ast.get_docstring(node):
            silent |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = enumerate(text.splitlines(), 1)
    return sum(
        1 for number, line in lines if number not in silent and line.strip() and not line.strip().startswith("#")
    )


def percentile(values: list[int], part: float) -> int:
    """The value below which a part of the values lie."""
    return sorted(values)[min(int(part * len(values)), len(values) - 1)]


def files_of_largest_folder() -> tuple[int, str]:
    """How many modules the fullest folder has, without __init__, and which one it is; `commands` does not count."""
    counts = Counter(
        path.parent.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if not path.stem.startswith("__")
    )
    counts.pop("commands", None)
    folder, most = counts.most_common(1)[0]
    return most, folder


def measures() -> list[Measure]:
    """Every line of the table."""
    modules = trees()
    every = [function for tree in modules.values() for function in functions(tree)]
    bodies = [body_lines(function) for function in every]
    depth = [complexity(function) for function in every]
    lengths = [
        len((PACKAGE / path).read_text("utf-8").splitlines()) for path in modules if not path.endswith("__init__.py")
    ]
    most = max(len(arguments(function)) for function in every)
    named = [node for tree in modules.values() for node in public(tree)]
    documented = sum(1 for node in named if ast.get_docstring(node))
    unit = [node for node in named if names_with_unit(node)]
    with_unit = sum(1 for node in unit if UNITS.search(ast.get_docstring(node) or ""))
    errors = [error for tree in modules.values() for error in raised(tree)]
    valued = sum(1 for error in errors if prints_a_value(error))
    classes = Counter(
        node.name
        for tree in modules.values()
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    twice = sorted(name for name, count in classes.items() if count > 1)
    fullest, folder = files_of_largest_folder()
    code = sum(code_lines(PACKAGE / path) for path in modules)

    def spread(values: list[int]) -> str:
        return f"{statistics.median(values):g} / {percentile(values, 0.9)} / {max(values)}"

    def part(count: int, total: int) -> str:
        return f"{100 * count / max(total, 1):.0f} % ({count} of {total})"

    return [
        Measure("lines of a function's body, median / p90 / max", spread(bodies), "5 / 17 / 50", max(bodies) <= 50),
        Measure(
            "lines of a module, median / max",
            f"{statistics.median(lengths):g} / {max(lengths)}",
            "150 / 300",
            statistics.median(lengths) <= 150 and max(lengths) <= 300,
        ),
        Measure("complexity with and, or; max", str(max(depth)), "10", max(depth) <= 10),
        Measure("complexity with and, or; p90", str(percentile(depth, 0.9)), "6", percentile(depth, 0.9) <= 6),
        Measure("most arguments of a function", str(most), "6", most <= 6),
        Measure("public names documented", part(documented, len(named)), "100 %", documented == len(named)),
        Measure(
            "docstrings with the unit of what has one", part(with_unit, len(unit)), "100 %", with_unit == len(unit)
        ),
        Measure("errors that print the value given", part(valued, len(errors)), "100 %", valued == len(errors)),
        Measure("files in the fullest folder", f"{fullest} ({folder})", str(FILES_A_FOLDER), fullest <= FILES_A_FOLDER),
        Measure("public class names used twice", f"{len(twice)} {' '.join(twice)}".strip(), "0", not twice),
        Measure("lines of code", str(code), "", True),
    ]


def worst() -> Iterator[str]:
    """Where to look when a limit does not hold."""
    for path, tree in trees().items():
        for function in functions(tree):
            if complexity(function) > 10:
                yield f"{path}:{function.lineno} {function.name}: complexity {complexity(function)}"
        for node in public(tree):
            if (names := names_with_unit(node)) and not UNITS.search(ast.get_docstring(node) or ""):
                yield f"{path}:{node.lineno} {node.name}: no unit of {', '.join(names)}"
        for error in raised(tree):
            if not prints_a_value(error):
                yield f"{path}:{error.lineno} {ast.unparse(error)[:90]}: no value"


def main() -> int:
    """Print the table; 1 if a limit does not hold."""
    table = measures()
    width = max(len(measure.name) for measure in table)
    for measure in table:
        mark = "" if measure.held else "   <- not held"
        print(f"{measure.name:{width}}  {measure.found}{f'   (limit {measure.limit})' if measure.limit else ''}{mark}")
    if "--where" in sys.argv:
        print(*worst(), sep="\n")
    return 0 if all(measure.held for measure in table) else 1


if __name__ == "__main__":
    sys.exit(main())
