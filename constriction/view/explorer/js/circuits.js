/**
 * Circuits R, R-RQ and R-RQ-RQ fitted to a measured spectrum, as `constriction analyze` fits them: complex least squares
 * with modulus weights in logarithms, from blind starts; the smallest BIC chooses. Not done here: the Kramers-Kronig
 * rule, and profiles over the split of two arcs.
 *
 * An RQ is R/(1 + R Q (iω)^α), C = (R Q)^(1/α)/R. Ω stands for the unit of the spectrum.
 */
import { minimise, minimiseFromAll, singularValues } from "./minimise.js";
import { rangeOf } from "./thinning.js";

/** What `analyze` tries without being asked. */
export const DEFAULT_CIRCUITS = ["R-RQ", "R-RQ-RQ"];
const CIRCUIT_STARTS = 10;
const SHAPES_TRIED = 160;
const BEYOND_WINDOW = 3; // factor beyond the window within which times are looked for
const PRIMES = [2, 3, 5, 7, 11, 13, 17];
const RESISTANCES = [1e-9, 1e15];
const CHARGES = [1e-18, 1e6];
const EXPONENTS_ALLOWED = [0.2, 1];
const INVISIBLE = 1e-6; // of the smallest |Z|
const ENDLESS = 1e4; // of the largest |Z|
const ROUNDED = 1e-20; // mean square below which noise-free data are followed
const NEAR_BOUND = 1e-7;
const BLIND_TO = 1e-9;

/** Number of arcs of a circuit's text, which must be R, R-RQ, R-RQ-RQ, …. */
function arcsOfCircuit(text) {
  const parts = text.split("-");
  if (parts[0] === "R" && parts.slice(1).every((part) => part === "RQ")) return parts.length - 1;
  throw new Error(`circuit '${text}': expected R, R-RQ or R-RQ-RQ`);
}

/**
 * Impedance of a circuit and its derivatives at internal coordinates (ln R0, then ln R, ln Q, α of each arc).
 * @param {number[]} point
 * @param {Float64Array} logOmega ln of rad/s, (n,)
 * @returns {Float64Array[]} rows of 2n numbers, real parts first: Z, then its derivatives by each coordinate
 */
export function circuitRows(point, logOmega) {
  const count = logOmega.length;
  const rows = Array.from({ length: point.length + 1 }, () => new Float64Array(2 * count));
  const series = Math.exp(point[0]);
  for (let k = 0; k < count; k++) rows[0][k] = rows[1][k] = series;
  for (let first = 1; first < point.length; first += 3) {
    const [logR, logQ, alpha] = point.slice(first, first + 3);
    const size = Math.exp(logR);
    const turn = (alpha * Math.PI) / 2;
    for (let k = 0; k < count; k++) {
      const modulus = Math.exp(logR + logQ + alpha * logOmega[k]);
      const uRe = modulus * Math.cos(turn);
      const uIm = modulus * Math.sin(turn);
      const square = (1 + uRe) ** 2 + uIm ** 2;
      const vRe = (size * (1 + uRe)) / square;
      const vIm = (-size * uIm) / square;
      const qRe = (uRe * (1 + uRe) + uIm * uIm) / square; // u/(1 + u)
      const qIm = uIm / square;
      const sRe = vIm * qIm - vRe * qRe; // −v·u/(1 + u): by ln Q
      const sIm = -vRe * qIm - vIm * qRe;
      rows[0][k] += vRe;
      rows[0][count + k] += vIm;
      rows[first + 1][k] = vRe + sRe;
      rows[first + 1][count + k] = vIm + sIm;
      rows[first + 2][k] = sRe;
      rows[first + 2][count + k] = sIm;
      rows[first + 3][k] = sRe * logOmega[k] - (sIm * Math.PI) / 2;
      rows[first + 3][count + k] = sIm * logOmega[k] + (sRe * Math.PI) / 2;
    }
  }
  return rows;
}

/** Radical inverse of 1 … count to a prime base. */
function radicalInverse(index, base) {
  let value = 0;
  for (let rest = index, digit = 1 / base; rest > 0; rest = Math.floor(rest / base), digit /= base) {
    value += digit * (rest % base);
  }
  return value;
}

/** Minimise xᵀ normal x/2 − xᵀ right over x ≥ 0 by 60 rounds of coordinate descent. */
function nonNegative(normal, right) {
  const x = right.map(() => 0);
  const gradient = right.map((value) => -value);
  for (let round = 0; round < 60; round++) {
    for (let k = 0; k < x.length; k++) {
      const moved = Math.max(x[k] - gradient[k] / normal[k][k], 0) - x[k];
      for (let j = 0; j < x.length; j++) gradient[j] += normal[j][k] * moved;
      x[k] += moved;
    }
  }
  return x;
}

