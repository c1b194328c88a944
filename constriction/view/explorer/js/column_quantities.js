/** From the columns of a table to frequency and impedance in SI, with the reasons in words (columns/quantities.py). */
import { kelvinOf } from "./column_units.js";
import { kindsOf } from "./columns.js";
import { IMPEDANCE_UNITS, pairAmong } from "./conversions.js";
import { ReadError, quotedText } from "./read_error.js";
import { FREQUENCY_ROLES, SPECTRUM_ROLES } from "./vocabulary.js";

const UNIT_SYMBOLS = { ohm: "Ω", "ohm m2": "Ω·m²", "ohm m": "Ω·m", "S/m": "S/m" };
const SHOWN_ROLES = 4;
export const FEWEST_POINTS = 5;
/** In K: set points of a furnace are further apart, and a sample is steadier than that during one sweep. */
export const TEMPERATURE_STEP = 2;
const HOTTEST = 5000; // K

/** The columns a spectrum is read from: a frequency and a pair, cycle and temperature; [] when they lack. */
export function completeRoles(roles) {
  const frequency = FREQUENCY_ROLES.find((role) => roles.has(role));
  const pair = pairAmong((role) => roles.has(role));
  if (!frequency || !pair) return [];
  return [frequency, pair.first, pair.second, ...["cycle", "temperature"].filter((role) => roles.has(role))];
}

/** The columns of a table that may make a spectrum together with another one; [] when there are none. */
export function someRoles(roles) {
  const frequency = FREQUENCY_ROLES.find((role) => roles.has(role));
  const away = new Set([...FREQUENCY_ROLES, "cycle", "temperature"]);
  const others = [...SPECTRUM_ROLES.keys()].filter((role) => roles.has(role) && !away.has(role));
  return frequency && others.length ? [frequency, ...others.slice(0, SHOWN_ROLES)] : [];
}

/** The column that tells the frequency. */
export function frequencyRole(table) {
  return FREQUENCY_ROLES.find((role) => table.columns.has(role));
}

/** Kind and factor of a column's unit; what its role usually has where none is written. */
function factorOf(column, table, path) {
  const kinds = kindsOf(column);
  if (column.unit === null) return [kinds[0], 1];
  if (kinds.includes(column.unit.kind)) return [column.unit.kind, column.unit.factor];
  const where = table.header ? `${path}, line ${table.header}` : path;
  throw new ReadError(
    `${where}: unit ${quotedText(column.unitText, 30)} of column ${quotedText(column.name)}, expected one of ${kinds.join(", ")} (or with a prefix)`,
  );
}

/** Frequencies in Hz. */
export function hertzOf(table, path) {
  const role = frequencyRole(table);
  const [kind, factor] = factorOf(table.columns.get(role), table, path);
  const scale = kind === "rad/s" ? factor / (2 * Math.PI) : factor;
  return table.values.get(role).map((value) => (role === "log frequency" ? 10 ** value : value) * scale);
}

/** Temperatures in K, NaN where the file tells none, or one that cannot be (−999 of a sensor that is not there). */
export function temperaturesOf(table) {
  const given = table.values.get("temperature");
  const unit = table.columns.get("temperature")?.unit;
  const values = given
    ? given.map((value) => kelvinOf(value, unit ? unit.kind : "degC"))
    : table.lines.map(() => table.temperature ?? NaN);
  return withoutGaps(values.map((value) => (value > 0 && value < HOTTEST ? value : NaN)));
}

/** Temperatures of which a few rows lack theirs: that of both neighbours, if they have the same. */
function withoutGaps(temperature) {
  const known = temperature.flatMap((value, k) => (Number.isFinite(value) ? [k] : []));
  const filled = [...temperature];
  for (let k = 1; k < known.length; k++) {
    const [before, after] = [known[k - 1], known[k]];
    const alike = Math.abs(temperature[after] - temperature[before]) <= TEMPERATURE_STEP;
    if (after - before <= FEWEST_POINTS && alike) filled.fill(temperature[before], before + 1, after);
  }
  if (known.length && known.length < temperature.length) {
    // a file that begins or ends with one
    const first = known[0];
    const last = known[known.length - 1];
    if (first < FEWEST_POINTS) filled.fill(temperature[first], 0, first);
    if (temperature.length - last <= FEWEST_POINTS) filled.fill(temperature[last], last + 1);
  }
  return filled;
}

/** Values of a column with sign, in SI. */
function siValues(column, table, path, notes) {
  const values = table.values.get(column.role).map((value) => column.sign * value);
  if (column.role.startsWith("phase") && column.unit === null) {
    const degrees = values.some((value) => Number.isFinite(value) && Math.abs(value) > 1.6);
    notes.push(`unit of the phase by its size: ${degrees ? "degrees" : "radians"}`);
    return degrees ? values.map((value) => (value * Math.PI) / 180) : values;
  }
  const [, factor] = factorOf(column, table, path);
  return values.map((value) => factor * value);
}

