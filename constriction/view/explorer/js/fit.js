/**
 * An interface fitted to a measured spectrum per area: least squares of (model − measured)/|measured| from many starts,
 * with a noise that the spectrum tells itself, and what the data leave open said in words.
 */
import { bandOf, ridgeMap } from "./alternatives.js";
import { minimise, singularValues } from "./minimise.js";
import { impedance, outside } from "./model.js";
import { noiseOf } from "./noise.js";
import { shortNumber } from "./numbers.js";
import { startsFrom } from "./starts.js";
import { thinned } from "./thinning.js";
import { showQuantity } from "./units.js";
import { unitOfUnknown, unknownsOf, valueOf } from "./unknowns.js";

const CANDIDATES_TRIED = 500;
const FIRST_STARTS = 14;
const FIRST_STEPS = 10;
const LAST_STARTS = 4;
const LAST_STEPS = 60;
/** Of the time that the search leaves: by when states as good are sought. */
const SHARE_OF_BAND = 0.4;
const ALL_SECONDS = 2.5;
/** Spectra that are computed for starts, and for minima: no clock decides where a fit ends. */
const MOST_WORK = [3000, 7000];
const LAST_WORK = 400;
/** Points of the data that the search looks at; the last steps take all. */
const SEARCHED_POINTS = 60;
const CENTERS = 3;
/** For band and map, ms, however long the search took. */
const LEAST_MS = 600;
/** Difference in a coordinate by which derivatives are taken. */
const DIFFERENCE = 1e-6;
/** Mean square of a part over the noise's at which a minimum follows the data, and so many of them are enough. */
const FOLLOWS = 1;
const ENOUGH_MINIMA = [4, 2];
/** A best minimum this many times worse is lost in a wrong valley: other starts are tried while there is time. */
const LOST = 1.5;
/** Log-width (a standard deviation of a logarithm) above which an unknown is not determined. */
const OPEN_WIDTH = 0.5;
/** Of an exponent. */
const OPEN_EXPONENT = 0.15;
const AT_LIMIT = 1e-4;
/** A band of so many states that spans less than this factor determines an unknown. */
const ENOUGH_STATES = 10;
const NARROW_BAND = 1.3;
const MOST_ROUNDS = 6;
/** Decades about a center in which starts are, and those of the electrolyte, which is better known. */
const START_DECADES = 2.5;
const START_DECADES_ELECTROLYTE = 0.7;
const START_DECADES_FREQUENCY = 1.5;
const BASES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];

/** Sum of squares. */
const squareOf = (values) => values.reduce((sum, value) => sum + value * value, 0);

