/** Quantities with units, as a case file writes them. */

export function parseQuantity(text, unit) { throw new Error("not yet"); }
export function showQuantity(value, unit) { throw new Error("not yet"); }
