/** Why a file with a header is refused: what the header names, and what it lacks (files/refusals.py). */
import { recogniseColumn } from "./columns.js";
import { cutBlanks, isNumberCell, isVoidLine, numberRows } from "./cutting.js";
import { cellsOfHeader } from "./headers.js";
import { ReadError, quotedText } from "./read_error.js";
import { FREQUENCY_ROLES, SERIES_ROLES, SPECTRUM_ROLES } from "./vocabulary.js";

const TOUCHSTONE = /^#\s*[kmgt]?hz\s+[syzgh]\b/i;
const MOST_LINES_OF_OPTIONS = 100;
const MOST_LINES_ABOVE_NUMBERS = 8;
const PARTNERS = [
  ["R", "X"], ["Re Z", "Im Z"], ["Re Y", "Im Y"], ["ε'", "ε''"], ["σ'", "σ''"], ["M'", "M''"], ["ρ'", "ρ''"],
];
const LACKING = {
  ...Object.fromEntries(PARTNERS),
  ...Object.fromEntries(PARTNERS.map(([first, second]) => [second, first])),
  "|Z|": "the phase",
  phase: "|Z|",
  "phase Z": "|Z|",
  "|Y|": "the phase of Y",
  C: "whether C is in series (Cs) or in parallel (Cp)",
  L: "whether L is in series (Ls) or in parallel (Lp)",
  Cs: "D, Q or Rs",
  Cp: "D, Q, G or Rp",
  Ls: "Q, D or Rs",
  Lp: "Q, D, G or Rp",
  Rs: "Xs",
  trace: "what the traces are",
};

const knownColumns = (names) => names.map((name) => recogniseColumn(name, SPECTRUM_ROLES) ?? recogniseColumn(name, SERIES_ROLES)).filter((column) => column);

/** The known columns of a line if it is a header: two or more. */
function columnsNamed(line, width) {
  if (line.length > 5000) return [];
  for (const [cut, names] of cellsOfHeader(line)) {
    const known = knownColumns(names);
    if (known.length > 1 && (cut !== cutBlanks || names.length === width)) return known;
  }
  return [];
}

/** The known columns, if any, of a line with a word above each number; null if it has not. */
function columnsInWords(line, width) {
  if (isVoidLine(line)) return null;
  for (const [, names] of cellsOfHeader(line)) {
    const words = names.filter((name) => /\p{L}/u.test(name) && !isNumberCell(name));
    if (words.length === names.length && words.length === width) return knownColumns(names);
  }
  return null;
}

/** The line above some numbers that names columns; null without. */
function headerAbove(lines, start, width) {
  const above = [];
  for (let k = Math.max(start - MOST_LINES_ABOVE_NUMBERS, 0); k < start; k++) if (lines[k].trim()) above.push(k);
  if (!above.length) return null;
  const nearest = above.at(-1);
  const only = recogniseColumn(lines[nearest].replace(/^[#%!*; \t]+|[#%!*; \t]+$/g, ""), SPECTRUM_ROLES);
  if (only?.unit) return [nearest, [only]]; // one column with its unit, none of the others
  for (const number of [...above].reverse()) {
    const columns = columnsNamed(lines[number], width);
    if (columns.length) return [number, columns];
  }
  const words = columnsInWords(lines[nearest], width);
  return words === null ? null : [nearest, words];
}

function toldColumns(columns) {
  const roles = [...new Set(columns.map((column) => column.role))];
  if (!roles.length) return "names no quantity that is known";
  const names = `names ${roles.join(", ")}`;
  if (!roles.some((role) => FREQUENCY_ROLES.includes(role))) {
    const series = ["time", "potential", "current"].some((role) => roles.includes(role));
    return series ? `${names}: a time series, no impedance` : `${names} and lacks a frequency`;
  }
  return `${names} and lacks ${roles.map((role) => LACKING[role]).find((words) => words) ?? "an impedance"}`;
}

/** See that no line above the first numbers is a header, for it names no impedance. */
export function checkNoHeader(text) {
  text.lines.slice(0, MOST_LINES_OF_OPTIONS).forEach((line, k) => {
    if (!TOUCHSTONE.test(line)) return;
    throw new ReadError(
      `${text.path}, line ${k + 1}: ${quotedText(line.trim(), 60)} begins a Touchstone file, whose parameters are not read; export impedance as csv`,
    );
  });
  for (const [start, width] of numberRows(text.lines)) {
    const found = headerAbove(text.lines, start, width);
    if (!found) continue;
    const [line, columns] = found;
    throw new ReadError(
      `${text.path}, line ${line + 1}: header ${quotedText(text.lines[line].trim(), 80)} ${toldColumns(columns)}; expected ` +
        "frequency with Re and Im Z, |Z| and phase, Y, Cs or Cp with D, R or G, or ε, σ, ρ or M of a material",
    );
  }
}
