/**
 * Contacts beside which the metal is lifted (interpret/atlas/zones.py and gaps.py): F − d = bᵀ(S + θM)⁻¹b of
 * potentials sin((2n + 1)τ) on the gap, cos τ = 1 − y, y from 0 at the rim to 1 in the middle between contacts.
 *
 * The metal stands `ratio` times as high at the rims as far from them and comes down in a straight line over the part
 * `share` of half the gap's width.
 */
import { axisWeights, clippedToAxis, openAxis } from "./axes.js";
import { termsOfPencil } from "./eigen.js";

const LEAST_SHARE = 0.01; // where the slider begins
const LEAST_RATIO = 1e-6; // above 1, below which the metal is even

/** Radius of the round cell of one disc of a hexagonal lattice, in pitches. */
const TUBE = Math.sqrt(Math.sqrt(0.75) / Math.PI);

/** Half the gap's width between neighbouring contacts, in pitches. */
export function halfGap(pattern, fraction) {
  return pattern === "stripes" ? (1 - fraction) / 2 : 0.5 - TUBE * Math.sqrt(fraction);
}

/** A state with the zone of another in m: its height at the rims, and its length; at a limit if that is beyond. */
export function withZoneOf(state, other, { share, ratio }) {
  const width = (one) => one.pitch * halfGap(one.pattern, one.contactFraction);
  const within = (value, [low, high]) => Math.min(Math.max(value, low), high);
  const zone = {
    share: within((other.zone.share * width(other)) / width(state), [Math.max(share[0], LEAST_SHARE), share[1]]),
    ratio: within((other.zone.ratio * other.gapHeight) / state.gapHeight, ratio),
  };
  return { ...state, zone };
}

/** Mean height of the gap over the cell, over its height far from contacts: the cell's contacts count 0. */
export function meanHeight({ pattern, contactFraction, zone }) {
  const even = 1 - contactFraction;
  if (!zone) return even;
  const length = zone.share * halfGap(pattern, contactFraction);
  if (pattern === "stripes") return even + (zone.ratio - 1) * length;
  const radius = TUBE * Math.sqrt(contactFraction);
  return even + ((zone.ratio - 1) * (radius * length + (length * length) / 3)) / TUBE ** 2;
}

/** The part of the gap that is lifted, where zones are beside straight rims. */
export function liftedPart({ pattern, contactFraction, zone }) {
  const length = zone.share * halfGap(pattern, contactFraction);
  const rims = pattern === "stripes" ? 2 : (2 * Math.sqrt(contactFraction)) / TUBE; // over the cell's area, 1/pitch
  return Math.min((length * rims) / (1 - contactFraction), 1);
}

/** The shapes of `atlas_data()` by pattern: axes opened; half of each symmetric matrix S is unpacked when it is needed. */
export function openShapes({ limits, depths, functions, quadrature, shapes }, unpacked) {
  const opened = ([name, said]) => {
    let slabs = null;
    const unpack = () => (slabs ??= unpacked(said.slabs));
    return [name, { ...said, shares: openAxis(said.shares), depths: openAxis(depths), slabs: unpack, functions, quadrature, limits, kept: [] }];
  };
  return new Map(Object.entries(shapes).map(opened));
}

/** Means of the potentials over the cell. */
function meansOf(shape, share) {
  const found = new Float64Array(shape.functions);
  if (shape.straight) {
    found[0] = (Math.PI / 4) * (1 - share);
    return found;
  }
  const rim = Math.sqrt(share);
  for (let n = 0; n < found.length; n++) {
    const order = 2 * n + 1;
    const sign = n % 2 ? 1 : -1; // sin((order − 2)π/2)
    const falling = sign / (4 * (order - 2)) - sign / (4 * (order + 2));
    found[n] = 2 * (1 - rim) * ((n === 0 ? Math.PI / 4 : 0) - (1 - rim) * falling);
  }
  return found;
}

/** The gap's part of the cell over y, at y. */
function widthAt(shape, share, y) {
  if (shape.straight) return 1 - share;
  const rim = Math.sqrt(share);
  return 2 * (1 - rim) * (rim + (1 - rim) * y);
}

