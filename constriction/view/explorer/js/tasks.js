/** What is computed beside the page: generators of the atlas and what is given, plain data in and out. */
import { fitCircuit } from "./circuits.js";
import { fitSteps } from "./fit.js";
import { readings } from "./readings.js";

/** What a circuit reads off a measured spectrum, or why it does not. */
function circuitOf(measured) {
  try {
    const { circuit, R_SE, R_int, C_int, R_int_stderr, C_int_stderr } = fitCircuit(measured);
    return { circuit, R_SE, R_int, C_int, R_int_stderr, C_int_stderr };
  } catch (error) {
    return { reason: error.message };
  }
}

export const TASKS = {
  fit: (atlas, { state, free, measured }) => fitSteps(atlas, state, free, measured),
  *readings(atlas, { state, measured }) {
    yield;
    const ofState = readings(atlas, state);
    yield;
    return { ofState, ofMeasured: measured ? circuitOf(measured) : null };
  },
};
