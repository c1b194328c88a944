/**
 * From a state of the page to its impedance: Z = ρ(s)·(thickness + pitch·(F − d)) per area, in Ω·m².
 *
 * s = iω is the Laplace variable in 1/s. What lies between contacts and electrolyte, a film or finer spots, is a film
 * of the atlas. Everything in SI units; a field of the state that is a number has its SI unit.
 */
import { cAdd, cInverse, cMul, cPower, cScale, complex } from "./complex.js";
import { shortNumber } from "./numbers.js";
import { peaksOf } from "./peaks.js";
import { halfGap, liftedPart, meanHeight } from "./zones.js";

/** Electric constant ε0 in F/m (CODATA 2022). */
export const VACUUM_PERMITTIVITY = 8.8541878188e-12;
/** Of the thin gap's error relative to R_cstr: this times (gap height/size of a contact)². */
const THIN_GAP_ERROR = 0.3;
/** The same per mean square slope of a lifted zone's metal. */
const SLOPE_ERROR = 1 / 6;
const MOST_THIN_GAP_ERROR = 1e-2;

/**
 * Frequencies of a sweep in Hz, falling, at equal distances on a logarithmic axis, both ends included.
 * @param {{from: number, to: number, pointsPerDecade: number}} sweep from the highest to the lowest, Hz
 * @returns {Float64Array}
 */
export function frequencies(sweep) {
  const high = Math.max(sweep.from, sweep.to);
  const low = Math.min(sweep.from, sweep.to);
  const wanted = Math.ceil(sweep.pointsPerDecade * Math.log10(high / low) - 1e-9);
  const steps = Math.max(wanted, high > low ? 1 : 0);
  const found = new Float64Array(steps + 1);
  const span = Math.log(low / high);
  for (let k = 0; k <= steps; k++) found[k] = k === steps ? low : high * Math.exp((span * k) / steps);
  found[0] = high;
  return found;
}

/** Resistivity of the electrolyte in Ω·m at s in 1/s: 1/(σ_b + s ε0 ε_r) + (1/σ_gb)/(1 + (s/ω_gb)^α). */
export function resistivityAt(electrolyte, s) {
  const stored = VACUUM_PERMITTIVITY * electrolyte.relativePermittivity;
  const bulk = cInverse(complex(electrolyte.bulkConductivity + s.re * stored, s.im * stored));
  if (electrolyte.grainBoundaryConductivity === null) return bulk;
  const relative = cScale(s, 1 / (2 * Math.PI * electrolyte.grainBoundaryFrequency));
  const slow = cPower(relative, electrolyte.grainBoundaryExponent);
  return cAdd(bulk, cScale(cInverse(complex(1 + slow.re, slow.im)), 1 / electrolyte.grainBoundaryConductivity));
}

/** Impedance of a film in Ω·m² at s: R/(1 + (s R C)^α). */
export function filmAt(film, s) {
  const slow = cPower(cScale(s, film.resistance * film.capacitance), film.exponent);
  return cScale(cInverse(complex(1 + slow.re, slow.im)), film.resistance);
}

/** About what a contact measures across, m: a stripe's width, or the root of a spot's area. */
export function contactSize(state) {
  return state.pitch * state.contactFraction ** (state.pattern === "stripes" ? 1 : 0.5);
}

/** θ of a gap of permittivity ε_gap/height where pitch × resistivity is `scale`, at s. */
function gapTheta(scale, relative, s) {
  return cMul(scale, cScale(s, VACUUM_PERMITTIVITY * relative));
}

/** What is between contacts and electrolyte: a function of s and resistivity, in Ω·m²; null: contacts are ideal. */
function underContacts(atlas, state) {
  if (state.film) return (s) => filmAt(state.film, s);
  if (!state.fine) return null;
  const pitch = state.fine.ratio * contactSize(state);
  const deep = atlas.interfaceOf(atlas.finePattern, state.fine.contactFraction, Infinity);
  const relative = state.gapPermittivity / state.fine.gapHeight;
  return (s, resistivity) => {
    const scale = cScale(resistivity, pitch);
    return cMul(scale, deep.at(gapTheta(scale, relative, s)));
  };
}

/**
 * A state looked up in the atlas once, for any number of s.
 * @returns {object} {interface, under, slab(s), full(s), total(s)}: slab alone, what full contact adds to it, and the
 *   whole impedance, complex, Ω·m², at s in 1/s
 */