/** Residuals of a point and their derivatives, for `minimise`. */
function relativeResiduals(atlas, unknowns, measured) {
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

/** Between 0 and 1: radical inverse of a number to a base. */
function haltonNumber(index, base) {
  let value = 0;
  for (let rest = index, digit = 1 / base; rest > 0; rest = Math.floor(rest / base), digit /= base) {
    value += digit * (rest % base);
  }
  return value;
}

function startDecades(name) {
  if (!name.startsWith("electrolyte.")) return START_DECADES;
  return name.endsWith("Frequency") ? START_DECADES_FREQUENCY : START_DECADES_ELECTROLYTE;
}

/** The state's point, or the one with free conductivities that meet |Z| at the highest frequency, if that is better. */
function centerOf(atlas, unknowns, state, measured, residuals) {
  const given = unknowns.pointOf(state);
  const top = measured.frequency.reduce((best, f, k) => (f > measured.frequency[best] ? k : best), 0);
  const z = impedance(atlas, unknowns.stateOf(given), [measured.frequency[top]]);
  const ratio = Math.hypot(z.re[0], z.im[0]) / Math.hypot(measured.re[top], measured.im[top]);
  const scaled = given.map((x, k) => {
    const moved = unknowns.names[k].endsWith("Conductivity") ? x + Math.log(ratio) : x;
    return Math.min(Math.max(moved, unknowns.lower[k]), unknowns.upper[k]);
  });
  return squareOf(residuals.values(scaled)) < squareOf(residuals.values(given)) ? scaled : given;
}

/** Points spread about some centers in turn, and over the whole of shares and exponents; other ones in each round. */
function candidatesOf(unknowns, centers, round) {
  return Array.from({ length: CANDIDATES_TRIED }, (_, number) =>
    centers[number % centers.length].map((x, k) => {
      const place = haltonNumber(round * CANDIDATES_TRIED + number + 1, BASES[k % BASES.length]);
      const whole = unknowns.kinds[k] !== "log";
      const reach = startDecades(unknowns.names[k]) * Math.LN10;
      const low = whole ? unknowns.lower[k] : Math.max(unknowns.lower[k], x - reach);
      const high = whole ? unknowns.upper[k] : Math.min(unknowns.upper[k], x + reach);
      return low + (high - low) * place;
    }),
  );
}

/**
 * The best minimum first, then others.
 * @param {number[][][]} given starts that the data give, in rows
 * @param {number[]} center the page's own, a last resort
 * @param {number} good sum of squares of a fit that follows the data: a few of them are enough
 */
function minimaOf(unknowns, residuals, given, center, good) {
  const { lower, upper } = unknowns;
  const found = [];
  const isWorth = (stage) => residuals.computed() < MOST_WORK[stage];
  const limit = () => !isWorth(1);
  const goesOn = (done, stage) => {
    if (done.length === 0 && found.length === 0) return true;
    return isWorth(stage) && done.filter((one) => one.cost < good).length < ENOUGH_MINIMA[stage];
  };
  const rated = (points) => points.map((point) => ({ point, cost: squareOf(residuals.values(point)) })).sort((a, b) => a.cost - b.cost);
  const rows = given.map(rated).sort(([a], [b]) => a.cost - b.cost);
  const centers = rows.length ? rows.slice(0, CENTERS).map(([best]) => best.point) : [center];
  for (let round = 0; round < MOST_ROUNDS && (round === 0 || (found[0].cost > good * LOST && goesOn(found, 0))); round++) {
    const tried = rated(candidatesOf(unknowns, centers, round)).slice(0, FIRST_STARTS);
    const own = round ? [] : rows.map(([best]) => best);
    const first = [];
    for (const { point } of [...own, ...tried]) {
      if (goesOn(first, 0)) first.push(minimise(residuals.both, point, lower, upper, { steps: FIRST_STEPS, gain: 1e-6, limit }));
    }
    for (const { point } of apartFrom(first)) {
      if (goesOn(found, 1)) found.push(minimise(residuals.both, point, lower, upper, { steps: LAST_STEPS, gain: 1e-7, limit }));
    }
    found.sort((one, other) => one.cost - other.cost);
  }
  // What the page shows counts where the data alone led nowhere: a fit says the same whatever was there before.
  if (found[0].cost > good) found.push(minimise(residuals.both, center, lower, upper, { steps: LAST_STEPS, gain: 1e-7 }));
  return found.sort((one, other) => one.cost - other.cost);
}

/** Minima of a part of the data as those of all. */
function minimaOfAll(unknowns, residuals, minima) {
  const limit = () => residuals.computed() > LAST_WORK;
  const found = minima.slice(0, LAST_STARTS).map(({ point }) => minimise(residuals.both, point, unknowns.lower, unknowns.upper, { steps: LAST_STEPS, gain: 1e-7, limit }));
  return found.sort((one, other) => one.cost - other.cost);
}

/** The best of some minima that are not the same place. */
function apartFrom(minima) {
  const found = [];
  for (const one of [...minima].sort((a, b) => a.cost - b.cost)) {
    const far = (other) => one.point.some((x, k) => Math.abs(x - other.point[k]) > 0.05);
    if (found.length < LAST_STARTS && found.every(far)) found.push(one);
  }
  return found;
}

/** Directions in the coordinates from the least to the best determined, each with its standard deviation. */
function directionsOf(unknowns, slopes, noise) {
  const { sizes, vectors } = singularValues(slopes);
  return sizes
    .map((size, k) => ({
      width: noise / Math.max(size, 1e-12),
      components: Object.fromEntries(unknowns.names.map((name, j) => [name, vectors[k][j]])),
    }))
    .reverse();
}

/** Standard deviations of the coordinates. */
function widthsOf(unknowns, directions) {
  return unknowns.names.map((name) =>
    Math.sqrt(directions.reduce((sum, one) => sum + (one.width * one.components[name]) ** 2, 0)),
  );
}

/** What is not determined, in words. */
function openUnknowns(unknowns, point, widths, band) {
  const found = [];
  unknowns.names.forEach((name, k) => {
    const show = (value) => showQuantity(value, unitOfUnknown(name), 2);
    const tell = (message) => found.push({ name, message });
    const exponent = unknowns.kinds[k] === "plain";
    const side = point[k] - unknowns.lower[k] < AT_LIMIT ? 0 : unknowns.upper[k] - point[k] < AT_LIMIT ? 1 : null;
    if (side !== null && !(exponent && side === 1)) {
      tell(`at its ${side ? "upper" : "lower"} limit, ${show(unknowns.limits[k][side])}: these data would have it beyond`);
      return;
    }
    if (!(widths[k] > (exponent ? OPEN_EXPONENT : OPEN_WIDTH))) return;
    const values = band.map((state) => valueOf(state, name));
    const [least, most] = [Math.min(...values), Math.max(...values)];
    // Far along a ridge a standard error says too much: what was tried there tells.
    if (band.length >= ENOUGH_STATES && most < least * NARROW_BAND) return;
    const low = show(least);
    const high = show(most);
    const factor = widths[k] > Math.log(1000) ? "more than a factor of 1000" : `a factor of ${shortNumber(Math.exp(widths[k]), 2)}`;
    const wide = exponent ? `± ${shortNumber(widths[k], 2)}` : `${factor} either way`;
    tell(`not determined: ${low === high ? wide : `curves that are as good have at least ${low} to ${high}`}`);
  });
  return found;
}

/**
 * Fit an interface to a measured spectrum.
 * @param {object} atlas of `openAtlas`
 * @param {object} state of the page: where the fit starts, and what is held
 * @param {string[]} free such as "contactFraction", "pitch", "gapHeight", "electrolyte.bulkConductivity"
 * @param {{frequency: Float64Array, re: Float64Array, im: Float64Array}} measured Hz, and Z per area in Ω·m²
 * @param {{seconds?: number, map?: boolean}} options for all of it, s; whether a map is made
 * @returns {object} {state, values {name: SI}, residual: {re, im} (model − measured, over |measured|), rms (relative),
 *   chi2PerPoint (mean square of a part over the noise's: 1 is within noise), noise (relative, of one part), seconds,
 *   directions [{width (log), components {name: number}}], widths {name: log-width}, undetermined [{name, message}],
 *   remarks [string]: also where the found state is outside of the atlas,
 *   band [states as good], map {contactFraction, pitch, misfit (row-major: contact fraction by pitch; rms of residuals
 *   over the noise)} or null}
 */
export function fitInterface(atlas, state, free, measured, options = {}) {
  const began = performance.now();
  const unknowns = unknownsOf(atlas, state, free);
  if (free.length === 0 || 2 * measured.frequency.length <= free.length) {
    throw new Error(`${measured.frequency.length} points for ${free.length} unknowns: nothing to fit`);
  }
  const residuals = relativeResiduals(atlas, unknowns, measured);
  const noise = noiseOf(measured);
  const seconds = options.seconds ?? ALL_SECONDS;
  const searched = thinned(measured, SEARCHED_POINTS);
  const few = relativeResiduals(atlas, unknowns, searched);
  const given = startsFrom(atlas, unknowns, state, searched);
  const center = centerOf(atlas, unknowns, state, searched, few);
  const near = minimaOf(unknowns, few, given, center, FOLLOWS * noise ** 2 * 2 * searched.frequency.length);
  const minima = searched === measured ? near : minimaOfAll(unknowns, residuals, near);
  // What is found is where the work ended, the band and the map are what time is left for.
  const rest = Math.max(began + 1000 * seconds - performance.now(), LEAST_MS);
  const until = [SHARE_OF_BAND, 1].map((share) => performance.now() + rest * share);
  const [best] = minima;
  const data = best.values.length;
  const spread = Math.max(noise, Math.sqrt(best.cost / Math.max(data - free.length, 1)));
  const directions = directionsOf(unknowns, best.slopes, spread);
  const widths = widthsOf(unknowns, directions);
  const problem = { unknowns, residuals, minima, directions, spread };
  const band = bandOf(problem, until[0]);
  const found = unknowns.stateOf(best.point);
  const seeds = atlas.spread(found.pattern, found.contactFraction, found.thickness / found.pitch);
  const remarks = seeds > 0 ? [`fitted is the mean of random cells; R_cstr of one differs from it by ${shortNumber(100 * seeds, 2)} %`] : [];
  remarks.push(...outside(atlas, found).map((one) => one.message));
  const map = options.map === false ? null : mapOf(atlas, found, unknowns.names, measured, { noise, until: until[1] });
  const half = data / 2;
  return {
    state: found,
    values: Object.fromEntries(free.map((name) => [name, valueOf(found, name)])),
    residual: { re: best.values.slice(0, half), im: best.values.slice(half) },
    rms: Math.sqrt(best.cost / data),
    chi2PerPoint: best.cost / data / noise ** 2,
    noise,
    seconds: (performance.now() - began) / 1000,
    directions,
    widths: Object.fromEntries(free.map((name, k) => [name, widths[k]])),
    undetermined: openUnknowns(unknowns, best.point, widths, band),
    remarks,
    band,
    map,
  };
}

/** The map about a state that was found. */
function mapOf(atlas, found, free, measured, { noise, until }) {
  const names = free.filter((name) => name !== "contactFraction" && name !== "pitch");
  const pose = (held) => {
    const unknowns = unknownsOf(atlas, held, names);
    return { unknowns, residuals: relativeResiduals(atlas, unknowns, measured) };
  };
  return ridgeMap(atlas, found, pose, { noise, until, unknowns: names.length });
}
