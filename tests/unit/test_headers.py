"""One impedance under the headers of many instruments: read right, to the digits written, or refused with the reason.

Z = 12 + 45/(1 + (iω·2e-4)^0.92) Ω; every other quantity is computed from it here by its textbook definition, written
with ten digits, and must come back as Z.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.spectra.columns.conversions import Geometry
from constriction.spectra.files.readers import ReadOptions, read

F = np.geomspace(1e5, 1.0, 21)
OMEGA = 2 * np.pi * F
Z = 12 + 45 / (1 + (1j * OMEGA * 2e-4) ** 0.92)
Y, C = 1 / Z, 1 / (1j * OMEGA * Z)
AREA, THICKNESS = np.pi / 4 * 0.01**2, 1e-3
SIZE = Geometry(AREA, THICKNESS)
RHO = Z * AREA / THICKNESS
EPS = 1 / (1j * OMEGA * 8.8541878128e-12 * RHO)
Q = -Z.imag / Z.real  # of a capacitor; that of a coil is −Q
COLUMNS: Mapping[str, np.ndarray] = {
    **{"f": F, "w": OMEGA, "lg": np.log10(F), "n": np.arange(21.0), "one": np.ones(21), "T": np.full(21, 25.0)},
    **{"re": Z.real, "im": Z.imag, "mod": np.abs(Z), "deg": np.degrees(np.angle(Z)), "rad": np.angle(Z)},
    **{"g": Y.real, "b": Y.imag, "ymod": np.abs(Y), "ydeg": np.degrees(np.angle(Y)), "yrad": np.angle(Y)},
    **{"cs": -1 / (OMEGA * Z.imag), "cp": Y.imag / OMEGA, "d": 1 / Q, "q": Q, "rp": 1 / Y.real, "xp": -1 / Y.imag},
    **{"ls": Z.imag / OMEGA, "lp": -1 / (OMEGA * Y.imag), "c1": C.real, "c2": -C.imag},
    **{"e1": EPS.real, "e2": -EPS.imag, "m1": (1 / EPS).real, "m2": (1 / EPS).imag},
    **{"s1": (1 / RHO).real, "s2": (1 / RHO).imag, "r1": RHO.real, "r2": RHO.imag},
}
CM = "Diameter[mm] 1.000e+01  Thickness[mm] 1.000e+00\n"

# Header → its columns: names of COLUMNS, with a sign and a power of ten in the written unit.
READ = {
    # BioLogic EC-Lab, BT-Lab
    "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t": "f re -im",
    "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\ttime/s\t<Ewe>/V\t<I>/mA\tCs/µF\tCp/µF\tcycle number": (
        "f re -im mod deg n one one cs:6 cp:6 one"
    ),
    "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\tRe(Y)/Ohm-1\tIm(Y)/Ohm-1\t|Y|/Ohm-1\tPhase(Y)/deg": "f re -im g b ymod ydeg",
    "freq/Hz\tRe(Y)/Ohm-1\tIm(Y)/Ohm-1": "f g b",
    "freq/Hz\t|Y|/Ohm-1\tPhase(Y)/deg": "f ymod ydeg",
    "freq/Hz\t|Z|/Ohm\tPhase(Z)/deg\t|Y|/Ohm-1\tPhase(Y)/deg": "f mod deg ymod ydeg",
    "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\tRe(M)\tIm(M)\t|M|\tRe(Permittivity)\tIm(Permittivity)\tTan(Delta)": (
        "f re -im m1 m2 m1 e1 e2 d"
    ),
    "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\tRe(C)/nF\tIm(C)/nF\t|C|/nF": "f re -im c1:9 c2:9 c1:9",
    "mode\tNs\ttime/s\tEwe/V\tI/mA\tfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\tdq/mA.h\tx\tR/Ohm\tcycle number": (
        "one one n one one f re -im one one mod one"
    ),
    "EC-Lab ASCII FILE\nNb header lines : 3\nfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\tEwe/V\tz cycle": "f re -im one one",
    "freq/Hz\tRe(Zwe-ce)/Ohm\t(-)Im(Zwe-ce)/Ohm\tRe(Zce)/Ohm\t(-)Im(Zce)/Ohm": "f re -im g b",
    "freq/Hz\t|Zwe-ce|/Ohm\tPhase(Zwe-ce)/deg\t|Zce|/Ohm\tPhase(Zce)/deg": "f mod deg one one",
    "freq/Hz\tRe(Z)/mOhm\t-Im(Z)/mOhm": "f re:3 -im:3",
    "freq/Hz\tCs/µF\tRs/Ohm": "f cs:6 re",
    "freq/Hz\tCp/µF\tRp/Ohm": "f cp:6 rp",
    # Gamry
    "ZCURVE\tTABLE\n\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange\n"
    "\t#\ts\tHz\tohm\tohm\tV\tohm\t°\tA\tV\t#": "tab n n f re im one mod deg one one one",
    "Pt\tTime\tFreq\tZmod\tZphz\n#\ts\tHz\tohm\t°": "n n f mod deg",
    "Frequency (Hz)\tZreal (ohm)\tZimag (ohm)\tZmod (ohm)\tZphz (deg)": "f re im mod deg",
    "\tPt\tFreq\tYreal\tYimag\n\t#\tHz\tS\tS": "tab n f g b",
    # Solartron, Scribner, ModuLab
    "  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\nEnd Comments": "f one one n re im one one",
    "Freq(Hz)  Z'(a)  Z''(b)": "f re im",
    "Frequency (Hz), Impedance Real (Ohms), Impedance Imaginary (Ohms)": "f re im",
    "Frequency (Hz),Impedance Magnitude (Ohms),Impedance Phase (Degrees)": "f mod deg",
    "Result Number,Sweep Number,Point Number,Time,Frequency (Hz),Impedance Magnitude (Ohms),"
    "Impedance Phase Degrees ('),Admittance Magnitude (S)": "n one n n f mod deg ymod",
    "Frequency (Hz),Admittance Real (S),Admittance Imaginary (S)": "f g b",
    "Frequency (Hz),Admittance Magnitude (S),Admittance Phase (Degrees)": "f ymod ydeg",
    "Frequency (Hz),Capacitance Real (F),Capacitance Imaginary (F)": "f c1 c2",
    # Novocontrol
    " Freq. [Hz]\t Zs' [Ohms]\t Zs'' [Ohms]": "f re im",
    " Freq. [Hz]\t Yp' [S]\t Yp'' [S]": "f g b",
    CM + " Freq. [Hz]\t Eps'    \t Eps''   ": "f e1 e2",
    CM + " Freq. [Hz]\tTemp. [K]\t Eps'\t Eps''\t|Eps|\t Tan(Delta)": "f T:0 e1 e2 e1 d",
    CM + " Freq. [Hz]\t Eps'\t Tan(Delta)": "f e1 d",
    CM + " Freq. [Hz]\t Sig' [S/cm]\t Sig'' [S/cm]": "f s1:-2 s2:-2",
    CM + " Freq. [Hz]\t Eps'\t Sig' [S/cm]\t Sig'' [S/cm]": "f e1 s1:-2 s2:-2",
    CM + " Freq. [Hz]\t Eps'\t Sig' [S/cm]": "f e1 s1:-2",
    CM + " Freq. [Hz]\t M'\t M''": "f m1 m2",
    CM + " Freq. [Hz]\t Rho' [Ohm*cm]\t Rho'' [Ohm*cm]": "f r1:2 r2:2",
    "Area: 0.7853981634 cm²\nThickness: 0.1 cm\nFrequency (Hz),ε',ε''": "f e1 e2",
    "Sample thickness (mm) = 1.0\nArea [mm²] = 78.53981634\nf/Hz;epsilon';epsilon''": "f e1 e2",
    # Keysight, Agilent, HP, Wayne Kerr, Hioki, TH, GW Instek
    "Frequency(Hz), |Z|(Ohm)-data, theta-z(deg)-data": "f mod deg",
    "Frequency(Hz), Cp(F)-data, D-data": "f cp d",
    "Frequency(Hz), Cs(F)-data, D-data": "f cs d",
    "Frequency(Hz),R(Ohm)-data,X(Ohm)-data": "f re im",
    "Frequency(Hz),G(S)-data,B(S)-data": "f g b",
    "Frequency(Hz),|Y|(S)-data,theta-y(deg)-data": "f ymod ydeg",
    "FREQ,CP,D": "f cp d",
    "FREQ,CP,G": "f cp g",
    "FREQ,CP,RP": "f cp rp",
    "FREQ,CP,Q": "f cp q",
    "FREQ,CS,RS": "f cs re",
    "FREQ,CS,Q": "f cs q",
    "FREQ,LS,RS": "f ls re",
    "FREQ,LS,Q": "f ls -q",
    "FREQ,LP,RP": "f lp rp",
    "FREQ,LP,G": "f lp g",
    "FREQ,R,X": "f re im",
    "FREQ,G,B": "f g b",
    "Frequency (Hz),Z (Ohm),Angle (°)": "f mod deg",
    "Frequency (kHz);Z (kOhm);Phase (°)": "f:-3 mod:-3 deg",
    "FREQ[Hz],Z[ohm],PHASE[deg]": "f mod deg",
    "FREQ[Hz],Rs[ohm],X[ohm]": "f re im",
    "FREQ[Hz],Cp[F],D[]": "f cp d",
    "Freq [kHz]\tCp [nF]\tTan δ": "f:-3 cp:9 d",
    "Frequency,Cs [uF],tan d": "f cs:6 d",
    "Frequency (Hz)\tParallel Capacitance (pF)\tConductance (uS)": "f cp:12 g:6",
    "Frequency (Hz)\tSeries Capacitance (nF)\tSeries Resistance (Ohm)": "f cs:9 re",
    "Frequency (Hz)\tParallel Capacitance (F)\tParallel Resistance (kOhm)": "f cp rp:-3",
    "Frequency (Hz)\tCapacitance Cp (F)\tDissipation Factor": "f cp d",
    "Frequency (Hz);Z' (?);Z'' (?);Phase (?)": "f re im deg",
    "Frequency (Hz),Z' (Î©),Z'' (kÎ©)": "f re im:-3",
    "Frequency (Hz);|Z| (mÎ©);Phase (Â°)": "f mod:3 deg",
    "; f  Re{Z}  Im{Z}": "f re im",
    "Frequency [Hz],Conductance [mS],Susceptance [mS]": "f g:3 b:3",
    "Frequency [Hz],Resistance [Ohm],Reactance [Ohm]": "f re im",
    "f (Hz), Rp (Ohm), Xp (Ohm)": "f rp xp",
    "Frequency, Conductance(S), Capacitance(F)": "f g cp",
    "Frequency (Hz),Re(C) (F),Im(C) (F)": "f c1 -c2",
    "f/Hz,Re(C)/F,-Im(C)/F": "f c1 c2",
    CM + "f/Hz\tRe(Permittivity)\tIm(Permittivity)": "f e1 e2",
    CM + "f/Hz\tRe(ε)\tIm(ε)": "f e1 -e2",
    "f,r,x": "f re im",
    # German, French, Spanish, Chinese
    "Frequenz [Hz]\tScheinwiderstand [Ohm]\tPhasenwinkel [°]": "f mod deg",
    "Frequenz in Hz;Betrag in Ohm;Phase in Grad": "f mod deg",
    "Frequenz (Hz)\tRealteil (Ohm)\tImaginärteil (Ohm)": "f re im",
    "Messfrequenz [Hz];Serienkapazität [nF];Verlustfaktor": "f cs:9 d",
    "Frequenz [Hz];Parallelkapazität [nF];Leitwert [mS]": "f cp:9 g:3",
    "Frequenz/Hz;Wirkwiderstand/Ohm;Blindwiderstand/Ohm": "f re im",
    "F[Hz]\t\tZ[Ohm]\t\tTheta": "f:tabs mod:tabs deg",
    "Fréquence (Hz)\tPartie réelle (Ohm)\tPartie imaginaire (Ohm)": "f re im",
    # Zahner, PalmSens, Autolab NOVA, Metrohm, VersaStat, Parstat, CHI
    "Number frequency/Hz impedance/ohm phase/deg significance time/s": "n f mod deg one n",
    "Frecuencia (Hz);Z real;Z imaginaria": "f re im",
    "频率(Hz),Z'(Ω),Z''(Ω)": "f re im",
    "Frequency/Hz\tImpedance/Ω\tPhase/rad": "f mod rad",
    "freq / Hz,neg. Phase / °,Idc / uA,Z / Ohm,Z' / Ohm,-Z'' / Ohm,Cs / F": "f -deg one mod re -im cs",
    "freq / Hz,neg. Phase / °,Z / Ohm": "f -deg mod",
    "freq / Hz;Y / S;Y' / S;Y'' / S": "f ymod g b",
    "Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)": "f re -im mod -deg n",
    "Index\tFrequency (Hz)\tZ' (Ω)\t-Z'' (Ω)": "n f re -im",
    "Frequency (Hz)\tZ (Ω)\t-Phase (°)": "f mod -deg",
    "Frequency(Hz),Zre(ohms),Zim(ohms)": "f re im",
    "Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg": "f re im mod deg",
    "Frequency (Hz)\tZreal (Ohms)\tZimg (Ohms)": "f re im",
    # RelaxIS, MFIA, Ivium, Squidstat, Arbin, Neware, home made
    "Frequency\tZ'\tZ''\nHz\tOhm\tOhm": "f re im",
    "Frequency;Z';-Z''\n(Hz);(kOhm);(kOhm)": "f re:-3 -im:-3",
    "Freq(Hz),Re(mΩ),-Im(mΩ)": "f re:3 -im:3",
    "Freq(Hz),Re(Ω),Im(Ω)": "f re im",
    "frequency;realz;imagz;absz;phasez": "f re im mod rad",
    "frequency;absz;phasez": "f mod rad",
    "# frequency (Hz), Re(Z) (Ohm), Im(Z) (Ohm)": "f re im",
    "% f  ReZ  ImZ": "f re im",
    "! Freq  Zre  Zim": "f re im",
    'Frequency (Hz),Z\' (Ohms),-Z" (Ohms),|Z| (Ohms),Phase (deg)': "f re -im mod deg",
    "Frequency(Hz),Zreal(mΩ),-Zimag(mΩ)": "f re:3 -im:3",
    "Re(Z)(Ω)\t-Im(Z)(Ω)\tfreq(Hz)": "re -im f",
    "frequency_hz,z_real_ohm,z_imag_ohm": "f re im",
    "freq_hz,z_re,z_im": "f re im",
    "f,R,X": "f re im",
    "f,Rs,Xs": "f re im",
    "f;Z';Z''": "f re im",
    "f;-Z'';Z'": "f -im re",
    "freq Zreal -Zimag": "f re -im",
    "f/Hz ReZ/Ohm ImZ/Ohm": "f re im",
    "ω (1/s),Z' (Ohm),Z'' (Ohm)": "w re im",
    "omega [krad/s]\tZ' [Ohm]\tZ'' [Ohm]": "w:-3 re im",
    "log(f/Hz),|Z|/Ohm,phase/deg": "lg mod deg",
    "Frequency (MHz)\tMagnitude (MOhm)\tPhase (mrad)": "f:-6 mod:-6 rad:3",
    "freq,|Z|,phase": "f mod deg",
    "freq,abs(Z),arg(Z)": "f mod rad",
    "Frequency (Hz),Phase (deg),|Z| (Ohm)": "f deg mod",
    "Frequency,Y' (S),Y'' (S)": "f g b",
    "f,Re(Y)/S,-Im(Y)/S": "f g -b",
    "Frequency,|Y|,θ": "f ymod ydeg",
    "f (Hz)\tRe Z @ 25 °C (Ohm)\tIm Z @ 25 °C (Ohm)": "f re im",
    "f/Hz\tT/°C\tZ'/Ohm\tZ''/Ohm": "f T re im",
    "freq/Hz\tZ'/Ohm\tZ''/Ohm\tTemperature (°C)": "f re im T",
}  # fmt: skip

# Header (three columns unless told) → why it is refused.
REFUSED = {
    "time, potential, current": "names time, potential, current: a time series, no impedance",
    "Time (s),Potential (V),Current (A)": "a time series, no impedance",
    "t/s\tE/V\ti/A": "a time series, no impedance",
    "freq/Hz\tEwe/V\tI/mA": "lacks an impedance",
    "Freq. [Hz]\tEps'\tEps''": "expected --area and --thickness",
    "Freq. [Hz]\tM'\tM''": "expected --area and --thickness",
    "Freq. [Hz]\tSig' [S/cm]\tSig'' [S/cm]": "expected --area and --thickness",
    "Thickness[mm] 1.0\nFreq. [Hz]\tRho' [Ohm*cm]\tRho'' [Ohm*cm]": "the file names no area",
    "Freq. [Hz]\tEps'\t|Eps|": "names frequency, ε' and lacks ε''",
    "f,C,D": "lacks whether C is in series",
    "f,Cp,Cs": "lacks D, Q or Rs|lacks D, Q, G or Rp",
    "f,|Z|,temperature": "names frequency, .Z., temperature and lacks the phase",
    "f,|Z|,|Y|": "lacks the phase",
    "f,Z1,Z2": "lacks an impedance|names no|lacks",
    "f,phase,time": "lacks .Z.",
    "FREQ,Z,TD": "lacks the phase",
    "a,b,c": "names .*|no quantity that is known",
    "alpha\tbeta\tgamma": "names no quantity that is known",
    "Wellenlänge;Absorption;Transmission": "names no quantity that is known",
    "f,Re(Permittivity),Im(Z)": "lacks",
    "freq/Hz\tx\t-Im(Z)/Ohm": "lacks Re Z",
    "f/Hz,Re(M),Im(Permittivity)": "lacks",
    "f/Hz,Z'/V,Z''/V": "unit 'V' of column",
    "f/Hz,|Z| [dB],phase/deg": "unit 'dB' of column",
    "f/Hz,Cp/Ohm,D": "unit 'Ohm' of column",
    "f/Hz,G/S,B/Ohm": "unit 'Ohm' of column",
    "Z'/Ohm,Z''/Ohm,|Z|/Ohm": "lacks a frequency",
    "# Hz S RI R 50": "begins a Touchstone file",
    "Frequency (Hz),Gain (dB),Phase (deg)": "lacks .Z.",
    "Frequency (Hz),Magnitude (dB),Phase (deg)": "lacks .Z.",
    "freq,Re(S11),Im(S11)": "lacks an impedance|names no|names",
    "x,y,z": "lacks a frequency",
    "f/Hz,Re(Z1)/Ohm,Im(Z2)/Ohm": "lacks",
}  # fmt: skip


def cells(codes):
    """(N, M) texts of the columns that the codes name: -im:3 is −Im Z in thousandths."""
    columns = []
    for code in codes.split():
        if code == "tab":
            columns.append([""] * F.size)
            continue
        name, _, power = code.removeprefix("-").partition(":")
        values = COLUMNS[name] * (-1 if code.startswith("-") else 1) * 10.0 ** int(power.strip("tabs") or 0)
        columns.append([f"{value:.10g}" for value in values])
    return list(zip(*columns, strict=True))


def separator_of(header):
    last = next(line for line in reversed(header.split("\n")) if not line.startswith(("(", "#\t", "Hz", "\t#", "End")))
    return next((mark for mark in "\t;," if mark in last), "   ")


def text_of(header, codes):
    mark = separator_of(header)
    return "\n".join([header, *(mark.join(row) for row in cells(codes))]) + "\n"


VARIANTS = READ


def check(folder, data, options=None):
    """The one measurement in some bytes, which must be Z."""
    (folder / "x.txt").write_bytes(data)
    (measurement,) = read(folder / "x.txt", options)
    spectrum = measurement.spectrum
    assert spectrum.unit == "ohm" and not measurement.warnings
    np.testing.assert_allclose(spectrum.frequency, F, rtol=1e-8)
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-7)
    return measurement


def test_there_are_enough_variants():
    assert len(VARIANTS) > 110 and len(REFUSED) > 20


@pytest.mark.parametrize(("header", "codes"), VARIANTS.items(), ids=VARIANTS)
def test_read_right(tmp_path, header, codes):
    check(tmp_path, text_of(header, codes).encode())


@pytest.mark.parametrize(("header", "why"), REFUSED.items(), ids=REFUSED)
def test_refused_with_the_reason(tmp_path, header, why):
    (tmp_path / "x.txt").write_text(text_of(header, "f re im"))
    with pytest.raises(InputError) as caught:
        read(tmp_path / "x.txt")
    line = str(caught.value)
    assert re.search(why, line) and "line " in line and len(line.splitlines()) == 1, line


WAYS = {
    "latin-1": lambda text: text.encode("latin-1", "replace"),
    "utf-16": lambda text: text.encode("utf-16"),
    "Windows": lambda text: text.replace("'", "’").encode("cp1252", "replace"),
    "encoded twice": lambda text: text.replace("/Ohm", "/Ω").encode().decode("latin-1").encode(),
    "bom": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "trailing separators": lambda text: "".join(f"{line}\t\n" for line in text.splitlines()).encode(),
    "decimal commas": lambda text: re.sub(r"(?m)(?<=\d)\.(?=\d)", ",", text).encode(),
    "commented": lambda text: ("# made up\n\n#" + text).encode(),
    "blank lines": lambda text: text.replace("\n", "\n\n").encode(),
}
SOME = [header for header in VARIANTS if "\t" in header and "\n" not in header and "θ" not in header][::3]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_ways_to_write_a_file(tmp_path, way):
    for header in SOME:
        check(tmp_path, way(text_of(header, VARIANTS[header]).replace("Ω", "Ohm")))


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("Freq. [Hz]\tEps'\tEps''", "f e1 e2"),
        ("Freq. [Hz]\tM'\tM''", "f m1 m2"),
        ("Freq. [Hz]\tSig' [S/cm]\tSig'' [S/cm]", "f s1:-2 s2:-2"),
        ("f/Hz\tRho'/kOhm m\t-Rho''/kOhm m", "f r1:-3 -r2:-3"),
        ("f/Hz\tRe(Permittivity)\tTan(Delta)", "f e1 d"),
    ],
)
def test_geometry_that_is_given(tmp_path, header, codes):
    found = check(tmp_path, text_of(header, codes).encode(), ReadOptions(SIZE))
    assert found.metadata.geometry_used
    assert any("of a cell of 0.785398 cm² and 1 mm" in note for note in found.notes)


@pytest.mark.parametrize(("label", "factor"), [("", 1), ("Zce", 2), ("zwe-ce", 1), ("ce", 2)])
def test_one_of_several_impedances(tmp_path, label, factor):
    header = "freq/Hz\tRe(Zwe-ce)/Ohm\t-Im(Zwe-ce)/Ohm\tRe(Zce)/Ohm\t-Im(Zce)/Ohm"
    rows = "\n".join(
        f"{f:.9g}\t{z.real:.9g}\t{-z.imag:.9g}\t{2 * z.real:.9g}\t{-2 * z.imag:.9g}" for f, z in zip(F, Z, strict=True)
    )
    (tmp_path / "x.mpt").write_text(f"{header}\n{rows}\n")
    (found,) = read(tmp_path / "x.mpt", ReadOptions(impedance=label))
    np.testing.assert_allclose(found.spectrum.impedance, factor * Z, rtol=1e-7)
    assert any("the file has Zwe-ce, Zce; read is" in note for note in found.notes)
    with pytest.raises(InputError, match=r"--impedance 'Z7': the file has Zwe-ce, Zce; expected one of these"):
        read(tmp_path / "x.mpt", ReadOptions(impedance="Z7"))


def test_drift_corrected_columns(tmp_path):
    header = "\tPt\tFreq\tZreal\tZimag\tZrealDrCor\tZimagDrCor\n\t#\tHz\tohm\tohm\tohm\tohm"
    (tmp_path / "x.DTA").write_text(text_of(header, "tab n f mod im re im"))
    (plain,) = read(tmp_path / "x.DTA")
    assert any("corrected for drift are there and were not taken" in note for note in plain.notes)
    np.testing.assert_allclose(plain.spectrum.impedance.real, np.abs(Z), rtol=1e-8)
    (corrected,) = read(tmp_path / "x.DTA", ReadOptions(impedance="drift-corrected"))
    np.testing.assert_allclose(corrected.spectrum.impedance, Z, rtol=1e-8)


BLOCKS = {
    "traces without names": ('"TRACE: A"\n"Frequency"\t"Data Trace Real"', "f mod", "f deg"),
    "traces with names": ('TRACE A: {}\nFrequency\tData Trace Real\tData Trace Imag', "f re zero", "f im zero"),
    "two headers": ("Frequency (Hz)\t{}", "f mod", "f deg"),
}  # fmt: skip


@pytest.mark.parametrize(("header", "first", "second"), BLOCKS.values(), ids=BLOCKS)
def test_two_blocks(tmp_path, header, first, second, monkeypatch):
    monkeypatch.setitem(COLUMNS, "zero", np.zeros(F.size))
    names = ("Re(Z)", "Im(Z)") if "re" in first else ("|Z| (Ohm)", "Phase (deg)")
    blocks = [text_of(header.format(name), codes) for name, codes in zip(names, (first, second), strict=True)]
    check(tmp_path, "\n".join(blocks).encode())


def test_a_row_that_one_of_two_blocks_lacks_costs_that_point(tmp_path):
    first, second = text_of("Frequency (Hz)\t|Z|", "f mod"), text_of("Frequency (Hz)\tPhase (deg)", "f deg")
    lines = first.splitlines()
    lines[4] = f"{F[3]:.10g}\tOVERLOAD"
    (tmp_path / "x.txt").write_text("\n".join([*lines, second]))
    (measurement,) = read(tmp_path / "x.txt")
    np.testing.assert_allclose(measurement.spectrum.impedance, np.delete(Z, 3), rtol=1e-7)
    assert any("2 rows left out (line 5: 'OVERLOAD' in column" in note for note in measurement.notes)


def test_traces_that_are_no_modulus_and_phase_are_refused(tmp_path):
    header = "Frequency\tData Trace Real\tData Trace Imag"
    (tmp_path / "x.txt").write_text(text_of(header, "f d im") + "\n" + text_of(header, "f lg im"))
    with pytest.raises(InputError, match="names frequency, trace and lacks what the traces are"):
        read(tmp_path / "x.txt")


CASES = Path(__file__).parents[3] / "shared" / "cases" / "spectra"
# Beside the repository, of other programs' layouts: eleven points of the same Z, five digits.
CASE_FILES = {"10_two_traces_magnitude_then_phase.txt": 6, "11_gamry_drift_correction.DTA": 11} | dict.fromkeys(
    (
        *("01_eclab_all_variables.mpt", "02_eclab_insertion_x_column.mpt", "03_keysight_magnitude_theta.csv"),
        *("05_permittivity_three_columns.txt", "06_permittivity_and_conductivity_four_columns.txt"),
        *("08_lcr_double_tabs_decimal_comma.txt", "09_smart_trailing_comma.csv", "15_full_cell_zwe_ce.mpt"),
    ),
    11,
)


@pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases/spectra beside the repository")
@pytest.mark.parametrize(("name", "points"), CASE_FILES.items())
def test_files_of_other_layouts(name, points):
    impedance = "drift-corrected" if "drift" in name else ""
    (measurement,) = read(CASES / name, ReadOptions(impedance=impedance))
    f = measurement.spectrum.frequency
    assert f.size == points
    expected = 12 + 45 / (1 + (2j * np.pi * f * 2e-4) ** 0.92)
    np.testing.assert_allclose(measurement.spectrum.impedance, expected, rtol=1e-4)


@pytest.mark.parametrize("above", ["kHz,mOhm,mOhm", "(kHz), (mOhm), (mOhm)", "# kHz,mΩ,mΩ"])
def test_units_above_the_names(tmp_path, above):
    f = np.geomspace(1e5, 1, 11)
    z = 12 + 45 / (1 + (2j * np.pi * f * 2e-4) ** 0.92)
    lines = [f"{x / 1e3:.9g},{value.real * 1e3:.9g},{-value.imag * 1e3:.9g}" for x, value in zip(f, z, strict=True)]
    for name, first in (("units.csv", above), ("title.csv", "kHz cell, 3 mOhm, new")):
        (tmp_path / name).write_text("\n".join([first, "Frequency,Z',-Z''", *lines]))
    spectrum = read(tmp_path / "units.csv")[0].spectrum
    np.testing.assert_allclose(spectrum.frequency, f, rtol=1e-8)
    np.testing.assert_allclose(spectrum.impedance, z, rtol=1e-8)
    titled = read(tmp_path / "title.csv")[0]  # no units
    assert titled.spectrum.frequency[0] == pytest.approx(100) and "units not written: Hz and Ω assumed" in titled.notes


def test_a_small_phase_without_unit_is_in_radians(tmp_path):
    radians = check(tmp_path, text_of("freq\t|Z|\tphase", "f mod rad").encode())
    assert "unit of the phase by its size: radians" in radians.notes
    degrees = check(tmp_path, text_of("freq\t|Z|\tphase", "f mod deg").encode())
    assert "unit of the phase by its size: degrees" in degrees.notes
