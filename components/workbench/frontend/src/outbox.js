// Answers on their way to the server. Each waits here, in the browser's own database, from the key press until the
// server has committed it; each carries a client id, so that sending it twice stores it once.

import { leavesWithThePage } from "./api.js";

/** @typedef {import("./api.js").ApiError} ApiError */
/**
 * @typedef {object} Answer
 * @property {string} id its client id
 * @property {number} access whose answer it is: never sent under another sign-in
 * @property {number} mediaId
 * @property {number[]} [mediaIds] all that it is about, where that is more than one
 * @property {string} path
 * @property {object} body
 * @property {number} madeAt
 * @property {any} [kept] what the workbench needs to bring the picture back
 * @property {string|null} [follows] the answer this one takes back; pointless without it
 * @property {{status: number, code: string|null, detail: string, answer: any}} [refused]
 */

/** The server understood and said no: asking again would give the same. */
const REFUSALS = new Set([400, 403, 404, 409, 413, 422]);
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
/** Several pictures at a time, but one picture's answers in their order. */
const LANES = 3;

/** @param {Answer} answer @returns {number[]} */
const mediaOf = (answer) => answer.mediaIds ?? [answer.mediaId];

/**
 * @param {object} options
 * @param {Awaited<ReturnType<typeof import("./store.js").openStore>>} options.store
 * @param {(path: string, body: object) => Promise<any>} options.post throws ApiError
 * @param {(answer: Answer) => object} [options.complete] the body as it is sent, with what became known meanwhile
 * @param {number} options.access
 * @param {() => void} [options.onChange]
 * @param {(answer: Answer, stored: any) => void} [options.onStored]
 * @param {(answer: Answer, error: ApiError) => void} [options.onRefused]
 * @param {(work: () => void) => void} [options.soon] when to begin sending what was just added
 */
