"""Cases of the tests, in the words of a case file."""

from constriction import parse_case

# σ = 1 S/m and no relaxation of its own up to 10⁷ times the relaxation of a gap of 1 nm under spots of millimetres.
CONDUCTOR = {
    "bulk_conductivity": "1 S/m",
    "grain_boundary_conductivity": "none",
    "relative_permittivity": 1,
}


def case_of(interface, *, electrolyte=None, gap=None, sweep=None, relative_error=1e-3):
    """A case; lengths of the order of millimetres, a slab of 6 mm and no gap capacitance unless told otherwise."""
    return parse_case(
        {
            "electrolyte": {"thickness": "6 mm", **(electrolyte or {})},
            "interface": interface,
            "gap": gap or {"height": "none"},
            "sweep": sweep or {"from": "1 MHz", "to": "1 Hz", "points_per_decade": 1},
            "accuracy": {"relative_error": relative_error},
        }
    )


def conductor(interface, *, thickness="6 mm", gap=None, sweep=None, relative_error=1e-3):
    """The same on an electrolyte of σ = 1 S/m that only conducts: Z in units of metres."""
    electrolyte = {**CONDUCTOR, "thickness": thickness}
    return case_of(interface, electrolyte=electrolyte, gap=gap, sweep=sweep, relative_error=relative_error)


def tube(contact_fraction, *, inverted=False):
    """A flux tube of radius 1 mm with the spot on its axis."""
    return {
        "pattern": "single",
        "cell_shape": "circular",
        "pitch": "2 mm",
        "contact_fraction": contact_fraction,
        "inverted": inverted,
    }


ISLANDS = """
[interface]
pattern = "hexagonal"
contact_fraction = 0.2
pitch = "2 mm"
[gap]
height = "5 nm"
[accuracy]
relative_error = 0.05
"""
"""The text of a case file: islands that a coarse mesh or grid solves in a second."""

SQUARE = {"pattern": "square", "pitch": "1 mm", "contact_fraction": 0.2}
HEXAGONAL = {"pattern": "hexagonal", "pitch": "1 mm", "contact_fraction": 0.2}
STRIPES = {"pattern": "stripes", "pitch": "1 mm", "contact_fraction": 0.3}
RANDOM = {"pattern": "random", "pitch": "1 mm", "contact_fraction": 0.2, "spots": 4, "seed": 4}
PORES = {"pattern": "hexagonal", "pitch": "1 mm", "contact_fraction": 0.7, "inverted": True}
SQUARE_SPOTS = {
    "pattern": "random",
    "shape": "square",
    "pitch": "1 mm",
    "contact_fraction": 0.3,
    "spots": 3,
    "seed": 23,
}
UNEQUAL_DISCS = {
    "pattern": "list",
    "cell": ["1 mm", "0.7 mm"],
    "discs": [["0 mm", "0.3 mm", "0.15 mm"], ["0.6 mm", "0.35 mm", "0.25 mm"]],
}
MORPHOLOGIES = {
    "square": SQUARE,
    "hexagonal": HEXAGONAL,
    "stripes": STRIPES,
    "tube": tube(0.3),
    "random": RANDOM,
    "pores": PORES,
    "square spots": SQUARE_SPOTS,
    "unequal discs": UNEQUAL_DISCS,
}
