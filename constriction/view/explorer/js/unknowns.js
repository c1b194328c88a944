/** What of a state a fit may change: coordinates without units (logarithms, logits, plain exponents); limits are the sliders'. */
import { limitsOf, PARAMETERS, unitKept } from "./parameters.js";

const FITTED = new Map(PARAMETERS.filter(({ path }) => !path.startsWith("sweep.")).map((one) => [one.path, one]));
const KINDS = { log: "log", logit: "logit", linear: "plain" };

/** Names of all that may be free. */
export const UNKNOWN_NAMES = [...FITTED.keys()];

/** SI unit of an unknown, as `parseQuantity` takes it. */
export function unitOfUnknown(name) {
  return unitKept(FITTED.get(name)) || "1";
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
    if (!FITTED.has(name)) throw new Error(`'${name}': expected one of ${UNKNOWN_NAMES.join(", ")}`);
    if (!Number.isFinite(valueOf(state, name))) throw new Error(`'${name}': the state has none, so it cannot be free`);
  }
  const kinds = free.map((name) => KINDS[FITTED.get(name).scale]);
  const paths = free.map((name) => name.split("."));
  const limits = free.map((name) => limitsOf(atlas, state, FITTED.get(name)));
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
