"""What an interpretation goes by beside the spectrum: what is known before, and what helps on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from constriction.interpret.model.models import InterfaceModel, Interfaces, space_of
from constriction.interpret.model.priors import Prior
from constriction.interpret.model.space import MetalBalance, ScoreSpace, SharedScores
from constriction.interpret.progress.kept import KeptParts
from constriction.laws.arrays import Reals

SEED = 20240607


@dataclass(frozen=True)
class Setting:
    """What is known before the measurement.

    Attributes:
        thickness: of the electrolyte, m.
        priors: of the unknowns, SI units.
        models: that are tried, at least one.
        seed: of all random numbers; the same one gives the same result.
        shared: what other spectra say of the electrolyte; None: nothing.
        balance: what was deposited says of the gap; None: nothing.
    """

    thickness: float
    priors: Mapping[str, Prior]
    models: tuple[InterfaceModel, ...]
    seed: int = SEED
    shared: SharedScores | None = None
    balance: MetalBalance | None = None

    def space(self, model: InterfaceModel, atlas: Interfaces) -> ScoreSpace:
        """The unknowns of a model; errors as of `space_of`."""
        return replace(space_of(model, self.priors, atlas), shared=self.shared, balance=self.balance)


@dataclass(frozen=True, eq=False)
class Aids:
    """What an interpretation goes by beside spectrum and setting.

    Attributes:
        say: is told what is done.
        kept: what an earlier, killed run has finished already.
        before: values of best fits with other priors, SI units, by the model's name: where searches start.
        work: is told how much is done, in units of `clock.FIT`.
    """

    say: Callable[[str], None] = lambda _: None
    kept: KeptParts = field(default_factory=KeptParts)
    before: Mapping[str, Mapping[str, Reals]] = field(default_factory=dict)
    work: Callable[[float], None] = lambda _: None
