/**
 * Nyquist, Bode, distribution of relaxation times and residuals, as SVG.
 *
 * A curve is {kind: "model" | "pin" | "measured" | "band", label, number, frequency, re, im} with Ω·cm² and Hz.
 */
import { drawn } from "./dom.js";
import { decadeMarks } from "./decade_marks.js";
import { axesOf, canvas, curveOf, keyLines, label, legendOf, poleOf, ringsOf, strokeOf } from "./plot.js";
import { logEnds, roundUp } from "./scales.js";
import { areaUnit, digits, engineering } from "./shown.js";
import { rangeOf } from "./thinning.js";

const ORDER = ["pole", "band", "pin", "measured", "model"]; // the last one on top
const SIDES = { left: 52, right: 16, top: 30, bottom: 42 };
const NARROW = 520; // px
const MANY_POINTS = 100; // from which rings would cover the curve
const TITLE = 76; // px of a box above which the name of its y axis stands
const KEY_LINE = 16; // px
const KEY_BEYOND = 10; // px, right of a box
const MOST_KEY_LINES = 3;

const inOrder = (curves) => [...curves].sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
const mapped = (values, by) => Array.from(values, by);

function boxOf(size, sides = SIDES) {
  return { left: sides.left, top: sides.top, right: size.width - sides.right, bottom: size.height - sides.bottom };
}

function curveOrRings(curve, xs, ys, theme) {
  if (curve.kind === "measured") {
    const isDense = xs.length > MANY_POINTS;
    return ringsOf(xs, ys, isDense ? 1.9 : 2.8, { stroke: isDense ? theme.muted : theme.ink, "stroke-width": isDense ? 0.9 : 1.2 });
  }
  return curveOf(xs, ys, { ...strokeOf(curve, theme), class: `curve ${curve.kind}` });
}

/** Equal axes that hold all curves: from and to of x and y in Ω·cm². */
export function nyquistRange(curves, box) {
  let right = 0;
  let top = 0;
  let bottom = 0;
  for (const { re, im } of curves) {
    for (let k = 0; k < re.length; k++) {
      right = Math.max(right, re[k]);
      top = Math.max(top, -im[k]);
      bottom = Math.min(bottom, -im[k]);
    }
  }
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const below = bottom < -0.02 * right ? 1.15 * bottom : 0;
  const span = roundUp(1.04 * Math.max(right, ((1.25 * top - below) * width) / height, 1e-9));
  return { x: [0, span], y: [below, below + (span * height) / width] };
}

/** −Im Z over Re Z, with the decades of the frequency marked on the curve. */
export function nyquistPlot(size, theme, curves) {
  const svg = canvas(size.width, size.height, theme, "Nyquist plot: minus Im Z over Re Z");
  const [box, key] = boxAndKey(size, curves);
  const range = nyquistRange(curves, box);
  const [unit, name] = areaUnit(range.x[1]);
  const axes = {
    x: { low: range.x[0] / unit, high: range.x[1] / unit, title: `Re Z (${name})` },
    y: { low: range.y[0] / unit, high: range.y[1] / unit, title: `−Im Z (${name})` },
  };
  const made = axesOf(box, axes, theme);
  const x = (value) => made.x(value / unit);
  const y = (value) => made.y(value / unit);
  svg.append(made.group);
  for (const curve of inOrder(curves)) {
    const places = [mapped(curve.re, (value) => x(value)), mapped(curve.im, (value) => y(-value))];
    svg.append(curveOrRings(curve, ...places, theme));
  }
  const model = curves.find((curve) => curve.kind === "model");
  if (model) svg.append(decadeMarks(model, { x, y, box }, theme));
  svg.probe = (px, py) => probeOf(model, (k) => Math.hypot(x(model.re[k]) - px, y(-model.im[k]) - py));
  svg.append(...key(theme));
  return svg;
}

/** The box of a plot, and its key above it: beside the name of the y axis, or in a line of its own where that is no room. */
function boxAndKey(size, curves) {
  const box = boxOf(size);
  const wide = box.right - box.left;
  const beside = wide >= NARROW;
  const lines = keyLines(inOrder(curves), beside ? wide - TITLE : box.right + KEY_BEYOND, MOST_KEY_LINES);
  const down = Math.max(0, lines.length - (beside ? 1 : 0)) * KEY_LINE;
  return [{ ...box, top: box.top + down }, (theme) => legendOf(lines, box.right + KEY_BEYOND, 18, theme)];
}

/** What a curve has at its point that is nearest by a distance in px: frequency and Z in words, and the number. */
function probeOf(curve, distance) {
  if (!curve) return null;
  let nearest = 0;
  for (let k = 1; k < curve.frequency.length; k++) if (distance(k) < distance(nearest)) nearest = k;
  const sign = curve.im[nearest] > 0 ? "+" : "−";
  const z = `${digits(curve.re[nearest], 4)} ${sign} ${digits(Math.abs(curve.im[nearest]), 3)}i Ω·cm²`;
  return `${engineering(curve.frequency[nearest], "Hz")}: ${z}`;
}

function frequencyEnds(curves) {
  const all = curves.filter((curve) => curve.kind !== "band").flatMap((curve) => [curve.frequency[0], curve.frequency[curve.frequency.length - 1]]);
  return [Math.min(...all), Math.max(...all)];
}

