"""Which meshes are chosen: whole stations on discs' rims, within the memory, as fine as what is asked."""

import math

import numpy as np
import pytest
from cases import RANDOM, SQUARE, case_of

from constriction.field.fineness import (
    COARSEST_MESH,
    COARSEST_OF_DISCS,
    COARSEST_OF_MANY_DISCS,
    FEWEST_OF_MANY_DISCS,
    QUARTER,
    coarser,
    first_fineness,
    memory_of,
    mesh_sizes,
    rungs_of,
    whole,
)
from constriction.field.response import Goal
from constriction.geometry.cell import lay_out


def stations(fineness):
    return QUARTER / math.sqrt(fineness)


@pytest.mark.parametrize("fineness", np.geomspace(1e-3, COARSEST_MESH, 40))
def test_meshes_of_a_pair_have_whole_stations(fineness):
    fine, coarse = whole(fineness), coarser(whole(fineness))
    assert fine <= fineness * (1 + 1e-9)
    assert whole(fine) == fine
    for one in (fine, coarse):
        assert stations(one) == pytest.approx(round(stations(one)), rel=1e-12)
    assert 1.5 < coarse / fine < 2.7  # far enough apart to extrapolate


@pytest.mark.parametrize("interface", [SQUARE, {**RANDOM, "spots": 100}])
@pytest.mark.parametrize("memory", np.geomspace(2.5e8, 1e10, 12))
def test_first_mesh_fits_into_the_memory(interface, memory):
    layout = lay_out(case_of(interface).interface)
    fineness, coarsest = first_fineness(layout, Goal(3e-5, memory)), rungs_of(layout, False).coarsest
    assert whole(fineness) == fineness <= coarsest
    assert memory_of(layout, fineness) <= memory or fineness == coarsest


@pytest.mark.parametrize("volume", [False, True])
def test_less_is_asked_with_a_coarser_mesh(volume):
    layout = lay_out(case_of(SQUARE).interface)
    found = [first_fineness(layout, Goal(asked, math.inf), volume) for asked in np.geomspace(1e-5, 1e-1, 30)]
    assert found == sorted(found)
    assert found[0] < found[-1] == rungs_of(layout, volume).coarsest


def test_what_errs_more_gets_a_finer_mesh():
    layout = lay_out(case_of(SQUARE).interface)
    plain = first_fineness(layout, Goal(2e-4, math.inf))
    assert first_fineness(layout, Goal(2e-4, math.inf), volume=True) < plain
    assert first_fineness(layout, Goal(2e-4, math.inf, bounds=True)) < plain


@pytest.mark.parametrize("fineness", np.geomspace(1e-2, COARSEST_OF_MANY_DISCS, 20))
def test_meshes_of_many_discs_are_apart_and_no_coarser_than_an_eighth_turn(fineness):
    fine, coarse = whole(fineness), coarser(whole(fineness), FEWEST_OF_MANY_DISCS)
    assert 1.5 < coarse / fine < 2.8
    assert stations(coarse) > 1.999


@pytest.mark.parametrize(
    ("changed", "coarsest"),
    [
        ({}, COARSEST_OF_MANY_DISCS),
        ({"spots": 4}, COARSEST_OF_DISCS),
        ({"inverted": True, "contact_fraction": 0.8}, COARSEST_MESH),
        ({"shape": "square"}, COARSEST_MESH),
        ({"overlap": "merge", "contact_fraction": 0.5}, COARSEST_MESH),
    ],
)
def test_only_discs_have_coarser_meshes(changed, coarsest):
    layout = lay_out(case_of({**RANDOM, "spots": 9, **changed}).interface)
    assert rungs_of(layout, False).coarsest == coarsest
    assert rungs_of(layout, True).coarsest == COARSEST_MESH
    meshed = mesh_sizes(layout, 1e-3, None, COARSEST_MESH)
    assert (meshed.collar.sectors < 8) == (coarsest > COARSEST_MESH)
