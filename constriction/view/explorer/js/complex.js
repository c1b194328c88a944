/** Complex numbers as {re, im}. */

export function complex(re, im = 0) {
  return { re, im };
}

export function cAdd(a, b) {
  return { re: a.re + b.re, im: a.im + b.im };
}

export function cMul(a, b) {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

/** A number times a real one. */
export function cScale(a, factor) {
  return { re: a.re * factor, im: a.im * factor };
}

/** 1/a; infinite where a is 0. */
export function cInverse(a) {
  if (a.re === 0 && a.im === 0) return { re: Infinity, im: 0 };
  // Scaled, so that neither a tiny nor a huge number leaves the range of a double.
  const size = Math.max(Math.abs(a.re), Math.abs(a.im));
  if (size === Infinity) return { re: 0, im: 0 };
  const re = a.re / size;
  const im = a.im / size;
  const square = (re * re + im * im) * size;
  return { re: re / square, im: -im / square };
}

export function cDiv(a, b) {
  return cMul(a, cInverse(b));
}

export function cAbs(a) {
  return Math.sqrt(a.re * a.re + a.im * a.im);
}

/** Principal logarithm. */
export function cLog(a) {
  return { re: Math.log(cAbs(a)), im: Math.atan2(a.im, a.re) };
}

/** a^exponent on the principal branch, exact where the exponent is 1; 0 where a is 0. */
export function cPower(a, exponent) {
  if (exponent === 1) return { re: a.re, im: a.im };
  const size = cAbs(a);
  if (size === 0) return { re: 0, im: 0 };
  const turn = a.re === 0 ? Math.sign(a.im) * (Math.PI / 2) : Math.atan2(a.im, a.re);
  const angle = turn * exponent;
  const power = size ** exponent;
  return { re: power * Math.cos(angle), im: power * Math.sin(angle) };
}
