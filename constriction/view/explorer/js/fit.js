/** An interface fitted to a measured spectrum per area. */

export function fitInterface(atlas, state, free, measured) { throw new Error("not yet"); }
