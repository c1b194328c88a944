/** The left side: pattern, sliders with numbers and locks, film, second level, electrolyte. */
import { button, drawn, element, select } from "./dom.js";
import { electrolyteAt, temperatureLimits } from "./electrolytes.js";
import { applies, limitsOf, NEVER_FITTED, PARAMETERS, placeOf, timesShown, valueOfPlace } from "./parameters.js";
import { valueAt, withValue } from "./page_state.js";
import { foilPanel } from "./foil_panel.js";
import { parseTemperature, quantityFrom, quantityText, temperatureText } from "./quantities.js";
import { withZoneOf } from "./zones.js";

const STEPS = 1000;
const GROUP_WORDS = { film: "The film is", fine: "The second level is", zone: "The lifted zone is" };
const [ROUNDED_DOWN, ROUNDED_UP] = [1 - 1e-9, 1 + 1e-9]; // of a limit that is typed as it is shown
const CONDUCTIVITY_DIGITS = 4;
const PATTERN_WORDS = {
  hexagonal: "Hexagonal islands",
  square: "Square lattice",
  stripes: "Stripes",
  random: "Random islands",
  clustered: "Clustered islands",
  pores: "Pores in a layer",
};
const FIRST_FILM = { resistance: 2e-4, capacitance: 0.2, exponent: 1 };
const FIRST_ZONE = { share: 0.3, ratio: 20 };
const FIRST_FINE = { ratio: 0.02, contactFraction: 0.05, gapHeight: 2e-8 };
const FIRST_OF = { film: FIRST_FILM, fine: FIRST_FINE, zone: FIRST_ZONE };
const INSIDE = "M5 7V5a3 3 0 0 1 6 0v2";
const OPEN = "M5 7V4.4a3 3 0 0 1 5.8-1";

