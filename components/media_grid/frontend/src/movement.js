// Where the keyboard goes in a grid of equal columns. Pure.

/**
 * The index reached from `index` by a key, or null when the key does not move.
 * Left and right run on over the ends of rows; up and down stay in their column and stop at the edge.
 * @param {string} key KeyboardEvent.key
 * @param {number} index
 * @param {number} count
 * @param {number} columns
 * @returns {number|null}
 */
export function moved(key, index, count, columns) {
  if (count === 0) return null;
  const last = count - 1;
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, index - 1);
    case "ArrowRight":
      return Math.min(last, index + 1);
    case "ArrowUp":
      return index - columns < 0 ? index : index - columns;
    case "ArrowDown":
      return belowOrLastRow(index, last, columns);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

/** The last row may be short: from above its gap, down leads to its last tile. */
function belowOrLastRow(index, last, columns) {
  if (index + columns <= last) return index + columns;
  const onLastRow = Math.floor(index / columns) === Math.floor(last / columns);
  return onLastRow ? index : last;
}

/**
 * How many columns a grid shows, read from its computed `grid-template-columns`.
 * @param {string} template such as "213px 213px 213px"
 * @returns {number} at least 1
 */
export function columnCount(template) {
  return Math.max(1, template.trim().split(/\s+/).filter((part) => part.endsWith("px")).length);
}
