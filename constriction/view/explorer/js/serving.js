/** The script as a worker: it opens the atlas that it is sent, and does one task after another. */
import { openAtlas } from "./atlas.js";
import { drained } from "./slices.js";
import { TASKS } from "./tasks.js";

const TOLD_EVERY = 60; // ms

/** Serve the page that made this worker; `scope` is the worker's global object. */
export function serveTasks(scope) {
  let atlas = null;
  scope.onmessage = ({ data }) => {
    if (data.atlas) {
      atlas = openAtlas(data.atlas);
      return scope.postMessage({ ready: true });
    }
    const { number, task, given } = data;
    let last = 0;
    const told = (progress) => {
      if (performance.now() - last < TOLD_EVERY) return;
      last = performance.now();
      scope.postMessage({ number, progress });
    };
    try {
      return scope.postMessage({ number, found: drained(TASKS[task](atlas, given), told) });
    } catch (error) {
      return scope.postMessage({ number, error: error.message });
    }
  };
}
