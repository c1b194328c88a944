/** From a table of numbers to its sweeps: SI, sign of Im Z, one frequency once (files/sweeps.py). */
import { seemsPolar, signByPhysics } from "./bode.js";
import { cAbs } from "./complex.js";
import { leftOut } from "./headers.js";
import { shortNumber } from "./numbers.js";
import { FEWEST_POINTS, TEMPERATURE_STEP, betterFrequency, frequencyRole, hertzOf, measuredImpedance, temperaturesOf } from "./column_quantities.js";
import { ReadError } from "./read_error.js";
import { isMonotonic } from "./rows.js";
import { rangeOf } from "./thinning.js";

const MOST_LOST = 0.1; // a larger part of the rows lost is no single mistake
const SAME_FREQUENCY = 1e-4; // relative; a sweep of 50 points per decade has steps of 5 %
const FREQUENCY_RANGE = [1e-9, 1e15]; // Hz
const IMPEDANCE_RANGE = [1e-20, 1e25];
const MOST_TOLD = 3;

/** Whether a frequency comes again, in the digits that an instrument keeps; the lower one first. */
const isAgain = (low, high) => high - low <= SAME_FREQUENCY * high;

/** Why no instrument can have measured a point, "" of others. */
function impossibleBecause({ frequency, z }) {
  const size = cAbs(z);
  if (!(frequency >= FREQUENCY_RANGE[0] && frequency <= FREQUENCY_RANGE[1])) return `frequency ${shortNumber(frequency)} Hz`;
  if (size >= IMPEDANCE_RANGE[0] && size <= IMPEDANCE_RANGE[1]) return "";
  return Number.isFinite(size) ? `|Z| = ${shortNumber(size)}` : "impedance not finite";
}

/** Start and end of each stretch that only rises or only falls (equal neighbours stay together). */
function* turnsOf(points) {
  let start = 0;
  let direction = 0;
  const steps = points.slice(1).map((point, k) => Math.sign(point.frequency - points[k].frequency));
  for (let place = 1; place <= steps.length; place++) {
    const step = steps[place - 1];
    if (step && direction && step !== direction) {
      const turn = steps[place - 2] ? place : place - 1; // both ends of a turn may be at one frequency
      yield [start, turn];
      [start, direction] = [turn, turn === place ? 0 : step];
    } else if (step) {
      direction = step;
    }
  }
  yield [start, points.length];
}

const byFrequency = (points) => [...points].sort((a, b) => a.frequency - b.frequency);
const countAgain = (points) => byFrequency(points).filter((point, k, all) => k > 0 && isAgain(all[k - 1].frequency, point.frequency)).length;
const monotonic = (points) => isMonotonic(points.map((point) => point.frequency));

function ofOneDirection(whole) {
  const again = countAgain(whole);
  const turns = [...turnsOf(whole)];
  // Single points, or the overlap of two ranges; no sweep that is repeated.
  const few = again < FEWEST_POINTS || 2 * again < turns.reduce((least, [start, end]) => Math.min(least, end - start), Infinity);
  return few || monotonic(whole) ? [whole] : turns.map(([start, end]) => whole.slice(start, end));
}

/** Parts of one temperature each, where frequencies come again and whole sweeps of each are there. */
function ofOneTemperature(whole) {
  const rank = (value) => (Number.isNaN(value) ? Infinity : value);
  const order = whole.map((_, k) => k).sort((a, b) => rank(whole[a].temperature) - rank(whole[b].temperature) || a - b);
  const parts = [[]];
  order.forEach((k, place) => {
    if (place && whole[k].temperature - whole[order[place - 1]].temperature > TEMPERATURE_STEP) parts.push([]);
    parts.at(-1).push(k);
  });
  if (parts.length === 1 || !countAgain(whole) || Math.min(...parts.map((part) => part.length)) < FEWEST_POINTS) return [whole];
  return parts
    .map((part) => part.sort((a, b) => a - b))
    .sort((one, other) => one[0] - other[0])
    .map((part) => part.map((k) => whole[k]));
}

/** Pieces of one cycle without rest between; those with frequencies twice are cut where their direction turns. */
function runsOf(points) {
  const pieces = [];
  points.forEach((point, k) => {
    const before = points[k - 1];
    if (!before || before.cycle !== point.cycle || before.rest !== point.rest) pieces.push([]);
    pieces.at(-1).push(point);
  });
  return pieces.filter((piece) => !piece[0].rest).flatMap(ofOneTemperature).flatMap(ofOneDirection);
}

/** Name the first frequency that comes again, if one does. */
function complainOfRepetition(points, path) {
  const sorted = byFrequency(points);
  const pairs = [];
  sorted.forEach((point, k) => {
    if (k && isAgain(sorted[k - 1].frequency, point.frequency)) pairs.push([sorted[k - 1], point].sort((a, b) => a.line - b.line));
  });
  if (!pairs.length) return;
  const [first, second] = pairs.reduce((one, other) => (other[1].line < one[1].line ? other : one));
  throw new ReadError(
    `${path}, line ${second.line}: frequency ${shortNumber(second.frequency)} Hz again (line ${first.line}), ` +
      "expected each once or whole sweeps of at least 5 points; delete one or take their mean",
  );
}

/** A run with each frequency once, the first that was measured; what was left out goes to `faults`. */
function onceEach(run, path, faults) {
  if (monotonic(run)) return run; // denser than that on purpose
  const sorted = byFrequency(run);
  const again = new Set(sorted.filter((point, k) => k && isAgain(sorted[k - 1].frequency, point.frequency)));
  if (2 * again.size > run.length) complainOfRepetition(run, path);
  for (const { line, frequency } of again) faults.push({ line, why: `frequency ${shortNumber(frequency)} Hz again` });
  return run.filter((point) => !again.has(point));
}

