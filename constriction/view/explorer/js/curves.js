/** What the model says of a state, and everything as curves of the plots: Hz and Ω·cm². */
import { frequencies, impedance, outside, summary } from "./model.js";
import { relaxation } from "./relaxation.js";

const DRAWN_PER_DECADE = 40;
const PER_AREA = 1e4; // Ω·m² to Ω·cm²

/** All that is shown at once of a state: {frequency, z, summary, relaxation, outside}. */
export function solveState(atlas, state) {
  const frequency = frequencies({ ...state.sweep, pointsPerDecade: DRAWN_PER_DECADE });
  return {
    frequency,
    z: impedance(atlas, state, frequency),
    summary: summary(atlas, state),
    relaxation: relaxation(atlas, state),
    outside: outside(atlas, state),
  };
}

const scaled = (values) => Float64Array.from(values, (value) => value * PER_AREA);

/** A spectrum per area, Ω·m², as a curve. */
export function curveFrom(kind, words, frequency, z, number = 0) {
  return { kind, label: words, number, frequency, re: scaled(z.re), im: scaled(z.im) };
}

/** A solved state as the curve of its distribution. */
export function distributionOf(kind, words, solved, number = 0) {
  return { kind, label: words, number, tau: solved.relaxation.tau, gamma: scaled(solved.relaxation.gamma) };
}

/** A measured spectrum per area in Ω·m², falling frequency; `perArea` says that it is one already. */
export function perArea(spectrum, area) {
  const factor = spectrum.perArea ? 1 : area;
  const order = Array.from(spectrum.frequency, (_, k) => k).sort((a, b) => spectrum.frequency[b] - spectrum.frequency[a]);
  const ordered = (values, times) => Float64Array.from(order, (k) => values[k] * times);
  return { frequency: ordered(spectrum.frequency, 1), re: ordered(spectrum.re, factor), im: ordered(spectrum.im, factor) };
}

/** (measured − model)/|measured|, by part. */
export function residualOf(atlas, state, measured) {
  const model = impedance(atlas, state, measured.frequency);
  const size = measured.re.map((re, k) => Math.hypot(re, measured.im[k]));
  return {
    frequency: measured.frequency,
    re: measured.re.map((re, k) => (re - model.re[k]) / size[k]),
    im: measured.im.map((im, k) => (im - model.im[k]) / size[k]),
  };
}