/** The unit of the impedance, on which both columns must agree. */
function impedanceUnit(columns, table, path) {
  const found = columns
    .map((column) => [column.name, IMPEDANCE_UNITS[factorOf(column, table, path)[0]]])
    .filter(([, unit]) => unit);
  const [first, second] = found;
  if (second && first[1] !== second[1]) {
    throw new ReadError(
      `${path}, line ${table.header}: ${quotedText(first[0], 160)} in ${first[1]}, ${quotedText(second[0], 160)} in ${second[1]}, expected the same unit`,
    );
  }
  return first[1];
}

function signNote(pair, columns) {
  if (["Im Z", "phase", "phase Z", "X", "Xs"].includes(pair.second)) return `sign of Im Z: from the column name ${quotedText(columns[1].name, 160)}`;
  if (pair.passive) return `sign of Im Z: from what the column ${quotedText(columns[1].name, 160)} must have for Re Z to be positive`;
  const named = columns.map((column, k) => `${quotedText(column.name, 160)} (${k ? pair.second : pair.first})`).join(", ");
  return `sign of Im Z: from the columns ${named}`;
}

function assumedUnits(table, pair) {
  const roles = [frequencyRole(table), pair.first, pair.second].filter((role) => table.columns.get(role).unit === null);
  const kinds = new Set(roles.map((role) => SPECTRUM_ROLES.get(role).kinds[0]));
  const names = [...kinds].filter((kind) => kind !== "rad" && kind !== "1").map((kind) => UNIT_SYMBOLS[kind] ?? kind);
  return names.length ? [`units not written: ${names.join(" and ")} assumed`] : [];
}

/** Thickness over area in 1/m, which turns Ω·m into Ω. */
function cellFactor({ area, thickness }, what, where) {
  if (area && thickness) return thickness / area;
  const lacks = [area ? "" : "area", thickness ? "" : "thickness"].filter((name) => name).join(" and ");
  throw new ReadError(`${where}: ${what}: of a material, and the file names no ${lacks} of the sample; expected both`);
}

/**
 * The impedance of a table.
 * @param {object} table with a frequency and the columns of a pair
 * @param {string} path for messages
 * @param {{area: number|null, thickness: number|null}} geometry of the sample, m² and m
 * @returns {object} {z: complex[], unit: "ohm"|"ohm m2"|"ohm m", nothing: boolean[], sign, notes, ofMaterial}
 */
export function measuredImpedance(table, path, geometry) {
  const pair = pairAmong((role) => table.columns.has(role));
  const columns = [table.columns.get(pair.first), table.columns.get(pair.second)];
  const notes = [];
  const unit = pair.ofMaterial ? "ohm" : impedanceUnit(columns, table, path);
  let scale = 1;
  if (pair.ofMaterial) {
    scale = cellFactor(geometry, `${pair.first}, ${pair.second}`, `${path}, line ${table.header}`);
    notes.push(`${pair.first}, ${pair.second} of the material: impedance of its cell`);
  }
  const [x, other] = columns.map((column) => siValues(column, table, path, notes));
  const losing = other.filter((value) => value > 0).length * 2 >= other.filter((value) => value !== 0).length;
  const y = pair.passive && !losing ? other.map((value) => -value) : other;
  const z = hertzOf(table, path).map((f, k) => {
    const one = pair.convert(2 * Math.PI * f, x[k], y[k]);
    return { re: one.re * scale, im: one.im * scale };
  });
  const [first, second] = [pair.first, pair.second].map((role) => table.values.get(role));
  const nothing = first.map((value, k) => value === 0 && second[k] === 0);
  return { z, unit, nothing, sign: signNote(pair, columns), notes: [...assumedUnits(table, pair), ...notes] };
}

/** Whether a column without name looks more like a frequency than the first: evenly spaced in its logarithm. */
export function betterFrequency(table) {
  if (table.header || table.lines.length < FEWEST_POINTS) return [];
  const columns = [...table.values.values()];
  const steps = columns[0].slice(1).map((value, k) => value - columns[0][k]);
  const clock = steps[0] > 0 && steps.every((step) => Math.abs(step - steps[0]) <= 1e-3 * steps[0]);
  const found = clock ? ["column 1 rises in equal steps, as a time does and a frequency hardly: a header would tell"] : [];
  const [first, ...others] = columns.map(unevenness);
  others.forEach((other, k) => {
    if (!(other < 0.1 && first > 5 * other)) return;
    found.push(`column ${k + 2} is spaced as frequencies are (evenly in its logarithm), column 1 is not: a header would tell`);
  });
  return found;
}

/** The spread of the steps of the logarithm relative to their mean; infinite where there is none. */
function unevenness(values) {
  if (values.some((value) => value <= 0)) return Infinity;
  const steps = values.slice(1).map((value, k) => Math.log(value / values[k]));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  const spread = Math.sqrt(steps.reduce((sum, step) => sum + (step - mean) ** 2, 0) / steps.length);
  return steps.some((step) => step !== 0) ? spread / (Math.abs(mean) || Infinity) : Infinity;
}
