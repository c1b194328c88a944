/** The parts of a plot: axes, grid, curves, points, legend; SVG whose colours stand in it, so that it can be saved. */
import { drawn } from "./dom.js";
import { linearScale, logScale, logTicks, multiples, stepOf } from "./scales.js";
import { digits } from "./shown.js";

export const PLOT_FONT = 'system-ui, "DejaVu Sans", Arial, sans-serif';
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const LETTER = 7; // px, about
const MARGIN = 14; // px, right of a box
const [TICK, LOG_TICK] = [38, 22]; // px, between ticks of y at least
const LINE = 16; // px, of a key
const DASHES = ["5 3", "2 3", "8 3 2 3", "1 4"];

/** The colours of a plot, from the styles of an element. */
export function themeOf(node) {
  const style = getComputedStyle(node);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const names = ["paper", "ink", "muted", "line", "grid", "panel", "accent", "band", "contact", "electrolyte", "copper"];
  return Object.fromEntries(names.map((name) => [name, colour(name)]));
}

/** An empty picture of a size in px. */
export function canvas(width, height, theme, label) {
  const svg = drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  svg.setAttribute("font-family", PLOT_FONT);
  svg.setAttribute("font-size", "12");
  svg.append(drawn("rect", { width, height, fill: theme.paper }));
  return svg;
}

/** A text. */
export function label(x, y, words, attributes = {}) {
  return drawn("text", { x: x.toFixed(1), y: y.toFixed(1), ...attributes }, words);
}

/** 10 with an exponent, or plain between 0.01 and 1000. */
export function powerWords(value) {
  const power = Math.round(Math.log10(value));
  if (power >= -2 && power <= 3) return String(10 ** power < 1 ? (10 ** power).toFixed(-power) : 10 ** power);
  return `10${power < 0 ? "⁻" : ""}${[...String(Math.abs(power))].map((digit) => SUPERSCRIPTS[digit]).join("")}`;
}

function ticksOf(axis, most) {
  if (axis.log) return logTicks(axis.low, axis.high, most).map((at) => [at, logWords(at)]);
  const step = stepOf(axis.high - axis.low, most);
  return multiples(axis.low, axis.high, step).map((at) => [at, tickWords(at, step)]);
}

function logWords(value) {
  const power = Math.round(Math.log10(value));
  return Math.abs(value / 10 ** power - 1) < 1e-9 ? powerWords(value) : shortWords(value);
}

/** A tick that is no power of ten: 0.05, 200, 2·10⁵. */
function shortWords(value) {
  if (value >= 1e-3 && value < 1e4) return String(Number(value.toPrecision(4)));
  const power = Math.floor(Math.log10(value) + 1e-9);
  return `${Number((value / 10 ** power).toPrecision(3))}·${powerWords(10 ** power)}`;
}

function tickWords(value, step) {
  if (value === 0) return "0";
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Math.abs(value) >= 1e6 || places > 5 ? digits(value, 2) : value.toFixed(places).replace("-", "−");
}

/**
 * Axes with grid and names around a box.
 * @param {object} box {left, top, right, bottom} px; @param {object} axes {x, y}: {low, high, log, title, most}
 * @returns {object} {group, x, y}: what is drawn, and both scales
 */
export function axesOf(box, axes, theme) {
  const made = (axis, from, to) => (axis.log ? logScale : linearScale)(axis.low, axis.high, from, to);
  const x = made(axes.x, box.left, box.right);
  const y = made(axes.y, box.bottom, box.top);
  const group = drawn("g");
  const rule = (x1, y1, x2, y2, stroke) =>
    drawn("line", { x1: x1.toFixed(1), y1: y1.toFixed(1), x2: x2.toFixed(1), y2: y2.toFixed(1), stroke });
  for (const [at, words] of ticksOf(axes.x, axes.x.most ?? Math.max(2, Math.floor((box.right - box.left) / 62)))) {
    group.append(rule(x(at), box.top, x(at), box.bottom, theme.grid));
    const most = box.right + MARGIN - (LETTER * words.length) / 2; // or the last one would be cut off
    if (!axes.x.bare) group.append(label(Math.min(x(at), most), box.bottom + 17, words, { "text-anchor": "middle", fill: theme.muted }));
  }
  for (const [at, words] of ticksOf(axes.y, axes.y.most ?? Math.max(2, Math.floor((box.bottom - box.top) / (axes.y.log ? LOG_TICK : TICK))))) {
    group.append(rule(box.left, y(at), box.right, y(at), theme.grid));
    group.append(label(box.left - 7, y(at) + 4, words, { "text-anchor": "end", fill: theme.muted }));
  }
  group.append(rule(box.left, box.bottom, box.right, box.bottom, theme.line));
  group.append(rule(box.left, box.top, box.left, box.bottom, theme.line));
  if (axes.x.title) {
    group.append(label(box.right, box.bottom + 34, axes.x.title, { "text-anchor": "end", fill: theme.ink }));
  }
  group.append(label(box.left - 34, box.top - 9, axes.y.title, { fill: theme.ink }));
  return { group, x, y };
}

