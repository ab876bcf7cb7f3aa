// Which pictures this person has before them, so that nobody else is given the same ones. A lease that ends harms
// nothing: answers are checked by themselves, leases only save two people from doing the same work.

/** What is wanted is said anew when the person has rested for so long, and twice within the time a lease lasts. */
const REST = 2_000;
const LASTS = 120;
/** After this long without any input the person is away: what they had before them is anybody's. */
const AWAY_AFTER = 5 * 60_000;
const AT_A_TIME = 50;

/**
 * @param {object} options
 * @param {(path: string, body: object) => Promise<any>} options.post
 * @param {() => number[]} options.getWanted the media on screen and ahead, nearest first
 * @param {(lost: any[]) => void} options.onLost others have these
 * @param {() => boolean} [options.isVisible]
 */
export function createLeases({ post, getWanted, onLost, isVisible = () => !document.hidden, now = Date.now, setTimer = setTimeout, clearTimer = clearTimeout }) {
  /** @type {Set<number>} */
  const held = new Set();
  let lasts = LASTS;
  let stirredAt = now();
  /** Long ago: how long a lease lasts is learnt with the first rest. */
  let renewedAt = Number.NEGATIVE_INFINITY;
  let rest = null;
  let tick = null;
  let stopped = false;

  const isActive = () => isVisible() && now() - stirredAt < AWAY_AFTER;
  const isDue = () => now() - renewedAt >= (lasts * 1_000) / 2;

  /** What is no longer before the person is given back; what is, is asked for when it is new or its time is due. */
  function settle() {
    if (stopped || !isActive()) return;
    const wanted = getWanted().slice(0, AT_A_TIME);
    const kept = new Set(wanted);
    give([...held].filter((id) => !kept.has(id)));
    if (isDue()) renew(wanted);
    else renew(wanted.filter((id) => !held.has(id)), false);
  }

  async function renew(ids, all = true) {
    if (all) renewedAt = now();
    if (!ids.length) return;
    try {
      const answer = await post("/leases", { media_ids: ids });
      if (stopped) return;
      if (answer.seconds !== lasts) keepTime(answer.seconds);
      answer.held.forEach((id) => held.add(id));
      if (!answer.lost.length) return;
      answer.lost.forEach((id) => held.delete(id));
      onLost(answer.lost);
    } catch {
      // Without network a lease ends, and that harms nothing.
    }
  }

  function give(ids) {
    ids.forEach((id) => held.delete(id));
    for (let at = 0; at < ids.length; at += AT_A_TIME) post("/leases/release", { media_ids: ids.slice(at, at + AT_A_TIME) }).catch(() => {});
  }

  /** @param {number} seconds that a lease lasts */
  function keepTime(seconds) {
    lasts = seconds;
    clearTimer(tick);
    tick = setTimer(() => {
      keepTime(lasts);
      settle();
    }, (lasts * 1_000) / 3);
  }
  keepTime(LASTS);

  return {
    /** These came with a page of the queue. @param {number[]} ids */
    took: (ids) => ids.forEach((id) => held.add(id)),
    /** A decision on it is stored, which ends the lease. @param {number} mediaId */
    ended: (mediaId) => held.delete(mediaId),
    /** The person has stepped. */
    moved() {
      clearTimer(rest);
      rest = setTimer(settle, REST);
    },
    /** Any input at all, or the tab is looked at again. */
    stirred() {
      const wasAway = now() - stirredAt >= AWAY_AFTER;
      stirredAt = now();
      // What was lost meanwhile leaves before it is come to.
      if (wasAway || (isDue() && isVisible())) settle();
    },
    /** Gives everything back: the queue is left, or the page. */
    release() {
      clearTimer(rest);
      give([...held]);
    },
    stop() {
      stopped = true;
      clearTimer(rest);
      clearTimer(tick);
    },
    get count() {
      return held.size;
    },
  };
}
