/** What else follows a measured spectrum as well: a band of states, and the misfit over contact fraction and pitch. */
import { minimising } from "./minimise.js";
import { limitsOf, parameterOf } from "./parameters.js";
import { squareSum } from "./residuals.js";
import { stateWith } from "./unknowns.js";

const BAND_STATES = 30;
/** Rise of the sum of squares, in variances, of what is as good: two standard errors of one unknown. */
const BAND_RISE = 4;
/** Farthest that a state of the band is sought, in a coordinate. */
const FARTHEST_STEP = 3;
const MAP_SIZES = [9, 21]; // points of each axis, as the time allows
const MAP_REACH = Math.log(30); // of the pitch, either way
const MAP_STEPS = 5;

/** Numbers of a normal distribution that are the same every time. */
function normalNumbers(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Points along the least determined direction: it is held at a row of values, everything else is fitted again. */
function* alongRidge({ unknowns, residuals, minima, directions, spread }, until) {
  const [best] = minima;
  const [direction] = directions;
  const parts = unknowns.names.map((name) => direction.components[name]);
  const leading = parts.reduce((k, part, j) => (Math.abs(part) > Math.abs(parts[k]) ? j : k), 0);
  const reach = Math.min(2.2 * direction.width, FARTHEST_STEP) * Math.abs(parts[leading]);
  const found = [];
  for (const side of [-1, 1]) {
    let from = best.point;
    for (let k = 1; k <= 8 && performance.now() < until; k++) {
      const wanted = best.point[leading] + (side * reach * k) / 8;
      if (wanted < unknowns.lower[leading] || wanted > unknowns.upper[leading]) break;
      const slope = (wanted - from[leading]) / parts[leading];
      const start = from.map((x, j) => (j === leading ? wanted : x + slope * parts[j]));
      const lower = unknowns.lower.map((x, j) => (j === leading ? wanted : x));
      const upper = unknowns.upper.map((x, j) => (j === leading ? wanted : x));
      const next = yield* minimising(residuals.both, start, lower, upper, { steps: 12, gain: 1e-5, limit: () => performance.now() > until });
      if (next.cost > best.cost + BAND_RISE * spread ** 2) break;
      from = next.point;
      found.push(next.point);
    }
  }
  return found;
}

/**
 * States that follow the data as well as the best one, within two standard errors: the best one first.
 * @param {object} problem of `fitInterface`
 * @param {number} until by when, ms of `performance.now()`
 */
export function* bandOf(problem, until) {
  const { unknowns, residuals, minima, directions, spread } = problem;
  const [best] = minima;
  const limit = best.cost + BAND_RISE * spread ** 2;
  const good = [best.point, ...minima.slice(1).filter((one) => one.cost <= limit).map((one) => one.point)];
  good.push(...(yield* alongRidge(problem, until)));
  const centers = [...good];
  const normal = normalNumbers(7);
  for (let tries = 0; good.length < BAND_STATES && tries < 200 && performance.now() < until; tries++) {
    yield;
    const center = centers[tries % centers.length];
    const step = unknowns.names.map(() => 0);
    for (const { width, components } of directions) {
      const size = normal() * Math.min(width, FARTHEST_STEP / 3);
      unknowns.names.forEach((name, k) => (step[k] += size * components[name]));
    }
    for (let part = 1; part > 0.05; part /= 2) {
      const point = center.map((x, k) => Math.min(Math.max(x + part * step[k], unknowns.lower[k]), unknowns.upper[k]));
      if (squareSum(residuals.values(point)) > limit) continue;
      good.push(point);
      break;
    }
  }
  return good.slice(0, BAND_STATES).map((point) => unknowns.stateOf(point));
}

function evenly(low, high, count) {
  return Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
}

/** The number of the value that is nearest as a factor. */
function nearestPlace(values, wanted) {
  const far = (k) => Math.abs(Math.log(values[k] / wanted));
  return values.reduce((best, _, k) => (far(k) < far(best) ? k : best), 0);
}

/** Axes of a map about a state, on which it lies: contact fraction evenly in its logit, pitch in its logarithm. */
function mapAxes(atlas, found, size) {
  const ends = (path) => limitsOf(atlas, found, parameterOf(path));
  const [least, most] = ends("contactFraction").map((f) => Math.log(f / (1 - f)));
  const [low, high] = ends("pitch").map(Math.log);
  const center = Math.log(found.pitch);
  const contactFraction = Float64Array.from(evenly(least, most, size), (x) => 1 / (1 + Math.exp(-x)));
  const pitch = Float64Array.from(evenly(Math.max(center - MAP_REACH, low), Math.min(center + MAP_REACH, high), size), Math.exp);
  contactFraction[nearestPlace(contactFraction, found.contactFraction)] = found.contactFraction;
  pitch[nearestPlace(pitch, found.pitch)] = found.pitch;
  return { contactFraction, pitch };
}

/** How many points an axis may have: each cell takes so many evaluations, of which one is timed. */
function mapSize(residuals, point, unknowns, until) {
  const began = performance.now();
  for (let k = 0; k < 3; k++) residuals.values(point);
  const each = Math.max((performance.now() - began) / 3, 1e-3) * MAP_STEPS * (unknowns + 1);
  const able = Math.floor(Math.sqrt(Math.max(until - performance.now(), 0) / each));
  return Math.min(Math.max(able, MAP_SIZES[0]), MAP_SIZES[1]);
}

/**
 * Misfit over contact fraction and pitch, all other free unknowns fitted again at each.
 * @param {object} atlas of `openAtlas`
 * @param {object} found the best state
 * @param {function} pose of a state whose contact fraction and pitch are held → {unknowns, residuals} of the others
 * @param {{noise: number, until: number, unknowns: number}} options noise relative to |Z|; by when, ms of
 *   `performance.now()`: what is left then is taken with its neighbour's unknowns; how many others are free; what to yield at a part done
 */
export function* ridgeMap(atlas, found, pose, { noise, until, unknowns, progress }) {
  const here = pose(found);
  const size = mapSize(here.residuals, here.unknowns.pointOf(found), unknowns, until);
  const { contactFraction, pitch } = mapAxes(atlas, found, size);
  const misfit = new Float64Array(size * size).fill(NaN);
  // From the best place outwards, each beginning with what its neighbour found.
  const queue = [{ i: contactFraction.indexOf(found.contactFraction), j: pitch.indexOf(found.pitch), from: found }];
  const seen = new Set([queue[0].i * size + queue[0].j]);
  for (let number = 0; number < queue.length; number++) {
    yield progress(number / misfit.length);
    const { i, j, from } = queue[number];
    const held = stateWith(stateWith(from, "contactFraction", contactFraction[i]), "pitch", pitch[j]);
    const { unknowns: free, residuals } = pose(held);
    let end = { point: free.pointOf(held), values: null };
    if (unknowns > 0 && performance.now() < until) {
      end = yield* minimising(residuals.both, end.point, free.lower, free.upper, { steps: MAP_STEPS, gain: 1e-3 });
    }
    const values = end.values ?? residuals.values(end.point);
    misfit[i * size + j] = Math.sqrt(squareSum(values) / values.length) / noise;
    const state = free.stateOf(end.point);
    for (const [a, b] of [[i - 1, j], [i + 1, j], [i, j - 1], [i, j + 1]]) {
      const place = a * size + b;
      if (a < 0 || b < 0 || a >= size || b >= size || seen.has(place)) continue;
      seen.add(place);
      queue.push({ i: a, j: b, from: state });
    }
  }
  return { contactFraction, pitch, misfit };
}
