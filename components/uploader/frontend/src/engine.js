// The list of files and who is sent when. Lives as long as the browser tab: leaving the page does not stop it.

import { outcomeOf } from "./answers.js";
import { delayBefore } from "./backoff.js";
import { EMPTY_BATCH, fieldsOf } from "./batch.js";
import { inNaturalOrder, isJunk, kindOf } from "./files.js";
import { TEXT, limitText } from "./strings.js";

export const PARALLEL = 4;
/** A file that troubles the server on its own, again and again, is put aside; "Retry failed" brings it back. */
const MOST_TRIES = 5;

/** One hiccup is that file's own; this many in a row, with nothing got through, hold everybody back. */
const LASTING = 2;

/**
 * @typedef {"ready"|"waiting"|"reading"|"sending"|"unpacking"|"registered"|"already_here"|"refused"|"failed"} RowState
 * @typedef {{id: number, file: File|null, name: string, path: string, size: number, kind: "picture"|"video"|"archive"|"entry",
 *            state: RowState, sent: number, tries: number, notBefore: number, detail: string, notes: string[],
 *            mediaId: number|null, createdAt: string|null, key: string, batch: import("./batch.js").Batch,
 *            place: number|null, parent: number|null, looksLike: number[]}} Row
 * @typedef {{status: number, body: any, retryAfter: string|null}} Answer
 * @typedef {{signal: AbortSignal, onState: (state: RowState) => void, onSent: (bytes: number) => void,
 *            onLine: (line: any, at: string|null) => void}} Progress `at`: when the media was registered
 * @typedef {(row: Row, fields: Record<string, string>, progress: Progress) => Promise<Answer>} Send
 */

/**
 * `empties`: files without a byte are sent like any other; an empty file of labels says that nothing is there.
 * @param {{send: Send, newKey: () => string, empties?: boolean, now?: () => number, random?: () => number,
 *          setTimer?: (act: () => void, ms: number) => any, clearTimer?: (timer: any) => void}} world
 */
