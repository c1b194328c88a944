/** Circuits R, R-RQ and R-RQ-RQ fitted to a measured spectrum. */

export function fitCircuit(measured) { throw new Error("not yet"); }
