// How fast a person goes and how fast pictures come, and what follows: how many to have decoded ahead, how many to
// load at a time. Figures of this visit, whatever queue; only the person sees them.

/** Never fewer than these many ahead, and never more: a fast hand on a slow network gets the most. */
const LEAST_AHEAD = 3;
const MOST_AHEAD = 12;
/** While nothing is measured yet. */
const FIRST_AHEAD = 5;
/** A browser has six connections to one server, and answers need theirs. */
const LEAST_LANES = 2;
const MOST_LANES = 4;
/** What is decoded ahead lasts for this long, and for two slow pictures on top. */
const IN_HAND = 1_000;
/** Longer than this nobody looked: the person was away. */
const LONGEST_LOOK = 60_000;
const RECENT = 40;
const FROM = 3;

/** The value that this part of a list does not exceed; null for an empty list. @param {number[]} list @param {number} part */
export function quantile(list, part) {
  if (!list.length) return null;
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

/**
 * How to load: pure, for the test.
 * @param {number|null} look milliseconds on one picture, null when not known
 * @param {number|null} load milliseconds until a slow picture is fetched and decoded, null when not known
 * @returns {{ahead: number, lanes: number}}
 */
export function planFor(look, load) {
  if (look === null || load === null) return { ahead: FIRST_AHEAD, lanes: 3 };
  const step = Math.max(look, 30);
  const between = (value, least, most) => Math.min(most, Math.max(least, value));
  return {
    ahead: between(Math.ceil((IN_HAND + 2 * load) / step), LEAST_AHEAD, MOST_AHEAD),
    // As many at a time as come due while one is loading.
    lanes: between(Math.ceil(load / step) + 1, LEAST_LANES, MOST_LANES),
  };
}

export function createPace() {
  /** Time on each of the last pictures, skipped ones included: what the next pictures have to keep up with. @type {number[]} */
  const steps = [];
  /** Time on each of the last pictures that were decided. @type {number[]} */
  const looks = [];
  /** @type {number[]} */
  const loads = [];
  let decisions = 0;
  let spent = 0;

  const note = (list, value) => {
    list.push(value);
    if (list.length > RECENT) list.shift();
  };

  return {
    /** The person leaves a picture. @param {number} ms it was on screen @param {boolean} decided */
    left(ms, decided) {
      const look = Math.min(ms, LONGEST_LOOK);
      spent += look;
      note(steps, look);
      if (!decided) return;
      decisions += 1;
      note(looks, look);
    },
    /** One of the decisions was taken back. */
    takenBack() {
      decisions = Math.max(0, decisions - 1);
    },
    /** A picture has been fetched and decoded. @param {number} ms */
    loaded: (ms) => note(loads, ms),
    /** Milliseconds from picture to decision; null while there are few. */
    get median() {
      return looks.length < FROM ? null : quantile(looks, 0.5);
    },
    /** Decisions in an hour at this pace, time away not counted; null while there are few. */
    get perHour() {
      return decisions < FROM || !spent ? null : Math.round((decisions * 3_600_000) / spent);
    },
    /** What to load, as things go. */
    get plan() {
      return planFor(steps.length < FROM ? null : quantile(steps, 0.5), loads.length < FROM ? null : quantile(loads, 0.8));
    },
  };
}