export function createEngine({
  send, newKey, empties = false, now = Date.now, random = Math.random,
  setTimer = (act, ms) => setTimeout(act, ms), clearTimer = (timer) => clearTimeout(timer),
}) {
  /** @type {Row[]} */
  let rows = [];
  let lastId = 0;
  let skipped = 0;
  let running = 0;
  /** @type {string|null} why nobody is sent until the person says so */
  let halted = null;
  let troubles = 0;
  let resumeAt = 0;
  let trouble = "";
  /** @type {any} */
  let timer;
  let stopping = new AbortController();
  /** @type {Set<() => void>} */
  const listeners = new Set();
  const limits = { picture: Infinity, video: Infinity, archive: Infinity };

  const changed = () => listeners.forEach((listener) => listener());

  /** @param {{file: File, path: string}[]} found */
  function add(found) {
    const wanted = found.filter(({ path }) => !isJunk(path));
    skipped += found.length - wanted.length;
    for (const { file, path } of inNaturalOrder(wanted)) rows.push(check(rowOf({ file, path, kind: kindOf(file), state: "ready" })));
    changed();
  }

  function rowOf({ file = null, path, kind, state, parent = null, detail = "" }) {
    lastId += 1;
    return {
      id: lastId, file, path, kind, state, parent, detail, name: path.split("/").pop() ?? path, size: file?.size ?? 0,
      sent: 0, tries: 0, notBefore: 0, notes: [], mediaId: null, createdAt: null, key: "", batch: EMPTY_BATCH, place: null,
      looksLike: [],
    };
  }

  /** What is certain to be refused is not sent: a megabyte on a mountain link costs a minute. */
  function check(row) {
    const limit = limits[row.kind] ?? limits.picture;
    if (row.size === 0 && !empties) refuse(row, TEXT.empty(row.name));
    else if (row.size > limit) refuse(row, TEXT.tooLarge(row.name, limitText(row.size), limitText(limit)));
    return row;
  }

  function refuse(row, detail) {
    row.state = "refused";
    row.detail = detail;
  }

  /** Sends everything that is ready, with what the batch says now. @param {import("./batch.js").Batch} batch */
  function start(batch) {
    let place = 0;
    for (const row of rows) {
      if (row.state !== "ready") continue;
      row.state = "waiting";
      row.batch = { ...batch };
      row.key = newKey();
      row.place = row.kind === "picture" ? place++ : null;
      if (row.kind === "archive" && batch.start) row.notes = [TEXT.archiveTimes];
    }
    pump();
  }

  function pump() {
    clearTimer(timer);
    const moment = now(); // one look at the clock: a second one could be a millisecond later and miss the timer
    // After lasting trouble one file goes ahead; the others follow once it got through.
    const places = moment < resumeAt || halted ? 0 : troubles >= LASTING ? 1 : PARALLEL;
    while (running < places) {
      const row = rows.find((candidate) => candidate.state === "waiting" && candidate.notBefore <= moment);
      if (!row) break;
      void run(row);
    }
    const soonest = Math.min(...rows.filter((row) => row.state === "waiting").map((row) => Math.max(row.notBefore, resumeAt)));
    if (!halted && soonest > moment && soonest < Infinity) timer = setTimer(pump, soonest - moment);
    changed();
  }

  async function run(row) {
    running += 1;
    row.state = "reading";
    row.sent = 0;
    row.detail = "";
    changed();
    const { signal } = stopping;
    try {
      const answer = await send(row, fieldsOf(row.batch, row.place), {
        signal,
        onState: (state) => {
          row.state = state;
          changed();
        },
        onSent: (bytes) => {
          row.sent = bytes;
          if (row.kind === "archive" && bytes >= row.size) row.state = "unpacking";
          changed();
        },
        onLine: (line, at) => takeLine(row, line, at),
      });
      settle(row, answer);
    } catch (error) {
      if (signal.aborted) row.state = "waiting";
      else fail(row, error instanceof Error ? error.message : String(error));
    } finally {
      running -= 1;
      pump();
    }
  }

  function settle(row, answer) {
    const outcome = row.kind === "archive" && answer.status === 200 ? archiveOutcome(row, answer) : outcomeOf(answer);
    if (outcome.kind !== "again" || !outcome.everyone) troubles = 0;
    if (outcome.kind === "done") {
      const { state, mediaId, createdAt, notes, looksLike } = outcome;
      Object.assign(row, { state, mediaId, createdAt, notes, looksLike });
      row.sent = row.size;
      row.file = null; // 2,000 finished files need not be held
    } else if (outcome.kind === "refused") refuse(row, outcome.detail);
    else if (outcome.kind === "halt") {
      halted = outcome.detail;
      row.state = "waiting";
    } else again(row, outcome);
  }

  function again(row, { detail, waitMs, everyone }) {
    row.state = "waiting";
    row.detail = detail;
    if (everyone) {
      // Not this file's fault, so it does not count against it, however often and long it takes.
      row.notBefore = now() + delayBefore(1, waitMs, random);
      if (now() < resumeAt) return; // was under way when the trouble began
      troubles += 1;
      trouble = detail;
      if (troubles >= LASTING) resumeAt = now() + delayBefore(troubles - 1, waitMs, random);
      return;
    }
    row.tries += 1;
    if (row.tries >= MOST_TRIES) fail(row, detail);
    else row.notBefore = now() + delayBefore(row.tries, waitMs, random);
  }

  function fail(row, detail) {
    row.state = "failed";
    row.detail = detail;
  }

  /** An archive answers with a line for each of its entries; a repeated one finds its own first results. */
  function takeLine(archive, line, at) {
    if (!line?.result) return;
    if (!line.name) {
      archive.detail = line.detail ?? TEXT.noAnswer; // it is about the archive as a whole
      return;
    }
    const path = `${archive.path}/${line.name}`;
    let entry = rows.find((row) => row.parent === archive.id && row.path === path);
    if (!entry) {
      entry = rowOf({ path, kind: "entry", state: line.result, parent: archive.id });
      rows.push(entry);
    } else if (entry.state === "registered" && line.result === "already_here") return;
    entry.state = line.result;
    entry.mediaId = line.media_id ?? null;
    entry.createdAt = at;
    entry.looksLike = line.looks_like ?? [];
    if (line.result === "refused" || line.result === "failed") entry.detail = line.detail ?? "";
    else entry.notes = [line.detail, ...(line.notes ?? [])].filter(Boolean);
    changed();
  }

  function archiveOutcome(row, answer) {
    if (row.detail) return { kind: "again", detail: row.detail, waitMs: null, everyone: false };
    const registered = rows.some((entry) => entry.parent === row.id && entry.state === "registered");
    return { kind: "done", state: registered ? "registered" : "already_here", mediaId: null, createdAt: null, notes: row.notes, looksLike: [] };
  }

  function stop() {
    stopping.abort();
    stopping = new AbortController();
    clearTimer(timer);
    halted = null;
    resumeAt = 0;
    troubles = 0;
    for (const row of rows) if (isUnsent(row)) Object.assign(row, { state: "ready", sent: 0, tries: 0, notBefore: 0, detail: "" });
    changed();
  }

  /** After the person has signed in again, or the network is back. */
  function goOn() {
    halted = null;
    resumeAt = 0;
    for (const row of rows) row.notBefore = 0;
    pump();
  }

  function retryFailed() {
    for (const row of rows) if (row.state === "failed" && row.file) Object.assign(row, { state: "waiting", tries: 0, notBefore: 0 });
    pump();
  }

  function clear() {
    rows = rows.filter(isUnsent);
    skipped = 0;
    changed();
  }

  return {
    add, start, stop, goOn, retryFailed, clear,
    rows: () => rows,
    isBusy: () => running > 0 || rows.some((row) => row.state === "waiting"),
    hasUnsent: () => rows.some((row) => isUnsent(row) || row.state === "ready"),
    skipped: () => skipped,
    halted: () => halted,
    /** Why everybody waits, and for how many more seconds; null when nobody has to. */
    pause: () => (resumeAt > now() ? { reason: trouble || TEXT.noConnection, seconds: Math.ceil((resumeAt - now()) / 1000) } : null),
    /** @param {{picture?: number, video?: number, archive?: number}} most bytes */
    setLimits: (most) => Object.assign(limits, most),
    /** @param {() => void} listener @returns {() => void} takes the listener away again */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @typedef {ReturnType<typeof createEngine>} Engine */

const UNSENT = new Set(["waiting", "reading", "sending", "unpacking"]);

/** @param {Row} row */
export function isUnsent(row) {
  return UNSENT.has(row.state);
}
