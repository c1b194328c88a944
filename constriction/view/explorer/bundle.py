"""ES modules become one script: ordered by what they import, in one scope, without a build tool.

A page from disk may not load modules. Their imports and the word `export` are taken away; as all of them then share a
scope, a name at the top level of two of them is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from constriction.base.errors import InputError

_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"\./([\w-]+\.js)";[ \t]*\n?', re.MULTILINE)
_OTHER_IMPORT = re.compile(r"^import\b.*", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async |function|class|const|let))", re.MULTILINE)
_OTHER_EXPORT = re.compile(r"^export\b.*", re.MULTILINE)
_NAME = re.compile(r"^(?:async )?(?:function\*?|class|const|let|var) +([\w$]+)", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function\*?|class|const|let) +([\w$]+)", re.MULTILINE)
_ELEMENT_END = re.compile(r"</(?=script)|<!--", re.IGNORECASE)


def bundled(modules: Mapping[str, str], entry: str) -> str:
    """One script of a module and of all that it imports.

    Args:
        modules: texts by file name; what is not reached from the entry is left out.
        entry: file name of the module that comes last.

    Returns:
        A script that may stand inside an element of HTML.

    Raises:
        InputError: a module that is missing, a circle, a name twice or not exported, or another form of import.
    """
    needs = _needs(modules, entry)
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise InputError(f"modules import each other in a circle: {' → '.join(error.args[1])}") from None
    owners: dict[str, str] = {}
    parts = []
    for name in order:
        text = _plain(modules[name], name)
        for found in _NAME.findall(text):
            if found in owners:
                raise InputError(f"{name}: top-level name '{found}' is one of {owners[found]} too; expected another")
            owners[found] = name
        parts.append(f"// {name}\n{text.strip()}\n")
    return '(() => {\n"use strict";\n' + escaped_script("\n".join(parts)) + "})();\n"


def escaped_script(text: str) -> str:
    """A script, or JSON, in which nothing ends the element that it stands in."""
    return _ELEMENT_END.sub(lambda match: match[0].replace("<", "\\x3c"), text)


def _needs(modules: Mapping[str, str], entry: str) -> dict[str, list[str]]:
    """What each module imports, of those that are reached."""
    needs: dict[str, list[str]] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name in needs:
            continue
        found = _IMPORT.findall(modules[name])
        needs[name] = list(dict.fromkeys(other for _, other in found))
        for names, other in found:
            _check_exported(names, other, modules.get(other), name)
        waiting += needs[name]
    return needs


def _check_exported(names: str, other: str, text: str | None, importer: str) -> None:
    """Refuse names that a module does not export, and names that are changed on the way."""
    if text is None:
        raise InputError(f"{other}: is imported by {importer} and not there; expected a module of this name")
    exported = set(_EXPORTED.findall(text))
    for name in filter(None, (part.strip() for part in names.split(","))):
        if name not in exported:
            raise InputError(f"{importer}: '{name}' is not exported by {other}; expected one of its names as it is")


def _plain(text: str, name: str) -> str:
    """A module without imports and exports."""
    text = _EXPORT.sub("", _IMPORT.sub("", text))
    for pattern in (_OTHER_IMPORT, _OTHER_EXPORT):
        if left := pattern.search(text):
            raise InputError(f"{name}: {left[0]!r}; expected 'import {{…}} from \"./x.js\";' or export of a definition")
    return text
