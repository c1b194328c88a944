/** A measured file becomes spectra. */

export class ReadError extends Error {}
export function readMeasured(name, bytes) { throw new ReadError("not yet"); }
export async function readMeasuredInParts(name, bytes, progress) { throw new ReadError("not yet"); }
