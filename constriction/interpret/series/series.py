"""A series of spectra: each is interpreted with what the others say of the electrolyte as its prior."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from constriction.interpret.interpretation import BestFit, Fitted, Interpretation, best_fits, by_evidence, interpret
from constriction.interpret.model.models import Interfaces
from constriction.interpret.model.space import SharedScores
from constriction.interpret.model.unknowns import BOUNDARIES, BULK
from constriction.interpret.posterior.evidence import reweighted
from constriction.interpret.series.moments import of_best_fits, of_samples
from constriction.interpret.series.sharing import Agreement, Belief, agreements, drift_of, heard, tamed, word_of
from constriction.interpret.setting import Aids, Setting
from constriction.laws.arrays import Reals
from constriction.spectra.spectrum import Spectrum

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

    spectrum: Spectrum
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
        alone = Agreement(None, None)
        return tuple((interpret(*_given(one), atlas, one.noise, replace(aids, say=one.say)), alone) for one in members)
    drift = drift_of([members[0].setting.priors[name] for name in names])
    firsts = [best_fits(*_given(one), atlas, one.noise, replace(aids, say=one.say)) for one in members]
    prior = Belief.prior(len(names))
    words = [tamed(word_of(of_best_fits(first, names), prior)) for first in firsts]
    agreed = agreements(words, drift)
    found = [_after_others(*each, atlas, aids) for each in zip(members, agreed, firsts, strict=True)]
    return tuple(zip(_exchanged(found, agreed, drift), agreed, strict=True))


def _given(member: Member) -> tuple[Spectrum, Setting]:
    return member.spectrum, member.setting


def _after_others(
    member: Member, agreement: Agreement, first: Sequence[BestFit], atlas: Interfaces, aids: Aids
) -> Interpretation:
    """One member with what the others say as its prior."""
    setting, before = member.setting, agreement.before
    if before is not None:
        setting = replace(setting, shared=SharedScores(shared_names(setting), before.mean, before.root))
    starts = {one.forward.model.name: _values(one) for one in first}
    return interpret(member.spectrum, setting, atlas, member.noise, replace(aids, say=member.say, before=starts))


def _values(best: BestFit) -> dict[str, Reals]:
    """The unknowns of all maxima, SI."""
    return best.forward.space.values(np.array([mode.scores for mode in best.modes]))


def _exchanged(found: Sequence[Interpretation], agreed: Sequence[Agreement], drift: Reals) -> Sequence[Interpretation]:
    """Samples weighed anew, until what a member's prior has from the others is what their samples say."""
    names = shared_names(found[0].setting)
    drawn = {k: one.before for k, one in enumerate(agreed) if one.before is not None}
    before, now = dict(drawn), list(found)
    for _ in range(EXCHANGES):
        words = {k: word_of(of_samples(now[k].fitted, names), before[k]) for k in drawn}
        for k, first in drawn.items():
            before[k] = heard([word for other, word in words.items() if other != k], drift)
            now[k] = _weighed_anew(found[k], (first, before[k]))
    return now


def _weighed_anew(found: Interpretation, change: tuple[Belief, Belief]) -> Interpretation:
    """An interpretation with another prior of the electrolyte; `change`: what it was drawn with, and the other."""
    before, after = change
    names, fitted = shared_names(found.setting), []
    for one in found.fitted:
        if one.evidence is None or one.straight is None:
            fitted.append(one)
            continue
        space = one.best.forward.space
        own = space.alone(one.straight.scores(one.evidence.places))
        electrolyte = own[:, [space.names.index(name) for name in names]]
        logs = after.log_density(electrolyte) - before.log_density(electrolyte)
        fitted.append(Fitted(one.best, one.straight, one.samples, reweighted(one.evidence, logs)))
    return replace(found, fitted=by_evidence(fitted))
