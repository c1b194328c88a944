"""This project's own part of the comparison, measured as the rivals are: in a process of its own, on one core.

Reads a job as JSON from its standard input, {"case": …, "repeat": …, "patience": …}, and prints a record as JSON.
"""

import json
import sys
import time
from typing import Any

import rival

from constriction import parse_case, simulate
from constriction.case.schema import Case
from constriction.field.elements.assembly import assemble
from constriction.field.elements.solvers import factorise
from constriction.field.fineness import mesh_sizes
from constriction.field.mesh.cells import mesh_cell
from constriction.laws.electrolyte import resistivity
from constriction.simulation.result import Result


def spectrum(case: Case) -> tuple[Result, rival.Answer]:
    """One whole run; unknowns and cells of the finest mesh, seconds of all meshes."""
    before = time.process_time()
    result = simulate(case)
    processor = time.process_time() - before
    meshes, frequency = result.response.solutions, result.spectrum.frequency
    constriction = (result.spectrum.impedance - result.slab.impedance) / resistivity(case.electrolyte, frequency)
    answer = rival.Answer(
        impedance=list(constriction / result.layout.pitch),
        unknowns=meshes[-1].unknowns,
        cells=meshes[-1].cells,
        seconds_mesh=sum(mesh.seconds_mesh for mesh in meshes),
        seconds_assemble=0.0,
        seconds_solve=sum(mesh.seconds_solve for mesh in meshes),
        seconds_processor=processor,
    )
    return result, answer


def one_dc_solve(case: Case, result: Result) -> dict[str, float]:
    """Seconds of meshing, assembling and solving once for direct current, on the meshes of a result."""
    from mpi4py import MPI

    seconds = {"mesh": 0.0, "assemble": 0.0, "solve": 0.0}
    watch = rival.Stages()
    for solution in result.response.solutions:
        sizes = mesh_sizes(result.layout, case.electrolyte.thickness, None, solution.fineness)
        cell = mesh_cell(result.layout, sizes, MPI.COMM_SELF)
        seconds["mesh"] += watch.lap()
        problem = assemble(cell, sizes)
        seconds["assemble"] += watch.lap()
        with factorise(problem.stiffness) as factor:
            field = factor.solve(problem.drive)
        value = problem.area / problem.energy(field)
        seconds["solve"] += watch.lap()
        if abs(value - solution.model(0.0).real) > 1e-6 * value:
            raise RuntimeError(f"F(0) = {value}: expected {solution.model(0.0).real} of the reduced model")
        watch.lap()
    return {**seconds, "total": sum(seconds.values())}


def record(job: dict[str, Any]) -> rival.Record:
    case = parse_case(job["case"], "one disc")
    result, _ = spectrum(case)  # compiles the forms, or loads the compiled ones
    memory = rival.peak_memory()
    one_dc_solve(case, result)
    runs = [(spectrum(case), one_dc_solve(case, result)) for _ in range(job["repeat"])]
    (result, best), _ = min(runs, key=lambda run: run[0][0].seconds_total)
    totals = [run.seconds_total for (run, _), _ in runs]
    dc = min((dc for _, dc in runs), key=lambda seconds: seconds["total"])
    return {
        "constriction": [[value.real, value.imag] for value in best.impedance],
        "unknowns": best.unknowns,
        "cells": best.cells,
        "iterations": None,
        "seconds_mesh": best.seconds_mesh,
        "seconds_assemble": best.seconds_assemble,
        "seconds_solve": best.seconds_solve,
        "seconds_total": result.seconds_total,
        "seconds_total_median": sorted(totals)[len(totals) // 2],
        "seconds_processor": min(answer.seconds_processor for (_, answer), _ in runs),
        "runs": len(runs),
        "peak_memory_bytes": memory,
        "error_bar": result.R_cstr_error / result.R_cstr,
        "solves": sum(mesh.model.solves for mesh in result.response.solutions),
        "dc": dc,
    }


if __name__ == "__main__":
    rival.on_one_core()
    print(json.dumps(record(json.load(sys.stdin))))
