"""What a run leaves behind: a folder that is always a whole result, the old one or the new one.

Values are per cm² of interface here, at the edge of the program; inside they are SI.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from constriction.base.catalogue import edge_record
from constriction.base.folders import FolderKind, whole_folder
from constriction.base.versions import git_commit, library_versions, package_version
from constriction.case.maps.files import as_bytes
from constriction.case.schema import Case, case_sha256, referred_files, resolved_toml
from constriction.case.solids.kinds import BodyTable
from constriction.field.currents.spread import MULTIPLES
from constriction.laws.electrolyte import dc_resistivity
from constriction.simulation.counter import counter_record
from constriction.simulation.finer import fine_record, pellet_record
from constriction.simulation.maps.record import map_record, outlines_record
from constriction.simulation.metals.added import metals_record
from constriction.simulation.peaks import Peak
from constriction.simulation.reading import ReadOff, read_off
from constriction.simulation.result import Result
from constriction.simulation.scene import cell_case
from constriction.simulation.solids.tips import tips_record
from constriction.simulation.weights import theta_of, uneven_gap
from constriction.spectra.reading.reading import RESOLUTION, SIMULATED
from constriction.spectra.spectrum import write_csv

FILES = (
    *("result.json", "case.toml", "spectrum.csv", "contacts.geojson", "nyquist.png", "currents.png", "field.vtu"),
    *("report.html", "nyquist.pdf", "bode.pdf", "circuit.txt", "circuit.json", "circuit.sp"),
)
CASE_FILES = r"(?i:.+\.(toml|png|tiff?|npy|csv|wkt|geojson))"  # beside case.toml, if it refers to them
OUR_KEYS = frozenset({"R_cstr_ohm_cm2", "case_sha256", "versions"})  # what shows that a result.json is ours


# --- the numbers ---------------------------------------------------------------------------------------------------


def result_record(result: Result) -> dict[str, Any]:
    """The content of result.json of one result, as `result_records`."""
    return result_records([result])[0]


def result_records(results: Sequence[Result]) -> list[dict[str, Any]]:
    """The content of result.json of each result: flat, the unit in each key; None for what the case does not have.

    Resistances in Ω·cm², capacitances in F/cm², both per area of interface; times in seconds, summed over all meshes;
    `cells` and `unknowns` are the finest mesh's, or the pixels of the finest grid and those not wholly in contact.
    """
    return [_record(*both) for both in zip(results, read_off(results), strict=True)]


def _record(result: Result, reading: ReadOff) -> dict[str, Any]:
    solutions, interface = result.response.solutions, result.layout
    values = {
        "contact_fraction": interface.contact_fraction,
        "gap_model": result.gap_model,
        "method": result.case.accuracy.method,
        "R_cstr_ohm_cm2": result.R_cstr,
        "R_cstr_error_ohm_cm2": result.R_cstr_error,
        "R_cstr_lower_ohm_cm2": None if result.R_cstr_bounds is None else result.R_cstr_bounds[0],
        "R_cstr_upper_ohm_cm2": None if result.R_cstr_bounds is None else result.R_cstr_bounds[1],
        "spectrum_error_ohm_cm2": result.spectrum_error,
        "relative_error_asked": result.case.accuracy.relative_error,
        "relative_error_reached": relative_error_reached(result),
        "accuracy_reached": result.accuracy_reached,
        "C_cstr_farad_per_cm2": result.C_cstr,
        "C_cstr_belongs_to": result.C_cstr_belongs_to,
        "C_low_farad_per_cm2": result.C_low,
        "C_high_farad_per_cm2": result.C_high,
        "f_cstr_hertz": result.f_cstr,
        "R_electrolyte_ohm_cm2": result.R_electrolyte,
        "R_full_contact_ohm_cm2": result.R_full_contact,
        "R_interface_ohm_cm2": result.R_interface,
        "R_interface_error_ohm_cm2": result.R_interface_error,
        "R_dc_ohm_cm2": result.R_dc,
        "peaks": [edge_record(_peak(peak)) for peak in result.peaks],
    }
    how = {
        "cells": result.response.fine.cells,
        "unknowns": result.response.fine.unknowns,
        "solves": sum(solution.model.solves for solution in solutions),
        "cell_mirror_images": interface.lattice_images,
        "seconds_gmsh": math.fsum(solution.seconds_gmsh for solution in solutions),
        "seconds_mesh": math.fsum(solution.seconds_mesh for solution in solutions),
        "seconds_solve": math.fsum(solution.seconds_solve for solution in solutions),
        "seconds_total": result.seconds_total,
        "case_sha256": case_sha256(result.case),
        **files_record(result.case),
        "versions": versions(result.case.accuracy.method),
    }
    more = currents_record(result) | lift_record(result) | map_record(result.layout, result.R_cstr_map_error)
    more |= outlines_record(result.response, dc_resistivity(result.case.electrolyte) * result.layout.pitch)
    more |= tips_record(result) | pellet_record(result) | fine_record(result) | counter_record(result)
    more |= metals_record(result)
    return edge_record(values | more) | apparent_record(reading) | how


def currents_record(result: Result) -> dict[str, float | None]:
    """The parts of the contacts' area and current where the density is above MULTIPLES of its mean; None: unknown."""
    record: dict[str, float | None] = {}
    for multiple in MULTIPLES:
        found = (None,) * 4 if result.currents is None else result.currents.above(multiple)
        for part, (value, error) in (("area", found[:2]), ("current", found[2:])):
            key = f"contact_{part}_above_{multiple:g}"
            record |= {key: value, f"{key}_error": error}
    return record


