"""Many spectra in one go: read, screened, fitted; one that fails is recorded and the others go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from constriction.errors import InputError
from constriction.spectra.analysis import AnalysisOptions, screen
from constriction.spectra.fitting import CircuitFit, Comparison, compare_circuits, ranked
from constriction.spectra.identification import identify
from constriction.spectra.kramers_kronig import Exclusion
from constriction.spectra.measurement import Measurement
from constriction.spectra.readers import read
from constriction.spectra.relaxation_times import (
    Distribution,
    DistributionOptions,
    StabilityScan,
    relaxation_times,
    stability_scan,
)
from constriction.spectra.tracking import fit_series


@dataclass(frozen=True)
class BatchOptions:
    """How several spectra are analysed.

    Attributes:
        analysis: of each: circuits, window, Kramers-Kronig rule, fit.
        distribution: of relaxation times, a capacitance in series if the Kramers-Kronig test needed one; None: not
            calculated.
        series: whether the spectra are one cell's, one after the other: each fit also starts from the last one, and
            arcs keep their identity.
        pristine_circuit: None, or the only circuit of the first spectrum, taken before any metal was deposited.
    """

    analysis: AnalysisOptions = field(default_factory=AnalysisOptions)
    distribution: DistributionOptions | None = None
    series: bool = False
    pristine_circuit: str | None = None


@dataclass(frozen=True, eq=False)
class Entry:
    """One spectrum and what was found in it, as far as it went.

    Attributes:
        file: as it was named.
        measurement: what was read; None if that failed.
        screened: what the window and the Kramers-Kronig rule left; None if it failed.
        comparison: the circuits by rising BIC; () if none could be fitted.
        identities: of the arcs of the first of them, as in `tracking.SeriesMember`; (): by rising time constant.
        distribution: of relaxation times, if asked for.
        scan: how its peaks persist over λ.
        error: "" or why something above lacks, one line.
    """

    file: str
    measurement: Measurement | None = None
    screened: Exclusion | None = None
    comparison: tuple[Comparison, ...] = ()
    identities: tuple[int, ...] = ()
    distribution: Distribution | None = None
    scan: StabilityScan | None = None
    error: str = ""

    @property
    def fit(self) -> CircuitFit | None:
        """Of the circuit with the smallest BIC."""
        return self.comparison[0].fit if self.comparison else None


def load(paths: Sequence[str | Path]) -> tuple[Entry, ...]:
    """Read files, each with one or more spectra; one that cannot be read becomes one entry with its error."""
    found: list[Entry] = []
    for path in paths:
        try:
            found += [Entry(str(path), measurement) for measurement in read(path)]
        except InputError as error:
            found.append(Entry(str(path), error=str(error)))
    return tuple(found)


def analyse_all(entries: Sequence[Entry], options: BatchOptions) -> tuple[Entry, ...]:
    """Analyse spectra one after the other.

    Args:
        entries: from `load`.
        options: for all of them.

    Returns:
        One entry per spectrum, in the same order; failures have their error.

    Raises:
        InputError: a circuit cannot be read.
    """
    screened = [_screened(entry, options.analysis) for entry in entries]
    first = 0 if options.pristine_circuit is None else 1
    pristine = replace(options.analysis, circuits=(options.pristine_circuit or "",))
    fitted = [_fitted(entry, pristine) for entry in screened[:first]]
    if options.series:
        fitted += _fitted_in_sequence(screened[first:], options.analysis)
    else:
        fitted += [_fitted(entry, options.analysis) for entry in screened[first:]]
    return tuple(_with_distribution(entry, options.distribution) for entry in fitted)


def told_by_pristine(entries: Sequence[Entry], pristine: CircuitFit) -> tuple[Entry, ...]:
    """Name the arcs of all entries by what the pristine cell has: 0 is the electrolyte's (`identify`)."""
    return tuple(
        replace(entry, identities=identify(entry.fit.arcs, pristine.arcs)) if entry.fit else entry for entry in entries
    )


def doubts(entry: Entry) -> tuple[str, ...]:
    """What speaks against the fit of an entry although it converged, each with its reason."""
    fit, screened = entry.fit, entry.screened
    if fit is None or screened is None:
        return ()
    found = []
    rms = float(np.sqrt(np.mean(np.abs(fit.residuals) ** 2) / 2))
    if rms > screened.limit:
        found.append(
            f"{fit.circuit.text} does not follow the spectrum: residuals of {rms:.1%} (rms) of |Z|; try another "
            "circuit (a blocking electrode needs one that ends in Q) or a narrower window"
        )
    low, high = screened.spectrum.frequency[-1], screened.spectrum.frequency[0]
    for number, arc in enumerate(fit.arcs, start=1):
        if not low <= arc.f_apex <= high:
            side = "below" if arc.f_apex < low else "above"
            found.append(f"arc {number} has its apex at {arc.f_apex:.3g} Hz, {side} the points that were fitted")
    return tuple(found)


def _screened(entry: Entry, options: AnalysisOptions) -> Entry:
    if entry.measurement is None:
        return entry
    try:
        return replace(entry, screened=screen(entry.measurement.spectrum, options))
    except InputError as error:
        hints = "".join(f" ({warning})" for warning in entry.measurement.warnings)  # the reason, most likely
        return replace(entry, error=f"{entry.file}: {error}{hints}")


def _fitted(entry: Entry, options: AnalysisOptions) -> Entry:
    if entry.screened is None:
        return entry
    try:
        return replace(entry, comparison=compare_circuits(entry.screened.spectrum, options.circuits, options.fit))
    except InputError as error:
        return replace(entry, error=f"{entry.file}: {error}")


def _fitted_in_sequence(entries: Sequence[Entry], options: AnalysisOptions) -> list[Entry]:
    """Fit each circuit through the whole series, then let BIC choose for each spectrum."""
    spectra = [entry.screened.spectrum for entry in entries if entry.screened]
    if not spectra:
        return list(entries)
    series = [fit_series(spectra, circuit, options.fit) for circuit in options.circuits]
    members = iter(zip(*series, strict=True))
    fitted = []
    for entry in entries:
        if entry.screened is None:
            fitted.append(entry)
            continue
        candidates = next(members)
        if error := next((member.error for member in candidates if member.error), ""):
            fitted.append(replace(entry, error=f"{entry.file}: {error}"))
            continue
        comparison = ranked([member.fit for member in candidates if member.fit])
        chosen = next(member for member in candidates if member.fit is comparison[0].fit)
        fitted.append(replace(entry, comparison=comparison, identities=chosen.identities))
    return fitted


def _with_distribution(entry: Entry, options: DistributionOptions | None) -> Entry:
    if options is None or entry.screened is None or entry.fit is None:
        return entry
    how = replace(options, capacitance=entry.screened.test.capacitance)
    spectrum = entry.screened.spectrum
    try:
        return replace(entry, distribution=relaxation_times(spectrum, how), scan=stability_scan(spectrum, how))
    except InputError as error:
        return replace(entry, error=f"{entry.file}: {error}")
