"""When can an arc of a film and one of constriction be told apart? `python studies/material_or_geometry/tell_apart.py`.

Spectra of contacts that constrict, and of films with their R_int and C_int, with noise, are fitted as both. Writes
`window.csv` (one spectrum), `temperature.csv` (two temperatures) and `thickness.csv` (two slabs) beside itself.
"""

import csv
import math
from itertools import product
from pathlib import Path

import numpy as np

from constriction.base.constants import BOLTZMANN, VACUUM_PERMITTIVITY
from constriction.interpret.atlas.atlas import load_atlas
from constriction.interpret.interpretation import best_fits
from constriction.interpret.model.forward import Forward, constriction
from constriction.interpret.model.models import models_of, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.model.priors import Fixed, LogNormal
from constriction.interpret.setting import Aids, Setting
from constriction.spectra.spectrum import Spectrum

NOISE, THICKNESS, FRACTION, SEEDS = 2e-3, 1.5e-3, 0.2, 3
GAPS = (3e-9, 10e-9, 30e-9, 100e-9)  # m
PITCHES = (0.3e-3, 1e-3, 3e-3)  # m
WINDOWS = {"7 MHz to 100 Hz": (7e6, 100), "100 MHz to 100 Hz": (1e8, 100)}
PRISTINE = 1.003  # factor within which a cell's own spectrum before the deposition tells its electrolyte
SURE = math.log(100)
WARM, COOL = 333.15, 298.15  # K
ATLAS, RECIPE = load_atlas(), default_priors()
ISLANDS, FILM = models_of(("lattice", "film"), ("hexagonal",))


def window(name):
    """Its frequencies in Hz, ten in a decade."""
    high, low = WINDOWS[name]
    return np.geomspace(high, low, round(10 * math.log10(high / low)) + 1)


def electrolyte():
    """The most probable values of the electrolyte, SI, (1,) each."""
    space = space_of(FILM, RECIPE, ATLAS)
    return {name: value for name, value in space.values(np.zeros((1, space.dimension))).items() if "film" not in name}


def pristine():
    """Priors where the electrolyte is known from its own spectrum."""
    own = {name: float(value[0]) for name, value in electrolyte().items()}
    known = {name: LogNormal(value, PRISTINE) for name, value in own.items()}
    return RECIPE | known | {"grain_boundary_exponent": Fixed(own["grain_boundary_exponent"])}


def islands(pitch, gap):
    """The unknowns of islands beside a gap, SI, (1,) each."""
    own = {"contact_fraction": FRACTION, "pitch": pitch, "gap_height": gap, "gap_permittivity": 1.0}
    return electrolyte() | {name: np.array([value]) for name, value in own.items()}


def forward(model, frequency, thickness=THICKNESS):
    """The spectrum of a model under a slab of a thickness in m."""
    return Forward(model, space_of(model, RECIPE, ATLAS), ATLAS, frequency, thickness)


def resistance(values, thickness=THICKNESS):
    """R_cstr in Ω·m²."""
    at = forward(ISLANDS, np.zeros(1), thickness)
    rho = 1 / values["bulk_conductivity"] + 1 / values["grain_boundary_conductivity"]
    return float(constriction(at, values, rho[:, None].astype(complex))[0, 0].real)


def arc_of(values):
    """R in Ω·m², C in F/m² and the frequency in Hz of the arc that islands make: R_cstr, and the whole gap's C."""
    r, c = resistance(values), float(VACUUM_PERMITTIVITY * (1 - FRACTION) / values["gap_height"][0])
    return r, c, 1 / (2 * math.pi * r * c)


def film_like(values):
    """The unknowns of a film with that arc."""
    r, c, _ = arc_of(values)
    own = {"film_resistance": r, "film_capacitance": c, "film_exponent": 1.0}
    return electrolyte() | {name: np.array([value]) for name, value in own.items()}


def both_fits(model, values, frequency, seed, priors):
    """The best fits as islands and as a film of a noisy spectrum."""
    z = forward(model, frequency).at(values)[0]
    random = np.random.default_rng(seed)
    errors = random.standard_normal(z.size) + 1j * random.standard_normal(z.size)
    measured = Spectrum(frequency, z + NOISE * np.abs(z) * errors, "ohm m2")
    return best_fits(measured, Setting(THICKNESS, priors, (ISLANDS, FILM), seed=seed), ATLAS, NOISE, Aids())


