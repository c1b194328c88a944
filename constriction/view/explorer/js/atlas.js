/** The atlas of solved interfaces: F − d in pitches, interpolated. */

/**
 * @param {object} data what `atlas_data()` of Python gives
 * @returns {object} {patterns, filmed, limits, depthLimits, constriction, spread}
 */
export function openAtlas(data) {
  throw new Error("not yet");
}
