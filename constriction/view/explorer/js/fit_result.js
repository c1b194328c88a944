/** How a fit ended: whether an interface of its kind follows the spectrum, its numbers, and what it leaves open. */
import { button, element, symbol } from "./dom.js";
import { fitMap } from "./fit_map.js";
import { parameterOf, shownValue } from "./parameters.js";
import { themeOf } from "./plot.js";
import { quantityText } from "./quantities.js";
import { resistanceWords, withErrorWords } from "./shown.js";

const ALIKE = 5; // per cent, below which a range is told as ±
const HELD = 5e-3; // per cent, below which it is none
const LEAST_TOLD = 1e-4; // of |Z|
const OHM = [1e4, "Ω·cm²"]; // of SI values per area
const FARAD = [1e-4, "F/cm²"];
const MAP_SIZE = { width: 300, height: 240 };
const MISFIT = 3; // times the noise, above which no model follows a spectrum (interpret/verdict.py)
const VISIBLE = 3e-3; // of |Z|, below which every one does
const SYSTEMATIC = { misfit: 2, correlation: 0.7 }; // times the noise, and of neighbours: less is too much then

/** Correlation of residuals that are neighbours in frequency: 0 of noise, near 1 where a model has another shape. */
function neighbourCorrelation(residual) {
  let together = 0;
  let square = 0;
  for (const part of [residual.re, residual.im]) {
    for (let k = 1; k < part.length; k++) {
      together += part[k] * part[k - 1];
      square += (part[k] ** 2 + part[k - 1] ** 2) / 2;
    }
  }
  return square > 0 ? together / square : 0;
}

/** Whether an interface of the kind that was fitted follows the spectrum. */
export function followsSpectrum({ rms, noise, residual }) {
  if (rms <= VISIBLE) return true;
  if (rms > MISFIT * noise) return false;
  return rms <= SYSTEMATIC.misfit * noise || neighbourCorrelation(residual) < SYSTEMATIC.correlation;
}

/** What a circuit reads off a measured spectrum; @returns {(Node|string)[]} */
export function circuitWords({ circuit, reason, R_SE, R_int, C_int, R_int_stderr, C_int_stderr }) {
  if (reason) return [`No circuit is read off it: ${reason}.`];
  const own = (name, value, error, [factor, unit]) => [", ", symbol(name), ` ${withErrorWords(value * factor, error * factor, unit).join(" ")}`];
  const rest = R_int === null ? ["; no second arc"] : [...own("R_int", R_int, R_int_stderr, OHM), ...own("C_int", C_int, C_int_stderr, FARAD)];
  return [`A circuit (${circuit}) reads `, symbol("R_SE"), ` ${resistanceWords(R_SE)}`, ...rest, "."];
}

/**
 * What is shown of a fit.
 * @param {object} fit {found, free, moved}; @param {function} back to the interface that was found
 * @returns {(Node|string)[]}
 */
export function fitResult({ found, free, moved }, back) {
  const follows = followsSpectrum(found);
  const percent = (value) => (value < LEAST_TOLD ? `less than ${100 * LEAST_TOLD}` : (100 * value).toPrecision(2));
  const left = `${percent(found.rms)} % of |Z| are left (root mean square; noise ${percent(found.noise)} %), after ${found.seconds.toFixed(1)} s. `.replace(/^l/, "L");
  const table = element("table", {}, element("tbody", {}, free.map((path) => rowOfUnknown(path, found, follows))));
  const head = [element("p", {}, left, moved ? button("back to the fit", back, { class: "link" }) : ""), table];
  const band = found.band?.length > 0;
  if (!follows) {
    const words = "The values are the nearest ones of this kind, not what the cell has: try another pattern, a film or a second level.";
    return [element("h3", { class: "caution", role: "alert" }, "No interface of this kind follows the spectrum"), ...head, element("p", { class: "hint" }, words, band ? " The pale band misses it as much." : "")];
  }
  return [element("h3", {}, "Fit"), ...head, ...openWords(found), band ? element("p", { class: "hint" }, "The pale band is interfaces that fit as well.") : "", mapOfFit(found)];
}

const limitOf = (one) => /^at its (upper|lower) limit/.exec(one.message)?.[0] ?? null;

/** Names of what the spectrum leaves open. */
function openWords({ undetermined }) {
  const names = (some) => some.map((one) => parameterOf(one.name)?.label ?? one.name).join(", ");
  const tell = (words, some) => (some.length ? [element("p", { class: "caution" }, `${words}: ${names(some)}.`)] : []);
  const open = undetermined.filter((one) => !limitOf(one));
  return [...tell("Not determined by this spectrum", open), ...tell("At a limit, and this spectrum would have it beyond", undetermined.filter(limitOf))];
}

function rowOfUnknown(path, found, follows) {
  const parameter = parameterOf(path);
  const { label, unit } = parameter;
  const best = shownValue(parameter, found.state);
  const [words, spread] = follows ? spreadOf(parameter, found, best) : [quantityText(best, unit, 3), ""];
  return element("tr", {}, element("th", { scope: "row" }, label), element("td", {}, words), element("td", { class: "hint" }, spread));
}

/** Two standard errors of a value in per cent, as the widths of a fit's coordinates have them; 0 beyond `ALIKE`. */
function twiceTheError({ path, scale }, { values, widths }) {
  const part = { logit: 1 - values[path], linear: 1 / values[path] }[scale] ?? 1;
  const error = 200 * widths[path] * part;
  return error < ALIKE ? error : 0;
}

/** A value in the digits of its range, and the range of what fits as well: it holds the value. */
function spreadOf(parameter, found, best) {
  const { path, unit } = parameter;
  const open = found.undetermined.find((one) => one.name === path);
  const values = [best, ...(found.band ?? []).map((state) => shownValue(parameter, state)).filter(Number.isFinite)];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const half = Math.max((100 * (most - least)) / (most + least), open ? 0 : twiceTheError(parameter, found));
  const limit = open && limitOf(open);
  if (limit) return [quantityText(best, unit, 4), limit];
  if (values.length < 2) return [quantityText(best, unit, open ? 3 : 4), open ? "not determined" : ""];
  if (half < ALIKE) return [quantityText(best, unit, 4), half < HELD ? "held" : `± ${Number(half.toPrecision(1))} %`];
  return [quantityText(best, unit, 3), `${quantityText(least, unit, 3)} to ${quantityText(most, unit, 3)}`];
}

function mapOfFit(found) {
  if (!found.map) return "";
  const words = "Misfit over contact fraction and pitch, all else fitted: the stronger, the better. Ring: the best one.";
  return element("figure", { class: "map" }, fitMap(MAP_SIZE, themeOf(document.documentElement), found), element("figcaption", { class: "hint" }, words));
}
