// How long it takes from a key to the next picture: measured where it happens, for the benchmark and for the person.

import { quantile } from "./pace.js";

const KEPT = 5_000;
const RECENT = 200;

export function createTimings() {
  /** @type {{mediaId: number, keyAt: number, drawnAt: number, shownAt: number}[]} */
  const list = [];
  let keyAt = null;
  /** @type {any} */ (window).__vigieTimings = list;

  return {
    /** @param {number} at time of the key event, as performance.now() counts */
    pressed(at) {
      keyAt = at;
    },
    /** A decoded picture has just been drawn; it is on screen two frames later at the latest. @param {number} mediaId */
    shown(mediaId) {
      if (keyAt === null) return;
      const pressedAt = keyAt;
      const drawnAt = performance.now();
      keyAt = null;
      requestAnimationFrame(() =>
        requestAnimationFrame((now) => {
          list.push({ mediaId, keyAt: pressedAt, drawnAt, shownAt: Math.max(now, performance.now()) });
          if (list.length > KEPT) list.shift();
        }),
      );
    },
    /** Milliseconds from the key to the next picture on screen, as it mostly is; null before the first. */
    get median() {
      return quantile(list.slice(-RECENT).map(({ keyAt: at, shownAt }) => shownAt - at), 0.5);
    },
  };
}
