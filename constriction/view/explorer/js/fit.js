/**
 * An interface fitted to a measured spectrum per area: least squares of (model − measured)/|measured| from many starts,
 * with a noise that the spectrum tells itself, and what the data leave open said in words.
 */
import { bandOf, ridgeMap } from "./alternatives.js";
import { directionsOf, openUnknowns, widthsOf } from "./determined.js";
import { outside } from "./model.js";
import { noiseOf } from "./noise.js";
import { shortNumber } from "./numbers.js";
import { relativeResiduals } from "./residuals.js";
import { centerOf, minimaOf, minimaOfAll, MOST_SEARCHED } from "./search.js";
import { drained, withProgress } from "./slices.js";
import { startsFrom } from "./starts.js";
import { thinned } from "./thinning.js";
import { unknownsOf, valueOf } from "./unknowns.js";

/** Of the time that the search leaves: by when states as good are sought. */
const SHARE_OF_BAND = 0.4;
const ALL_SECONDS = 2.5;
/** For band and map, ms, however long the search took. */
const LEAST_MS = 600;
/** Points of the data that the search looks at; the last steps take all. */
const SEARCHED_POINTS = 60;
/** Mean square of a part over the noise's at which a minimum follows the data. */
const FOLLOWS = 1;
/** How far a fit is when its search, its last steps and its band are done. */
const SEARCH_DONE = 0.6;
const STEPS_DONE = 0.7;
const BAND_DONE = 0.8;

/**
 * Fit an interface to a measured spectrum. Yields {share, words} now and then, how far it is.
 * @param {object} atlas of `openAtlas`
 * @param {object} state of the page: where the fit starts, and what is held
 * @param {string[]} free such as "contactFraction", "pitch", "gapHeight", "electrolyte.bulkConductivity"
 * @param {{frequency: Float64Array, re: Float64Array, im: Float64Array}} measured Hz, and Z per area in Ω·m²
 * @param {{seconds?: number, map?: boolean}} options for all of it, s; whether a map is made
 * @returns {object} {state, values {name: SI}, residual: {re, im} (model − measured, over |measured|), rms (relative),
 *   chi2PerPoint (mean square of a part over the noise's: 1 is within noise), noise (relative, of one part), seconds,
 *   directions [{width (log), components {name: number}}], widths {name: log-width}, undetermined [{name, message}],
 *   remarks [string]: also where the found state is outside of the atlas,
 *   band [states as good], map {contactFraction, pitch, misfit (row-major: contact fraction by pitch; rms of residuals
 *   over the noise)} or null}
 */
export function* fitSteps(atlas, state, free, measured, options = {}) {
  const began = performance.now();
  const unknowns = unknownsOf(atlas, state, free);
  if (free.length === 0 || 2 * measured.frequency.length <= free.length) {
    throw new Error(`${measured.frequency.length} points for ${free.length} unknowns: nothing to fit`);
  }
  const residuals = relativeResiduals(atlas, unknowns, measured);
  const noise = noiseOf(measured);
  const seconds = options.seconds ?? ALL_SECONDS;
  const searched = thinned(measured, SEARCHED_POINTS);
  const few = relativeResiduals(atlas, unknowns, searched);
  const given = startsFrom(atlas, unknowns, state, searched);
  const center = centerOf(atlas, unknowns, state, searched, few);
  const search = minimaOf(unknowns, few, given, center, FOLLOWS * noise ** 2 * 2 * searched.frequency.length);
  const near = yield* withProgress(search, () => searchedSoFar(few.computed()));
  const lastSteps = () => withProgress(minimaOfAll(unknowns, residuals, near), () => ({ share: SEARCH_DONE, words: "All points" }));
  const minima = searched === measured ? near : yield* lastSteps();
  // What is found is where the work ended, the band and the map are what time is left for.
  const rest = Math.max(began + 1000 * seconds - performance.now(), LEAST_MS);
  const until = [SHARE_OF_BAND, 1].map((share) => performance.now() + rest * share);
  const [best] = minima;
  const data = best.values.length;
  const spread = Math.max(noise, Math.sqrt(best.cost / Math.max(data - free.length, 1)));
  const directions = directionsOf(unknowns, best.slopes, spread);
  const widths = widthsOf(unknowns, directions);
  const problem = { unknowns, residuals, minima, directions, spread };
  const band = yield* withProgress(bandOf(problem, until[0]), () => ({ share: STEPS_DONE, words: "What fits as well" }));
  const found = unknowns.stateOf(best.point);
  const seeds = atlas.spread(found.pattern, found.contactFraction, found.thickness / found.pitch);
  const remarks = seeds > 0 ? [`fitted is the mean of random cells; R_cstr of one differs from it by ${shortNumber(100 * seeds, 2)} %`] : [];
  remarks.push(...outside(atlas, found).map((one) => one.message));
  const map = options.map === false ? null : yield* mapOf(atlas, found, unknowns.names, measured, { noise, until: until[1] });
  const half = data / 2;
  return {
    state: found,
    values: Object.fromEntries(free.map((name) => [name, valueOf(found, name)])),
    residual: { re: best.values.slice(0, half), im: best.values.slice(half) },
    rms: Math.sqrt(best.cost / data),
    chi2PerPoint: best.cost / data / noise ** 2,
    noise,
    seconds: (performance.now() - began) / 1000,
    directions,
    widths: Object.fromEntries(free.map((name, k) => [name, widths[k]])),
    undetermined: openUnknowns(unknowns, best.point, widths, band),
    remarks,
    band,
    map,
  };
}

function searchedSoFar(computed) {
  return { share: SEARCH_DONE * Math.min(computed / MOST_SEARCHED, 1), words: `Searching, ${computed} spectra tried` };
}

/** A fit without a pause: `fitSteps`. */
export function fitInterface(...given) {
  return drained(fitSteps(...given));
}

/** The map about a state that was found. */
function* mapOf(atlas, found, free, measured, { noise, until }) {
  const names = free.filter((name) => name !== "contactFraction" && name !== "pitch");
  const pose = (held) => {
    const unknowns = unknownsOf(atlas, held, names);
    return { unknowns, residuals: relativeResiduals(atlas, unknowns, measured) };
  };
  const progress = (done) => ({ share: BAND_DONE + (1 - BAND_DONE) * done, words: "Map over contact fraction and pitch" });
  return yield* ridgeMap(atlas, found, pose, { noise, until, unknowns: names.length, progress });
}
