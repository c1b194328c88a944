"""One spectrum, every model: best fit, samples, evidence, and what they say together."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from constriction.base.errors import InputError
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import BENT, MODELS, REALISATION, InterfaceModel, Interfaces
from constriction.interpret.posterior.evidence import Evidence
from constriction.interpret.posterior.likelihood import Likelihood
from constriction.interpret.posterior.ridge import Straight, straighten
from constriction.interpret.posterior.sampled import Bent, sampled
from constriction.interpret.posterior.sampling import R_HAT, Samples
from constriction.interpret.posterior.search import Mode, find_modes
from constriction.interpret.progress.clock import FIT, POSTERIOR
from constriction.interpret.progress.kept import KeptParts, modes_arrays, modes_of, posterior_arrays, posterior_of
from constriction.interpret.setting import Aids, Setting
from constriction.interpret.triples.triple import Triple, TripleLikelihood, reader
from constriction.laws.arrays import Complexes, Reals
from constriction.spectra.spectrum import Spectrum

type Measured = Spectrum | Triple
"""What may be interpreted."""

HOPELESS = 16.0
"""A model whose evidence by its best fit alone is e^−16 of the best one's is not sampled."""
IMPOSSIBLE = 1e-3
"""A model less probable than this has no part in what is said of the unknowns."""