function complainOfLength(runs, faults, path) {
  if (runs.length > 1) complainOfRepetition(runs.flat(), path);
  const count = runs.reduce((sum, run) => sum + run.length, 0);
  const lines = [...runs.slice(0, 1).map((run) => run[0].line), ...faults.slice(0, 1).map((fault) => fault.line)];
  const told = leftOut(faults, 1).map((note) => `; ${note}`).join("");
  const where = lines.length ? `, line ${rangeOf(lines)[0]}` : "";
  throw new ReadError(`${path}${where}: ${count} points, expected at least ${FEWEST_POINTS}${told}`);
}

/** See that it is single rows that are impossible; rows of frequency 0 are direct current, of which many may be. */
function checkMost(points, path) {
  const strange = points.filter((point) => point.impossible && point.frequency !== 0);
  if (2 * strange.length <= points.filter((point) => point.frequency !== 0).length) return;
  throw new ReadError(
    `${path}, line ${strange[0].line}: ${strange[0].impossible}, expected frequencies from 1e-09 to 1e+15 Hz and |Z| from ` +
      `1e-20 to 1e+25 (SI); ${strange.length} of ${points.length} rows are like that`,
  );
}

/** The faults of each run: those from its first line on, before the next one's. */
function sharedOut(faults, runs) {
  const begins = runs.map((run) => run.reduce((least, point) => Math.min(least, point.line), Infinity));
  const shares = runs.map(() => []);
  for (const fault of faults) {
    const before = begins.map((line, k) => k).filter((k) => begins[k] <= fault.line);
    const choose = (places, better) => places.reduce((one, other) => (better(begins[other], begins[one]) ? other : one));
    shares[before.length ? choose(before, (a, b) => a > b) : choose([...begins.keys()], (a, b) => a < b)].push(fault);
  }
  return shares;
}

function pointsOf(table, path, found) {
  const frequency = hertzOf(table, path);
  const temperature = temperaturesOf(table);
  const role = frequencyRole(table);
  const cycles = table.values.get("cycle");
  return table.lines.map((line, k) => {
    const rest = role !== "log frequency" && table.values.get(role)[k] === 0 && found.nothing[k];
    const point = { frequency: frequency[k], z: found.z[k], line, cycle: (cycles && cycles[k]) || 0, temperature: temperature[k], rest };
    return { ...point, impossible: rest ? "" : impossibleBecause(point) };
  });
}

/**
 * Split a table into its sweeps; a row that cannot be right is left out and counted.
 * @returns {{points: object[], unit: string, cycle: number|null, temperature: number|null, notes: string[],
 *   warnings: string[]}[]} points {frequency (Hz), z, line} in the order of the file; SI of the unit; K
 */
export function sweepsOf(table, path, geometry) {
  const found = measuredImpedance(table, path, geometry);
  const points = pointsOf(table, path, found);
  const rests = points.filter((point) => point.rest).length;
  const notes = [...found.notes];
  if (rests) notes.push(`${rests} rows without frequency (direct current) left out`);
  if (points.length && rests === points.length) {
    throw new ReadError(`${path}, line ${table.lines[0]}: all frequencies are 0, expected an impedance spectrum`);
  }
  checkMost(points, path);
  const byLine = (one, other) => one.line - other.line;
  const wrong = points.filter((point) => point.impossible).map(({ line, impossible }) => ({ line, why: impossible }));
  const faults = [...table.faults, ...wrong].sort(byLine);
  const again = [];
  const runs = runsOf(points.filter((point) => !point.impossible)).map((run) => onceEach(run, path, again));
  const whole = runs.filter((run) => run.length >= FEWEST_POINTS);
  if (!whole.length) complainOfLength(runs, faults, path);
  const short = runs.filter((run) => run.length < FEWEST_POINTS);
  const warnings = [
    ...short.map((run) => `a ${run === runs.at(-1) ? "last " : ""}sweep of ${run.length} points (from line ${run[0].line}) left out`),
    ...table.warnings,
    ...betterFrequency(table),
  ];
  const shares = sharedOut([...faults, ...again].sort(byLine), whole);
  const lost = sharedOut(faults, whole);
  return whole.map((run, k) => {
    const many = lost[k].length > MOST_LOST * (run.length + lost[k].length);
    const told = many ? [`${lost[k].length} of ${run.length + lost[k].length} rows cannot be read (line ${lost[k][0].line}: ${lost[k][0].why})`] : [];
    return sweepOf(run, table, found, [...notes, ...leftOut(shares[k], MOST_TOLD), ...table.remarks], [...warnings, ...told]);
  });
}

function sweepOf(run, table, found, notes, warnings) {
  let { sign } = found;
  let points = run;
  const told = [...warnings];
  if (!table.header) {
    const rising = byFrequency(run);
    const frequency = rising.map((point) => point.frequency);
    const z = rising.map((point) => point.z);
    const [factor, why] = signByPhysics(frequency, z);
    sign = `sign of Im Z: column 3 is ${factor > 0 ? "Im Z" : "−Im Z"} ${why}`;
    if (factor < 0) points = run.map((point) => ({ ...point, z: { re: point.z.re, im: -point.z.im } }));
    told.push(...seemsPolar(frequency, z));
  }
  const known = run.map((point) => point.temperature).filter(Number.isFinite);
  const temperature = known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  const cycle = table.columns.has("cycle") ? Math.trunc(run[0].cycle) : null;
  return { points, unit: found.unit, cycle, temperature, notes: [sign, ...notes], warnings: told };
}
