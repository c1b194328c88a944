"""Random headers from names, units and separators that instruments use: each one is read right.

By hand with more of them: python tests/unit/test_header_products.py 10000.
"""

import random
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from test_headers import SIZE, Z, cells

from constriction.spectra.files.readers import ReadOptions, read

# Names of a unit behind a name → the power of ten that its numbers are multiplied with.
NONE = {"": 0, " (-)": 0, " []": 0}
HERTZ = {" (Hz)": 0, "/Hz": 0, "[kHz]": -3, " / MHz": -6, " in kHz": -3, "_Hz": 0, " (mHz)": 3, "": 0, ", Hz": 0}
OHM = {" (Ohm)": 0, "/Ohm": 0, "[Ω]": 0, " / kΩ": -3, " (mOhm)": 3, " (MΩ)": -6, " in Ohm": 0, "_ohm": 0, "": 0}
OHM |= {" (kOhms)": -3, ", Ohm": 0, " [ohms]": 0, "(Ω)": 0, " (mΩ)": 3}
SIEMENS = {" (S)": 0, "/S": 0, "[mS]": 3, " / µS": 6, " (Ohm-1)": 0, "": 0, " (1/Ohm)": 0, " [Ω⁻¹]": 0, " (mho)": 0}
FARAD = {" (F)": 0, "/F": 0, " [nF]": 9, " / pF": 12, " (µF)": 6, " (uF)": 6, "": 0, " in nF": 9}
CONDUCTIVITY = {" (S/cm)": -2, "/S/m": 0, " [mS/cm]": 1, " / S·cm⁻¹": -2, " (S cm-1)": -2, " [S·m^-1]": 0, "": 0}
RESISTIVITY = {" (Ohm cm)": 2, "/Ω·m": 0, " [kOhm·cm]": -1, "": 0}
DEGREE = {" (deg)": 0, "/°": 0, " (°)": 0, " / Grad": 0, "": 0, " in deg": 0, " (degrees)": 0, " [Deg.]": 0}
RADIAN = {" [rad]": 0, " (mrad)": 3, " / rad": 0}

FREQUENCY = "f|Freq|Frequency|freq.|FREQUENCY|Frequenz"
REAL = "Z'|Re(Z)|ReZ|Z_re|Zreal|Real|Re Z|Z real|Re|Zr|Z′|Real part|Re[Z]|real(Z)|Z_real|Impedance real|Real Impedance"
IMAGINARY = "Z''|Im(Z)|ImZ|Z_im|Zimag|Imag|Im Z|Z imag|Im|Zi|Z″|Imaginary part|Im[Z]|imag(Z)|Z_imag|Impedance imaginary"
MODULUS = "|Z||Z|Zmod|Z_mod|abs(Z)|Magnitude|Impedance|Z mag|Zmag|Modulus|Impedance Magnitude|mod(Z)|Betrag"
PHASE = "Phase|phase(Z)|theta|Theta|θ|φ|Phi|Zphz|Z_phase|Phase angle|arg(Z)|Impedance Phase|θz|Angle|Phasenwinkel"
CP = "Cp|C_p|Parallel capacitance|Cpar|C parallel|Capacitance (parallel)|Parallelkapazität"
CS = "Cs|C_s|Series capacitance|Cser|C series|Capacitance (series)|Serienkapazität"
LOSS = "D|tan δ|tan(delta)|Loss factor|Dissipation factor|tanδ|tan d|Verlustfaktor|Dissipation|Loss tangent"
QUALITY = "Q|Q factor|Quality factor|Q-factor"
CONDUCTANCE, SUSCEPTANCE = "G|Gp|Re(Y)|Yre|Y real|Conductance|Y'|Y_re", "B|Bp|Im(Y)|Yim|Y imag|Susceptance|Y''|Y_im"
PARALLEL_R, SERIES_R = "Rp|R_p|Parallel resistance|R parallel|R", "Rs|R_s|Series resistance|ESR|R|Resistance"
EPS = "Eps'|ε'|eps_real|Re(eps)|epsilon'|Permittivity real|Re(Permittivity)|ε_r'|Dielectric constant|ε′|eps_r|ε′r"
EPS2 = "Eps''|ε''|eps_imag|-Im(eps)|epsilon''|Permittivity imag|Im(Permittivity)|ε_r''|Dielectric loss|ε″|ε″r"

