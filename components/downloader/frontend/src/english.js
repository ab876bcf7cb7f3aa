// Every sentence and word this component shows, in one place.

export const ENGLISH = {
  download: "Download CSV",
  cancel: "Cancel",
  plain: "Download without progress",
  waiting: "Waiting for the first row…",
  cancelled: "Cancelled. Nothing was saved.",
  broken: "The connection broke before the end. Nothing was saved; download again.",
  noConnection: "No connection to the server. Download again when it is back.",
  tooLarge: "This is too large to keep in the browser. Use “Download without progress”: it goes straight to the disk.",
  rowsSoFar: (figure) => `${figure} rows`,
  rowsOf: (figure, total) => `${figure} of ${total} rows`,
  saved: (name, figure, n, size) => `Saved ${name}: ${figure} ${n === 1 ? "row" : "rows"}, ${size}.`,
  bytes: ["B", "KB", "MB"],
};