/** A shape whose parts are of order 1, with amplitudes that fit the data; the point and its sum of squares. */
function scaledShape(problem, number) {
  const { logOmega, z, sigma, arcs } = problem;
  const spread = PRIMES.slice(0, 1 + 3 * arcs).map((base) => radicalInverse(number + 1, base));
  const low = Math.min(logOmega[0], logOmega[logOmega.length - 1]) - Math.log(BEYOND_WINDOW);
  const high = Math.max(logOmega[0], logOmega[logOmega.length - 1]) + Math.log(BEYOND_WINDOW);
  const turns = Array.from({ length: arcs }, (_, k) => spread[2 + 3 * k]).sort((a, b) => b - a);
  const point = [0];
  turns.forEach((turn, k) => {
    const alpha = 0.7 + 0.3 * spread[3 + 3 * k];
    point.push(0, -alpha * (low + (high - low) * turn), alpha);
  });
  const bases = [circuitRows([0], logOmega)[0]];
  for (let k = 0; k < arcs; k++) {
    bases.push(circuitRows([-Infinity, ...point.slice(1 + 3 * k, 4 + 3 * k)], logOmega)[0]);
  }
  const weighted = bases.map((base) => base.map((value, k) => value / sigma[k]));
  const data = z.map((value, k) => value / sigma[k]);
  const inner = (one, other) => one.reduce((sum, value, k) => sum + value * other[k], 0);
  const amplitudes = nonNegative(
    weighted.map((one) => weighted.map((other) => inner(one, other))),
    weighted.map((one) => inner(one, data)),
  );
  let cost = 0;
  data.forEach((value, k) => {
    cost += (amplitudes.reduce((sum, size, j) => sum + size * weighted[j][k], 0) - value) ** 2;
  });
  const meanModulus = (row) => {
    const half = row.length / 2;
    let sum = 0;
    for (let k = 0; k < half; k++) sum += Math.hypot(row[k], row[half + k]);
    return sum / half;
  };
  amplitudes.forEach((size, k) => {
    // A part that is not wanted starts small, not at zero, which has no logarithm.
    const log = Math.log(Math.max(size, (1e-3 * meanModulus(z)) / meanModulus(bases[k])));
    if (k === 0) point[0] += log;
    else {
      point[3 * k - 2] += log;
      point[3 * k - 1] -= log;
    }
  });
  return { point, cost };
}

function poseCircuit(measured, arcs) {
  const { frequency, re, im } = measured;
  const modulus = Array.from(re, (x, k) => Math.hypot(x, im[k]));
  const [least, most] = rangeOf(modulus);
  const low = Math.max(RESISTANCES[0], INVISIBLE * least);
  const high = Math.min(RESISTANCES[1], ENDLESS * most);
  const perArc = [...Array(arcs)];
  return {
    arcs,
    logOmega: Float64Array.from(frequency, (f) => Math.log(2 * Math.PI * f)),
    z: Float64Array.from([...re, ...im]),
    sigma: Float64Array.from([...modulus, ...modulus]),
    lower: [Math.log(low), ...perArc.flatMap(() => [Math.log(low), Math.log(CHARGES[0]), EXPONENTS_ALLOWED[0]])],
    upper: [Math.log(high), ...perArc.flatMap(() => [Math.log(high), Math.log(CHARGES[1]), EXPONENTS_ALLOWED[1]])],
  };
}

function blindStarts(problem) {
  const shapes = Array.from({ length: SHAPES_TRIED }, (_, number) => scaledShape(problem, number));
  shapes.sort((one, other) => one.cost - other.cost);
  const best = (CIRCUIT_STARTS + 1) >> 1;
  const rest = CIRCUIT_STARTS - best;
  const others = Array.from({ length: rest }, (_, k) => Math.floor(best + ((SHAPES_TRIED - 1 - best) * k) / (rest - 1)));
  return [...Array(best).keys(), ...others].map((k) => shapes[k].point);
}

/** Arcs by rising time: {resistance, capacitance, exponent, timeConstant, apex (Hz), place}. */
function arcsOfPoint(point) {
  const found = [];
  for (let first = 1; first < point.length; first += 3) {
    const [logR, logQ, exponent] = point.slice(first, first + 3);
    const logTau = (logR + logQ) / exponent;
    const timeConstant = Math.exp(logTau);
    found.push({
      resistance: Math.exp(logR),
      capacitance: Math.exp(logTau - logR),
      exponent,
      timeConstant,
      apex: 1 / (2 * Math.PI * timeConstant),
      place: first,
    });
  }
  return found.sort((one, other) => one.timeConstant - other.timeConstant);
}

