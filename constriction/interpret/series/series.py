"""A series of spectra: each is interpreted with what the others say of the electrolyte as its prior."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from constriction.interpret.interpretation import (
    BestFit,
    Fitted,
    Interpretation,
    Measured,
    best_fits,
    by_evidence,
    interpret,
)
from constriction.interpret.model.models import Interfaces
from constriction.interpret.model.space import SharedScores
from constriction.interpret.model.unknowns import BOUNDARIES, BULK
from constriction.interpret.posterior.evidence import reweighted
from constriction.interpret.series.moments import BeliefMixture, of_best_fits, of_samples
from constriction.interpret.series.sharing import Agreement, Belief, Word, agreements, drift_of, heard, tamed, word_of
from constriction.interpret.setting import Aids, Setting
from constriction.laws.arrays import Reals

COUNTS = 0.05  # probability of a model whose samples must be enough
SWEEPS = 20  # in which spectra listen to each other before any is sampled
WIDER = 2.0
"""Factor on the covariance of what others say of which samples are drawn, so that what they say at last is inside."""
EXCHANGES = 3
"""How often samples are weighed anew with what the others' samples say: by then nothing moves any more."""


@dataclass(frozen=True, eq=False)
class Member:
    """One spectrum of a series.

    Attributes:
        spectrum: per area, Ω·m², screened by the Kramers-Kronig rule.
        setting: what is known before; the priors of the electrolyte are those of all members.
        noise: a guess of that of one part, relative to |Z|.
        say: is told what is done.
    """

    spectrum: Measured
    setting: Setting
    noise: float
    say: Callable[[str], None] = lambda _: None


def shared_names(setting: Setting) -> tuple[str, ...]:
    """The unknowns that the spectra of a series have in common."""
    return tuple(name for name in (*BULK, *BOUNDARIES) if name in setting.priors and setting.priors[name].free)


def interpret_series(
    members: Sequence[Member], atlas: Interfaces, aids: Aids
) -> tuple[tuple[Interpretation, Agreement], ...]:
    """Interpret spectra that share their electrolyte; one that contradicts the others goes by itself.

    Args:
        members: at least one.
        atlas: of solved interfaces.
        aids: what else there is to go by.

    Raises:
        InputError: fewer points than unknowns.
    """
    names = shared_names(members[0].setting)
    if len(members) < 2 or not names:
        return tuple((_by_itself(one, atlas, aids), Agreement(None, None)) for one in members)
    drift = drift_of([members[0].setting.priors[name] for name in names])
    firsts = [best_fits(*_given(one), atlas, one.noise, replace(aids, say=one.say)) for one in members]
    mixtures = [of_best_fits(first, names) for first in firsts]
    agreed = agreements(_words(mixtures, drift), drift)
    wider = [replace(one, before=_widened(one.before)) for one in agreed]
    found = [_after_others(*each, atlas, aids) for each in zip(members, wider, firsts, strict=True)]
    now, before = _exchanged(found, wider, drift)
    for k in _short_of_samples(now, before):
        now[k] = _after_others(members[k], Agreement(before[k], None), firsts[k], atlas, aids)
    return tuple(zip(now, agreed, strict=True))


def _short_of_samples(now: Sequence[Interpretation], before: Mapping[int, Belief]) -> list[int]:
    """Members whose prior from the others has moved too far since their samples were drawn."""
    return [k for k in before if not _enough(now[k])]


def _widened(before: Belief | None) -> Belief | None:
    return None if before is None else Belief(before.mean, WIDER * before.covariance)


def _words(mixtures: Sequence[BeliefMixture], drift: Reals) -> list[Word]:
    """What spectra say, each heard beside the others until none says anything else.

    What a spectrum alone leaves possible is lopsided: beside others that know better its word is another one.
    """
    prior = Belief.prior(len(drift))
    words = [tamed(word_of(one.beside(prior), prior)) for one in mixtures]
    for _ in range(SWEEPS):
        for k, one in enumerate(mixtures):
            before = heard([word for other, word in enumerate(words) if other != k], drift)
            new = tamed(word_of(one.beside(before), before))
            words[k] = Word((words[k].precision + new.precision) / 2, (words[k].shift + new.shift) / 2)
    return words


def _by_itself(member: Member, atlas: Interfaces, aids: Aids) -> Interpretation:
    return interpret(*_given(member), atlas, member.noise, replace(aids, say=member.say))


def _given(member: Member) -> tuple[Measured, Setting]:
    return member.spectrum, member.setting


def _after_others(
    member: Member, agreement: Agreement, first: Sequence[BestFit], atlas: Interfaces, aids: Aids
) -> Interpretation:
    """One member with what the others say as its prior."""
    setting, before = member.setting, agreement.before
    starts = {one.forward.model.name: _values(one) for one in first}
    aids = replace(aids, say=member.say, before=starts)
    return interpret(member.spectrum, _knowing(setting, before), atlas, member.noise, aids)


def _knowing(setting: Setting, before: Belief | None) -> Setting:
    """A setting with a prior of the electrolyte; None: with that of its scores alone."""
    if before is None:
        return setting
    return replace(setting, shared=SharedScores(shared_names(setting), before.mean, before.root))


def _enough(found: Interpretation) -> bool:
    """Whether all models that count have samples that can be believed."""
    pairs = zip(found.fitted, found.probabilities, strict=True)
    return all(one.trusted or share < COUNTS for one, share in pairs)


def _values(best: BestFit) -> dict[str, Reals]:
    """The unknowns of all maxima, SI."""
    return best.forward.space.values(np.array([mode.scores for mode in best.modes]))


def _exchanged(
    found: Sequence[Interpretation], agreed: Sequence[Agreement], drift: Reals
) -> tuple[list[Interpretation], dict[int, Belief]]:
    """Samples weighed anew, until what a member's prior has from the others is what their samples say; and that."""
    names = shared_names(found[0].setting)
    drawn = {k: one.before for k, one in enumerate(agreed) if one.before is not None}
    before, now = dict(drawn), list(found)
    for _ in range(EXCHANGES):
        words = {k: word_of(of_samples(now[k].fitted, names), before[k]) for k in drawn}
        for k, first in drawn.items():
            before[k] = heard([word for other, word in words.items() if other != k], drift)
            now[k] = _weighed_anew(found[k], (first, before[k]))
    return now, before


def _weighed_anew(found: Interpretation, change: tuple[Belief, Belief]) -> Interpretation:
    """An interpretation with another prior of the electrolyte; `change`: what it was drawn with, and the other."""
    before, after = change
    names, fitted = shared_names(found.setting), []
    for one in found.fitted:
        if one.evidence is None:
            fitted.append(one)
            continue
        space = one.best.forward.space
        own = space.alone(one.evidence.drawn.scores)
        electrolyte = own[:, [space.names.index(name) for name in names]]
        logs = after.log_density(electrolyte) - before.log_density(electrolyte)
        fitted.append(Fitted(one.best, one.straight, one.samples, reweighted(one.evidence, logs)))
    return replace(found, fitted=by_evidence(fitted))
