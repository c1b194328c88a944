/** Quantities as they are typed and shown: a number with a unit, or a plain number. */
import { digits, shifted } from "./shown.js";

const POWERS = {
  m: { nm: -9, um: -6, mm: -3, cm: -2, m: 0 },
  m2: { mm2: -6, cm2: -4, m2: 0 },
  Hz: { mHz: -3, Hz: 0, kHz: 3, MHz: 6, GHz: 9 },
  "S/m": { "uS/cm": -4, "mS/cm": -1, "S/m": 0, "S/cm": 2 },
  "ohm m2": { "mohm cm2": -7, "ohm cm2": -4, "kohm cm2": -1, "ohm m2": 0 },
  "F/m2": { "nF/cm2": -5, "uF/cm2": -2, "mF/cm2": 1, "F/cm2": 4, "F/m2": 0 },
};
const ONLY_READ = ["S/m", "ohm m2", "F/m2", "cm", "m2"];
const OTHER_SIGNS = [[/[µμ]/g, "u"], [/[ΩΩ]|Ohm/g, "ohm"], [/[·*]/g, " "], [/²/g, "2"], [/\s+/g, " "]];
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%?)\s*(.*)$/i;
const ZERO_CELSIUS = 273.15;

function plainUnit(text) {
  return OTHER_SIGNS.reduce((unit, [sign, plain]) => unit.replace(sign, plain), text).trim();
}

/** The SI value of a typed quantity; a plain number, or per cent, where the unit is "". */
export function quantityFrom(text, unit) {
  const parts = QUANTITY.exec(text.trim().replace(",", ".").replace("−", "-"));
  if (!parts) throw new Error(`${text || "nothing"}: expected a number${unit ? ` with its unit, such as ${quantityText(1e-4, unit)}` : ""}`);
  const given = plainUnit(parts[3]);
  if (unit === "") {
    if (given) throw new Error(`${text}: expected a number without a unit`);
    return parts[2] ? Number(parts[1]) / 100 : Number(parts[1]);
  }
  const power = POWERS[unit][given];
  if (parts[2] || power === undefined) {
    throw new Error(`${text}: expected a unit, one of ${Object.keys(POWERS[unit]).join(", ")}`);
  }
  return Number(/e/i.test(parts[1]) ? Number(parts[1]) * 10 ** power : `${parts[1]}e${power}`);
}

function bestUnit(value, unit) {
  const rows = Object.entries(POWERS[unit]).filter(([name]) => !ONLY_READ.includes(name));
  const fitting = rows.filter(([, power]) => value >= 10 ** power * (1 - 1e-12));
  return fitting.length ? fitting.reduce((best, one) => (one[1] > best[1] ? one : best)) : rows[0];
}

/** A quantity as it is shown in a field, to five digits. */
export function quantityText(value, unit) {
  const rounded = Number(value.toPrecision(5));
  if (unit === "") return rounded >= 1e-4 && rounded < 1e5 ? String(rounded) : digits(rounded, 4);
  const [name, power] = bestUnit(rounded, unit);
  return `${Number((rounded / 10 ** power).toPrecision(5))} ${name.replace("ohm", "Ω").replace("u", "µ").replace(" cm2", "·cm²").replace("cm2", "cm²")}`;
}

/** A quantity as a case file has it, the same double when it is read. */
export function exactText(value, unit) {
  const [name, power] = bestUnit(value, unit);
  const text = shifted(value, power);
  return text === null ? `${value} ${unit}` : `${text} ${name}`;
}

/** K of a typed temperature: °C, or K. */
export function parseTemperature(text) {
  const parts = QUANTITY.exec(text.trim().replace(",", ".").replace("−", "-"));
  const unit = parts ? parts[3].replace("deg", "°").trim() : null;
  if (unit === "K") return Number(parts[1]);
  if (unit === "°C" || unit === "" || unit === "C") return Number((Number(parts[1]) + ZERO_CELSIUS).toFixed(6));
  throw new Error(`${text || "nothing"}: expected a temperature such as 25 °C`);
}

/** A temperature in K as °C. */
export function temperatureText(kelvin) {
  return `${Number((kelvin - ZERO_CELSIUS).toFixed(2))} °C`;
}
