/**
 * The atlas of solved interfaces: F − d in pitches, interpolated from tables of patterns.
 *
 * F − d of ideal contacts is a sum over fixed poles of θ·τ; behind a film it follows from the resistance Y of the
 * slab between gap and contact, a sum over poles of both θ (interpret/atlas/poles.py says why). d is the depth,
 * thickness/pitch; θ = pitch · resistivity · admittance per area, dimensionless.
 */
import { axisWeights, clippedToAxis, openAxis } from "./axes.js";
import { cInverse } from "./complex.js";

export const ATLAS_VERSION = 2;

/** Little-endian float32 in base64 → numbers. */
function unpackedNumbers(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return Float64Array.from(new Float32Array(bytes.buffer));
}

function openTable(said) {
  const unpack = (text) => (text === null ? null : unpackedNumbers(text));
  return {
    shares: openAxis(said.shares),
    depths: openAxis(said.depths),
    rest: unpack(said.rest),
    residues: unpack(said.residues),
    times: unpack(said.times),
    spread: unpack(said.spread),
    kept: [],
  };
}

function weightedSum(weights, values) {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += weights[k] * values[k];
  return sum;
}

/** Rows of an array (points · columns,) from a place on times weights; (columns,). */
function weightedRow(weights, values, columns, from = 0) {
  const found = new Float64Array(columns);
  let place = from;
  for (let k = 0; k < weights.length; k++, place += columns) {
    const weight = weights[k];
    for (let j = 0; j < columns; j++) found[j] += weight * values[place + j];
  }
  return found;
}

/** An array (shares, depths, columns) at one depth; (shares · columns,), null of none. */
function valuesAtDepth(values, shares, weights) {
  if (values === null) return null;
  const block = values.length / shares;
  const columns = block / weights.length;
  const found = new Float64Array(shares * columns);
  for (let k = 0; k < shares; k++) found.set(weightedRow(weights, values, columns, k * block), k * columns);
  return found;
}

/** A table at one depth in pitches: kept, as all slabs deeper than the deepest are the same. */
function tableAtDepth(table, depth) {
  const clipped = clippedToAxis(table.depths, depth);
  const kept = table.kept.find((one) => one.depth === clipped);
  if (kept) return kept;
  const weights = axisWeights(table.depths, clipped);
  const at = (values) => valuesAtDepth(values, table.shares.nodes.length, weights);
  const { rest, residues, times, spread } = table;
  const found = { depth: clipped, rest: at(rest), residues: at(residues), times: at(times), spread: at(spread) };
  table.kept = [found, ...table.kept.slice(0, 2)];
  return found;
}

/** Σ r·P/(θτ + P), in pitches, of an ideal contact's interface at θ = re + i im. */
function idealAt(interfaceAt, poles, re, im) {
  const { residues, tau } = interfaceAt;
  const x = re * tau;
  const y = im * tau;
  let sumRe = 0;
  let sumIm = 0;
  for (let k = 0; k < poles.length; k++) {
    const a = x + poles[k];
    const part = (residues[k] * poles[k]) / (a * a + y * y);
    sumRe += part * a;
    sumIm -= part * y;
  }
  return { re: sumRe, im: sumIm };
}

/** Poles of Y and a constant at a scaled θ, into an array: real parts, then imaginary ones. */
function filmBasis(poles, re, im, found) {
  const count = poles.length;
  const square = im * im;
  for (let k = 0; k < count; k++) {
    const a = re + poles[k];
    const part = a === Infinity ? 0 : poles[k] / (a * a + square);
    found[k] = a === Infinity ? 0 : part * a;
    found[count + 1 + k] = -part * im;
  }
  found[count] = 1;
  found[2 * count + 1] = 0;
}

/** Y over its value at rest of ideal contacts: both bases and the residues between them. */
function resistanceOfSlab(residues, contact, gap) {
  const size = contact.length / 2;
  let re = 0;
  let im = 0;
  let place = 0;
  for (let i = 0; i < size; i++) {
    let rowRe = 0;
    let rowIm = 0;
    for (let j = 0; j < size; j++) {
      const residue = residues[place++];
      rowRe += residue * gap[j];
      rowIm += residue * gap[size + j];
    }
    const cRe = contact[i];
    const cIm = contact[size + i];
    re += cRe * rowRe - cIm * rowIm;
    im += cRe * rowIm + cIm * rowRe;
  }
  return { re, im };
}

/** F − d behind a film: 1/M + f(1 − f)((θc − θg)/M)² Y/(1 + Y θc θg/M), M = f θc + (1 − f) θg; in pitches. */
function filmedAt(interfaceAt, poles, gap, contact) {
  const { share, rest, residues, scratch } = interfaceAt;
  const ofContact = (rest * share) / (1 - share) ** 2;
  const ofGap = rest / (1 - share);
  filmBasis(poles, contact.re * ofContact, contact.im * ofContact, scratch[0]);
  filmBasis(poles, gap.re * ofGap, gap.im * ofGap, scratch[1]);
  const y = resistanceOfSlab(residues, ...scratch);
  const scale = (rest * share) / (1 - share);
  const yRe = y.re * scale;
  const yIm = y.im * scale;
  const inverse = cInverse({
    re: share * contact.re + (1 - share) * gap.re,
    im: share * contact.im + (1 - share) * gap.im,
  });
  // (θc − θg)/M and θc θg/M
  const dRe = contact.re - gap.re;
  const dIm = contact.im - gap.im;
  const cRe = dRe * inverse.re - dIm * inverse.im;
  const cIm = dRe * inverse.im + dIm * inverse.re;
  const factor = share * (1 - share);
  const kRe = factor * (cRe * cRe - cIm * cIm);
  const kIm = factor * 2 * cRe * cIm;
  const pRe = contact.re * gap.re - contact.im * gap.im;
  const pIm = contact.re * gap.im + contact.im * gap.re;
  const mRe = pRe * inverse.re - pIm * inverse.im;
  const mIm = pRe * inverse.im + pIm * inverse.re;
  const below = cInverse({ re: 1 + yRe * mRe - yIm * mIm, im: yRe * mIm + yIm * mRe });
  const qRe = yRe * below.re - yIm * below.im;
  const qIm = yRe * below.im + yIm * below.re;
  return { re: inverse.re + kRe * qRe - kIm * qIm, im: inverse.im + kRe * qIm + kIm * qRe };
}