@dataclass(frozen=True, eq=False)
class BestFit:
    """A model at its best.

    Attributes:
        forward: the spectrum of the model.
        likelihood: of it.
        modes: maxima of the posterior, best first.
    """

    forward: Forward
    likelihood: Likelihood
    modes: tuple[Mode, ...]

    @cached_property
    def log_evidence(self) -> float:
        """As if the posterior were normal about its highest maximum."""
        mode = self.modes[0]
        size = np.linalg.slogdet(2 * np.pi * mode.covariance)[1]
        return float(mode.log_posterior + 0.5 * size)


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a spectrum says under one model.

    Attributes:
        best: fit.
        straight: the coordinates of both that follow; None: the model needed none, or was not sampled.
        samples: of walkers; None: importance sampling needed none, or the model was not sampled.
        evidence: by importance sampling; None: the model is hopeless beside others, and was not sampled.
    """

    best: BestFit
    straight: Straight | None = None
    samples: Samples | None = None
    evidence: Evidence | None = None

    @property
    def model(self) -> InterfaceModel:
        """What the interface is taken for."""
        return self.best.forward.model

    @property
    def log_evidence(self) -> float:
        """Natural logarithm of ∫ likelihood × prior; by the best fit alone if the model was not sampled."""
        return self.best.log_evidence if self.evidence is None else self.evidence.log_evidence

    @property
    def trusted(self) -> bool:
        """Whether the samples are many enough to be believed."""
        return self.evidence is not None and self.evidence.sure

    @property
    def converged(self) -> bool:
        """Whether there are samples enough, and those walkers that were needed have forgotten their start."""
        enough = self.trusted or (self.samples is not None and self.samples.converged)
        return enough and self.r_hat < R_HAT

    @property
    def r_hat(self) -> float:
        """The largest split R-hat of the walkers; 1 where none were needed."""
        return 1.0 if self.samples is None else float(self.samples.r_hat.max())

    @cached_property
    def scores(self) -> Reals:
        """Samples (k, d) of the posterior."""
        if self.evidence is None:
            return self.best.modes[0].scores[np.newaxis]
        if self.straight is not None and self.samples is not None and not self.trusted:
            return self.straight.scores(self.samples.places)
        return self.evidence.drawn.scores

    @cached_property
    def weights(self) -> Reals:
        """Of the samples, (k,), their sum is 1."""
        if self.evidence is None or (self.samples is not None and not self.trusted):
            return np.full(len(self.scores), 1 / len(self.scores))
        return self.evidence.weights

    @cached_property
    def values(self) -> dict[str, Reals]:
        """Of all unknowns and of R_cstr in Ω·m², (k,) by name, SI units."""
        return self._values(self.scores)

    @cached_property
    def at_best(self) -> dict[str, Reals]:
        """The same at the best fit, (1,) each."""
        return self._values(self.best.modes[0].scores[np.newaxis])

    def _values(self, scores: Reals) -> dict[str, Reals]:
        found = self.best.forward.space.values(scores)
        if self.model.constricts:
            found["R_cstr"] = self.best.forward.constriction_resistance(scores)
        return found


@dataclass(frozen=True, eq=False)
class Interpretation:
    """What a spectrum says.

    Attributes:
        spectrum: per area, without the points that were left out.
        setting: what was known before.
        fitted: the models, the most probable one first.
        noise: of one part as the Kramers-Kronig test has it, relative to |Z|.
    """

    spectrum: Measured
    setting: Setting
    fitted: tuple[Fitted, ...]
    noise: float = field(default=0.0)

    @cached_property
    def probabilities(self) -> Reals:
        """Of the models, each as likely before as any other of its kind, kinds alike; their sum is 1."""
        kinds = [fitted.model.kind for fitted in self.fitted]
        before = np.array([1 / kinds.count(kind) for kind in kinds])
        logs = np.array([fitted.log_evidence for fitted in self.fitted])
        found = before * np.exp(logs - logs.max())
        shares: Reals = found / found.sum()
        return shares

    def probability(self, kinds: Sequence[str]) -> float:
        """Of some kinds of models together."""
        return float(sum(p for p, one in zip(self.probabilities, self.fitted, strict=True) if one.model.kind in kinds))

    def having(self, names: Sequence[str]) -> list[tuple[Fitted, float]]:
        """The models that have all of some unknowns and are not impossible, each with its probability."""
        pairs = zip(self.fitted, self.probabilities.tolist(), strict=True)
        return [(one, share) for one, share in pairs if share > IMPOSSIBLE and set(names) <= one.values.keys()]

    def posterior(self, names: Sequence[str]) -> tuple[Reals, Reals]:
        """Samples of some unknowns, averaged over all models that have them.

        Args:
            names: p of them, as in `unknowns.UNKNOWNS`, or R_cstr.

        Returns:
            Values (k, p) in SI units and their weights (k,), whose sum is 1; both empty where no model has them.
        """
        having = self.having(names)
        if not having:
            return np.empty((0, len(names))), np.empty(0)
        values = np.concatenate([np.column_stack([one.values[name] for name in names]) for one, _ in having])
        weights = np.concatenate([one.weights * share for one, share in having])
        return values, weights / weights.sum()

    def predicted(self, count: int) -> Complexes:
        """Impedances (about `count`, n) of the models at draws from the posterior, in the spectrum's unit."""
        random = np.random.default_rng(self.setting.seed)
        found = []
        for one, share in zip(self.fitted, self.probabilities, strict=True):
            if (number := round(count * share)) > 0:
                chosen = random.choice(len(one.scores), number, p=one.weights)
                found.append(one.best.forward.impedance(one.scores[chosen]))
        return np.concatenate(found)


def interpret(
    spectrum: Measured, setting: Setting, atlas: Interfaces, noise: float = 2e-3, aids: Aids | None = None
) -> Interpretation:
    """Interpret one spectrum.

    Args:
        spectrum: per area, Ω·m², screened by the Kramers-Kronig rule; or what was read off one.
        setting: what is known before.
        atlas: of solved interfaces.
        noise: a guess of that of one part, relative to |Z|.
        aids: what else there is to go by.

    Raises:
        InputError: fewer points than unknowns.
    """
    aids = Aids() if aids is None else aids
    best = best_fits(spectrum, setting, atlas, noise, aids)
    highest = max(one.log_evidence for one in best)
    fitted = []
    for one in best:
        hopeless = one.log_evidence < highest - HOPELESS
        if not hopeless:
            aids.say(f"posterior of {one.forward.model.name}")
        fitted.append(Fitted(one) if hopeless else _kept_sampled(one, setting.seed, aids.kept))
        aids.work(POSTERIOR)
    return Interpretation(spectrum, setting, by_evidence(fitted), noise)


