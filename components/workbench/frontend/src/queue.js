// The pictures to step through: what came from the queue route, in order, with what was done to each.

/**
 * @typedef {object} Entry
 * @property {any} item as GET /queue gives it
 * @property {string} clientId for the next act on it, made when it is shown
 * @property {{shapes: import("./geometry.js").Shape[], labels: string[]}|null} work drawn and not yet submitted
 * @property {{act: string, clientId: string}|null} done what was decided here, until the server has it
 * @property {string|null} decided what was decided here, whether or not the server has it
 * @property {{sentence: string, theirs: any, act: string|null}|null} returned why it came back
 * @property {boolean} [visiting] not from the queue itself
 */

/** Fetch more when so few are left ahead: twice what is decoded ahead. */
const LOW = 10;
/** Behind the current one this many are kept for going back. */
const KEPT_BEHIND = 200;

/** The first picture should not wait for many others. */
const FIRST_PAGE = 10;
const LATER_PAGES = 20;

/** Pages of the queue route from a place on. @param {any} api @param {{query: [string, string][], start: number|null}} place */
export function pageFetcher(api, { query, start }) {
  return (cursor) => {
    const asked = new URLSearchParams(query);
    if (cursor) asked.set("cursor", cursor);
    else if (start) asked.set("start", String(start));
    asked.set("limit", String(cursor ? LATER_PAGES : FIRST_PAGE));
    return api.get("/queue", asked);
  };
}

/** @param {any} item @returns {Entry} */
export const entryOf = (item) => ({ item, clientId: "", work: null, done: null, decided: null, returned: null });

/**
 * @param {object} options
 * @param {(cursor: string|null) => Promise<{items: any[], next_cursor: string|null, count: number, capped: boolean}>} options.fetchPage
 * @param {() => void} [options.onChange]
 * @param {(error: Error) => void} [options.onError]
 */
export function createQueue({ fetchPage, onChange = () => {}, onError = () => {} }) {
  /** @type {Entry[]} */
  let entries = [];
  let index = 0;
  let dropped = 0;
  let cursor = null;
  let complete = false;
  let fetching = null;
  let matching = 0;
  let capped = false;
  let gone = 0;
  let stopped = false;

  async function fetchMore() {
    if (complete || fetching || stopped) return fetching;
    fetching = (async () => {
      try {
        const page = await fetchPage(cursor);
        if (stopped) return;
        const known = new Set(entries.map((entry) => entry.item.id));
        entries.push(...page.items.filter((item) => !known.has(item.id)).map(entryOf));
        cursor = page.next_cursor;
        complete = !cursor;
        matching = page.count + gone;
        capped = page.capped ?? false;
      } catch (error) {
        if (!stopped) onError(error);
      } finally {
        fetching = null;
      }
      onChange();
    })();
    return fetching;
  }

  function topUp() {
    if (entries.length - index <= LOW) fetchMore();
  }

  function prune() {
    const surplus = index - KEPT_BEHIND;
    if (surplus <= 0) return;
    entries = entries.slice(surplus);
    index -= surplus;
    dropped += surplus;
  }

  return {
    fetchMore,
    /** @returns {Entry|undefined} undefined past the end */
    get current() {
      return entries[index];
    },
    get isLoading() {
      return fetching !== null;
    },
    get isComplete() {
      return complete;
    },
    /** Counted from 1, what was left behind included. */
    get position() {
      return dropped + index + 1;
    },
    /** How many there are to step through: what matches, and never less than what is known. */
    get total() {
      const queued = entries.filter((entry) => !entry.visiting).length;
      return Math.max(matching, complete ? dropped + queued : dropped + entries.length);
    },
    get capped() {
      return capped;
    },
    get all() {
      return entries;
    },
    /** One of those just decided left the queue on the server too. */
    left() {
      gone += 1;
    },
    /** The entries to have ready, nearest first: the next ones, then the one before. */
    nearby(ahead = 5) {
      return [...entries.slice(index, index + ahead + 1), ...entries.slice(Math.max(0, index - 1), index)];
    },
    /** Steps on; past the last one when there is no other. */
    next() {
      if (index < entries.length) index += 1;
      prune();
      topUp();
      return entries[index];
    },
    previous() {
      if (index === 0) return null;
      index -= 1;
      return entries[index];
    },
    /** @param {number} mediaId */
    find: (mediaId) => entries.find((entry) => entry.item.id === mediaId),
    /** Goes to an entry of this queue. @param {Entry} entry */
    goTo(entry) {
      const at = entries.indexOf(entry);
      if (at >= 0) index = at;
      topUp();
      return entries[index];
    },
    /** Puts an entry where the person is, and goes there. @param {Entry} entry */
    visit(entry) {
      if (!entries.includes(entry)) entries.splice(Math.min(index, entries.length), 0, Object.assign(entry, { visiting: true }));
      return this.goTo(entry);
    },
    /**
     * Makes an entry the next one. The picture on screen stays: a key already on its way must not hit another one.
     * @param {Entry} entry @returns {boolean} whether it is the one on screen
     */
    bringBack(entry) {
      const at = entries.indexOf(entry);
      if (at === index && at >= 0) return true;
      if (at >= 0) {
        entries.splice(at, 1);
        if (at < index) index -= 1;
      } else {
        entry.visiting = true;
      }
      entries.splice(Math.min(index + (entries[index] ? 1 : 0), entries.length), 0, entry);
      return false;
    },
    /** Starts over with some of the entries. @param {(entry: Entry) => boolean} keep */
    again(keep) {
      entries = entries.filter(keep);
      index = 0;
      dropped = 0;
      matching = entries.length;
      gone = 0;
    },
    stop() {
      stopped = true;
    },
  };
}

/**
 * How much waits in each of these queues; nothing in one that cannot be asked.
 * @param {any} api @param {{key: string, name: string}[]} queues
 */
export function countQueues(api, queues) {
  return Promise.all(
    queues.map(async (queue) => {
      const asked = new URLSearchParams({ queue: queue.key, limit: "1" });
      const { count, capped } = await api.get("/queue", asked).catch(() => ({ count: 0, capped: false }));
      return { ...queue, count, capped };
    }),
  );
}
