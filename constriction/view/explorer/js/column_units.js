/** What a unit in a header means: what it measures, and the factor to SI (spectra/columns/units.py). */

export const ZERO_CELSIUS = 273.15; // K
export const UNKNOWN_UNIT = { kind: "", factor: NaN };
export const COLUMN_PREFIXES = [
  ["T", 1e12], ["G", 1e9], ["Meg", 1e6], ["M", 1e6],
  ["k", 1e3], ["K", 1e3], ["m", 1e-3], ["u", 1e-6], ["n", 1e-9], ["p", 1e-12], ["f", 1e-15],
];

const unitNames = (names, kind, factor) => names.split(" ").map((name) => [name, { kind, factor }]);
/** Without blanks, dots, underscores, carets and brackets, in lower case. */
const COLUMN_UNITS = new Map([
  ...unitNames("hz hertz 1/s s-1", "Hz", 1),
  ...unitNames("rad/s rads-1 rad/sec", "rad/s", 1),
  ...unitNames("ohm ohms", "ohm", 1),
  ...unitNames("ohmcm2 ohmscm2", "ohm m2", 1e-4),
  ...unitNames("ohmm2", "ohm m2", 1),
  ...unitNames("ohmcm ohmscm", "ohm m", 1e-2),
  ...unitNames("ohmm ohmsm", "ohm m", 1),
  ...unitNames("s siemens mho 1/ohm ohm-1 ohms-1 1/ohms", "S", 1),
  ...unitNames("s/cm2 scm-2 siemens/cm2 ohm-1cm-2", "S/m2", 1e4),
  ...unitNames("s/m2 sm-2", "S/m2", 1),
  ...unitNames("s/cm scm-1 ohm-1cm-1 siemens/cm", "S/m", 1e2),
  ...unitNames("s/m sm-1 ohm-1m-1 siemens/m", "S/m", 1),
  ...unitNames("f farad farads", "F", 1),
  ...unitNames("f/cm2 fcm-2 farad/cm2", "F/m2", 1e4),
  ...unitNames("f/m2 fm-2", "F/m2", 1),
  ...unitNames("h henry henries henrys", "H", 1),
  ...unitNames("deg degs degree degrees grad o", "rad", Math.PI / 180),
  ...unitNames("rad rads radian radians", "rad", 1),
  ...unitNames("sec second seconds", "s", 1),
  ...unitNames("min", "s", 60),
  ...unitNames("hr hour hours", "s", 3600),
  ...unitNames("v volt volts vvsref", "V", 1),
  ...unitNames("a amp amps ampere", "A", 1),
  ...unitNames("a/cm2 acm-2", "A/m2", 1e4),
  ...unitNames("a/m2 am-2", "A/m2", 1),
  ...unitNames("degc c celsius degcelsius oc", "degC", 1),
  ...unitNames("degf fahrenheit degfahrenheit", "degF", 1),
  ...unitNames("k kelvin", "K", 1),
  ...unitNames("% percent", "1", 0.01),
]);
/** One letter for two quantities: the column's name tells which. */
const SECOND_MEANINGS = new Map([
  ["s", { kind: "s", factor: 1 }],
  ["h", { kind: "s", factor: 3600 }],
  ["1/s", { kind: "rad/s", factor: 1 }],
  ["s-1", { kind: "rad/s", factor: 1 }],
]);
const WITHOUT_PREFIX = new Set(["degC", "degF", "K", "1"]);

/** A temperature in K; kind: "K", "degC" or "degF". */
export function kelvinOf(value, kind) {
  if (kind === "K") return value;
  return kind === "degF" ? (value - 32) / 1.8 + ZERO_CELSIUS : value + ZERO_CELSIUS;
}

/** UTF-8 that was read as Latin-1 on its way. */
const TWICE_ENCODED = [
  ["Î©", "Ω"], ["â„¦", "Ω"], ["Â°", "°"], ["Âµ", "µ"], ["Â²", "²"], ["Â·", "·"], ["â€²", "'"], ["â€³", "''"],
];
const ONE_QUOTE = /[′’‘`´ʹ]/g;
const TWO_QUOTES = /[″”“"ʺ]/g;

function plainQuotes(text) {
  return text.replace(ONE_QUOTE, "'").replace(TWO_QUOTES, "''").replace(/‴/g, "'''").replace(/[−‐‑]/g, "-");
}

/** One way to write what looks alike: Ohm signs, primes, superscripts, blanks. */
export function plainText(text) {
  const once = TWICE_ENCODED.reduce((found, [wrong, right]) => found.replaceAll(wrong, right), text);
  return plainQuotes(plainQuotes(once).normalize("NFKC"));
}

/**
 * Read a unit such as kOhm, Ω·cm², rad/s or (mA/cm²); null when it is not known. The case of a prefix counts.
 * @param {string} text as written
 * @param {string[]} kinds that it may have, which tells seconds from siemens; []: any
 * @returns {{kind: string, factor: number}|null}
 */
export function columnUnit(text, kinds = []) {
  const bare = plainText(text)
    .replace(/[ \t·⋅*.^_()[\]×]/g, "")
    .replace(/(?<![0-9])-(?=[A-Za-zΩ])/g, "")
    .replace(/Ω/g, "ohm")
    .replace(/[μµ]/g, "u")
    .replace(/[°º˚]/g, "deg");
  for (const [prefix, factor] of [["", 1], ...COLUMN_PREFIXES]) {
    if (!bare.startsWith(prefix)) continue;
    const rest = bare.slice(prefix.length).toLowerCase();
    for (const unit of [COLUMN_UNITS.get(rest), SECOND_MEANINGS.get(rest)]) {
      if (!unit || (kinds.length && !kinds.includes(unit.kind))) continue;
      if (!prefix || !WITHOUT_PREFIX.has(unit.kind)) return { kind: unit.kind, factor: unit.factor * factor };
    }
  }
  return null;
}
