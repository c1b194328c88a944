/** What of a state a fit may change: coordinates without units (logarithms, logits, plain exponents), and bounds. */

/** SI unit, and least and largest value there may be; null: as the atlas or the thickness says. */
const UNKNOWNS = {
  contactFraction: { unit: "1", kind: "logit", bounds: null },
  pitch: { unit: "m", kind: "log", bounds: null },
  gapHeight: { unit: "m", kind: "log", bounds: [1e-10, 3e-5] },
  gapPermittivity: { unit: "1", kind: "log", bounds: [1, 1e3] },
  thickness: { unit: "m", kind: "log", bounds: [1e-6, 1e-1] },
  "film.resistance": { unit: "ohm m2", kind: "log", bounds: [1e-9, 1e2] },
  "film.capacitance": { unit: "F/m2", kind: "log", bounds: [1e-6, 1e2] },
  "film.exponent": { unit: "1", kind: "plain", bounds: [0.4, 1] },
  "fine.ratio": { unit: "1", kind: "log", bounds: [1e-4, 0.5] },
  "fine.contactFraction": { unit: "1", kind: "logit", bounds: null },
  "fine.gapHeight": { unit: "m", kind: "log", bounds: [1e-10, 1e-5] },
  "electrolyte.bulkConductivity": { unit: "S/m", kind: "log", bounds: [1e-8, 1e3] },
  "electrolyte.relativePermittivity": { unit: "1", kind: "log", bounds: [1, 1e5] },
  "electrolyte.grainBoundaryConductivity": { unit: "S/m", kind: "log", bounds: [1e-8, 1e4] },
  "electrolyte.grainBoundaryFrequency": { unit: "Hz", kind: "log", bounds: [1e-2, 1e10] },
  "electrolyte.grainBoundaryExponent": { unit: "1", kind: "plain", bounds: [0.4, 1] },
};
const LEAST_PITCH = 1e-7; // m
const LARGEST_PITCH = 1; // m

/** Names of all that may be free. */
export const UNKNOWN_NAMES = Object.keys(UNKNOWNS);

/** SI unit of an unknown, as `parseQuantity` takes it. */
export function unitOfUnknown(name) {
  return UNKNOWNS[name].unit;
}

/** The value of a state at a name such as "electrolyte.bulkConductivity". */
export function valueOf(state, name) {
  return name.split(".").reduce((part, key) => (part === null || part === undefined ? part : part[key]), state);
}

/** A state with another value at a name; the rest is shared. */
export function stateWith(state, name, value) {
  const [key, inner] = name.split(".");
  return { ...state, [key]: inner === undefined ? value : { ...state[key], [inner]: value } };
}

function toCoordinate(kind, value) {
  if (kind === "log") return Math.log(value);
  return kind === "logit" ? Math.log(value / (1 - value)) : value;
}

function fromCoordinate(kind, x) {
  if (kind === "log") return Math.exp(x);
  return kind === "logit" ? 1 / (1 + Math.exp(-x)) : x;
}

function boundsOf(atlas, state, name) {
  const behind = Boolean(state.film || state.fine);
  if (name === "contactFraction") return atlas.limits(state.pattern, behind);
  if (name === "fine.contactFraction") return atlas.limits(atlas.finePattern);
  const value = valueOf(state, name); // what a state has is within, however unusual
  const [low, high] = UNKNOWNS[name].bounds ?? [LEAST_PITCH, LARGEST_PITCH];
  const wide = [Math.min(low, value), Math.max(high, value)];
  if (name !== "pitch") return wide;
  const [shallowest] = atlas.depthLimits(state.pattern, behind);
  return [wide[0], Math.min(wide[1], state.thickness / shallowest)];
}

/**
 * The free unknowns of a state, ready to be fitted.
 * @param {object} atlas of `openAtlas`
 * @param {object} state of the page
 * @param {string[]} free of `UNKNOWN_NAMES`
 * @returns {object} {names, lower, upper (coordinates), start, limits (SI), stateOf(point), pointOf(state)}
 * @throws {Error} a name that is none, or that the state does not have
 */
export function unknownsOf(atlas, state, free) {
  for (const name of free) {
    if (!Object.hasOwn(UNKNOWNS, name)) throw new Error(`'${name}': expected one of ${UNKNOWN_NAMES.join(", ")}`);
    if (!Number.isFinite(valueOf(state, name))) throw new Error(`'${name}': the state has none, so it cannot be free`);
  }
  const kinds = free.map((name) => UNKNOWNS[name].kind);
  const paths = free.map((name) => name.split("."));
  const limits = free.map((name) => boundsOf(atlas, state, name));
  const ends = (side) => limits.map((pair, k) => toCoordinate(kinds[k], pair[side]));
  const lower = ends(0);
  const upper = ends(1);
  const inside = (x, k) => Math.min(Math.max(x, lower[k]), upper[k]);
  return {
    names: [...free],
    kinds,
    limits,
    lower,
    upper,
    /** Coordinates of a state, moved inside the bounds. */
    pointOf: (other) => free.map((name, k) => inside(toCoordinate(kinds[k], valueOf(other, name)), k)),
    stateOf: (point) => {
      const found = { ...state };
      paths.forEach(([key, inner], k) => {
        const value = fromCoordinate(kinds[k], point[k]);
        if (inner === undefined) found[key] = value;
        else if (found[key] === state[key]) found[key] = { ...state[key], [inner]: value };
        else found[key][inner] = value;
      });
      return found;
    },
    valueAt: (k, x) => fromCoordinate(kinds[k], x),
  };
}
