/** The best minima of a fit: many starts, a few steps from each, and more from those that are left. */
import { minimising } from "./minimise.js";
import { impedance } from "./model.js";
import { squareSum } from "./residuals.js";

const CANDIDATES_TRIED = 500;
const FIRST_STARTS = 14;
const FIRST_STEPS = 10;
const LAST_STARTS = 4;
const LAST_STEPS = 60;
/** Spectra that are computed for starts, and for minima: no clock decides where a fit ends. */
const MOST_WORK = [3000, 7000];
export const MOST_SEARCHED = MOST_WORK[1];
const LAST_WORK = 400;
const CENTERS = 3;
/** So many minima that follow the data are enough, of each stage. */
const ENOUGH_MINIMA = [4, 2];
/** A best minimum this many times worse is lost in a wrong valley: other starts are tried while there is time. */
const LOST = 1.5;
const MOST_ROUNDS = 6;
/** Decades about a center in which starts are, and those of the electrolyte, which is better known. */
const START_DECADES = 2.5;
const START_DECADES_ELECTROLYTE = 0.7;
const START_DECADES_FREQUENCY = 1.5;
const BASES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];
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
export function centerOf(atlas, unknowns, state, measured, residuals) {
  const given = unknowns.pointOf(state);
  const top = measured.frequency.reduce((best, f, k) => (f > measured.frequency[best] ? k : best), 0);
  const z = impedance(atlas, unknowns.stateOf(given), [measured.frequency[top]]);
  const ratio = Math.hypot(z.re[0], z.im[0]) / Math.hypot(measured.re[top], measured.im[top]);
  const scaled = given.map((x, k) => {
    const moved = unknowns.names[k].endsWith("Conductivity") ? x + Math.log(ratio) : x;
    return Math.min(Math.max(moved, unknowns.lower[k]), unknowns.upper[k]);
  });
  return squareSum(residuals.values(scaled)) < squareSum(residuals.values(given)) ? scaled : given;
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
export function* minimaOf(unknowns, residuals, given, center, good) {
  const { lower, upper } = unknowns;
  const found = [];
  const isWorth = (stage) => residuals.computed() < MOST_WORK[stage];
  const limit = () => !isWorth(1);
  const goesOn = (done, stage) => {
    if (done.length === 0 && found.length === 0) return true;
    return isWorth(stage) && done.filter((one) => one.cost < good).length < ENOUGH_MINIMA[stage];
  };
  const rows = [];
  for (const row of given) rows.push(yield* ratedPoints(residuals, row));
  rows.sort(([a], [b]) => a.cost - b.cost);
  const centers = rows.length ? rows.slice(0, CENTERS).map(([best]) => best.point) : [center];
  for (let round = 0; round < MOST_ROUNDS && (round === 0 || (found[0].cost > good * LOST && goesOn(found, 0))); round++) {
    const tried = (yield* ratedPoints(residuals, candidatesOf(unknowns, centers, round))).slice(0, FIRST_STARTS);
    const own = round ? [] : rows.map(([best]) => best);
    const first = [];
    for (const { point } of [...own, ...tried]) {
      if (goesOn(first, 0)) first.push(yield* minimising(residuals.both, point, lower, upper, { steps: FIRST_STEPS, gain: 1e-6, limit }));
    }
    for (const { point } of apartFrom(first)) {
      if (goesOn(found, 1)) found.push(yield* minimising(residuals.both, point, lower, upper, { steps: LAST_STEPS, gain: 1e-7, limit }));
    }
    found.sort((one, other) => one.cost - other.cost);
  }
  // What the page shows counts where the data alone led nowhere: a fit says the same whatever was there before.
  if (found[0].cost > good) found.push(yield* minimising(residuals.both, center, lower, upper, { steps: LAST_STEPS, gain: 1e-7 }));
  return found.sort((one, other) => one.cost - other.cost);
}

/** Points with their sums of squares, the best first. */
function* ratedPoints(residuals, points) {
  const found = [];
  for (const point of points) {
    found.push({ point, cost: squareSum(residuals.values(point)) });
    yield;
  }
  return found.sort((a, b) => a.cost - b.cost);
}

/** Minima of a part of the data as those of all. */
export function* minimaOfAll(unknowns, residuals, minima) {
  const limit = () => residuals.computed() > LAST_WORK;
  const found = [];
  for (const { point } of minima.slice(0, LAST_STARTS)) {
    found.push(yield* minimising(residuals.both, point, unknowns.lower, unknowns.upper, { steps: LAST_STEPS, gain: 1e-7, limit }));
  }
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
