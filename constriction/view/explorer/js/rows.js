/** The rows below a header: read until they end, the faulty ones left out and counted (files/rows.py). */
import { CUTTERS, STARTS_AS_NUMBER, isNumberCell, isVoidLine, trimmedCells } from "./cutting.js";
import { OPTIONAL_ROLES, headerOf, mayBeHeader, placesOf } from "./headers.js";
import { quotedText } from "./read_error.js";
import { tableNumbers, withoutPrefix } from "./texts.js";

const MOST_LINES_WITHIN = 50;
/** Between two turns of a page that goes on while it reads. */
export const LINES_AT_ONCE = 2000;
/** What instruments write instead of a number. */
const MISSING_CELLS = new Set(
  ("overload over ovld ol overflow over-range error err fail failed n/a na nan inf null none nil #n/a #div/0! " +
    "#value! #num! invalid unlock ---").split(" "),
);

/** The places in the header of a row with fewer cells: those of the names that are not empty, or the needed ones. */
function givenPlaces(cells, header) {
  const compact = header.names.flatMap((name, place) => (name ? [place] : []));
  if (cells.length === compact.length) return compact; // a header with more tabs than its rows
  if (cells.length > compact.length) return null;
  const given = compact.slice(0, cells.length);
  const needed = placesOf(header, OPTIONAL_ROLES);
  const whole = given.length === needed.length && given.every((place, k) => place === needed[k]);
  return given.length > 2 && whole && cells.every(isNumberCell) ? given : null;
}

/**
 * The way to cut a line that gives each name its number; null of other lines.
 * @returns {{cut: function, width: number, places: Map<number, number>, leading: number, vocabulary: object|null}|null}
 *   places: of each place in the header that in a row; leading: of the cell that every row begins its numbers with
 */
export function layoutOf(line, header, vocabulary) {
  const needed = placesOf(header);
  const leading = [...header.variants[0].columns.values()][0].place;
  for (const cut of [header.cut, ...CUTTERS]) {
    const every = cut(line);
    let cells = trimmedCells(every);
    const count = header.names.length;
    if (cells.length <= count && count <= every.length) cells = every.slice(0, count); // the last columns are empty
    let places = null;
    if (cells.length === count) {
      places = new Map(needed.map((place) => [place, place]));
    } else {
      const given = givenPlaces(cells, header);
      if (!given) continue;
      places = new Map(needed.filter((place) => given.includes(place)).map((place) => [place, given.indexOf(place)]));
    }
    if ([...places.values()].some((place) => STARTS_AS_NUMBER.test(cells[place]))) {
      return { cut, width: cells.length, places, leading: places.get(leading), vocabulary };
    }
  }
  return null;
}

/** The cells of a line if they are as many as the rows have, else none. */
function rowOfLine(line, layout) {
  const row = layout.cut(line);
  while (row.length > layout.width && !row[row.length - 1]) row.pop();
  return row.length === layout.width ? row : [];
}

/** Whether this is a row with a fault: some of the needed cells are numbers. */
function isFaultyRow(row, layout) {
  return row.length > 0 && [...layout.places.values()].some((place) => STARTS_AS_NUMBER.test(row[place]));
}

/** Whether a line names as many columns as the rows have, so that what follows is another table. */
function namesColumns(line, layout) {
  if (isVoidLine(line)) return false;
  const row = rowOfLine(line.replace(/^ +| +$/g, ""), layout);
  const words = new Set(row.map((cell) => cell.toLowerCase()).filter((cell) => /\p{L}/u.test(cell) && !STARTS_AS_NUMBER.test(cell)));
  return words.size === layout.width && ![...words].some((word) => MISSING_CELLS.has(word));
}

function isHeaderLine(line, { vocabulary }) {
  return vocabulary !== null && mayBeHeader(line, vocabulary) && headerOf(line, vocabulary) !== null;
}

/** The next line that is a row of the same table, null if the table ends at this line. */
function nextRow(lines, number, layout) {
  for (let k = number; k < Math.min(number + MOST_LINES_WITHIN, lines.length); k++) {
    if (isFaultyRow(rowOfLine(lines[k], layout), layout)) return k;
    if (namesColumns(lines[k], layout) || isHeaderLine(lines[k], layout)) return null;
  }
  return null;
}

/** The lines of some numbers, from 0, that are no whole rows of so many values; void ones do not count. */
export function brokenRows(lines, numbers, width) {
  return numbers
    .filter((number) => !isVoidLine(lines[number]))
    .map((number) => ({ line: number + 1, why: `${quotedText(lines[number].trim())}, expected ${width} values as in the other rows` }));
}

/** What is left out where a table ends: rows below what reads as names of other columns. */
function faultsAtEnd(lines, number, layout) {
  const line = lines[number];
  const below = rowOfLine(lines.slice(number + 1, number + 4).find((other) => !isVoidLine(other)) ?? "", layout);
  if (!namesColumns(line, layout) || isHeaderLine(line, layout) || !isFaultyRow(below, layout)) return [];
  return [{ line: number + 1, why: `${quotedText(line.trim())} reads as names of other columns, the rows below are not read` }];
}

