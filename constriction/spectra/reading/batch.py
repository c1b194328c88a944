"""Many spectra in one go: read, screened, fitted; one that fails is recorded and the others go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from constriction.base.errors import InputError, one_line
from constriction.laws.circuit import parse_circuit
from constriction.spectra.drt.persistence import StabilityScan, stability_scan
from constriction.spectra.drt.processes import Processes, find_processes
from constriction.spectra.drt.relaxation_times import Distribution, DistributionOptions, relaxation_times
from constriction.spectra.exclusion import Exclusion
from constriction.spectra.files.readers import ReadOptions, read
from constriction.spectra.fit.fitting import CircuitFit
from constriction.spectra.fit.minima import JointArcs
from constriction.spectra.fit.problem import limited_to
from constriction.spectra.fit.ranking import RankedCircuit, compare_circuits, ranked
from constriction.spectra.measurement import Measurement
from constriction.spectra.reading.analysis import AnalysisOptions, naming_the_taker, screen
from constriction.spectra.reading.identification import identify
from constriction.spectra.reading.tracking import SeriesMember, fit_series

# Residuals of a fit this many times the Kramers-Kronig noise say that the circuit is not the spectrum's; below
# FOLLOWED, relative to |Z|, none was measured so well.
MISFIT, FOLLOWED = 10.0, 1e-5
LEFT_OUT = "left out"  # in the notes of a reader on rows that cannot be right


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
class AnalysedSpectrum:
    """One spectrum and what was found in it, as far as it went.

    Attributes:
        file: as it was named.
        measurement: what was read; None if that failed.
        screened: what the window and the Kramers-Kronig rule left; None if it failed.
        comparison: the circuits by rising BIC; () if none could be fitted.
        identities: of the arcs of the first of them, as in `tracking.SeriesMember`; (): by rising time constant.
        distribution: of relaxation times, if asked for.
        scan: how its peaks persist over λ.
        processes: which relaxation times are sure.
        error: "" or why something above lacks, one line.
        remarks: what of the options had no effect.
    """

    file: str
    measurement: Measurement | None = None
    screened: Exclusion | None = None
    comparison: tuple[RankedCircuit, ...] = ()
    identities: tuple[int, ...] = ()
    distribution: Distribution | None = None
    scan: StabilityScan | None = None
    processes: Processes | None = None
    error: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def fit(self) -> CircuitFit | None:
        """Of the circuit with the smallest BIC."""
        return self.comparison[0].fit if self.comparison else None


def load(paths: Sequence[str | Path], options: ReadOptions | None = None) -> tuple[AnalysedSpectrum, ...]:
    """Read files, each with one or more spectra; one that cannot be read becomes one entry with its error.

    Args:
        paths: of any instrument.
        options: geometry of the samples and choice of the impedance, for all of them.
    """
    found: list[AnalysedSpectrum] = []
    for path in paths:
        try:
            found += [AnalysedSpectrum(str(path), measurement) for measurement in read(path, options)]
        except Exception as error:  # one bad file must not cost the others
            found.append(AnalysedSpectrum(str(path), error=one_line(str(path), error)))
    return tuple(found)


def analyse_all(entries: Sequence[AnalysedSpectrum], options: BatchOptions) -> tuple[AnalysedSpectrum, ...]:
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
    fit = _fitted_in_sequence if options.series else _fitted_alone
    fitted = _fitted_alone(screened[:first], _for_pristine(options))
    fitted += [_with_unused_limits(entry, options.analysis) for entry in fit(screened[first:], options.analysis)]
    return tuple(_with_distribution(entry, options.distribution) for entry in fitted)


def _with_unused_limits(entry: AnalysedSpectrum, options: AnalysisOptions) -> AnalysedSpectrum:
    """Tell which values were held or bounded to no effect, as the circuit chosen has no such parameter."""
    if entry.fit is None:
        return entry
    circuit, bounds = entry.fit.circuit, options.fit.bounds
    unused = {name: "held" if low == high else "bounded" for name, (low, high) in bounds.items()}
    remarks = tuple(
        f"{name} was to be {what}, but {circuit.text}, chosen by BIC, has no {name}; name the circuit with --circuit"
        for name, what in unused.items()
        if name not in circuit.names
    )
    return replace(entry, remarks=remarks)


def _for_pristine(options: BatchOptions) -> AnalysisOptions:
    """How the pristine spectrum is analysed: with a circuit of its own, and those bounds that it has names for."""
    if options.pristine_circuit is None:
        return options.analysis
    fit = limited_to(options.analysis.fit, parse_circuit(options.pristine_circuit))
    return replace(options.analysis, circuits=(options.pristine_circuit,), fit=fit)


def told_by_pristine(entries: Sequence[AnalysedSpectrum], pristine: CircuitFit) -> tuple[AnalysedSpectrum, ...]:
    """Name the arcs of all entries by what the pristine cell has: 0 is the electrolyte's (`identify`)."""
    return tuple(
        replace(entry, identities=identify(entry.fit.arcs, pristine.arcs)) if entry.fit else entry for entry in entries
    )


