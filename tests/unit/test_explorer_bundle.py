"""Modules become one script: in order, without imports, and refused where they do not fit together."""

import pytest

from constriction.base.errors import InputError
from constriction.view.explorer.bundle import bundled, escaped_script
from constriction.view.explorer.page import json_element

LEAF = "/** A leaf. */\nexport const LEAF = 1;\nexport function leafOf(x) {\n  return x + LEAF;\n}\n"
MIDDLE = 'import { LEAF } from "./leaf.js";\nexport class Middle {}\nconst own = LEAF;\n'
MAIN = (
    'import {\n  leafOf,\n  LEAF,\n} from "./leaf.js";\nimport { Middle } from "./middle.js";\nleafOf(new Middle());\n'
)


def test_modules_come_before_those_that_import_them():
    script = bundled({"main.js": MAIN, "middle.js": MIDDLE, "leaf.js": LEAF, "unused.js": "const LEAF = 2;"}, "main.js")
    assert script.index("// leaf.js") < script.index("// middle.js") < script.index("// main.js")
    assert "import" not in script and "export" not in script and "unused" not in script
    assert script.startswith('(() => {\n"use strict";') and script.endswith("})();\n")


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"main.js": 'import { a } from "./gone.js";\n'}, "gone.js: is imported by main.js and not there"),
        ({"main.js": 'import { gone } from "./leaf.js";\n', "leaf.js": LEAF}, "'gone' is not exported by leaf.js"),
        ({"main.js": 'import { LEAF as x } from "./leaf.js";\n', "leaf.js": LEAF}, "'LEAF as x' is not exported"),
        ({"main.js": 'import { leafOf } from "./leaf.js";\nconst LEAF = 3;\n', "leaf.js": LEAF}, "'LEAF' is one of"),
        ({"main.js": 'import * as leaf from "./leaf.js";\n', "leaf.js": LEAF}, "expected 'import {…}"),
        ({"main.js": "export default 3;\n"}, "expected 'import {…}"),
        (
            {
                "main.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b.js": 'import { a } from "./main.js";\nexport const b = 1;\n',
            },
            "in a circle",
        ),
    ],
)
def test_what_does_not_fit_is_refused(modules, said):
    with pytest.raises(InputError, match=said.replace("*", r"\*")):
        bundled(modules, "main.js")


def test_nothing_ends_the_element_that_it_stands_in():
    assert "</script" not in escaped_script('const a = "</script><!--";').lower()
    assert "<" not in json_element({"name": "</script><img src=x>"})
