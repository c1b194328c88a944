/** Where the contacts of a pattern lie, in pitches: for drawings only. */

/** Pitches that a drawing is wide. */
export const DRAWN_PITCHES = { hexagonal: 3, square: 3, stripes: 3, pores: 3, random: 4, clustered: 4 };
const CLUSTERS = 4;
const IN_CLUSTER = 4;
const TRIES = 400;

/** Random numbers from 0 to 1 that are the same every time. */
function seededNumbers(seed) {
  let value = seed;
  return () => {
    value = (value + 0x6d2b79f5) | 0;
    let mixed = Math.imul(value ^ (value >>> 15), 1 | value);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function hexagonalPlaces(width) {
  const found = [];
  for (let row = -1; row * Math.sqrt(0.75) < width + 1; row++) {
    for (let k = -1; k < width + 2; k++) found.push([k + 0.5 + (row % 2 ? 0.5 : 0), (row + 0.5) * Math.sqrt(0.75)]);
  }
  return found;
}

function squarePlaces(width) {
  const found = [];
  for (let row = 0; row < width; row++) for (let k = 0; k < width; k++) found.push([k + 0.5, row + 0.5]);
  return found;
}

/** Spots that do not overlap, each at the first of many places that is free. */
function freePlaces(count, radius, place) {
  const found = [];
  for (let number = 0; number < count; number++) {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const [x, y] = place(number);
      if (found.every(([a, b]) => Math.hypot(a - x, b - y) >= 2 * radius)) {
        found.push([x, y]);
        break;
      }
    }
  }
  return found;
}

function randomPlaces(width, radius) {
  const random = seededNumbers(7);
  const inside = () => radius + random() * (width - 2 * radius);
  return freePlaces(width * width, radius, () => [inside(), inside()]);
}

function clusteredPlaces(width, radius) {
  const random = seededNumbers(5);
  const middle = () => 0.8 + random() * (width - 1.6);
  const middles = freePlaces(CLUSTERS, 0.75, () => [middle(), middle()]);
  const clipped = (value) => Math.min(width - radius, Math.max(radius, value));
  return freePlaces(CLUSTERS * IN_CLUSTER, radius, (number) => {
    const [x, y] = middles[Math.floor(number / IN_CLUSTER) % middles.length];
    const [angle, far] = [2 * Math.PI * random(), Math.sqrt(random())];
    return [clipped(x + far * Math.cos(angle)), clipped(y + far * Math.sin(angle))];
  });
}

/**
 * The contacts, or the pores in them.
 * @returns {object} {width, discs: [[x, y]], radius, stripe, pores}: all in pitches; `stripe` is null, or a width
 */
export function spotsOf(pattern, fraction) {
  const width = DRAWN_PITCHES[pattern] ?? 3;
  const area = pattern === "pores" ? 1 - fraction : fraction;
  if (pattern === "stripes") return { width, discs: [], radius: 0, stripe: fraction, pores: false };
  if (pattern === "hexagonal" || pattern === "pores") {
    const radius = Math.sqrt((area * Math.sqrt(0.75)) / Math.PI);
    return { width, discs: hexagonalPlaces(width), radius, stripe: null, pores: pattern === "pores" };
  }
  const radius = Math.sqrt(area / Math.PI);
  const places = { square: squarePlaces, random: randomPlaces, clustered: clusteredPlaces }[pattern];
  return { width, discs: places(width, radius), radius, stripe: null, pores: false };
}

/** Where along a line through spots the metal touches: [from, to] in pitches, and the line's place. */
export function cutOf(spots) {
  const { width, radius, stripe } = spots;
  if (stripe !== null) {
    const starts = Array.from({ length: width }, (_, k) => k + 0.5 - stripe / 2);
    return { at: width / 2, touching: starts.map((from) => [from, from + stripe]) };
  }
  const distance = (place) => Math.abs(place[1] - width / 2);
  const at = spots.discs.reduce((best, place) => (distance(place) < distance(best) ? place : best))[1];
  const chords = [];
  for (const [x, y] of spots.discs) {
    const half = Math.sqrt(Math.max(0, radius ** 2 - (y - at) ** 2));
    if (half > 0 && x + half > 0 && x - half < width) chords.push([Math.max(0, x - half), Math.min(width, x + half)]);
  }
  chords.sort((one, other) => one[0] - other[0]);
  return { at, touching: spots.pores ? between(chords, width) : chords };
}

function between(chords, width) {
  const found = [];
  let from = 0;
  for (const [left, right] of chords) {
    if (left > from) found.push([from, left]);
    from = Math.max(from, right);
  }
  if (from < width) found.push([from, width]);
  return found;
}