# Two quantities: the names, the units and the code (see `test_headers.cells`) of each.
PAIRS = (
    ((REAL, OHM, "re"), (IMAGINARY, OHM, "im")),
    (("R|Resistance|Rs", OHM, "re"), ("X|Reactance|Xs", OHM, "im")),
    ((MODULUS, OHM, "mod"), (PHASE, DEGREE, "deg")),
    ((MODULUS, OHM, "mod"), (PHASE, RADIAN, "rad")),
    (("|Y||Y|Ymod|abs(Y)|Admittance|Admittance Magnitude", SIEMENS, "ymod"), ("Phase|phase(Y)|θ|θy", DEGREE, "ydeg")),
    ((CONDUCTANCE, SIEMENS, "g"), (SUSCEPTANCE, SIEMENS, "b")),
    *(((CP, FARAD, "cp"), other) for other in ((LOSS, NONE, "d"), (QUALITY, NONE, "q"), (CONDUCTANCE, SIEMENS, "g"))),
    *(((CS, FARAD, "cs"), other) for other in ((LOSS, NONE, "d"), (QUALITY, NONE, "q"), (SERIES_R, OHM, "re"))),
    ((CP, FARAD, "cp"), (PARALLEL_R, OHM, "rp")),
    ((EPS, NONE, "e1"), (EPS2, NONE, "e2")),
    ((EPS, NONE, "e1"), (LOSS, NONE, "d")),
    (("M'|Re(M)|M_real|M′|Electric modulus'", NONE, "m1"), ("M''|Im(M)|M_imag|M″|Electric modulus''", NONE, "m2")),
    (("σ'|sigma'|Re(σ)|Sig'|sigma_real", CONDUCTIVITY, "s1"), ("σ''|sigma''|Im(σ)|Sig''", CONDUCTIVITY, "s2")),
    (("ρ'|rho'|Re(ρ)|rho_real", RESISTIVITY, "r1"), ("ρ''|rho''|Im(ρ)|Resistivity imag", RESISTIVITY, "r2")),
)


def names_of(text):
    """The names between bars; |Z| and |Y| have bars of their own."""
    return [*text[: text.startswith("|") * 3].split(), *text[text.startswith("|") * 4 :].split("|")]


def column(luck, names, units, code, separator):
    """Header cell and code of a column."""
    unit = luck.choice([unit for unit in units if not (separator == "," and "," in unit)])
    return luck.choice(names_of(names)) + unit, f"{code}:{units[unit]}"


def header(luck):
    """A random header, its codes and its separator."""
    separator = luck.choice("\t;,")
    first, second = (column(luck, *quantity, separator) for quantity in luck.choice(PAIRS))
    if second[0][0] not in "-(" and luck.random() < 0.3 and second[1].startswith(("im", "deg", "rad", "b:")):
        second = luck.choice(["-", "−", "neg. ", "minus "]) + second[0], "-" + second[1]
    columns = [column(luck, FREQUENCY, HERTZ, "f", separator), first, second]
    luck.shuffle(columns)
    names, codes = zip(*columns, strict=True)
    return separator.join(names), " ".join(codes), separator


def check(path, luck):
    """One header is read right."""
    names, codes, separator = header(luck)
    path.write_text("\n".join([names, *(separator.join(row) for row in cells(codes))]), encoding="utf-8")
    (measurement,) = read(path, ReadOptions(SIZE))
    assert not measurement.warnings, names
    np.testing.assert_allclose(measurement.spectrum.impedance, Z, rtol=1e-7, err_msg=names)


@pytest.mark.parametrize("seed", range(3))
def test_random_headers(tmp_path, seed):
    luck = random.Random(seed)
    for _ in range(100):
        check(tmp_path / "x.txt", luck)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        luck = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
        for _ in range(int(sys.argv[1])):
            check(Path(folder) / "x.txt", luck)
