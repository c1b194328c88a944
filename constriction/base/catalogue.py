"""The catalogue: every quantity that a run writes, once, with its unit inside (SI) and at the edge of the program.

Keys are made of a quantity's name and its unit, and looked up here, never taken apart.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple


class EdgeUnit(NamedTuple):
    """How a unit leaves the program.

    `suffix` in keys and headers, `label` in pictures, `factor` from SI, `udunits` in netCDF files.
    """

    suffix: str
    label: str
    factor: float
    udunits: str


EDGE_UNITS: Mapping[str, EdgeUnit] = {  # by the SI unit
    "1": EdgeUnit("", "", 1.0, "1"),
    "ohm m2": EdgeUnit("ohm_cm2", "Ω·cm²", 1e4, "ohm cm2"),
    "ohm m": EdgeUnit("ohm_cm", "Ω·cm", 1e2, "ohm cm"),
    "ohm": EdgeUnit("ohm", "Ω", 1.0, "ohm"),
    "m": EdgeUnit("um", "µm", 1e6, "um"),
    "m2": EdgeUnit("cm2", "cm²", 1e4, "cm2"),
    "F/m2": EdgeUnit("farad_per_cm2", "F/cm²", 1e-4, "F cm-2"),
    "F/m": EdgeUnit("farad_per_cm", "F/cm", 1e-2, "F cm-1"),
    "F": EdgeUnit("farad", "F", 1.0, "F"),
    "Hz": EdgeUnit("hertz", "Hz", 1.0, "Hz"),
}
OHM_CM2, FARAD_PER_CM2 = EDGE_UNITS["ohm m2"].factor, EDGE_UNITS["F/m2"].factor


class OutputQuantity(NamedTuple):
    """A number that a run writes: its name, its SI unit, and what it is if its name does not say so."""

    name: str
    unit: str
    meaning: str = ""

    @property
    def edge(self) -> EdgeUnit:
        """The unit in which it is written."""
        return EDGE_UNITS[self.unit]

    @property
    def key(self) -> str:
        """What it is called in files: R_cstr_ohm_cm2."""
        return f"{self.name}_{self.edge.suffix}".rstrip("_")

    @property
    def symbol(self) -> str:
        """What it is called in pictures and tables, which tell the unit beside: R_cstr, apparent R_int."""
        return self.name.replace("apparent_", "apparent ") if self.edge.suffix else self.name.replace("_", " ")

    @property
    def long_name(self) -> str:
        """What it is, in words."""
        return self.meaning or self.key.replace("_", " ")


_QUANTITIES = (  # of result.json and means.csv, then of a cross-check, of peaks, and spectra
    OutputQuantity("contact_fraction", "1"),
    OutputQuantity("R_cstr", "ohm m2", "constriction resistance"),
    OutputQuantity("R_cstr_error", "ohm m2", "error bar of the constriction resistance"),
    OutputQuantity("R_cstr_side_bias", "ohm m2", "mean R_cstr between mirrors less that of periodic cells"),
    OutputQuantity("R_cstr_side_bias_error", "ohm m2", "standard error of the mean difference, seed by seed"),
    OutputQuantity("R_cstr_side_bias_solver_error", "ohm m2", "mean error bars of both sides together"),
    OutputQuantity("contact_fraction_pixels", "1", "share of a map's pixels in contact"),
    OutputQuantity("R_cstr_map_error", "ohm m2", "what a quarter pixel of a map's rims changes in R_cstr"),
    OutputQuantity("outline_tolerance", "m", "largest distance of a meshed rim from the one that was drawn"),
    OutputQuantity("R_cstr_outline_error", "ohm m2", "the part of the error bar by rims that were simplified"),
    OutputQuantity("R_cstr_lower", "ohm m2"),
    OutputQuantity("R_cstr_upper", "ohm m2"),
    OutputQuantity("spectrum_error", "ohm m2", "largest error bar of any impedance of the sweep"),
    OutputQuantity("relative_error_asked", "1"),
    OutputQuantity("relative_error_reached", "1"),
    OutputQuantity("C_cstr", "F/m2", "constriction capacitance, from the apex of -Im Z_cstr"),
    OutputQuantity("C_low", "F/m2", "low-frequency limit of the gap's capacitance"),
    OutputQuantity("C_high", "F/m2", "high-frequency limit of the gap's capacitance"),
    OutputQuantity("f_cstr", "Hz", "frequency of the apex of -Im Z_cstr"),
    OutputQuantity("R_electrolyte", "ohm m2", "resistance of the electrolyte in full contact"),
    OutputQuantity("R_full_contact", "ohm m2", "resistance of the electrolyte and the contact's law in full contact"),
    OutputQuantity("R_interface", "ohm m2", "resistance at zero frequency less the electrolyte's"),
    OutputQuantity("R_interface_error", "ohm m2", "error bar of the interface's resistance"),
    OutputQuantity("R_dc", "ohm m2", "resistance at zero frequency"),
    *(
        OutputQuantity(f"contact_{part}_above_{multiple}{end}", "1", f"{words}part of the contacts' {part} {above}")
        for multiple in (2, 5, 10)
        for above in (f"where the density is above {multiple} times its mean over them",)
        for part in ("area", "current")
        for end, words in (("", ""), ("_error", "error bar of the "))
    ),
    OutputQuantity("fine_R_interface", "ohm m2", "resistance of the finer case's interface"),
    OutputQuantity("fine_R_interface_error", "ohm m2"),
    OutputQuantity("fine_spectrum_error", "ohm m2", "largest error bar of any impedance of the finer case"),
    OutputQuantity("fine_contact_fraction", "1", "contact fraction of the finer case"),
    OutputQuantity("fine_pitch_over_island", "1", "finer pitch over the width of the narrowest contact"),
    OutputQuantity(
        "two_levels_relative_error", "1", "about what taking the finer case as a film leaves of R_interface"
    ),
    *(
        OutputQuantity(f"{side}_{name}", unit)
        for side in ("near", "far")
        for name, unit in (
            ("contact_fraction", "1"),
            ("R_cstr", "ohm m2"),
            ("R_cstr_error", "ohm m2"),
            ("R_interface", "ohm m2"),
            ("R_interface_error", "ohm m2"),
            ("C_cstr", "F/m2"),
            ("f_cstr", "Hz"),
        )
    ),
    OutputQuantity("lifted_share", "1", "part of the interface where contacts lift the metal"),
    OutputQuantity("largest_bending_strain", "1", "largest bending strain of the lifted foil"),
    OutputQuantity("height_error", "ohm m2", "largest error bar of any impedance by a foil's grid or a map's points"),
    OutputQuantity("metals_R_cstr", "ohm m2", "what the metals' own resistance adds to R_cstr"),
    OutputQuantity("metals_R_cstr_error", "ohm m2"),
    OutputQuantity("metals_R_cstr_relative", "1", "what the metals' own resistance adds to R_cstr, over R_cstr"),
    OutputQuantity("metals_R_dc", "ohm m2", "what the metals' own resistance adds to R_dc"),
    OutputQuantity("metals_R_full_contact", "ohm m2", "resistance of the metals in full contact"),
    OutputQuantity("electrode_area", "m2"),
    OutputQuantity("electrode_contact_fraction", "1", "contact area over that of the electrode on a pellet"),
    OutputQuantity("pellet_area", "m2"),
    OutputQuantity("R_cstr", "ohm", "constriction resistance of the whole pellet"),
    OutputQuantity("R_cstr_error", "ohm"),
    OutputQuantity("R_electrolyte", "ohm", "resistance of the whole pellet in full contact"),
    OutputQuantity("R_interface", "ohm"),
    OutputQuantity("R_interface_error", "ohm"),
    OutputQuantity("R_dc", "ohm", "resistance of the whole pellet at zero frequency"),
    OutputQuantity("apparent_R_SE", "ohm m2"),
    OutputQuantity("apparent_R_SE_error", "ohm m2"),
    OutputQuantity("apparent_R_int", "ohm m2"),
    OutputQuantity("apparent_R_int_error", "ohm m2"),
    OutputQuantity("apparent_C_int", "F/m2"),
    OutputQuantity("apparent_C_int_error", "F/m2"),
    OutputQuantity("apparent_resolution", "1"),
    OutputQuantity("cells", "1"),
    OutputQuantity("unknowns", "1"),
    OutputQuantity("solves", "1"),
    OutputQuantity("cell_mirror_images", "1"),
    OutputQuantity("cross_check_R_cstr", "ohm m2"),
    OutputQuantity("cross_check_R_cstr_error", "ohm m2"),
    OutputQuantity("cross_check_spectrum_error", "ohm m2"),
    OutputQuantity("cross_check_C_cstr", "F/m2"),
    OutputQuantity("cross_check_f_cstr", "Hz"),
    OutputQuantity("cross_check_difference_in_error_bars", "1"),
    OutputQuantity("cross_check_spectrum_difference_in_error_bars", "1"),
    OutputQuantity("frequency", "Hz", "frequency, falling"),  # of a spectrum, and of a peak
    OutputQuantity("resistance", "ohm m2"),
    OutputQuantity("capacitance", "F/m2"),
    OutputQuantity("real_impedance", "ohm m2", "real part of the impedance"),
    OutputQuantity("imaginary_impedance", "ohm m2", "imaginary part of the impedance"),
    OutputQuantity("impedance_error", "ohm m2", "error bar of the impedance"),
)
QUANTITIES: Mapping[str, OutputQuantity] = {quantity.key: quantity for quantity in _QUANTITIES}


def edge_unit(key: str) -> EdgeUnit:
    """The unit of the values under a key; that of plain numbers for a key that is not in the catalogue."""
    return QUANTITIES[key].edge if key in QUANTITIES else EDGE_UNITS["1"]


def edge_record(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values in SI units, each in the unit that its key names; None for numbers that are not finite."""
    return {key: _edge_value(value, edge_unit(key)) for key, value in values.items()}


def _edge_value(value: Any, unit: EdgeUnit) -> Any:
    if unit.suffix and value is not None:
        value = value * unit.factor
    return None if isinstance(value, float) and not math.isfinite(value) else value
