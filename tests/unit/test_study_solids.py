"""Studies whose cases have solids: their keys vary, and what they are is part of a geometry's name."""

import re

import pytest
from study_files import plan

from constriction.base.errors import InputError
from constriction.study.run.plan import units_of

TWO = '[[base.solid]]\nkind = "pit"\nradius = "3 um"\n[[base.solid]]\nkind = "void"\nradius = "2 um"\nbelow = "20 um"\n'


def test_the_keys_of_a_solid_vary():
    made = plan(TWO + '[grid]\n"solid.0.depth" = ["1 um", "2 um"]\n"solid.1.below" = ["20 um", "30 um"]\n')
    found = [(entry.case.solid[0].depth, entry.case.solid[1].below) for entry in made.entries]
    assert found == [(1e-6, 2e-5), (1e-6, 3e-5), (2e-6, 2e-5), (2e-6, 3e-5)]
    assert units_of(made) == {"solid.0.depth": "m", "solid.1.below": "m"}
    assert len({entry.geometry for entry in made.entries}) == 4 and len({entry.key for entry in made.entries}) == 4
    assert all(entry.problem is None for entry in made.entries)


def test_a_default_of_a_solid_and_a_law_of_a_layer_vary():
    made = plan(TWO + '[grid]\n"solid.0.depth" = ["default", "2 um"]\n')
    assert [entry.case.solid[0].depth for entry in made.entries] == [3e-6, 2e-6]
    layer = '[[base.solid]]\nkind = "layer"\nthickness = "1 um"\nlaw = "R1"\nR1 = "9 ohm cm"\n'
    made = plan(layer + '[grid]\n"solid.0.R1" = ["1 ohm cm", "2 ohm cm"]\n')
    laws = [entry.case.solid[0].law_of(entry.case.electrolyte).values for entry in made.entries]
    assert laws == [(0.01,), (0.02,)]


def test_a_key_of_a_solid_may_be_derived_from_another():
    made = plan(
        TWO
        + '[grid]\n"solid.0.radius" = ["2 um", "4 um"]\n'
        + '[derive]\n"solid.0.depth" = {rule = "quotient", of = "solid.0.radius", by = 2}\n'
    )
    assert [entry.case.solid[0].depth for entry in made.entries] == [1e-6, 2e-6]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("solid.2.depth", "solid.2.depth: the base has 2 tables [[solid]], counted from 0; expected one of them"),
        ("solid.0.dept", "'solid.0.dept': unknown key, the nearest is 'solid.0.depth'"),
        ("solid.0.thickness", "solid[0].thickness = '1 um': does not apply to kind 'pit'"),
        ("solid.depth", "'solid.depth': unknown key; expected the number of a table [[solid]], from 0, and one of its"),
        ("solid.depht", "such as 'solid.0.depth'"),
        ("solid.one.radius", "such as 'solid.0.radius'"),
        ("solid.0", "expected the number of a table [[solid]], from 0, and one of its keys"),
    ],
)
def test_a_wrong_key_of_a_solid_is_told(key, message):
    with pytest.raises(InputError, match=re.escape(message)):
        plan(f'{TWO}[grid]\n"{key}" = ["1 um"]\n')


def test_a_solid_that_finds_no_place_is_a_problem_of_its_case():
    made = plan(TWO + '[grid]\n"solid.0.radius" = ["3 um", "30 um"]\n')
    fits, wide = (entry.problem for entry in made.entries)
    assert fits is None and "leaves the mirror cell" in wide
