/**
 * One arc beside the electrolyte's: a spectrum fitted relative to the same slab in full contact (spectra/reading).
 *
 * Two kinds of arc: the plain RQ, R/(1 + (iωτ)^α), and the one that a constriction in the same electrolyte draws,
 * R·g/(1 + (iωτ·g)^α) with g = Z_slab(ω)/Z_slab(0). Bases and arcs are rows of 2n numbers, real parts, then imaginary.
 */
import { cInverse, cLog, cPower, cScale, complex } from "./complex.js";
import { innerProduct, minimise, singularValues } from "./minimise.js";

const ARC_TIMES_PER_DECADE = 4;
const ARC_BEYOND = 1; // decades beyond the window
const ARC_EXPONENTS = [1, 0.8];
const ARC_STARTS = 3;
const FACTOR_BOUNDS = [1e-3, 1e3];
const SIZE_BOUNDS = [1e-9, 1e3]; // of R over the largest |Z|
const FARTHEST_TIME = 1e3;
export const LEAST_EXPONENT = 0.5;
export const ON_BOUND = 1e-7;
const BLIND = 1e-9;

/**
 * The electrolyte with the whole interface in contact: parts R/(1 + (if/apex)^α) in series.
 * @param {object} electrolyte of a state
 * @param {number} thickness m
 * @param {number} permittivity ε0 in F/m
 */
export function referenceSlab(electrolyte, thickness, permittivity) {
  const bulk = electrolyte.bulkConductivity;
  const parts = [
    {
      resistance: thickness / bulk,
      apex: bulk / (2 * Math.PI * permittivity * electrolyte.relativePermittivity),
      exponent: 1,
    },
  ];
  if (electrolyte.grainBoundaryConductivity !== null) {
    parts.push({
      resistance: thickness / electrolyte.grainBoundaryConductivity,
      apex: electrolyte.grainBoundaryFrequency,
      exponent: electrolyte.grainBoundaryExponent,
    });
  }
  return { parts, resistance: parts.reduce((sum, part) => sum + part.resistance, 0) };
}

/** Impedance of one part of a slab at f in Hz, Ω·m². */
function partAt(part, f) {
  const slow = cPower(complex(0, f / part.apex), part.exponent);
  return cScale(cInverse(complex(1 + slow.re, slow.im)), part.resistance);
}

/** Z(ω)/Z(0) of a slab at f in Hz. */
export function slabShape(slab, f) {
  const sum = slab.parts.reduce((z, part) => ({ re: z.re + partAt(part, f).re, im: z.im + partAt(part, f).im }), complex(0));
  return cScale(sum, 1 / slab.resistance);
}

function rowOf(values) {
  const found = new Float64Array(2 * values.length);
  values.forEach((z, k) => {
    found[k] = z.re;
    found[values.length + k] = z.im;
  });
  return found;
}

/** What is fitted: bases with a factor each, and one arc of impedance R·shape/(1 + e^(α(log_x + ln τ))). */
function modelBeside(sample, dispersed, together) {
  const { slab, frequency } = sample;
  const shape = Array.from(frequency, (f) => (dispersed ? slabShape(slab, f) : complex(1)));
  const parts = slab.parts.map((part) => rowOf(Array.from(frequency, (f) => partAt(part, f))));
  const whole = parts.reduce((sum, part) => sum.map((value, k) => value + part[k]));
  const logX = shape.map((g, k) => {
    const log = cLog(g);
    return complex(log.re + Math.log(2 * Math.PI * frequency[k]), log.im + Math.PI / 2);
  });
  const weights = Float64Array.from([...sample.sigma, ...sample.sigma], (sigma) => 1 / sigma);
  return { ...sample, shape, logX, whole, weights, bases: together ? [whole] : parts };
}

/** Arc of a point at its last three coordinates, ln R, ln τ, α, and if wanted its derivatives by them. */
function arcOf(model, point, slopes = true) {
  const [logR, logTau, alpha] = point.slice(-3);
  const size = Math.exp(logR);
  const count = model.shape.length;
  const rows = Array.from({ length: slopes ? 3 : 1 }, () => new Float64Array(2 * count));
  for (let k = 0; k < count; k++) {
    const logRe = model.logX[k].re + logTau;
    const logIm = model.logX[k].im;
    const modulus = Math.exp(alpha * logRe);
    const uRe = modulus * Math.cos(alpha * logIm);
    const uIm = modulus * Math.sin(alpha * logIm);
    const square = (1 + uRe) ** 2 + uIm ** 2; // of 1 + u
    const { re: gRe, im: gIm } = model.shape[k];
    const vRe = (size * (gRe * (1 + uRe) + gIm * uIm)) / square;
    const vIm = (size * (gIm * (1 + uRe) - gRe * uIm)) / square;
    rows[0][k] = vRe;
    rows[0][count + k] = vIm;
    if (!slopes) continue;
    // −value·u/(1 + u)
    const qRe = (uRe * (1 + uRe) + uIm * uIm) / square;
    const qIm = uIm / square;
    const sRe = vIm * qIm - vRe * qRe;
    const sIm = -vRe * qIm - vIm * qRe;
    rows[1][k] = sRe * alpha;
    rows[1][count + k] = sIm * alpha;
    rows[2][k] = sRe * logRe - sIm * logIm;
    rows[2][count + k] = sRe * logIm + sIm * logRe;
  }
  return rows;
}

function residualsBeside(model, point) {
  const { z, weights } = model;
  const arcs = arcOf(model, point);
  const values = new Float64Array(z.length);
  for (let k = 0; k < z.length; k++) values[k] = (arcs[0][k] - z[k]) * weights[k];
  for (const arc of arcs) for (let k = 0; k < z.length; k++) arc[k] *= weights[k];
  const scaled = model.bases.map((base, number) => {
    const factor = Math.exp(point[number]);
    const row = new Float64Array(z.length);
    for (let k = 0; k < z.length; k++) {
      row[k] = factor * base[k] * weights[k];
      values[k] += row[k];
    }
    return row;
  });
  return { values, slopes: [...scaled, ...arcs] };
}

