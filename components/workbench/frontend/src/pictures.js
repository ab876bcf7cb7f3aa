// Decoded pictures: the one on screen and its neighbours in the queue, as far as they fit into memory, and nothing
// more, however long the session.

/**
 * Up to this many pixels on the long side the original itself is shown, so that zooming needs no second picture.
 * Larger ones start with the screen size (1,600 px) and fetch the original when somebody zooms in.
 */
export const ORIGINAL_UP_TO = 1_920;
/** Long side of the screen size, as the server draws it. */
const SCREEN = 1_600;
/** Decoded pictures may take this much memory together. The one on screen and the next are held whatever their size. */
const BUDGET = 200 * 1024 * 1024;
const LEAST_HELD = 2;
/** After a failure, a picture that is wanted is asked for again. No answer and a busy server pass; a missing one does not. */
const TRY_AGAIN = 1_000;
const PASSING = (status) => status === 0 || status >= 500;
/** A decoded pixel: red, green, blue and alpha. */
const PIXEL = 4;

/** @typedef {{bitmap: ImageBitmap|null, size: "screen"|"original", error: Error|null}} Picture */

/**
 * Which size to show first. An original that browsers would show lying on its side is never shown: the server
 * stands it up for the screen size.
 * @param {{width: number, height: number, original_is_upright?: boolean}} item
 */
export const firstSize = (item) =>
  item.original_is_upright !== false && Math.max(item.width, item.height) <= ORIGINAL_UP_TO ? "original" : "screen";

/** Memory that the first size of a picture takes once it is decoded. @param {any} item */
export function decodedBytes(item) {
  const long = Math.max(item.width, item.height);
  const scale = firstSize(item) === "original" ? 1 : Math.min(1, SCREEN / long);
  return Math.round(item.width * scale) * Math.round(item.height * scale) * PIXEL;
}

/**
 * @param {object} options
 * @param {(mediaId: number, size: string, signal?: AbortSignal) => Promise<Blob>} options.fetchPicture
 * @param {(blob: Blob) => Promise<ImageBitmap>} [options.decode]
 * @param {() => number} [options.lanes] how many to load at a time
 * @param {(ms: number) => void} [options.onLoaded] told how long one took
 * @param {number} [options.budget] bytes
 */
export function createPictures({ fetchPicture, decode = (blob) => createImageBitmap(blob), lanes = () => 3, onLoaded = () => {}, budget = BUDGET, now = () => performance.now() }) {
  /** @type {Map<number, {item: any, picture: Picture|null, promise: Promise<Picture>|null, abort: AbortController, started: boolean, resolve: Function}>} */
  const held = new Map();
  let running = 0;
  /** What was asked for last. @type {any[]} */
  let asked = [];

  const bytesOf = (item) => {
    const bitmap = held.get(item.id)?.picture?.bitmap;
    return bitmap?.width ? bitmap.width * bitmap.height * PIXEL : decodedBytes(item);
  };

  /** The first of these that fit into memory together. */
  function fitting(items) {
    let bytes = 0;
    let count = 0;
    while (count < items.length) {
      bytes += bytesOf(items[count]);
      if (bytes > budget && count >= LEAST_HELD) break;
      count += 1;
    }
    return items.slice(0, count);
  }

  function hold(item) {
    let resolve;
    const promise = new Promise((done) => (resolve = done));
    const slot = { item, picture: null, promise, abort: new AbortController(), started: false, resolve };
    held.set(item.id, slot);
    return slot;
  }

  async function load(slot) {
    slot.started = true;
    running += 1;
    const size = firstSize(slot.item);
    const began = now();
    /** @type {Picture} */
    let picture;
    try {
      const blob = await fetchPicture(slot.item.id, size, slot.abort.signal);
      picture = { bitmap: await decode(blob), size, error: null };
      onLoaded(now() - began);
    } catch (error) {
      picture = { bitmap: null, size, error, failedAt: now() };
    }
    running -= 1;
    if (held.get(slot.item.id) === slot) {
      slot.picture = picture;
    } else {
      picture.bitmap?.close();
      picture.bitmap = null;
    }
    slot.resolve(picture);
    pump();
  }

  /** Whether one that failed for a reason that passes is worth another try. @param {any} picture */
  const mayComeNow = (picture) => Boolean(picture?.error) && PASSING(picture.error.status) && now() - picture.failedAt > TRY_AGAIN;

  function pump() {
    for (const slot of held.values()) {
      if (running >= lanes()) return;
      if (!slot.started) load(slot);
    }
  }

  function release(slot) {
    held.delete(slot.item.id);
    slot.abort.abort();
    slot.picture?.bitmap?.close();
    if (!slot.started) slot.resolve({ bitmap: null, size: firstSize(slot.item), error: new Error("released") });
  }

  return {
    /** Holds these, in this order of urgency, as far as they fit; everything else is let go. @param {any[]} items */
    keep(items) {
      asked = items;
      const wanted = new Map(fitting([...new Map(items.map((item) => [item.id, item])).values()]).map((item) => [item.id, item]));
      for (const slot of [...held.values()]) if (!wanted.has(slot.item.id)) release(slot);
      // Re-inserting puts them in the new order, which is the order they are loaded in.
      for (const [id, item] of wanted) {
        if (mayComeNow(held.get(id)?.picture)) held.delete(id);
        const slot = held.get(id) ?? hold(item);
        held.delete(id);
        held.set(id, slot);
      }
      pump();
    },
    /** The decoded picture if it is there now. @param {number} mediaId @returns {Picture|null} */
    ready: (mediaId) => held.get(mediaId)?.picture ?? null,
    /** The picture once it is decoded. @param {number} mediaId @returns {Promise<Picture>|null} null when not held */
    whenReady: (mediaId) => held.get(mediaId)?.promise ?? null,
    /** Loads one again after a failure. @param {number} mediaId */
    retry(mediaId) {
      const slot = held.get(mediaId);
      if (!slot?.picture?.error) return;
      held.delete(mediaId);
      hold(slot.item);
      pump();
    },
    /** Replaces the screen size by the original, for looking at single pixels. @returns {Promise<boolean>} */
    async fetchOriginal(mediaId) {
      const slot = held.get(mediaId);
      const { bitmap, size } = slot?.picture ?? {};
      if (!bitmap || size === "original" || slot.enlarging || slot.item.original_is_upright === false) return false;
      slot.enlarging = true;
      try {
        const original = await decode(await fetchPicture(mediaId, "original", slot.abort.signal));
        if (held.get(mediaId) !== slot) {
          original.close();
          return false;
        }
        bitmap.close();
        slot.picture = { bitmap: original, size: "original", error: null };
        this.keep(asked);
        return true;
      } catch {
        return false;
      } finally {
        slot.enlarging = false;
      }
    },
    get count() {
      return held.size;
    },
    /** Memory that the decoded ones take. */
    get bytes() {
      return [...held.values()].reduce((sum, slot) => sum + (slot.picture?.bitmap ? bytesOf(slot.item) : 0), 0);
    },
    clear() {
      for (const slot of [...held.values()]) release(slot);
    },
  };
}