export function poseState(atlas, state) {
  const under = underContacts(atlas, state);
  const kind = under === null ? atlas.kindOf(state) : "film";
  const found = atlas.interfaceOf(state.pattern, state.contactFraction, state.thickness / state.pitch, kind, state.zone);
  const relative = state.gapPermittivity / state.gapHeight;
  const zero = complex(0);
  const parts = (s) => {
    const resistivity = resistivityAt(state.electrolyte, s);
    const scale = cScale(resistivity, state.pitch);
    const film = under === null ? null : under(s, resistivity);
    const contact = film === null ? null : cMul(scale, cInverse(film));
    const added = cMul(scale, found.at(gapTheta(scale, relative, s), contact));
    return { slab: cScale(resistivity, state.thickness), full: film ?? zero, added };
  };
  return { interface: found, under, parts };
}

/** The whole impedance in Ω·m² at the Laplace variable s = sRe + i sIm in 1/s. */
export function impedanceAt(atlas, state, sRe, sIm) {
  const { slab, added } = poseState(atlas, state).parts(complex(sRe, sIm));
  return cAdd(slab, added);
}

/** Z of a posed state at frequencies in Hz; {re, im} in Ω·m², (n,) each. */
export function impedanceOf(posed, frequency) {
  const re = new Float64Array(frequency.length);
  const im = new Float64Array(frequency.length);
  for (let k = 0; k < frequency.length; k++) {
    const { slab, added } = posed.parts(complex(0, 2 * Math.PI * frequency[k]));
    re[k] = slab.re + added.re;
    im[k] = slab.im + added.im;
  }
  return { re, im };
}

/**
 * Impedance per area of electrolyte and interface.
 * @param {object} atlas of `openAtlas`
 * @param {object} state of the page, SI units
 * @param {Float64Array} frequency in Hz, any order; 0 is direct current
 * @returns {{re: Float64Array, im: Float64Array}} Ω·m²
 */
export function impedance(atlas, state, frequency) {
  return impedanceOf(poseState(atlas, state), frequency);
}

/**
 * What result.json tells of a state, by the same definitions; SI units per area.
 * @returns {object} contactFraction, depth (pitches), R_cstr, R_electrolyte, R_full_contact, R_interface, R_dc (Ω·m²),
 *   f_cstr (Hz), C_cstr, C_low, C_high (F/m²; null without a peak), peaks [{frequency, resistance, capacitance}],
 *   belongs: whose C_cstr is, "gap", "electrolyte", "several" or null; spread: relative standard deviation of R_cstr
 *   between seeds, 0 of a lattice
 */
export function summary(atlas, state) {
  const posed = poseState(atlas, state);
  const rest = posed.parts(complex(0));
  const constriction = (s) => {
    const { full, added } = posed.parts(s);
    return complex(added.re - full.re, added.im - full.im);
  };
  const peaks = peaksOf(constriction);
  const apex = peaks.reduce((best, peak) => (best && best.height >= peak.height ? best : peak), null);
  const R_cstr = rest.added.re - rest.full.re;
  const C_cstr = apex && R_cstr ? 1 / (2 * Math.PI * apex.frequency * R_cstr) : null;
  const depth = state.thickness / state.pitch;
  const limits = capacitanceLimits(atlas, state, depth);
  return {
    contactFraction: state.contactFraction,
    depth,
    R_cstr,
    R_electrolyte: rest.slab.re,
    R_full_contact: rest.slab.re + rest.full.re,
    R_interface: rest.added.re,
    R_dc: rest.slab.re + rest.added.re,
    f_cstr: apex ? apex.frequency : null,
    C_cstr,
    ...limits,
    peaks,
    belongs: apex && C_cstr !== null ? belongsTo(apex.frequency, C_cstr, limits.C_low, state.electrolyte) : null,
    spread: atlas.spread(state.pattern, state.contactFraction, depth),
  };
}

/** C_low and C_high of the gap in F/m², with ideal contacts and an electrolyte that only conducts. */
function capacitanceLimits(atlas, state, depth) {
  const bare = { ...state, film: null, fine: null };
  const ideal = atlas.interfaceOf(state.pattern, state.contactFraction, depth, atlas.kindOf(bare), state.zone);
  const perArea = (VACUUM_PERMITTIVITY * state.gapPermittivity) / state.gapHeight;
  const rest = ideal.at(complex(0)).re;
  const storage = meanHeight({ ...state, contactFraction: ideal.share, zone: state.film || state.fine ? null : state.zone });
  return { C_low: (perArea * ideal.stored) / rest ** 2, C_high: perArea / storage };
}

