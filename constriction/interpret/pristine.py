"""What a pristine cell says of the electrolyte: priors for the cell after a deposition.

Before sodium there is no contact: copper blocks, and below the electrolyte's arcs there is a constant phase. So the
electrolyte lies bare, and what its spectrum says is known of the same pellet later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from constriction.base.errors import InputError
from constriction.interpret.interpretation import Interpretation, interpret
from constriction.interpret.model.models import NOTHING, InterfaceModel, Interfaces
from constriction.interpret.model.priors import LogNormal, Prior, Uniform
from constriction.interpret.model.unknowns import BOUNDARIES, BULK
from constriction.interpret.setting import Aids, Setting
from constriction.interpret.summary import weighted_quantiles
from constriction.interpret.verdict import unlike, verdict
from constriction.spectra.spectrum import Spectrum

ENDS = 1e-3, 1 - 1e-3  # quantiles between which an exponent is taken for even
SURE = 1.003  # factor within which nothing is taken to stay the same: contacts and cables change, too


def blocking(setting: Setting, extras: tuple[str, ...]) -> Setting:
    """The setting of a pristine cell: a slab, a constant phase in series, and what else is.

    Args:
        setting: of the other cells.
        extras: in series with them, as `unknowns.EXTRAS`.
    """
    model = InterfaceModel(NOTHING, extras=tuple(dict.fromkeys((*extras, "tail"))))
    return replace(setting, models=(model,))


def with_pristine(
    setting: Setting, spectrum: Spectrum, atlas: Interfaces, noise: float, say: Callable[[str], None]
) -> Setting:
    """A setting that knows the electrolyte from a pristine cell.

    Args:
        setting: of the cells to interpret; what is in series with them may be with the pristine one.
        spectrum: of the pristine cell, per area, Ω·m², screened by the Kramers-Kronig rule.
        atlas: of solved interfaces.
        noise: a guess of that of one part, relative to |Z|.
        say: is told what is done.

    Raises:
        InputError: the spectrum is none of a slab between blocking electrodes, or the electrolyte another one.
    """
    extras = setting.models[0].extras
    found = interpret(spectrum, blocking(setting, extras), atlas, noise, Aids(say))
    said = verdict(found)
    if said.arc == "not explained":
        raise InputError(
            f"{said.words.removeprefix('not determined: ')}; expected a slab between blocking electrodes, with "
            "--from and --to to leave out what is none"
        )
    priors = learnt(found, setting.priors)
    for name, prior in priors.items():
        _check_alike(name, prior, setting.priors[name])
    return replace(setting, priors={**setting.priors, **priors})


def _check_alike(name: str, found: Prior, before: Prior) -> None:
    """Refuse an electrolyte that is far from what was known of it: another one, or another area or thickness."""
    told = unlike(name, found.median, before) if isinstance(found, LogNormal) else ""
    if told:
        raise InputError(told)


def learnt(found: Interpretation, before: Mapping[str, Prior]) -> dict[str, Prior]:
    """Priors of the electrolyte's unknowns from a posterior, by their names.

    Args:
        found: of a pristine cell.
        before: the priors that it was interpreted with; of what is held there nothing is learnt.
    """
    priors: dict[str, Prior] = {}
    for name in (*BULK, *BOUNDARIES):
        if name not in before or not before[name].free:
            continue
        values, weights = found.posterior([name])
        if isinstance(before[name], Uniform):
            low, high = weighted_quantiles(values[:, 0], weights, ENDS)
            priors[name] = Uniform(low, high)
            continue
        logs = np.log(values[:, 0])
        middle = float(weights @ logs)
        spread = float(np.sqrt(weights @ (logs - middle) ** 2))
        priors[name] = LogNormal(float(np.exp(middle)), max(float(np.exp(spread)), SURE))
    return priors