/** What a table says at one contact fraction (clipped to the table) and depth: all that does not depend on θ. */
function interfaceOf(table, fraction, depth) {
  const share = clippedToAxis(table.shares, fraction);
  const at = tableAtDepth(table, depth);
  const weights = axisWeights(table.shares, share);
  const rest = Math.exp(weightedSum(weights, at.rest));
  const residues = weightedRow(weights, at.residues, at.residues.length / weights.length);
  if (table.times === null) {
    const scratch = [0, 1].map(() => new Float64Array(2 * Math.round(Math.sqrt(residues.length))));
    return { share, rest, residues, tau: NaN, scratch };
  }
  for (let k = 0; k < residues.length; k++) residues[k] *= rest;
  return { share, rest, residues, tau: Math.exp(weightedSum(weights, at.times)) };
}

/** The atlas of a page. */
class InterfaceAtlas {
  constructor(data) {
    this.madeBy = data.madeBy;
    this.finePattern = data.finePattern;
    this.gapPoles = Float64Array.from(data.gapPoles);
    this.filmPoles = Float64Array.from(data.filmPoles);
    const opened = (tables) => new Map(Object.entries(tables).map(([name, said]) => [name, openTable(said)]));
    this.recent = []; // interfaces looked up last: a fit changes other unknowns far more often
    this.tables = opened(data.ideal);
    this.films = opened(data.films);
    /** Names of patterns with ideal contacts, and of those whose contacts may have a film. */
    this.patterns = [...this.tables.keys()];
    this.filmed = [...this.films.keys()];
  }

  table(pattern, film = false) {
    const tables = film ? this.films : this.tables;
    const found = tables.get(pattern);
    if (found) return found;
    throw new Error(`pattern '${pattern}' is not in the atlas${film ? " with films" : ""}: it has ${[...tables.keys()].join(", ")}`);
  }

  /** Contact fractions from and to. */
  limits(pattern, film = false) {
    const { low, high } = this.table(pattern, film).shares;
    return [low, high];
  }

  /** Depths, thickness/pitch, from and to; deeper slabs are as the deepest. */
  depthLimits(pattern, film = false) {
    const { low, high } = this.table(pattern, film).depths;
    return [low, high];
  }

  /**
   * An interface at one contact fraction and depth, for any number of θ: {share, rest (F − d of ideal contacts at
   * θ = 0, pitches), residues, tau, film, at(gap, contact)}.
   */
  interfaceOf(pattern, fraction, deep, film = false) {
    const table = this.table(pattern, film);
    const depth = clippedToAxis(table.depths, deep);
    const kept = this.recent.find(
      (one) => one.fraction === fraction && one.depth === depth && one.pattern === pattern && one.film === film,
    );
    if (kept) return kept;
    const found = interfaceOf(table, fraction, depth);
    const at = film
      ? (gap, contact) => filmedAt(found, this.filmPoles, gap, contact)
      : (gap) => idealAt(found, this.gapPoles, gap.re, gap.im);
    const one = { ...found, pattern, fraction, depth, film, at };
    this.recent = [one, ...this.recent.slice(0, 7)];
    return one;
  }

  /**
   * F − d in pitches, complex.
   * @param {string} pattern one of `patterns`, with a film of `filmed`
   * @param {number} fraction contact fraction; outside the limits it is as there
   * @param {number} depth thickness/pitch
   * @param {{re: number, im: number}} gapTheta θ of the gap, dimensionless
   * @param {{re: number, im: number}|null} contactTheta θ of the contacts' film; null: ideal contacts
   */
  constriction(pattern, fraction, depth, gapTheta, contactTheta = null) {
    return this.interfaceOf(pattern, fraction, depth, contactTheta !== null).at(gapTheta, contactTheta);
  }

  /** Standard deviation of F − d at rest between the seeds of a pattern at random, relative; 0 of a lattice. */
  spread(pattern, fraction, depth) {
    const table = this.table(pattern);
    if (table.spread === null) return 0;
    return Math.max(weightedSum(axisWeights(table.shares, fraction), tableAtDepth(table, depth).spread), 0);
  }
}

/**
 * @param {object} data what `atlas_data()` of data.py gives
 * @returns {InterfaceAtlas} {patterns, filmed, limits, depthLimits, constriction, spread, interfaceOf}
 */
export function openAtlas(data) {
  if (data.version !== ATLAS_VERSION) throw new Error(`atlas of version ${data.version}, expected ${ATLAS_VERSION}`);
  return new InterfaceAtlas(data);
}
