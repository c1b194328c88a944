/** Spectra with more points than anybody sees: some of them, evenly in the logarithm of the frequency. */

/** As many as are drawn and fitted. */
export const MOST_POINTS = 500;

/** The least and the largest of numbers, however many; [Infinity, −Infinity] of none. */
export function rangeOf(values) {
  let low = Infinity;
  let high = -Infinity;
  for (let k = 0; k < values.length; k++) {
    if (values[k] < low) low = values[k];
    if (values[k] > high) high = values[k];
  }
  return [low, high];
}

/**
 * A spectrum of falling frequency with at most so many points; itself where it has no more.
 * @param {{frequency: ArrayLike<number>, re: ArrayLike<number>, im: ArrayLike<number>}} spectrum
 */
export function thinned(spectrum, most = MOST_POINTS) {
  const { frequency } = spectrum;
  const count = frequency.length;
  if (count <= most) return spectrum;
  const first = Math.log(frequency[0]);
  const span = Math.log(frequency[count - 1]) - first;
  const kept = [];
  for (let k = 0; k < count; k++) {
    // The first of each of so many equal parts, and the last of all.
    const part = span === 0 ? 0 : Math.floor(((Math.log(frequency[k]) - first) / span) * (most - 1) + 1e-9);
    if (kept.length === 0 || part > kept[kept.length - 1].part || k === count - 1) kept.push({ k, part });
  }
  if (kept.length > most) kept.splice(-2, 1);
  const chosen = (values) => Float64Array.from(kept, ({ k }) => values[k]);
  return { ...spectrum, frequency: chosen(frequency), re: chosen(spectrum.re), im: chosen(spectrum.im) };
}
