/** The noise of a measured spectrum, learnt from itself: what a sum of relaxations that are free leaves of it. */
import { innerProduct, solveLinear } from "./minimise.js";
import { rangeOf } from "./thinning.js";

const NOISE_PER_DECADE = 4; // relaxation times of the sum
const NOISE_BEYOND = 0.5; // decades beyond the measured frequencies
/** Ends of the noise of one part relative to |Z|: below the first no bridge measures, and no atlas is true. */
export const QUIETEST_NOISE = 3e-4;
export const LOUDEST_NOISE = 5e-2;

/**
 * Standard deviation of one part of Z over |Z|.
 *
 * The sum has terms R/(1 + iωτ) of fixed times, a resistance, an inductance and a capacitor in series, each of either
 * sign, by linear least squares: any spectrum that obeys Kramers and Kronig is one within 1e-4.
 * @param {{frequency: ArrayLike<number>, re: ArrayLike<number>, im: ArrayLike<number>}} measured Hz; any unit of Z
 * @returns {number} relative, within what noise may be
 */
export function noiseOf({ frequency, re, im }) {
  const count = frequency.length;
  const omega = Float64Array.from(frequency, (f) => 2 * Math.PI * f);
  const weight = Float64Array.from(re, (x, k) => 1 / Math.hypot(x, im[k]));
  const [least, most] = rangeOf(omega);
  const low = least / 10 ** NOISE_BEYOND;
  const high = most * 10 ** NOISE_BEYOND;
  const terms = Math.max(1, Math.min(Math.ceil(NOISE_PER_DECADE * Math.log10(high / low)), Math.floor((2 * count) / 3) - 3));
  const rows = [];
  const add = (term) => {
    const row = new Float64Array(2 * count);
    for (let k = 0; k < count; k++) [row[k], row[count + k]] = term(omega[k]).map((part) => part * weight[k]);
    const size = Math.sqrt(innerProduct(row, row)) || 1;
    rows.push(row.map((value) => value / size));
  };
  add(() => [1, 0]);
  add((w) => [0, w]);
  add((w) => [0, -1 / w]);
  for (let j = 0; j < terms; j++) {
    const tau = 1 / (low * (high / low) ** (terms === 1 ? 0.5 : j / (terms - 1)));
    add((w) => [1 / (1 + (w * tau) ** 2), (-w * tau) / (1 + (w * tau) ** 2)]);
  }
  const data = Float64Array.from([...re, ...im], (value, k) => value * weight[k % count]);
  const normal = rows.map((one, i) => rows.map((other, j) => innerProduct(one, other) + (i === j ? 1e-12 : 0)));
  const sizes = solveLinear(normal, rows.map((row) => innerProduct(row, data)));
  let square = 0;
  data.forEach((value, k) => {
    square += (value - rows.reduce((sum, row, j) => sum + sizes[j] * row[k], 0)) ** 2;
  });
  const noise = Math.sqrt(square / Math.max(2 * count - rows.length, 1));
  return Math.min(Math.max(noise, QUIETEST_NOISE), LOUDEST_NOISE);
}
