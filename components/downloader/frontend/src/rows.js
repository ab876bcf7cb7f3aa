// Counting the rows of a CSV file while it passes by (RFC 4180: a line break inside quotes is no row). Pure.

const QUOTE = 34;
const NEWLINE = 10;

/**
 * @returns {(chunk: Uint8Array) => number} give it chunk after chunk; it returns the rows so far, the header aside
 */
export function rowCounter() {
  let lines = 0;
  let quoted = false;
  return (chunk) => {
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (byte === QUOTE) quoted = !quoted;
      else if (byte === NEWLINE && !quoted) lines += 1;
    }
    return Math.max(0, lines - 1);
  };
}
