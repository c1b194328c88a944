/**
 * The quantities that a column may hold, and what instruments call them (spectra/columns/vocabulary.py).
 *
 * Z = Z' + iZ'', Y = 1/Z, C = 1/(iωZ) = C' − iC'', ε = ε' − iε'', M = 1/ε, σ = iωε₀ε, ρ = 1/σ; D = tan δ = 1/Q > 0.
 */

const OHMS = ["ohm", "ohm m2", "ohm m"];
const SIEMENS = ["S", "S/m2", "S/m"];
const FARADS = ["F", "F/m2"];
/** Roles that tell a frequency, the preferred one first. */
export const FREQUENCY_ROLES = ["frequency", "angular frequency", "log frequency"];

const REAL_NAMES = "re{0} {0}re real{0} {0}real {0}' realpartof{0} realpart{0} {0}realpart realteil{0} {0}realteil {0}realteil";
const IMAGINARY_NAMES =
  "im{0} {0}im imag{0} {0}imag imaginary{0} {0}imaginary {0}'' imaginarypartof{0} imagpartof{0} imagpart{0} " +
  "{0}imagpart imaginarypart{0} {0}imaginarypart imaginärteil{0} {0}imaginärteil {0}img img{0} {0}ima";
const MODULUS_NAMES =
  "|{0}| {0}mod mod{0} {0}modulus modulusof{0} {0}mag mag{0} {0}magnitude magnitude{0} magnitudeof{0} abs{0}" +
  " {0}abs absolute{0} betrag{0} {0}betrag {0}amplitude";
const PHASE_NAMES =
  "phase{0} {0}phase phaseof{0} {0}phz {0}ph theta{0} {0}theta θ{0} {0}θ phi{0} φ{0} {0}phi {0}φ arg{0} {0}arg " +
  "phaseangle{0} {0}phaseangle angle{0} {0}angle phasenwinkel{0} {0}phasenwinkel";

const namesOf = (pattern, symbol) => pattern.replaceAll("{0}", symbol);
const roleOf = (names, kinds) => ({ kinds, names: new Set(names.split(" ").filter((name) => name)) });

/** Real and imaginary part of a quantity. */
function partsOf(keys, symbol, kinds, more = ["", ""]) {
  return [
    [keys[0], roleOf(`${namesOf(REAL_NAMES, symbol)} ${more[0]}`, kinds)],
    [keys[1], roleOf(`${namesOf(IMAGINARY_NAMES, symbol)} ${more[1]}`, kinds)],
  ];
}

/** The same of a quantity whose second part is minus its imaginary part: Im C = −C''. */
function lossyParts(key, symbol, kinds, more) {
  const imaginary = namesOf(IMAGINARY_NAMES, symbol).replace(` ${symbol}'' `, " ");
  return [
    [`${key}'`, roleOf(`${namesOf(REAL_NAMES, symbol)} ${more[0]}`, kinds)],
    [`${key}''`, roleOf(`${symbol}'' ${more[1]}`, kinds)],
    [`Im ${key}`, roleOf(imaginary, kinds)],
  ];
}

