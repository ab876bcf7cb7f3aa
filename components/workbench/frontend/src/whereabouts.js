// The address is the place: it follows the person once the keys are quiet, and Python is told with it.

const REST = 1_500;

/** The address of the page at a place. @param {{query: [string, string][], start: number|null}} place */
export function addressOf({ query, start }) {
  return `${location.pathname}?${new URLSearchParams(start ? [...query, ["start", String(start)]] : query)}`;
}

/**
 * @param {() => number|null} getStart the media on screen
 * @param {(start: number|null) => void} onRest called when it has been the same for a while
 */
export function createWhereabouts(getStart, onRest) {
  let timer = null;
  return {
    /** A key was pressed, or a picture shown. */
    stir() {
      clearTimeout(timer);
      timer = setTimeout(() => onRest(getStart()), REST);
    },
    stop: () => clearTimeout(timer),
  };
}
