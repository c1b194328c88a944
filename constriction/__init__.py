"""Current constriction at metal | solid-electrolyte interfaces, by finite elements, in the frequency domain.

In short: `result = constriction.simulate(constriction.load("case.toml"))`, then `result.R_cstr`, `result.C_cstr` and
`result.spectrum`, in SI and per area of interface.

Measured spectra: `constriction.analyse(constriction.read("cell.mpt")[0].spectrum).fit.arcs`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constriction.base.errors import InputError
    from constriction.case.schema import Case, load, parse_case
    from constriction.simulation.record import write_result
    from constriction.simulation.result import Result
    from constriction.simulation.simulate import Options, simulate
    from constriction.spectra.drt.relaxation_times import relaxation_times
    from constriction.spectra.files.readers import read, read_series
    from constriction.spectra.fit.fitting import fit_circuit
    from constriction.spectra.kramers_kronig import kramers_kronig
    from constriction.spectra.reading.analysis import analyse
    from constriction.spectra.spectrum import Spectrum
    from constriction.study.run.geometries import stored_result

__all__ = [
    "Case",
    "InputError",
    "Options",
    "Result",
    "Spectrum",
    "analyse",
    "fit_circuit",
    "kramers_kronig",
    "load",
    "parse_case",
    "read",
    "read_series",
    "relaxation_times",
    "simulate",
    "stored_result",
    "write_result",
]

_HOMES = {
    "Case": "case.schema",
    "load": "case.schema",
    "parse_case": "case.schema",
    "InputError": "base.errors",
    "Options": "simulation.simulate",
    "Result": "simulation.result",
    "simulate": "simulation.simulate",
    "Spectrum": "spectra.spectrum",
    "analyse": "spectra.reading.analysis",
    "fit_circuit": "spectra.fit.fitting",
    "kramers_kronig": "spectra.kramers_kronig",
    "read": "spectra.files.readers",
    "read_series": "spectra.files.readers",
    "relaxation_times": "spectra.drt.relaxation_times",
    "stored_result": "study.run.geometries",
    "write_result": "simulation.record",
}


def __getattr__(name: str) -> Any:
    """Import a public name where it is first used: `constriction --help` needs none of the libraries behind it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'constriction' has no attribute {name!r}")
    return getattr(import_module(f"constriction.{_HOMES[name]}"), name)