const FREQUENCY = roleOf(
  "f freq frequency frequenz messfrequenz fréquence frequence frecuencia testfrequency acfrequency frequencies " +
    "频率 頻率 周波数 주파수 measfreq measuredfreq setfrequency actualfrequency freqs",
  ["Hz", "rad/s"],
);
/** Of a spectrum: role → {kinds of unit, the first assumed where none is written; names as `simpleName` writes them}. */
export const SPECTRUM_ROLES = new Map([
  ["frequency", FREQUENCY],
  ["angular frequency", roleOf("ω omega w 2πf 2pif angularfrequency angularfreq kreisfrequenz angfreq radialfrequency", ["rad/s"])],
  [
    "log frequency",
    roleOf("logf logfreq logfrequency log10f log10freq log10frequency lgf lgfreq lgfrequency logfrequenz", ["Hz"]),
  ],
  ...partsOf(["Re Z", "Im Z"], "z", OHMS, [
    "zr zs' z'a re real realpart realteil partieréelle partereal realcomponent zreel 实部 実部 z实部",
    "zi zs'' z''b im imag imaginary imagpart imaginarypart imaginärteil partieimaginaire parteimaginaria " +
      "zimaginaria imagcomponent 虚部 z虚部",
  ]),
  ["|Z|", roleOf(`${namesOf(MODULUS_NAMES, "z")} z mod modulus magnitude mag abs absolute betrag scheinz`, OHMS)],
  ["phase Z", roleOf(namesOf(PHASE_NAMES, "z"), ["rad"])],
  [
    "phase",
    roleOf("相位 位相 位相角 相位角 phase theta θ phi φ arg phaseangle angle phasenwinkel phasen phaseshift winkel th", ["rad"]),
  ],
  ...partsOf(["Re Y", "Im Y"], "y", SIEMENS, ["yr yp' ys' g gp parallelg gparallel", "yi yp'' ys'' b bp parallelb bparallel"]),
  ["|Y|", roleOf(`${namesOf(MODULUS_NAMES, "y")} y scheing`, SIEMENS)],
  ["phase Y", roleOf(namesOf(PHASE_NAMES, "y"), ["rad"])],
  ["R", roleOf("r", OHMS)],
  ["X", roleOf("x", OHMS)],
  ["Rs", roleOf("rs seriesr rseries rser esr equivalentseriesr serienr rserie", OHMS)],
  ["Xs", roleOf("xs seriesx xseries", OHMS)],
  ["Rp", roleOf("rp parallelr rparallel rpar epr equivalentparallelr", OHMS)],
  ["Xp", roleOf("xp parallelx xparallel", OHMS)],
  ["C", roleOf("c", FARADS)],
  ["Cs", roleOf("cs seriesc cseries cser serienc equivalentseriesc cserie", FARADS)],
  ["Cp", roleOf("cp parallelc cparallel cpar equivalentparallelc", FARADS)],
  ["L", roleOf("l", ["H"])],
  ["Ls", roleOf("ls seriesl lseries lser serienl", ["H"])],
  ["Lp", roleOf("lp parallell lparallel lpar", ["H"])],
  [
    "D",
    roleOf(
      "d df tand tanδ tandelta tan(delta) tgδ tgd tgdelta lossfactor losstangent losstan dissipation " +
        "dissipationfactor verlustfaktor tanloss loss verlust tanphi tanφ",
      ["1"],
    ),
  ],
  ["Q", roleOf("q qf qfactor qualityfactor güte gütefaktor quality", ["1"])],
  ...lossyParts("C", "c", FARADS, ["cp'", "cp''"]),
  ...partsOf(["ρ'", "ρ''"], "rho", ["ohm m"]),
  ...partsOf(["σ'", "σ''"], "sigma", ["S/m"], ["sigma", ""]),
  ...lossyParts("ε", "eps", ["1"], ["e' er epsr epsr' eps'r eps e1", "e'' epsr'' eps''r dielectricloss"]),
  ...partsOf(["M'", "M''"], "m", ["1"]),
  ["trace", roleOf("tracereal", ["1"])],
  [
    "temperature",
    roleOf("t temperature temp temperatur température sampletemp sampletemperature samptemp", ["degC", "K", "degF"]),
  ],
  ["cycle", roleOf("cyclenumber zcycle cycle cycleno segment# segment sweep sweepnumber sweepno zyklus loop loopnumber cycleindex", [])],
]);
/** Of a time series, so that one can be refused by its name. */
export const SERIES_ROLES = new Map([
  ["time", roleOf("time t elapsedtime testtime zeit temps times", ["s"])],
  ["potential", roleOf("ewe <ewe> ecell <ecell> e potential we1potential voltage v vf u spannung ewe/ref", ["V"])],
  ["current", roleOf("i <i> current we1current strom im j currentdensity stromdichte", ["A", "A/m2"])],
  ["frequency", FREQUENCY],
]);