/** Whose peak C_cstr is of: within a factor of 2 of C_low the gap's, of a peak of −Im ρ the electrolyte's. */
function belongsTo(frequency, capacitance, ofGap, electrolyte) {
  const alike = (one, other) => Math.max(one / other, other / one) <= 2;
  if (alike(capacitance, ofGap)) return "gap";
  const own = peaksOf((s) => resistivityAt(electrolyte, s));
  return own.some((peak) => alike(frequency, peak.frequency)) ? "electrolyte" : "several";
}

/**
 * What of a state the atlas does not cover.
 * @returns {{name: string, message: string}[]} name: of the state's field ("contactFraction", "film", …); [] where all
 *   is covered. A slab deeper than the tables is as the deepest one, which is right.
 */
export function outside(atlas, state) {
  const found = [];
  const tell = (name, message) => found.push({ name, message });
  const behind = Boolean(state.film || state.fine);
  if (!atlas.patterns.includes(state.pattern)) {
    tell("pattern", `pattern '${state.pattern}' is not in the atlas: it has ${atlas.patterns.join(", ")}`);
    return found;
  }
  if (behind && !atlas.filmed.includes(state.pattern)) {
    const name = state.film ? "film" : "fine";
    tell(name, `no film on contacts of '${state.pattern}' in the atlas: it has ${atlas.filmed.join(", ")}`);
    return found;
  }
  if (state.zone && !atlas.lifted.includes(state.pattern)) {
    tell("zone", `no lifted zone beside contacts of '${state.pattern}' is known: beside those of ${atlas.lifted.join(", ")}`);
    return found;
  }
  if (state.film && state.fine) tell("fine", "a film and finer spots at once are not in the atlas: the film counts");
  if (behind && state.zone) tell("zone", "a film and a lifted zone at once are not known: the film counts");
  outsideLimits(atlas, state, tell);
  const size = contactSize(state);
  const error = thinGapError(state, size);
  if (error > MOST_THIN_GAP_ERROR) {
    const where = state.zone ? "the gap, where it is highest or steepest," : "the gap";
    tell("gapHeight", `${where} is not thin beside contacts of ${shortNumber(size, 2)} m: an error of ${shortNumber(100 * error, 2)} % of R_cstr`);
  }
  return found;
}

/** About what the thin law leaves of R_cstr: by the gap's largest height, and by the slope of a zone's metal. */
function thinGapError(state, size) {
  const { zone, gapHeight } = state;
  if (!zone || zone.ratio === 1) return THIN_GAP_ERROR * (gapHeight / size) ** 2;
  const slope = (gapHeight * (zone.ratio - 1)) / (zone.share * halfGap(state.pattern, state.contactFraction) * state.pitch);
  const part = liftedPart(state);
  const inverse = Math.log(zone.ratio) / (zone.ratio - 1); // mean of height far from contacts over that of the zone
  const square = (slope ** 2 * part * inverse) / (part * inverse + 1 - part);
  return THIN_GAP_ERROR * ((zone.ratio * gapHeight) / size) ** 2 + SLOPE_ERROR * square;
}

function outsideLimits(atlas, state, tell) {
  const kind = atlas.kindOf(state);
  const between = (name, value, [low, high], what) => {
    if (value >= low && value <= high) return;
    tell(name, `${what} ${shortNumber(value, 3)}: the atlas has ${low} to ${high}`);
  };
  between("contactFraction", state.contactFraction, atlas.limits(state.pattern, kind), `contact fraction of ${state.pattern}`);
  const [least] = atlas.depthLimits(state.pattern, kind);
  between("pitch", state.thickness / state.pitch, [least, Infinity], "thickness/pitch");
  if (state.fine && !state.film) {
    const limits = atlas.limits(atlas.finePattern);
    between("fine.contactFraction", state.fine.contactFraction, limits, "contact fraction of the finer spots");
    between("fine.ratio", state.fine.ratio, [0, 0.5], "finer pitch over the size of a contact");
  }
  if (kind !== "zone") return;
  between("zone.share", state.zone.share, [0, atlas.zoneLimits.share[1]], "part of the gap's width that is lifted");
  between("zone.ratio", state.zone.ratio, atlas.zoneLimits.ratio, "height at the rims over the gap's");
}
