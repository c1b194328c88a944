/** The plots: each a figure with its buttons, as large as its place; drawn anew at every change. */
import { button, element } from "./dom.js";
import { themeOf } from "./plot.js";
import { download, pngOf, svgText } from "./saving.js";
import { bodePlot, nyquistPlot, relaxationPlot, residualPlot } from "./spectra_plots.js";

const PLOTS = [
  ["nyquist", "Nyquist", ({ curves }, size, theme) => nyquistPlot(size, theme, curves)],
  ["bode", "Bode", ({ curves }, size, theme) => bodePlot(size, theme, curves)],
  ["relaxation", "Relaxation times", ({ distributions, poles }, size, theme) => relaxationPlot(size, theme, distributions, poles)],
  ["residuals", "Residuals", ({ residual, noise }, size, theme) => residualPlot(size, theme, residual, noise)],
];
const PRINTED = { nyquist: [640, 420], bode: [560, 480], relaxation: [640, 320], residuals: [640, 280] };

/** Figures by name; `show(data)` draws those that there are data for. */
export class PlotsPanel {
  constructor() {
    this.data = null;
    this.figures = new Map();
    this.sizes = new Map();
    this.paper = element("div", { "data-theme": "light", class: "away" }); // its styles are those of saved plots
    document.body.append(this.paper);
    this.seen = new Set();
    this.behind = new Set(); // out of sight, and not drawn since the last change
    const sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) this.seen[isIntersecting ? "add" : "delete"](target);
      this.drawAll();
    });
    // Sizes are kept: asking for them between two drawings would lay the page out each time.
    const watcher = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) this.sizes.set(target, { width: contentRect.width, height: contentRect.height });
      this.draw();
    });
    for (const [name, title, make] of PLOTS) {
      const place = element("div", { class: "place" });
      const probe = element("output", { class: "probe" });
      place.addEventListener("pointermove", (event) => {
        const box = place.getBoundingClientRect();
        probe.textContent = place.firstChild?.probe?.(event.clientX - box.left, event.clientY - box.top) ?? "";
      });
      place.addEventListener("pointerleave", () => {
        probe.textContent = "";
      });
      const node = element(
        "figure",
        { class: `plot ${name}` },
        element("figcaption", {}, element("h3", {}, title), probe, element("span", { class: "tools" }, button("svg", () => this.save(name, "svg"), { "aria-label": `Save ${title} as svg` }), button("png", () => this.save(name, "png"), { "aria-label": `Save ${title} as png` }))),
        place,
      );
      this.figures.set(name, { node, place, make });
      watcher.observe(place);
      sight.observe(place);
    }
    this.refreshTheme();
  }

  refreshTheme() {
    this.theme = themeOf(document.documentElement);
    this.draw();
  }

  node(name) {
    return this.figures.get(name).node;
  }

  /** Take the sizes of all places before anything tells them, so that the first frame has its curves. */
  begin() {
    for (const { place } of this.figures.values()) {
      this.sizes.set(place, { width: place.clientWidth, height: place.clientHeight });
      this.seen.add(place);
    }
  }

  show(data) {
    this.data = data;
    this.draw();
  }

  /** Draw what is in sight; the rest waits for `drawAll`. */
  draw() {
    if (!this.data) return;
    const { node } = this.figures.get("residuals");
    if (node.hidden !== !this.data.residual) node.hidden = !this.data.residual;
    for (const figure of this.figures.values()) {
      if (this.seen.has(figure.place)) this.drawFigure(figure);
      else this.behind.add(figure);
    }
  }

  drawAll() {
    for (const figure of this.behind) this.drawFigure(figure);
  }

  drawFigure(figure) {
    this.behind.delete(figure);
    const { place, make, node } = figure;
    const size = this.sizes.get(place);
    if (!this.data || node.hidden || !size || size.width < 40 || size.height < 40) return;
    place.replaceChildren(make(this.data, size, this.theme));
  }

  /** A plot as it is saved: on white, of a fixed size. */
  printed(name) {
    const [width, height] = PRINTED[name];
    return this.figures.get(name).make(this.data, { width, height }, themeOf(this.paper));
  }

  async save(name, kind) {
    const svg = this.printed(name);
    if (kind === "svg") download(`${name}.svg`, svgText(svg), "image/svg+xml");
    else download(`${name}.png`, await pngOf(svg), "image/png");
  }
}
