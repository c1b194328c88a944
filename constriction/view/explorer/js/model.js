/** From a state of the page to its impedance per area, Ω·m². */

export function frequencies(sweep) { throw new Error("not yet"); }
export function impedance(atlas, state, frequency) { throw new Error("not yet"); }
export function impedanceAt(atlas, state, sRe, sIm) { throw new Error("not yet"); }
export function summary(atlas, state) { throw new Error("not yet"); }
export function outside(atlas, state) { throw new Error("not yet"); }
