/** Undo and redo: pages as their addresses, so that equal ones are equal. */

const MOST_STEPS = 300;

/** Steps that were taken; `current()` is the last one. */
export class Steps {
  constructor(first) {
    this.past = [first];
    this.future = [];
  }

  current() {
    return this.past[this.past.length - 1];
  }

  /** Keep a step; what was undone before is gone. */
  take(address) {
    if (address === this.current()) return;
    this.past.push(address);
    if (this.past.length > MOST_STEPS) this.past.shift();
    this.future = [];
  }

  /** The step before, null at the first one. */
  undo() {
    if (this.past.length < 2) return null;
    this.future.push(this.past.pop());
    return this.current();
  }

  /** The step that was undone last, null without one. */
  redo() {
    if (!this.future.length) return null;
    this.past.push(this.future.pop());
    return this.current();
  }
}
