/** The interface from above and in section: lengths along it are to scale, the gap where it can be. */
import { drawn } from "./dom.js";
import { canvas, curveOf, label } from "./plot.js";
import { engineering } from "./shown.js";
import { cutOf, spotsOf } from "./spots.js";
import { halfGap } from "./zones.js";

const SIZE = 176;
const COPPER = 16;
const LEAST_GAP = 4;
const MOST_GAP = 26;
const GROUND = 36; // px below the section, for words
const LENGTHS = [1, 2, 5];

/** A round length of about a part of the drawing, m. */
function barLength(width) {
  const wanted = 0.42 * width;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return [...LENGTHS].reverse().find((step) => step * power <= wanted) * power;
}

function scaleBar(state, pixels, theme) {
  const length = barLength((SIZE / pixels) * state.pitch);
  const wide = (length / state.pitch) * pixels;
  const [left, y] = [8, SIZE - 9];
  return drawn(
    "g",
    {},
    drawn("rect", { x: left - 4, y: y - 19, width: Math.max(wide, 46) + 8, height: 25, rx: 3, fill: theme.paper, "fill-opacity": 0.86 }),
    drawn("line", { x1: left, x2: left + wide, y1: y, y2: y, stroke: theme.ink, "stroke-width": 2 }),
    label(left, y - 6, engineering(length, "m", 1), { fill: theme.ink }),
  );
}

/** From above: contacts in their colour, the gap in the electrolyte's. */
export function viewFromAbove(state, theme) {
  const spots = spotsOf(state.pattern, state.contactFraction);
  const pixels = SIZE / spots.width;
  const svg = canvas(SIZE, SIZE, theme, `The interface from above: ${state.pattern}`);
  svg.append(drawn("rect", { width: SIZE, height: SIZE, fill: spots.pores ? theme.contact : theme.electrolyte }));
  if (spots.stripe !== null) {
    svg.append(...zonesFromAbove(state, spots, pixels, theme));
    for (let k = 0; k < spots.width; k++) {
      const x = (k + 0.5 - spots.stripe / 2) * pixels;
      svg.append(drawn("rect", { x, y: 0, width: spots.stripe * pixels, height: SIZE, fill: theme.contact }));
    }
  }
  if (spots.stripe === null) svg.append(...zonesFromAbove(state, spots, pixels, theme));
  const fill = spots.pores ? theme.electrolyte : theme.contact;
  for (const [x, y] of spots.discs) {
    svg.append(drawn("circle", { cx: (x * pixels).toFixed(2), cy: (y * pixels).toFixed(2), r: (spots.radius * pixels).toFixed(2), fill }));
  }
  const cut = cutOf(spots).at * pixels;
  svg.append(drawn("line", { x1: 0, x2: SIZE, y1: cut, y2: cut, stroke: theme.ink, "stroke-dasharray": "4 3", "stroke-opacity": 0.7 }));
  svg.append(scaleBar(state, pixels, theme));
  return svg;
}

/** Length of the lifted zone in pitches; 0 without one. */
const zoneLength = ({ pattern, contactFraction, zone }) => (zone ? zone.share * halfGap(pattern, contactFraction) : 0);

/** Where the metal is lifted, round each contact. */
function zonesFromAbove(state, { discs, radius, stripe, width }, pixels, theme) {
  const length = zoneLength(state) * pixels;
  if (!length) return [];
  const look = { class: "lifted", fill: theme.copper, "fill-opacity": 0.3 };
  if (stripe === null) return discs.map(([x, y]) => drawn("circle", { cx: (x * pixels).toFixed(2), cy: (y * pixels).toFixed(2), r: (radius * pixels + length).toFixed(2), ...look }));
  return Array.from({ length: width }, (_, k) => drawn("rect", { x: (k + 0.5 - stripe / 2) * pixels - length, y: 0, width: stripe * pixels + 2 * length, height: SIZE, ...look }));
}

/** Height of the gap in px, and by how much it is drawn too high; 1: to scale. */
export function drawnGap(height, pixelsPerMetre) {
  const own = height * pixelsPerMetre;
  if (own >= LEAST_GAP) return { pixels: Math.min(own, MOST_GAP), factor: own <= MOST_GAP ? 1 : MOST_GAP / own };
  const pixels = LEAST_GAP + 2.6 * Math.max(0, Math.log10(height / 1e-9));
  return { pixels, factor: pixels / own };
}

function factorWords(factor) {
  if (factor === 1) return "gap to scale";
  const power = Math.floor(Math.log10(factor) + 0.02);
  const mantissa = (factor / 10 ** power).toFixed(0);
  return power > 3 ? `gap × ${mantissa === "1" ? "" : `${mantissa}·`}10${[...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}` : `gap × ${Number(factor.toPrecision(2))}`;
}

