// Keys that judge a picture, pressed while it was still being decoded. One pressed a moment too early waits for its
// picture; one pressed long before lapses, because it was not meant for a picture that nobody had seen. Keys that
// follow each other faster than anybody reacts are a burst, meant for the pictures to come: none of them lapses.

/** Acts that judge the picture on screen. */
export const JUDGING = new Set(["accept", "reject", "unsure", "nothing", "submit", "settleFirst", "settleSecond"]);
const WAITS = 400;
/** Nobody sees that nothing happened, and presses again, within this time. */
const BURST = 200;
const BURST_WAITS = 15_000;

/** @param {{run: (act: string, press: string, pressedAt: number) => void, onLapse: () => void, now?: () => number}} options */
export function createEarlyKeys({ run, onLapse, now = () => performance.now() }) {
  /** @type {{act: string, press: string, pressedAt: number, until: number}[]} */
  let keys = [];
  let lastAt = -Infinity;
  return {
    /** A key that was taken at once: the next one may be in a burst with it. */
    taken: () => (lastAt = now()),
    add(act, press, pressedAt) {
      const waits = now() - lastAt < BURST ? BURST_WAITS : WAITS;
      lastAt = now();
      keys.push({ act, press, pressedAt, until: lastAt + waits });
    },
    /** Runs them in their order while there is a picture for each. @param {() => boolean} isWaiting for a picture */
    take(isWaiting) {
      while (keys.length && !isWaiting()) {
        const { act, press, pressedAt, until } = keys.shift();
        if (now() > until) {
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