def lift_record(result: Result) -> dict[str, Any]:
    """What result.json says of a gap of uneven height, SI; nothing of an even one."""
    profile = uneven_gap(result.case, result.layout)
    if profile is None:
        return {}
    if profile.changes is None:
        record: dict[str, Any] = {"lifted_share": profile.lifted_share}
    else:
        record = {"height_map_changes": list(profile.changes)}
    if profile.foils:
        record["largest_bending_strain"] = profile.foils[0].largest_strain
    if result.laws.height_error is not None:
        record["height_error_ohm_cm2"] = result.height_error
    return record


def _peak(peak: Peak) -> dict[str, float]:
    return {
        "frequency_hertz": peak.frequency,
        "resistance_ohm_cm2": peak.resistance,
        "capacitance_farad_per_cm2": peak.capacitance,
    }


def files_record(case: Case) -> dict[str, dict[str, str]]:
    """The SHA-256 of each file that a case refers to, by its name beside case.toml; nothing without one."""
    hashes = {name: hashlib.sha256(as_bytes(text)).hexdigest() for name, text in referred_files(case).items()}
    return {"referred_files": hashes} if hashes else {}


def apparent_record(reading: ReadOff) -> dict[str, Any]:
    """What an experimenter would read off the spectrum, and with what error bars; None where nothing can be read.

    R_SE, R_int in Ω·cm², C_int in F/cm²; `SIMULATED` in spectra/reading/reading.py tells how.
    """
    found = reading.apparent
    values = {
        "apparent_R_SE_ohm_cm2": getattr(found, "R_SE", None),
        "apparent_R_SE_error_ohm_cm2": getattr(found, "R_SE_stderr", None),
        "apparent_R_int_ohm_cm2": getattr(found, "R_int", None),
        "apparent_R_int_error_ohm_cm2": getattr(found, "R_int_stderr", None),
        "apparent_C_int_farad_per_cm2": getattr(found, "C_int", None),
        "apparent_C_int_error_farad_per_cm2": getattr(found, "C_int_stderr", None),
        "apparent_circuit": reading.circuit,
        "apparent_resolution": RESOLUTION,
        "apparent_definition": SIMULATED,
        "apparent_remark": reading.remark or None,
    }
    return edge_record(values)


