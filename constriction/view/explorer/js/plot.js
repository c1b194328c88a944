/** The parts of a plot: axes, grid, curves, points, legend; SVG whose colours stand in it, so that it can be saved. */
import { drawn } from "./dom.js";
import { decades, linearScale, logScale, multiples, stepOf } from "./scales.js";
import { digits } from "./shown.js";

export const PLOT_FONT = 'system-ui, "DejaVu Sans", Arial, sans-serif';
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
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
  if (axis.log && axis.high / axis.low >= 99) return decades(axis.low, axis.high, most).map((at) => [at, powerWords(at)]);
  const step = stepOf(axis.high - axis.low, most);
  return multiples(axis.low, axis.high, step).map((at) => [at, tickWords(at, step)]);
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
    if (!axes.x.bare) group.append(label(x(at), box.bottom + 17, words, { "text-anchor": "middle", fill: theme.muted }));
  }
  for (const [at, words] of ticksOf(axes.y, axes.y.most ?? Math.max(2, Math.floor((box.bottom - box.top) / 38)))) {
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

/** A key of curves and points in a line that ends at x, as many as there is room for; nothing of a single curve. */
export function legendOf(curves, [least, x], y, theme) {
  const told = curves.filter((curve, k) => curve.label && curves.findIndex((one) => one.label === curve.label) === k);
  if (told.length < 2) return [];
  const parts = [];
  let at = x;
  for (const curve of [...told].reverse()) {
    const words = curve.label.length > 26 ? `${curve.label.slice(0, 25)}…` : curve.label;
    const width = 38 + 7.2 * words.length;
    if (at - width < least) break;
    at -= width;
    if (curve.kind === "measured") {
      parts.push(ringsOf([at + 11], [y - 4], 3, { stroke: theme.ink, "stroke-width": 1.2 }));
    } else {
      parts.push(curveOf([at, at + 22], [y - 4, y - 4], strokeOf(curve, theme)));
    }
    parts.push(label(at + 27, y, words, { fill: theme.ink }));
  }
  return parts;
}