/** Whether a line between a header and its first row is a row with faults: a number first, or nothing but gaps. */
export function isBrokenRow(line, header) {
  const cells = trimmedCells(header.cut(line)).map((cell) => cell.toLowerCase()).filter((cell) => cell);
  if (cells.length < 2 || isVoidLine(line)) return false;
  const isGap = (cell) => MISSING_CELLS.has(cell) || !cell.replace(/^[-–—. ]+|[-–—. ]+$/g, "");
  return STARTS_AS_NUMBER.test(cells[0]) || cells.every(isGap);
}

/** Whether a line below a header is a row whose needed cells are all empty, and others are not. */
export function lacksAll(line, header) {
  const cells = header.cut(line);
  if (cells.length !== header.names.length || isVoidLine(line)) return false;
  return !placesOf(header).some((place) => cells[place]) && cells.some(isNumberCell);
}

/** Whether finite values rise or fall all the way. */
export function isMonotonic(values) {
  const finite = values.filter(Number.isFinite);
  const steps = Array.from(finite.slice(1), (value, k) => value - finite[k]);
  return steps.every((step) => step > 0) || steps.every((step) => step < 0);
}

/** Numbers of the cells row by row, NaN where one is none, and remarks; prefixes count if the leading column is then monotonic. */
function matrixOf(cells, width, leading) {
  const filled = (values) => values.map((value) => value ?? NaN);
  const [values, remark] = tableNumbers(cells, width);
  const remarks = remark ? [remark] : [];
  if (!values.includes(null)) return [values, remarks];
  const pairs = cells.map(withoutPrefix);
  const bare = filled(tableNumbers(pairs.map(([text]) => text), width)[0]);
  const scaled = bare.map((value, k) => value * pairs[k][1]);
  const first = scaled.filter((_, k) => k % width === leading);
  if (pairs.every(([, factor]) => factor === 1) || !isMonotonic(first)) return [filled(values), remarks];
  return [scaled, [...remarks, "prefixes behind numbers (such as 1k) taken as their factors"]];
}

/** One variant, without the rows that have something else than a finite number in it. */
function wholeRows(read, variant, placeOf) {
  const items = [...variant.columns].filter(([, item]) => placeOf.has(item.place));
  const places = items.map(([, item]) => placeOf.get(item.place));
  const values = new Map(items.map(([role]) => [role, []]));
  const lines = [];
  const faults = [...read.faults];
  read.lines.forEach((line, row) => {
    const at = (k) => read.values[row * read.width + places[k]];
    const wrong = items.findIndex(([role], k) => !OPTIONAL_ROLES.has(role) && !Number.isFinite(at(k)));
    if (wrong >= 0) {
      const cell = read.cells[row * read.width + places[wrong]];
      faults.push({ line, why: `${quotedText(cell)} in column ${quotedText(items[wrong][1].column.name)}` });
      return;
    }
    lines.push(line);
    items.forEach(([role], k) => values.get(role).push(at(k)));
  });
  faults.sort((one, other) => one.line - other.line);
  const columns = new Map(items.map(([role, item]) => [role, item.column]));
  const { label, temperature } = variant;
  return { columns, values, lines, header: 0, remarks: read.remarks, faults, label, temperature, warnings: [] };
}

/**
 * Read rows until a line that is none and has none below: tables {columns, values, lines, …}, and that line's index.
 * A generator, as all that reads many lines: it yields the share of the file that is read, now and then.
 */
export function* readRows(lines, start, layout, variants) {
  const wanted = [...layout.places.values()];
  const cells = [];
  const numbers = [];
  const faults = [];
  let empty = 0;
  let number = start;
  let end = lines.length;
  for (; number < end; number++) {
    if (number % LINES_AT_ONCE === 0) yield number / lines.length;
    const line = lines[number];
    const row = rowOfLine(line, layout);
    if (row.length && STARTS_AS_NUMBER.test(row[layout.leading])) {
      for (const place of wanted) cells.push(row[place]);
      numbers.push(number + 1);
    } else if (row.some((cell) => cell) && !wanted.some((place) => row[place])) {
      empty++; // of direct current, whose cells for impedance are empty
    } else if (isFaultyRow(row, layout)) {
      faults.push({ line: number + 1, why: `${quotedText(row[layout.leading])} as frequency` });
    } else if (!isVoidLine(line) || isHeaderLine(line, layout)) {
      const following = nextRow(lines, number, layout);
      if (following === null) {
        faults.push(...faultsAtEnd(lines, number, layout));
        end = number;
        break;
      }
      const between = Array.from({ length: following - number }, (_, k) => number + k);
      faults.push(...brokenRows(lines, between, layout.width));
      number = following - 1;
    }
  }
  const [values, marks] = matrixOf(cells, wanted.length, wanted.indexOf(layout.leading));
  const placeOf = new Map([...layout.places.keys()].map((place, index) => [place, index]));
  const remarks = empty ? [...marks, `${empty} rows without these values left out`] : marks;
  const read = { cells, lines: numbers, values, width: wanted.length, faults, remarks };
  return [variants.map((variant) => wholeRows(read, variant, placeOf)), end];
}
