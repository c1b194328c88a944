/** A measured file beside the page: its names, its size and the page's, which are one, and what was known without it. */
import { rangeOf, thinned } from "./thinning.js";

/** Of the electrode of a cell, m²: 0.001 mm² to 1000 cm². */
export const AREA_LIMITS = [1e-9, 1e-1];

const inside = (value, [low, high]) => (value >= low && value <= high ? value : null);

function sameNumbers(one, other) {
  return ["frequency", "re", "im"].every((key) => one[key].length === other[key].length && one[key].every((value, k) => value === other[key][k]));
}

/** Whether two files have the same spectra. */
function sameFile(one, other) {
  return one.spectra.length === other.spectra.length && one.spectra.every((spectrum, k) => sameNumbers(spectrum, other.spectra[k]));
}

/**
 * A file that was read as the page keeps it: with no more points than are seen, under a name of its own.
 * @param {object} found of `readMeasured`, or what the page came with; @param {string} file its name
 * @param {Map<string, object>} files that are there
 * @param {number[]} thicknesses least and largest, m; a size beyond the limits is asked for again
 */
export function keptFile(found, file, files, thicknesses) {
  const spectra = found.spectra.map((one) => ({ ...thinned(one), points: one.points ?? one.frequency.length }));
  const kept = { ...found, spectra, area: inside(found.area, AREA_LIMITS), thickness: inside(found.thickness, thicknesses) };
  const nameOf = (number) => (number === 1 ? file : `${file} (${number})`);
  let number = 1;
  while (files.has(nameOf(number)) && !sameFile(files.get(nameOf(number)), kept)) number++;
  return { ...kept, name: nameOf(number), file, chosen: 0 };
}

/** The page of the cell that was measured: its area, thickness and window, as far as they are known. */
export function sizedAs(page, measured, spectrum) {
  const state = structuredClone(page.state);
  state.thickness = measured.thickness ?? state.thickness;
  state.area = measured.area ?? state.area;
  const [low, high] = rangeOf(spectrum?.frequency ?? []);
  if (high > low) Object.assign(state.sweep, { from: high, to: low });
  return { ...page, state };
}

/** Page and measurement of one cell: the area is as measured, the thickness as the page has it, which can move it. */
export function reconciled(page, measured) {
  if (!measured) return { page, measured };
  const area = measured.area ?? page.state.area;
  const { thickness } = page.state;
  return {
    page: area === page.state.area ? page : { ...page, state: { ...page.state, area } },
    measured: !measured.thickness || measured.thickness === thickness ? measured : { ...measured, thickness },
  };
}

/**
 * A page whose electrolyte is what was known without the measurement: values that fits found are as before them.
 * @param {{found: object, before: object}[]} fits electrolyte that each found, and the page before it
 */
export function knownWithout(page, fits) {
  let known = page;
  for (const { found, before } of [...fits].reverse()) {
    const own = before.state.electrolyte;
    const electrolyte = { ...known.state.electrolyte };
    for (const key of Object.keys(own)) if (electrolyte[key] === found[key]) electrolyte[key] = own[key];
    const whole = Object.keys(own).every((key) => electrolyte[key] === own[key]);
    const { material, temperature } = whole ? before : known;
    known = { ...known, state: { ...known.state, electrolyte }, material, temperature };
  }
  return known;
}