/** In words → the symbol; the first that fit are replaced first. */
const WORDS_OF_SYMBOLS = [
  ["scheinwiderstand", "scheinz"],
  ["imaginaer", "imaginär"],
  ["phasenverschiebung", "phasenwinkel"],
  ["verlustfaktord|dissipationfactord|dissipationd", "d"],
  ["scheinleitwert", "scheing"],
  ["blindwiderstand|reactance|reaktanz|réactance", "x"],
  ["blindleitwert|susceptance|suszeptanz", "b"],
  ["wirkleitwert|conductance|leitwert|konduktanz", "g"],
  ["complex|komplexe?r?", ""],
  ["(?:elec(?:tric)?|dielectric)modulus|modulus(?='+$)", "m"],
  ["阻抗|インピーダンス|impedance|impedanz|impédance|impedancia|impedenza", "z"],
  ["admittance|admittanz|admitancia", "y"],
  ["rel(?:ative)?(?=eps|perm|diel)", ""],
  ["permittivity|permittivität|permittivité|dielectricconstant|dielektrizitätszahl|epsilon|ε|ϵ", "eps"],
  ["resistivity|resistivität|spez(?:ifischer)?widerstand|ρ|ϱ", "rho"],
  ["conductivity|leitfähigkeit|sigma|sig(?!n)|σ", "sigma"],
  ["wirkwiderstand|resistance|widerstand|résistance", "r"],
  ["capacitance|kapazität|capacité|capacity", "c"],
  ["inductance|induktivität", "l"],
].map(([words, symbol]) => [new RegExp(words, "g"), symbol]);
const OF_MEASUREMENT = /(?<=.)(?:exp|meas|measured|gemessen|raw)$/;
const TWICE_NAMED = /^([crlgbx])\1([ps]?)$/; // Capacitance Cp
const DRIFT = /(?:drcor|driftcorrected|driftcorr?)$/;
const CORRECTED = /(?:corrected|corr|compensated|korrigiert|kompensiert)$/;
const ELECTRODE = /z(wece|ce|stack|[1-9][0-9]?)(?![0-9])/;
const ELECTRODE_LABELS = { wece: "Zwe-ce", ce: "Zce", stack: "Zstack" };
export const DRIFT_CORRECTED = "drift-corrected";

/** A name in lower case, without blanks, brackets, dots, hyphens, and with symbols instead of words. */
function simpleName(name) {
  let text = name.toLowerCase().replace(/[\s_.(){}[\],:*\-–—@#]+/g, "") || name.toLowerCase().trim();
  if (text.startsWith("data")) text = text.slice(4);
  if (text.endsWith("data")) text = text.slice(0, -4);
  text = text.replace(OF_MEASUREMENT, "");
  for (const [words, symbol] of WORDS_OF_SYMBOLS) text = text.replace(words, symbol);
  return text.replace(TWICE_NAMED, "$1$2");
}

/** What a name is without what tells that it is not the main impedance, and the label of that. */
function labelledNames(text) {
  const found = [];
  const drift = DRIFT.exec(text);
  const corrected = CORRECTED.exec(text);
  const electrode = ELECTRODE.exec(text);
  if (drift) found.push([text.slice(0, drift.index), DRIFT_CORRECTED]);
  else if (corrected) found.push([text.slice(0, corrected.index), "corrected"]);
  if (electrode) {
    const rest = text.replace(electrode[0], "z");
    const label = ELECTRODE_LABELS[electrode[1]];
    if (rest !== "z" || label) found.push([rest, label ?? `Z${electrode[1]}`]);
  }
  return found;
}

/** The roles that a name may be, with the label of an impedance that is not the main one: [[role, label], …]. */
export function rolesNamed(name, roles) {
  const text = simpleName(name);
  const spellings = [[text, ""], ...(roles === SPECTRUM_ROLES ? labelledNames(text) : [])];
  return spellings.flatMap(([spelling, label]) =>
    [...roles].filter(([, what]) => what.names.has(spelling)).map(([role]) => [role, label]),
  );
}