def told(model, values, frequency, priors):
    """Logarithm of the evidence for the right model over the wrong one, the middle of some noises."""
    ratios = []
    for seed in range(SEEDS):
        as_islands, as_film = both_fits(model, values, frequency, seed, priors)
        ratio = as_islands.log_evidence - as_film.log_evidence
        ratios.append(ratio if model is ISLANDS else -ratio)
    return float(np.median(ratios))


KNOWN = {"recipe": RECIPE, "pristine cell": pristine()}


def by_window():
    """One spectrum: islands or a film with the same arc."""
    for pitch, gap, name, known in product(PITCHES, GAPS, WINDOWS, KNOWN):
        values = islands(pitch, gap)
        r, _, f = arc_of(values)
        for model, truth, unknowns in ((ISLANDS, "islands", values), (FILM, "film", film_like(values))):
            ratio = told(model, unknowns, window(name), KNOWN[known])
            yield {
                "truth": truth,
                "pitch_mm": f"{pitch * 1e3:g}",
                "gap_height_nm": f"{gap * 1e9:g}",
                "window": name,
                "electrolyte_known_from": known,
                "R_int_ohm_cm2": f"{r * 1e4:.3g}",
                "f_int_hertz": f"{f:.3g}",
                "ln_evidence_ratio": f"{ratio:.1f}",
                "told_apart": ratio > SURE,
            }


def arc_errors():
    """Islands, and the relative error of R_int that a fit as a film has, in the paper's window."""
    for pitch, gap in product(PITCHES, GAPS):
        values = islands(pitch, gap)
        _, as_film = both_fits(FILM, film_like(values), window("7 MHz to 100 Hz"), 0, KNOWN["pristine cell"])
        mode, space = as_film.modes[0], as_film.forward.space
        place = space.names.index("film_resistance")
        step = np.zeros(space.dimension)
        step[place] = 1e-3
        ends = [space.values((mode.scores + sign * step)[None])["film_resistance"][0] for sign in (1, -1)]
        slope = math.log(ends[0] / ends[1]) / 2e-3
        yield values, abs(slope) * math.sqrt(mode.covariance[place, place])


def by_temperature():
    """From 25 to 60 °C constriction follows the electrolyte; a film shows where its activation energy is another."""
    lever = (1 / COOL - 1 / WARM) / BOLTZMANN
    for values, error in arc_errors():
        yield {
            "pitch_mm": f"{values['pitch'][0] * 1e3:g}",
            "gap_height_nm": f"{values['gap_height'][0] * 1e9:g}",
            "R_int_ohm_cm2": f"{arc_of(values)[0] * 1e4:.3g}",
            "relative_error_of_R_int": f"{error:.2g}",
            "difference_of_activation_energies_seen_eV": f"{3 * math.sqrt(2) * error / lever:.2g}",
        }


def by_thickness():
    """A film's R_int is the same under any slab; that of constriction rises where the slab is thinner than a pitch."""
    for values, error in arc_errors():
        pitch = values["pitch"][0]
        depths = np.geomspace(0.02, 2, 400) * pitch
        changes = np.array(
            [abs(math.log(resistance(values, depth) / resistance(values, 5 * pitch))) for depth in depths]
        )
        seen = depths[changes > 3 * math.sqrt(2) * error]
        yield {
            "pitch_mm": f"{pitch * 1e3:g}",
            "gap_height_nm": f"{values['gap_height'][0] * 1e9:g}",
            "relative_error_of_R_int": f"{error:.2g}",
            "thickest_slab_that_tells_um": f"{seen[-1] * 1e6:.3g}" if len(seen) else "",
            "over_pitch": f"{seen[-1] / pitch:.2g}" if len(seen) else "",
        }


def main():
    """Write and print the tables."""
    for name, rows in (("window", by_window), ("temperature", by_temperature), ("thickness", by_thickness)):
        found = list(rows())
        with open(Path(__file__).with_name(f"{name}.csv"), "w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, found[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)
        for row in found:
            print(*row.values(), sep="\t")


if __name__ == "__main__":
    main()
