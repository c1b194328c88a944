"""Results as `simulate` returns them, made up, and what must be true of the folder of one."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from support.spectrum_csv import read_csv

from constriction.case.schema import case_sha256, load, parse_case
from constriction.geometry.cell import lay_out
from constriction.simulation.peaks import Peak
from constriction.simulation.result import Result
from constriction.simulation.weights import Laws
from constriction.spectra.spectrum import Spectrum

VERSIONS = {"constriction": "0", "dolfinx": "0", "petsc": "0", "gmsh": "0", "git_commit": None}
WRITTEN = {"case.toml", "spectrum.csv", "result.json", "contacts.geojson"}


def solution(cells, solves, mesh, solve):
    return SimpleNamespace(
        cells=cells,
        unknowns=2 * cells,
        model=SimpleNamespace(solves=solves),
        seconds_mesh=mesh,
        seconds_gmsh=0.5 * mesh,
        seconds_solve=solve,
    )


def result(title="islands", resistance=14.8e-4, **changes):
    """A result as `simulate` returns it, made up. Its spectrum's last value is that of R_cstr."""
    interface = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm"}
    case = parse_case({"title": title, "interface": interface, "gap": {"height": "5 nm"}})
    solutions = (solution(100, 11, 0.5, 0.25), solution(400, 12, 1.5, 2.25))
    z = np.array([1e-3 - 5e-4j, 3e-3 + resistance])
    values = {
        "case": case,
        "layout": lay_out(case.interface),
        "response": SimpleNamespace(solutions=solutions, fine=solutions[-1], outlines=None, tips=()),
        "gap_model": "thin",
        "spectrum": Spectrum([1e6, 1e2], z, "ohm m2"),
        "slab": Spectrum([1e6, 1e2], z, "ohm m2"),
        "R_cstr": resistance,
        "R_cstr_error": 1e-7,
        "R_cstr_bounds": (resistance - 2e-7, resistance + 3e-7),
        "spectrum_error": 2e-7,
        "R_electrolyte": 3e-3,
        "R_interface": resistance,
        "R_interface_error": 2e-7,
        "R_full_contact": 3e-3,
        "laws": Laws(None, case.gap.law_of()),
        "C_cstr": 2.4e-3,
        "C_low": 2.3e-3,
        "C_high": 2.2e-3,
        "f_cstr": 4.5e4,
        "peaks": (Peak(4.5e4, 14e-4, 2.5e-3),),
        "seconds_total": 5.0,
    }
    values |= changes
    largest = max(values["R_cstr_error"], values["spectrum_error"])
    return Result(**({"relative_error_reached": largest / resistance if resistance else 0.0} | values))


def whole(out):
    """The title of a result; fails unless all its files are of one run."""
    assert {path.name for path in out.iterdir()} == WRITTEN
    record, case = json.loads((out / "result.json").read_text()), load(out / "case.toml")
    assert record["case_sha256"] == case_sha256(case)
    end = read_csv(out / "spectrum.csv").impedance[-1].real
    assert end == pytest.approx((record["R_cstr_ohm_cm2"] + 30) * 1e-4, rel=1e-12)
    json.loads((out / "contacts.geojson").read_text())
    return case.title
