/**
 * R_SE, R_int and C_int of a state's spectrum as the program reads them: beside the same slab in full contact.
 *
 * The value is the plain arc's, the RQ that everybody fits; its error bar holds what a measurement does not resolve,
 * what no arc follows, and how far it is from the arc that a constriction in this electrolyte draws. Where that makes a
 * third of R_int, R_int is not read, and the reason says why (spectra/reading/reading.py).
 */
import { LEAST_EXPONENT, ON_BOUND, arcBeside, plainArcBeside, referenceSlab, slabShape } from "./beside.js";
import { cInverse, cMul, cPower, cScale, complex } from "./complex.js";
import { VACUUM_PERMITTIVITY, frequencies, impedance } from "./model.js";
import { shortNumber } from "./numbers.js";
import { rangeOf } from "./thinning.js";

const RESOLVED = 3; // error bars
const SMOOTH = 6; // independent values that the misfit of a model is worth
const RESOLUTION = 1e-3; // standard deviation of Re Z and Im Z over |Z|
const OWN_MARGIN = 3; // factor beyond the window within which the slab's arcs are seen
const DENSE_PER_DECADE = 30;
const APART = 3; // factor of frequency between a peak and the electrolyte's
const FEWEST_READ = 5;

/** Values where a curve is least between two places, and their number. */
function lowestBetween(values, from, to) {
  let found = from;
  for (let k = from; k < to; k++) if (values[k] < values[found]) found = k;
  return found;
}

/** The top of the parabola through three points in ln f. */
function apexOfParabola(f, height, top) {
  const x = [-1, 0, 1].map((k) => Math.log(f[top + k] / f[top]));
  const y = [-1, 0, 1].map((k) => height[top + k] / height[top]);
  const left = (y[1] - y[0]) / (x[1] - x[0]);
  const right = (y[2] - y[1]) / (x[2] - x[1]);
  const a = (right - left) / (x[2] - x[0]);
  const b = left - a * (x[0] + x[1]);
  return a < 0 ? f[top] * Math.exp(-b / (2 * a)) : f[top];
}

/** What of an arc stands apart from the electrolyte's: [R, frequency of the largest peak or null]. */
function peaksApart(f, real, height, own, whole) {
  const last = height.length - 1;
  const tops = [];
  for (let k = 1; k < last; k++) if (height[k] > height[k - 1] && height[k] >= height[k + 1]) tops.push(k);
  if (tops.length === 0) return [whole, null];
  const valleys = [lowestBetween(height, 0, tops[0] + 1)];
  for (let k = 1; k < tops.length; k++) valleys.push(lowestBetween(height, tops[k - 1], tops[k] + 1));
  valleys.push(lowestBetween(height, tops[tops.length - 1], last + 1));
  const end = valleys.length - 1;
  if (tops.length === 1 && valleys[0] === 0 && valleys[end] === last) return [whole, apexOfParabola(f, height, tops[0])];
  // Beyond the first and the last valley there is another peak outside the window, unless they are its ends.
  const at = valleys.map((place) => real[place]);
  if (valleys[0] === 0) at[0] = whole;
  if (valleys[end] === last) at[end] = 0;
  const sizes = tops.map((_, k) => at[k] - at[k + 1]);
  const apart = tops.map((_, k) => k).filter((k) => own.every((o) => Math.abs(Math.log(f[tops[k]] / o)) > Math.log(APART)));
  if (apart.length === 0) return [0, null];
  const largest = apart.reduce((one, other) => (sizes[other] > sizes[one] ? other : one));
  return [apart.reduce((sum, k) => sum + sizes[k], 0), apexOfParabola(f, height, tops[largest])];
}

/** Peaks of the dispersed arc within the window. */
function dispersedPeak(sample, dispersed) {
  const { slab, frequency } = sample;
  const high = frequency[0];
  const low = frequency[frequency.length - 1];
  const steps = Math.ceil(Math.log10(high / low) * DENSE_PER_DECADE);
  const f = [];
  const real = [];
  const height = [];
  for (let k = 0; k <= steps; k++) {
    f.push(low * Math.exp((Math.log(high / low) * k) / steps));
    const shape = slabShape(slab, f[k]);
    const slow = cPower(cScale(cMul(complex(0, f[k]), shape), 1 / dispersed.apex), dispersed.exponent);
    const z = cScale(cMul(shape, cInverse(complex(1 + slow.re, slow.im))), dispersed.resistance);
    real.push(z.re);
    height.push(-z.im);
  }
  return peaksApart(f, real, height, slab.parts.map((part) => part.apex), dispersed.resistance);
}

/** Error bars of the plain arc beside the dispersed one. */
function barsOf(plain, dispersed, peak) {
  const least = Math.min(plain.chiSquared, dispersed.chiSquared);
  const wider = Math.sqrt(1 + least / SMOOTH);
  const credible = Math.min((SMOOTH + plain.chiSquared) / (SMOOTH + dispersed.chiSquared), 1);
  const bar = (variance, difference) => Math.hypot(Math.sqrt(Math.max(variance, 0)) * wider, credible * difference);
  const last = plain.arc.length / 2 - 1;
  const seen = Math.abs(plain.arc[last] - plain.arc[0]);
  const unseen = (1 - plain.exponent) * Math.max(plain.resistance - seen, 0);
  const [apart, apex] = peak;
  const c = plain.covariance;
  const capacitance = plain.timeConstant / plain.resistance;
  const other = apex === null || apart <= 0 ? 0 : 1 / (2 * Math.PI * apex * apart);
  const ofR = plain.resistance ** 2 * c[1][1];
  return {
    resolution: bar(ofR, 0),
    R_int: Math.hypot(bar(ofR, plain.resistance - apart), unseen),
    R_SE: bar(c[0][0], plain.electrolyte - (dispersed.electrolyte + dispersed.resistance - apart)),
    C_int: bar(capacitance ** 2 * (c[1][1] - 2 * c[1][2] + c[2][2]), capacitance - other),
    capacitance,
  };
}

