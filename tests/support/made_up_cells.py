"""Spectra of cells whose unknowns are known, with interfaces of `poles_atlas`."""

import numpy as np
from poles_atlas import PolesAtlas

from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.spectra.spectrum import Spectrum

ATLAS, THICKNESS, NOISE = PolesAtlas(), 1.5e-3, 2e-3
FREQUENCY = np.geomspace(7e6, 100, 40)
ELECTROLYTE = {
    "bulk_conductivity": 1.4,
    "relative_permittivity": 25.0,
    "grain_boundary_conductivity": 0.8,
    "grain_boundary_frequency": 1.2e6,
    "grain_boundary_exponent": 0.96,
}


def made_up(model, seed, values, noise=NOISE):
    """The spectrum of a model with these values, SI, and medians of the priors for what is not among them."""
    forward = Forward(model, space_of(model, default_priors(), ATLAS), ATLAS, FREQUENCY, THICKNESS)
    medians = {name: float(prior.values(0.0)) for name, prior in forward.space.priors.items()}
    z = forward.at({name: np.array([value]) for name, value in (medians | values).items()})[0]
    random = np.random.default_rng(seed)
    errors = random.standard_normal(z.size) + 1j * random.standard_normal(z.size)
    return Spectrum(FREQUENCY, z + noise * np.abs(z) * errors, "ohm m2")
