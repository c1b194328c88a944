/** The map of a fit: how far interfaces of every contact fraction and pitch are from the measurement. */
import { drawn } from "./dom.js";
import { axesOf, canvas, ringsOf } from "./plot.js";

const LEVELS = [1.5, 3, 10, 30];
const VISIBLE_MISFIT = 1e-3; // of |Z|: below it, or below the noise, all are as good
const PITCH_UNITS = [[1e-3, "mm"], [1e-6, "µm"], [1e-9, "nm"]];

/**
 * The misfit over contact fraction and pitch, the best one marked.
 * @param {object} size {width, height}; @param {object} found {map: {contactFraction, pitch, misfit}: axes, and rows by
 *   contact fraction, over the noise; state: the best one; noise: of |Z|}
 */
export function fitMap(size, theme, { map, state: best, noise }) {
  const svg = canvas(size.width, size.height, theme, "Misfit over contact fraction and pitch");
  const box = { left: 52, top: 30, right: size.width - 16, bottom: size.height - 42 };
  const ends = (values) => [Math.min(...values), Math.max(...values)];
  const [f, p] = [ends(map.contactFraction), ends(map.pitch)];
  const [unitSize, unit] = PITCH_UNITS.find(([least]) => best.pitch >= least) ?? PITCH_UNITS[2];
  const inUnit = (value) => value / unitSize;
  const axes = {
    x: { low: f[0], high: f[1], log: true, title: "contact fraction" },
    y: { low: inUnit(p[0]), high: inUnit(p[1]), log: true, title: `pitch (${unit})` },
  };
  const { group, x, y } = axesOf(box, axes, theme);
  const rows = Array.from(map.contactFraction, (_, i) => Array.from(map.pitch, (__, j) => misfitAt(map, i, j)));
  const least = Math.max(1, VISIBLE_MISFIT / noise, Math.min(...rows.flat().filter(Number.isFinite)));
  const edge = (values, k, scale) => {
    const middle = (a, b) => Math.sqrt(values[a] * values[b]);
    const last = values.length - 1;
    return [scale(k === 0 ? values[0] : middle(k - 1, k)), scale(k === last ? values[last] : middle(k, k + 1))];
  };
  const pitches = Array.from(map.pitch, inUnit);
  rows.forEach((row, i) => {
    const [left, right] = edge(map.contactFraction, i, x);
    row.forEach((misfit, j) => {
      const level = LEVELS.findIndex((one) => misfit <= one * least);
      if (level < 0) return;
      const [bottom, top] = edge(pitches, j, y);
      const opacity = 0.9 - (0.8 * level) / LEVELS.length;
      svg.append(drawn("rect", { x: left, width: Math.max(0.5, right - left), y: top, height: Math.max(0.5, bottom - top), "shape-rendering": "crispEdges", fill: theme.accent, "fill-opacity": opacity }));
    });
  });
  svg.append(group);
  svg.append(ringsOf([x(best.contactFraction)], [y(inUnit(best.pitch))], 5, { stroke: theme.ink, "stroke-width": 2 }));
  return svg;
}

function misfitAt(map, i, j) {
  const flat = map.misfit.length === map.contactFraction.length * map.pitch.length && !Array.isArray(map.misfit[0]);
  return flat ? map.misfit[i * map.pitch.length + j] : map.misfit[i][j];
}
