/**
 * Bounded nonlinear least squares (Levenberg-Marquardt with Nielsen's damping, projected on the bounds), and the small
 * linear algebra it needs. Coordinates are logarithms of what is positive, so that a step is a factor.
 */
import { drained } from "./slices.js";

/** Converged: a step this small, or one that promises to lower the sum of squares by this part only. */
const SMALL_STEP = 1e-10;
const SMALL_GAIN = 1e-11;
const STEPS_AT_LAST = 2;
const ROUNDED_COST = 1e-13; // part of a sum of squares that is rounding
/** Mean square of relative residuals below which all is rounding. */
const ROUNDING_SQUARE = 1e-28;

/** Inner product of two rows. */
export function innerProduct(one, other) {
  let sum = 0;
  for (let k = 0; k < one.length; k++) sum += one[k] * other[k];
  return sum;
}

/** Solve a small dense system by elimination with pivots; rows of `matrix` and `right` are left as they are. */
export function solveLinear(matrix, right) {
  const size = right.length;
  const rows = matrix.map((row, k) => [...row, right[k]]);
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    const head = rows[k][k] || 1e-300;
    for (let i = k + 1; i < size; i++) {
      const factor = rows[i][k] / head;
      if (factor !== 0) for (let j = k; j <= size; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  const found = new Float64Array(size);
  for (let k = size - 1; k >= 0; k--) {
    let rest = rows[k][size];
    for (let j = k + 1; j < size; j++) rest -= rows[k][j] * found[j];
    found[k] = rest / (rows[k][k] || 1e-300);
  }
  return found;
}

/**
 * Singular values of a matrix with few columns, and its right singular vectors, by one-sided Jacobi rotations.
 * @param {ArrayLike<number>[]} columns
 * @returns {{sizes: number[], vectors: number[][]}} vectors[k] belongs to sizes[k], falling
 */
export function singularValues(columns) {
  const count = columns.length;
  const u = columns.map((column) => Float64Array.from(column));
  const v = columns.map((_, k) => columns.map((_unused, j) => (j === k ? 1 : 0)));
  for (let sweep = 0; sweep < 30; sweep++) {
    let worst = 0;
    for (let i = 0; i < count; i++) {
      for (let j = i + 1; j < count; j++) worst = Math.max(worst, rotatedPair(u, v, i, j));
    }
    if (worst < 1e-15) break;
  }
  const sizes = u.map((column) => Math.sqrt(innerProduct(column, column)));
  const order = sizes.map((_, k) => k).sort((a, b) => sizes[b] - sizes[a]);
  return { sizes: order.map((k) => sizes[k]), vectors: order.map((k) => v[k]) };
}

/** Turn two columns until they are at right angles; how far they were from it. */
function rotatedPair(u, v, i, j) {
  const a = innerProduct(u[i], u[i]);
  const b = innerProduct(u[j], u[j]);
  const c = innerProduct(u[i], u[j]);
  if (c === 0 || a === 0 || b === 0) return 0;
  const zeta = (b - a) / (2 * c);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cosine = 1 / Math.sqrt(1 + t * t);
  const sine = cosine * t;
  for (const rows of [u, v]) {
    const x = rows[i];
    const y = rows[j];
    for (let k = 0; k < x.length; k++) {
      const old = x[k];
      x[k] = cosine * old - sine * y[k];
      y[k] = sine * old + cosine * y[k];
    }
  }
  return Math.abs(c) / Math.sqrt(a * b);
}

const clippedTo = (value, low, high) => Math.min(Math.max(value, low), high);

/** Solve the damped normal equations for what is not held; held coordinates take the steps in `known`. */
function dampedSolution(normal, gradient, damping, held, known) {
  const size = gradient.length;
  const largest = Math.max(...normal.map((row, k) => row[k]));
  const scale = normal.map((row, k) => Math.sqrt(Math.max(row[k], 1e-30 * largest + 1e-300)));
  const matrix = [];
  const right = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    matrix.push(new Float64Array(size));
    matrix[i][i] = held[i] ? 1 : 1 + damping + 1e-14;
    if (held[i]) continue;
    let force = gradient[i];
    for (let j = 0; j < size; j++) {
      if (held[j]) force += normal[i][j] * known[j];
      else if (j !== i) matrix[i][j] = normal[i][j] / scale[i] / scale[j];
    }
    right[i] = -force / scale[i];
  }
  return solveLinear(matrix, right).map((value, k) => (held[k] ? known[k] : value / scale[k]));
}

/** The projected damped step, and the fall of the sum of squares that the linear model promises. */
function projectedStep(point, normal, gradient, damping, lower, upper) {
  const held = point.map(
    (x, k) => lower[k] === upper[k] || (x <= lower[k] && gradient[k] > 0) || (x >= upper[k] && gradient[k] < 0),
  );
  const project = (step) => step.map((value, k) => clippedTo(point[k] + value, lower[k], upper[k]) - point[k]);
  let step = new Float64Array(point.length);
  for (let round = 0; round < 2; round++) {
    step = dampedSolution(normal, gradient, damping, held, step);
    // A coordinate that would leave is held at the bound it reaches, and the others are solved for again.
    let left = false;
    step.forEach((value, k) => {
      if (point[k] + value >= lower[k] && point[k] + value <= upper[k]) return;
      held[k] = true;
      left = true;
    });
    if (!left) break;
    step = project(step);
  }
  step = project(step);
  let promised = -2 * innerProduct(gradient, step);
  normal.forEach((row, k) => (promised -= step[k] * innerProduct(row, step)));
  return { step, promised };
}

/**
 * Minimise a sum of squares from one start.
 * @param {function} residuals of a point (number[]) → {values: Float64Array (m,), slopes: Float64Array[] (p rows of m)}
 * @param {number[]} start (p,), moved inside the bounds if it is not
 * @param {number[]} lower (p,)
 * @param {number[]} upper (p,); equal ones hold a coordinate
 * @param {{steps?: number, limit?: function}} options most steps; limit(cost, steps) → true gives the start up
 * @returns {{point: number[], cost: number, converged: boolean, slopes: Float64Array[], values: Float64Array}}
 */
export function minimise(...given) {
  return drained(minimising(...given));
}

/** The same, with a pause after each step. */
export function* minimising(residuals, start, lower, upper, { steps = 60, limit = null, gain = SMALL_GAIN } = {}) {
  let point = start.map((x, k) => clippedTo(x, lower[k], upper[k]));
  let { values, slopes } = residuals(point);
  let cost = innerProduct(values, values);
  let damping = 1e-2;
  let growth = 2;
  const rounding = ROUNDING_SQUARE * values.length;
  let converged = cost <= rounding;
  let normal = null;
  let gradient = null;
  for (let count = 0; count < steps && !converged; count++) {
    if (limit && limit(cost, count)) break;
    yield;
    normal ??= slopes.map((one) => slopes.map((other) => innerProduct(one, other)));
    gradient ??= slopes.map((one) => innerProduct(one, values));
    const { step, promised } = projectedStep(point, normal, gradient, damping, lower, upper);
    const trial = point.map((x, k) => x + step[k]);
    const next = residuals(trial);
    const cost2 = innerProduct(next.values, next.values);
    const won = cost - cost2;
    const tiny = Math.max(...step.map(Math.abs)) < SMALL_STEP || promised <= gain * cost;
    if (won > 0) {
      const ratio = clippedTo(won / Math.max(promised, won, 1e-300), 0, 1);
      damping *= Math.max(0.1, 1 - (2 * ratio - 1) ** 3);
      growth = 2;
      [point, cost, values, slopes, normal, gradient] = [trial, cost2, next.values, next.slopes, null, null];
    } else {
      damping *= growth;
      growth = Math.min(growth * 2, 1e3);
    }
    damping = clippedTo(damping, 1e-15, 1e15);
    // Heavy damping makes small steps too, which prove nothing.
    converged = (tiny && damping < 1) || cost <= rounding;
  }
  // Steps without damping, so that where the others ended does not show.
  for (let last = 0; last < STEPS_AT_LAST && converged && gain === SMALL_GAIN && cost > rounding; last++) {
    normal = slopes.map((one) => slopes.map((other) => innerProduct(one, other)));
    gradient = slopes.map((one) => innerProduct(one, values));
    const { step } = projectedStep(point, normal, gradient, 0, lower, upper);
    const trial = point.map((x, k) => x + step[k]);
    const next = residuals(trial);
    const cost2 = innerProduct(next.values, next.values);
    if (cost2 < (1 + ROUNDED_COST) * cost) [point, cost, values, slopes] = [trial, cost2, next.values, next.slopes];
  }
  return { point, cost, converged, slopes, values };
}

/** The best minimum of several starts, hopeless ones given up after 20 steps; `all` has every start's. */
export function minimiseFromAll(residuals, starts, lower, upper, options = {}) {
  let least = Infinity;
  const all = starts.map((start) => {
    const found = minimise(residuals, start, lower, upper, {
      ...options,
      limit: (cost, count) => count >= 20 && cost > 5 * least,
    });
    if (found.converged) least = Math.min(least, found.cost);
    return found;
  });
  const best = all.reduce((one, other) => (other.cost < one.cost ? other : one));
  return { ...best, all };
}
