// Undo in two layers: the strokes on the picture at hand first, then one's own decisions of the day, across pictures.

/** Snapshots of one picture's drawing. @template T */
export class Strokes {
  /** @param {T} start */
  constructor(start) {
    this.reset(start);
  }

  /** @param {T} start */
  reset(start) {
    /** @type {T[]} */
    this.past = [];
    this.present = start;
    /** @type {T[]} */
    this.future = [];
  }

  /** Records what the drawing has become. @param {T} next */
  push(next) {
    this.past.push(this.present);
    if (this.past.length > 200) this.past.shift();
    this.present = next;
    this.future = [];
  }

  /** @returns {T|null} the drawing before, or null when there is none */
  undo() {
    if (!this.past.length) return null;
    this.future.push(this.present);
    this.present = this.past.pop();
    return this.present;
  }

  /** @returns {T|null} */
  redo() {
    if (!this.future.length) return null;
    this.past.push(this.present);
    this.present = this.future.pop();
    return this.present;
  }
}

/**
 * @typedef {object} Act one decision, with what is needed to stand before it again
 * @property {string} id its client id
 * @property {number} access
 * @property {number} at milliseconds
 * @property {string} act
 * @property {number} [number] which of the media's acts it became
 * @property {string|null} comment
 * @property {any} item as it was before; of a batch the picture that the shape was given from
 * @property {{shapes: any[], labels: string[]}|null} work
 * @property {number} [batch] many answers at once, taken back together
 * @property {number[]} [mediaIds] which ones
 */

const A_DAY = 24 * 3600 * 1000;
const KEPT = 2000;

/** The day's own decisions, newest last, kept across reloads. */
export class Acts {
  /** @param {any} store @param {number} access */
  constructor(store, access, now = Date.now) {
    this.store = store;
    this.access = access;
    this.now = now;
    /** @type {Act[]} */
    this.done = [];
    /** @type {Act[]} */
    this.undone = [];
  }

  async load() {
    const rows = await this.store.all("acts").catch(() => []);
    const fresh = (row) => this.now() - row.at < A_DAY;
    rows.filter((row) => !fresh(row)).forEach((row) => this.store.remove("acts", row.id).catch(() => {}));
    const mine = rows.filter((row) => row.access === this.access && fresh(row)).sort((a, b) => a.at - b.at);
    this.done = [...mine, ...this.done];
  }

  /** @param {Act} act @param {boolean} [again] a redo: what else was undone can still be redone */
  add(act, again = false) {
    this.done.push(act);
    if (!again) this.undone = [];
    this.store.put("acts", act).catch(() => {});
    if (this.done.length > KEPT) this.drop(this.done[0].id);
  }

  /** The last one that may still be undone, taken off the list. @returns {Act|null} */
  takeLast() {
    const act = this.done.pop();
    if (!act) return null;
    this.store.remove("acts", act.id).catch(() => {});
    if (this.now() - act.at > A_DAY) return null;
    this.undone.push(act);
    return act;
  }

  /** The last one undone, to be done again. @returns {Act|null} */
  takeUndone() {
    return this.undone.pop() ?? null;
  }

  /** Notes which of the media's acts it became, so that an undo can name it. @param {string} id @param {number} number */
  number(id, number) {
    const act = this.done.find((one) => one.id === id);
    if (!act) return;
    act.number = number;
    this.store.put("acts", act).catch(() => {});
  }

  /** Forgets one, for instance because the server refused it. @param {string} id */
  drop(id) {
    this.done = this.done.filter((act) => act.id !== id);
    this.undone = this.undone.filter((act) => act.id !== id);
    this.store.remove("acts", id).catch(() => {});
  }
}
