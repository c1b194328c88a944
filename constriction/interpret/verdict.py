"""What a spectrum says of its interface, in plain words, and what it does not say."""

import math
from dataclasses import dataclass

import numpy as np

from constriction.base.quantities import KINDS
from constriction.interpret.interpretation import Fitted, Interpretation
from constriction.interpret.model.models import (
    FILM_ONLY,
    FILMED,
    LATTICE,
    LIFTED,
    NOTHING,
    REALISATION,
    TWO_LEVELS,
    WITH_PATTERN,
)
from constriction.interpret.model.priors import LogNormal, Prior
from constriction.interpret.model.unknowns import BOUNDARIES, BULK, FILM, FINE, INTERFACE, UNKNOWNS, ZONE
from constriction.interpret.posterior.sampling import R_HAT
from constriction.interpret.summary import Credible, summary
from constriction.interpret.triples.triple import Triple

SURE, EQUAL = 20.0, 3.0
"""Ratios of evidence: from the first one on a model is preferred for sure, up to the second one both are as good."""
MISFIT, VISIBLE = 3.0, 3e-3
"""A model does not follow a spectrum if its residuals are this many times the noise, and this part of |Z|."""
FAR = 5.0
"""Scores of a prior from which on the electrolyte is another one."""
CONTACTS = {
    LATTICE: "contacts are ideal",
    FILMED: "contacts lie behind a film",
    TWO_LEVELS: "islands touch by finer spots",
    LIFTED: "metal is lifted beside ideal contacts",
}
COUNTS = 0.05
"""Probability of a model from which on its samples count."""
TOLD = ("pitch", "contact_fraction", "gap_height")


@dataclass(frozen=True)
class Verdict:
    """What is said of a spectrum.

    Attributes:
        words: one line.
        sound: whether a model follows the spectrum and its samples can be believed.
        arc: "constriction", "film", "either", "none", "not explained" or "another electrolyte".
        contacts: the kind of model, if one with spots is preferred for sure to the others that were tried; else "".
    """

    words: str
    sound: bool
    arc: str
    contacts: str = ""

    def tells(self, name: str) -> bool:
        """Whether an unknown may be taken for determined: those of an interface only where the arc may be theirs."""
        if name in FILM:
            return self.sound and (self.arc in ("film", "either") or self.contacts == FILMED)
        if name in FINE:
            return self.sound and self.contacts == TWO_LEVELS
        if name in ZONE:
            return self.sound and self.contacts == LIFTED
        if name in (*INTERFACE, REALISATION, "R_cstr"):
            return self.sound and self.arc in ("constriction", "either")
        return self.sound


def verdict(interpretation: Interpretation) -> Verdict:
    """What a spectrum says, in one line."""
    rms = residual_of(interpretation)
    if rms > max(MISFIT * interpretation.noise, VISIBLE):
        told = f"{100 * rms:.2g} % of |Z| (noise {100 * interpretation.noise:.2g} %)"
        mend = "the cell's own electrolyte in --priors, and in --with what is in series"
        if isinstance(interpretation.spectrum, Triple):
            told, mend = f"{rms:.2g} standard errors", "the cell's own electrolyte in --priors"
        words = f"not determined: no model follows the spectrum, the best one's residuals are {told}; expected {mend}"
        return Verdict(words, False, "not explained")
    if strange := _another_electrolyte(interpretation):
        return Verdict(f"not determined: {strange}", False, "another electrolyte")
    return _of_arc(interpretation)


def _of_arc(interpretation: Interpretation) -> Verdict:
    """The same of a spectrum that a model follows, with the cell's own electrolyte."""
    arc, said = _arc(interpretation)
    sound = _sampled_well(interpretation)
    doubt = doubts(interpretation, sound)
    if arc in ("film", "none"):
        told = "not determined" if not sound else "contact fraction, pitch and gap height not determined"
        return Verdict(f"{told}: {'; '.join((*doubt, said))}", sound, arc)
    contacts, of_contacts = _contacts(interpretation)
    if not sound:
        return Verdict(f"not determined: {'; '.join((*doubt, said, *of_contacts))}", sound, arc, contacts)
    numbers = [words for name in TOLD if (words := _of_unknown(interpretation, name))]
    return Verdict("; ".join((*numbers, said, *of_contacts, *doubt)), sound, arc, contacts)


