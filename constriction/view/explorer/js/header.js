/** The head of the page: presets, undo, pin, light and dark. */
import { button, element } from "./dom.js";

const MOST_PINS = 4;
const THEMES = ["auto", "light", "dark"];
const THEME_KEY = "constriction-explorer-theme";

function keptTheme() {
  try {
    return localStorage.getItem(THEME_KEY) ?? "auto";
  } catch {
    return "auto"; // a page from disk may have no storage
  }
}

function keepTheme(theme) {
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // it is for this visit only
  }
}

/** The bar; `app` has `presets`, `steps` and `usePreset`, `undo`, `redo`, `pin`, `themeChanged`. */
export class Header {
  constructor(app) {
    this.app = app;
    const groups = new Map();
    app.presets.forEach((preset, number) => {
      if (!groups.has(preset.group)) groups.set(preset.group, element("optgroup", { label: preset.group }));
      const words = preset.state ? preset.title : `${preset.title} – ${preset.reason}`;
      groups.get(preset.group).append(element("option", { value: number, disabled: !preset.state, title: preset.reason }, words));
    });
    this.presets = element("select", { id: "preset", "aria-label": "Start from" }, element("option", { value: "", disabled: true, hidden: true }, "Start from …"), [...groups.values()]);
    this.presets.addEventListener("change", () => app.usePreset(app.presets[Number(this.presets.value)]));
    this.undo = button("Undo", () => app.undo(), { id: "undo", title: "Ctrl Z" });
    this.redo = button("Redo", () => app.redo(), { id: "redo", title: "Ctrl Shift Z" });
    this.open = button("Open measurement", () => app.measuring.choose(), { id: "open", title: "A csv or text, or the export of an instrument; it stays on this computer" });
    this.pin = button("Pin the curve", () => app.pin(), { id: "pin" });
    this.theme = button("", () => this.turnTheme(), { id: "theme" });
    this.node = element("div", { class: "bar" }, this.presets, this.open, this.undo, this.redo, this.pin, this.theme);
    this.setTheme(keptTheme());
    document.addEventListener("keydown", (event) => this.shortcut(event));
  }

  shortcut(event) {
    const typing = event.target.matches?.("input[type=text], textarea");
    if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) this.app.redo();
    else this.app.undo();
  }

  setTheme(theme) {
    this.current = THEMES.includes(theme) ? theme : "auto";
    if (this.current === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", this.current);
    this.theme.textContent = `Theme: ${this.current}`;
  }

  turnTheme() {
    this.setTheme(THEMES[(THEMES.indexOf(this.current) + 1) % THEMES.length]);
    keepTheme(this.current);
    this.app.themeChanged();
  }

  /** Show which preset the page is, and what can be undone. */
  show(number) {
    this.presets.value = number === null ? "" : String(number);
    const { steps, pins } = this.app;
    this.undo.disabled = steps.past.length < 2;
    this.redo.disabled = steps.future.length === 0;
    this.pin.disabled = pins.length >= MOST_PINS;
    this.pin.title = this.pin.disabled ? "Four at most: remove one" : "Keep this curve to compare others with it; four at most";
  }
}
