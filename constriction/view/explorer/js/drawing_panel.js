/** Both drawings of the interface. */
import { element } from "./dom.js";
import { viewFromAbove, viewInSection } from "./drawing.js";

const VIEWS = [
  ["from above", viewFromAbove],
  ["in section", viewInSection],
];

/** The drawings: `nodes`, and `show(state, theme)`, which draws anew where what they show has changed. */
export class DrawingPanel {
  constructor() {
    this.places = VIEWS.map(() => element("div"));
    this.nodes = VIEWS.map(([words], k) => element("figure", {}, this.places[k], element("figcaption", {}, words)));
  }

  show(state, theme) {
    const { pattern, contactFraction, pitch, gapHeight, thickness, film, fine, zone } = state;
    const now = JSON.stringify([pattern, contactFraction, pitch, gapHeight, thickness, film, fine, zone, theme.paper]);
    if (this.now === now) return;
    this.now = now;
    VIEWS.forEach(([, view], k) => this.places[k].replaceChildren(view(state, theme)));
  }
}
