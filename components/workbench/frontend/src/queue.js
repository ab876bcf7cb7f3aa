// The pictures to step through: what came from the queue route, in order, with what was done to each.

/**
 * @typedef {object} Entry
 * @property {any} item as the queue route gives it
 * @property {string} clientId for the next act on it, made when it is shown
 * @property {import("./session.js").Drawing|null} work drawn and not yet submitted
 * @property {import("./drafts.js").Unfinished|null} [unfinished] a shape begun on it and not closed
 * @property {{act: string, clientId: string}|null} done what was decided here, until the server has it
 * @property {string|null} decided what was decided here, whether or not the server has it
 * @property {{sentence: string, theirs: any, act: string|null}|null} returned why it came back
 * @property {any} [overtaken] a kept drawing that was made over an earlier answer, until the person has chosen
 * @property {boolean} [visiting] not from the queue itself
 */

/** Fetch more when so few are left ahead: as many as may be decoded ahead, and some. */
const LOW = 13;
/** Behind the current one this many are kept for going back. */
const KEPT_BEHIND = 200;

/** The first picture should not wait for many others. */
const FIRST_PAGE = 10;
const LATER_PAGES = 15;

/**
 * Takes pages of the queue from a place on: what comes is leased to this person for a while.
 * @param {any} api @param {{query: [string, string][], start: number|null}} place
 */
export function pageFetcher(api, { query, start }) {
  /** @param {string|null} cursor @param {boolean} [again] from the start of the queue, wherever the place is */
  return (cursor, again = false) => {
    const asked = new URLSearchParams(query);
    if (cursor) asked.set("cursor", cursor);
    else if (start && !again) asked.set("start", String(start));
    asked.set("limit", String(cursor || again ? LATER_PAGES : FIRST_PAGE));
    return api.post(`/queue?${asked}`, {});
  };
}

/** @param {any} item @returns {Entry} */
export const entryOf = (item) => ({ item, clientId: "", work: null, done: null, decided: null, returned: null });

/**
 * @param {object} options
 * @param {(cursor: string|null, again: boolean) => Promise<{items: any[], next_cursor: string|null, count: number, capped: boolean}>} options.fetchPage
 * @param {boolean} [options.asksAgain] whether to look once more for what others have released, before the end is said
 * @param {(item: any) => boolean} [options.isAnswered] an answer to it is still on its way
 * @param {(items: any[]) => void} [options.onItems] told of what has come, before it is seen
 * @param {() => void} [options.onChange]
 * @param {(error: Error) => void} [options.onError]
 */
export function createQueue({ fetchPage, asksAgain = false, isAnswered = () => false, onItems = () => {}, onChange = () => {}, onError = () => {} }) {
  /** @type {Entry[]} */
  let entries = [];
  /** Every media that has been in it, those long left behind too. @type {Set<number>} */
  const known = new Set();
  let index = 0;
  let dropped = 0;
  let cursor = null;
  /** The last page of this round has come. */
  let exhausted = false;
  /** Nothing more is to be had: the last round brought nothing new. */
  let complete = false;
  let round = 0;
  let found = 0;
  let fetching = null;
  let matching = 0;
  let capped = false;
  let gone = 0;
  let held = 0;
  let stopped = false;

  async function fetchPages() {
    // A page may hold nothing but what this person has skipped or answered: then it is the next one that counts.
    do {
      if (exhausted) {
        cursor = null;
        exhausted = false;
        round += 1;
        found = 0;
      }
      const page = await fetchPage(cursor, round > 0);
      if (stopped) return;
      const fresh = page.items.filter((item) => !known.has(item.id) && !isAnswered(item));
      fresh.forEach((item) => known.add(item.id));
      onItems(fresh);
      entries.push(...fresh.map(entryOf));
      found += fresh.length;
      cursor = page.next_cursor;
      exhausted = !cursor;
      matching = page.count + gone;
      capped = page.capped ?? false;
      held = page.held ?? 0;
      complete = exhausted && (!asksAgain || (round > 0 && !found));
    } while (!found && !complete);
  }

  async function fetchMore() {
    if (complete || fetching || stopped) return fetching;
    fetching = (async () => {
      try {
        await fetchPages();
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
    if (!exhausted && entries.length - index <= LOW) fetchMore();
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
      return Math.max(matching, exhausted ? dropped + queued : dropped + entries.length);
    },
    get capped() {
      return capped;
    },
    /** How many others have before them, when nothing is left for this person. */
    get held() {
      return held;
    },
    /** After the end: asks once more, for what others have released or what is new. */
    lookAgain() {
      complete = false;
      return fetchMore();
    },
    get all() {
      return entries;
    },
    /** One of those just decided left the queue on the server too. */
    left() {
      gone += 1;
    },
    /** The one at hand, then those ahead that nothing was decided on. */
    ahead: () => entries.slice(index).filter((entry, i) => i === 0 || !entry.decided),
    /** Others have these now: they leave what is ahead, unless this person has drawn on them. @param {Set<number>} ids */
    lose(ids) {
      const before = entries.length;
      entries = entries.filter((entry, i) => i <= index || !ids.has(entry.item.id) || entry.work || entry.decided || entry.returned || entry.visiting);
      matching -= before - entries.length;
      // They may be had again once they are released.
      for (const id of ids) if (!this.find(id)) known.delete(id);
      onChange();
      topUp();
    },
    /** The entries to have ready, nearest first: the next ones, then the one before. */
    nearby(ahead) {
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
      known.add(entry.item.id);
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
        known.add(entry.item.id);
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
      complete = !asksAgain;
      exhausted = true;
    },
    stop() {
      stopped = true;
    },
  };
}

/**
 * How much waits in the other queues; nothing when it cannot be asked.
 * @param {any} api @param {string} here the queue that is left out
 * @returns {Promise<{key: string, name: string, count: number, capped: boolean}[]>}
 */
export async function countOthers(api, here) {
  const all = await api.get("/queues").catch(() => []);
  return all.filter(({ key }) => key !== here);
}
