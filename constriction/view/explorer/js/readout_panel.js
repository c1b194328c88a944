/** The numbers beside the curves, each with a line of what it means. */
import { button, element, symbol } from "./dom.js";
import { capacitanceWords, frequencyWords, resistanceWords, withErrorWords } from "./shown.js";

const ROWS = [
  ["R_cstr", resistanceWords, "Constriction resistance: what the spots add to full contact at direct current, by crowding the current lines."],
  ["C_cstr", capacitanceWords, "Constriction capacitance: 1/(2π f_cstr R_cstr). It looks like an interface's capacitance, and is geometry."],
  ["f_cstr", frequencyWords, "Where the arc of constriction alone peaks."],
  ["R_electrolyte", resistanceWords, "The slab with full contact: thickness over conductivity, bulk and grain boundaries in series."],
  ["R_SE", resistanceWords, "What a circuit fitted to the spectrum reads as the electrolyte's resistance. Compare it with R_electrolyte."],
  ["R_int", resistanceWords, "What the same fit reads as the interface's resistance. Compare it with R_cstr."],
  ["C_int", capacitanceWords, "What the same fit reads as the interface's capacitance. Compare it with C_cstr."],
];
const READ = { R_SE: [1e4, "Ω·cm²"], R_int: [1e4, "Ω·cm²"], C_int: [1e-4, "F/cm²"] }; // of SI values per area
/** What must be said of a C_cstr that is not the gap's, as view/terminal/result_rows.py has it. */
const OF_OTHERS = {
  electrolyte: "of the electrolyte's own peak: it tells nothing about the gap",
  several: "several relaxations",
};

/** The panel: `show(summary, pinned)` at once, `showReadings(readings)` when the fit is done. */
export class ReadoutPanel {
  constructor() {
    this.cells = new Map();
    this.open = null;
    this.meaning = element("p", { class: "meaning", id: "meaning", "aria-live": "polite" });
    const items = new Map(ROWS.map(([name, , help]) => [name, this.itemOf(name, help)]));
    const rowOf = (words, names) => [element("h3", {}, words), names.map((name) => items.get(name) ?? element("div", { class: "item none" }))];
    this.reason = element("p", { class: "reason" });
    this.owner = [];
    this.node = element(
      "section",
      { class: "readouts", "aria-label": "Numbers" },
      element("div", { class: "numbers" }, rowOf("Of the interface", ["R_cstr", "C_cstr", "f_cstr", "R_electrolyte"]), rowOf("As a fit reads it", ["R_int", "C_int", "", "R_SE"])),
      this.meaning,
      this.reason,
    );
    this.explain(null);
  }

  itemOf(name, help) {
    const value = element("span", { class: "value" }, "–");
    const words = button(symbol(name), () => this.toggle(name), { class: "term", "aria-describedby": "meaning", "aria-label": `${name}: ${help}` });
    words.addEventListener("focus", () => this.explain(help));
    const item = element("div", { class: "item" }, words, value);
    item.addEventListener("pointerenter", () => this.explain(help));
    item.addEventListener("pointerleave", () => this.explain(this.open));
    this.cells.set(name, value);
    return item;
  }

  toggle(name) {
    const help = ROWS.find((row) => row[0] === name)[2];
    this.open = this.open === help ? null : help;
    this.explain(help);
  }

  explain(help) {
    const idle = this.owner.length ? this.owner : ["Point at a name, or tap it, to see what it means."];
    this.meaning.replaceChildren(...(help === null ? idle : [help]));
    this.meaning.classList.toggle("idle", help === null);
    this.explained = help;
  }

  show(summary) {
    for (const [name, words] of ROWS) if (!(name in READ)) this.cells.get(name).textContent = words(summary[name]);
    if (summary.spread > 0) this.cells.get("R_cstr").append(" ", element("span", { class: "bar-of-error" }, `± ${(100 * summary.spread).toFixed(0)} %`));
    for (const name of Object.keys(READ)) this.cells.get(name).classList.add("settling");
    this.showOwner(summary);
  }

  /** Whose peak C_cstr is of: where it is not the gap's, it tells nothing about the gap, and C_low and C_high do. */
  showOwner({ belongs, peaks, C_low, C_high }) {
    const words = belongs === "several" && peaks.length === 1 ? undefined : OF_OTHERS[belongs];
    this.cells.get("C_cstr").classList.toggle("doubtful", Boolean(words));
    const limits = words ? [symbol("C_low"), ` ${capacitanceWords(C_low)}, `, symbol("C_high"), ` ${capacitanceWords(C_high)}.`] : [];
    this.owner = words ? [symbol("C_cstr"), `: ${words}. `, ...limits] : [];
    const told = this.owner.map((part) => part.textContent ?? part).join("");
    if (told === this.ownerTold) return;
    this.ownerTold = told;
    if (this.explained === null) this.explain(null);
  }

  showReadings(found) {
    for (const [name, [factor, unit]] of Object.entries(READ)) {
      const cell = this.cells.get(name);
      cell.classList.remove("settling");
      if (found[name] === null) cell.textContent = "not read";
      else {
        const [value, rest] = withErrorWords(found[name] * factor, found[`${name}_stderr`] * factor, unit);
        cell.replaceChildren(element("span", {}, value), " ", element("span", { class: rest.startsWith("±") ? "bar-of-error" : "" }, rest));
      }
    }
    this.reason.textContent = found.reason ? `${found.reason}.`.replace("..", ".") : `Read with ${found.circuit} beside the same slab.`;
  }
}
