/**
 * The distribution of relaxation times of a state.
 *
 * Where the exponent of the grain boundaries is 1 and the contacts are ideal, each of the atlas's fixed poles of F is a
 * gap capacitor beside a scaled electrolyte: rational in s, and its times are the roots of a polynomial. These are the
 * exact times of what the atlas interpolates: 4.5 poles a decade stand for the denser ones of the interface.
 *
 * For any law the curve γ(ln τ) = −Im Z(s)/(π − δ) at s = e^{i(π − δ)}/τ: for δ → 0 the distribution itself, at δ as
 * seen with the width δ in ln τ. Divided by π − δ, not π, so that the area below it is the resistance, whatever δ is.
 */
import { complex } from "./complex.js";
import { VACUUM_PERMITTIVITY, poseState } from "./model.js";

/** Angle in rad by which s stays away from the negative axis: half the distance of the atlas's poles in ln τ. */
export const CONTINUATION_ANGLE = 0.35;
const TIMES_PER_DECADE = 60;
/** Decades beyond the sweep on both sides in which times are shown. */
const BEYOND_SWEEP = 1;

/**
 * Times without negative resistances: the atlas fits the weights of its poles, and where some are below zero each joins
 * its neighbours until none is; resistances and their sum with the times stay.
 */
function withoutNegative(poles) {
  const found = [];
  for (const pole of poles) {
    let last = { ...pole };
    for (let before = found.at(-1); before && (last.resistance <= 0 || before.resistance <= 0); before = found.at(-1)) {
      found.pop();
      last = joinedPoles(before, last);
    }
    found.push(last);
  }
  return found;
}

function joinedPoles(one, other) {
  const resistance = one.resistance + other.resistance;
  const tau = (one.resistance * one.tau + other.resistance * other.tau) / resistance;
  // Outside of both where one is negative: between them by size instead.
  const inside = tau >= one.tau && tau <= other.tau;
  return { resistance, tau: inside ? tau : Math.abs(one.resistance) > Math.abs(other.resistance) ? one.tau : other.tau };
}

/** Times of R/(1 + sτ) in sum, of N(s)/D(s) with N = n0 + n1 s and D = d0 + d1 s + d2 s², in s and the unit of Z. */
function timesOfRational([n0, n1], [d0, d1, d2]) {
  if (d2 === 0) return [{ tau: d1 / d0, resistance: n0 / d0 }];
  const half = -d1 / (2 * d2);
  const root = Math.sqrt(Math.max(half * half - d0 / d2, 0));
  const far = half - root; // both negative: the far one first, the other from their product
  return [far, d0 / d2 / far].map((s) => {
    const residue = (n0 + n1 * s) / (d1 + 2 * d2 * s);
    return { tau: -1 / s, resistance: -residue / s };
  });
}

/**
 * Exact times and their resistances, by rising time; null where the law has none.
 * @returns {{tau: number, resistance: number}[]|null} s, Ω·m²
 */
export function relaxationPoles(atlas, state) {
  const own = state.electrolyte;
  const boundaries = own.grainBoundaryConductivity !== null;
  if (state.film || state.fine || (boundaries && own.grainBoundaryExponent !== 1)) return null;
  const permittivity = VACUUM_PERMITTIVITY;
  const bulk = { resistivity: 1 / own.bulkConductivity, tau: (permittivity * own.relativePermittivity) / own.bulkConductivity };
  const slow = boundaries
    ? { resistivity: 1 / own.grainBoundaryConductivity, tau: 1 / (2 * Math.PI * own.grainBoundaryFrequency) }
    : { resistivity: 0, tau: 0 };
  const above = [bulk.resistivity + slow.resistivity, bulk.resistivity * slow.tau + slow.resistivity * bulk.tau];
  const below = [1, bulk.tau + slow.tau, bulk.tau * slow.tau];
  const { interface: found } = poseState(atlas, state);
  const perArea = (permittivity * state.gapPermittivity) / state.gapHeight;
  const { weights, times } = found.terms;
  const poles = [];
  weights.forEach((weight, k) => {
    if (weight === 0) return;
    // pitch·ρ·weight/(1 + θ·time) with ρ = above/below and θ = pitch·perArea·s·ρ
    const time = state.pitch * perArea * times[k];
    const numerator = above.map((part) => state.pitch * weight * part);
    poles.push(timesOfRational(numerator, [below[0], below[1] + time * above[0], below[2] + time * above[1]]));
  });
  // Of each pole one time is the gap's and one, if there are boundaries, near theirs: two families.
  const rising = (family) => family.sort((one, other) => one.tau - other.tau);
  const all = Array.from({ length: boundaries ? 2 : 1 }, (_, k) => withoutNegative(rising(poles.map((pair) => pair[k])))).flat();
  for (const part of boundaries ? [bulk, slow] : [bulk]) {
    all.push({ tau: part.tau, resistance: part.resistivity * state.thickness });
  }
  rising(all);
  return all.some((pole) => pole.resistance <= 0) ? withoutNegative(all) : all;
}

/**
 * The distribution of relaxation times.
 * @param {object} atlas of `openAtlas`
 * @param {object} state of the page
 * @param {number} delta angle in rad
 * @returns {{tau: Float64Array, gamma: Float64Array, interface: Float64Array, delta: number, poles: object[]|null}}
 *   tau in s, rising; γ(ln τ) of the whole in Ω·m², and what of it the interface adds to the slab; delta in rad
 */
export function relaxation(atlas, state, delta = CONTINUATION_ANGLE) {
  const high = Math.max(state.sweep.from, state.sweep.to) * 10 ** BEYOND_SWEEP;
  const low = Math.min(state.sweep.from, state.sweep.to) / 10 ** BEYOND_SWEEP;
  const steps = Math.ceil(TIMES_PER_DECADE * Math.log10(high / low));
  const posed = poseState(atlas, state);
  const tau = new Float64Array(steps + 1);
  const gamma = new Float64Array(steps + 1);
  const added = new Float64Array(steps + 1);
  const angle = Math.PI - delta;
  for (let k = 0; k <= steps; k++) {
    tau[k] = Math.exp((Math.log(high / low) * k) / steps) / (2 * Math.PI * high);
    const parts = posed.parts(complex(Math.cos(angle) / tau[k], Math.sin(angle) / tau[k]));
    added[k] = -parts.added.im / angle;
    gamma[k] = added[k] - parts.slab.im / angle;
  }
  return { tau, gamma, interface: added, delta, poles: relaxationPoles(atlas, state) };
}
