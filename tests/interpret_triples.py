"""What R_SE, R_int and C_int alone say, docs/how_to/interpret.md#triples: `python tests/interpret_triples.py`.

First how many of 40 lattices drawn from the prior are read by the fit of many spectra at once as `analyze` reads each.
Then what R_int alone leaves of a hexagonal lattice beside a gap of 2 to 20 nm. At last the three values of one made-up
spectrum, with the correlations of their errors and without, beside the whole spectrum.
"""

import time

import numpy as np

from constriction.interpret.atlas import load_atlas
from constriction.interpret.interpretation import interpret
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import InterfaceModel, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.model.priors import Uniform
from constriction.interpret.setting import Setting
from constriction.interpret.summary import summary
from constriction.interpret.triples.circuit_fits import TWO_ARCS, fit_many, read_many, starts_of
from constriction.interpret.triples.triple import Triple, parts_of
from constriction.laws.circuit import evaluate, parse_circuit
from constriction.spectra.fit.fitting import fit_circuit
from constriction.spectra.fit.problem import FitOptions
from constriction.spectra.reading.apparent import apparent
from constriction.spectra.spectrum import Spectrum

MODEL, THICKNESS, NOISE = InterfaceModel("lattice", "hexagonal"), 1.5e-3, 2e-3
WINDOW = 7e6, 100.0
FREQUENCY = np.geomspace(*WINDOW, 49)
DRAWN, SEED, AGREES = 40, 5, 1e-3
R_INT = 14.8e-4, 0.1e-4  # Ω·m², and its standard error
GAP = 2e-9, 20e-9
ISLANDS = {"contact_fraction": 0.2, "pitch": 2e-3, "gap_height": 5e-9, "gap_permittivity": 1.0}
TOLD = ("contact_fraction", "pitch", "gap_height", "R_cstr")


def readings(atlas):
    """How many interfaces are read as a fit of each spectrum by itself reads them."""
    space = space_of(MODEL, default_priors(), atlas)
    forward = Forward(MODEL, space, atlas, FREQUENCY, THICKNESS)
    scores = space.draw(DRAWN, np.random.default_rng(SEED))
    values, z = space.values(scores), forward.impedance(scores)
    points = fit_many(TWO_ARCS, FREQUENCY, z, starts_of(TWO_ARCS, *parts_of(forward, values)))
    together, alike, factors = read_many(TWO_ARCS, points), 0, []
    model = evaluate(parse_circuit(TWO_ARCS), points, 2 * np.pi * FREQUENCY)[0]
    for row, impedance, fitted in zip(together, z, model, strict=True):
        fit = fit_circuit(Spectrum(FREQUENCY, impedance, "ohm m2"), TWO_ARCS, FitOptions(profiles=False))
        alone = apparent(fit)
        if np.allclose(row, [alone.R_SE, alone.R_int, alone.C_int], rtol=AGREES, atol=0):
            alike += 1
        else:
            factors.append(fit.chi_squared / np.sum(np.abs((fitted - impedance) / impedance) ** 2))
    told = ", ".join(f"{factor:.3g}" for factor in factors)
    print(f"{alike} of {DRAWN} read alike to {AGREES:g}; sum of squares of the others, alone over together: {told}")


def tell(title, measured, setting, atlas, noise=1.0):
    """The intervals of an interpretation."""
    start = time.process_time()
    found = interpret(measured, setting, atlas, noise)
    (one,) = found.fitted
    walkers = "no walkers" if one.samples is None else f"R-hat of walkers {one.r_hat:.3f}"
    told = f"{one.evidence.effective:.0f} samples, {walkers}, converged: {one.converged}"
    print(f"{title}: {told}, {time.process_time() - start:.0f} s", flush=True)
    for name in TOLD:
        said = summary(found, name)
        ends = f"68 % {said.low68:.4g} to {said.high68:.4g}, 95 % {said.low95:.4g} to {said.high95:.4g}"
        print(f"  {name}: {ends}")


def compared(atlas):
    """Values of one spectrum with correlations and without, and the spectrum itself."""
    priors = default_priors()
    space = space_of(MODEL, priors, atlas)
    truth = {name: float(prior.values(0.0)) for name, prior in space.priors.items()} | ISLANDS
    z = Forward(MODEL, space, atlas, FREQUENCY, THICKNESS).impedance(space.scores(truth))[0]
    random = np.random.default_rng(1)
    z = z + NOISE * np.abs(z) * (random.standard_normal(z.size) + 1j * random.standard_normal(z.size))
    spectrum = Spectrum(FREQUENCY, z, "ohm m2")
    found = apparent(fit_circuit(spectrum, TWO_ARCS))
    values = np.array([found.R_SE, found.R_int, found.C_int])
    errors = np.array([found.R_SE_stderr, found.R_int_stderr, found.C_int_stderr])
    related = np.eye(3)
    related[np.triu_indices(3, 1)] = found.correlations
    related = related + related.T - np.eye(3)
    print("R_SE, R_int in ohm cm2, C_int in uF/cm2:", *(values * [1e4, 1e4, 100]), "+-", *(errors * [1e4, 1e4, 100]))
    print("correlations", *found.correlations)
    setting = Setting(THICKNESS, priors, (MODEL,))
    tell("values, correlated", Triple(values, errors, *WINDOW, correlations=related), setting, atlas)
    tell("values, independent", Triple(values, errors, *WINDOW), setting, atlas)
    tell("the spectrum", spectrum, setting, atlas, NOISE)


def main():
    atlas = load_atlas()
    readings(atlas)
    missing = np.nan
    alone = Triple(np.array([missing, R_INT[0], missing]), np.array([missing, R_INT[1], missing]), *WINDOW)
    priors = default_priors() | {"gap_height": Uniform(*GAP, True)}
    tell("R_int alone", alone, Setting(THICKNESS, priors, (MODEL,)), atlas)
    compared(atlas)


if __name__ == "__main__":
    main()
