/** Quantities as they are typed and shown in fields: a number with a unit, a plain number, a temperature. */
import { digits } from "./shown.js";
import { parseQuantity, showQuantity } from "./units.js";

const SHOWN_DIGITS = 5;
const AREAS = [1e-6, 1]; // m², that are written in cm²
const PLAIN = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*)$/i;
const SIGNS = [[/(?<=[a-zA-Z]) (?=c?m2)/g, "·"], [/ohm/g, "Ω"], [/(?<=\d )u(?=(?:m2?|F|S|s|A)\b)/g, "µ"], [/m2\b/g, "m²"]];
const ICE_POINT = 273.15;

const written = (text) => text.trim().replace(",", ".").replace("−", "-");

/** The SI value of a typed quantity; a plain number, or per cent, where the unit is "". */
export function quantityFrom(text, unit) {
  if (unit !== "") return parseQuantity(written(text), unit);
  const parts = PLAIN.exec(written(text));
  if (!parts || (parts[2] && parts[2] !== "%")) throw new Error(`${text || "nothing"}: expected a number`);
  return parts[2] ? Number(parts[1]) / 100 : Number(parts[1]);
}

/** A quantity as it is shown in a field, to so many digits. */
export function quantityText(value, unit, count = SHOWN_DIGITS) {
  const rounded = Number(value.toPrecision(count));
  if (unit === "") return rounded >= 1e-4 && rounded < 1e5 ? String(rounded) : digits(rounded, 4);
  return withSigns(exactText(rounded, unit));
}

/** Words whose units are written as a case file has them, with µ, Ω and cm². */
export function withSigns(words) {
  return SIGNS.reduce((text, [plain, sign]) => text.replace(plain, sign), words);
}

/** A quantity as a case file has it, the same double when it is read. */
export function exactText(value, unit) {
  if (unit === "m2" && value >= AREAS[0] && value < AREAS[1]) {
    const text = `${Number((value * 1e4).toPrecision(15))} cm2`; // electrodes are measured in cm²
    if (parseQuantity(text, unit) === value) return text;
  }
  return showQuantity(value, unit);
}

/** K of a typed temperature: °C, or K. */
export function parseTemperature(text) {
  const parts = PLAIN.exec(written(text));
  const unit = parts ? parts[2].replace("deg", "°").trim() : null;
  if (unit === "K") return Number(parts[1]);
  if (unit === "°C" || unit === "" || unit === "C") return Number((Number(parts[1]) + ICE_POINT).toFixed(6));
  throw new Error(`${text || "nothing"}: expected a temperature such as 25 °C`);
}

/** A temperature in K as °C. */
export function temperatureText(kelvin) {
  return `${Number((kelvin - ICE_POINT).toFixed(2))} °C`;
}
