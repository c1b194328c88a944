"""Whether messages between spectra give what one chain over all of them gives: `python tests/interpret_series.py`.

Two or more made-up spectra of a deposition (interfaces of `poles_atlas`, 0.2 % noise) are interpreted as a series.
Permittivity and exponent are held and the pitch is known to a quarter, as walkers do not get on with more. Then these
(emcee) go through the joint posterior of all interfaces and the one electrolyte. The table gives the ends
and the middle of the 68 % intervals of both, as scores of the prior, and how far they are apart in widths of the
interval. Arguments: how many spectra, charge from one spectrum to the next in mAh/cm².
"""

import sys
import time

import numpy as np
from support.made_up_cells import ATLAS, ELECTROLYTE, NOISE, THICKNESS, made_up

from constriction.interpret.interpretation import best_fits
from constriction.interpret.model.models import InterfaceModel, models_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.model.priors import Fixed, Uniform
from constriction.interpret.posterior import sampling
from constriction.interpret.posterior.evidence import explore, resampled
from constriction.interpret.posterior.likelihood import Likelihood
from constriction.interpret.posterior.ridge import straighten
from constriction.interpret.posterior.search import find_modes
from constriction.interpret.series import sharing
from constriction.interpret.series.balance import SCATTER, balanced, metal_thickness
from constriction.interpret.series.series import Member, interpret_series, shared_names
from constriction.interpret.setting import Aids, Setting
from constriction.interpret.summary import weighted_quantiles

MAH_PER_CM2 = 36000.0  # C/m²
PITCH = 2e-3
ENDS = (0.16, 0.5, 0.84)


def deposition(count, step=0.005, **held):
    """Members of a series, `step` mAh/cm² from one to the next, whose contact grows; and their true unknowns."""
    random, members, truths = np.random.default_rng(4), [], []
    for number in range(1, count + 1):
        fraction = 0.08 + 0.22 * (1 - np.exp(-number / 4))
        thickness = metal_thickness(step * MAH_PER_CM2 * number, "sodium")
        height = thickness / fraction * SCATTER ** random.standard_normal()
        truth = {"contact_fraction": fraction, "pitch": PITCH, "gap_height": height, "gap_permittivity": 1.0}
        spectrum = made_up(InterfaceModel("lattice", "hexagonal"), number, ELECTROLYTE | truth)
        setting = Setting(THICKNESS, default_priors() | held, models_of(("lattice",), ("hexagonal",)))
        members.append(Member(spectrum, balanced(setting, thickness, ATLAS), NOISE))
        truths.append(ELECTROLYTE | truth)
    return members, truths


class JointLikelihood(Likelihood):
    """Of all spectra together: the scores of the electrolyte, then those of each interface."""

    @classmethod
    def of(cls, members):
        best = [best_fits(one.spectrum, one.setting, ATLAS, one.noise, Aids())[0] for one in members]
        space, names = best[0].forward.space, shared_names(members[0].setting)
        common = [space.names.index(name) for name in names]
        own = [place for place in range(space.dimension) if place not in common]
        found = cls(members[0].spectrum, None, len(common) + len(own) * len(members))
        for name, value in {"parts": best, "common": common, "own": own}.items():
            object.__setattr__(found, name, value)
        return found

    def each(self, scores):
        """The scores of each spectrum's own model."""
        first, q = len(self.common), len(self.own)
        for number in range(len(self.parts)):
            one = np.empty((len(scores), first + q))
            one[:, self.common] = scores[:, :first]
            one[:, self.own] = scores[:, first + q * number : first + q * (number + 1)]
            yield one

    def residuals(self, scores):
        pairs = zip(self.parts, self.each(scores), strict=True)
        return np.concatenate([one.likelihood.residuals(part) for one, part in pairs], axis=1)

    def log_likelihood(self, scores):
        pairs = zip(self.parts, self.each(scores), strict=True)
        return sum(one.likelihood.log_likelihood(part) for one, part in pairs)


def jointly(members):
    """Samples of each spectrum's scores under the joint posterior, by walkers; and whether these converged."""
    likelihood, random = JointLikelihood.of(members), np.random.default_rng(0)
    guess = np.concatenate(
        [
            np.mean([one.modes[0].scores[likelihood.common] for one in likelihood.parts], axis=0),
            *(one.modes[0].scores[likelihood.own] for one in likelihood.parts),
        ]
    )
    modes = find_modes(likelihood, random, NOISE, guess[np.newaxis])
    straight = straighten(likelihood, modes[0], range(len(likelihood.common), likelihood.dimension))
    first = explore(straight, modes, random)
    print(f"jointly, {likelihood.dimension} unknowns: {first.effective:.0f} importance samples")
    sampling.MOST_BLOCKS, sampling.BLOCK, sampling.KEPT = 12, 250, 20_000
    samples = sampling.sample(straight, resampled(first, 4 * sampling.WALKERS, random), random)
    told = f"walkers: {samples.steps} steps, r_hat {samples.r_hat.max():.3f}, autocorrelation {samples.times.max():.0f}"
    print(f"{told}, converged: {samples.converged}")
    return list(likelihood.each(straight.scores(samples.places)))


def main(arguments):
    count = int(arguments[0]) if arguments else 2
    sharing.DRIFT = 1 + 1e-6  # of walkers, all spectra have one electrolyte
    names = ("relative_permittivity", "grain_boundary_exponent")
    held = {name: Fixed(ELECTROLYTE[name]) for name in names} | {"pitch": Uniform(1.5e-3, 2.5e-3, True)}
    members, _ = deposition(count, *map(float, arguments[1:]), **held)
    start = time.process_time()
    found = interpret_series(members, ATLAS, Aids())
    print(f"series of {count}: {time.process_time() - start:.0f} s")
    start, worst = time.process_time(), 0.0
    chains = jointly(members)
    print(f"jointly: {time.process_time() - start:.0f} s")
    for number, ((interpretation, agreement), chain) in enumerate(zip(found, chains, strict=True), start=1):
        (one,) = interpretation.fitted
        space, deviations = one.best.forward.space, agreement.deviations
        print(f"spectrum {number}: {deviations:.2f} deviations, {one.evidence.effective:.0f} samples")
        own = space.alone(one.scores)
        for place, name in enumerate(space.names):
            both = weighted_quantiles(own[:, place], one.weights, ENDS), np.quantile(chain[:, place], ENDS).tolist()
            apart = np.max(np.abs(np.subtract(*both))) / (both[1][2] - both[1][0])
            worst = max(worst, apart)
            texts = ["  ".join(f"{end:7.3f}" for end in ends) for ends in both]
            print(f"  {name:28} series {texts[0]}   jointly {texts[1]}   apart {apart:.0%} of the width")
    print(f"largest difference of a quantile: {worst:.0%} of the 68 % interval's width")


if __name__ == "__main__":
    main(sys.argv[1:])
