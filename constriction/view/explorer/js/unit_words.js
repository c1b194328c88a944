/** Units that the lines above a table tell in words: "Impedance unit: kOhm", "Re, Im in mOhm" (columns/prose.py). */
import { columnUnit } from "./column_units.js";
import { kindsOf, lacksUnit, recogniseColumn } from "./columns.js";
import { quotedText } from "./read_error.js";
import { SPECTRUM_ROLES } from "./vocabulary.js";

const LONGEST_WORDS = 200;
const UNIT_TOLD = /^[^\p{L}\p{N}_]*(.{0,40}?)\s*(?<![\p{L}\p{N}_])units?(?![\p{L}\p{N}_])\s*(?:of\s+(.{1,40}?))?\s*[:=]\s*(.{1,60}?)[\s.;,]*$/iu;
const UNIT_IN = /([^:;=]{1,60}?)\s+in\s+([^\s,;]{1,20})/gi;

const namesIn = (text) => text.split(/[,;&]|\band\b|\bund\b/).map((name) => name.trim()).filter((name) => name);

/** What a line tells units of, and the units; no names where it tells those of the table. */
function unitsTold(line) {
  const found = UNIT_TOLD.exec(line);
  if (found) return found[3].split(/[,;]/).map((text) => [namesIn(found[2] || found[1]), text.trim()]);
  return [...line.matchAll(UNIT_IN)].map((one) => [namesIn(one[1]), one[2]]);
}

/** A table with units from the lines above it for the columns whose header has none. */
export function withUnitsInWords(table, lines) {
  if (![...table.columns.values()].some(lacksUnit)) return table;
  const columns = new Map(table.columns);
  const remarks = [...table.remarks];
  const warnings = [...table.warnings];
  for (const line of lines) {
    for (const [names, text] of unitsTold(line.slice(0, LONGEST_WORDS))) {
      const fitting = [];
      for (const [role, column] of columns) {
        const unit = lacksUnit(column) ? columnUnit(text, kindsOf(column)) : null;
        if (unit) fitting.push([role, { ...column, unit, unitText: text }]);
      }
      const listed = fitting.map(([, column]) => quotedText(column.name)).join(", ");
      const shown = quotedText(line.trim(), 60);
      if (fitting.length && names.every((name) => recogniseColumn(name, SPECTRUM_ROLES))) {
        fitting.forEach(([role, column]) => columns.set(role, column));
        remarks.push(`unit of ${listed} from the line ${shown}`);
      } else if (fitting.some(([, column]) => column.unit.factor !== 1)) {
        warnings.push(`the line ${shown} may tell the unit of ${listed}, whose header tells none`);
      }
    }
  }
  return { ...table, columns, remarks, warnings };
}
