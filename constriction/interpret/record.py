"""interpretation.json: what was found of each spectrum, with its intervals, its evidence and its verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from constriction.base.versions import git_commit, library_versions, package_version
from constriction.case.schema import Case
from constriction.interpret.best_case import SolvedAnew
from constriction.interpret.interpretation import Fitted, Interpretation, Measured
from constriction.interpret.model.unknowns import UNKNOWNS
from constriction.interpret.series.sharing import Agreement
from constriction.interpret.summary import R_CSTR, Credible, summary
from constriction.interpret.verdict import Verdict, residual_of, verdict
from constriction.spectra.exclusion import Exclusion
from constriction.spectra.timeseries import MAH_PER_CM2

type Record = dict[str, Any]

OHM_CM2 = 1e4  # from Ω·m²
LIBRARIES = "numpy", "scipy", "emcee"
DEFINITIONS = {
    "best": "at the best fit of the most probable model that has the unknown",
    "low68, high68, low95, high95": "central intervals of the posterior, averaged over the models by their evidence",
    "determined": "the 68 % interval is at most half as wide as the prior's, a model follows the spectrum, and the arc "
    "may be of what the unknown belongs to",
    "R_cstr": "of the contacts if they were ideal, without a film or finer spots on them; that of a case with such a "
    "law of the contact is all that it adds to the film in full contact, which is more",
    "best_case": "the best fit of the most probable lattice, solved anew by finite elements: its R_cstr, that of the "
    "atlas, and the largest difference of the impedances at the measured frequencies, relative to |Z|",
    "charge_mAh_per_cm2": "that had passed before the spectrum; mean_metal_thickness_m has what it deposited",
    "mean_metal_thickness_m": "charge per area times molar mass over Faraday's constant and density: contact fraction "
    "times height of islands",
    "electrolyte_deviations": "how far the electrolyte that the spectrum alone tells is from what the others of the "
    "series tell together, in standard deviations of a normal number; null without others",
    "electrolyte_shared": "whether it was interpreted with what the others tell of the electrolyte",
    "probability": "of a model among those tried, kinds of models being alike before, patterns of one kind alike",
    "log_evidence": "natural logarithm of the integral of likelihood times prior; by the best fit alone if not sampled",
}


@dataclass(frozen=True, eq=False)
class Entry:
    """One spectrum of a file, or why it could not be interpreted.

    Attributes:
        file: as it was named.
        name: the file without folder, and which sweep.
        area: by which it was multiplied, m²; None: per area already.
        measured: what is interpreted: a spectrum per area without what the Kramers-Kronig rule left out, or a triple.
        noise: of one part, relative to |Z|; of a triple 1.
        screened: what the Kramers-Kronig rule left.
        interpretation: None where there is none.
        case: the best lattice as a case; None where no lattice has a part in what is said.
        anew: what finite elements say of it; None where they could not.
        error: "" or one line.
        notes: what a reader must know.
        charge: per area that had passed, C/m²; None: nobody said.
        deposited: mean thickness of the metal by the charge, m; None: nobody said.
        agreement: of its electrolyte with that of the others of its series; None: it is in none.
    """

    file: str
    name: str
    area: float | None = None
    measured: Measured | None = None
    noise: float = 1.0
    screened: Exclusion | None = None
    interpretation: Interpretation | None = None
    case: Case | None = None
    anew: SolvedAnew | None = None
    error: str = ""
    notes: tuple[str, ...] = ()
    charge: float | None = None
    deposited: float | None = None
    agreement: Agreement | None = None


def interpretation_record(entries: Sequence[Entry]) -> Record:
    """The content of interpretation.json."""
    return {
        "files": [entry_record(entry) for entry in entries],
        "definitions": DEFINITIONS,
        "versions": {"constriction": package_version(), "git_commit": git_commit(), **library_versions(*LIBRARIES)},
    }


def entry_record(entry: Entry) -> Record:
    """What interpretation.json says of one spectrum."""
    base: Record = {"file": entry.file, "name": entry.name, "error": entry.error or None, "notes": list(entry.notes)}
    base |= _series(entry)
    found = entry.interpretation
    if found is None:
        return base | {"verdict": f"not determined: {entry.error}"}
    said = verdict(found)
    priors = found.setting.priors
    base |= {UNKNOWNS[name].key: _unknown(found, name, said) for name in UNKNOWNS if _is_asked(found, name)}
    base["R_cstr_ohm_cm2"] = _numbers(summary(found, R_CSTR), OHM_CM2, said.tells(R_CSTR))
    return base | {
        "best_case": _anew(entry.anew),
        "evidence": [_model(one, share) for one, share in zip(found.fitted, found.probabilities.tolist(), strict=True)],
        "arc": said.arc,
        "verdict": said.words,
        "noise_relative": found.noise,
        "residual_relative": residual_of(found),
        "points": int(found.spectrum.frequency.size),
        "excluded": [] if entry.screened is None else [point.why for point in entry.screened.excluded],
        "area_cm2": None if entry.area is None else entry.area * 1e4,
        "thickness_m": found.setting.thickness,
        "priors": {name: priors[name].words(UNKNOWNS[name].written) for name in priors},
    }


def _series(entry: Entry) -> Record:
    """What is told of a spectrum of a series; nothing of others."""
    found: Record = {}
    if entry.charge is not None:
        found["charge_mAh_per_cm2"] = entry.charge / MAH_PER_CM2
    if entry.deposited is not None:
        found["mean_metal_thickness_m"] = entry.deposited
    if entry.agreement is not None:
        found["electrolyte_deviations"] = entry.agreement.deviations
        found["electrolyte_shared"] = entry.agreement.before is not None
    return found


def _anew(found: SolvedAnew | None) -> Record | None:
    if found is None:
        return None
    return {
        "model": found.name,
        "R_cstr_ohm_cm2": found.R_cstr * OHM_CM2,
        "R_cstr_error_ohm_cm2": found.error * OHM_CM2,
        "R_cstr_atlas_ohm_cm2": found.atlas * OHM_CM2,
        "largest_difference_relative": found.largest,
    }


def _is_asked(found: Interpretation, name: str) -> bool:
    return bool(found.having([name])) and found.setting.priors[name].free


def _unknown(found: Interpretation, name: str, said: Verdict) -> Record | None:
    return _numbers(summary(found, name), UNKNOWNS[name].factor, said.tells(name))


def _numbers(found: Credible | None, factor: float, told: bool) -> Record | None:
    if found is None:
        return None
    names = ("best", "low68", "high68", "low95", "high95")
    numbers = {name: getattr(found, name) * factor for name in names}
    return numbers | {"determined": found.determined and told}


def _model(one: Fitted, probability: float) -> Record:
    found: Record = {
        "model": one.model.kind,
        "pattern": one.model.pattern or None,
        "probability": probability,
        "log_evidence": one.log_evidence,
        "log_evidence_stderr": None,
        "effective_samples": None,
        "r_hat": None,
        "autocorrelation_steps": None,
        "converged": None,
    }
    if one.evidence is None:
        return found
    stderr = one.evidence.stderr
    found |= {
        "log_evidence_stderr": stderr if math.isfinite(stderr) else None,
        "effective_samples": one.evidence.effective,
        "converged": one.converged,
    }
    if one.samples is None:
        return found
    return found | {
        "r_hat": float(one.samples.r_hat.max()),
        "autocorrelation_steps": float(one.samples.times.max()),
    }
