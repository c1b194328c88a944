/** What is computed beside the page: generators of the atlas and what is given, plain data in and out. */
import { fitSteps } from "./fit.js";
import { readings } from "./readings.js";

export const TASKS = {
  fit: (atlas, { state, free, measured }) => fitSteps(atlas, state, free, measured),
  *readings(atlas, { state }) {
    yield;
    return readings(atlas, state);
  },
};