/** Add the energy of the gap at y, which counts as `part` does, to M. */
function addEnergy(energy, count, y, part) {
  const cosine = 1 - y;
  const sine = Math.sqrt(y * (2 - y));
  const twice = 2 * (cosine * cosine - sine * sine);
  const values = new Float64Array(count);
  let before = -sine;
  let now = sine;
  for (let n = 0; n < count; n++) {
    values[n] = now;
    [before, now] = [now, twice * now - before];
  }
  for (let i = 0; i < count; i++) {
    const row = values[i] * part;
    for (let j = 0; j <= i; j++) energy[i * count + j] += row * values[j];
  }
}

/** M of a zone whose length is the part `share` of the gap's width as the shape has it. */
function gapEnergy(shape, fraction, { share, ratio }) {
  const { points, weights } = shape.quadrature; // from 0 to 1
  const count = shape.functions;
  const energy = new Float64Array(count * count);
  const rise = Math.min(Math.max(ratio, shape.limits.ratio[0] + LEAST_RATIO), shape.limits.ratio[1]);
  const length = Math.min(Math.max(share, 0), shape.limits.share[1]);
  const log = Math.log(rise);
  for (let k = 0; k < points.length; k++) {
    const add = (y, part) => addEnergy(energy, count, y, part * widthAt(shape, fraction, y));
    const lifted = length * Math.min(Math.max(1 - Math.expm1(log * points[k]) / (rise - 1), 0), 1);
    if (length > 0) add(lifted, ((length * log) / (rise - 1)) * weights[k]);
    add(length + (1 - length) * points[k], (1 - length) * weights[k]);
  }
  for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) energy[j * count + i] = energy[i * count + j];
  return energy;
}

/** Halves of S at one depth, (shares, half): kept, as a fit changes the depth least often. */
function slabsAtDepth(shape, depth) {
  const clipped = clippedToAxis(shape.depths, depth);
  const kept = shape.kept.find((one) => one.depth === clipped);
  if (kept) return kept.slabs;
  const weights = axisWeights(shape.depths, clipped);
  const half = (shape.functions * (shape.functions + 1)) / 2;
  const count = shape.shares.nodes.length;
  const ofDepths = shape.slabs();
  const slabs = new Float64Array(count * half);
  for (let k = 0, place = 0; k < count; k++) {
    for (const weight of weights) {
      for (let j = 0; j < half; j++) slabs[k * half + j] += weight * ofDepths[place++];
    }
  }
  shape.kept = [{ depth: clipped, slabs }, ...shape.kept.slice(0, 2)];
  return slabs;
}

function stiffnessOf(shape, fraction, depth) {
  const slabs = slabsAtDepth(shape, depth);
  const weights = axisWeights(shape.shares, fraction);
  const count = shape.functions;
  const half = (count * (count + 1)) / 2;
  const found = new Float64Array(count * count);
  for (let i = 0, place = 0; i < count; i++) {
    for (let j = 0; j <= i; j++, place++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * slabs[k * half + place];
      found[i * count + j] = sum;
      found[j * count + i] = sum;
    }
  }
  return found;
}

/**
 * Terms of F − d in pitches, Σ weight/(1 + θ·time), beside a lifted zone; discs are in a tube each.
 * @param {object} shape of `openShape`
 * @param {string} pattern its name
 * @param {number} fraction contact fraction within the shape's
 * @param {number} depth thickness/pitch
 * @param {{share: number, ratio: number}} zone taken at its limits if beyond
 */
export function liftedTerms(shape, pattern, fraction, depth, zone) {
  const { unit } = shape;
  // The gap between two discs ends before the tube does.
  const share = shape.straight ? zone.share : (zone.share * halfGap(pattern, fraction)) / (unit * (1 - Math.sqrt(fraction)));
  const energy = gapEnergy(shape, fraction, { share, ratio: zone.ratio });
  const { weights, times } = termsOfPencil(stiffnessOf(shape, fraction, depth), energy, meansOf(shape, fraction));
  return { weights: weights.map((value) => value * unit), times: times.map((value) => value * unit) };
}
