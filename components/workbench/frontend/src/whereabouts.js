// The address is the place: it follows the person once the keys are quiet, and Python is told with it.

const REST = 1_500;

/** The address of the page at a place. @param {{query: [string, string][], start: number|null}} place */
export function addressOf({ query, start }) {
  return `${location.pathname}?${new URLSearchParams(start ? [...query, ["start", String(start)]] : query)}`;
}

/** Whether the query of an address names the place, in whatever order. @param {string} search */
export function isAt(search, place) {
  const [is, wanted] = [search, addressOf(place).split("?")[1]].map((query) => new URLSearchParams(query));
  is.sort();
  wanted.sort();
  return `${is}` === `${wanted}`;
}

/**
 * The place that an address of the review page names; null for another page, or where only Python knows.
 * @param {{pathname: string, search: string}} address @param {string} pathname of the review page
 */
export function placeAt(address, pathname) {
  const query = [...new URLSearchParams(address.search)];
  const queue = query.find(([name]) => name === "queue")?.[1];
  if (address.pathname !== pathname || !queue || query.some(([name]) => name === "plain")) return null;
  const start = query.find(([name]) => name === "start")?.[1] ?? "";
  return {
    queue,
    query: query.filter(([name]) => name !== "start"),
    start: /^\d{1,18}$/.test(start) ? Number(start) : null,
  };
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
