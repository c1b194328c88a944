/** Quantities as they are typed and shown in fields: a number with a unit, a plain number, a temperature. */
import { digits } from "./shown.js";
import { parseQuantity, showQuantity } from "./units.js";

const SHOWN_DIGITS = 5;
const PLAIN = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*)$/i;
const SIGNS = [["ohm", "Ω"], ["u", "µ"], [" cm2", "·cm²"], ["cm2", "cm²"], [" m2", "·m²"], ["m2", "m²"]];
const ZERO_CELSIUS = 273.15;

const written = (text) => text.trim().replace(",", ".").replace("−", "-");

/** The SI value of a typed quantity; a plain number, or per cent, where the unit is "". */
export function quantityFrom(text, unit) {
  if (unit !== "") return parseQuantity(written(text), unit);
  const parts = PLAIN.exec(written(text));
  if (!parts || (parts[2] && parts[2] !== "%")) throw new Error(`${text || "nothing"}: expected a number`);
  return parts[2] ? Number(parts[1]) / 100 : Number(parts[1]);
}

/** A quantity as it is shown in a field, to five digits. */
export function quantityText(value, unit) {
  const rounded = Number(value.toPrecision(SHOWN_DIGITS));
  if (unit === "") return rounded >= 1e-4 && rounded < 1e5 ? String(rounded) : digits(rounded, 4);
  return SIGNS.reduce((text, [plain, sign]) => text.replace(plain, sign), showQuantity(rounded, unit));
}

/** A quantity as a case file has it, the same double when it is read. */
export function exactText(value, unit) {
  return showQuantity(value, unit);
}

/** K of a typed temperature: °C, or K. */
export function parseTemperature(text) {
  const parts = PLAIN.exec(written(text));
  const unit = parts ? parts[2].replace("deg", "°").trim() : null;
  if (unit === "K") return Number(parts[1]);
  if (unit === "°C" || unit === "" || unit === "C") return Number((Number(parts[1]) + ZERO_CELSIUS).toFixed(6));
  throw new Error(`${text || "nothing"}: expected a temperature such as 25 °C`);
}

/** A temperature in K as °C. */
export function temperatureText(kelvin) {
  return `${Number((kelvin - ZERO_CELSIUS).toFixed(2))} °C`;
}
