// Numbers and links about a list of rows. Pure.

/** @typedef {import("./engine.js").Row} Row */

/** What each filter button above the list shows. */
export const GROUPS = {
  all: () => true,
  open: (row) => ["ready", "waiting", "reading", "sending", "unpacking"].includes(row.state),
  registered: (row) => row.state === "registered" && row.kind !== "archive",
  looks_alike: (row) => row.looksLike.length > 0,
  already_here: (row) => row.state === "already_here" && row.kind !== "archive",
  refused: (row) => row.state === "refused",
  failed: (row) => row.state === "failed",
};

/**
 * @param {Row[]} rows
 * @returns {Record<keyof typeof GROUPS, number>}
 */
export function countGroups(rows) {
  const counts = /** @type {any} */ ({});
  for (const [name, belongs] of Object.entries(GROUPS)) counts[name] = rows.filter(belongs).length;
  return counts;
}

/**
 * Bytes sent and to send, over everything that goes over the wire.
 * @param {Row[]} rows
 */
export function countBytes(rows) {
  let sent = 0;
  let total = 0;
  for (const row of rows) {
    if (row.kind === "entry" || row.state === "refused") continue;
    total += row.size;
    sent += ["registered", "already_here"].includes(row.state) ? row.size : row.sent;
  }
  return { sent, total };
}

/**
 * The filter that shows what was registered: by this access, between the first and the last of them.
 * @param {Row[]} rows
 * @param {string} login
 * @returns {URLSearchParams|null} null when nothing was registered
 */
export function queryForRegistered(rows, login) {
  const times = rows.filter((row) => row.state === "registered" && row.createdAt).map((row) => Date.parse(row.createdAt ?? ""));
  if (times.length === 0) return null;
  const second = 1000;
  const first = Math.floor(Math.min(...times) / second) * second - second;
  // The upper limit is exclusive, and addresses are kept short: whole seconds.
  const last = Math.floor(Math.max(...times) / second) * second + 2 * second;
  return new URLSearchParams({ uploaded_from: written(first), uploaded_to: written(last), uploader: login });
}

const written = (milliseconds) => new Date(milliseconds).toISOString().replace(".000Z", "Z");
