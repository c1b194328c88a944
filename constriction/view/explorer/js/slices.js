/** Long computations as generators, which pause where they yield: at once, or in slices between which the page lives. */

const SLICE = 10; // ms

/** What a generator returns, without a pause; `told` gets what it yields and is not undefined. */
export function drained(generator, told = () => {}) {
  for (;;) {
    const { done, value } = generator.next();
    if (done) return value;
    if (value !== undefined) told(value);
  }
}

/** The same in slices; rejects where `isStopped` says so. */
export async function sliced(generator, told, isStopped) {
  let until = performance.now() + SLICE;
  for (;;) {
    const { done, value } = generator.next();
    if (done) return value;
    if (performance.now() < until) continue;
    if (value !== undefined) told(value);
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
    if (isStopped()) throw new Error("stopped");
    until = performance.now() + SLICE;
  }
}

/** A generator that yields how far it is, wherever another one pauses. */
export function* withProgress(generator, progress) {
  for (;;) {
    const { done, value } = generator.next();
    if (done) return value;
    yield progress();
  }
}
