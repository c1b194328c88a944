/** The measurement: a file is dropped or chosen, what was understood is shown, what is missing is asked for. */
import { button, element, select } from "./dom.js";
import { perArea } from "./curves.js";
import { circuitWords, fitResult } from "./fit_result.js";
import { AREA_LIMITS } from "./measurement.js";
import { parameterOf } from "./parameters.js";
import { quantityFrom, quantityText } from "./quantities.js";
import { readMeasuredInParts } from "./reader.js";
import { rangeOf } from "./thinning.js";

const LARGEST_FILE = 100e6; // bytes

/** The panel; `app` has `page`, `atlas`, `measured`, `fit` and `measure`, `setThickness`, `runFit`, `backToFit`. */
export class MeasuredPanel {
  constructor(app) {
    this.app = app;
    this.file = element("input", { type: "file", id: "file", class: "away", multiple: true, onchange: () => this.take([...this.file.files]) });
    this.drop = element(
      "div",
      { class: "drop" },
      element("p", {}, "Drop a measured file anywhere, or ", button("choose one", () => this.choose(), { class: "link", id: "choose" }), "."),
      element("p", { class: "hint" }, "Any csv or text with frequency and impedance, or the export of an instrument. Nothing leaves this computer."),
      this.file,
    );
    this.told = element("div", { class: "told-file" });
    this.result = element("div", { class: "fit-result" });
    this.circuit = element("p", { class: "read-off" });
    this.circuitOf = "";
    this.node = element("section", { class: "card measured", "aria-labelledby": "measured-title" }, element("h2", { id: "measured-title" }, "Your measurement"), element("div", { class: "columns" }, element("div", {}, this.drop, this.told), this.result));
    this.listen();
  }

