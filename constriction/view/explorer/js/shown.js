/** Numbers as they are read: few digits, a prefix where a unit has one. */

const PREFIXES = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T"];
const NONE = 5;

/** So many significant digits without an exponent, for what lies between 1e-4 and 1e6. */
export function digits(value, count = 4) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size < -5 || size > 6) return value.toExponential(count - 1).replace("e+", "e");
  return value.toFixed(Math.max(0, Math.min(12, count - 1 - size)));
}

/** A value with its unit's prefix: 44.8 kHz, 0.240 µF/cm². */
export function engineering(value, unit, count = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return `0 ${unit}`;
  const rounded = Number(value.toPrecision(count));
  const step = Math.max(-NONE, Math.min(4, Math.floor(Math.log10(Math.abs(rounded)) / 3 + 1e-12)));
  return `${digits(rounded / 1000 ** step, count)} ${PREFIXES[step + NONE]}${unit}`;
}

/** R in Ω·m² as Ω·cm². */
export function resistanceWords(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const own = value * 1e4;
  if (own === 0) return "0 Ω·cm²";
  const [size, unit] = areaUnit(Math.abs(Number(own.toPrecision(4))));
  const shown = own / size;
  return `${digits(shown, Math.abs(shown) < 1e-2 ? 2 : 4)} ${unit}`;
}

/** C in F/m² as F/cm² with a prefix. */
export function capacitanceWords(value) {
  if (value === null || value === undefined || !(value > 0)) return engineering(value, "F/cm²");
  const [size, unit] = faradUnit(value * 1e-4);
  return `${digits((value * 1e-4) / size, 3)} ${unit}`;
}

/** Hz with a prefix. */
export function frequencyWords(value) {
  return engineering(value, "Hz");
}

const AREA_UNITS = [[1e9, "GΩ·cm²"], [1e6, "MΩ·cm²"], [1e3, "kΩ·cm²"], [1, "Ω·cm²"], [1e-3, "mΩ·cm²"], [1e-6, "µΩ·cm²"]];
const MOST_PLAIN = 1e4; // resistances between have no prefix, as in result.json's rows
const LEAST_PLAIN = 0.1;

/** The unit of an axis of values up to so many Ω·cm²: [its size in Ω·cm², its name]. */
export function areaUnit(largest) {
  if (largest >= LEAST_PLAIN && largest < MOST_PLAIN) return AREA_UNITS[3];
  return AREA_UNITS.find(([size]) => largest >= size * (1 - 1e-9)) ?? AREA_UNITS.at(-1);
}

/** Digits behind the point that an error leaves: two of 1.5, one of 9; negative in front of it (view/terminal/numbers.py). */
function placesOfError(error) {
  const rounded = Number(error.toExponential(1));
  const power = Math.floor(Math.log10(rounded) + 1e-12);
  return -power + (rounded < 2 * 10 ** power ? 1 : 0);
}

/** A value and its error as words, [value, error], rounded where the error begins; the error may be unknown. */
function roundedToError(value, error) {
  if (!(error > 0 && error < Infinity) || value === 0) return [digits(value, 4), ""];
  const places = placesOfError(error);
  if (error > 10 * Math.abs(value) || places > 9 || places < -4) return [digits(value, 2), digits(error, 1)];
  const round = (number) => (places < 0 ? String(Math.round(number * 10 ** places) / 10 ** places) : number.toFixed(places));
  return [round(value), round(error)];
}

/**
 * A value with its error as the terminal tells it, 44.8 ± 0.3 kΩ·cm²: [value, "± error unit"].
 * @param {number} value in `unit`; @param {number|undefined} error the same; @param {string} unit Ω·cm² or F/cm²
 */
export function withErrorWords(value, error, unit) {
  const [size, name] = unit.startsWith("F") ? faradUnit(value) : areaUnit(Math.abs(value));
  const [words, bar] = roundedToError(value / size, error / size);
  return [words, `${bar ? `± ${bar} ` : ""}${name}`];
}

/** The prefix that leaves at least 0.1 of a capacitance: 0.240 µF. */
function faradUnit(value) {
  const rounded = Number(Math.abs(value).toPrecision(3));
  const step = Math.max(-NONE, Math.min(0, Math.floor((Math.log10(rounded) + 1) / 3 + 1e-12)));
  return [1000 ** step, `${PREFIXES[step + NONE]}F/cm²`];
}