def relative_error_reached(result: Result) -> float | None:
    """The largest error bar over what it is relative to; None where the current flows evenly."""
    uneven = 0 < result.layout.contact_fraction < 1 or any(isinstance(one, BodyTable) for one in result.case.solid)
    return result.relative_error_reached if uneven and result.R_cstr != 0 else None


def versions(method: str) -> dict[str, str | None]:
    """Versions of the package and of the libraries that decide the digits; the git commit of a checkout of ours."""
    if method != "finite_elements":
        return {"constriction": package_version(), **library_versions("numpy", "scipy"), "git_commit": git_commit()}
    from constriction.field.elements import compiler

    return {"constriction": package_version(), **compiler.library_versions(), "git_commit": git_commit()}


# --- the folder ----------------------------------------------------------------------------------------------------


def write_result(
    result: Result,
    folder: str | os.PathLike[str],
    extras: Sequence[Callable[[Path], None]] = (),
) -> dict[str, Any]:
    """Write a result as a whole; call it on one rank.

    Args:
        result: what is written.
        folder: a folder that does not exist yet, is empty, or holds an earlier result, which is replaced in one step:
            whenever the process is killed, there is the old result or the new one.
        extras: each writes one of FILES into the folder that it is given, where the files before it are already.

    Returns:
        The content of result.json.

    Raises:
        InputError: the folder holds something else; nothing was changed.
    """
    record = result_record(result)
    with whole_folder(folder, RESULT) as fresh:
        write_case(result.case, fresh)
        (fresh / "contacts.geojson").write_text(json.dumps(result.layout.geojson(), allow_nan=False), encoding="utf-8")
        write_csv(result.spectrum, fresh / "spectrum.csv")
        (fresh / "result.json").write_text(record_text(record), encoding="utf-8")
        for extra in extras:
            extra(fresh)
    return record


def write_case(case: Case, folder: Path) -> None:
    """Write case.toml and the files that it refers to."""
    for name, text in {"case.toml": resolved_toml(case), **referred_files(case)}.items():
        (folder / name).write_bytes(as_bytes(text))


def amend_result(
    folder: str | os.PathLike[str], more: Mapping[str, Any], extras: Sequence[Callable[[Path], None]] = ()
) -> dict[str, Any]:
    """Add keys to result.json of a result, as a whole; call it on one rank.

    Args:
        folder: of `write_result`.
        more: further keys.
        extras: each writes one of FILES anew.

    Returns:
        The content of result.json.
    """
    with whole_folder(folder, RESULT) as fresh:
        for path in Path(folder).iterdir():
            shutil.copyfile(path, fresh / path.name)
        record: dict[str, Any] = json.loads((fresh / "result.json").read_text(encoding="utf-8")) | dict(more)
        (fresh / "result.json").write_text(record_text(record), encoding="utf-8")
        for extra in extras:
            extra(fresh)
    return record


def record_text(record: dict[str, Any]) -> str:
    """A record as JSON: one key a line, no NaN."""
    return json.dumps(record, indent=2, allow_nan=False) + "\n"


# Of the mesh of field.vtu: meshes round solids are refined by their bounds and have no fineness to be made after again.
FINENESS_BESIDE_SOLIDS = 0.3
RESULT = FolderKind("result", FILES, OUR_KEYS, listed="referred_files", listed_pattern=CASE_FILES)


# --- what the field is needed for ------------------------------------------------------------------------------------


def write_field_of(result: Result, folder: Path) -> None:
    """Solve the field again on the finest mesh of a result and write it as field.vtu; on one rank."""
    from constriction.field.mesh_files import write_field
    from constriction.field.mesh_response import MeshSolution

    case, finest = result.case, result.response.fine
    if not isinstance(finest, MeshSolution):
        raise ValueError(f"write_field_of: expected a result of finite elements, got {case.accuracy.method!r}")
    frequencies = [0.0] if result.f_cstr is None else [0.0, result.f_cstr]
    cell = cell_case(case, FINENESS_BESIDE_SOLIDS if case.solid else finest.fineness)
    write_field(cell, list(theta_of(case, result.layout, result.laws, frequencies)), folder / "field.vtu")
