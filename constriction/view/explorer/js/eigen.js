/**
 * A small symmetric-definite problem as a sum over its eigenvalues: vᵀ(S + θM)⁻¹v = Σ weight/(1 + θ·time).
 *
 * With S = LLᵀ it is that of A = L⁻¹ML⁻ᵀ seen from w = L⁻¹v. A is made tridiagonal in a basis that begins with w, of
 * which the eigenvalues, and the first component of each eigenvector, come by QL steps (Golub and Welsch 1969): the
 * vectors themselves are never needed. Matrices are (n·n,) by rows.
 */

const MOST_TURNS = 60;

/** Overwrite the lower half of a positive definite matrix with its Cholesky factor. */
function factorise(matrix, size) {
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = matrix[i * size + j];
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k] * matrix[j * size + k];
      matrix[i * size + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * size + j];
    }
  }
}

/** Overwrite the numbers at `from`, `from + step`, … with L⁻¹ times them. */
function solveLower(lower, size, values, from = 0, step = 1) {
  for (let i = 0; i < size; i++) {
    let sum = values[from + i * step];
    for (let k = 0; k < i; k++) sum -= lower[i * size + k] * values[from + k * step];
    values[from + i * step] = sum / lower[i * size + i];
  }
}

/** Overwrite A with HAH of the reflection that takes `u` (zero before `first`) to a multiple of unit vector `first`; the multiple. */
function reflect(matrix, size, u, first) {
  let square = 0;
  for (let k = first; k < size; k++) square += u[k] * u[k];
  const length = Math.sqrt(square);
  if (length === 0) return 0;
  const end = u[first] > 0 ? -length : length;
  u[first] -= end;
  const half = length * Math.abs(u[first]); // uᵀu/2
  const p = new Float64Array(size);
  let dot = 0;
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let k = first; k < size; k++) sum += matrix[i * size + k] * u[k];
    p[i] = sum / half;
    if (i >= first) dot += p[i] * u[i];
  }
  const part = dot / (2 * half);
  for (let k = first; k < size; k++) p[k] -= part * u[k];
  for (let i = 0; i < size; i++) {
    const ui = i < first ? 0 : u[i];
    for (let k = 0; k < size; k++) matrix[i * size + k] -= ui * p[k] + p[i] * (k < first ? 0 : u[k]);
  }
  return end;
}

/** Eigenvalues of a tridiagonal matrix, in `diagonal`, and `first` as the first components of its eigenvectors. */
function turnDiagonal(diagonal, beside, first) {
  const size = diagonal.length;
  for (let l = 0; l < size; l++) {
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      let m = l;
      while (m < size - 1 && Math.abs(beside[m]) > Number.EPSILON * (Math.abs(diagonal[m]) + Math.abs(diagonal[m + 1]))) m++;
      if (m === l) break;
      let g = (diagonal[l + 1] - diagonal[l]) / (2 * beside[l]);
      g = diagonal[m] - diagonal[l] + beside[l] / (g + (g >= 0 ? 1 : -1) * Math.hypot(g, 1));
      let [s, c, p] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * beside[i];
        const b = c * beside[i];
        const r = Math.hypot(f, g);
        beside[i + 1] = r;
        if (r === 0) {
          diagonal[i + 1] -= p;
          beside[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = diagonal[i + 1] - p;
        const t = (diagonal[i] - g) * s + 2 * c * b;
        p = s * t;
        diagonal[i + 1] = g + p;
        g = c * t - b;
        const z = first[i + 1];
        first[i + 1] = s * first[i] + c * z;
        first[i] = c * first[i] - s * z;
      }
      if (i >= l) continue;
      diagonal[l] -= p;
      beside[l] = g;
      beside[m] = 0;
    }
  }
}

/**
 * The terms of vᵀ(S + θM)⁻¹v.
 * @param {Float64Array} stiffness S, (n·n,), positive definite; overwritten
 * @param {Float64Array} energy M, (n·n,), symmetric and not negative; overwritten
 * @param {Float64Array} seen v, (n,); overwritten
 * @returns {{weights: Float64Array, times: Float64Array}} (n,) each, none negative
 */
export function termsOfPencil(stiffness, energy, seen) {
  const size = seen.length;
  factorise(stiffness, size);
  for (let k = 0; k < size; k++) solveLower(stiffness, size, energy, k, size); // columns of L⁻¹M
  for (let k = 0; k < size; k++) solveLower(stiffness, size, energy, k * size); // its rows: (L⁻¹M)L⁻ᵀ
  solveLower(stiffness, size, seen);
  const whole = reflect(energy, size, seen, 0);
  for (let k = 0; k < size - 2; k++) {
    const column = Float64Array.from({ length: size }, (_, i) => (i > k ? energy[i * size + k] : 0));
    reflect(energy, size, column, k + 1);
  }
  const times = Float64Array.from({ length: size }, (_, k) => energy[k * size + k]);
  const beside = Float64Array.from({ length: size }, (_, k) => (k < size - 1 ? energy[(k + 1) * size + k] : 0));
  const first = new Float64Array(size);
  first[0] = whole;
  turnDiagonal(times, beside, first);
  return { weights: first.map((part) => part * part), times: times.map((value) => Math.max(value, 0)) };
}
