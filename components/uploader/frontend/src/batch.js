// What is said once for many files, and what each file gets of it. Pure.

/**
 * @typedef {{source: string|null, timezone: string|null, tags: string[], sequence: string|null,
 *            start: string|null, interval: number|null}} Batch
 * `start` is an ISO time with its zone, `interval` seconds between two files.
 */

/** @type {Batch} */
export const EMPTY_BATCH = { source: null, timezone: null, tags: [], sequence: null, start: null, interval: null };

/**
 * The form fields sent with one file; what was not said is not sent. The time is an assumption: the server
 * takes it only for a picture that does not know its own.
 * @param {Batch} batch
 * @param {number|null} place position of the file among those of the batch, from 0; null for an archive,
 *   whose pictures have no place before it is unpacked
 * @returns {Record<string, string>}
 */
export function fieldsOf(batch, place) {
  const fields = {
    source: batch.source,
    timezone: batch.timezone,
    sequence: batch.sequence,
    tags: batch.tags.join(";"),
    assumed_captured_at: batch.start && place !== null ? timeAt(batch.start, (batch.interval ?? 0) * place) : null,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
}

/**
 * So many seconds after the start, in UTC.
 * @param {string} start ISO time with a zone
 * @param {number} seconds
 * @returns {string}
 */
export function timeAt(start, seconds) {
  return new Date(Date.parse(start) + seconds * 1000).toISOString();
}
