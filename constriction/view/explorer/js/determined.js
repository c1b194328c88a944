/** What a spectrum determines of a fit's unknowns, and what it does not, in words. */
import { singularValues } from "./minimise.js";
import { shortNumber } from "./numbers.js";
import { showQuantity } from "./units.js";
import { unitOfUnknown, valueOf } from "./unknowns.js";

/** Log-width (a standard deviation of a logarithm) above which an unknown is not determined. */
const OPEN_WIDTH = 0.5;
/** Of an exponent. */
const OPEN_EXPONENT = 0.15;
const AT_LIMIT = 1e-4;
/** A band of so many states that spans less than this factor determines an unknown. */
const ENOUGH_STATES = 10;
const NARROW_BAND = 1.3;
/** Directions in the coordinates from the least to the best determined, each with its standard deviation. */
export function directionsOf(unknowns, slopes, noise) {
  const { sizes, vectors } = singularValues(slopes);
  return sizes
    .map((size, k) => ({
      width: noise / Math.max(size, 1e-12),
      components: Object.fromEntries(unknowns.names.map((name, j) => [name, vectors[k][j]])),
    }))
    .reverse();
}

/** Standard deviations of the coordinates. */
export function widthsOf(unknowns, directions) {
  return unknowns.names.map((name) =>
    Math.sqrt(directions.reduce((sum, one) => sum + (one.width * one.components[name]) ** 2, 0)),
  );
}

/** What is not determined, in words. */
export function openUnknowns(unknowns, point, widths, band) {
  const found = [];
  unknowns.names.forEach((name, k) => {
    const show = (value) => showQuantity(value, unitOfUnknown(name), 2);
    const tell = (message) => found.push({ name, message });
    const exponent = unknowns.kinds[k] === "plain";
    const values = [unknowns.valueAt(k, point[k]), ...band.map((state) => valueOf(state, name))];
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const isNarrow = most < least * NARROW_BAND;
    const isOpen = widths[k] > (exponent ? OPEN_EXPONENT : OPEN_WIDTH);
    const side = point[k] - unknowns.lower[k] < AT_LIMIT ? 0 : unknowns.upper[k] - point[k] < AT_LIMIT ? 1 : null;
    if (side !== null && !(exponent && side === 1) && !(isOpen && !isNarrow)) {
      tell(`at its ${side ? "upper" : "lower"} limit, ${show(unknowns.limits[k][side])}: these data would have it beyond`);
      return;
    }
    // Far along a ridge a standard error says too much: what was tried there tells.
    if (!isOpen || (band.length >= ENOUGH_STATES && isNarrow)) return;
    const [low, high] = [show(least), show(most)];
    const factor = widths[k] > Math.log(1000) ? "more than a factor of 1000" : `a factor of ${shortNumber(Math.exp(widths[k]), 2)}`;
    const wide = exponent ? `± ${shortNumber(widths[k], 2)}` : `${factor} either way`;
    tell(`not determined: ${low === high ? wide : `curves that are as good have at least ${low} to ${high}`}`);
  });
  return found;
}
