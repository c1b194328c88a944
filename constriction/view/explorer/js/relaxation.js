/** The distribution of relaxation times of a state: {tau, gamma, poles: null | [{tau, resistance}], delta}. */

export function relaxation(atlas, state) { throw new Error("not yet"); }