def residual_of(interpretation: Interpretation) -> float:
    """Root mean square of one part of the best fit's residuals, relative to |Z|."""
    rms = [
        float(np.sqrt(np.mean(one.best.likelihood.residuals(one.best.modes[0].scores[np.newaxis]) ** 2)))
        for one in interpretation.fitted
    ]
    return min(rms)


def _another_electrolyte(interpretation: Interpretation) -> str:
    """What of the electrolyte is far from what was known of it, in one line; "" where nothing is."""
    for name in (*BULK, *BOUNDARIES):
        found, before = summary(interpretation, name), interpretation.setting.priors.get(name)
        if found is not None and before is not None and (told := unlike(name, found.median, before)):
            return told
    return ""


def unlike(name: str, median: float, before: Prior) -> str:
    """That a value of the electrolyte is far from what was known of it, in one line; "" where it is not.

    Args:
        name: as in `unknowns.UNKNOWNS`.
        median: of the posterior, SI units.
        before: its prior; only one that is spread normally has a far.
    """
    if not isinstance(before, LogNormal) or abs(float(before.scores(median))) <= FAR:
        return ""
    unknown = UNKNOWNS[name]
    return (
        f"{unknown.words} {unknown.written(median)}, where its prior has {before.words(unknown.written)}; "
        "expected the cell's own electrolyte, area and thickness, or another prior in --priors"
    )


def _sampled_well(interpretation: Interpretation) -> bool:
    """Whether the models that count have samples that can be believed."""
    pairs = zip(interpretation.fitted, interpretation.probabilities, strict=True)
    return all(believed(one) for one, share in pairs if share > COUNTS)


def believed(fitted: Fitted) -> bool:
    """Whether the samples of a model can be believed.

    Of a film on the contacts of a lattice, draws along one ridge, as those of R_SE, R_int and C_int, find but a part of
    what is possible; there walkers have to agree. How often intervals of draws on its sheet hold the truth has been
    counted (docs/how_to/interpret.md#believe).
    """
    if fitted.model.kind == FILMED and fitted.straight is not None:
        return fitted.samples is not None and fitted.converged
    return fitted.trusted or (fitted.samples is not None and fitted.samples.converged)


def doubts(interpretation: Interpretation, sound: bool) -> tuple[str, ...]:
    """Why intervals are rough, if they are, where models have samples enough (`sound`) or not."""
    pairs = zip(interpretation.fitted, interpretation.probabilities, strict=True)
    counting = [one for one, share in pairs if share > COUNTS]
    largest = max((one.r_hat for one in counting), default=1.0)
    walkers = f"walkers have not converged (R-hat {largest:.3g})"
    if sound:
        return () if largest < R_HAT else (f"{walkers}, intervals rest on importance sampling alone",)
    if not all(one.trusted for one in counting):
        return ("samples are few, intervals are rough",)
    if largest < R_HAT:
        return ("intervals behind a film rest on draws along one ridge, without walkers",)
    return (f"{walkers}, intervals are rough",)


def _arc(interpretation: Interpretation) -> tuple[str, str]:
    """What the arc is, as a word and in words."""
    tried = {one.model.kind for one in interpretation.fitted}
    spots = interpretation.probability(WITH_PATTERN)
    film, nothing = interpretation.probability((FILM_ONLY,)), interpretation.probability((NOTHING,))
    if tried == {NOTHING}:
        return "none", "full contact without any arc was the only model"
    if NOTHING in tried and nothing > 1 / SURE * max(spots, film):
        return "none", f"full contact without any arc explains the spectrum{_ratio(nothing, max(spots, film))}"
    if FILM_ONLY not in tried:
        return "constriction", "a film instead of constriction was not tried"
    if tried.isdisjoint(WITH_PATTERN):
        return "film", "constriction instead of a film was not tried"
    return _film_or_spots(film, spots)


