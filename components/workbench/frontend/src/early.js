// Keys that judge a picture, pressed while it was still being decoded: a moment too early they wait for it, long
// before they lapse, because they were not meant for a picture that nobody had seen.

/** Acts that judge the picture on screen. */
export const JUDGING = new Set(["accept", "reject", "unsure", "nothing", "submit", "settleFirst", "settleSecond"]);
const WAITS = 400;

/** @param {{run: (act: string, press: string, pressedAt: number) => void, onLapse: () => void, now?: () => number}} options */
export function createEarlyKeys({ run, onLapse, now = () => performance.now() }) {
  /** @type {{act: string, press: string, pressedAt: number, at: number}[]} */
  let keys = [];
  return {
    add: (act, press, pressedAt) => keys.push({ act, press, pressedAt, at: now() }),
    /** Runs them in their order while there is a picture for each. @param {() => boolean} isWaiting for a picture */
    take(isWaiting) {
      while (keys.length && !isWaiting()) {
        const { act, press, pressedAt, at } = keys.shift();
        if (now() - at > WAITS) {
          keys = [];
          onLapse();
          return;
        }
        run(act, press, pressedAt);
      }
    },
    clear: () => (keys = []),
  };
}
