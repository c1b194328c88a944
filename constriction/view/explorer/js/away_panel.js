/** What can be taken away: case file, csv, the command of the full posterior, a link. */
import { button, element } from "./dom.js";
import { caseFiles, csvText, interpretCommand } from "./case_text.js";
import { contactSize, frequencies, impedance } from "./model.js";
import { copyText, download } from "./saving.js";

/** The panel; `app` has `page`, `solved` and `measured`. */
export class AwayPanel {
  constructor(app) {
    this.app = app;
    this.case = element("pre", { tabindex: 0, "aria-label": "Case file" });
    this.command = element("pre", { tabindex: 0, "aria-label": "Command" });
    this.node = element(
      "section",
      { class: "card take-away", "aria-labelledby": "away-title" },
      element("h2", { id: "away-title" }, "Take it away"),
      element(
        "div",
        { class: "columns" },
        element("div", {}, element("div", { class: "line" }, element("h3", {}, "Case file"), button("copy", () => this.copyCase(), { id: "copy-case" }), button("download", () => this.saveCase(), { id: "save-case" })), element("p", { class: "hint" }, "What constriction run solves, with error bars, by finite elements or transforms."), this.case),
        element("div", {}, element("div", { class: "line" }, element("h3", {}, "Full posterior"), button("copy", () => copyText(this.texts().command, "Command"), { id: "copy-command" }), button("priors.toml", () => this.savePriors(), { id: "save-priors" })), element("p", { class: "hint" }, "What a measurement tells of the interface, with intervals, and what it does not."), this.command, element("div", { class: "line" }, element("h3", {}, "Curve"), button("csv", () => this.saveCurve(), { id: "save-csv" }), button("copy link", () => copyText(location.href, "Link"), { id: "copy-link" })), element("p", { class: "hint" }, "The link holds the interface, not the measurement.")),
      ),
    );
  }

  texts() {
    const { page, solved, measured } = this.app;
    const known = this.app.knownBefore();
    const { command, priors } = interpretCommand(page, measured, known);
    return { files: caseFiles(page, solved.summary.spread, contactSize(page.state)), command, priors };
  }

  show() {
    const { files, command } = this.texts();
    this.case.textContent = Object.entries(files)
      .map(([name, text]) => (name === "case.toml" ? text : `# ---- ${name}\n${text}`))
      .join("\n");
    this.command.textContent = command;
  }

  copyCase() {
    const { files } = this.texts();
    copyText(files["case.toml"], "Case file");
    if (files["fine.toml"]) download("fine.toml", files["fine.toml"], "text/plain");
  }

  saveCase() {
    for (const [name, text] of Object.entries(this.texts().files)) download(name, text, "text/plain");
  }

  savePriors() {
    download("priors.toml", this.texts().priors, "text/plain");
  }

  saveCurve() {
    const { state } = this.app.page;
    const frequency = frequencies(state.sweep);
    const { re, im } = impedance(this.app.atlas, state, frequency);
    download("spectrum.csv", csvText(frequency, re, im), "text/csv");
  }
}
