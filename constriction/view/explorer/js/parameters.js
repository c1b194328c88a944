/** What can be moved: where it is in the state, between which limits, on which scale, and what it means. */
import { valueAt } from "./page_state.js";
import { halfGap } from "./zones.js";

const row = (path, label, unit, limits, scale, help, shownTimes = null) => ({ path, label, unit, limits, scale, help, shownTimes });

/** Parameters by group; `limits` are those of the slider where the atlas has none of its own. */
export const PARAMETERS = [
  row("contactFraction", "Contact fraction", "", [0.005, 0.98], "logit", "Share of the interface on which the metal touches."),
  row("pitch", "Pitch", "m", [1e-6, 1e-2], "log", "Distance between neighbouring spots, or the period of stripes."),
  row("gapHeight", "Gap height", "m", [1e-9, 3e-5], "log", "Height of the gap beside the contacts, even all over."),
  row("gapPermittivity", "Gap permittivity", "", [1, 100], "log", "Relative permittivity of what fills the gap; 1: nothing."),
  row("zone.ratio", "Height at the rims", "m", [1, 200], "log", "Of the gap, at the rims of contacts that lift the metal. A fit moves it with the gap's height.", (state) => state.gapHeight),
  row("zone.share", "Length of the zone", "m", [0.01, 0.7], "log", "From a rim to where the metal is down at the gap's height again, in a straight line. A fit moves it with the gap's width.", (state) => halfGap(state.pattern, state.contactFraction) * state.pitch),
  row("film.resistance", "Film resistance", "ohm m2", [1e-6, 1], "log", "Of a film between contact and electrolyte, per area of contact."),
  row("film.capacitance", "Film capacitance", "F/m2", [1e-5, 10], "log", "In parallel to its resistance, per area of contact."),
  row("film.exponent", "Film exponent", "", [0.5, 1], "linear", "1: a capacitor; below: a constant phase element of the same time R·C."),
  row("fine.contactFraction", "Fine contact fraction", "", [0.005, 0.9], "logit", "Share of an island's area that touches, by finer spots."),
  row("fine.ratio", "Fine pitch / island", "", [1e-4, 0.2], "log", "Distance of the finer spots over the size of an island."),
  row("fine.gapHeight", "Fine gap height", "m", [1e-9, 1e-6], "log", "Height of the gap below an island, beside its finer spots."),
  row("thickness", "Thickness", "m", [1e-5, 1e-2], "log", "Of the electrolyte, from the interface to the other electrode."),
  row("electrolyte.bulkConductivity", "Bulk conductivity", "S/m", [1e-7, 100], "log", "Of the grains."),
  row("electrolyte.grainBoundaryConductivity", "Boundary conductivity", "S/m", [1e-7, 100], "log", "Of the grain boundaries, effective and in series with the bulk."),
  row("electrolyte.relativePermittivity", "Bulk permittivity", "", [1, 1e4], "log", "Relative permittivity of the grains."),
  row("electrolyte.grainBoundaryFrequency", "Boundary frequency", "Hz", [1, 1e9], "log", "At which the arc of the grain boundaries peaks."),
  row("electrolyte.grainBoundaryExponent", "Boundary exponent", "", [0.5, 1], "linear", "1: a semicircle; below: a depressed arc."),
  row("sweep.from", "Sweep from", "Hz", [1e3, 1e10], "log", "Highest frequency shown."),
  row("sweep.to", "Sweep to", "Hz", [1e-3, 1e5], "log", "Lowest frequency shown."),
];

/** Paths that are locked in fits until somebody opens them: what is known without a spectrum. */
export const LOCKED_FIRST = [
  "gapPermittivity",
  "thickness",
  "electrolyte.relativePermittivity",
  "electrolyte.grainBoundaryExponent",
];
/** Highest over lowest frequency, at least. */
const LEAST_SWEEP = 10;
/** Paths that no fit moves. */
export const NEVER_FITTED = ["sweep.from", "sweep.to", "thickness"];

/** Unit in which a fit has a parameter: "" of what is shown in another. */
export function unitKept({ unit, shownTimes }) {
  return shownTimes ? "" : unit;
}

/** What a kept value is times, to be shown in the parameter's unit. */
export function timesShown({ shownTimes }, state) {
  return shownTimes ? shownTimes(state) : 1;
}

/** The value that is shown of a state, in the parameter's unit. */
export function shownValue(parameter, state) {
  return valueAt(state, parameter.path) * timesShown(parameter, state);
}

export function parameterOf(path) {
  return PARAMETERS.find((one) => one.path === path);
}

/** From and to of a parameter in a state: the atlas's where it has some. */
export function limitsOf(atlas, state, parameter) {
  const { path, limits } = parameter;
  const kind = atlas.kindOf(state);
  if (path === "contactFraction") return atlas.limits(state.pattern, kind);
  if (path === "fine.contactFraction") {
    const [low, high] = atlas.limits(atlas.finePattern);
    return [Math.max(low, limits[0]), Math.min(high, limits[1])];
  }
  if (path === "pitch") {
    const [least] = atlas.depthLimits(state.pattern, kind);
    return [limits[0], Math.min(limits[1], state.thickness / least)];
  }
  if (path === "sweep.from") return [Math.max(limits[0], LEAST_SWEEP * state.sweep.to), limits[1]];
  if (path === "sweep.to") return [limits[0], Math.min(limits[1], state.sweep.from / LEAST_SWEEP)];
  if (path === "thickness") {
    const [least] = atlas.depthLimits(state.pattern, kind);
    return [Math.max(limits[0], state.pitch * least), limits[1]];
  }
  return limits;
}

const SCALES = {
  linear: [(x) => x, (y) => y],
  log: [Math.log, Math.exp],
  logit: [(x) => Math.log(x / (1 - x)), (y) => 1 / (1 + Math.exp(-y))],
};

/** Where a value lies between two limits, 0 to 1. */
export function placeOf(value, [low, high], scale) {
  const [to] = SCALES[scale];
  return high > low ? Math.min(1, Math.max(0, (to(value) - to(low)) / (to(high) - to(low)))) : 0;
}

/** The value at a place from 0 to 1, rounded to what a slider can tell. */
export function valueOfPlace(place, [low, high], scale) {
  const [to, back] = SCALES[scale];
  if (place <= 0) return low;
  if (place >= 1) return high;
  const value = Number(back(to(low) + place * (to(high) - to(low))).toPrecision(3));
  return Math.min(high, Math.max(low, value));
}

/** Whether a parameter applies to a state. */
export function applies(state, path) {
  if (path.startsWith("electrolyte.grainBoundary")) return state.electrolyte.grainBoundaryConductivity !== null;
  return valueAt(state, path) !== null;
}

/** Paths that a fit may move: they apply, and nobody locked them. */
export function freePaths(page) {
  const closed = new Set([...page.locks, ...NEVER_FITTED]);
  return PARAMETERS.map((one) => one.path).filter((path) => !closed.has(path) && applies(page.state, path));
}
