/** The length of a lifted zone from the foil, and what holds it down. */
import { button, element } from "./dom.js";
import { POISSON_RATIO, zoneOfFoil } from "./foil.js";
import { parameterOf, shownValue, timesShown } from "./parameters.js";
import { quantityFrom, quantityText } from "./quantities.js";

const FIELDS = [
  ["thickness", "Foil thickness", "m", "5 µm", ""],
  ["modulus", "Young's modulus", "Pa", "120 GPa", ""],
  ["pressure", "Stack pressure", "Pa", "0.1 MPa", "none"],
  ["adhesion", "Adhesion", "J/m2", "", "none"],
];

/**
 * A group of fields and a button.
 * @param {object} app with `page` and `say`; @param {function} take gets another state
 * @returns {{node: Node, show: function}} show(state): what was told goes with the zone that it was told of
 */
export function foilPanel(app, take) {
  const fields = new Map();
  const rows = FIELDS.map(([name, words, , value, hint]) => {
    const field = element("input", { type: "text", id: `foil-${name}`, class: "number", autocomplete: "off", spellcheck: "false", value, placeholder: hint });
    fields.set(name, field);
    return element("div", { class: "row" }, element("label", { for: field.id }, words), field);
  });
  let zone = "";
  const told = element("p", { class: "hint", role: "status" });
  const apply = () => {
    try {
      const { state, words } = withFoil(app, readFoil(fields));
      zone = JSON.stringify(state.zone);
      told.textContent = words;
      take(state);
    } catch (error) {
      app.say(error.message, true);
    }
  };
  const node = element("details", { class: "inner" }, element("summary", {}, "Length from a foil"), rows, button("Set the length", apply, { id: "foil-apply" }), told);
  const show = (state) => {
    node.hidden = !state.zone;
    if (told.textContent && JSON.stringify(state.zone) !== zone) told.textContent = "";
  };
  return { node, show };
}

/** What the fields say, SI; null of one that is empty. */
function readFoil(fields) {
  const foil = {};
  for (const [name, words, unit] of FIELDS) {
    const field = fields.get(name);
    field.removeAttribute("aria-invalid");
    const text = field.value.trim().replace("²", "2");
    try {
      foil[name] = text === "" || text === "none" ? null : quantityFrom(text, unit);
      if (foil[name] === null ? name === "thickness" || name === "modulus" : !(foil[name] > 0)) throw new Error(`${text || "nothing"}: expected more than zero`);
    } catch (error) {
      field.setAttribute("aria-invalid", "true");
      throw new Error(`${words}: ${error.message}`);
    }
  }
  return foil;
}

/** The app's state with the zone of a foil as long as there is room for, and what is said of it. */
function withFoil({ page, atlas }, foil) {
  const { state } = page;
  const share = parameterOf("zone.share");
  const lift = shownValue(parameterOf("zone.ratio"), state) - state.gapHeight;
  if (!(lift > 0)) throw new Error("Height at the rims: expected more than the gap's height");
  const { lifted, length, held } = zoneOfFoil(foil, lift);
  const [low, high] = [share.limits[0], atlas.zoneLimits.share[1]];
  const wanted = length / timesShown(share, state);
  const kept = Math.min(Math.max(wanted, low), high);
  const room = kept === wanted ? "" : ` There is room for ${quantityText(kept * timesShown(share, state), "m", 3)} only, as the atlas has it.`;
  const words = `Held by ${held}, the foil is down after ${quantityText(lifted, "m", 3)} (Poisson's ratio ${POISSON_RATIO}); a straight zone of ${quantityText(length, "m", 3)} has the same spectrum within 0.5 % of R_cstr.${room}`;
  return { state: { ...state, zone: { ...state.zone, share: kept } }, words };
}