def doubts(entry: AnalysedSpectrum) -> tuple[str, ...]:
    """What speaks against the fit of an entry although it converged, each with its reason."""
    fit, screened = entry.fit, entry.screened
    if fit is None or screened is None:
        return ()
    found = [*entry.remarks, *_misfit(fit, screened)]
    found += map(_joint_doubt, fit.joint)
    low, high = screened.spectrum.window
    for number, arc in enumerate(fit.arcs, start=1):
        if not low <= arc.f_apex <= high:
            side = "below" if arc.f_apex < low else "above"
            found.append(f"arc {number} has its apex at {arc.f_apex:.3g} Hz, {side} the points that were fitted")
    return tuple(found)


def _misfit(fit: CircuitFit, screened: Exclusion) -> Iterator[str]:
    """Whether a circuit does not follow its spectrum: by the Kramers-Kronig limit, or by the noise of the spectrum."""
    rms, noise = float(np.sqrt(np.mean(np.abs(fit.residuals) ** 2) / 2)), screened.test.noise
    size = f"residuals of {_percent(rms)} (rms) of |Z|"
    times = f"{rms / noise:.0f} times the Kramers-Kronig noise" if rms > MISFIT * noise > 0 else ""
    if rms > screened.limit:
        hint = "" if fit.circuit.text.endswith("-Q") else " (a blocking electrode needs one that ends in Q)"
        size = ", ".join(filter(None, (size, times)))
        yield f"{fit.circuit.text} does not follow the spectrum: {size}; try another circuit{hint} or a narrower window"
    elif times and rms > FOLLOWED:
        yield (
            f"{fit.circuit.text} does not follow the spectrum to its noise: {size} are {times}; the error bars take "
            "the misfit for noise"
        )


def _percent(share: float) -> str:
    return f"{100 * share:.2g}%" if share < 0.1 else f"{share:.0%}"


def _joint_doubt(group: JointArcs) -> str:
    names = " and ".join(group.parameters)
    if group.needless:
        return f"one arc follows the data as well as those of {names}: the circuit has more arcs than they show"
    return f"the split between {names} is not determined, only their sum {group.text} is"


def _screened(entry: AnalysedSpectrum, options: AnalysisOptions) -> AnalysedSpectrum:
    if entry.measurement is None:
        return entry
    try:
        return replace(entry, screened=screen(entry.measurement.spectrum, options))
    except Exception as error:
        left_out = [note for note in entry.measurement.notes if LEFT_OUT in note]
        hints = "".join(f" ({hint})" for hint in (*entry.measurement.warnings, *left_out))  # the reason, most likely
        return replace(entry, error=f"{one_line(entry.file, error)}{hints}")


def _fitted(entry: AnalysedSpectrum, options: AnalysisOptions) -> AnalysedSpectrum:
    if entry.screened is None:
        return entry
    try:
        with naming_the_taker(entry.screened):
            return replace(entry, comparison=compare_circuits(entry.screened.spectrum, options.circuits, options.fit))
    except Exception as error:
        return replace(entry, error=one_line(entry.file, error))


def _fitted_alone(entries: Sequence[AnalysedSpectrum], options: AnalysisOptions) -> list[AnalysedSpectrum]:
    """Fit one spectrum after the other."""
    return [_fitted(entry, options) for entry in entries]


def _fitted_in_sequence(entries: Sequence[AnalysedSpectrum], options: AnalysisOptions) -> list[AnalysedSpectrum]:
    """Fit each circuit through the whole series, then let BIC choose for each spectrum."""
    spectra = [entry.screened.spectrum for entry in entries if entry.screened]
    if not spectra:
        return list(entries)
    try:
        circuits = map(parse_circuit, options.circuits)
        series = [fit_series(spectra, circuit, limited_to(options.fit, circuit)) for circuit in list(circuits)]
    except InputError:  # a circuit
        raise
    except Exception:
        return _fitted_alone(entries, options)  # so that the others are there
    members = iter(zip(*series, strict=True))
    return [_chosen(entry, next(members), entry.screened.taken) if entry.screened else entry for entry in entries]


def _chosen(entry: AnalysedSpectrum, candidates: Sequence[SeriesMember], taken: str) -> AnalysedSpectrum:
    """With the circuits of its place in the series, ranked, if all could be fitted; else with the reason."""
    if why := next(filter(None, (member.error for member in candidates)), ""):
        return replace(entry, error=f"{entry.file}: {why}{f' ({taken})' if taken else ''}")
    comparison = ranked([member.fit for member in candidates if member.fit])
    chosen = next(member for member in candidates if member.fit is comparison[0].fit)
    return replace(entry, comparison=comparison, identities=chosen.identities)


def _with_distribution(entry: AnalysedSpectrum, options: DistributionOptions | None) -> AnalysedSpectrum:
    if options is None or entry.screened is None or entry.fit is None:
        return entry
    how = replace(options, capacitance=entry.screened.test.capacitance)
    spectrum = entry.screened.spectrum
    try:
        with naming_the_taker(entry.screened):
            found, scan = relaxation_times(spectrum, how), stability_scan(spectrum, how)
            processes = find_processes(spectrum, entry.screened.test.noise, scan)
    except Exception as error:
        return replace(entry, error=one_line(entry.file, error))
    return replace(entry, distribution=found, scan=scan, processes=processes)
