/**
 * A task beside the page, which stays usable: in a worker made of the page's own script, or in slices of the page's
 * time where a browser makes none of a page from disk.
 */
import { sliced } from "./slices.js";
import { TASKS } from "./tasks.js";

const PATIENCE = 8000; // ms until a worker that does not begin counts as none

/** A worker of a script that has opened the atlas; rejects where there can be none. */
function openedWorker(script, data) {
  return new Promise((resolve, reject) => {
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const worker = new Worker(address);
    const end = (settle, value) => {
      clearTimeout(late);
      URL.revokeObjectURL(address);
      settle(value);
    };
    const late = setTimeout(() => end(reject, new Error("the worker does not begin")), PATIENCE);
    worker.onmessage = () => end(resolve, worker);
    worker.onerror = (event) => {
      event.preventDefault?.();
      end(reject, new Error(event.message ?? "no worker"));
    };
    worker.postMessage({ atlas: data });
  });
}

/** One task at a time: `run`, and `stop` before its end. */
export class Background {
  /** @param {{script: string, data: object, atlas: object}} page its script, the atlas as data, and opened */
  constructor({ script, data, atlas }) {
    Object.assign(this, { script, data, atlas });
    this.number = 0;
    this.worker = null;
    this.inSlices = typeof Worker === "undefined";
    this.give = null;
  }

  /**
   * Do a task of `TASKS`, in place of the one that runs.
   * @param {string} task its name; @param {object} given plain data; @param {function} told gets {share, words}
   * @returns {Promise<object|null>} null: it was stopped
   */
  run(task, given, told = () => {}) {
    this.forget();
    return new Promise((resolve, reject) => {
      this.give = resolve;
      this.begin(this.number, { task, given }, told).then(resolve, reject);
    });
  }

  async begin(number, { task, given }, told) {
    const isStopped = () => number !== this.number;
    const worker = this.inSlices ? null : await this.opened();
    if (isStopped()) return null;
    if (worker === null) {
      const found = sliced(TASKS[task](this.atlas, given), told, isStopped);
      return found.catch((error) => (isStopped() ? null : Promise.reject(error)));
    }
    this.busy = true;
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if (data.number !== this.number) return;
        if (data.progress) return void told(data.progress);
        this.busy = false;
        if ("error" in data) reject(new Error(data.error));
        else resolve(data.found);
      };
      worker.onerror = (event) => {
        this.worker = null; // the next task has another
        this.busy = false;
        reject(new Error(event.message ?? "the worker ended"));
      };
      worker.postMessage({ number, task, given });
    });
  }

  /** The worker, begun where there is none yet; null where there can be none. */
  async opened() {
    this.worker ??= openedWorker(this.script, this.data).catch(() => {
      this.inSlices = true;
      return null;
    });
    return this.worker;
  }

  /** Do without the end of what runs: its `run` gives null. */
  forget() {
    this.number++;
    this.give?.(null);
    this.give = null;
  }

  /** The same, and let nothing run on. */
  stop() {
    this.forget();
    if (!this.busy) return;
    this.busy = false;
    this.worker?.then((worker) => worker?.terminate());
    this.worker = null;
  }
}
