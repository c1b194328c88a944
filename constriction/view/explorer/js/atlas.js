/**
 * The atlas of solved interfaces: F − d in pitches, interpolated from tables of patterns.
 *
 * F − d of ideal contacts is a sum of weight/(1 + θ·time), over fixed poles of θ·τ, and so it is where the metal beside
 * them is lifted (zones.js); behind a film it follows from the resistance Y of the
 * slab between gap and contact, a sum over poles of both θ (interpret/atlas/poles.py says why). d is the depth,
 * thickness/pitch; θ = pitch · resistivity · admittance per area, dimensionless.
 */
import { axisWeights, clippedToAxis, openAxis } from "./axes.js";
import { filmedAt } from "./films.js";
import { liftedTerms, openShapes } from "./zones.js";

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

/** Σ weight/(1 + θ·time), in pitches, at θ = re + i im. */
function termsAt({ weights, times }, re, im) {
  let sumRe = 0;
  let sumIm = 0;
  for (let k = 0; k < weights.length; k++) {
    const a = 1 + re * times[k];
    const b = im * times[k];
    const part = weights[k] / (a * a + b * b);
    sumRe += part * a;
    sumIm -= part * b;
  }
  return { re: sumRe, im: sumIm };
}

/** An interface without a film from its terms; `stored` is −dF/dθ at rest. */
function interfaceOfTerms(share, terms) {
  const stored = terms.weights.reduce((sum, weight, k) => sum + weight * terms.times[k], 0);
  return { share, terms, stored, at: (gap) => termsAt(terms, gap.re, gap.im) };
}

/** Terms of both. */
function joinedTerms(one, other, factor) {
  const joined = (a, b) => Float64Array.from([...a, ...b]);
  return { weights: joined(one.weights, other.weights.map((value) => factor * value)), times: joined(one.times, other.times) };
}

/** What a table says at one contact fraction (clipped to the table) and depth: all that does not depend on θ. */
function interfaceOfTable(table, fraction, depth, poles) {
  const share = clippedToAxis(table.shares, fraction);
  const at = tableAtDepth(table, depth);
  const weights = axisWeights(table.shares, share);
  const rest = Math.exp(weightedSum(weights, at.rest));
  const residues = weightedRow(weights, at.residues, at.residues.length / weights.length);
  if (table.times === null) {
    const scratch = [0, 1].map(() => new Float64Array(2 * Math.round(Math.sqrt(residues.length))));
    const found = { share, rest, residues, scratch };
    return { ...found, terms: null, stored: NaN, at: (gap, contact) => filmedAt(found, poles, gap, contact) };
  }
  const tau = Math.exp(weightedSum(weights, at.times));
  return interfaceOfTerms(share, { weights: residues.map((value) => value * rest), times: poles.map((pole) => tau / pole) });
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
    this.shapes = openShapes(data.zones, unpackedNumbers);
    this.zoneLimits = data.zones.limits;
    /** Names of patterns with ideal contacts, of those whose contacts may have a film, and a lifted zone beside them. */
    this.patterns = [...this.tables.keys()];
    this.filmed = [...this.films.keys()];
    this.lifted = [...this.shapes.keys()];
  }

  /** What a state needs of the atlas: "film", "zone" or "ideal", which is also what a pattern without them has. */
  kindOf({ pattern, film, fine, zone }) {
    if ((film || fine) && this.filmed.includes(pattern)) return "film";
    return zone && this.lifted.includes(pattern) ? "zone" : "ideal";
  }

  table(pattern, kind) {
    const tables = kind === "film" ? this.films : this.tables;
    const found = tables.get(pattern);
    if (found) return found;
    throw new Error(`pattern '${pattern}' is not in the atlas${kind === "film" ? " with films" : ""}: it has ${[...tables.keys()].join(", ")}`);
  }

  shape(pattern) {
    const found = this.shapes.get(pattern);
    if (found) return found;
    throw new Error(`no zone beside contacts of '${pattern}' is known: of ${this.lifted.join(", ")}`);
  }

  /** Contact fractions from and to. */
  limits(pattern, kind = "ideal") {
    const { low, high } = (kind === "zone" ? this.shape(pattern) : this.table(pattern, kind)).shares;
    return [low, high];
  }

  /** Depths, thickness/pitch, from and to; deeper slabs are as the deepest. */
  depthLimits(pattern, kind = "ideal") {
    const { low, high } = this.table(pattern, kind).depths;
    return [low, high];
  }

  /**
   * An interface at one contact fraction and depth, for any number of θ: {share, terms {weights, times} in pitches
   * (null behind a film), stored, at(gap, contact)}.
   */
  interfaceOf(pattern, fraction, deep, kind = "ideal", zone = null) {
    const depth = kind === "zone" ? deep : clippedToAxis(this.table(pattern, kind).depths, deep);
    const name = `${pattern} ${fraction} ${depth} ${kind}${zone ? ` ${zone.share} ${zone.ratio}` : ""}`;
    const kept = this.recent.find((one) => one.name === name);
    if (kept) return kept;
    const found = kind === "zone" ? this.liftedInterface(pattern, fraction, depth, zone) : this.tabulated(pattern, fraction, depth, kind);
    const one = { ...found, name };
    this.recent = [one, ...this.recent.slice(0, 7)];
    return one;
  }

  tabulated(pattern, fraction, depth, kind) {
    return interfaceOfTable(this.table(pattern, kind), fraction, depth, kind === "film" ? this.filmPoles : this.gapPoles);
  }

  /** Beside a lifted zone: of a lattice what the zone changes is that of a disc in a tube. */
  liftedInterface(pattern, fraction, depth, zone) {
    const shape = this.shape(pattern);
    const share = clippedToAxis(shape.shares, fraction);
    const lifted = liftedTerms(shape, pattern, share, depth, zone);
    if (shape.straight) return interfaceOfTerms(share, lifted);
    const even = liftedTerms(shape, pattern, share, depth, { ...zone, share: 0 });
    const lattice = this.interfaceOf(pattern, share, depth).terms;
    return interfaceOfTerms(share, joinedTerms(joinedTerms(lattice, lifted, 1), even, -1));
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
 * @returns {InterfaceAtlas} {patterns, filmed, lifted, kindOf, limits, depthLimits, spread, interfaceOf}
 */
export function openAtlas(data) {
  if (data.version !== ATLAS_VERSION) throw new Error(`atlas of version ${data.version}, expected ${ATLAS_VERSION}`);
  return new InterfaceAtlas(data);
}
