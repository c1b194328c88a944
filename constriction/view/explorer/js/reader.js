/**
 * A measured file becomes spectra, as `constriction convert` reads it: by what the header says, not by the suffix.
 *
 * Text files only; a header is never overruled: it names quantities that make an impedance, or the file is refused.
 */
import { suspicionsOf } from "./bode.js";
import { pairAmong } from "./conversions.js";
import { namedAs } from "./formats.js";
import { headOf } from "./instruments.js";
import { completeRoles, someRoles } from "./column_quantities.js";
import { ReadError, quotedText } from "./read_error.js";
import { checkNoHeader } from "./refusals.js";
import { sweepsOf } from "./sweeps.js";
import { findTables, plainTable } from "./tables.js";
import { textOf } from "./texts.js";
import { joinedTraces } from "./traces.js";
import { DRIFT_CORRECTED, SPECTRUM_ROLES } from "./vocabulary.js";

const HEADER_HINT = /fr|hz|ω|omega|(?<![\p{L}\p{N}_])f(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}_])w(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}_])l(?:o)?g|f_|[π]|[频頻周주]/iu;
const SPECTRUM_HEADER = { roles: SPECTRUM_ROLES, complete: completeRoles, hint: HEADER_HINT };
const TRACE_HEADER = { roles: SPECTRUM_ROLES, complete: someRoles, hint: HEADER_HINT };
/** Of several impedances in a file, the one that is read where none is asked for. */
const PREFERRED_LABELS = ["", "Zwe-ce", "Zstack"];
const WHAT_IS_READ =
  "expected a header that names frequency and impedance (such as 'freq/Hz, Re(Z)/Ohm, -Im(Z)/Ohm') with numbers below, " +
  "or three columns of numbers";

/** Tables that may be parts of one, [] when one of their headers is none. */
function* partsOfTable(text) {
  try {
    return yield* findTables(text, TRACE_HEADER);
  } catch (error) {
    if (error instanceof ReadError) return [];
    throw error;
  }
}

/** The tables of a text with an impedance. */
function* tablesOf(text, bytes) {
  const tables = yield* findTables(text, SPECTRUM_HEADER);
  if (tables.length) return tables;
  const joined = joinedTraces(yield* partsOfTable(text), text);
  if (joined.length) return joined;
  checkNoHeader(text);
  const plain = yield* plainTable(text, ["frequency", "Re Z", "Im Z"]);
  if (plain) return [plain];
  const native = namedAs(bytes, text.path);
  throw new ReadError(`${text.path}: no spectrum in it, ${WHAT_IS_READ}${native ? `; the file is ${native}` : ""}`);
}

/** The tables of one impedance, and remarks on the others. */
function chosenTables(tables, wanted, path) {
  const labels = [...new Set(tables.map((table) => table.label))];
  const nameOf = (label) => label || "Z";
  const bare = (text) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const asked = labels.find((one) => [bare(wanted), `z${bare(wanted)}`].includes(bare(nameOf(one))));
  const names = labels.map(nameOf).join(", ");
  if (wanted && asked === undefined) throw new ReadError(`${path}: impedance '${wanted}': the file has ${names}; expected one of these`);
  const label = wanted ? asked : (PREFERRED_LABELS.find((one) => labels.includes(one)) ?? labels[0]);
  const remarks = labels.length > 1 ? [`the file has ${names}; read is ${nameOf(label)}`] : [];
  if (labels.includes(DRIFT_CORRECTED) && label === "") remarks.push("columns corrected for drift are there and were not taken");
  const chosen = tables.filter((table) => table.label === label);
  const alive = chosen.filter((table) => {
    const pair = pairAmong((role) => table.columns.has(role));
    return pair && [pair.first, pair.second].some((role) => table.values.get(role).some((value) => value !== 0));
  });
  return [alive.length ? alive : chosen, remarks];
}

function columnWords(table) {
  return [...table.columns.values()].map((column) => quotedText(column.name)).join(", ");
}

/** What a spectrum is called beside the others of a file. */
function labelOf(sweep, number, count) {
  const parts = [];
  if (sweep.cycle !== null) parts.push(`cycle ${sweep.cycle}`);
  if (sweep.temperature !== null) parts.push(`${(sweep.temperature - 273.15).toFixed(1)} °C`);
  return [`${count > 1 ? `sweep ${number}` : "spectrum"}`, ...parts].join(", ");
}

/** Whether Z is per area, in Ω·m². */
function isPerArea(sweep, path) {
  if (sweep.unit === "ohm") return false;
  if (sweep.unit === "ohm m2") return true;
  throw new ReadError(`${path}: values in Ω·m, per length and area; expected Ω, or Ω·cm² of an area`);
}

function* readText(text, bytes, options) {
  const head = headOf(text.lines);
  const geometry = { area: options.area ?? head.area, thickness: options.thickness ?? head.thickness };
  const [tables, remarks] = chosenTables(yield* tablesOf(text, bytes), options.impedance ?? "", text.path);
  const found = [];
  for (const table of tables) {
    yield 1;
    for (const sweep of sweepsOf(table, text.path, geometry)) found.push({ sweep, table });
  }
  const spectra = found.map(({ sweep }, k) => {
    const points = [...sweep.points].sort((one, other) => other.frequency - one.frequency);
    const perArea = isPerArea(sweep, text.path);
    const frequency = points.map((point) => point.frequency);
    return {
      label: labelOf(sweep, k + 1, found.length),
      perArea,
      frequency: Float64Array.from(frequency),
      re: Float64Array.from(points, (point) => point.z.re),
      im: Float64Array.from(points, (point) => point.z.im),
      notes: [...sweep.notes, ...remarks],
      warnings: [...sweep.warnings, ...suspicionsOf(frequency, points.map((point) => point.z))],
      temperature: sweep.temperature,
      cycle: sweep.cycle,
    };
  });
  const told = [head.instrument, `columns ${columnWords(found[0].table)}`, ...spectra[0].notes];
  if (spectra[0].perArea) told.push("per area: no area is needed");
  told.push(...spectra[0].warnings.map((warning) => `WARNING: ${warning}`));
  return { spectra, understood: told.filter((part) => part).join("; "), area: geometry.area, thickness: geometry.thickness, instrument: head.instrument };
}

/**
 * Read a file of an impedance instrument.
 * @param {string} name of the file; its suffix only tells what a file is that is not read
 * @param {Uint8Array} bytes its content
 * @param {{area?: number, thickness?: number, impedance?: string}} options m², m: of the sample where its file does not
 *   tell and the columns are a material's; which of several impedances, such as "Zce"
 * @returns {object} {spectra [{label, perArea, frequency (Hz, falling), re, im (Ω, per area Ω·m²), notes, warnings, temperature (K|null), cycle}],
 *   understood: one line, area (m²|null), thickness (m|null), instrument}
 * @throws {ReadError} one line
 */
export function readMeasured(name, bytes, options = {}) {
  const reading = readText(textOf(name, bytes), bytes, options);
  for (let step = reading.next(); ; step = reading.next()) if (step.done) return step.value;
}

/**
 * The same without freezing a page, which has a turn between the parts of the work.
 * @param {function} progress of the share that is read, from 0 to 1
 */
export async function readMeasuredInParts(name, bytes, progress = () => {}, options = {}) {
  const turn = () => new Promise((done) => setTimeout(done, 0));
  progress(0);
  await turn();
  const reading = readText(textOf(name, bytes), bytes, options);
  for (let step = reading.next(); ; step = reading.next()) {
    progress(step.done ? 1 : step.value);
    if (step.done) return step.value;
    await turn();
  }
}
