// Decoded pictures: the one on screen and its neighbours in the queue, and nothing more, however long the session.

/**
 * Up to this many pixels on the long side the original itself is shown, so that zooming needs no second picture.
 * Larger ones start with the screen size (1,600 px) and fetch the original when somebody zooms in.
 */
export const ORIGINAL_UP_TO = 1_920;
const AT_A_TIME = 3;

/** @typedef {{bitmap: ImageBitmap|null, size: "screen"|"original", error: Error|null}} Picture */

/**
 * Which size to show first. An original that browsers would show lying on its side is never shown: the server
 * stands it up for the screen size.
 * @param {{width: number, height: number, original_is_upright?: boolean}} item
 */
export const firstSize = (item) =>
  item.original_is_upright !== false && Math.max(item.width, item.height) <= ORIGINAL_UP_TO ? "original" : "screen";

/**
 * @param {object} options
 * @param {(mediaId: number, size: string, signal?: AbortSignal) => Promise<Blob>} options.fetchPicture
 * @param {(blob: Blob) => Promise<ImageBitmap>} [options.decode]
 */
export function createPictures({ fetchPicture, decode = (blob) => createImageBitmap(blob) }) {
  /** @type {Map<number, {item: any, picture: Picture|null, promise: Promise<Picture>|null, abort: AbortController, started: boolean, resolve: Function}>} */
  const held = new Map();
  let running = 0;

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
    /** @type {Picture} */
    let picture;
    try {
      const blob = await fetchPicture(slot.item.id, size, slot.abort.signal);
      picture = { bitmap: await decode(blob), size, error: null };
    } catch (error) {
      picture = { bitmap: null, size, error };
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

  function pump() {
    for (const slot of held.values()) {
      if (running >= AT_A_TIME) return;
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
    /** Holds exactly these, in this order of urgency; everything else is let go. @param {any[]} items */
    keep(items) {
      const wanted = new Map(items.map((item) => [item.id, item]));
      for (const slot of [...held.values()]) if (!wanted.has(slot.item.id)) release(slot);
      // Re-inserting puts them in the new order, which is the order they are loaded in.
      for (const [id, item] of wanted) {
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
    clear() {
      for (const slot of [...held.values()]) release(slot);
    },
  };
}