def _film_or_spots(film: float, spots: float) -> tuple[str, str]:
    """The same where both were tried, by their probabilities."""
    if spots >= SURE * film:
        return "constriction", f"a film alone does not explain the arc{_ratio(spots, film)}"
    if film >= SURE * spots:
        return "film", f"a film explains the arc, constriction does not{_ratio(film, spots)}"
    if max(spots, film) <= EQUAL * min(spots, film):
        return "either", f"a film explains the arc equally well{_ratio(spots, film)}"
    better = "constriction" if spots > film else "a film"
    return "either", f"{better} explains the arc better, but not for sure{_ratio(max(spots, film), min(spots, film))}"


def _contacts(interpretation: Interpretation) -> tuple[str, tuple[str, ...]]:
    """Which of several kinds of contacts they are, "" if none for sure; and what is said of it, if anything."""
    tried = {one.model.kind for one in interpretation.fitted}.intersection(WITH_PATTERN)
    if len(tried) < 2:
        return "".join(tried), ()
    first, second, *_ = sorted(tried, key=lambda kind: -interpretation.probability((kind,)))
    more, less = (interpretation.probability((kind,)) for kind in (first, second))
    if more >= SURE * less:
        return first, (f"{CONTACTS[first]}{_ratio(more, less)}",)
    return "", (f"whether {CONTACTS[first]} or {CONTACTS[second]} cannot be told{_ratio(more, less)}",)


def _ratio(more: float, less: float) -> str:
    ratio = more / less if less > 0 else math.inf
    return " (evidence ratio above 1e6)" if ratio > 1e6 else f" (evidence ratio {ratio:.2g})"


def _of_unknown(interpretation: Interpretation, name: str) -> str:
    """What is said of one unknown; "" where no model has it, or it was held."""
    found, unknown = summary(interpretation, name), UNKNOWNS[name]
    if found is None or not interpretation.setting.priors[name].free:
        return ""
    return f"{unknown.words} {words_of(found, unknown.kind)}"


def words_of(found: Credible, kind: str | None) -> str:
    """An interval in words, such as "0.6 to 1.1 mm (68 %)".

    Args:
        found: of an unknown.
        kind: of quantity; None: a fraction, in per cent.
    """
    if found.determined:
        return f"{span(found.low68, found.high68, kind)} (68 %)"
    if found.below and found.above:
        return "not determined by this window"
    if found.above:
        return f"not determined above {span(found.low95, None, kind)} (95 %) by this window"
    if found.below:
        return f"not determined below {span(found.high95, None, kind)} (95 %) by this window"
    return f"not determined: {span(found.low68, found.high68, kind)} (68 %), hardly narrower than assumed"


def span(low: float, high: float | None, kind: str | None) -> str:
    """One value or two with two digits and a unit.

    Args:
        low: SI.
        high: SI, or None.
        kind: of quantity as in `base.quantities.KINDS`; None: a fraction, in per cent.
    """
    largest = low if high is None else high
    power, unit = _unit_for(largest, kind)
    numbers = [f"{float(f'{value / 10.0**power:.2g}'):g}" for value in (low, high) if value is not None]
    return f"{' to '.join(dict.fromkeys(numbers))} {unit}"


def _unit_for(value: float, kind: str | None) -> tuple[int, str]:
    """The largest unit that a value is at least one of, and the power of ten that it is; of lengths none above mm."""
    if kind is None:
        return -2, "%"
    known = sorted((power, unit) for unit, power in KINDS[kind].powers.items())
    fitting = [pair for pair in known if value >= 0.9999 * 10.0 ** pair[0]]
    power, unit = fitting[-1] if fitting else known[0]
    return min((power, unit), (-3, "mm")) if kind == "length" else (power, unit)
