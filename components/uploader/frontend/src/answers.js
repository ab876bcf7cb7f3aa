// What an answer of the server means for a row. Pure.

import { retryAfterMs } from "./backoff.js";
import { TEXT } from "./strings.js";

/**
 * @typedef {{status: number, body: any, retryAfter: string|null}} Answer status 0: no answer at all
 * @typedef {{kind: "done", state: "registered"|"already_here", mediaId: number|null, createdAt: string|null, notes: string[],
 *          looksLike: number[]}
 *         | {kind: "refused", detail: string}
 *         | {kind: "again", detail: string, waitMs: number|null, everyone: boolean}
 *         | {kind: "halt", detail: string}} Outcome
 * "again" with `everyone` means that the other files would fare alike: all of them wait.
 */

/**
 * @param {Answer} answer
 * @returns {Outcome}
 */
export function outcomeOf({ status, body, retryAfter }) {
  const detail = typeof body?.detail === "string" ? body.detail : "";
  if (status === 200 || status === 201) return stored(status, body);
  if (status === 0) return { kind: "again", detail: TEXT.noConnection, waitMs: null, everyone: true };
  if (status === 401) return { kind: "halt", detail: TEXT.signedOut };
  if (status === 429 || status === 503) {
    return { kind: "again", detail: detail || TEXT.serverTrouble(status), waitMs: retryAfterMs(retryAfter), everyone: true };
  }
  if (status === 408 || status === 409 || status >= 500) {
    return { kind: "again", detail: detail || TEXT.serverTrouble(status), waitMs: retryAfterMs(retryAfter), everyone: false };
  }
  return { kind: "refused", detail: detail || TEXT.serverTrouble(status) };
}

function stored(status, body) {
  if (!body?.media) return { kind: "again", detail: TEXT.noAnswer, waitMs: null, everyone: false };
  const twin = body.twin ?? status === 200;
  return {
    kind: "done",
    state: twin ? "already_here" : "registered",
    mediaId: body.media.id ?? null,
    createdAt: body.media.created_at ?? null,
    notes: Array.isArray(body.notes) ? body.notes : [],
    looksLike: Array.isArray(body.looks_like) ? body.looks_like : [],
  };
}

/**
 * Takes growing text apart into the JSON lines that are complete.
 * @returns {(text: string, end?: boolean) => any[]} give it the whole text so far; it returns what is new
 */
export function lineReader() {
  let read = 0;
  return (text, end = false) => {
    const until = end ? text.length : text.lastIndexOf("\n") + 1;
    const fresh = text.slice(read, until);
    read = Math.max(read, until);
    return fresh.split("\n").filter((line) => line.trim()).map(parsed).filter((line) => line !== null);
  };
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
