/** What a header line names, and the tables that stand below it side by side (spectra/columns/headers.py). */
import { columnUnit } from "./column_units.js";
import { kindsOf, lacksUnit, recogniseColumn, withUnitOf } from "./columns.js";
import { CUTTERS, cutBlanks, cutTabs, trimmedCells } from "./cutting.js";
import { ReadError } from "./read_error.js";

const LONGEST_HEADER = 5000;
const LONGEST_UNIT = 12;
/** Columns that all variants beside each other use. */
const SHARED_ROLES = new Set(["frequency", "angular frequency", "log frequency", "cycle", "temperature"]);
/** What a row may lack. */
export const OPTIONAL_ROLES = new Set(["cycle", "temperature"]);
const REPEATABLE_ROLES = new Set(["cycle", "temperature", "potential", "current", "time"]);

/** One note that counts faults {line, why} and names the first ones; [] without. */
export function leftOut(faults, most) {
  if (!faults.length) return [];
  const named = faults.slice(0, most).map(({ line, why }) => `line ${line}: ${why}`).join("; ");
  const rows = faults.length === 1 ? "1 row" : `${faults.length} rows`;
  return [`${rows} left out (${named}${faults.length > most ? "; …" : ""})`];
}

/** The ways to cut a line that may be a header, without comment marks and what programs put around it. */
export function* cellsOfHeader(line) {
  let bare = line.trim().replace(/^[#%!*;/]+/, "").replace(/^ +/, "");
  if (bare.startsWith("Definition=")) {
    bare = bare.slice(11); // VersaStudio, which ends its list of names with a zero
    if (bare.endsWith(", 0")) bare = bare.slice(0, -3);
  }
  if (/^"[^"]*"$/.test(bare)) bare = bare.slice(1, -1);
  const lead = /^\t*/.exec(line)[0]; // Gamry indents its tables by a column
  let marked = false;
  for (const cut of CUTTERS) {
    if (cut === cutBlanks && marked) return; // names of several words between tabs, semicolons or commas
    const names = trimmedCells(cut(cut === cutTabs ? lead + bare.replace(/^ +| +$/g, "") : bare));
    marked ||= names.filter((name) => name).length > 2;
    yield [cut, names];
  }
}

/** Whether a line is worth a closer look; cheap. */
export function mayBeHeader(line, vocabulary) {
  return line.length <= LONGEST_HEADER && vocabulary.hint.test(line);
}

/** Whether only this one of two columns of one name has a unit that fits. */
function isBetter(column, than) {
  const fits = (item) => item.unit === null || kindsOf(item).includes(item.unit.kind);
  return fits(column) && !fits(than);
}

const variantKey = (column) => JSON.stringify([column.label, column.temperature]);

/** The complete tables that stand beside each other: [{label, temperature, columns: Map role → {place, column}}]. */
function variantsOf(columns, complete) {
  const found = new Map([[JSON.stringify(["", null]), { label: "", temperature: null, own: new Map() }]]);
  columns.forEach((column, place) => {
    if (!column) return;
    const key = variantKey(column);
    if (!found.has(key)) found.set(key, { label: column.label, temperature: column.temperature, own: new Map() });
    const { own } = found.get(key);
    if (!own.has(column.role) || isBetter(column, own.get(column.role).column)) own.set(column.role, { place, column });
  });
  const main = [...found.values()][0].own;
  const common = [...main].filter(([role]) => SHARED_ROLES.has(role));
  const whole = [];
  for (const { label, temperature, own } of found.values()) {
    const all = new Map([...common, ...own]);
    const wanted = complete(all);
    if (wanted.length) whole.push({ label, temperature, columns: new Map(wanted.map((role) => [role, all.get(role)])) });
  }
  return whole;
}

/**
 * The likeliest way to cut a line that makes it a header; null when it is none.
 * @param {string} line
 * @param {{roles: Map, complete: function, hint: RegExp}} vocabulary what tables are looked for
 * @returns {{cut: function, names: string[], variants: object[]}|null}
 */
export function headerOf(line, vocabulary) {
  for (const [cut, names] of cellsOfHeader(line)) {
    // EC-Lab's x, which is no reactance, has no plain r before it.
    const place = names.indexOf("x");
    const resistive = place >= 0 && names.at(place - 1).toLowerCase() === "r";
    const columns = names.map((name) => recogniseColumn(name === "x" && resistive ? "X" : name, vocabulary.roles));
    const variants = variantsOf(columns, vocabulary.complete);
    if (variants.length) return { cut, names, variants };
  }
  return null;
}

/** Places of all columns that are read, or of those that have other roles than some; rising. */
export function placesOf(header, without = new Set()) {
  const found = new Set();
  for (const { columns } of header.variants) {
    for (const [role, { place }] of columns) if (!without.has(role)) found.add(place);
  }
  return [...found].sort((a, b) => a - b);
}

/** See that no needed column comes twice; of cycles, potentials, currents and times the first counts. */
export function checkOnce(header, vocabulary, where) {
  header.names.forEach((name, place) => {
    const column = recogniseColumn(name, vocabulary.roles);
    if (!column || REPEATABLE_ROLES.has(column.role)) return;
    const needed = header.variants.find((one) => variantKey(one) === variantKey(column));
    const taken = needed?.columns.get(column.role) ?? { place, column };
    if (taken.place === place || isBetter(taken.column, column)) return;
    throw new ReadError(
      `${where}: columns ${taken.place + 1} and ${place + 1} are both ${column.role}, expected one spectrum per table`,
    );
  });
}

const rowOfUnits = (line, header) => header.cut(header.cut === cutTabs ? line : line.replace(/^[#%!* ]+/, ""));

/** Whether a row below names holds short cells, one for each name, with a unit among them. */
function hasUnits(row, width) {
  const short = row.length >= width - 1 && row.every((cell) => cell.length <= LONGEST_UNIT);
  return short && row.some((cell) => columnUnit(cell));
}

/** The cells of a line above names if it holds a unit for each that needs one; else none. */
function unitsAbove(line, header) {
  const row = rowOfUnits(line, header);
  for (const { columns } of header.variants) {
    for (const { place, column } of columns.values()) {
      if (!lacksUnit(column) || kindsOf(column).includes("1")) continue;
      if (place >= row.length || !columnUnit(row[place], kindsOf(column))) return [];
    }
  }
  return row;
}

/** Take the units from a row below the names, or else above, where the names have none; variants. */
export function withUnitRows(between, header, above) {
  const below = between.map((line) => rowOfUnits(line, header)).find((row) => hasUnits(row, header.names.length));
  const units = below?.length ? below : unitsAbove(above, header);
  return header.variants.map((variant) => ({
    ...variant,
    columns: new Map(
      [...variant.columns].map(([role, { place, column }]) => [role, { place, column: withUnitOf(column, units[place] ?? "") }]),
    ),
  }));
}
