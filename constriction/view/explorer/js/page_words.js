/** A page beside its state: whether it is one of this atlas, and what it is in words. */
import { contactSize } from "./model.js";
import { parameterOf } from "./parameters.js";
import { quantityText } from "./quantities.js";
import { digits } from "./shown.js";

/**
 * A page of an address, if its pattern and material are known here.
 * @param {{atlas: object, materials: object[]}} here what is known
 * @throws {Error} they are not
 */
export function knownPage(here, page) {
  if (!here.atlas.patterns.includes(page.state.pattern)) throw new Error(`pattern ${page.state.pattern} is not in the atlas`);
  if (page.material !== "own" && !here.materials.some((one) => one.name === page.material)) throw new Error(`material ${page.material}`);
  page.locks = page.locks.filter((path) => parameterOf(path));
  const behind = page.state.film || page.state.fine;
  if (behind && !here.atlas.filmed.includes(page.state.pattern)) throw new Error(`no film on ${page.state.pattern} is in the atlas`);
  return page;
}

/** What a state is, where no preset tells it. */
export function stateWords(state) {
  const size = quantityText(contactSize(state) * (state.pattern === "stripes" ? 1 : 2 / Math.sqrt(Math.PI)), "m", 3);
  const kind = { stripes: "Stripes of", pores: "Contact around pores, as much as discs of" }[state.pattern] ?? "Spots of";
  const deep = digits(state.thickness / state.pitch, 2);
  return `${kind} ${size}, ${quantityText(state.pitch, "m", 3)} apart, on ${digits(100 * state.contactFraction, 3)} % of the interface. The electrolyte is ${deep} pitches deep.`;
}