/** Heights in px of the gap far from contacts and at their rims, and what is said of it. */
function drawnHeights(state, perMetre) {
  const even = drawnGap(state.gapHeight, perMetre);
  if (!state.zone) return { even: even.pixels, rim: even.pixels, words: factorWords(even.factor) };
  const rise = state.zone.ratio * state.gapHeight;
  const isToScale = even.factor === 1 && rise * perMetre <= MOST_GAP;
  const rim = isToScale ? rise * perMetre : Math.min(even.pixels + 3 + 10 * Math.log10(state.zone.ratio), MOST_GAP);
  return { even: Math.min(even.pixels, rim), rim, words: isToScale ? "gap to scale" : `lifted to ${engineering(rise, "m")}, not to scale` };
}

/** In section along the dashed line: copper, gap and contacts, electrolyte. */
export function viewInSection(state, theme) {
  const spots = spotsOf(state.pattern, state.contactFraction);
  const pixels = SIZE / spots.width;
  const perMetre = pixels / state.pitch;
  const heights = drawnHeights(state, perMetre);
  const svg = canvas(SIZE, SIZE, theme, "The interface in section");
  const top = COPPER + heights.rim;
  const room = SIZE - GROUND - top;
  const deep = state.thickness * perMetre;
  const whole = deep <= room;
  const bottom = top + (whole ? deep : room);
  const { touching } = cutOf(spots);
  svg.append(
    drawn("rect", { y: 0, width: SIZE, height: top, fill: theme.panel }),
    drawn("path", { class: "metal", d: metalPath(touching.map((ends) => ends.map((x) => x * pixels)), zoneLength(state) * pixels, top, heights), fill: theme.copper }),
    drawn("rect", { y: top, width: SIZE, height: bottom - top, fill: theme.electrolyte }),
    drawn("rect", { y: bottom, width: SIZE, height: 4, fill: theme.line }),
  );
  for (const [from, to] of touching) svg.append(contactPart(state, theme, { from, to, pixels, top, gap: heights.rim }));
  if (!whole) svg.append(breakMark(bottom - 16, theme));
  const depth = `${engineering(state.thickness, "m")}${whole ? "" : ", not to scale"}`;
  const below = bottom + 4;
  svg.append(label(6, below + 13, depth, { fill: theme.ink, "font-size": 11 }));
  svg.append(label(6, below + 25, heights.words, { fill: theme.ink, "font-size": 11 }));
  return svg;
}

/** The collector, of one thickness: over contacts [from, to] in px at its height there, and down beside them. */
function metalPath(touching, length, top, { even, rim }) {
  const height = (x) => {
    const away = Math.min(...touching.map(([from, to]) => Math.max(from - x, x - to, 0)));
    return length > 0 ? even + (rim - even) * Math.max(1 - away / length, 0) : even;
  };
  const corners = [0, SIZE, ...touching.flatMap(([from, to]) => [from - length, from, to, to + length])].filter((x) => x >= 0 && x <= SIZE);
  const xs = corners.sort((a, b) => a - b);
  const under = xs.map((x) => [x, top - height(x)]);
  const over = [...under].reverse().map(([x, y]) => [x, y - COPPER]);
  return `M${[...under, ...over].map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L")}Z`;
}

function contactPart(state, theme, { from, to, pixels, top, gap }) {
  const [x, width] = [from * pixels, (to - from) * pixels];
  const group = drawn("g", {}, drawn("rect", { x, y: COPPER - 0.5, width, height: gap + 0.5, fill: theme.contact }));
  if (state.film) group.append(drawn("rect", { x, y: top - 3, width, height: 3, fill: theme.accent }));
  if (state.fine) {
    const step = Math.max(5, state.fine.ratio * width);
    const half = (step * Math.sqrt(state.fine.contactFraction)) / 2;
    group.append(drawn("rect", { x, y: top - 3, width, height: 3, fill: theme.panel }));
    for (let at = x + step / 2; at + half <= x + width + 0.5; at += step) {
      group.append(drawn("rect", { x: at - half, y: top - 3, width: 2 * half, height: 3, fill: theme.contact }));
    }
  }
  return group;
}

function breakMark(y, theme) {
  const xs = Array.from({ length: 17 }, (_, k) => (k * SIZE) / 16);
  const wave = (shift) => curveOf(xs, xs.map((_, k) => y + shift + (k % 2 ? 3 : -3)), { stroke: theme.paper, "stroke-width": 2 });
  return drawn("g", {}, wave(0), wave(5));
}
