"""Small studies of the tests: lattices on coarse meshes or by transforms, a second for all of their cases."""

from pathlib import Path

from constriction.study.file.file import load_study, study_of
from constriction.study.run.plan import plan_of

MEMORY = 4e9

BASE = """
[base.electrolyte]
thickness = "1 mm"
[base.interface]
pattern = "square"
pitch = "40 um"
contact_fraction = 0.2
[base.sweep]
from = "1 MHz"
to = "100 Hz"
points_per_decade = 2
[base.accuracy]
relative_error = 0.1
"""
SPECTRAL = 'method = "spectral"\n'
# 12 cases, 3 geometries: the gap's height costs no solve
GRID = """
[grid]
"interface.contact_fraction" = [0.1, 0.2, 0.3]
"gap.height" = ["5 nm", "10 nm", "20 nm", "40 nm"]
"""
# beside an axis of materials: a grain boundary that conducts twice as well as the bulk
TEMPERATURES = """
"electrolyte.temperature" = ["25 degC", "60 degC"]
x = [2]
[derive."electrolyte.grain_boundary_conductivity"]
rule = "power_law"
value = "electrolyte.bulk_conductivity"
of = "x"
reference = 1
exponent = 1
"""


def study(text, **more):
    """The study of a file's text after BASE."""
    import tomllib

    return study_of(tomllib.loads(BASE + text) | more, "study.toml")


def plan(text, **more):
    return plan_of(study(text, **more), MEMORY)


def write_study(folder: Path, text: str, base: str = BASE) -> Path:
    path = folder / "study.toml"
    path.write_text(base + text, "utf-8")
    return path


def load(path):
    return load_study(path)