/** Why the plain arc is not the interface's, "" if it is. */
function unreadReason(sample, plain, bars, peak) {
  const high = sample.frequency[0];
  const low = sample.frequency[sample.frequency.length - 1];
  const place = `the arc at ${shortNumber(plain.apex, 3)} Hz`;
  if (plain.resistance < RESOLVED * bars.resolution) return `${place} is not larger than ${RESOLVED} standard errors`;
  if (!(plain.apex >= low && plain.apex <= high)) {
    return `an arc would have its apex at ${shortNumber(plain.apex, 3)} Hz, outside ${shortNumber(low, 4)} to ${shortNumber(high, 4)} Hz`;
  }
  if (!plain.converged) return "its fit did not converge";
  const unlike = plain.exponent < LEAST_EXPONENT + ON_BOUND || bars.capacitance < bars.C_int;
  if (plain.resistance >= RESOLVED * bars.R_int && !unlike) return "";
  const told =
    peak[0] <= 0
      ? "a constriction that draws it has no peak of its own in the window"
      : `an RQ (exponent ${shortNumber(plain.exponent, 2)}) has ${shortNumber(plain.resistance / peak[0], 2)} times the R of a constriction that draws it`;
  return `${place} is not told apart from the electrolyte's: ${told}`;
}

/** R_SE where no arc is the interface's: what is not told apart counts as the electrolyte's. */
function electrolyteAlone(sample, plain, dispersed, bars) {
  if (plain.resistance < RESOLVED * bars.resolution) return slabTimesFactor(sample);
  if (plain.apex < sample.frequency[sample.frequency.length - 1]) return plain.electrolyte;
  const better = plain.chiSquared <= dispersed.chiSquared ? plain : dispersed;
  return better.electrolyte + better.resistance;
}

function slabTimesFactor({ frequency, slab, z, sigma }) {
  let above = 0;
  let below = 0;
  const count = frequency.length;
  for (let k = 0; k < count; k++) {
    const shape = cScale(slabShape(slab, frequency[k]), slab.resistance);
    above += (shape.re * z[k] + shape.im * z[count + k]) / sigma[k] ** 2;
    below += (shape.re ** 2 + shape.im ** 2) / sigma[k] ** 2;
  }
  return (slab.resistance * above) / below;
}

/**
 * What an experimenter reads off the spectrum of a state.
 * @returns {{R_SE: number|null, R_int: number|null, C_int: number|null, R_SE_stderr?: number, R_int_stderr?: number,
 *   C_int_stderr?: number, circuit: string, reason: string|null}} Ω·m², F/m²; R_int and C_int null where no arc is told
 *   apart, and the reason in words
 */
export function readings(atlas, state) {
  const frequency = frequencies(state.sweep);
  const none = { R_SE: null, R_int: null, C_int: null, circuit: "" };
  if (frequency.length < FEWEST_READ) {
    return { ...none, reason: `the sweep does not allow a fit: ${frequency.length} points; expected at least ${FEWEST_READ}` };
  }
  return readBeside(frequency, impedance(atlas, state, frequency), referenceSlab(state.electrolyte, state.thickness, VACUUM_PERMITTIVITY));
}

/** Read any spectrum per area, {re, im} in Ω·m² at falling frequencies in Hz, beside a slab of `referenceSlab`. */
export function readBeside(frequency, { re, im }, slab) {
  const modulus = Float64Array.from(re, (x, k) => Math.hypot(x, im[k]));
  const sample = {
    frequency,
    slab,
    z: Float64Array.from([...re, ...im]),
    sigma: modulus.map((size) => RESOLUTION * size),
    size: rangeOf(modulus)[1],
  };
  const low = frequency[frequency.length - 1] / OWN_MARGIN;
  const high = frequency[0] * OWN_MARGIN;
  const shown = slab.parts.filter((part) => part.apex >= low && part.apex <= high).length;
  const circuit = ["R", ...Array(shown).fill("RQ")].join("-");
  const plain = plainArcBeside(sample, shown);
  const dispersed = arcBeside(sample, { dispersed: true });
  const peak = dispersedPeak(sample, dispersed);
  const bars = barsOf(plain, dispersed, peak);
  const why = unreadReason(sample, plain, bars, peak);
  if (why) {
    const R_SE = electrolyteAlone(sample, plain, dispersed, bars);
    return { R_SE, R_int: null, C_int: null, circuit, reason: `${circuit}-RQ not taken: ${why}` };
  }
  return {
    R_SE: plain.electrolyte,
    R_SE_stderr: bars.R_SE,
    R_int: plain.resistance,
    R_int_stderr: bars.R_int,
    C_int: bars.capacitance,
    C_int_stderr: bars.C_int,
    circuit: `${circuit}-RQ`,
    reason: null,
  };
}
