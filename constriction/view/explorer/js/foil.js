/**
 * How far contacts lift an elastic foil (geometry/plate/foil.py), and the straight zone that has the same spectrum.
 *
 * Beside a straight rim the foil is down after (72 D H/p)^(1/4) under a pressure p, after (18 D H²/Γ)^(1/4) where it
 * adheres with Γ; D is its rigidity, H the lift. It lies below the straight line: with these parts of its length the
 * spectrum of a straight zone is that of the foil within 0.5 % of R_cstr.
 */

const STRAIGHT = { pressure: 0.83, adhesion: 0.95 };
/** Of copper, and of most metals. */
export const POISSON_RATIO = 0.34;

/**
 * The straight zone of a foil.
 * @param {{thickness: number, modulus: number, pressure: number|null, adhesion: number|null}} foil m, Pa, Pa, J/m²
 * @param {number} lift m
 * @returns {{lifted: number, length: number, held: string}} m, m; held: "pressure" or "adhesion", what leaves less
 * @throws {Error} nothing holds it
 */
export function zoneOfFoil({ thickness, modulus, pressure, adhesion }, lift) {
  const rigidity = (modulus * thickness ** 3) / 12 / (1 - POISSON_RATIO ** 2);
  const lengths = [];
  if (pressure) lengths.push(["pressure", ((72 * rigidity * lift) / pressure) ** 0.25]);
  if (adhesion) lengths.push(["adhesion", ((18 * rigidity * lift ** 2) / adhesion) ** 0.25]);
  if (!lengths.length) throw new Error("nothing holds the foil: expected a pressure or an adhesion");
  const [held, lifted] = lengths.reduce((one, other) => (other[1] < one[1] ? other : one));
  return { lifted, length: STRAIGHT[held] * lifted, held };
}