/** Covariance of the coordinates that are not on a bound; 0 for those that are, NaN where the data do not tell. */
function covarianceOfFit(problem, point, slopes, variance) {
  const free = point.map((x, k) => x - problem.lower[k] > NEAR_BOUND && problem.upper[k] - x > NEAR_BOUND);
  const places = free.flatMap((is, k) => (is ? [k] : []));
  const scale = places.map((k) => Math.sqrt(slopes[k].reduce((sum, value) => sum + value * value, 0)) || 1e-300);
  const { sizes, vectors } = singularValues(places.map((k, j) => slopes[k].map((value) => value / scale[j])));
  const found = point.map(() => point.map(() => 0));
  places.forEach((k, a) =>
    places.forEach((j, b) => {
      let sum = 0;
      sizes.forEach((size, n) => (sum += (vectors[n][a] * vectors[n][b]) / Math.max(size, BLIND_TO * sizes[0]) ** 2));
      found[k][j] = (variance * sum) / (scale[a] * scale[b]);
    }),
  );
  return found;
}

/** Relative standard error of e^(Σ slopes·coordinates). */
function errorAlong(covariance, entries) {
  let sum = 0;
  for (const [i, a] of entries) for (const [j, b] of entries) sum += a * b * covariance[i][j];
  return Math.sqrt(Math.max(sum, 0));
}

function fitOne(measured, text) {
  const problem = poseCircuit(measured, arcsOfCircuit(text));
  const residuals = (point) => {
    const [z, ...slopes] = circuitRows(point, problem.logOmega);
    return {
      values: z.map((value, k) => (value - problem.z[k]) / problem.sigma[k]),
      slopes: slopes.map((row) => row.map((value, k) => value / problem.sigma[k])),
    };
  };
  const near = minimiseFromAll(residuals, blindStarts(problem), problem.lower, problem.upper);
  const found = minimise(residuals, near.point, problem.lower, problem.upper, { steps: 200 });
  const data = problem.z.length;
  const size = found.point.length;
  const deviance = data * Math.log(Math.max(found.cost / data, ROUNDED));
  const bound = found.point.filter((x, k) => x - problem.lower[k] < NEAR_BOUND || problem.upper[k] - x < NEAR_BOUND).length;
  const variance = found.cost / Math.max(data - size + bound, 1);
  return {
    circuit: text,
    point: found.point,
    converged: found.converged,
    chiSquared: found.cost,
    bic: deviance + Math.log(data) * (size + 1),
    rms: Math.sqrt(found.cost / data),
    R_series: Math.exp(found.point[0]),
    arcs: arcsOfPoint(found.point),
    covariance: covarianceOfFit(problem, found.point, found.slopes, variance),
  };
}

/**
 * Fit circuits to a measured spectrum; the one with the smallest BIC tells R_SE, R_int and C_int: the electrolyte's arc
 * is the first by rising time constant, the interface's the second.
 * @param {{frequency: ArrayLike<number>, re: ArrayLike<number>, im: ArrayLike<number>}} measured Hz; Ω or Ω·m²
 * @param {string[]} circuits tried
 * @returns {object} {circuit, R_SE, R_int, C_int (null without a second arc), R_int_stderr, C_int_stderr, arcs, rms
 *   (relative), converged, point, fits: all of them by rising BIC}
 */
export function fitCircuit(measured, circuits = DEFAULT_CIRCUITS) {
  const able = circuits.filter((text) => 2 * measured.frequency.length > 1 + 3 * arcsOfCircuit(text));
  if (able.length === 0) throw new Error(`${measured.frequency.length} points: too few for ${circuits.join(", ")}`);
  const fits = able.map((text) => fitOne(measured, text));
  fits.sort((one, other) => Number(other.converged) - Number(one.converged) || one.bic - other.bic);
  const [best] = fits;
  const [electrolyte, own] = best.arcs;
  const told = { R_int: null, C_int: null, R_int_stderr: null, C_int_stderr: null };
  if (own) {
    const { place, resistance, capacitance, exponent, timeConstant } = own;
    told.R_int = resistance;
    told.C_int = capacitance;
    told.R_int_stderr = resistance * errorAlong(best.covariance, [[place, 1]]);
    const byExponent = -Math.log(timeConstant) / exponent;
    const ofC = [[place, 1 / exponent - 1], [place + 1, 1 / exponent], [place + 2, byExponent]];
    told.C_int_stderr = capacitance * errorAlong(best.covariance, ofC);
  }
  return { ...best, ...told, R_SE: best.R_series + (electrolyte ? electrolyte.resistance : 0), fits };
}
