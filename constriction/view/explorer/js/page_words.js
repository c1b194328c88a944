/** A page beside its state: whether it is one of this atlas, and what it is in words. */
import { electrolyteAt, temperatureLimits } from "./electrolytes.js";
import { contactSize } from "./model.js";
import { valueAt, withValue } from "./page_state.js";
import { applies, limitsOf, parameterOf, PARAMETERS, shownValue, timesShown } from "./parameters.js";
import { quantityText, temperatureText } from "./quantities.js";
import { digits } from "./shown.js";

/** What a link may differ in from its material's values: rounding. */
const SAME_VALUE = 1e-6;

/**
 * A page of an address within what there is here, if its pattern and material are known.
 * @param {{atlas: object, materials: object[]}} here what is known
 * @returns {{page: object, told: string[]}} what of it is different here, in words
 * @throws {Error} they are not
 */
export function knownPage(here, page) {
  if (!here.atlas.patterns.includes(page.state.pattern)) throw new Error(`pattern ${page.state.pattern} is not in the atlas`);
  if (page.material !== "own" && !here.materials.some((one) => one.name === page.material)) throw new Error(`material ${page.material}`);
  page.locks = page.locks.filter((path) => parameterOf(path));
  const behind = page.state.film || page.state.fine;
  if (behind && !here.atlas.filmed.includes(page.state.pattern)) throw new Error(`no film on ${page.state.pattern} is in the atlas`);
  if (page.state.zone && !here.atlas.lifted.includes(page.state.pattern)) throw new Error(`no lifted zone beside ${page.state.pattern} is known`);
  if (page.state.zone && behind) throw new Error("a lifted zone beside contacts with a film or finer spots is not known");
  const told = [];
  const state = withinSliders(here.atlas, page.state, told);
  const material = here.materials.find((one) => one.name === page.material);
  if (!material || isOf(material, page)) return { page: { ...page, state }, told };
  told.push(`its electrolyte is not ${material.name} at ${temperatureText(page.temperature)}, so its values are its own`);
  return { page: { ...page, state, material: "own" }, told };
}

/** Whether the electrolyte of a page is a material at its temperature. */
function isOf(material, { state, temperature }) {
  const [low, high] = temperatureLimits(material);
  if (temperature < low - SAME_VALUE || temperature > high + SAME_VALUE) return false;
  const expected = electrolyteAt(material, temperature);
  return Object.entries(expected).every(([key, value]) => {
    const given = state.electrolyte[key];
    return value === given || Math.abs(given / value - 1) < SAME_VALUE;
  });
}

/** A state with its values moved to the ends of the sliders where they are beyond; the window is anybody's. */
function withinSliders(atlas, state, told) {
  let found = state;
  const thickness = parameterOf("thickness");
  const others = PARAMETERS.filter(({ path }) => path !== "thickness" && !path.startsWith("sweep."));
  for (const parameter of [thickness, ...others]) {
    const { path, label } = parameter;
    const words = (kept) => quantityText(kept * timesShown(parameter, found), parameter.unit);
    if (!applies(found, path)) continue;
    const value = valueAt(found, path);
    const [low, high] = parameter === thickness ? thickness.limits : limitsOf(atlas, found, parameter);
    const moved = Math.min(Math.max(value, low), high);
    if (moved === value) continue;
    told.push(`${label} ${words(value)} is ${words(moved)} here`);
    found = withValue(found, path, moved);
  }
  return found;
}

/** What a pinned curve is called. */
export function pinWords(state) {
  const added = state.film ? ", film" : state.fine ? ", second level" : state.zone ? ", lifted" : "";
  return `${state.pattern} ${digits(100 * state.contactFraction, 2)} %, ${quantityText(state.pitch, "m", 2)}${added}`;
}

function liftedWords(state) {
  if (!state.zone) return "";
  const [rise, length] = ["zone.ratio", "zone.share"].map((path) => quantityText(shownValue(parameterOf(path), state), "m", 3));
  return ` Beside them the metal stands ${rise} high, and is down after ${length}.`;
}

/** What a state is, where no preset tells it. */
export function stateWords(state) {
  const size = quantityText(contactSize(state) * (state.pattern === "stripes" ? 1 : 2 / Math.sqrt(Math.PI)), "m", 3);
  const kind = { stripes: "Stripes of", pores: "Contact around pores, as much as discs of" }[state.pattern] ?? "Spots of";
  const deep = digits(state.thickness / state.pitch, 2);
  return `${kind} ${size}, ${quantityText(state.pitch, "m", 3)} apart, on ${digits(100 * state.contactFraction, 3)} % of the interface.${liftedWords(state)} The electrolyte is ${deep} pitches deep.`;
}
