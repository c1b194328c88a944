/** From a file to lines of text, and from cells to numbers, whatever the encoding and the decimal mark (files/texts.py). */
import { COLUMN_PREFIXES } from "./column_units.js";
import { isNumberCell } from "./cutting.js";
import { ReadError } from "./read_error.js";
import { beginsAs, namedAs } from "./formats.js";

/** Of a page, in which more would take many seconds; `convert` reads longer ones. */
const MOST_LINES = 100000;
const LARGEST_TEXT = 10e6; // bytes
const TEXT_KINDS = "csv, txt, mpt, DTA, z, par";
const PREFIXED = /^([+-]?[0-9][0-9.,]*)\s?(Meg|[GMkKmuµμn])$/;
const PYTHON_NUMBER = /^[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|nan|inf|infinity)$/i;
const GROUPED = { ",": /^[+-]?[0-9]{1,3}(?:,[0-9]{3})+$/, ".": /^[+-]?[0-9]{1,3}(?:\.[0-9]{3})+$/ };

/** A number as plain as a program writes it, null of another text. */
function plainNumber(text) {
  if (!PYTHON_NUMBER.test(text)) return null;
  if (/nan/i.test(text)) return NaN;
  if (/inf/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(text);
}

/** Thousands are grouped as in 1.234.567 and 1,234; 1.5 among numbers with a decimal comma is a mistake. */
function wellGrouped(mantissa, thousands, decimal) {
  const [head, ...tail] = mantissa.split(decimal);
  return GROUPED[thousands].test(head) && !tail.join(decimal).includes(thousands);
}

function cellNumber(cell, decimal) {
  const thousands = decimal === "." ? "," : ".";
  if (!cell.includes(thousands)) {
    const plain = plainNumber(cell.replace(decimal, "."));
    if (plain !== null) return plain;
  }
  if (!isNumberCell(cell)) return null;
  const bare = cell.replace(/['’ \u00a0\u202f]/g, "");
  const [mantissa] = bare.split(/[eEdDnN]/);
  if (mantissa.includes(thousands) && !wellGrouped(mantissa, thousands, decimal)) return null;
  return plainNumber(bare.replaceAll(thousands, "").replaceAll(decimal, ".").replace(/d/gi, "e"));
}

/** The decimal mark of cells, and a remark. */
function decimalMark(cells) {
  const marked = [...new Set(cells)].filter((cell) => cell.includes(","));
  if (!marked.length) {
    const grouped = cells.some((cell) => cell.split(".").length > 2 && GROUPED["."].test(cell));
    return grouped ? [",", "points group thousands"] : [".", ""];
  }
  const both = marked.filter((cell) => cell.includes("."));
  if (both.some((cell) => cell.lastIndexOf(",") > cell.lastIndexOf("."))) return [",", "decimal comma, points group thousands"];
  if (both.length || marked.some((cell) => cell.split(",").length > 2)) return [".", "commas group thousands"];
  if (!marked.every((cell) => GROUPED[","].test(cell))) return [",", "decimal comma"];
  if (cells.some((cell) => cell.includes("."))) return [".", "commas group thousands"];
  return [",", "decimal comma (commas that group thousands would look the same)"];
}

const countNull = (values) => values.reduce((count, value) => count + (value === null ? 1 : 0), 0);

/** Cells as numbers, null where a cell is none, with the decimal mark that fits all of them; and a remark. */
export function cellNumbers(cells) {
  const plain = cells.map(plainNumber);
  if (!plain.includes(null)) return [plain, ""];
  const [decimal, remark] = decimalMark(cells);
  const found = cells.map((cell) => cellNumber(cell, decimal));
  if (2 * countNull(found) > found.length) {
    // a few cells with the other mark do not tell
    const other = cells.map((cell) => cellNumber(cell, decimal === "." ? "," : "."));
    if (countNull(other) < countNull(found)) return [other, decimal === "," ? "" : "decimal comma"];
  }
  return [found, remark];
}

/** The same row by row, where one column may have decimal commas and the others points. */
export function tableNumbers(cells, width) {
  const [values, first] = cellNumbers(cells);
  let remark = first;
  const has = (column, mark) => column.some((cell) => cell.includes(mark));
  if (!has(cells, ",") || !has(cells, ".")) return [values, remark];
  const columns = Array.from({ length: width }, (_, place) => cells.filter((_cell, k) => k % width === place));
  if (!columns.some((column) => has(column, ".") && !has(column, ","))) return [values, remark];
  columns.forEach((column, place) => {
    const marked = column.filter((cell) => cell.includes(","));
    if (has(column, ".") || marked.every((cell) => GROUPED[","].test(cell))) return;
    cellNumbers(column)[0].forEach((value, k) => (values[place + k * width] = value));
    remark = "decimal commas in some columns, points in others";
  });
  return [values, remark];
}

/** A cell such as 562.341k without the prefix behind its number, and the factor; 1 where there is none. */
export function withoutPrefix(cell) {
  const found = PREFIXED.exec(cell);
  if (!found) return [cell, 1];
  const prefix = found[2].replace(/[µμ]/, "u");
  return [found[1], COLUMN_PREFIXES.find(([name]) => name === prefix)[1]];
}

/** What a byte order mark tells, or zeros at every second place; null without. */
function encodingOf(bytes) {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const head = bytes.subarray(0, 2000);
  if (head.length <= 8) return null;
  const zeros = [0, 1].map((side) => head.filter((byte, k) => k % 2 === side && byte === 0).length / (head.length / 2));
  if (zeros[1] > 0.9) return "utf-16le";
  return zeros[0] > 0.9 ? "utf-16be" : null;
}

/** Letters of Windows-1252 from 0x80 to 0x9f; a blank where there is none, in which case a file is Latin-1. */
const WINDOWS_LETTERS = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

function fromWindows(bytes) {
  const high = (byte) => byte >= 0x80 && byte < 0xa0;
  const latin = bytes.some((byte) => high(byte) && WINDOWS_LETTERS[byte - 0x80] === " ");
  const letter = (byte) => (high(byte) && !latin ? WINDOWS_LETTERS[byte - 0x80] : String.fromCharCode(byte));
  return Array.from(bytes, letter).join("");
}

function decodedBytes(bytes, name) {
  const encoding = encodingOf(bytes);
  if (encoding) return new TextDecoder(encoding).decode(bytes);
  let controls = 0;
  for (const byte of bytes) {
    if (byte === 0) controls = Infinity;
    else if (byte < 32 && !(byte >= 9 && byte <= 13) && byte !== 26) controls++;
  }
  if (controls > 0.01 * bytes.length) {
    const what = namedAs(bytes, name);
    throw new ReadError(`${name}: binary, expected text (${TEXT_KINDS})${what ? `; by its name ${what}` : ""}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fromWindows(bytes);
  }
}

/**
 * Lines of a file in UTF-8, UTF-16, Windows-1252 or Latin-1, with any kind of newline.
 * @param {string} name of the file, for messages
 * @param {Uint8Array} bytes
 * @returns {{path: string, lines: string[]}}
 */
export function textOf(name, bytes) {
  if (bytes.length > LARGEST_TEXT) {
    throw new ReadError(`${name}: ${Math.round(bytes.length / 1e6)} MB, expected at most 10 MB in this page; export only the impedance, or split the file`);
  }
  const what = beginsAs(bytes, name);
  if (what) throw new ReadError(`${name}: is ${what}; expected text (${TEXT_KINDS})`);
  const text = decodedBytes(bytes, name).replace(/\r\n?/g, "\n").replace(/[\x1a\n]+$/, "");
  if (!text.trim()) throw new ReadError(`${name}: empty, expected a file of an impedance instrument`);
  const lines = text.split("\n");
  if (lines.length > MOST_LINES) {
    throw new ReadError(`${name}: ${lines.length} lines, expected at most ${MOST_LINES} in this page; export only the impedance, or split the file`);
  }
  return { path: name, lines };
}
