/**
 * The state of the page: the interface (`state`, SI), the material's name and temperature, and what is locked in fits.
 *
 * It lives in the address behind the #, in doubles that come back as they were.
 */

const ELECTROLYTE = [
  "bulkConductivity",
  "relativePermittivity",
  "grainBoundaryConductivity",
  "grainBoundaryFrequency",
  "grainBoundaryExponent",
];
const GROUPS = {
  film: ["resistance", "capacitance", "exponent"],
  fine: ["ratio", "contactFraction", "gapHeight"],
  zone: ["share", "ratio"],
  electrolyte: ELECTROLYTE,
  sweep: ["from", "to", "pointsPerDecade"],
};
const SINGLE = { f: "contactFraction", pitch: "pitch", gap: "gapHeight", egap: "gapPermittivity", L: "thickness", A: "area" };
const VERSION = "1";
const LEAST = 1e-12; // of anything in an address, SI
const MOST = 1e12;
const NAME = /^[\w.]{1,40}$/;

/** A page of a preset. */
export function pageOf(preset, locks) {
  return { state: structuredClone(preset.state), material: preset.material, temperature: preset.temperature, locks: [...locks] };
}

/** The page as text for the address, without the #. */
export function toAddress(page) {
  const { state } = page;
  const parts = [["v", VERSION], ["pattern", state.pattern]];
  for (const [key, name] of Object.entries(SINGLE)) parts.push([key, state[name]]);
  for (const [group, names] of Object.entries(GROUPS)) {
    if (state[group]) parts.push([group, names.map((name) => state[group][name] ?? "none").join(",")]);
  }
  parts.push(["material", page.material], ["T", page.temperature]);
  if (page.locks.length) parts.push(["lock", page.locks.join(",")]);
  return parts.map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2C", ",")}`).join("&");
}

function positive(text, what) {
  const value = Number(text);
  if (!text || !(value >= LEAST && value <= MOST)) throw new Error(`${what} = ${text}: expected a number above zero`);
  return value;
}

function groupOf(group, text) {
  const names = GROUPS[group];
  const values = text.split(",");
  if (values.length !== names.length) throw new Error(`${group} = ${text}: expected ${names.length} numbers`);
  const none = (name, value) => name === "grainBoundaryConductivity" && value === "none";
  return Object.fromEntries(
    names.map((name, k) => [name, none(name, values[k]) ? null : positive(values[k], `${group}.${name}`)]),
  );
}

/**
 * The page of an address.
 * @param {string} address with or without the #
 * @returns {object|null} null: the address is empty
 * @throws {Error} it is none of this page's
 */
export function fromAddress(address) {
  const text = address.replace(/^#/, "");
  if (!text) return null;
  const given = new Map(new URLSearchParams(text));
  if (given.get("v") !== VERSION) throw new Error(`version ${given.get("v")}: expected ${VERSION}`);
  const named = (key) => {
    const value = given.get(key) ?? "";
    if (!NAME.test(value)) throw new Error(`${key} = ${value}: expected a name`);
    return value;
  };
  const state = { pattern: named("pattern"), film: null, fine: null, zone: null };
  for (const [key, name] of Object.entries(SINGLE)) state[name] = positive(given.get(key), key);
  if (state.contactFraction >= 1) throw new Error(`f = ${state.contactFraction}: expected a number below 1`);
  for (const group of Object.keys(GROUPS)) if (given.has(group)) state[group] = groupOf(group, given.get(group));
  if (!state.electrolyte || !state.sweep) throw new Error("electrolyte or sweep is missing");
  if (state.sweep.from <= state.sweep.to || state.sweep.pointsPerDecade > 100) throw new Error("the sweep does not fall");
  const locks = (given.get("lock") ?? "").split(",").filter((name) => NAME.test(name));
  return { state, material: named("material"), temperature: positive(given.get("T"), "T"), locks };
}

/** The value of a path such as "film.resistance". */
export function valueAt(state, path) {
  return path.split(".").reduce((part, name) => (part ? part[name] : null), state);
}

/** A copy of the state with another value at a path. */
export function withValue(state, path, value) {
  const copy = structuredClone(state);
  const names = path.split(".");
  const last = names.pop();
  names.reduce((part, name) => part[name], copy)[last] = value;
  return copy;
}
