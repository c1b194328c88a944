"""The record of a case in a study: what it gave, or why it failed."""

from __future__ import annotations

from constriction.base.catalogue import edge_record
from constriction.base.errors import InputError, MeshError, SolverError
from constriction.case.schema import Case, resolved_toml
from constriction.simulation.record import result_record
from constriction.simulation.result import Result
from constriction.study.run.store import Record

NOT_REPRODUCIBLE = "seconds_"  # keys that begin so are times, and differ from run to run
VERSIONS = "versions"
TOLD = (InputError, MeshError, SolverError)  # with a message that says everything


def success(result: Result) -> Record:
    """The record of a case that is done: `result` has what is the same in every run, `times` the rest."""
    whole = result_record(result)
    times = {key: value for key, value in whole.items() if key.startswith(NOT_REPRODUCIBLE)}
    versions = whole.pop(VERSIONS)
    spectrum = {
        "frequency_hertz": result.spectrum.frequency,
        "real_impedance_ohm_cm2": result.spectrum.impedance.real,
        "imaginary_impedance_ohm_cm2": result.spectrum.impedance.imag,
    }
    return {
        "status": "done",
        "error": "",
        "case": resolved_toml(result.case),
        "result": {key: value for key, value in whole.items() if key not in times},
        "spectrum": {key: values.tolist() for key, values in edge_record(spectrum).items()},
        "times": times,
        "versions": versions,
    }


def failure(case: Case, error: Exception) -> Record:
    """The record of a case that failed."""
    name = "" if isinstance(error, TOLD) else f"{type(error).__name__}: "
    message = " ".join(f"{name}{error}".split())
    return {"status": "failed", "error": message, "case": resolved_toml(case)}
