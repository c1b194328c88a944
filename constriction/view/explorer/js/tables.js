/** The tables of a text file: those below headers, and numbers without one (files/tables.py). */
import { STARTS_AS_NUMBER, isNumberCell, isVoidLine, plainCutter, trimmedCells } from "./cutting.js";
import { checkOnce, headerOf, mayBeHeader, withUnitRows } from "./headers.js";
import { temperatureTold } from "./instruments.js";
import { ReadError } from "./read_error.js";
import { LINES_AT_ONCE, brokenRows, isBrokenRow, lacksAll, layoutOf, readRows } from "./rows.js";
import { withUnitsInWords } from "./unit_words.js";

const MOST_LINES_BETWEEN = 6; // a header and its numbers: units, `End Comments`
const FEW_LINES = 5; // below a row of numbers among which another one is
const MOST_LINES_OF_HEAD = 400; // above a header, that may tell the temperature
const MOST_HEADERS_TRIED = 2000;

/** See that no line below a header is a row of another width. */
function checkWidths(text, start, header, between) {
  for (const number of between) {
    const cells = header.cut(text.lines[number]);
    if (!STARTS_AS_NUMBER.test(text.lines[number].trim()) || cells.length < 2) continue;
    throw new ReadError(
      `${text.path}, line ${number + 1}: ${trimmedCells(cells).length} values below ${header.names.length} names ` +
        `(line ${start + 1}), expected as many; numbers with decimal commas need semicolons or tabs between`,
    );
  }
}

/** The tables below a header and the number of the line after them; null tables where there are no numbers. */
function* tablesBelow(text, start, header, vocabulary) {
  checkOnce(header, vocabulary, `${text.path}, line ${start + 1}`);
  const { lines } = text;
  const between = [];
  for (let number = start + 1; number < lines.length; number++) {
    const line = lines[number];
    if (!line.trim()) continue;
    const layout = layoutOf(line, header, vocabulary);
    if (layout) {
      const variants = withUnitRows(between.map((k) => lines[k]), header, start ? lines[start - 1] : "");
      const [tables, end] = yield* readRows(lines, number, layout, variants);
      const lost = brokenRows(lines, between.filter((k) => isBrokenRow(lines[k], header)), layout.width);
      return [tables.map((table) => ({ ...table, header: start + 1, faults: [...lost, ...table.faults] })), end];
    }
    if (lacksAll(line, header)) continue;
    between.push(number);
    if (between.length > MOST_LINES_BETWEEN || headerOf(line, vocabulary)) break;
  }
  checkWidths(text, start, header, between);
  return [null, start + 1];
}

/**
 * All tables with a header of the vocabulary; those of several variants side by side one after the other.
 * @param {{path: string, lines: string[]}} text
 * @param {{roles: Map, complete: function, hint: RegExp}} vocabulary
 */
export function* findTables(text, vocabulary) {
  const { lines } = text;
  const tables = [];
  let tried = 0;
  let last = 0;
  let empty = null;
  for (let number = 0; number < lines.length; ) {
    const likely = mayBeHeader(lines[number], vocabulary);
    if (likely && ++tried > MOST_HEADERS_TRIED) {
      throw new ReadError(`${text.path}, line ${number + 1}: more than ${MOST_HEADERS_TRIED} lines look like headers`);
    }
    const header = likely ? headerOf(lines[number], vocabulary) : null;
    if (!header) {
      if (number % LINES_AT_ONCE === 0) yield number / lines.length;
      number++;
      continue;
    }
    const above = lines.slice(Math.max(last, number - MOST_LINES_OF_HEAD), number);
    const [found, end] = yield* tablesBelow(text, number, header, vocabulary);
    if (!found) {
      // an experiment that was broken off; others may be whole
      empty ??= `${text.path}, line ${number + 1}: a header without data below, expected at least 5 points`;
      number++;
      continue;
    }
    const temperature = temperatureTold(above);
    for (const table of found) {
      tables.push({ ...withUnitsInWords(table, above), temperature: table.temperature || temperature });
    }
    number = end;
    last = found.reduce((most, table) => table.lines.reduce((one, other) => Math.max(one, other), most), 0) || end;
  }
  if (empty && !tables.length) throw new ReadError(empty);
  return tables;
}

/** The first line of numbers and nothing else, with another one below it, and how it is cut; null without. */
function firstNumbers(lines) {
  for (let start = 0; start < lines.length; start++) {
    const cut = plainCutter(lines[start]);
    if (!cut) continue;
    const width = cut(lines[start]).length;
    const following = lines.slice(start + 1, start + 1 + FEW_LINES).filter((line) => !isVoidLine(line)).map(cut);
    return following.some((row) => row.length === width && row.every(isNumberCell)) ? [start, cut] : null;
  }
  return null;
}

/** The numbers of a file without header, whose columns are of these roles in order; null when there are none. */
export function* plainTable(text, roles) {
  const found = firstNumbers(text.lines);
  if (!found) return null;
  const [first, cut] = found;
  let start = first;
  const width = cut(text.lines[start]).length;
  if (width !== roles.length) {
    throw new ReadError(
      `${text.path}, line ${start + 1}: ${width} columns of numbers without a header; ` +
        `expected ${roles.length} (${roles.join(", ")}) or a header that names them`,
    );
  }
  const columnAt = (role, place) => ({ role, sign: 1, unit: null, unitText: "", name: `column ${place + 1}`, label: "", temperature: null });
  const columns = new Map(roles.map((role, place) => [role, { place, column: columnAt(role, place) }]));
  const above = start ? cut(text.lines[start - 1]) : [];
  if (above.length === width && above.some(isNumberCell)) start--; // a first row with a fault in it
  const layout = { cut, width, places: new Map(roles.map((_, place) => [place, place])), leading: 0, vocabulary: null };
  const [[table]] = yield* readRows(text.lines, start, layout, [{ label: "", temperature: null, columns }]);
  const remark = `no header: columns taken as ${roles.join(", ")}`;
  const head = text.lines.slice(Math.max(start - MOST_LINES_OF_HEAD, 0), start);
  return withUnitsInWords({ ...table, remarks: [remark, ...table.remarks] }, head);
}
