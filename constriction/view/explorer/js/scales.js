/** Scales of plots: round numbers for ticks, and places on the paper. */

/** The round number at or above a positive one: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten. */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  return steps.find((step) => step * power >= value * (1 - 1e-9)) * power;
}

/** A round step that parts a span into at most so many pieces. */
export function stepOf(span, most) {
  const power = 10 ** Math.floor(Math.log10(span / most));
  return [1, 2, 5, 10].find((step) => step * power * most >= span * (1 - 1e-9)) * power;
}

/** Multiples of a step between two values. */
export function multiples(low, high, step) {
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k === 0 ? 0 : k * step);
  return found;
}

/** Powers of ten between two values, thinned to at most so many. */
export function decades(low, high, most = 12) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / most));
  const found = [];
  for (let k = first; k <= last; k += step) found.push(10 ** k);
  return found;
}

/** Ticks of a logarithmic axis, at most so many: decades where there are three, else 1, 2 and 5 times them, or multiples. */
export function logTicks(low, high, most) {
  const whole = decades(low, high, most);
  if (whole.length > 2) return whole;
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const step of [1, 2, 5]) found.push(Number(`${step}e${power}`));
  }
  const inside = found.filter((at) => at >= low * (1 - 1e-9) && at <= high * (1 + 1e-9));
  if (inside.length > most && whole.length > 1) return whole;
  return inside.length > 2 ? inside : multiples(low, high, stepOf(high - low, Math.max(2, Math.ceil(most / 2))));
}

/** A function from values to places in px; `invert` the way back. */
export function linearScale(low, high, from, to) {
  const factor = (to - from) / (high - low);
  const scale = (value) => from + (value - low) * factor;
  return Object.assign(scale, { low, high, invert: (place) => low + (place - from) / factor, log: false });
}

/** The same for logarithms. */
export function logScale(low, high, from, to) {
  const inner = linearScale(Math.log10(low), Math.log10(high), from, to);
  const scale = (value) => inner(Math.log10(value));
  return Object.assign(scale, { low, high, invert: (place) => 10 ** inner.invert(place), log: true });
}

/** Ends of an axis of values above zero that are at least two decades apart where they can be. */
export function logEnds(values, least = 1) {
  let low = Infinity;
  let high = 0;
  for (const value of values) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(high > 0)) return [1, 10];
  const fifth = (value, round) => 10 ** (round(Math.log10(value) * 5) / 5);
  const ends = [fifth(low * (1 - 1e-9), Math.floor), fifth(high * (1 + 1e-9), Math.ceil)];
  const lacks = least - Math.log10(ends[1] / ends[0]);
  return lacks > 0 ? [ends[0] / 10 ** (lacks / 2), ends[1] * 10 ** (lacks / 2)] : ends;
}