/** Factor and R that suit an arc of unit resistance best, neither negative, and the sum of squares. */
function amplitudesOf(model, unit) {
  const weighted = (one, other) => {
    let sum = 0;
    for (let k = 0; k < one.length; k++) sum += one[k] * other[k] * model.weights[k] ** 2;
    return sum;
  };
  const aa = weighted(model.whole, model.whole);
  const ab = weighted(model.whole, unit);
  const bb = weighted(unit, unit);
  const az = weighted(model.whole, model.z);
  const bz = weighted(unit, model.z);
  const clip = (value, low, high) => Math.min(Math.max(value, low), high);
  let resistance = (aa * bz - ab * az) / Math.max(aa * bb - ab ** 2, 1e-12 * aa * bb);
  resistance = clip(resistance, 1e-4 * model.size, SIZE_BOUNDS[1] * model.size);
  const factor = clip((az - ab * resistance) / aa, ...FACTOR_BOUNDS);
  const cost = factor ** 2 * aa + resistance ** 2 * bb + 2 * (factor * resistance * ab - factor * az - resistance * bz);
  return { factor, resistance, cost };
}

function startsBeside(model) {
  const { frequency } = model;
  const ends = Math.log(frequency[0] / frequency[frequency.length - 1]) + 2 * ARC_BEYOND * Math.LN10;
  const fastest = -Math.log(2 * Math.PI * frequency[0]) - ARC_BEYOND * Math.LN10;
  const steps = Math.ceil((ends / Math.LN10) * ARC_TIMES_PER_DECADE);
  const found = [];
  for (const alpha of ARC_EXPONENTS) {
    for (let k = 0; k <= steps; k++) {
      const time = fastest + (ends * k) / steps;
      const unit = arcOf(model, [0, time, alpha], false)[0];
      const { factor, resistance, cost } = amplitudesOf(model, unit);
      const factors = model.bases.map(() => Math.log(factor));
      found.push({ cost, point: [...factors, Math.log(resistance), time, alpha] });
    }
  }
  found.sort((one, other) => one.cost - other.cost);
  const logSize = Math.log(model.size);
  const far = Math.log(FARTHEST_TIME);
  const factor = (side) => model.bases.map(() => Math.log(FACTOR_BOUNDS[side]));
  return {
    starts: found.slice(0, ARC_STARTS).map((one) => one.point),
    lower: [...factor(0), Math.log(SIZE_BOUNDS[0]) + logSize, fastest - far, LEAST_EXPONENT],
    upper: [...factor(1), Math.log(SIZE_BOUNDS[1]) + logSize, fastest + ends + far, 1],
  };
}

/** (3, 3) of the electrolyte's resistance, ln R and ln τ; what sits on a bound is held. */
function covarianceBeside(slopes, free, scaled) {
  const { sizes, vectors } = singularValues(slopes.filter((_, k) => free[k]));
  const floor = Math.max(BLIND * (sizes[0] ?? 0), 1e-300);
  const count = free.length;
  const wanted = [0, 1, 2].map((row) =>
    free.map((_, k) => (row === 0 ? (scaled[k] ?? 0) : k === count - 4 + row ? 1 : 0)).filter((_, k) => free[k]),
  );
  const half = wanted.map((row) => vectors.map((vector, k) => innerProduct(row, vector) / Math.max(sizes[k], floor)));
  return half.map((one) => half.map((other) => innerProduct(one, other)));
}

/**
 * Fit a slab times factors and one arc to a spectrum.
 * @param {object} sample {frequency (falling, Hz), z (2n: Re, then Im), sigma (n), size (largest |Z|), slab}
 * @param {{dispersed?: boolean, together?: boolean}} kind of arc; whether all parts of the slab have one factor
 */
export function arcBeside(sample, { dispersed = false, together = true } = {}) {
  const model = modelBeside(sample, dispersed, together);
  const { starts, lower, upper } = startsBeside(model);
  const residuals = (point) => residualsBeside(model, point);
  const minima = starts.map((start) => minimise(residuals, start, lower, upper));
  const best = minima.reduce((one, other) => (other.cost < one.cost ? other : one));
  const { point } = best;
  const free = point.map((x, k) => x - lower[k] > ON_BOUND && upper[k] - x > ON_BOUND);
  const factors = point.slice(0, -3).map(Math.exp);
  const scaled = together
    ? [factors[0] * sample.slab.resistance]
    : sample.slab.parts.map((part, k) => factors[k] * part.resistance);
  const [logR, logTau, exponent] = point.slice(-3);
  return {
    electrolyte: scaled.reduce((sum, value) => sum + value, 0),
    resistance: Math.exp(logR),
    timeConstant: Math.exp(logTau),
    apex: 1 / (2 * Math.PI * Math.exp(logTau)),
    exponent,
    arc: arcOf(model, point, false)[0],
    covariance: covarianceBeside(best.slopes, free, scaled),
    chiSquared: best.cost,
    converged: best.converged,
  };
}

/** The plain arc; one faster than the slowest of the slab's, all of which the window shows, has a factor per part. */
export function plainArcBeside(sample, shown) {
  const found = arcBeside(sample);
  const { parts } = sample.slab;
  const slowest = Math.min(...parts.map((part) => part.apex));
  if (!(parts.length > 1 && parts.length === shown && found.apex > slowest)) return found;
  const apart = arcBeside(sample, { together: false });
  return apart.chiSquared < found.chiSquared ? apart : found;
}