/** |Z| and the phase over frequency. */
export function bodePlot(size, theme, curves) {
  const svg = canvas(size.width, size.height, theme, "Bode plot: modulus and phase of Z over frequency");
  const box = boxOf(size);
  const [low, high] = frequencyEnds(curves);
  const middle = box.top + 0.52 * (box.bottom - box.top);
  const modulus = (curve) => mapped(curve.re, (re, k) => Math.hypot(re, curve.im[k]));
  const phase = (curve) => mapped(curve.re, (re, k) => (Math.atan2(-curve.im[k], re) * 180) / Math.PI);
  const sizes = logEnds(curves.flatMap(modulus), 0.5);
  const phases = curves.flatMap(phase);
  const [lowest, highest] = rangeOf(phases);
  const most = Math.max(10, 10 * Math.ceil(highest / 10 + 0.1));
  const least = Math.min(0, 10 * Math.floor(lowest / 10));
  const x = { low, high, log: true };
  const above = axesOf({ ...box, bottom: middle - 16 }, { x: { ...x, bare: true }, y: { low: sizes[0], high: sizes[1], log: true, title: "|Z| (Ω·cm²)" } }, theme);
  const below = axesOf({ ...box, top: middle + 22 }, { x: { ...x, title: "f (Hz)" }, y: { low: least, high: most, title: "−phase (°)", most: 3 } }, theme);
  svg.append(above.group, below.group);
  const model = curves.find((curve) => curve.kind === "model");
  svg.probe = (px) => probeOf(model, (k) => Math.abs(above.x(model.frequency[k]) - px));
  for (const curve of inOrder(curves)) {
    const places = mapped(curve.frequency, (f) => above.x(f));
    svg.append(curveOrRings(curve, places, modulus(curve).map(above.y), theme));
    svg.append(curveOrRings(curve, places, phase(curve).map(below.y), theme));
  }
  return svg;
}

/**
 * The distribution of relaxation times, with the times of single relaxations as stems.
 * @param {object[]} curves {kind, label, tau, gamma} in s and Ω·cm²
 * @param {object[]|null} poles [{tau, resistance}] of the model
 */
export function relaxationPlot(size, theme, curves, poles) {
  const svg = canvas(size.width, size.height, theme, "Distribution of relaxation times");
  const poleKey = poles?.length ? [{ kind: "pole", label: "poles" }] : [];
  const [box, key] = boxAndKey(size, [...curves, ...poleKey]);
  const taus = curves.flatMap((curve) => [curve.tau[0], curve.tau[curve.tau.length - 1]]);
  const most = Math.max(1e-9, ...curves.flatMap((curve) => Array.from(curve.gamma)));
  const [unit, name] = areaUnit(most);
  const axes = {
    x: { low: Math.min(...taus), high: Math.max(...taus), log: true, title: "τ (s)" },
    y: { low: 0, high: roundUp((1.08 * most) / unit), title: `γ(ln τ) (${name})` },
  };
  const { group, x, y } = axesOf(box, axes, theme);
  svg.append(group);
  const largest = Math.max(...(poles ?? []).map((pole) => Math.abs(pole.resistance)), 0);
  for (const pole of poles ?? []) {
    const part = pole.resistance / largest;
    if (part < 0.004 || pole.tau < axes.x.low || pole.tau > axes.x.high) continue;
    const [px, top] = [x(pole.tau), box.bottom - 0.3 * part * (box.bottom - box.top)];
    svg.append(...poleOf(px, box.bottom, top, theme));
  }
  for (const curve of inOrder(curves)) {
    svg.append(curveOrRings(curve, mapped(curve.tau, (tau) => x(tau)), mapped(curve.gamma, (value) => y(value / unit)), theme));
  }
  svg.append(...key(theme));
  return svg;
}

/**
 * Residuals in per cent of |Z|: real part full, imaginary part hollow.
 * @param {object} residual {frequency, re, im}, relative; @param {number|null} noise relative
 */
export function residualPlot(size, theme, residual, noise) {
  const svg = canvas(size.width, size.height, theme, "Residuals of the measurement in per cent of its modulus");
  const box = boxOf(size);
  const parts = [mapped(residual.re, (value) => 100 * value), mapped(residual.im, (value) => 100 * value)];
  const most = roundUp(1.05 * Math.max(rangeOf(parts.flat().map(Math.abs))[1], 1e-3));
  const ends = rangeOf(residual.frequency);
  const axes = {
    x: { low: ends[0], high: ends[1], log: true, title: "f (Hz)" },
    y: { low: -most, high: most, title: "measured − model (% of |Z|)" },
  };
  const { group, x, y } = axesOf(box, axes, theme);
  if (noise && 100 * noise < most) {
    const [top, bottom] = [y(100 * noise), y(-100 * noise)];
    svg.append(drawn("rect", { x: box.left, width: box.right - box.left, y: top, height: bottom - top, fill: theme.band, "fill-opacity": 0.35 }));
  }
  svg.append(group, drawn("line", { x1: box.left, x2: box.right, y1: y(0), y2: y(0), stroke: theme.line }));
  const places = mapped(residual.frequency, (f) => x(f));
  svg.append(ringsOf(places, parts[0].map(y), 2.6, { fill: theme.accent }));
  svg.append(ringsOf(places, parts[1].map(y), 2.6, { stroke: theme.accent, "stroke-width": 1.2 }));
  svg.append(label(box.right, 18, "● Re   ○ Im", { "text-anchor": "end", fill: theme.accent }));
  return svg;
}
