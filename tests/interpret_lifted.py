"""Lifted metal beside ideal contacts, docs/how_to/interpret.md#lifted: `python tests/interpret_lifted.py`.

Two spectra, by finite elements on the wedge. Discs on 30 % of the interface, 5 mm apart, the electrolyte known to 0.3 %
and the pitch to 10 %, with 0.1 % noise: which kinds of interface are possible, and what is told of the zone? Stripes,
4 mm apart, with the default priors and 0.2 % noise: is the zone told from a plain lattice?
"""

import time

import numpy as np

from constriction.case.schema import parse_case
from constriction.interpret.atlas import load_atlas
from constriction.interpret.interpretation import interpret
from constriction.interpret.model.models import models_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.model.priors import LogNormal, Uniform
from constriction.interpret.setting import Setting
from constriction.interpret.summary import summary
from constriction.interpret.verdict import verdict
from constriction.simulation.simulate import simulate
from constriction.spectra.spectrum import Spectrum

THICKNESS, FREQUENCY = 1.5e-3, np.geomspace(7e6, 100, 49)
GAP = {"height": "30 nm", "profile": "linear", "rise": "8 um"}
KNOWN, PITCH_KNOWN = 1.003, 1.1
TOLD = ("contact_fraction", "pitch", "gap_height", "zone_share", "rise_ratio", "R_cstr")


def measured(interface, length, priors, noise):
    """The spectrum of lifted metal; the electrolyte is in the middle of its priors."""
    units = {"bulk_conductivity": " S/m", "grain_boundary_conductivity": " S/m", "grain_boundary_frequency": " Hz"}
    names = (*units, "relative_permittivity", "grain_boundary_exponent")
    middle = {name: float(priors[name].values(0.0)) for name in names}
    electrolyte = {name: f"{value!r}{units[name]}" if name in units else value for name, value in middle.items()}
    case = parse_case(
        {
            "title": "Lifted metal",
            "interface": interface,
            "gap": GAP | {"length": length},
            "electrolyte": electrolyte | {"thickness": f"{THICKNESS!r} m"},
            "sweep": {"from": f"{FREQUENCY[0]} Hz", "to": f"{FREQUENCY[-1]} Hz"},
        }
    )
    result = simulate(case)
    print(f"R_cstr {1e4 * result.R_cstr:.3f} +- {1e4 * result.R_cstr_error:.3f} ohm cm2")
    z, random = result.impedance(FREQUENCY), np.random.default_rng(1)
    errors = random.standard_normal(z.size) + 1j * random.standard_normal(z.size)
    return Spectrum(FREQUENCY, z + noise * np.abs(z) * errors, "ohm m2")


def known(priors):
    """The same with an electrolyte that is known to 0.3 %."""
    found = dict(priors)
    for name in (
        "bulk_conductivity",
        "relative_permittivity",
        "grain_boundary_conductivity",
        "grain_boundary_frequency",
    ):
        found[name] = LogNormal(float(priors[name].values(0.0)), KNOWN)
    exponent = float(priors["grain_boundary_exponent"].values(0.0))
    return found | {"grain_boundary_exponent": Uniform(exponent / KNOWN, min(exponent * KNOWN, 1.0))}


def tell(spectrum, setting, atlas, noise):
    """Probabilities of the models, and the intervals of the zone's own."""
    start = time.process_time()
    found = interpret(spectrum, setting, atlas, noise)
    print(f"{time.process_time() - start:.0f} s; {verdict(found).words}")
    for one, share in zip(found.fitted, found.probabilities, strict=True):
        effective = "not sampled" if one.evidence is None else f"{one.evidence.effective:.0f} samples"
        print(f"  {one.model.name}: log evidence {one.log_evidence:.2f}, probability {share:.3g}, {effective}")
    for name in TOLD:
        said = summary(found, name)
        if said is not None:
            print(f"  {name}: 68 % {said.low68:.4g} to {said.high68:.4g}, 95 % {said.low95:.4g} to {said.high95:.4g}")


def main():
    atlas, priors = load_atlas(), default_priors()
    print("discs, 5 mm apart")
    discs = {"pattern": "hexagonal", "contact_fraction": 0.3, "pitch": "5 mm"}
    spectrum = measured(discs, "0.6 mm", priors, 1e-3)
    better = known(priors) | {"pitch": LogNormal(5e-3, PITCH_KNOWN)}
    kinds = "lattice", "film", "lattice_film", "two_levels", "lifted_zone"
    tell(spectrum, Setting(THICKNESS, better, models_of(kinds, ("hexagonal",))), atlas, 1e-3)
    print("stripes, 4 mm apart")
    spectrum = measured({"pattern": "stripes", "contact_fraction": 0.3, "pitch": "4 mm"}, "0.65 mm", priors, 2e-3)
    models = models_of(("lattice", "lifted_zone"), ("stripes",))
    tell(spectrum, Setting(THICKNESS, priors, models), atlas, 2e-3)


if __name__ == "__main__":
    main()
