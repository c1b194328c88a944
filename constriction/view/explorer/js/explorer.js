/** The page: one state, from which everything that is seen is drawn. */
import { openAtlas } from "./atlas.js";
import { AwayPanel } from "./away_panel.js";
import { Background } from "./background.js";
import { curveFrom, distributionOf, residualOf, solveState } from "./curves.js";
import { announce, button, element } from "./dom.js";
import { DrawingPanel } from "./drawing_panel.js";
import { fitPage } from "./fitting.js";
import { Header } from "./header.js";
import { InterfacePanel } from "./interface_panel.js";
import { MeasuredPanel } from "./measured_panel.js";
import { keptFile, knownWithout, reconciled, sizedAs } from "./measurement.js";
import { fromAddress, pageOf, toAddress } from "./page_state.js";
import { LOCKED_FIRST, parameterOf } from "./parameters.js";
import { PlotsPanel } from "./plots_panel.js";
import { ReadoutPanel } from "./readout_panel.js";
import { withSigns } from "./quantities.js";
import { knownPage, pinWords, stateWords } from "./page_words.js";
import { Steps } from "./steps.js";

const FIRST_PRESET = "sodium_islands.toml";
const SETTLED = 160; // ms after the last change, when the circuit is fitted

/** The page of some data, and of the script that it is made of. */
export class Explorer {
  constructor(data, script) {
    this.atlas = openAtlas(data.atlas);
    const beside = () => new Background({ script, data: data.atlas, atlas: this.atlas });
    this.fitting = beside();
    this.reading = beside();
    this.materials = data.materials;
    this.presets = data.presets;
    this.presetAddresses = data.presets.map((preset) => (preset.state ? toAddress(pageOf(preset, [])) : null));
    this.pins = [];
    this.pinCount = 0;
    this.files = new Map();
    for (const one of data.measured) this.keepFile(one, one.file);
    this.measured = this.files.values().next().value ?? null;
    this.fit = null;
    this.fits = []; // what each found of the electrolyte, and the page before it
    this.isFitting = false;
    this.settling = 0;
    this.drawing = 0;
    this.page = this.firstPage(data);
    this.build(data);
  }

  firstPage(data) {
    const first = data.start ?? this.presets.find((preset) => preset.file === FIRST_PRESET);
    try {
      const found = fromAddress(location.hash);
      if (found) return this.knownHere(found);
    } catch (error) {
      this.complaint = `The address says nothing that this page knows: ${error.message}`;
    }
    return pageOf(first, LOCKED_FIRST);
  }

  /** The page of an address as far as this one goes; what is different is told. */
  knownHere(found) {
    const { page, told } = knownPage(this, found);
    if (told.length) this.complaint = `The link says what is not here: ${told.join("; ")}`;
    if (told.length && this.header) announce(this.complaint, true);
    return page;
  }

