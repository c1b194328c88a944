/** What the header of a column means: the quantity, its sign, its unit, which of several impedances (columns.py). */
import { UNKNOWN_UNIT, columnUnit, kelvinOf, plainText } from "./column_units.js";
import { SERIES_ROLES, SPECTRUM_ROLES, rolesNamed } from "./vocabulary.js";

const SIGN = /^\s*(?:\(\s*[-–—]\s*\)|[-–—](?:\s*1\s*[*·×x]\s*)?|minus(?![\p{L}\p{N}_])|neg(?:ative(?![\p{L}\p{N}_])|ated(?![\p{L}\p{N}_])|\.|(?![\p{L}\p{N}_])))\s*/iu;
const LOG_OF_UNIT = /^(log|log10|lg)\s?\(\s?([a-zω]{1,9})\s?[/,]?\s?[([]?\s?(\w{0,2}hz)[\])]{0,2}\)?$/i;
/** A temperature in the name of a column: Z' 25C, Re(Z) @ 298.15 K, Z'(-10 °C). */
const TEMPERATURE_IN_NAME =
  /[([@_,;\s]*(?:at\s+|T\s*=\s*)?(?<![A-Za-z0-9.])([-+]?[0-9]{1,4}(?:[.,][0-9]{1,3})?)\s?(?:deg\.?\s?|[°º˚])?\s?(C|K)(?![\p{L}\p{N}_'])[)\]]?/u;
const NO_UNIT = new Set(["", "-", "–", "—", "1", "-/-", "a.u."]);
/** What is left of a sign that its encoding lacks. */
const LOST_SIGNS = ["?", "\ufffd"];
const LONGEST_CELL = 80;

const withoutBrackets = (text) => text.replace(/^[()[\] ]+|[()[\] ]+$/g, "");

/** Whether this is what is left of a degree sign: a quote, a question mark. */
function isLostDegree(text) {
  return [...LOST_SIGNS, "'", "¡", "ø"].includes(withoutBrackets(text));
}

function anyUnit(text, kinds) {
  return columnUnit(text, kinds) ?? columnUnit(isLostDegree(text) ? "deg" : text) ?? UNKNOWN_UNIT;
}

/** The unit, null where none is written; one of the kinds if it can be. */
function writtenUnit(text, kinds) {
  const lost = isLostDegree(text) && LOST_SIGNS.includes(withoutBrackets(text)) && kinds.includes("ohm");
  return NO_UNIT.has(text.trim()) || lost ? null : anyUnit(text, kinds);
}

/** The kinds of unit that a column's quantity may have. */
export function kindsOf(column) {
  return (SPECTRUM_ROLES.get(column.role) ?? SERIES_ROLES.get(column.role)).kinds;
}

/** Whether no unit is written although its quantity may have one. */
export function lacksUnit(column) {
  return column.unit === null && kindsOf(column).length > 0;
}

/** The column with the unit of another row, where its header has none. */
export function withUnitOf(column, text) {
  if (!lacksUnit(column) || NO_UNIT.has(withoutBrackets(text))) return column;
  return { ...column, unit: anyUnit(text, kindsOf(column)), unitText: text };
}

/** A word in round brackets is a unit only if it is one; in square brackets there is a unit, known or not. */
function* splitsInBrackets(text) {
  for (const bracket of [...text.matchAll(/\(([^()[\]]*)\)|\[([^()[\]]*)\]/g)].reverse()) {
    const inside = (bracket[1] ?? bracket[2]).trim();
    const rest = `${text.slice(0, bracket.index)} ${text.slice(bracket.index + bracket[0].length)}`;
    if (isLostDegree(inside)) {
      yield [rest, inside, false];
      yield* splitsInWords(rest);
    } else if (NO_UNIT.has(inside) || bracket[1] === undefined || columnUnit(inside)) {
      yield [rest, inside, true];
    }
  }
  const parts = /^([^[\]]+)\[([^[\]]*)\]$/.exec(text); // a unit with brackets of its own
  if (parts) yield [parts[1], parts[2].trim(), true];
}

function* splitsInWords(text) {
  const words = text.split(/[\s_,;]+/).filter((word) => word);
  for (let count = Math.min(4, words.length - 1); count > 0; count--) {
    const unit = words.slice(-count).join(" ");
    const first = words[words.length - count];
    if (!columnUnit(first) && !["in", "per", "1"].includes(first)) continue; // R_p Ohm has no picoohms
    const written = unit.replaceAll("per ", "/");
    if (!columnUnit(unit) && !columnUnit(written)) continue;
    const name = words.slice(0, -count).join(" ");
    yield [name.endsWith(" in") ? name.slice(0, -3) : name, written, false];
  }
}

/** The ways to take a header for a name and a unit, the likeliest first, and whether it must be a unit. */
function* splitsOfHeader(text) {
  yield [text, "", true];
  yield* splitsInBrackets(text);
  for (let place = text.indexOf("/"); place >= 0; place = text.indexOf("/", place + 1)) {
    if (columnUnit(text.slice(place + 1))) yield [text.slice(0, place), text.slice(place + 1).trim(), true];
  }
  const parts = /^([^/]+)\/\s*(.{1,3})$/.exec(text);
  if (parts) yield [parts[1], parts[2], false];
  yield* splitsInWords(text);
}

/** Whether a unit may stand at a quantity; a wrong one in brackets is a mistake to tell, no other quantity. */
function unitFits(name, role, unit, kinds, sure) {
  const ambiguous = role === "temperature"; // T is also a time
  if (unit === null) return !ambiguous || name.trim().length > 1;
  return kinds.length === 0 || kinds.includes(unit.kind) || (sure && !ambiguous);
}

function temperatureInName(text) {
  const found = TEMPERATURE_IN_NAME.exec(text);
  if (!found || found.index === 0) return [text, null];
  const kelvin = kelvinOf(Number(found[1].replace(",", ".")), found[2] === "C" ? "degC" : "K");
  return [(text.slice(0, found.index) + text.slice(found.index + found[0].length)).trim(), kelvin];
}

function recognised(cell, roles) {
  const spectrum = roles === SPECTRUM_ROLES;
  let text = plainText(cell).trim().replace(/^;+|;+$/g, "");
  if (!text || (spectrum && text === "x")) return null; // EC-Lab's degree of insertion, no reactance
  let temperature = null;
  if (spectrum) [text, temperature] = temperatureInName(text);
  const minus = SIGN.exec(text);
  if (minus) text = text.slice(minus[0].length);
  const log = LOG_OF_UNIT.exec(text);
  if (log) text = `${log[1]}${log[2]} [${log[3]}]`;
  for (const [name, unitText, sure] of splitsOfHeader(text)) {
    for (const [role, label] of rolesNamed(name, roles)) {
      const { kinds } = roles.get(role);
      const unit = writtenUnit(unitText, kinds);
      if (unitFits(name, role, unit, kinds, sure)) {
        return { role, sign: minus ? -1 : 1, unit, unitText, name: cell, label, temperature };
      }
    }
  }
  return null;
}

const RECOGNISED = new Map([[SPECTRUM_ROLES, new Map()], [SERIES_ROLES, new Map()]]);

/**
 * Say what a header cell means.
 * @param {string} cell such as freq/Hz, -Im(Z)/Ohm, Zs'' [Ohms], real_impedance_ohm_cm2, Z' 25C/Ohm
 * @param {Map} roles SPECTRUM_ROLES or SERIES_ROLES
 * @returns {object|null} {role, sign, unit {kind, factor} or null, unitText, name, label, temperature (K) or null}
 */
export function recogniseColumn(cell, roles) {
  if (cell.length > LONGEST_CELL) return null;
  const known = RECOGNISED.get(roles);
  if (!known.has(cell)) {
    if (known.size > 4096) known.clear();
    known.set(cell, recognised(cell, roles));
  }
  return known.get(cell);
}
