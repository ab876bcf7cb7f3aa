// One file on its way to the server. XHR, because fetch tells nothing about what has been sent.

import { lineReader } from "./answers.js";
import { TEXT } from "./strings.js";

/** Above this the browser would hold too much in memory to hash; the server hashes every file anyway. */
const LARGEST_HASHED = 32 * 1024 * 1024;
/** Nothing sent and nothing heard for so long: the connection is dead, even if nobody says so. */
const SILENCE_MS = 60_000;
/** Once all is sent the server puts it into the bucket, and says nothing meanwhile: at least so many bytes a millisecond. */
const SLOWEST_BUCKET = 2_000;

/**
 * @param {Blob} file
 * @returns {Promise<string|null>} SHA-256 in hex; null where the browser does not offer it (plain HTTP) or the file is large
 */
export async function sha256Of(file) {
  if (!globalThis.crypto?.subtle || file.size > LARGEST_HASHED) return null;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @returns {string} a client id; `crypto.randomUUID` exists on secure addresses only */
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Posts one file. Resolves with status 0 when no answer came; rejects only when aborted.
 * @param {{address: string, file: File, name: string, fields: Record<string, string>, key: string,
 *          signal: AbortSignal, onSent: (bytes: number) => void, onLine?: (line: any, at: string|null) => void}} job
 * @returns {Promise<import("./answers.js").Answer>}
 */
export function post({ address, file, name, fields, key, signal, onSent, onLine }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const read = lineReader();
    let timer = 0;
    const heard = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => request.abort(), SILENCE_MS + file.size / SLOWEST_BUCKET);
    };
    const takeLines = (end) => {
      if (!onLine || request.status !== 200) return;
      for (const line of read(request.responseText, end)) {
        onLine(line, line.created_at ?? null);
      }
    };
    const finish = (status) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(new DOMException("stopped", "AbortError"));
      else resolve({ status, body: jsonOf(request), retryAfter: headerOf(request, "Retry-After") });
    };
    const stop = () => request.abort();

    request.open("POST", address);
    request.setRequestHeader("X-Vigie", "1");
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.onprogress = (event) => {
      heard();
      onSent(Math.min(event.loaded, file.size));
    };
    request.onprogress = () => {
      heard();
      takeLines(false);
    };
    request.onload = () => {
      takeLines(true);
      finish(request.status);
    };
    request.onerror = () => finish(0);
    request.onabort = () => finish(0);
    signal.addEventListener("abort", stop);

    const form = new FormData();
    // Fields first: the server knows all about the file before its bytes come.
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append("file", file, name);
    heard();
    request.send(form);
  });
}

/** A file that was changed or removed since it was chosen cannot be read: that is no network trouble. */
export async function requireReadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new TypeError(TEXT.unreadable);
  }
}

function jsonOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return null;
  }
}

function headerOf(request, name) {
  return request.readyState >= 2 ? request.getResponseHeader(name) : null;
}
