// Requests to our own API on the same origin, with the cookie, and every failure as one kind of error.

import { TEXT } from "./strings.js";

/** An answer that is not a success. `status` is 0 when there was no answer at all. */
export class ApiError extends Error {
  /** @param {number} status @param {any} answer the JSON of the one error shape, if it was that @param {number|null} wait */
  constructor(status, answer, wait = null) {
    super(answer?.detail && typeof answer.detail === "string" ? answer.detail : sentenceFor(status));
    this.status = status;
    this.code = answer?.code ?? null;
    this.answer = answer ?? {};
    /** Seconds that the server asked to wait. @type {number|null} */
    this.wait = wait;
  }
}

const sentenceFor = (status) => (status === 0 ? TEXT.errors.unreachable : TEXT.errors.unexpected(status));

/**
 * Whether a request of this body goes on although the tab is being closed: browsers allow that for 64 KiB in flight.
 * @param {string} [text]
 */
export const leavesWithThePage = (text) => (text?.length ?? 0) < 16_000;

/** @param {string} base for instance https://host/api */
export function createApi(base, fetcher = (...args) => fetch(...args)) {
  async function request(path, options = {}) {
    let response;
    try {
      response = await fetcher(base + path, { credentials: "same-origin", ...options });
    } catch (error) {
      if (error?.name === "AbortError") throw error;
      throw new ApiError(0, null);
    }
    if (response.ok) return response;
    let answer = null;
    try {
      answer = await response.json();
    } catch {
      // Not ours: a proxy's page, or nothing.
    }
    const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    throw new ApiError(response.status, answer, Number.isFinite(wait) ? wait : null);
  }

  async function send(method, path, body) {
    const text = body === null ? undefined : JSON.stringify(body);
    const response = await request(path, {
      method,
      // No foreign page can add this header without asking first.
      headers: { "Content-Type": "application/json", "X-Vigie": "1" },
      body: text,
      keepalive: leavesWithThePage(text),
    });
    return response.status === 204 ? null : response.json();
  }

  return {
    /** @param {string} path @param {URLSearchParams|null} [query] */
    async get(path, query = null) {
      const response = await request(query && `${query}` ? `${path}?${query}` : path);
      return response.json();
    },
    /** @param {string} path @param {object} body */
    post: (path, body) => send("POST", path, body),
    /** @param {string} path @param {object} body */
    put: (path, body) => send("PUT", path, body),
    /** @param {string} path @param {object} body */
    patch: (path, body) => send("PATCH", path, body),
    /** @param {string} path */
    remove: (path) => send("DELETE", path, null),
    /** A square around a box of a picture. @param {number} mediaId @param {import("./geometry.js").Box} box */
    cropAddress: (mediaId, box) => `${base}/media/${mediaId}/picture?size=crop&box=${box.join(",")}`,
    /** @param {number} mediaId @param {"thumb"|"screen"|"original"} size */
    pictureAddress: (mediaId, size) => `${base}/media/${mediaId}/picture?size=${size}`,
    /** @param {number} mediaId @param {"thumb"|"screen"|"original"} size @param {AbortSignal} [signal] */
    async picture(mediaId, size, signal) {
      const response = await request(`/media/${mediaId}/picture?size=${size}`, { signal });
      return response.blob();
    },
  };
}
