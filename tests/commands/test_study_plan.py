"""`constriction study plan`: what a study costs, and what a bad study file gets."""

import re

import pytest
from study_files import GRID, write_study

from constriction.cli import main
from constriction.study.file.file import load_study
from constriction.study.run.plan import check_number, number_of_cases

PITCH = '"interface.pitch"'


RANGE = '[latin_hypercube]\nsamples = 2\n"gap.height" = '


def pitch(rule):
    return GRID + f"[derive]\n{PITCH} = {{rule = {rule}}}"


BAD = {
    "unknown material": (
        '[grid]\n"electrolyte.material" = ["LLZQ"]\nx = [1]\n[derive]\n"electrolyte.grain_boundary_conductivity" = '
        '{rule = "power_law", value = "electrolyte.bulk_conductivity", of = "x", reference = 1, exponent = 1}',
        r"electrolyte\.material = 'LLZQ': unknown, the nearest is 'LLZO'",
    ),
    "unknown key": (GRID + '"gap.hight" = ["1 nm"]', r"'gap\.hight': unknown key, the nearest is 'gap\.height'"),
    "empty axis": ('[grid]\n"gap.height" = []', r"\[grid\] gap\.height = \[\]: expected at least one value"),
    "no list": ('[grid]\n"gap.height" = "1 nm"', r"gap\.height = '1 nm': expected a list"),
    "no axis": ("", "no axis; expected"),
    "unequal zip": (f'[zip]\n"gap.height" = ["1 nm"]\n{PITCH} = ["1 um", "2 um"]', "has 1, .* has 2; expected"),
    "twice": (GRID + '[zip]\n"gap.height" = ["1 nm"]', r"gap\.height: in \[grid\] and in \[zip\]"),
    "wrong value": ('[grid]\n"gap.height" = ["5 mS"]', r"gap\.height = '5 mS': expected a length"),
    "unknown table": (GRID + "[gird]", "'gird': unknown key, the nearest is 'grid'"),
    "part of a case": (GRID + '[gap]\nheight = "1 nm"', r"gap: a part of the case; expected it under \[base\.gap\]"),
    "unused parameter": (GRID + 'charge = ["1 C/m^2"]', "'charge': no rule of .derive. uses it"),
    "unused assumption": (GRID + '[assumptions]\nq = "1 C/m^2"', "'q': no rule of .derive. uses it"),
    "unknown rule": (pitch('"hexagonal", density = 1'), "unknown rule 'hexagonal', .*_pitch'"),
    "missing input": (pitch('"square_pitch"'), "rule 'square_pitch' lacks density"),
    "unknown input": (pitch('"copy", off = 1'), "has no input 'off'; it takes of"),
    "wrong kind": (pitch('"square_pitch", density = "1 m"'), "expected a number density, given a length"),
    "unknown name": (pitch('"copy", of = "pich"'), "'pich': no axis, assumption or derived"),
    "circle": (GRID + '[derive]\na = {rule = "copy", of = "b"}\nb = {rule = "copy", of = "a"}', "a, b need each other"),
    "set twice": (GRID + '[derive]\n"gap.height" = {rule = "copy", of = "1 nm"}', "varied by an axis and set by"),
    "no value": (pitch('"quotient", of = "1 nm", by = 0'), "'quotient' has no value for"),
    "low above high": (RANGE + '{low = "2 nm", high = "1 nm"}', "expected low below high"),
    "log of zero": (RANGE + '{low = "0 nm", high = "1 nm", scale = "log"}', "above zero"),
    "no samples": (RANGE.replace("samples", "seed") + '{low = "1 nm", high = "2 nm"}', "samples = None: expected"),
    "repeats": (GRID + '[repeat]\n"interface.seed" = 0', r"interface\.seed = 0: expected an integer from 1"),
    "side bias": (GRID + '[repeat]\nside_bias = 1\n"interface.seed" = 2', r"\[repeat\] side_bias = 1: expected true"),
    "no seeds": (GRID + "[repeat]\nside_bias = true", r"\[repeat\] side_bias = true: nothing to repeat; expected"),
    "sides twice": (
        '[grid]\n"interface.sides" = ["mirror"]\n[repeat]\nside_bias = true\n"interface.seed" = 2',
        r"interface\.sides: in \[grid\] and in \[side_bias\]",
    ),
    "plot key": (GRID + '[[plot]]\nx = "a"\ny = "b"\nz = "c"', r"\[\[plot\]\] 1: unknown key 'z'; it takes x, y"),
    "plot scale": (GRID + '[[plot]]\nx = "a"\ny = "b"\nscale = "log"', "scale = 'log': expected one of"),
    "plot file": (GRID + '[[plot]]\nx = "a"\ny = "b"\nfile = "../a.png"', "expected a name that ends in"),
    "no file": ('[list]\nfile = "none.csv"', "No such file or directory; expected a csv file"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_study_gets_one_line_and_exit_code_2(name, tmp_path, capsys):
    text, message = BAD[name]
    path = write_study(tmp_path, text)
    assert main(["study", "plan", str(path), "--out", str(tmp_path / "out")]) == 2
    printed, complaint = capsys.readouterr()
    assert printed == ""
    assert len(complaint.splitlines()) == 1
    assert complaint.startswith(f"constriction: {path}")
    assert re.search(message, complaint)


def test_ten_million_cases_are_refused_with_their_number_and_never_made(tmp_path, capsys):
    text = "[grid]\n" + "\n".join(
        f'"{key}" = {values}'
        for key, values in {
            "gap.height": [f"{n} nm" for n in range(1, 1001)],
            "interface.pitch": [f"{n} um" for n in range(1, 1001)],
            "electrolyte.thickness": [f"{n} mm" for n in range(1, 11)],
        }.items()
    )
    path = write_study(tmp_path, text)
    assert main(["study", "plan", str(path)]) == 2
    assert re.search(
        r"10000000 cases \(gap\.height 1000 × .*expected at most 100000, or --yes", capsys.readouterr().err
    )
    read = load_study(path)
    assert number_of_cases(read) == 10**7
    check_number(read, sure=True)


def test_plan_says_what_costs_no_solve_and_computes_nothing(tmp_path, capsys):
    path = write_study(tmp_path, GRID)
    assert main(["study", "plan", str(path), "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"cases +12 \(interface\.contact_fraction 3 × gap\.height 4\)", printed)
    assert re.search(r"geometries +3 ", printed)
    assert "gap.height: 4 values, which cost no solve" in printed
    assert re.search(r"done +0 of 12", printed)
    assert not (tmp_path / "out").exists()
