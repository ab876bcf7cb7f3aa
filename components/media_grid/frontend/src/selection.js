// Which media are selected. Pure: every function returns a new Set and leaves its arguments alone.

/**
 * Adds the media when it is absent, removes it when it is there.
 * @param {Set<number>} selected
 * @param {number} id
 * @returns {Set<number>}
 */
export function toggled(selected, id) {
  const result = new Set(selected);
  if (!result.delete(id)) result.add(id);
  return result;
}

/**
 * Adds every media between two places of the page, both included, whichever comes first.
 * An anchor that is no longer on the page counts as the target itself.
 * @param {Set<number>} selected
 * @param {number[]} order ids as shown
 * @param {number|null} anchor
 * @param {number} target
 * @returns {Set<number>}
 */
export function withRange(selected, order, anchor, target) {
  const to = order.indexOf(target);
  if (to < 0) return new Set(selected);
  const found = anchor === null ? -1 : order.indexOf(anchor);
  const from = found < 0 ? to : found;
  const result = new Set(selected);
  for (const id of order.slice(Math.min(from, to), Math.max(from, to) + 1)) result.add(id);
  return result;
}

/**
 * Selects the whole page, or lets it go when all of it was selected. Other pages keep theirs.
 * @param {Set<number>} selected
 * @param {number[]} order
 * @returns {Set<number>}
 */
export function withPageToggled(selected, order) {
  const result = new Set(selected);
  if (order.every((id) => selected.has(id))) order.forEach((id) => result.delete(id));
  else order.forEach((id) => result.add(id));
  return result;
}
