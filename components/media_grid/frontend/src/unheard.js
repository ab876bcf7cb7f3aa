// The newest selection that Python has not confirmed yet. A grid that is taken away takes what it was about to tell along,
// and Streamlit drops what a grid tells that is on its way out: the next grid tells it again.

/**
 * @typedef {{scope: string, selected: number[], selection_version: number}} Told what Python knows
 * @returns {{keep: (ids: Iterable<number>, told: Told) => void, of: (told: Told) => number[]|null}}
 */
export function createUnheard() {
  /** @type {{ids: number[], scope: string, version: number}|null} */
  let kept = null;
  return {
    /** Remembers a selection that was made over what Python knew. */
    keep(ids, told) {
      kept = { ids: [...ids], scope: told.scope, version: told.selection_version };
    },
    /** What is still to be told; null when Python knows it, or has since made a selection of its own. */
    of(told) {
      if (kept && (kept.scope !== told.scope || kept.version !== told.selection_version || isSame(kept.ids, told.selected))) kept = null;
      return kept && [...kept.ids];
    },
  };
}

/** Ids in whatever order. */
function isSame(some, others) {
  const set = new Set(some);
  return set.size === others.length && others.every((id) => set.has(id));
}