  listen() {
    const stop = (event) => event.preventDefault();
    document.addEventListener("dragover", (event) => {
      stop(event);
      document.body.classList.add("dragging");
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && document.body.classList.remove("dragging"));
    document.addEventListener("drop", (event) => {
      stop(event);
      document.body.classList.remove("dragging");
      this.take([...event.dataTransfer.files]);
    });
  }

  async take(files) {
    if (!files.length) return;
    this.told.replaceChildren(element("p", {}, `Reading ${files.map((file) => file.name).join(", ")} …`));
    this.result.replaceChildren();
    const refused = [];
    let first = null;
    for (const file of files) {
      try {
        if (file.size > LARGEST_FILE) throw new Error(`${file.size} bytes; expected at most ${LARGEST_FILE}`);
        const found = await readMeasuredInParts(file.name, new Uint8Array(await file.arrayBuffer()), () => {});
        const name = this.app.keepFile(found, file.name);
        first ??= name;
      } catch (error) {
        refused.push(error.message.startsWith(file.name) ? error.message : `${file.name}: ${error.message}`);
      }
    }
    this.file.value = "";
    if (first === null) this.show();
    else this.app.measure(this.app.files.get(first));
    this.askForMissing();
    this.told.prepend(...refused.map((words) => element("p", { class: "caution", role: "alert" }, words)));
  }

  /** Bring what has to be typed into view. */
  askForMissing() {
    this.node.scrollIntoView({ block: "nearest" });
    this.told.querySelector("[aria-invalid]")?.focus({ preventScroll: true });
  }

  /** Which of several files is shown; nothing where there is but one. */
  fileChoice() {
    const { files, measured } = this.app;
    if (files.size < (measured ? 2 : 1)) return [];
    const rows = [...files.keys()].map((name) => [name, name]);
    const choice = select([...(measured ? [] : [["", "choose …"]]), ...rows], (name) => this.app.measure(files.get(name) ?? null), { id: "measured-file" });
    choice.value = measured?.name ?? "";
    return [element("div", { class: "row" }, element("label", { for: "measured-file" }, "File"), choice)];
  }

  /** The measured spectrum per area; null where there is none, or its area or thickness is not known. */
  spectrum() {
    const { measured } = this.app;
    if (!measured) return null;
    const chosen = measured.spectra[measured.chosen];
    if (!measured.thickness || !(measured.area || chosen.perArea)) return null;
    return perArea(chosen, measured.area);
  }

  /** The spectrum of which no circuit was read yet, null without one, and its name. */
  unread() {
    const { measured } = this.app;
    const name = measured ? `${measured.chosen} ${measured.area} ${measured.name}` : "";
    return { spectrum: name === this.circuitOf ? null : this.spectrum(), name };
  }

  /** Show what a circuit reads off the measurement. */
  showCircuit(name, found) {
    this.circuitOf = name;
    this.circuit.replaceChildren(...circuitWords(found));
  }

  /** Show the app's measurement. */
  show() {
    const { measured } = this.app;
    this.drop.classList.toggle("small", measured !== null);
    this.moveBeside(measured !== null);
    if (!measured) return this.told.replaceChildren(...this.fileChoice());
    const chosen = measured.spectra[measured.chosen];
    const name = element("p", { class: "file-name" }, element("strong", {}, measured.name), button("remove", () => this.remove(), { class: "link" }));
    const parts = [...this.fileChoice(), name];
    if (measured.spectra.length > 1) {
      const rows = measured.spectra.map((spectrum, k) => [k, spectrum.label]);
      const choice = select(rows, (value) => this.app.measure({ ...measured, chosen: Number(value) }), { id: "spectrum" });
      choice.value = measured.chosen;
      parts.push(element("div", { class: "row" }, element("label", { for: "spectrum" }, "Spectrum"), choice));
    }
    if (!chosen.perArea) parts.push(this.fieldOf("area", "Area", "m2", "0.785 cm2", AREA_LIMITS, (area) => this.app.measure({ ...measured, area })));
    parts.push(this.fieldOf("thickness", "Thickness", "m", "1.5 mm", parameterOf("thickness").limits, (thickness) => this.app.measure({ ...measured, thickness })));
    const [points, ...others] = this.understood(measured, chosen);
    const open = others.some((line) => /^warning/i.test(line));
    const items = others.map((line) => element("li", { class: /^warning/i.test(line) ? "caution" : null }, line));
    parts.push(element("p", { class: "hint" }, points), element("details", { open }, element("summary", {}, "What was understood"), element("ul", {}, items)));
    if (this.unread().spectrum || !this.spectrum()) this.circuit.replaceChildren();
    parts.push(this.circuit);
    const ready = this.spectrum() !== null;
    parts.push(element("p", { class: "fit-line" }, button("Fit the interface", () => this.app.runFit(), { class: "main", id: "fit", disabled: !ready || this.app.isFitting }), element("span", { class: "hint" }, ready ? "Free is what has an open lock." : "")));
    this.told.replaceChildren(...parts);
    return undefined;
  }

  /** Where the panel stands: below the first plots once there is a measurement, below all of them before. */
  moveBeside(plots) {
    if (plots === Boolean(this.node.closest("#plots"))) return;
    if (plots) document.querySelector("#plots .bode").after(this.node);
    else document.getElementById("answer-end").prepend(this.node);
  }

  /** Ask for files. */
  choose() {
    this.file.click();
  }

  remove() {
    this.app.files.delete(this.app.measured.name);
    this.app.measure(null);
  }

  understood(measured, chosen) {
    const words = Array.isArray(measured.understood) ? measured.understood : measured.understood.split("; ");
    const { frequency } = chosen;
    const ends = rangeOf(frequency).reverse().map((f) => quantityText(f, "Hz"));
    const many = chosen.points > frequency.length ? `${frequency.length} of ${chosen.points} points, evenly in log f` : `${frequency.length} points`;
    return [`${many}, ${ends.join(" to ")}`, ...words.filter(Boolean)];
  }

  fieldOf(name, words, unit, example, [low, high], take) {
    const value = this.app.measured[name];
    const field = element("input", { type: "text", id: `measured-${name}`, class: "number", placeholder: example, value: value ? quantityText(value, unit) : null });
    const hint = element("span", { class: "hint", id: `hint-${name}` }, value ? "" : `The file does not say it: such as ${example}`);
    field.setAttribute("aria-describedby", hint.id);
    if (!value) field.setAttribute("aria-invalid", "true");
    field.addEventListener("change", () => {
      try {
        const given = quantityFrom(field.value, unit);
        if (!(given >= low && given <= high)) throw new Error(`${field.value}: here from ${quantityText(low, unit)} to ${quantityText(high, unit)}`);
        take(given);
      } catch (error) {
        hint.textContent = error.message;
        field.setAttribute("aria-invalid", "true");
      }
    });
    return element("div", { class: "row asked" }, element("label", { for: field.id }, words), field, hint);
  }

  /** Say that a fit of so many unknowns runs, and how far it is. */
  showRunning(unknowns) {
    this.progress = element("progress", { max: 1, value: 0, "aria-label": "How far the fit is" });
    this.stage = element("span", { class: "hint" });
    const cancel = button("Cancel", () => this.app.fitting.stop(), { id: "cancel" });
    this.result.replaceChildren(element("p", { role: "status" }, `Fitting ${unknowns} unknowns …`), element("p", { class: "running" }, this.progress, cancel), this.stage);
    this.setFitting(true);
  }

  showProgress({ share, words }) {
    this.progress.value = Math.max(share, this.progress.value);
    this.stage.textContent = words;
  }

  setFitting(isRunning) {
    this.running = isRunning;
    const button = this.told.querySelector("#fit");
    if (button) button.disabled = isRunning || this.spectrum() === null;
  }

  /** Show how a fit ended: an error, or what it found. */
  showFailure(error) {
    this.result.replaceChildren(element("p", { class: "caution", role: "alert" }, `No fit: ${error.message}`));
    this.cameToAnEnd();
  }

  showFit() {
    const { fit, isFitting } = this.app;
    if (isFitting) return;
    this.result.replaceChildren(...(fit ? fitResult(fit, () => this.app.backToFit()) : []));
    this.cameToAnEnd();
  }

  /** Bring the end of a fit into view, once. */
  cameToAnEnd() {
    const small = matchMedia("(max-width: 52rem)").matches; // where a plot covers the upper part of the window
    if (this.running) this.result.scrollIntoView({ block: small ? "start" : "nearest" });
    this.setFitting(false);
  }
}
