// Every word this component shows, in one place.

export const WORDS = {
  drop: "Drop pictures, folders or ZIP files here",
  chooseFiles: "Choose files",
  chooseFolder: "Choose a folder",
  start: "Upload",
  stop: "Stop",
  goOn: "Go on",
  retryFailed: "Retry failed",
  clear: "Clear the list",
  browse: "Browse these",
  review: "Review these",
  open: "open",
  twin: "show it",
  all: "All",
  noConnection: "No connection.",
  offline: "This computer is offline. Uploading goes on when it is back; nothing is lost.",
  signedOut: "You are signed out. Sign in again in another tab, then press “Go on”. Nothing is lost.",
  unreadable: "The browser cannot read this file any more. Add it again.",
  noAnswer: "The server did not say what became of this file.",
  archiveTimes: "Start and interval are for single files; pictures of an archive keep their own times.",
};

/** What each state of a row is called; also the order of the filter buttons. */
export const STATE_NAMES = {
  ready: "ready",
  waiting: "waiting",
  reading: "reading",
  sending: "sending",
  unpacking: "unpacking",
  registered: "registered",
  already_here: "already here",
  refused: "refused",
  failed: "failed",
};

/** @param {number} count @param {string} one @param {string} many */
export function counted(count, one, many) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** @param {number} picture @param {number} archive bytes */
export function dropHint(picture, archive) {
  return `JPEG, PNG or WebP of at most ${bytesText(picture)} each; ZIP files of at most ${bytesText(archive)}`;
}

/** @param {number} count */
export const files = (count) => counted(count, "file", "files");

/** @param {number} count */
export function skippedText(count) {
  return count ? `${counted(count, "system file", "system files")} left out` : "";
}

/** @param {string} name @param {number} size @param {number} limit bytes */
export function tooLargeText(name, size, limit) {
  return `${name} has ${bytesText(size)}; at most ${bytesText(limit)} are taken. Nothing was sent.`;
}

/** @param {string} name */
export function emptyFileText(name) {
  return `${name} is empty. Nothing was sent.`;
}

/** @param {number} seconds @param {string} reason */
export function pausedText(seconds, reason) {
  return `${reason} Trying again in ${seconds} s; nothing is lost.`;
}

/** @param {number} status */
export function serverTroubleText(status) {
  return `The server answered ${status}.`;
}

/** @param {number} done @param {number} total */
export function progressText(done, total) {
  return `${done.toLocaleString("en")} of ${total.toLocaleString("en")}`;
}

/** @param {number} bytes */
export function bytesText(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
