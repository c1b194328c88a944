"""A cell's resistances and capacitances, normalised as its spectrum is."""

from constriction.spectra.normalisation import Normalisation

FARAD_PER_METRE = 1e7  # in nF/cm


def normalised_resistance(resistance: float, by: Normalisation) -> float:
    """A cell's resistance in Ω becomes Ω·m² or Ω·m."""
    return resistance * by.scale


def normalised_capacitance(capacitance: float, by: Normalisation) -> float:
    """A cell's capacitance in F becomes F/m² or F/m (`FARAD_PER_METRE` takes the latter to nF/cm)."""
    return capacitance / by.scale
