/** F − d behind a film, from the resistance Y of the slab between gap and contact (interpret/atlas/poles.py). */
import { cInverse } from "./complex.js";

/** Poles of Y and a constant at a scaled θ, into an array: real parts, then imaginary ones. */
function filmBasis(poles, re, im, found) {
  const count = poles.length;
  const square = im * im;
  for (let k = 0; k < count; k++) {
    const a = re + poles[k];
    const part = a === Infinity ? 0 : poles[k] / (a * a + square);
    found[k] = a === Infinity ? 0 : part * a;
    found[count + 1 + k] = -part * im;
  }
  found[count] = 1;
  found[2 * count + 1] = 0;
}

/** Y over its value at rest of ideal contacts: both bases and the residues between them. */
function resistanceOfSlab(residues, contact, gap) {
  const size = contact.length / 2;
  let re = 0;
  let im = 0;
  let place = 0;
  for (let i = 0; i < size; i++) {
    let rowRe = 0;
    let rowIm = 0;
    for (let j = 0; j < size; j++) {
      const residue = residues[place++];
      rowRe += residue * gap[j];
      rowIm += residue * gap[size + j];
    }
    const cRe = contact[i];
    const cIm = contact[size + i];
    re += cRe * rowRe - cIm * rowIm;
    im += cRe * rowIm + cIm * rowRe;
  }
  return { re, im };
}

/** F − d behind a film: 1/M + f(1 − f)((θc − θg)/M)² Y/(1 + Y θc θg/M), M = f θc + (1 − f) θg; in pitches. */
export function filmedAt(interfaceAt, poles, gap, contact) {
  const { share, rest, residues, scratch } = interfaceAt;
  const ofContact = (rest * share) / (1 - share) ** 2;
  const ofGap = rest / (1 - share);
  filmBasis(poles, contact.re * ofContact, contact.im * ofContact, scratch[0]);
  filmBasis(poles, gap.re * ofGap, gap.im * ofGap, scratch[1]);
  const y = resistanceOfSlab(residues, ...scratch);
  const scale = (rest * share) / (1 - share);
  const yRe = y.re * scale;
  const yIm = y.im * scale;
  const inverse = cInverse({
    re: share * contact.re + (1 - share) * gap.re,
    im: share * contact.im + (1 - share) * gap.im,
  });
  // (θc − θg)/M and θc θg/M
  const dRe = contact.re - gap.re;
  const dIm = contact.im - gap.im;
  const cRe = dRe * inverse.re - dIm * inverse.im;
  const cIm = dRe * inverse.im + dIm * inverse.re;
  const factor = share * (1 - share);
  const kRe = factor * (cRe * cRe - cIm * cIm);
  const kIm = factor * 2 * cRe * cIm;
  const pRe = contact.re * gap.re - contact.im * gap.im;
  const pIm = contact.re * gap.im + contact.im * gap.re;
  const mRe = pRe * inverse.re - pIm * inverse.im;
  const mIm = pRe * inverse.im + pIm * inverse.re;
  const below = cInverse({ re: 1 + yRe * mRe - yIm * mIm, im: yRe * mIm + yIm * mRe });
  const qRe = yRe * below.re - yIm * below.im;
  const qIm = yRe * below.im + yIm * below.re;
  return { re: inverse.re + kRe * qRe - kIm * qIm, im: inverse.im + kRe * qIm + kIm * qRe };
}