export function createOutbox({ store, post, complete = (answer) => answer.body, access, onChange = () => {}, onStored = () => {}, onRefused = () => {}, soon = (work) => work(), setTimer = setTimeout, clearTimer = clearTimeout }) {
  /** @type {Map<string, Answer>} in order of the key presses */
  const waiting = new Map();
  /** @type {Map<string, Answer>} */
  const refused = new Map();
  /** @type {Set<string>} */
  const inFlight = new Set();
  /** Those that may have reached the server, whatever became of the answer. @type {Set<string>} */
  const tried = new Set();
  /** Writing to disk never delays the sending, yet the removal has to come after it. @type {Map<string, Promise<any>>} */
  const writes = new Map();
  /** How often each was sent in vain. @type {Map<string, number>} */
  const failed = new Map();
  let failures = 0;
  let signedOut = false;
  let timer = null;

  const write = (answer) => {
    const after = (writes.get(answer.id) ?? Promise.resolve()).then(() => store.put("outbox", answer)).catch(() => {});
    writes.set(answer.id, after);
    return after;
  };
  const erase = (id) => {
    const after = (writes.get(id) ?? Promise.resolve()).then(() => store.remove("outbox", id)).catch(() => {});
    writes.set(id, after);
    after.then(() => writes.get(id) === after && writes.delete(id));
  };

  function pump() {
    if (timer !== null) return;
    const busy = new Set([...waiting.values()].filter(({ id }) => inFlight.has(id)).flatMap(mediaOf));
    const next = [];
    for (const answer of waiting.values()) {
      if (inFlight.has(answer.id)) continue;
      if (!mediaOf(answer).some((mediaId) => busy.has(mediaId))) next.push(answer);
      for (const mediaId of mediaOf(answer)) busy.add(mediaId);
    }
    // Those that the server could not take go last: they must not keep it from the others.
    next.sort((a, b) => (failed.get(a.id) ?? 0) - (failed.get(b.id) ?? 0));
    for (const answer of next.slice(0, LANES - inFlight.size)) send(answer);
  }

  async function send(answer) {
    inFlight.add(answer.id);
    tried.add(answer.id);
    onChange();
    try {
      const stored = await post(answer.path, complete(answer));
      inFlight.delete(answer.id);
      failures = 0;
      signedOut = false;
      waiting.delete(answer.id);
      failed.delete(answer.id);
      erase(answer.id);
      onStored(answer, stored);
    } catch (error) {
      inFlight.delete(answer.id);
      failed.set(answer.id, (failed.get(answer.id) ?? 0) + 1);
      if (REFUSALS.has(error.status)) refuse(answer, error);
      else pause(error);
    }
    onChange();
    pump();
  }

  function refuse(answer, error) {
    failures = 0;
    waiting.delete(answer.id);
    // What would have taken this one back has nothing to take back.
    for (const other of [...waiting.values()]) {
      if (other.follows === answer.id) {
        waiting.delete(other.id);
        erase(other.id);
      }
    }
    answer.refused = { status: error.status, code: error.code, detail: error.message, answer: error.answer };
    refused.set(answer.id, answer);
    write(answer);
    onRefused(answer, error);
  }

  /** No answer, a busy server, or signed out: everything stays and is tried again. */
  function pause(error) {
    failures += 1;
    signedOut = error.status === 401;
    const backOff = Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT);
    const wait = Math.max(error.wait ? error.wait * 1_000 : 0, backOff);
    if (timer === null) timer = setTimer(retry, Math.min(wait, 60_000));
  }

  /** Tries again at once: the network is back, or somebody signed in. */
  function retry() {
    if (timer !== null) clearTimer(timer);
    timer = null;
    pump();
  }

  return {
    /** Takes what an earlier visit left behind, in its order; gives back what had been refused then. */
    async load() {
      const rows = (await store.all("outbox").catch(() => [])).filter((row) => row.access === access);
      rows.sort((a, b) => a.madeAt - b.madeAt);
      for (const row of rows) {
        (row.refused ? refused : waiting).set(row.id, row);
        tried.add(row.id);
      }
      onChange();
      pump();
      return [...refused.values()];
    },
    /** @param {Answer} answer @returns {Promise<void>} once it is in the browser's database */
    add(answer) {
      waiting.set(answer.id, answer);
      const written = write(answer);
      onChange();
      soon(pump);
      return written;
    },
    /** Takes an answer back that was never sent; false when it may have been stored. */
    cancel(id) {
      if (!waiting.has(id) || tried.has(id)) return false;
      waiting.delete(id);
      erase(id);
      onChange();
      return true;
    },
    /** Forgets a refused answer, once the person has decided what becomes of it. */
    settle(id) {
      if (!refused.delete(id)) return;
      erase(id);
      onChange();
    },
    retry,
    /** Whether a decision on this media is still on its way. */
    holds: (mediaId) => [...waiting.values()].some((answer) => mediaOf(answer).includes(mediaId)),
    /** What is said of this media and still on its way, in order. @param {number} mediaId @returns {Answer[]} */
    waitingFor: (mediaId) => [...waiting.values()].filter((answer) => mediaOf(answer).includes(mediaId)),
    /** Something would stay behind if the page were closed now: not sent, or sent back to be looked at. */
    get isAtRisk() {
      if (refused.size) return true;
      return [...waiting.values()].some((answer) => failures > 0 || !inFlight.has(answer.id) || !leavesWithThePage(JSON.stringify(answer.body)));
    },
    /** "saved" only when the server has committed everything. */
    get status() {
      if (refused.size || (waiting.size && failures)) return "unsaved";
      return waiting.size ? "saving" : "saved";
    },
    get waitingCount() {
      return waiting.size;
    },
    get signedOut() {
      return signedOut;
    },
    get failing() {
      return failures > 0;
    },
    /** Nobody looks any more, for instance because another page is shown: what waits is sent all the same. */
    retire() {
      onChange = onStored = onRefused = () => {};
    },
  };
}
