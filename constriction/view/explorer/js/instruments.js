/** Which program wrote a text file, and what else it tells: area, thickness, temperature (files/instruments.py). */
import { kelvinOf } from "./column_units.js";

const HEAD_LINES = 400;
export const HEAD_COLUMNS = 300;
const SIGNATURES = [
  ["EC-Lab (BioLogic)", /^EC-Lab ASCII FILE|^BT-Lab ASCII FILE/],
  ["Gamry", /^EXPLAIN\b/],
  ["ZPlot (Scribner)", /^\s*ZPLOT2? ASCII/],
  ["VersaStudio", /^<Application>|^Name=VersaStudio/],
  ["RelaxIS", /^RelaxIS/],
  ["Autolab", /^"?Z60W Data File/],
  ["CH Instruments", /^Instrument Model:\s*CHI|^A\.C\. Impedance/],
  ["Parstat", /^Potential \(V\)\tCurrent \(A\)\tElapsed Time \(s\)\tFrequency/],
  ["constriction", /^frequency_hertz,real_impedance_/],
];
const SIZE_NUMBER = "([0-9]{1,9}[.,]?[0-9]{0,18}(?:[eE][+-]?[0-9]{1,3})?)";
const AREAS_TOLD = [
  new RegExp(`^Electrode surface area : ${SIZE_NUMBER} cm`),
  new RegExp(`^AREA\\tQUANT\\t${SIZE_NUMBER}`),
  new RegExp(`^Working Electrode Area \\(cm2\\)=${SIZE_NUMBER}`),
  new RegExp(`^\\s*Surface Area:\\s+${SIZE_NUMBER}`),
];
const LENGTH_FACTORS = { nm: 1e-9, um: 1e-6, "µm": 1e-6, "μm": 1e-6, mm: 1e-3, cm: 1e-2, m: 1 };
const SQUARE_FACTORS = Object.fromEntries(
  Object.entries(LENGTH_FACTORS).flatMap(([unit, factor]) => ["2", "²", "^2"].map((two) => [unit + two, factor ** 2])),
);
const WORD_BEFORE = "(?<![\\p{L}\\p{N}_])";
const WORD_BEHIND = "(?![\\p{L}\\p{N}_/])";

/** A size with its unit before or behind: Diameter[mm] 10, thickness (cm) = 0.1, Area: 0.785 cm². */
function sizedBy(names, units) {
  const unit = Object.keys(units).sort((a, b) => b.length - a.length).map((name) => name.replace("^", "\\^")).join("|");
  const name = `${WORD_BEFORE}(?<!spacer )(?<!electrode )(?:${names})`;
  const before = `\\s*(?:[\\[(\\/]\\s*(${unit})\\s*[\\])]?)?\\s*[:=,;\\t ]\\s*`;
  return new RegExp(`${name}${before}${SIZE_NUMBER}\\s*[\\[(]?(${unit})?${WORD_BEHIND}`, "giu");
}

const SIZED_AREA = sizedBy("(?:electrode )?(?:surface )?area|(?:elektroden)?fläche", SQUARE_FACTORS);
const DIAMETER = sizedBy("diameter|durchmesser|diam\\.?", LENGTH_FACTORS);
const THICKNESS = sizedBy("thickness|dicke|height|höhe", LENGTH_FACTORS);
const DEGREES_TOLD = "[°º˚]\\s?[CF]|deg\\.?\\s?[CF]|C|F|K";
const TEMPERATURE_TOLD = new RegExp(
  `(?<![A-Za-z])(?:temp(?:erature?|eratur|\\.)?|t)\\s*(?:[\\[(\\/]\\s*(${DEGREES_TOLD})\\s*[\\])]?)?\\s*[:=]\\s*` +
    `([-+]?${SIZE_NUMBER})\\s*(${DEGREES_TOLD})?${WORD_BEHIND}`,
  "giu",
);
const TEMPERATURE_ALONE = new RegExp(
  `^[^\\p{L}\\p{N}_]*?([-+]?${SIZE_NUMBER})\\s*([°º˚]\\s?[CF]|deg\\.?\\s?[CF]|C|K)[^\\p{L}\\p{N}_]*$`,
  "u",
);

function kelvinTold(number, unit) {
  const kind = { K: "K", F: "degF" }[unit.at(-1).toUpperCase()] ?? "degC";
  const value = kelvinOf(Number(number.replace(",", ".")), kind);
  return value > 0 && value < 5000 ? value : null;
}

/** The last temperature in K that some lines tell with its unit, null without. */
export function temperatureTold(lines) {
  let last = null;
  for (const line of lines) {
    const short = line.slice(0, HEAD_COLUMNS);
    const alone = TEMPERATURE_ALONE.exec(short);
    if (alone) {
      last = kelvinTold(alone[1], alone[3]);
      continue;
    }
    for (const found of short.matchAll(TEMPERATURE_TOLD)) {
      const unit = found[1] ?? found[4];
      if (unit) last = kelvinTold(found[2], unit);
    }
  }
  return last;
}

function positiveSize(text, factor) {
  const value = Number(text.replace(",", ".")) * factor;
  return value > 0 && value < Infinity ? value : null;
}

function sizeTold(lines, mark, units) {
  for (const line of lines) {
    for (const found of line.matchAll(mark)) {
      const unit = found[1] ?? found[3];
      if (unit) return positiveSize(found[2], units[unit.toLowerCase()]);
    }
  }
  return null;
}

/** Instrument ("" when nothing says), area in m² and thickness in m (null without) from the first lines of a file. */
export function headOf(lines) {
  const head = lines.slice(0, HEAD_LINES).map((line) => line.slice(0, HEAD_COLUMNS));
  const instrument = SIGNATURES.find(([, mark]) => head.slice(0, 30).some((line) => mark.test(line)))?.[0] ?? "";
  let area = null;
  for (const mark of AREAS_TOLD) {
    for (const line of head) {
      const found = mark.exec(line);
      if (found) area ??= positiveSize(found[1], 1e-4);
    }
  }
  area ??= sizeTold(head, SIZED_AREA, SQUARE_FACTORS);
  if (area === null) {
    const diameter = sizeTold(head, DIAMETER, LENGTH_FACTORS);
    area = diameter === null ? null : (Math.PI / 4) * diameter ** 2;
  }
  return { instrument, area, thickness: sizeTold(head, THICKNESS, LENGTH_FACTORS) };
}
