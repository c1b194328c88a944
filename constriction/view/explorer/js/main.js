/** The page: one state, from which everything that is seen is drawn. */
import { openAtlas } from "./atlas.js";
import { AwayPanel } from "./away_panel.js";
import { curveFrom, distributionOf, residualOf, solveState } from "./curves.js";
import { announce, button, element } from "./dom.js";
import { viewFromAbove, viewInSection } from "./drawing.js";
import { fitInterface } from "./fit.js";
import { Header } from "./header.js";
import { InterfacePanel } from "./interface_panel.js";
import { MeasuredPanel } from "./measured_panel.js";
import { frequencies, impedance } from "./model.js";
import { fromAddress, pageOf, toAddress } from "./page_state.js";
import { freePaths, LOCKED_FIRST } from "./parameters.js";
import { PlotsPanel } from "./plots_panel.js";
import { ReadoutPanel } from "./readout_panel.js";
import { quantityText, withSigns } from "./quantities.js";
import { readings } from "./readings.js";
import { digits } from "./shown.js";
import { knownPage, stateWords } from "./page_words.js";
import { Steps } from "./steps.js";

const FIRST_PRESET = "sodium_islands.toml";
const SETTLED = 160; // ms after the last change, when the circuit is fitted

class Explorer {
  constructor(data) {
    this.atlas = openAtlas(data.atlas);
    this.materials = data.materials;
    this.presets = data.presets;
    this.presetAddresses = data.presets.map((preset) => (preset.state ? toAddress(pageOf(preset, [])) : null));
    this.pins = [];
    this.pinCount = 0;
    this.files = new Map(data.measured.map((one) => [one.name, { ...one, chosen: 0 }]));
    this.measured = this.files.values().next().value ?? null;
    this.fit = null;
    this.settling = 0;
    this.drawing = 0;
    this.page = this.firstPage(data);
    this.steps = new Steps(toAddress(this.page));
    this.build(data);
  }

  firstPage(data) {
    const first = data.start ?? this.presets.find((preset) => preset.file === FIRST_PRESET);
    try {
      const found = fromAddress(location.hash);
      if (found) return knownPage(this, found);
    } catch (error) {
      this.complaint = `The address says nothing that this page knows: ${error.message}`;
    }
    return pageOf(first, LOCKED_FIRST);
  }

  build(data) {
    this.header = new Header(this);
    this.panel = new InterfacePanel(this);
    this.readouts = new ReadoutPanel();
    this.plots = new PlotsPanel();
    this.measuring = new MeasuredPanel(this);
    this.away = new AwayPanel(this);
    this.above = element("div");
    this.section = element("div");
    this.note = element("p", { class: "note" });
    this.outside = element("p", { class: "outside", role: "status" });
    this.pinList = element("ul", { class: "pins", "aria-label": "Pinned curves" });
    const put = (name, ...nodes) => document.getElementById(name).append(...nodes);
    put("head", this.header.node);
    put("drawing", element("figure", {}, this.above, element("figcaption", {}, "from above")), element("figure", {}, this.section, element("figcaption", {}, "in section")));
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

  /** Another page; `final` where it is a step that can be undone. */
  change(page, final) {
    this.page = page;
    if (final) this.keep();
    if (!this.drawing) this.drawing = requestAnimationFrame(() => this.draw());
  }

  keep() {
    const { thickness } = this.page.state;
    if (this.measured && this.measured.thickness && this.measured.thickness !== thickness) {
      this.measured = { ...this.measured, thickness };
      this.measuring.show();
    }
    const address = toAddress(this.page);
    this.steps.take(address);
    this.writeAddress(address);
  }

  writeAddress(address) {
    history.replaceState(null, "", `#${address}`);
  }

  draw() {
    this.drawing = 0;
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
    this.drawInterface(state);
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

  /** Both drawings, where what they show has changed. */
  drawInterface({ pattern, contactFraction, pitch, gapHeight, thickness, film, fine }) {
    const { theme } = this.plots;
    const now = JSON.stringify([pattern, contactFraction, pitch, gapHeight, thickness, film, fine, theme.paper]);
    if (this.drawnInterface === now) return;
    this.drawnInterface = now;
    const { state } = this.page;
    this.above.replaceChildren(viewFromAbove(state, theme));
    this.section.replaceChildren(viewInSection(state, theme));
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
    this.plots.drawAll();
    this.away.show();
    try {
      this.readouts.showReadings(readings(this.atlas, this.page.state));
    } catch (error) {
      this.readouts.showReadings({ R_SE: null, R_int: null, C_int: null, reason: error.message });
    }
    if (this.fit) this.measuring.showFit();
  }

  goTo(address) {
    try {
      const found = fromAddress(address);
      if (!found || toAddress(found) === toAddress(this.page)) return;
      this.change(knownPage(this, found), true);
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
    this.writeAddress(address);
    this.change(fromAddress(address), false);
  }

  pin() {
    const { state } = this.page;
    const same = toAddress({ ...this.page, locks: [] });
    if (this.pins.some((pin) => pin.same === same)) return announce("This curve is pinned already");
    const number = this.pinCount++;
    const words = `${state.pattern} ${digits(100 * state.contactFraction, 2)} %, ${quantityText(state.pitch, "m", 2)}`;
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
    const spectrum = this.measuring.spectrum();
    if (!spectrum) return;
    const state = structuredClone(this.page.state);
    state.thickness = this.measured.thickness;
    state.area = this.measured.area ?? state.area;
    const [high, low] = [spectrum.frequency[0], spectrum.frequency[spectrum.frequency.length - 1]];
    if (high > low) Object.assign(state.sweep, { from: high, to: low });
    this.page = { ...this.page, state };
  }

  async runFit() {
    const spectrum = this.measuring.spectrum();
    const free = freePaths(this.page);
    if (!spectrum) return;
    this.measuring.showRunning(free);
    await new Promise((resolve) => {
      setTimeout(resolve, 40); // so that it is seen
    });
    try {
      const found = await fitInterface(this.atlas, this.page.state, free, spectrum);
      const page = { ...this.page, state: found.state, material: free.some((path) => path.startsWith("electrolyte.")) ? "own" : this.page.material };
      const frequency = frequencies(found.state.sweep);
      const band = (found.band ?? []).map((state) => curveFrom("band", "fits as well", frequency, impedance(this.atlas, state, frequency)));
      this.fit = { found, free, spectrum, band, address: toAddress(page), moved: false };
      this.change(page, true);
      this.measuring.showFit();
    } catch (error) {
      this.measuring.showFailure(error);
    }
  }

  backToFit() {
    this.goTo(this.fit.address);
  }
}

const given = JSON.parse(document.getElementById("data").textContent);
new Explorer(given).start();