  build(data) {
    this.header = new Header(this);
    this.panel = new InterfacePanel(this);
    this.readouts = new ReadoutPanel();
    this.plots = new PlotsPanel();
    this.measuring = new MeasuredPanel(this);
    this.away = new AwayPanel(this);
    this.pictures = new DrawingPanel();
    this.note = element("p", { class: "note" });
    this.outside = element("p", { class: "outside", role: "status" });
    this.pinList = element("ul", { class: "pins", "aria-label": "Pinned curves" });
    const put = (name, ...nodes) => document.getElementById(name).append(...nodes);
    put("head", this.header.node);
    put("drawing", ...this.pictures.nodes);
    put("controls", this.note, this.panel.node);
    put("answer", this.readouts.node, this.outside, this.pinList);
    put("plots", ...["nyquist", "bode", "relaxation", "residuals"].map((name) => this.plots.node(name)));
    put("answer-end", this.measuring.node, this.away.node);
    put("version", `constriction ${data.version}. Spectra are interpolated from an atlas of solved interfaces. Nothing leaves this computer.`);
    addEventListener("hashchange", () => this.goTo(location.hash));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.themeChanged());
  }

  start() {
    this.plots.begin();
    this.useMeasuredSize();
    this.steps = new Steps(toAddress(this.page));
    this.draw();
    this.measuring.show();
    if (this.complaint) announce(this.complaint, true);
    requestAnimationFrame(() => {
      document.documentElement.dataset.ready = performance.now().toFixed(0); // ms, when the first curve is shown
    });
  }

  materialOf(name) {
    return this.materials.find((one) => one.name === name) ?? this.materials[0];
  }

  say(words, caution = false) {
    announce(words, caution);
  }

  /** Keep a measured file that was read; its name here. */
  keepFile(found, file) {
    const kept = keptFile(found, file, this.files, parameterOf("thickness").limits);
    this.files.set(kept.name, kept);
    return kept.name;
  }

  /** Another page; `final` where it is a step that can be undone. */
  change(page, final) {
    const { measured } = this;
    Object.assign(this, reconciled(page, measured));
    if (this.measured !== measured) {
      this.files.set(measured.name, this.measured);
      this.measuring.show();
    }
    if (final) this.keep();
    if (!this.drawing) this.drawing = requestAnimationFrame(() => this.draw());
  }

  keep() {
    const address = toAddress(this.page);
    this.steps.take(address);
    this.writeAddress(address);
  }

  writeAddress(address) {
    history.replaceState(null, "", `#${address}`);
  }

  draw() {
    this.drawing = 0;
    this.reading.forget();
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.settle(), SETTLED);
    const { state } = this.page;
    const address = toAddress(this.page);
    try {
      this.solved = solveState(this.atlas, state);
    } catch (error) {
      return announce(`No curve: ${error.message}`, true);
    }
    if (this.fit) this.fit.moved = address !== this.fit.address;
    this.plots.show(this.plotData());
    this.pictures.show(state, this.plots.theme);
    this.panel.show();
    this.readouts.show(this.solved.summary);
    const number = this.presetAddresses.indexOf(toAddress({ ...this.page, locks: [] }));
    this.header.show(number < 0 ? null : number);
    const preset = this.presets[number];
    this.note.title = this.note.textContent = preset?.note ?? stateWords(state);
    const told = this.solved.outside.map((one) => withSigns(`${one.message}.`));
    this.outside.textContent = [preset?.remark, ...told].filter(Boolean).join(" ");
    this.showPins();
    return undefined;
  }

  plotData() {
    const { solved, fit } = this;
    const spectrum = this.measuring.spectrum();
    const curves = [curveFrom("model", "this interface", solved.frequency, solved.z), ...this.pins.map((pin) => pin.curve)];
    if (fit && !fit.moved) curves.push(...fit.band);
    if (spectrum) curves.push(curveFrom("measured", "measured", spectrum.frequency, spectrum));
    const poles = solved.relaxation.poles?.map((pole) => ({ tau: pole.tau, resistance: pole.resistance * 1e4 })) ?? null;
    const residual = spectrum ? residualOf(this.atlas, this.page.state, spectrum) : null;
    const noise = fit && !fit.moved ? fit.found.noise : null;
    const distributions = [distributionOf("model", "this interface", solved), ...this.pins.map((pin) => pin.distribution)];
    return { curves, distributions, poles, residual, noise };
  }

  /** What takes longer than a frame: what a circuit reads, and the texts to take away. */
  settle() {
    if (!this.solved) return;
    if (this.measured) this.fitting.opened();
    this.plots.drawAll();
    this.away.show();
    this.readOff();
    if (this.fit) this.measuring.showFit();
  }

  /** Show what a circuit reads, unless the page is another one by then. */
  async readOff() {
    const { spectrum, name } = this.measuring.unread();
    try {
      const found = await this.reading.run("readings", { state: this.page.state, measured: spectrum });
      if (!found) return;
      this.readouts.showReadings(found.ofState);
      if (found.ofMeasured) this.measuring.showCircuit(name, found.ofMeasured);
    } catch (error) {
      this.readouts.showReadings({ R_SE: null, R_int: null, C_int: null, reason: error.message });
    }
  }

  goTo(address) {
    try {
      const found = fromAddress(address);
      if (found) this.change(this.knownHere(found), true);
    } catch (error) {
      announce(`That address is none of this page: ${error.message}`, true);
    }
  }

  usePreset(preset) {
    this.page = pageOf(preset, this.page.locks);
    this.useMeasuredSize();
    this.change(this.page, true);
  }

  undo() {
    this.restore(this.steps.undo());
  }

  redo() {
    this.restore(this.steps.redo());
  }

  restore(address) {
    if (address === null) return;
    try {
      this.change(fromAddress(address), false);
      this.writeAddress(toAddress(this.page));
    } catch (error) {
      announce(`That step cannot be taken: ${error.message}`, true);
    }
  }

  pin() {
    const { state } = this.page;
    const same = toAddress({ ...this.page, locks: [] });
    if (this.pins.some((pin) => pin.same === same)) return announce("This curve is pinned already");
    const number = this.pinCount++;
    const words = pinWords(state);
    const label = this.pins.some((pin) => pin.label === words) ? `${words} (${number + 1})` : words;
    const curve = curveFrom("pin", label, this.solved.frequency, this.solved.z, number);
    const distribution = distributionOf("pin", label, this.solved, number);
    this.pins = [...this.pins, { number, label, curve, distribution, same, address: toAddress(this.page) }];
    announce(`Pinned: ${label}`);
    return this.change(this.page, false);
  }

  showPins() {
    const item = (pin) =>
      element("li", {}, button(pin.label, () => this.goTo(pin.address), { class: "link", title: "Go back to it" }), button("×", () => this.unpin(pin), { class: "remove", "aria-label": `Remove ${pin.label}` }));
    this.pinList.replaceChildren(...this.pins.map(item));
  }

  unpin(pin) {
    this.pins = this.pins.filter((one) => one !== pin);
    this.change(this.page, false);
  }

  themeChanged() {
    this.plots.refreshTheme();
    this.draw();
    if (this.fit) this.measuring.showFit();
  }

  /** Another measurement, or the same with another area, thickness or spectrum. */
  measure(measured) {
    this.fitting.stop();
    this.measured = measured;
    if (measured) this.files.set(measured.name, measured);
    this.fit = null;
    this.measuring.showFit();
    this.measuring.show();
    this.useMeasuredSize();
    this.change(this.page, true);
  }

  /** The cell that was measured is the one that is shown: its area, thickness and window. */
  useMeasuredSize() {
    if (this.measured) this.page = sizedAs(this.page, this.measured, this.measuring.spectrum());
  }

  runFit() {
    return fitPage(this);
  }

  /** The page with the electrolyte that was known before fits. */
  knownBefore() {
    return knownWithout(this.page, this.fits);
  }

  backToFit() {
    this.goTo(this.fit.address);
  }
}