function lockPicture() {
  return drawn(
    "svg",
    { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" },
    drawn("rect", { x: 3, y: 7, width: 10, height: 7, rx: 1.5, fill: "currentColor" }),
    drawn("path", { class: "closed", d: INSIDE, fill: "none", stroke: "currentColor", "stroke-width": 1.6 }),
    drawn("path", { class: "open", d: OPEN, fill: "none", stroke: "currentColor", "stroke-width": 1.6 }),
  );
}

/** The panel; `app` has `page`, `atlas`, `materials` and `change(page, final)`. */
export class InterfacePanel {
  constructor(app) {
    this.app = app;
    this.rows = new Map();
    const rows = (...paths) => paths.map((path) => this.parameterRow(path));
    this.pattern = select([], (name) => this.choosePattern(name), { id: "pattern", "aria-label": "Pattern" });
    const [film, fine, zone] = Object.keys(FIRST_OF).map((name) => element("input", { type: "checkbox", id: `has-${name}`, onchange: () => this.toggleGroup(name) }));
    this.boxes = { film, fine, zone };
    this.whyZone = element("span", { class: "hint" });
    this.foil = foilPanel(app, (state) => app.change({ ...app.page, state }, true));
    this.zoneRows = element("div", {}, rows("zone.ratio", "zone.share"), this.foil.node);
    this.why = element("span", { class: "hint" });
    this.material = select([], (name) => this.chooseMaterial(name), { id: "material" });
    this.temperature = element("input", { type: "text", id: "temperature", class: "number", inputmode: "text", onchange: () => this.typeTemperature() });
    this.warmth = element("input", { type: "range", min: 0, max: STEPS, "aria-label": "Temperature", oninput: () => this.slideTemperature(false), onchange: () => this.slideTemperature(true) });
    this.boundaries = element("div", {}, rows("electrolyte.grainBoundaryConductivity", "electrolyte.grainBoundaryFrequency", "electrolyte.grainBoundaryExponent"));
    this.filmRows = element("div", {}, rows("film.resistance", "film.capacitance", "film.exponent"));
    this.fineRows = element("div", {}, rows("fine.contactFraction", "fine.ratio", "fine.gapHeight"));
    this.node = element(
      "div",
      { class: "controls" },
      element("div", { class: "row" }, element("label", { for: "pattern" }, "Pattern"), this.pattern),
      rows("contactFraction", "pitch", "gapHeight"),
      this.groupOf("Electrolyte", true, this.electrolyteRows(rows)),
      (this.contacts = this.groupOf("Contacts", false, [
        element("label", { class: "check" }, film, "A film on the contacts"),
        this.filmRows,
        element("label", { class: "check" }, fine, "A second level: fine spots under the islands"),
        this.fineRows,
        this.why,
      ])),
      (this.gap = this.groupOf("Gap and sweep", false, [
        element("label", { class: "check" }, zone, "Lifted zone: metal higher beside the contacts"),
        this.zoneRows,
        this.whyZone,
        rows("gapPermittivity", "sweep.from", "sweep.to"),
      ])),
    );
  }

  groupOf(title, open, children) {
    return element("details", { open }, element("summary", {}, title), children);
  }

  electrolyteRows(rows) {
    return [
      element("div", { class: "row" }, element("label", { for: "material" }, "Material"), this.material),
      rows("thickness"),
      element("div", { class: "row slider" }, element("label", { for: "temperature" }, "Temperature"), this.temperature, element("span"), this.warmth),
      element("details", { class: "inner" }, element("summary", {}, "Its own values"), rows("electrolyte.bulkConductivity", "electrolyte.relativePermittivity"), this.boundaries),
    ];
  }

  parameterRow(path) {
    const parameter = PARAMETERS.find((one) => one.path === path);
    const id = `p-${path.replace(".", "-")}`;
    const range = element("input", { type: "range", min: 0, max: STEPS, step: 1, id: `${id}-slider`, "aria-label": parameter.label });
    const number = element("input", { type: "text", id, class: "number", inputmode: "text", autocomplete: "off", spellcheck: "false" });
    const lock = NEVER_FITTED.includes(path) ? element("span") : button("", () => this.toggleLock(path), { class: "lock", "aria-label": `${parameter.label}: free in fits` });
    if (lock.tagName === "BUTTON") lock.append(lockPicture());
    const node = element("div", { class: "row slider", title: parameter.help }, element("label", { for: id }, parameter.label), number, lock, range);
    range.addEventListener("input", () => this.slide(path, false));
    range.addEventListener("change", () => this.slide(path, true));
    number.addEventListener("change", () => this.type(path));
    this.rows.set(path, { parameter, node, range, number, lock });
    return node;
  }

  slide(path, final) {
    const { parameter, range } = this.rows.get(path);
    const limits = limitsOf(this.app.atlas, this.app.page.state, parameter);
    this.changeValue(path, valueOfPlace(Number(range.value) / STEPS, limits, parameter.scale), final);
  }

  type(path) {
    const { parameter, number } = this.rows.get(path);
    const { state } = this.app.page;
    const times = timesShown(parameter, state);
    const [low, high] = limitsOf(this.app.atlas, state, parameter);
    try {
      const value = quantityFrom(number.value, parameter.unit) / times;
      if (!(value >= low * ROUNDED_DOWN && value <= high * ROUNDED_UP)) {
        throw new Error(`${number.value}: here from ${quantityText(low * times, parameter.unit)} to ${quantityText(high * times, parameter.unit)}`);
      }
      number.removeAttribute("aria-invalid");
      this.changeValue(path, Math.min(Math.max(value, low), high), true);
    } catch (error) {
      number.setAttribute("aria-invalid", "true");
      this.app.say(`${parameter.label}: ${error.message}`, true);
    }
  }

  changeValue(path, value, final) {
    const { page } = this.app;
    const next = { ...page, state: this.withHeldZone(withValue(page.state, path, value), path, final) };
    if (path.startsWith("electrolyte.")) next.material = "own";
    this.app.change(next, final);
  }

  /** A state whose zone keeps its lengths, while something else is moved by hand, as far as there is room for them. */
  withHeldZone(state, path, final) {
    if (!state.zone || path.startsWith("zone.")) return state;
    const now = this.app.page.state;
    const from = this.moved?.to === now ? this.moved.from : now; // of one move, whose zone may have been short of room
    const to = withZoneOf(state, from, this.app.atlas.zoneLimits);
    this.moved = final ? null : { from, to };
    return to;
  }

  toggleLock(path) {
    const { page } = this.app;
    const locks = page.locks.includes(path) ? page.locks.filter((one) => one !== path) : [...page.locks, path];
    this.app.change({ ...page, locks }, true);
  }

  /** One of the groups on, and the others off: the atlas has no two at once; or it off. */
  toggleGroup(name) {
    const { page } = this.app;
    const on = !page.state[name];
    const none = on ? Object.fromEntries(Object.keys(FIRST_OF).map((other) => [other, null])) : {};
    const state = { ...page.state, ...none, [name]: on ? { ...FIRST_OF[name] } : null };
    const gone = Object.keys(none).filter((other) => other !== name && page.state[other]);
    if (gone.length) this.app.say(`${GROUP_WORDS[gone[0]]} off: the atlas has one of film, second level and lifted zone at a time`);
    this.app.change({ ...page, state: this.withinLimits(state) }, true);
  }

  choosePattern(pattern) {
    const { page, atlas } = this.app;
    const state = { ...page.state, pattern };
    if (!atlas.filmed.includes(pattern)) Object.assign(state, { film: null, fine: null });
    if (!atlas.lifted.includes(pattern)) state.zone = null;
    this.app.change({ ...page, state: this.withinLimits(state) }, true);
  }

  /** A state whose contact fraction is one of its pattern. */
  withinLimits(state) {
    const [low, high] = limitsOf(this.app.atlas, state, this.rows.get("contactFraction").parameter);
    const fraction = Math.min(high, Math.max(low, state.contactFraction));
    if (fraction !== state.contactFraction) this.app.say(`Contact fraction ${fraction}: as far as the atlas has ${PATTERN_WORDS[state.pattern] ?? state.pattern}`);
    return { ...state, contactFraction: fraction };
  }

  chooseMaterial(name) {
    const { page } = this.app;
    if (name === "own") return this.app.change({ ...page, material: name }, true);
    const material = this.app.materialOf(name);
    const [low, high] = temperatureLimits(material);
    const temperature = Math.min(high, Math.max(low, page.temperature));
    return this.app.change({ ...page, material: name, temperature, state: { ...page.state, electrolyte: electrolyteAt(material, temperature) } }, true);
  }

  changeTemperature(temperature, final) {
    const { page } = this.app;
    const material = this.app.materialOf(page.material);
    this.app.change({ ...page, temperature, state: { ...page.state, electrolyte: electrolyteAt(material, temperature) } }, final);
  }

  slideTemperature(final) {
    const [low, high] = temperatureLimits(this.app.materialOf(this.app.page.material));
    this.changeTemperature(low + Math.round(((high - low) * Number(this.warmth.value)) / STEPS), final);
  }

  typeTemperature() {
    try {
      const [low, high] = temperatureLimits(this.app.materialOf(this.app.page.material));
      const value = parseTemperature(this.temperature.value);
      if (!(value >= low && value <= high)) throw new Error(`${this.temperature.value}: here from ${temperatureText(low)} to ${temperatureText(high)}`);
      this.temperature.removeAttribute("aria-invalid");
      this.changeTemperature(value, true);
    } catch (error) {
      this.temperature.setAttribute("aria-invalid", "true");
      this.app.say(`Temperature: ${error.message}`, true);
    }
  }

  /** Show the app's page. */
  show() {
    const { page, atlas } = this.app;
    const { state } = page;
    this.showChoices(page);
    for (const [path, row] of this.rows) {
      const { parameter, node, range, number, lock } = row;
      const shown = applies(state, path);
      if (node.hidden === shown) node.hidden = !shown;
      if (!shown) continue;
      const limits = limitsOf(atlas, state, parameter);
      const value = valueAt(state, path);
      const closed = page.locks.includes(path);
      const shownAs = value * timesShown(parameter, state);
      const now = `${shownAs} ${limits} ${closed}`;
      if (row.now === now && !number.hasAttribute("aria-invalid") && ![number, range].includes(document.activeElement)) continue;
      row.now = now;
      range.value = Math.round(STEPS * placeOf(value, limits, parameter.scale));
      const words = quantityText(shownAs, parameter.unit, parameter.unit === "S/m" ? CONDUCTIVITY_DIGITS : undefined);
      range.setAttribute("aria-valuetext", words);
      number.value = words; // also of an entry that was refused: what is shown is the state
      number.removeAttribute("aria-invalid");
      if (lock.tagName !== "BUTTON") continue;
      lock.setAttribute("aria-pressed", closed);
      lock.setAttribute("aria-label", `${parameter.label}: ${closed ? "held in fits" : "free in fits"}`);
      lock.title = closed ? "Held in fits" : "Free in fits";
    }
    const known = { film: atlas.filmed, fine: atlas.filmed, zone: atlas.lifted };
    for (const [name, box] of Object.entries(this.boxes)) {
      if (state[name] && !box.checked) (name === "zone" ? this.gap : this.contacts).open = true; // what is new is seen
      box.checked = Boolean(state[name]);
      box.disabled = !box.checked && !known[name].includes(state.pattern);
    }
    this.why.textContent = this.boxes.film.disabled ? `The atlas has films and finer spots on ${atlas.filmed.join(" and ")} contacts only.` : "";
    this.foil.show(state);
    this.whyZone.textContent = this.boxes.zone.disabled ? `A lifted zone is known beside ${atlas.lifted.join(" and ")} contacts only; constriction run has it beside any.` : "";
  }

  showChoices(page) {
    const { atlas, materials } = this.app;
    if (!this.pattern.length) {
      for (const name of atlas.patterns) this.pattern.append(element("option", { value: name }, PATTERN_WORDS[name] ?? name));
      for (const { name, title } of materials) this.material.append(element("option", { value: name, title }, `${name}: ${title.split(",")[0]}`));
      this.material.append(element("option", { value: "own" }, "Own values"));
    }
    const now = `${page.state.pattern} ${page.material} ${page.temperature}`;
    if (this.chosen === now && !this.temperature.hasAttribute("aria-invalid") && document.activeElement !== this.temperature) return;
    this.chosen = now;
    this.pattern.value = page.state.pattern;
    this.material.value = page.material;
    const own = page.material === "own";
    const [low, high] = own ? [0, 0] : temperatureLimits(this.app.materialOf(page.material));
    this.temperature.disabled = this.warmth.disabled = high <= low;
    this.temperature.removeAttribute("aria-invalid");
    this.temperature.value = own ? "–" : temperatureText(page.temperature);
    this.warmth.value = high > low ? Math.round((STEPS * (page.temperature - low)) / (high - low)) : 0;
  }
}
