"""The records of cases in a study: what they gave, or why they failed; cases of one geometry are made together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from constriction.base.catalogue import edge_record
from constriction.base.errors import InputError, MeshError, SolverError, StoreError
from constriction.case.schema import Case, resolved_toml
from constriction.field.response import Response
from constriction.simulation.counter import check_apart
from constriction.simulation.metals.added import with_metals
from constriction.simulation.record import result_records
from constriction.simulation.result import Posed, Result, results_of, sweep_frequencies
from constriction.simulation.simulate import Options, check_bounds, laws_of, with_far_side
from constriction.simulation.weights import curve_of
from constriction.study.run.geometry import layout_of
from constriction.study.run.plan import PlannedCase
from constriction.study.run.store import Record

NOT_REPRODUCIBLE = "seconds_"  # keys that begin so are times, and differ from run to run
VERSIONS = "versions"
# Cases of one geometry that are made together, and frequencies of all of them: whoever kills a run loses these.
MOST_AT_ONCE, POINTS_AT_ONCE = 32, 4_000
TOLD = (InputError, MeshError, SolverError)  # with a message that says everything


def batches(entries: Sequence[PlannedCase]) -> Iterator[Sequence[PlannedCase]]:
    """Cases that are made together; one alone where it needs further geometries, which may take long."""
    waiting = list[PlannedCase]()
    for entry in entries:
        if entry.case.contact.fine_case is not None or entry.case.counter.other_case is not None:
            yield [entry]
        else:
            waiting.append(entry)
    if waiting:
        points = len(sweep_frequencies(waiting[0].case))
        yield from batched(waiting, min(max(POINTS_AT_ONCE // points, 1), MOST_AT_ONCE))


def records_of(entries: Sequence[PlannedCase], response: Response[Any], seconds: float, alone: Options) -> list[Record]:
    """The records of some cases of a geometry, or of their failure: whose it was shows where each is made alone.

    Args:
        entries: the cases; their records are the same whichever of them are made together.
        response: of the geometry.
        seconds: that it took, s.
        alone: how finer cases and far sides are solved.

    Raises:
        StoreError: the response of a further geometry cannot be kept.
    """
    try:
        posed = [_posed(entry.case, alone) for entry in entries]
        near = [with_metals(one, alone.comm, alone.report) for one in results_of(posed, response, seconds)]
        return _successes([with_far_side(one, alone) for one in near])
    except StoreError:
        raise
    except Exception as error:
        if len(entries) == 1:
            return [failure(entries[0].case, error)]
        return [records_of([entry], response, seconds, alone)[0] for entry in entries]


def _posed(case: Case, alone: Options) -> Posed:
    check_apart(case)
    contacts = layout_of(case)
    laws = laws_of(case, contacts, alone)
    if case.accuracy.bounds:
        check_bounds(case, curve_of(case, contacts, laws, sweep_frequencies(case)))
    return Posed(case, contacts, laws)


def _successes(results: Sequence[Result]) -> list[Record]:
    """The records of cases that are done: `result` has what is the same in every run, `times` the rest."""
    return [_success(*both) for both in zip(results, result_records(results), strict=True)]


def _success(result: Result, whole: dict[str, Any]) -> Record:
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
