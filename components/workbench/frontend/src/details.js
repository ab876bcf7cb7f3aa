// What stands around a picture, the frames beside it and its history, is asked for when the person rests on it: never
// in the way of the next picture.

const REST = 300;
const KEPT = 60;

/**
 * @param {object} options
 * @param {any} options.api
 * @param {(mediaId: number) => void} options.onKnown something about this media has arrived
 */
export function createDetails({ api, onKnown }) {
  /** @type {Map<number, any[]>} */
  const neighbours = new Map();
  /** @type {Map<number, any[]>} */
  const histories = new Map();
  /** Every answer of a media, first to last. @type {Map<number, any[]>} */
  const annotations = new Map();
  /** @type {Map<string, Promise<any>>} */
  const asked = new Map();
  let timer = null;

  function remember(cache, key, value) {
    cache.delete(key);
    cache.set(key, value);
    if (cache.size > KEPT) cache.delete(cache.keys().next().value);
  }

  function ask(cache, path, mediaId) {
    if (!asked.has(path)) {
      const asking = api
        .get(path)
        .then((value) => {
          remember(cache, mediaId, value);
          onKnown(mediaId);
          return value;
        })
        .catch(() => null)
        .finally(() => asked.delete(path));
      asked.set(path, asking);
    }
    return asked.get(path);
  }

  const askNeighbours = (item) => (item.source ? ask(neighbours, `/media/${item.id}/neighbours?limit=9`, item.id) : Promise.resolve(null));

  const askAnnotations = (mediaId) => (annotations.has(mediaId) ? Promise.resolve(annotations.get(mediaId)) : ask(annotations, `/media/${mediaId}/annotations`, mediaId));

  return {
    /** Asks about this picture once it has been on screen for a moment. @param {any} item */
    rest(item) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (!neighbours.has(item.id)) askNeighbours(item);
        if (!histories.has(item.id)) ask(histories, `/media/${item.id}/history`, item.id);
        // The only answer has come with the picture; of several the earlier ones are asked for.
        if (item.annotation?.number > 1) askAnnotations(item.id);
      }, REST);
    },
    /** The frames around a picture that are known, if only from its neighbour. @param {any} item */
    framesOf(item) {
      const own = neighbours.get(item.id);
      if (own) return own;
      for (const frames of neighbours.values()) if (frames.some((frame) => frame.id === item.id)) return frames;
      return null;
    },
    /** The frames around a picture, asked for when they are not known. @param {any} item */
    neighboursOf: (item) => (neighbours.has(item.id) ? Promise.resolve(neighbours.get(item.id)) : askNeighbours(item)),
    /** @param {number} mediaId */
    historyOf: (mediaId) => histories.get(mediaId) ?? null,
    /** @param {number} mediaId */
    annotationsOf: (mediaId) => annotations.get(mediaId) ?? null,
    /** The answers of a media, asked for when they are not known. @param {number} mediaId */
    askAnnotations,
    /** Somebody has said something about it: the history is asked for anew. @param {number} mediaId */
    heard(mediaId) {
      histories.delete(mediaId);
      ask(histories, `/media/${mediaId}/history`, mediaId);
    },
    /** Something was decided: what is known of this media is old. @param {any} item @param {boolean} onScreen */
    forget(item, onScreen) {
      histories.delete(item.id);
      annotations.delete(item.id);
      for (const frames of neighbours.values()) {
        const frame = frames.find((one) => one.id === item.id);
        if (frame) Object.assign(frame, { state: item.state, shapes: item.annotation?.shapes ?? [] });
      }
      if (onScreen) this.rest(item);
    },
    /** What is known of these may not be shown any more. @param {number[]} ids */
    drop(ids) {
      for (const id of ids) {
        histories.delete(id);
        annotations.delete(id);
        for (const [key, frames] of neighbours) if (frames.some((frame) => frame.id === id)) neighbours.delete(key);
      }
    },
    stop: () => clearTimeout(timer),
  };
}
