/** Quantities with units, as a case file writes them: "100 nm", "15 mS/cm", "0.5 ohm cm2". */

/** By SI unit: what an error calls the quantity, an example, and powers of ten of the units it is written in. */
const QUANTITY_KINDS = {
  m: ["a length", "100 nm", { nm: -9, um: -6, mm: -3, m: 0 }],
  "S/m": ["a conductivity", "15 mS/cm", { "nS/cm": -7, "uS/cm": -4, "mS/cm": -1, "S/m": 0, "S/cm": 2 }],
  Hz: ["a frequency", "7 MHz", { mHz: -3, Hz: 0, kHz: 3, MHz: 6, GHz: 9, THz: 12 }],
  m2: ["an area", "1.13 cm2", { um2: -12, mm2: -6, cm2: -4, m2: 0 }],
  ohm: ["a resistance", "30 ohm", { mohm: -3, ohm: 0, kohm: 3, Mohm: 6, Gohm: 9 }],
  F: ["a capacitance", "20 nF", { pF: -12, nF: -9, uF: -6, mF: -3, F: 0 }],
  "ohm m2": ["a resistance times area", "0.5 ohm cm2", { "mohm cm2": -7, "ohm cm2": -4, "kohm cm2": -1, "ohm m2": 0 }],
  "F/m2": [
    "a capacitance per area",
    "20 uF/cm2",
    { "pF/cm2": -8, "nF/cm2": -5, "uF/cm2": -2, "F/m2": 0, "mF/cm2": 1, "F/cm2": 4 },
  ],
  "S/m2": [
    "a conductance per area",
    "20 uS/cm2",
    { "pS/cm2": -8, "nS/cm2": -5, "uS/cm2": -2, "S/m2": 0, "mS/cm2": 1, "S/cm2": 4 },
  ],
  Pa: ["a pressure", "2 MPa", { Pa: 0, kPa: 3, MPa: 6, GPa: 9 }],
  "J/m2": ["an energy per area", "0.1 J/m2", { "mJ/m2": -3, "J/m2": 0 }],
  s: ["a time", "20 ms", { ns: -9, us: -6, ms: -3, s: 0 }],
};
/** The field writes per cm and cm². */
const ONLY_READ = new Set(["S/m", "ohm m2", "F/m2", "S/m2"]);
const LARGEST_MANTISSA = 100000;
const QUANTITY = /^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*([^]*)$/;
const UNIT_TERM = /^([a-zA-Zµμ%°]+)(?:\^|\*\*)?([+-]?[0-9])?$/;
const OTHER_SIGNS = [["µ", "u"], ["μ", "u"], ["Ω", "ohm"], ["\u2126", "ohm"], ["Ohm", "ohm"], ["·", "*"], ["²", "2"]];
/** Dimensions in m, kg, s, A, and power of ten to SI. */
const BASE_UNITS = {
  m: [1, 0, 0, 0, 0],
  meter: [1, 0, 0, 0, 0],
  g: [0, 1, 0, 0, -3],
  s: [0, 0, 1, 0, 0],
  second: [0, 0, 1, 0, 0],
  A: [0, 0, 0, 1, 0],
  Hz: [0, 0, -1, 0, 0],
  hertz: [0, 0, -1, 0, 0],
  V: [2, 1, -3, -1, 0],
  ohm: [2, 1, -3, -2, 0],
  S: [-2, -1, 3, 2, 0],
  siemens: [-2, -1, 3, 2, 0],
  F: [-2, -1, 4, 2, 0],
  farad: [-2, -1, 4, 2, 0],
  H: [2, 1, -2, -2, 0],
  C: [0, 0, 1, 1, 0],
  N: [1, 1, -2, 0, 0],
  J: [2, 1, -2, 0, 0],
  Pa: [-1, 1, -2, 0, 0],
  bar: [-1, 1, -2, 0, 5],
};
const UNIT_PREFIXES = { "": 0, T: 12, G: 9, M: 6, k: 3, c: -2, m: -3, u: -6, n: -9, p: -12, f: -15 };

/** Dimensions and power of ten of a word such as mS, null if it is none. */
function unitOfWord(word) {
  for (const [prefix, power] of Object.entries(UNIT_PREFIXES)) {
    const rest = word.slice(prefix.length);
    if (word.startsWith(prefix) && Object.hasOwn(BASE_UNITS, rest)) {
      return BASE_UNITS[rest].map((value, k) => (k === 4 ? value + power : value));
    }
  }
  return null;
}

