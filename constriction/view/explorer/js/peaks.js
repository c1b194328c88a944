/** Peaks of −Im Z over frequency: which relaxations there are, and how large each is. */
import { complex } from "./complex.js";

const LOWEST = 1e-4;
const HIGHEST = 1e14; // Hz
const PER_DECADE = 40;
const NOISE = 1e-9; // of the largest −Im Z: a maximum less prominent is rounding
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Where a function of one variable is largest between two places. */
function largestBetween(value, from, to) {
  let low = from;
  let high = to;
  for (let k = 0; k < 36; k++) {
    const a = high - GOLDEN * (high - low);
    const b = low + GOLDEN * (high - low);
    if (value(a) > value(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}

/** Where values rise and then fall, by more than noise since the last turn: their numbers, and the valleys between. */
function turns(values, noise) {
  const tops = [];
  const valleys = [];
  let lowest = 0;
  let highest = 0;
  let rising = true;
  for (let k = 1; k < values.length; k++) {
    if (rising) {
      if (values[k] > values[highest]) highest = k;
      if (values[k] < values[lowest] && tops.length === 0 && highest <= lowest) lowest = k;
      if (values[highest] - values[k] > noise && highest > 0 && values[highest] - values[lowest] > noise) {
        tops.push(highest);
        rising = false;
        lowest = k;
      } else if (values[highest] - values[k] > noise) {
        highest = k;
        lowest = k;
      }
    } else {
      if (values[k] < values[lowest]) lowest = k;
      if (values[k] - values[lowest] > noise) {
        valleys.push(lowest);
        rising = true;
        highest = k;
      }
    }
  }
  return { tops, valleys: valleys.slice(0, Math.max(tops.length - 1, 0)) };
}

/**
 * All peaks of −Im Z between 1e-4 and 1e14 Hz, by rising frequency.
 * @param {function} impedance of s = {re, im} in 1/s; complex
 * @returns {{frequency: number, resistance: number, capacitance: number, height: number}[]} Hz; fall of Re Z between
 *   the valleys on both sides, in the unit of Z; 1/(2π f R); −Im Z at the peak
 */
export function peaksOf(impedance) {
  const steps = Math.round(PER_DECADE * Math.log10(HIGHEST / LOWEST));
  const span = Math.log(HIGHEST / LOWEST) / steps;
  const at = (x) => impedance(complex(0, 2 * Math.PI * Math.exp(x)));
  const first = Math.log(LOWEST);
  const values = new Float64Array(steps + 1);
  let largest = 0;
  for (let k = 0; k <= steps; k++) {
    values[k] = -at(first + k * span).im;
    largest = Math.max(largest, Math.abs(values[k]));
  }
  const { tops, valleys } = turns(values, NOISE * largest);
  const height = (x) => -at(x).im;
  const around = (k, value) => largestBetween(value, first + (k - 1) * span, first + Math.min(k + 1, steps) * span);
  const edges = [first, ...valleys.map((k) => around(k, (x) => -height(x))), first + steps * span];
  const real = edges.map((x) => at(x).re);
  return tops
    .map((k, number) => {
      const apex = around(k, height);
      const frequency = Math.exp(apex);
      const resistance = real[number] - real[number + 1];
      return { frequency, resistance, capacitance: 1 / (2 * Math.PI * frequency * resistance), height: height(apex) };
    })
    .filter((peak) => peak.resistance > 0);
}
