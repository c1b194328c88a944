/** What a fit makes small: (model − measured)/|measured| of both parts. */
import { impedance } from "./model.js";

/** Difference in a coordinate by which derivatives are taken. */
const DIFFERENCE = 1e-6;

/** Sum of squares. */
export const squareSum = (values) => values.reduce((sum, value) => sum + value * value, 0);

/** Residuals of a point and their derivatives, for `minimise`. */
export function relativeResiduals(atlas, unknowns, measured) {
  const { frequency, re, im } = measured;
  const count = frequency.length;
  const weight = Float64Array.from(re, (x, k) => 1 / Math.hypot(x, im[k]));
  let computed = 0;
  const values = (point) => {
    computed++;
    const z = impedance(atlas, unknowns.stateOf(point), frequency);
    const found = new Float64Array(2 * count);
    for (let k = 0; k < count; k++) {
      found[k] = (z.re[k] - re[k]) * weight[k];
      found[count + k] = (z.im[k] - im[k]) * weight[k];
    }
    return found;
  };
  const both = (point) => {
    const here = values(point);
    const slopes = point.map((x, k) => {
      const side = x + DIFFERENCE > unknowns.upper[k] ? -DIFFERENCE : DIFFERENCE;
      const there = values(point.map((y, j) => (j === k ? y + side : y)));
      return there.map((value, j) => (value - here[j]) / side);
    });
    return { values: here, slopes };
  };
  return { values, both, computed: () => computed };
}
