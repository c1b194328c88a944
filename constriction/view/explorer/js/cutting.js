/** How a line of a file is cut into cells (spectra/columns/cutting.py). */

/** No nested repetition: a cell of any length is matched in time proportional to it. */
const NUMBER_CELL = /^(?:[+-]?(?:[0-9][0-9.,'’ \u00a0\u202f]*|[.,][0-9]+)(?:[eEdD][+-]?[0-9]+)?|[+-]?(?:nan|inf))$/i;
export const STARTS_AS_NUMBER = /^(?:[+-]?[.,]?[0-9]|[+-]?(?:nan|inf)(?![\p{L}\p{N}_]))/iu;
const LONGEST_ROW = 20000;
const MOST_LINES_TRIED = 5000;
const COMMENT_MARKS = ["#", "%", "!", "//", "*"];

/** Whether a cell is a number in any writing. */
export function isNumberCell(cell) {
  return NUMBER_CELL.test(cell);
}

/** Whether a line is blank or a comment. */
export function isVoidLine(line) {
  const bare = line.trim();
  return !bare || COMMENT_MARKS.some((mark) => bare.startsWith(mark));
}

/** Cells of a line some of which stand in quotes. */
function quotedCells(line, mark) {
  const cells = [];
  let place = 0;
  for (;;) {
    while (line[place] === " ") place++;
    let cell = "";
    if (line[place] === '"') {
      for (place++; place < line.length; place++) {
        if (line[place] !== '"') cell += line[place];
        else if (line[place + 1] === '"') cell += line[place++];
        else break;
      }
      place++;
    }
    const end = line.indexOf(mark, place);
    cell += line.slice(place, end < 0 ? line.length : end);
    cells.push(cell.trim());
    if (end < 0) return cells;
    place = end + mark.length;
  }
}

function cutterAt(mark) {
  return (line) => (line.includes('"') ? quotedCells(line, mark) : line.split(mark).map((cell) => cell.trim()));
}

export const cutTabs = cutterAt("\t");
const cutSemicolons = cutterAt(";");
const cutCommas = cutterAt(",");
const cutWideBlanks = (line) => line.trim().split(/(?<!\s)\s{2,}/);

/** The words of a line. */
export function cutBlanks(line) {
  const bare = line.trim();
  return bare ? bare.split(/\s+/) : [];
}

/** The ways to cut a line, the surest first. */
export const CUTTERS = [cutTabs, cutSemicolons, cutCommas, cutWideBlanks, cutBlanks];

/** Without the empty cells at the end. */
export function trimmedCells(cells) {
  let count = cells.length;
  while (count && !cells[count - 1]) count--;
  return cells.slice(0, count);
}

/** The way to cut a line into at least three numbers and nothing else; null of other lines. */
export function plainCutter(line) {
  if (!/^\s*[-+.0-9"']/.test(line)) return null;
  return (
    CUTTERS.find((cut) => {
      const cells = cut(line);
      return cells.length >= 3 && cells.every(isNumberCell);
    }) ?? null
  );
}

/** The cells of a line of which two and at least half are numbers; 0 of other lines. */
function widthOfNumbers(line) {
  for (const cut of CUTTERS) {
    const cells = trimmedCells(cut(line));
    if (cells.length >= 2 && 2 * cells.filter(isNumberCell).length >= Math.max(4, cells.length)) return cells.length;
  }
  return 0;
}

/** Index and number of cells of each first line that is mostly numbers, with another such line below it. */
export function* numberRows(lines) {
  let before = 0;
  let last = 0;
  for (let number = 0; number < Math.min(lines.length, MOST_LINES_TRIED); number++) {
    const line = lines[number];
    if (isVoidLine(line) || line.length > LONGEST_ROW) continue;
    const width = widthOfNumbers(line);
    if (width && width === before) {
      yield [last, width];
      return;
    }
    [before, last] = [width, number];
  }
}
