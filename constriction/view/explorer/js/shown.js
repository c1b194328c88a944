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
  if (Math.abs(own) >= 1e4) return engineering(own, "Ω·cm²", 4);
  return `${digits(own, Math.abs(own) < 1e-3 ? 2 : 4)} Ω·cm²`;
}

/** C in F/m² as F/cm² with a prefix. */
export function capacitanceWords(value) {
  return value === null || value === undefined ? "–" : engineering(value * 1e-4, "F/cm²");
}

/** Hz with a prefix. */
export function frequencyWords(value) {
  return engineering(value, "Hz");
}
