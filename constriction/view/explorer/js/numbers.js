/** Numbers in words. */

/** A number with so many digits, without needless zeros, as messages of the program have it: 0.8, 1.22e+06, 4.5e-10. */
export function shortNumber(value, digits = 6) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value === 0) return "0";
  const power = Number(value.toExponential(digits - 1).split("e")[1]);
  const bare = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power >= -4 && power < digits) return bare(value.toFixed(Math.max(digits - 1 - power, 0)));
  const [mantissa] = value.toExponential(digits - 1).split("e");
  const size = String(Math.abs(power)).padStart(2, "0");
  return `${bare(mantissa)}e${power < 0 ? "-" : "+"}${size}`;
}
