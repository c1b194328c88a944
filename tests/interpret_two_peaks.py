"""Two peaks of one constriction, docs/how_to/interpret.md#two-peaks: `python tests/interpret_two_peaks.py`.

Hexagonal discs on a tenth of the interface, 100 um apart, beside a gap of 100 nm: two thirds of R_cstr merge with the
arc of the grain boundaries, one third follows the bulk. A circuit fit of the spectrum, with 0.2 % noise to 7 MHz,
reports an electrolyte beside that of the same slab in full contact; the interpretation leaves it as it is.
"""

import numpy as np

from constriction.interpret.atlas import load_atlas
from constriction.interpret.interpretation import interpret
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import InterfaceModel, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.setting import Setting
from constriction.interpret.summary import summary
from constriction.spectra.fit.fitting import fit_circuit
from constriction.spectra.reading.apparent import apparent
from constriction.spectra.spectrum import Spectrum

NOISE, THICKNESS, FREQUENCY = 2e-3, 1.5e-3, np.geomspace(7e6, 100, 49)
INTERFACE = {"contact_fraction": 0.1, "pitch": 1e-4, "gap_height": 1e-7, "gap_permittivity": 1.0}
MODEL = InterfaceModel("lattice", "hexagonal")


def main():
    atlas, priors = load_atlas(), default_priors()
    space = space_of(MODEL, priors, atlas)
    forward = Forward(MODEL, space, atlas, FREQUENCY, THICKNESS)
    truth = {name: float(prior.values(0.0)) for name, prior in space.priors.items()} | INTERFACE
    scores = space.scores(truth)
    z = forward.impedance(scores)[0]
    random = np.random.default_rng(1)
    z = z + NOISE * np.abs(z) * (random.standard_normal(z.size) + 1j * random.standard_normal(z.size))
    measured = Spectrum(FREQUENCY, z, "ohm m2")
    slab = THICKNESS * (1 / truth["bulk_conductivity"] + 1 / truth["grain_boundary_conductivity"])
    print(f"slab {1e4 * slab:.2f}, R_cstr {1e4 * forward.constriction_resistance(scores)[0]:.2f} ohm cm2")
    for circuit in ("R-RQ", "R-RQ-RQ"):
        found = fit_circuit(measured, circuit)
        values = apparent(found)
        error = 1e4 * (values.R_SE_stderr or np.nan)
        told = "none"
        if values.R_int is not None:
            told = f"{1e4 * values.R_int:.2f} +- {1e4 * (values.R_int_stderr or np.nan):.2f}"
        print(f"{circuit}: R_SE {1e4 * values.R_SE:.2f} +- {error:.2f}, R_int {told} ohm cm2")
    found = interpret(measured, Setting(THICKNESS, priors, (MODEL,)), atlas, NOISE)
    values, weights = found.posterior(["bulk_conductivity", "grain_boundary_conductivity"])
    slabs = 1e4 * THICKNESS * (1 / values).sum(axis=1)
    mean = weights @ slabs
    print(f"interpreted: slab {mean:.2f} +- {np.sqrt(weights @ (slabs - mean) ** 2):.2f} ohm cm2")
    for name in ("R_cstr", *space.names):
        said = summary(found, name)
        print(
            f"  {name}: truth {truth.get(name, np.nan):.4g}, 68 % {said.low68:.4g} to {said.high68:.4g}, "
            f"95 % {said.low95:.4g} to {said.high95:.4g}"
        )


if __name__ == "__main__":
    main()
