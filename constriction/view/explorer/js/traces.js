/** Magnitude and phase in tables of their own, over the same frequencies, become one table (files/traces.py). */
import { polarMisfit } from "./bode.js";
import { recogniseColumn } from "./columns.js";
import { QUANTITY_PAIRS } from "./conversions.js";
import { STARTS_AS_NUMBER } from "./cutting.js";
import { HEAD_COLUMNS } from "./instruments.js";
import { FEWEST_POINTS, completeRoles, frequencyRole, hertzOf } from "./column_quantities.js";
import { quotedText } from "./read_error.js";
import { FREQUENCY_ROLES, SPECTRUM_ROLES } from "./vocabulary.js";

const SAME_TRACE = 1e-6;
const MOST_PAIRS = 1e7;
const MOST_LINES_OF_TRACE = 12; // above a table, that may say what its trace is
const PAIRED_ROLES = new Set(QUANTITY_PAIRS.flatMap((pair) => [pair.first, pair.second]));
const TRACE_NAME = /^[^\p{L}\p{N}_]*trace[^\p{L}\p{N}_]*[AB12][^\p{L}\p{N}_]*\s(?!\s)(.+?)["\s]*$/iu;

function pairedColumn(name) {
  const column = recogniseColumn(name, SPECTRUM_ROLES);
  return column && PAIRED_ROLES.has(column.role) ? column : null;
}

/** The quantity that a line gives a trace, null if it gives none. */
function columnOfTrace(line) {
  const trace = TRACE_NAME.exec(line);
  const named = trace && pairedColumn(trace[1]);
  if (named) return named;
  const found = line.split(/[\t:=,;"]+/).slice(1).map(pairedColumn);
  return found.find((column) => column && column.name.trim().length > 1) ?? null; // B: no susceptance
}

/** A trace with the quantity that a line above it names, such as `TRACE A: |Z|`. */
function namedTrace(table, text) {
  if (!table.columns.has("trace")) return table;
  const above = text.lines.slice(Math.max(table.header - 1 - MOST_LINES_OF_TRACE, 0), table.header - 1).reverse();
  for (const whole of above) {
    const line = whole.slice(0, HEAD_COLUMNS);
    if (STARTS_AS_NUMBER.test(line.trim())) break; // the table above
    const column = columnOfTrace(line);
    if (!column) continue;
    const renamed = (map, value) => new Map([...map].map(([role, item]) => (role === "trace" ? [column.role, value(item)] : [role, item])));
    return { ...table, columns: renamed(table.columns, () => column), values: renamed(table.values, (item) => item) };
  }
  return table;
}

/** Some rows of a table, the others left out. */
function rowsOfTable(table, rows) {
  const kept = new Set(rows);
  const without = table.lines.filter((_, k) => !kept.has(k)).map((line) => ({ line, why: "no partner in the other table" }));
  const pick = (values) => rows.map((k) => values[k]);
  return {
    ...table,
    values: new Map([...table.values].map(([role, values]) => [role, pick(values)])),
    lines: pick(table.lines),
    faults: [...table.faults, ...without],
  };
}

function tryHertz(table) {
  try {
    return hertzOf(table, "");
  } catch {
    return table.values.get(frequencyRole(table));
  }
}

/** Both at the frequencies that both have, in one order; none if most have no partner. */
function atCommonFrequencies(first, second) {
  const one = tryHertz(first);
  const other = tryHertz(second);
  const same = (a, b) => Math.abs(a - b) <= SAME_TRACE * Math.abs(a);
  if (one.length === other.length && one.every((value, k) => same(other[k], value))) return [first, second];
  const pairs = [];
  if (one.length * other.length < MOST_PAIRS) {
    one.forEach((a, i) => other.forEach((b, j) => same(a, b) && pairs.push([i, j])));
  }
  const alone = 2 * pairs.length < Math.max(one.length, other.length);
  const unique = [0, 1].every((side) => new Set(pairs.map((pair) => pair[side])).size === pairs.length);
  const chosen = alone || !unique ? [] : pairs;
  return [rowsOfTable(first, chosen.map(([i]) => i)), rowsOfTable(second, chosen.map(([, j]) => j))];
}

/** |Z| and phase, if the second trace is the phase in degrees that the first one implies as |Z|; else null. */
function tracesByPhysics(first, second) {
  const role = frequencyRole(first);
  const frequency = first.values.get(role);
  const modulus = first.values.get("trace");
  const phase = second.values.get("trace");
  const misfit = polarMisfit(frequency, modulus, phase);
  if (misfit === Infinity) return null;
  const degrees = { kind: "rad", factor: Math.PI / 180 };
  return {
    ...first,
    columns: new Map([
      [role, first.columns.get(role)],
      ["|Z|", { ...first.columns.get("trace"), role: "|Z|", unit: null }],
      ["phase", { ...second.columns.get("trace"), role: "phase", unit: degrees, unitText: "deg" }],
    ]),
    values: new Map([[role, frequency], ["|Z|", modulus], ["phase", phase]]),
    remarks: [`traces without names (lines ${first.header} and ${second.header}) taken as |Z| and phase in degrees`, ...first.remarks],
    faults: [...first.faults, ...second.faults],
  };
}

/** Two tables as one, null if they are not complete together or of other frequencies. */
function tablesTogether(one, other) {
  if (one.header === other.header || one.label !== other.label) return null;
  const [first, second] = atCommonFrequencies(one, other);
  if (first.lines.length < FEWEST_POINTS) return null;
  if (first.columns.has("trace") && second.columns.has("trace")) return tracesByPhysics(first, second);
  const columns = new Map([...second.columns, ...first.columns]);
  const wanted = completeRoles(columns);
  if (!wanted.length) return null;
  return {
    ...first,
    columns: new Map(wanted.map((role) => [role, columns.get(role)])),
    values: new Map(wanted.map((role) => [role, (first.values.has(role) ? first : second).values.get(role)])),
    remarks: [`two tables as one (lines ${first.header} and ${second.header})`, ...first.remarks],
    faults: [...first.faults, ...second.faults],
  };
}

/** The complete tables that neighbours of the same frequencies make together; [] when they make none. */
export function joinedTraces(tables, text) {
  const named = tables.map((table) => namedTrace(table, text));
  const found = [];
  const alone = [];
  for (let number = 0; number < named.length; number++) {
    const pair = number + 1 < named.length ? tablesTogether(named[number], named[number + 1]) : null;
    if (pair) {
      found.push(pair);
      number++;
    } else {
      alone.push(named[number]);
    }
  }
  const told = alone.map((table) => {
    const names = [...table.columns].filter(([role]) => !FREQUENCY_ROLES.includes(role)).map(([, column]) => quotedText(column.name));
    return `the table below line ${table.header} (${names.join(", ")}) left out: no table of the same frequencies completes it`;
  });
  return found.map((table) => ({ ...table, warnings: [...table.warnings, ...told] }));
}
