/** The decades of the frequency on a curve of a Nyquist plot, with as many words as there is room for. */
import { drawn } from "./dom.js";
import { label } from "./plot.js";
import { engineering } from "./shown.js";

const LETTER_WIDTH = 7; // px, about
const [ABOVE, BELOW] = [11, 4]; // px of a text's line above and below its place
const GAP = 4; // px between texts

/** Places at the decades of frequency of a curve: {frequency, re, im}, interpolated in the logarithm. */
export function decadePoints({ frequency, re, im }) {
  const found = [];
  for (let k = 1; k < frequency.length; k++) {
    const high = Math.log10(frequency[k - 1]);
    const low = Math.log10(frequency[k]);
    for (let power = Math.ceil(low - 1e-9); power <= high - 1e-9 || (k === 1 && power <= high + 1e-9); power++) {
      const part = Math.min(1, Math.max(0, (high - power) / (high - low)));
      if (found.some((one) => one.power === power)) continue;
      found.push({
        power,
        frequency: 10 ** power,
        re: re[k - 1] + part * (re[k] - re[k - 1]),
        im: im[k - 1] + part * (im[k] - im[k - 1]),
      });
    }
  }
  return found;
}

/**
 * Marks at the decades of a curve.
 * @param {object} curve {frequency, re, im}; @param {object} plot {x, y: places in px of Re Z and −Im Z; box}
 */
export function decadeMarks(curve, { x, y, box }, theme) {
  const group = drawn("g");
  const points = decadePoints(curve).map((point) => ({ ...point, px: x(point.re), py: y(-point.im) }));
  const halo = { fill: theme.ink, stroke: theme.paper, "stroke-width": 3, "paint-order": "stroke" };
  const taken = [];
  const course = Array.from(curve.re, (re, k) => [x(re), y(-curve.im[k])]);
  for (const { px, py } of points) {
    group.append(drawn("circle", { cx: px.toFixed(1), cy: py.toFixed(1), r: 3.4, fill: theme.accent, stroke: theme.paper }));
  }
  for (const point of points) {
    const words = engineering(point.frequency, "Hz", 1);
    const found = placesAbout(point, outwards(curve, point, x, y), LETTER_WIDTH * words.length);
    const others = [...taken, ...points.filter((other) => other !== point).map(spotOf)];
    const place = found.find((one) => isFree(one, box, others) && !course.some(([px, py]) => px > one.left && px < one.right && py > one.top && py < one.bottom));
    if (!place) continue;
    taken.push(place);
    group.append(label(place.x, place.y, words, { "text-anchor": place.anchor, ...halo }));
  }
  return group;
}

const spotOf = ({ px, py }) => ({ left: px - 3, right: px + 3, top: py - 3, bottom: py + 3 });

/** Where the words of a point may stand, the best place first: across the curve, at its sides, above, below. */
function placesAbout({ px, py }, [right, down], width) {
  return [[right, down], [-right, down], [1, 0], [-1, 0], [0, -1], [0, 1.2]].map(([dx, dy]) => {
    const anchor = dx > 0.45 ? "start" : dx < -0.45 ? "end" : "middle";
    const [at, base] = [px + 9 * dx, py + 4 + 12 * dy];
    const left = at - { start: 0, middle: width / 2, end: width }[anchor];
    return { x: at, y: base, anchor, left, right: left + width, top: base - ABOVE, bottom: base + BELOW };
  });
}

function isFree(one, box, taken) {
  if (one.left < box.left + GAP || one.right > box.right + GAP || one.top < box.top || one.bottom > box.bottom) return false;
  return taken.every((other) => one.right + GAP < other.left || other.right + GAP < one.left || one.bottom < other.top || other.bottom < one.top);
}

/** The direction in px across a curve at one of its points, away from the arc. */
function outwards({ frequency, re, im }, point, x, y) {
  const next = Math.max(1, frequency.findIndex((f) => f <= point.frequency * (1 - 1e-9)));
  const k = frequency[frequency.length - 1] > point.frequency * (1 - 1e-9) ? frequency.length - 1 : next;
  const [ax, ay] = [x(re[k]) - x(re[k - 1]), y(-im[k]) - y(-im[k - 1])];
  const size = Math.hypot(ax, ay) || 1;
  return [ay / size, -Math.abs(ax) / size]; // left of a curve that goes to the right is up; down its right flank is right
}
