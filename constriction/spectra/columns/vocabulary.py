"""The quantities that a column may hold, and what instruments call them.

Conventions: Z = Z' + iZ'', Y = 1/Z = G + iB (capacitive: B > 0), C = 1/(iωZ) = C' − iC'', ε = ε' − iε'',
M = 1/ε = M' + iM'', σ = iωε₀ε = σ' + iσ'', ρ = 1/σ = ρ' + iρ''; D = tan δ = 1/Q > 0. A minus in front of a name
turns the sign. What is called Im C or Im ε has the sign that makes Re Z positive: programs differ.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

OHMS = ("ohm", "ohm m2", "ohm m")
SIEMENS = ("S", "S/m2", "S/m")
FARADS = ("F", "F/m2")
FREQUENCIES = ("frequency", "angular frequency", "log frequency")


@dataclass(frozen=True)
class Role:
    """A quantity that a column may hold.

    Attributes:
        kinds: the kinds of unit it may have; the first is assumed where no unit is written. (): it has none.
        names: how headers call it, as `simple` writes them.
    """

    kinds: tuple[str, ...]
    names: frozenset[str] = field(default_factory=frozenset)


def _role(names: str, *kinds: str) -> Role:
    return Role(kinds, frozenset(names.split()))


_REAL = "re{0} {0}re real{0} {0}real {0}' realpartof{0} realpart{0} {0}realpart realteil{0} {0}realteil {0}realteil"
_IMAGINARY = (
    "im{0} {0}im imag{0} {0}imag imaginary{0} {0}imaginary {0}'' imaginarypartof{0} imagpartof{0} imagpart{0} "
    "{0}imagpart imaginarypart{0} {0}imaginarypart imaginärteil{0} {0}imaginärteil {0}img img{0} {0}ima"
)
_MODULUS = "|{0}| {0}mod mod{0} {0}modulus modulusof{0} {0}mag mag{0} {0}magnitude magnitude{0} magnitudeof{0} abs{0}"
_MODULUS += " {0}abs absolute{0} betrag{0} {0}betrag {0}amplitude"
_PHASE = (
    "phase{0} {0}phase phaseof{0} {0}phz {0}ph theta{0} {0}theta θ{0} {0}θ phi{0} φ{0} {0}phi {0}φ arg{0} {0}arg "
    "phaseangle{0} {0}phaseangle angle{0} {0}angle phasenwinkel{0} {0}phasenwinkel"
)


def _lossy_parts(symbol: str, unit: tuple[str, ...], more: tuple[str, str] = ("", "")) -> dict[str, Role]:
    """As `_parts`, of a quantity whose second part is minus its imaginary part: Im C = −C''."""
    key = {"eps": "ε"}.get(symbol, symbol.upper())
    real, imaginary = _REAL.format(symbol), _IMAGINARY.format(symbol).replace(f" {symbol}'' ", " ")
    return {
        f"{key}'": _role(f"{real} {more[0]}", *unit),
        f"{key}''": _role(f"{symbol}'' {more[1]}", *unit),
        f"Im {key}": _role(imaginary, *unit),
    }


def _parts(symbol: str, unit: tuple[str, ...], more: tuple[str, str] = ("", "")) -> dict[str, Role]:
    """Real and imaginary part of a quantity with a symbol of `simple`; more names of both."""
    key = {"sigma": "σ", "rho": "ρ"}.get(symbol, symbol.upper())
    real, imaginary = ("Re Z", "Im Z") if key == "Z" else ("Re Y", "Im Y") if key == "Y" else (f"{key}'", f"{key}''")
    return {
        real: _role(_REAL.format(symbol) + " " + more[0], *unit),
        imaginary: _role(_IMAGINARY.format(symbol) + " " + more[1], *unit),
    }


SPECTRUM: Mapping[str, Role] = {
    "frequency": _role(
        "f freq frequency frequenz messfrequenz fréquence frequence frecuencia testfrequency acfrequency frequencies "
        "频率 頻率 周波数 주파수 measfreq measuredfreq setfrequency actualfrequency freqs",
        "Hz",
        "rad/s",
    ),
    "angular frequency": _role(
        "ω omega w 2πf 2pif angularfrequency angularfreq kreisfrequenz angfreq radialfrequency", "rad/s"
    ),
    "log frequency": _role(
        "logf logfreq logfrequency log10f log10freq log10frequency lgf lgfreq lgfrequency logfrequenz", "Hz"
    ),
    **_parts(
        "z",
        OHMS,
        (
            "zr zs' z'a re real realpart realteil partieréelle partereal realcomponent zreel 实部 実部 z实部",
            "zi zs'' z''b im imag imaginary imagpart imaginarypart imaginärteil partieimaginaire parteimaginaria "
            "zimaginaria imagcomponent 虚部 z虚部",
        ),
    ),
    "|Z|": _role(_MODULUS.format("z") + " z mod modulus magnitude mag abs absolute betrag scheinz", *OHMS),
    "phase Z": _role(_PHASE.format("z"), "rad"),
    "phase": _role(
        "相位 位相 位相角 相位角 phase theta θ phi φ arg phaseangle angle phasenwinkel phasen phaseshift winkel th",
        "rad",
    ),
    **_parts("y", SIEMENS, ("yr yp' ys' g gp parallelg gparallel", "yi yp'' ys'' b bp parallelb bparallel")),
    "|Y|": _role(_MODULUS.format("y") + " y scheing", *SIEMENS),
    "phase Y": _role(_PHASE.format("y"), "rad"),
    "R": _role("r", *OHMS),
    "X": _role("x", *OHMS),
    "Rs": _role("rs seriesr rseries rser esr equivalentseriesr serienr rserie", *OHMS),
    "Xs": _role("xs seriesx xseries", *OHMS),
    "Rp": _role("rp parallelr rparallel rpar epr equivalentparallelr", *OHMS),
    "Xp": _role("xp parallelx xparallel", *OHMS),
    "C": _role("c", *FARADS),
    "Cs": _role("cs seriesc cseries cser serienc equivalentseriesc cserie", *FARADS),
    "Cp": _role("cp parallelc cparallel cpar equivalentparallelc", *FARADS),
    "L": _role("l", "H"),
    "Ls": _role("ls seriesl lseries lser serienl", "H"),
    "Lp": _role("lp parallell lparallel lpar", "H"),
    "D": _role(
        "d df tand tanδ tandelta tan(delta) tgδ tgd tgdelta lossfactor losstangent losstan dissipation "
        "dissipationfactor verlustfaktor tanloss loss verlust tanphi tanφ",
        "1",
    ),
    "Q": _role("q qf qfactor qualityfactor güte gütefaktor quality", "1"),
    **_lossy_parts("c", FARADS, ("cp'", "cp''")),
    **_parts("rho", ("ohm m",)),
    **_parts("sigma", ("S/m",), ("sigma", "")),
    **_lossy_parts("eps", ("1",), ("e' er epsr epsr' eps'r eps e1", "e'' epsr'' eps''r dielectricloss")),
    **_parts("m", ("1",)),
    "trace": _role("tracereal", "1"),
    "temperature": _role(
        "t temperature temp temperatur température sampletemp sampletemperature samptemp", "degC", "K", "degF"
    ),
    "cycle": _role(
        "cyclenumber zcycle cycle cycleno segment# segment sweep sweepnumber sweepno zyklus loop loopnumber cycleindex"
    ),
}
SERIES: Mapping[str, Role] = {
    "time": _role("time t elapsedtime testtime zeit temps times", "s"),
    "potential": _role("ewe <ewe> ecell <ecell> e potential we1potential voltage v vf u spannung ewe/ref", "V"),
    "current": _role("i <i> current we1current strom im j currentdensity stromdichte", "A", "A/m2"),
    "frequency": SPECTRUM["frequency"],
}

# In words → the symbol; the first that fit are replaced first.
_WORDS = tuple(
    (re.compile(words), symbol)
    for words, symbol in (
        ("scheinwiderstand", "scheinz"),
        ("imaginaer", "imaginär"),
        ("phasenverschiebung", "phasenwinkel"),
        ("verlustfaktord|dissipationfactord|dissipationd", "d"),
        ("scheinleitwert", "scheing"),
        ("blindwiderstand|reactance|reaktanz|réactance", "x"),
        ("blindleitwert|susceptance|suszeptanz", "b"),
        ("wirkleitwert|conductance|leitwert|konduktanz", "g"),
        ("complex|komplexe?r?", ""),
        ("(?:elec(?:tric)?|dielectric)modulus|modulus(?='+$)", "m"),
        ("阻抗|インピーダンス|impedance|impedanz|impédance|impedancia|impedenza", "z"),
        ("admittance|admittanz|admitancia", "y"),
        ("rel(?:ative)?(?=eps|perm|diel)", ""),
        ("permittivity|permittivität|permittivité|dielectricconstant|dielektrizitätszahl|epsilon|ε|ϵ", "eps"),
        ("resistivity|resistivität|spez(?:ifischer)?widerstand|ρ|ϱ", "rho"),
        ("conductivity|leitfähigkeit|sigma|sig(?!n)|σ", "sigma"),
        ("wirkwiderstand|resistance|widerstand|résistance", "r"),
        ("capacitance|kapazität|capacité|capacity", "c"),
        ("inductance|induktivität", "l"),
    )
)
_OF_MEASUREMENT = re.compile(r"(?<=.)(?:exp|meas|measured|gemessen|raw)$")
_TWICE = re.compile(r"^([crlgbx])\1([ps]?)$")  # Capacitance Cp
_DRIFT = re.compile(r"(?:drcor|driftcorrected|driftcorr?)$")
_CORRECTED = re.compile(r"(?:corrected|corr|compensated|korrigiert|kompensiert)$")
_ELECTRODE = re.compile(r"z(wece|ce|stack|[1-9][0-9]?)(?![0-9])")
ELECTRODES = {"wece": "Zwe-ce", "ce": "Zce", "stack": "Zstack"}
DRIFT_CORRECTED, CORRECTED = "drift-corrected", "corrected"


def simple(name: str) -> str:
    """A name in lower case, without blanks, brackets, dots, hyphens, and with symbols instead of words."""
    text = re.sub(r"[\s_.(){}\[\],:*\-–—@#]+", "", name.lower()) or name.lower().strip()
    text = text.removeprefix("data").removesuffix("data")
    text = _OF_MEASUREMENT.sub("", text)
    for words, symbol in _WORDS:
        text = words.sub(symbol, text)
    return _TWICE.sub(r"\1\2", text)


def named(name: str, roles: Mapping[str, Role]) -> Iterator[tuple[str, str]]:
    """The roles that a name may be, with the label of an impedance that is not the main one ("" for that)."""
    text = simple(name)
    for spelling, label in ((text, ""), *(_labelled(text) if roles is SPECTRUM else ())):
        yield from ((role, label) for role, what in roles.items() if spelling in what.names)


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    """What a name is without what tells that it is not the main impedance, and the label of that."""
    if drift := _DRIFT.search(text):
        yield text[: drift.start()], DRIFT_CORRECTED
    elif corrected := _CORRECTED.search(text):
        yield text[: corrected.start()], CORRECTED
    if electrode := _ELECTRODE.search(text):
        rest = text.replace(electrode[0], "z", 1)
        if rest != "z" or electrode[1] in ELECTRODES:
            yield rest, ELECTRODES.get(electrode[1], f"Z{electrode[1]}")
