/** What an experimenter reads off the spectrum of a state: {R_SE, R_int, C_int, reason}. */

export function readings(atlas, state) { throw new Error("not yet"); }
