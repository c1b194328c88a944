/** Axes of the atlas's tables: contact fraction and depth, each in a variable in which F is smooth, at Leja points. */

/** The axis's variable: ln(f/(1 − f)) of a share, ln of a length; dimensionless. */
function smoothOnAxis(axis, value) {
  return axis.kind === "logit" ? Math.log(value / (1 - value)) : Math.log(value);
}

/** A value clipped to an axis; dimensionless. */
export function clippedToAxis(axis, value) {
  return Math.min(Math.max(value, axis.low), axis.high);
}

/**
 * Prepare an axis of `atlas_data()`: its ends in its variable, and the weights of barycentric interpolation.
 * @param {{kind: string, low: number, high: number, nodes: number[]}} axis
 */
export function openAxis(axis) {
  const first = smoothOnAxis(axis, axis.low);
  const last = smoothOnAxis(axis, axis.high);
  const barycentric = axis.nodes.map((here, i) =>
    axis.nodes.reduce((product, there, j) => (i === j ? product : product / (2 * (here - there))), 1),
  ); // 2: the capacity of [−1, 1] is ½
  return { ...axis, first, last, barycentric };
}

/**
 * What each point's value counts at another value, clipped to the axis: Lagrange's polynomials.
 * @param {object} axis of `openAxis`
 * @param {number} value dimensionless; Infinity is as the largest
 * @returns {Float64Array} (count,)
 */
export function axisWeights(axis, value) {
  const place = smoothOnAxis(axis, clippedToAxis(axis, value));
  const unit = (2 * (place - axis.first)) / (axis.last - axis.first) - 1;
  const found = new Float64Array(axis.nodes.length);
  let sum = 0;
  for (let k = 0; k < found.length; k++) {
    const distance = unit - axis.nodes[k];
    if (distance === 0) {
      found.fill(0);
      found[k] = 1;
      return found;
    }
    found[k] = axis.barycentric[k] / distance;
    sum += found[k];
  }
  for (let k = 0; k < found.length; k++) found[k] /= sum;
  return found;
}