def by_evidence(fitted: Sequence[Fitted]) -> tuple[Fitted, ...]:
    """Models in order, the most probable one first."""
    return tuple(sorted(fitted, key=lambda one: -one.log_evidence))


def best_fits(spectrum: Measured, setting: Setting, atlas: Interfaces, noise: float, aids: Aids) -> tuple[BestFit, ...]:
    """The best fit of each model; arguments and errors as of `interpret`."""
    found = []
    for model in setting.models:
        aids.say(f"best fit of {model.name}")
        asked = posed(spectrum, setting, atlas, model)
        start = asked.forward.space.scores(aids.before[model.name]) if model.name in aids.before else None
        key = aids.kept.key("fit", asked.forward, spectrum, (setting.seed, noise, start))
        if (arrays := aids.kept.get(key)) is None:
            random = np.random.default_rng(setting.seed)
            arrays = modes_arrays(find_modes(asked.likelihood, random, noise, start))
            aids.kept.put(key, arrays)
        found.append(replace(asked, modes=modes_of(arrays)))
        aids.work(FIT)
    return tuple(found)


def posed(spectrum: Measured, setting: Setting, atlas: Interfaces, model: InterfaceModel) -> BestFit:
    """A model of a spectrum that is not fitted yet.

    Raises:
        InputError: fewer points than unknowns, or priors that the pattern cannot have.
    """
    space = setting.space(model, atlas)
    forward = Forward(model, space, atlas, spectrum.frequency, setting.thickness)
    if isinstance(spectrum, Triple):
        read = reader(forward, spectrum.circuit)
        stand_in = Spectrum(spectrum.frequency, np.ones(spectrum.frequency.size, dtype=complex), "ohm m2")
        read_off = TripleLikelihood(stand_in, forward.impedance, space.dimension, read=read, triple=spectrum)
        return BestFit(forward, read_off, ())
    if spectrum.frequency.size < space.dimension:
        raise InputError(
            f"{spectrum.frequency.size} points are left: expected at least {space.dimension}, as many as "
            f"{model.name} has unknowns"
        )
    likelihood = Likelihood(spectrum, forward.impedance, space.dimension, forward.impedance_near)
    return BestFit(forward, likelihood, ())


def _kept_sampled(best: BestFit, seed: int, kept: KeptParts) -> Fitted:
    """Samples of a posterior, from an earlier run if it had them."""
    key = kept.key("samples", best.forward, _data(best.likelihood), (seed, best.modes[0].scores))
    if (arrays := kept.get(key)) is None:
        random = np.random.default_rng(seed)
        straight, samples, found = sampled(best.likelihood, best.modes, _of_interface(best), _bent(best), random)
        arrays = posterior_arrays(straight, samples, found)
        kept.put(key, arrays)
    return Fitted(best, *posterior_of(arrays, best.likelihood, best.modes[0]))


def _data(likelihood: Likelihood) -> Measured:
    """What a likelihood is of."""
    return likelihood.spectrum if not isinstance(likelihood, TripleLikelihood) else likelihood.triple  # type: ignore[return-value]


def straightened(best: BestFit) -> Straight:
    """Coordinates in which a model's posterior is straight."""
    return straighten(best.likelihood, best.modes[0], _of_interface(best) or [0])


def _of_interface(best: BestFit) -> list[int]:
    """Which scores are the interface's."""
    names = best.forward.space.names
    return [names.index(name) for name in (*MODELS[best.forward.model.kind], REALISATION) if name in names]


def _bent(best: BestFit) -> Bent:
    """Whether a model's posterior is a sheet; that of three numbers, R_SE, R_int and C_int, is wide enough to walk."""
    return "never" if isinstance(best.likelihood, TripleLikelihood) else BENT.get(best.forward.model.kind, "never")
