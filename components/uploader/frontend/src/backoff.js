// How long to wait before the next try. Pure but for the dice.

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
/** A server that asks for more than this is asked again anyway: somebody is waiting in front of the screen. */
const LONGEST_ASKED_MS = 120_000;

/**
 * Doubles from one second to half a minute, spread by half so that many browsers do not return at once.
 * What the server asked for counts if it is longer.
 * @param {number} tries failed tries so far, at least 1
 * @param {number|null} retryAfterMs what the server asked for
 * @param {() => number} random
 * @returns {number} milliseconds
 */
export function delayBefore(tries, retryAfterMs = null, random = Math.random) {
  const grown = Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1));
  const own = grown * (0.75 + random() / 2);
  return Math.max(own, Math.min(retryAfterMs ?? 0, LONGEST_ASKED_MS));
}

/**
 * A Retry-After header in milliseconds: seconds or a date; null when there is none that makes sense.
 * @param {string|null} header
 * @param {number} now
 * @returns {number|null}
 */
export function retryAfterMs(header, now = Date.now()) {
  if (!header) return null;
  const milliseconds = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : null;
}