/** Dimensions and power of ten of a unit such as "ohm*cm^2" or "1/s", null if it is none. */
function unitOfText(text) {
  const words = text.replace(/\*\*/g, "^").split(/\s*([*/])\s*|\s+/).filter((word) => word);
  const sum = [0, 0, 0, 0, 0];
  let sign = 1;
  for (const word of words) {
    if (word === "/" || word === "*") {
      sign = word === "/" ? -1 : 1;
      continue;
    }
    const parts = UNIT_TERM.exec(word);
    const unit = parts && unitOfWord(parts[1]);
    if (word !== "1" && !unit) return null;
    if (unit) unit.forEach((value, k) => (sum[k] += sign * value * Number(parts[2] ?? 1)));
    sign = 1;
  }
  return words.length ? sum : null;
}

/** The power of ten that takes a unit to the SI unit of a kind, null where it is another quantity. */
function powerOfUnit(text, unit) {
  const plain = OTHER_SIGNS.reduce((word, [written, read]) => word.replaceAll(written, read), text.trim());
  const [, , powers] = QUANTITY_KINDS[unit];
  if (Object.hasOwn(powers, plain)) return powers[plain];
  const given = unitOfText(plain);
  const wanted = unitOfText(unit);
  return given && [0, 1, 2, 3].every((k) => given[k] === wanted[k]) ? given[4] - wanted[4] : null;
}

/** A decimal number times a power of ten, the double nearest to it. */
function shiftedNumber(text, power) {
  const [mantissa, exponent = "0"] = text.toLowerCase().split("e");
  return Number(`${mantissa}e${Number(exponent) + power}`);
}

/**
 * Read a number with its unit.
 * @param {string} text such as "100 nm", "15 mS/cm"
 * @param {string} unit the SI unit wanted: m, S/m, Hz, m2, ohm, F, "ohm m2", F/m2, S/m2, Pa, J/m2, s; "1": a number without unit
 * @returns {number} in that unit
 * @throws {Error} one line, which begins with the text
 */
export function parseQuantity(text, unit) {
  const parts = QUANTITY.exec(String(text).trim());
  const shown = `'${String(text).trim().slice(0, 80)}'`;
  if (unit === "1") {
    if (!parts || (parts[2] && parts[2] !== "%")) throw new Error(`${shown}: expected a number without unit`);
    return shiftedNumber(parts[1], parts[2] === "%" ? -2 : 0);
  }
  const [noun, example] = QUANTITY_KINDS[unit];
  if (parts && !parts[2]) throw new Error(`${shown}: expected ${noun} with its unit, such as '${example}'`);
  const power = parts && powerOfUnit(parts[2], unit);
  if (power === null) throw new Error(`${shown}: expected ${noun} such as '${example}'`);
  const value = shiftedNumber(parts[1], power);
  if (!Number.isFinite(value)) throw new Error(`${shown}: expected ${noun} that is finite, such as '${example}'`);
  return value;
}

/** A decimal number as text without exponent, its point moved by a power of ten: nothing is rounded. */
function movedPoint(value, power) {
  const [mantissa, exponent = "0"] = value.toString().toLowerCase().split("e");
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole, part = ""] = mantissa.replace("-", "").split(".");
  const digits = whole + part;
  const point = whole.length + Number(exponent) + power;
  const padded = point <= 0 ? "0".repeat(1 - point) + digits : digits.padEnd(point, "0");
  const place = Math.max(point, 1);
  const head = padded.slice(0, place).replace(/^0+(?=[0-9])/, "");
  const tail = padded.slice(place).replace(/0+$/, "");
  return sign + head + (tail ? `.${tail}` : "");
}

/**
 * Write a quantity in the unit that reads best.
 * @param {number} value in the SI unit
 * @param {string} unit as in `parseQuantity`
 * @param {number|null} digits significant ones; null: all, so that `parseQuantity` gives back the same number
 * @returns {string} such as "1.5 mm"
 */
export function showQuantity(value, unit, digits = null) {
  const rounded = digits === null || !Number.isFinite(value) ? value : Number(value.toPrecision(digits));
  if (unit === "1") return String(rounded);
  if (rounded === 0 || !Number.isFinite(rounded)) return `${rounded} ${unit}`;
  const [, , powers] = QUANTITY_KINDS[unit];
  for (const [name, power] of Object.entries(powers).reverse()) {
    const size = Math.abs(shiftedNumber(String(rounded), -power));
    if (!ONLY_READ.has(name) && size >= 1 && size < LARGEST_MANTISSA) return `${movedPoint(rounded, -power)} ${name}`;
  }
  return `${rounded} ${unit}`;
}