/** A curve through points in px; gaps where a point is not finite. */
export function curveOf(xs, ys, attributes) {
  let d = "";
  let down = false;
  for (let k = 0; k < xs.length; k++) {
    const whole = Number.isFinite(xs[k]) && Number.isFinite(ys[k]);
    if (whole) d += `${down ? "L" : "M"}${xs[k].toFixed(1)} ${ys[k].toFixed(1)}`;
    down = whole;
  }
  return drawn("path", { d, fill: "none", "stroke-linejoin": "round", "stroke-linecap": "round", ...attributes });
}

/** Rings at points in px, one path. */
export function ringsOf(xs, ys, radius, attributes) {
  let d = "";
  for (let k = 0; k < xs.length; k++) {
    if (!Number.isFinite(xs[k]) || !Number.isFinite(ys[k])) continue;
    d += `M${(xs[k] - radius).toFixed(1)} ${ys[k].toFixed(1)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
  }
  return drawn("path", { d, fill: "none", ...attributes });
}

/** How a curve of a kind is drawn. */
export function strokeOf(curve, theme) {
  if (curve.kind === "pin") {
    return { stroke: theme.muted, "stroke-width": 1.5, "stroke-dasharray": DASHES[curve.number % DASHES.length] };
  }
  if (curve.kind === "band") return { stroke: theme.band, "stroke-width": 5, "stroke-opacity": 0.5 };
  return { stroke: theme.accent, "stroke-width": 2.2 };
}

/** Lines of a key that each have room in so many px, the last curve first; nothing of a single curve. */
export function keyLines(curves, room, most) {
  const told = curves.filter((curve, k) => curve.label && curves.findIndex((one) => one.label === curve.label) === k);
  const lines = [];
  if (told.length < 2) return lines;
  for (const curve of [...told].reverse()) {
    const words = curve.label.length > 26 ? `${curve.label.slice(0, 25)}…` : curve.label;
    const width = 34 + LETTER * words.length;
    let line = lines.find((one) => one.left >= width);
    if (!line && lines.length === most) continue;
    if (!line) lines.push((line = { left: room, entries: [] }));
    line.left -= width;
    line.entries.push({ curve, words, width });
  }
  return lines.map((line) => line.entries);
}

/** A key of curves and points: lines of `keyLines` that end at x, the first of them at y. */
export function legendOf(lines, x, y, theme) {
  const parts = [];
  lines.forEach((line, number) => {
    let at = x;
    for (const { curve, words, width } of line) {
      at -= width;
      parts.push(...keyOfCurve(curve, at, y + LINE * number, theme), label(at + 27, y + LINE * number, words, { fill: theme.ink }));
    }
  });
  return parts;
}

function keyOfCurve(curve, x, y, theme) {
  if (curve.kind === "measured") return [ringsOf([x + 11], [y - 4], 3, { stroke: theme.ink, "stroke-width": 1.2 })];
  if (curve.kind === "pole") return poleOf(x + 16, y + 1, y - 9, theme);
  return [curveOf([x, x + 22], [y - 4, y - 4], strokeOf(curve, theme))];
}

/** A single relaxation: a stem between two heights. */
export function poleOf(x, bottom, top, theme) {
  const line = drawn("line", { x1: x, x2: x, y1: bottom, y2: top, stroke: theme.muted, "stroke-width": 1.5 });
  return [line, drawn("circle", { cx: x, cy: top, r: 2, fill: theme.muted })];
}
