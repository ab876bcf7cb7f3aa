// Every word this component shows, in one place.

export const WORDS = {
  download: "Download CSV",
  cancel: "Cancel",
  plain: "Download without progress",
  waiting: "Waiting for the first row…",
  cancelled: "Cancelled. Nothing was saved.",
  broken: "The connection broke before the end. Nothing was saved; download again.",
  noConnection: "No connection to the server. Download again when it is back.",
  tooLarge: "This is too large to keep in the browser. Use “Download without progress”: it goes straight to the disk.",
};

const number = (value) => value.toLocaleString("en");

/** @param {number} rows @param {number|null} total @param {number} bytes @param {number} seconds */
export function progressText(rows, total, bytes, seconds) {
  const of = total === null ? "" : ` of ${number(total)}`;
  return `${number(rows)}${of} rows · ${bytesText(bytes)} · ${Math.round(seconds)} s`;
}

/** @param {number} rows @param {number} bytes @param {string} name */
export function doneText(rows, bytes, name) {
  return `Saved ${name}: ${number(rows)} ${rows === 1 ? "row" : "rows"}, ${bytesText(bytes)}.`;
}

/** @param {number} bytes */
function bytesText(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1000 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
