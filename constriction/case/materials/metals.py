"""Metals: what plating and pressing them needs to know."""

from functools import cache

from constriction.case.fields import Fraction, MassDensity, MolarMass, Pressure, Section, Temperature, Text
from constriction.case.materials.entries import Known, parsed, shipped_data


class Metal(Section):
    """The file of a metal.

    Attributes:
        title: what it is.
        temperature: of all its values, K.
        molar_mass: kg/mol.
        density: kg/m³.
        yield_strength: of the bulk at the strain rate that its source names, Pa.
        youngs_modulus: of a polycrystal, Pa.
        poisson_ratio: dimensionless.
    """

    title: Text
    temperature: Temperature
    molar_mass: Known[MolarMass]
    density: Known[MassDensity]
    yield_strength: Known[Pressure]
    youngs_modulus: Known[Pressure]
    poisson_ratio: Known[Fraction]


@cache
def metal(name: str) -> Metal:
    """A metal that comes with the package, "sodium" or "lithium".

    Raises:
        InputError: there is none of this name.
    """
    return parsed(Metal, shipped_data(name), name)
