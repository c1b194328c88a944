/** Whether the numbers of a spectrum can be what their columns say: Bode's relation (spectra/measurement.py). */

const SUSPICIOUS_ANGLE = 0.6; // rad, rms
const SUSPICIOUS_SIGN = 0.25;
const SUSPICIOUS_RATIO = 2;

/** Slope of y over x by second-order differences on uneven points, as numpy's gradient. */
function gradientOf(y, x) {
  const last = y.length - 1;
  return y.map((_, k) => {
    if (k === 0) return (y[1] - y[0]) / (x[1] - x[0]);
    if (k === last) return (y[last] - y[last - 1]) / (x[last] - x[last - 1]);
    const before = x[k] - x[k - 1];
    const behind = x[k + 1] - x[k];
    return (
      (before ** 2 * y[k + 1] + (behind ** 2 - before ** 2) * y[k] - behind ** 2 * y[k - 1]) / (before * behind * (before + behind))
    );
  });
}

/** The phase in rad that |Z|(f) implies by Bode's gain-phase relation, π/2 times the slope of ln |Z| over ln f. */
export function expectedPhase(frequency, modulus) {
  const slope = gradientOf(modulus.map(Math.log), frequency.map(Math.log));
  return slope.map((value) => Math.min(Math.max((Math.PI / 2) * value, -Math.PI / 2), Math.PI / 2));
}

/** Root mean square of angles, each taken to ±π. */
export function rmsAngle(angles) {
  const turn = 2 * Math.PI;
  const square = angles.reduce((sum, angle) => sum + (((((angle + Math.PI) % turn) + turn) % turn) - Math.PI) ** 2, 0);
  return Math.sqrt(square / angles.length);
}

const misfitOf = (z, expected) => rmsAngle(z.map(({ re, im }, k) => Math.atan2(im, re) - expected[k]));
const modulusOf = (z) => z.map(({ re, im }) => Math.hypot(re, im));
const conjugate = (z) => z.map(({ re, im }) => ({ re, im: -im }));
const inDegrees = (angle) => Math.round((angle * 180) / Math.PI);

/** Whether the numbers of a nameless column are Im Z (1) or −Im Z (−1), and the reason; frequencies rise. */
export function signByPhysics(frequency, z) {
  if (z.every(({ re, im }) => re !== 0 || im !== 0)) {
    const expected = expectedPhase(frequency, modulusOf(z));
    const given = misfitOf(z, expected);
    const turned = misfitOf(conjugate(z), expected);
    if (Math.max(given, turned) > 1.2 * Math.min(given, turned) && expected.some((angle) => Math.abs(angle) > 0.1)) {
      return [given < turned ? 1 : -1, "by Bode's relation: the phase that |Z|(f) implies"];
    }
  }
  const capacitive = z.filter(({ im }) => im < 0).length;
  return [2 * capacitive >= z.filter(({ im }) => im !== 0).length ? 1 : -1, "by what is usual: most points capacitive"];
}

/** Whether two nameless columns fit much better as |Z| and a phase in degrees than as Re and Im Z. */
export function seemsPolar(frequency, z) {
  if (!z.every(({ re, im }) => re > 0 && Math.abs(im) <= 180)) return [];
  const slope = expectedPhase(frequency, z.map(({ re }) => re));
  const polar = Math.min(...[1, -1].map((sign) => rmsAngle(z.map(({ im }, k) => (sign * im * Math.PI) / 180 - slope[k]))));
  const expected = expectedPhase(frequency, modulusOf(z));
  const given = Math.min(misfitOf(z, expected), misfitOf(conjugate(z), expected));
  if (!(given > Math.max(SUSPICIOUS_SIGN, SUSPICIOUS_RATIO * polar))) return [];
  return [
    `columns 2 and 3 seem to be |Z| and phase in degrees: the phase then differs by ${inDegrees(polar)}° (rms) from what ` +
      `|Z|(f) implies, as Re and Im by ${inDegrees(given)}°: a header would tell`,
  ];
}

/** Whether two traces without names are |Z| and phase in degrees: the rms misfit in rad, Infinity where they are not. */
export function polarMisfit(frequency, modulus, phase) {
  const order = frequency.map((_, k) => k).sort((a, b) => frequency[a] - frequency[b]);
  const rising = order.every((k, place) => place === 0 || frequency[k] > frequency[order[place - 1]]);
  if (!rising || !modulus.every((value) => value > 0) || phase.some((angle) => Math.abs(angle) > 360)) return Infinity;
  const expected = expectedPhase(order.map((k) => frequency[k]), order.map((k) => modulus[k]));
  const square = order.reduce((sum, k, place) => sum + (expected[place] - (phase[k] * Math.PI) / 180) ** 2, 0);
  const misfit = Math.sqrt(square / order.length);
  return misfit > SUSPICIOUS_ANGLE ? Infinity : misfit;
}

/** What seems wrong with the columns of a spectrum, each with its reason. */
export function suspicionsOf(frequency, z) {
  const found = [];
  if (z.every(({ re, im }) => re !== 0 || im !== 0)) {
    const expected = expectedPhase(frequency, modulusOf(z));
    const turned = (reSign, imSign) => z.map(({ re, im }) => ({ re: reSign * im, im: imSign * re }));
    const readings = [
      ["", z],
      ["the sign of Im Z seems wrong", conjugate(z)],
      ["the columns of Re and Im seem exchanged", turned(1, 1)],
      ["the columns of Re and −Im seem exchanged", turned(1, -1)],
      ["the columns of −Im and Re seem exchanged", turned(-1, -1)],
      ["the columns of Im and Re seem exchanged", turned(-1, 1)],
    ].map(([words, other]) => ({ words, misfit: misfitOf(other, expected) }));
    const best = readings.reduce((one, other) => (other.misfit < one.misfit ? other : one));
    const angle = best.words.startsWith("the sign") ? SUSPICIOUS_SIGN : SUSPICIOUS_ANGLE;
    if (readings[0].misfit > Math.max(angle, SUSPICIOUS_RATIO * best.misfit)) {
      found.push(
        `${best.words}: the phase differs by ${inDegrees(readings[0].misfit)}° (rms) from what |Z|(f) implies, by ` +
          `${inDegrees(best.misfit)}° then`,
      );
    }
  }
  const count = z.filter(({ re }) => re < 0).length;
  if (count) found.push(`Re Z is negative at ${count} of ${z.length} points: no passive cell has that`);
  return found;
}
