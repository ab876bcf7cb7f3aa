// The label classes of this installation, and which key means which.

import { TEXT } from "./strings.js";

/**
 * @typedef {object} LabelClass as GET /label-classes gives it
 * @property {number} id
 * @property {string} key
 * @property {string} name
 * @property {string} colour #rrggbb
 * @property {string|null} hotkey "1".."9", or two strokes as "F A"
 * @property {"shape"|"media"|"both"} applies_to
 * @property {string|null} exclusive_group
 * @property {boolean} pinned
 * @property {boolean} retired
 */

const NO_CLASS_COLOUR = "#d8d4cc";
const RECENT_SHOWN = 3;

/** @param {LabelClass[]} classes in their order */
export function createLabels(classes) {
  const byKey = new Map(classes.map((one) => [one.key, one]));
  const offered = classes.filter((one) => !one.retired);
  /** @type {Map<string, LabelClass>} */
  const byDigit = new Map();
  /** @type {Map<string, LabelClass>} */
  const byLetter = new Map();
  for (const one of offered) {
    if (/^[1-9]$/.test(one.hotkey ?? "")) byDigit.set(one.hotkey, one);
    const stroke = /^F ?([A-Z])$/i.exec(one.hotkey ?? "");
    if (stroke) byLetter.set(stroke[1].toLowerCase(), one);
  }
  // Pinned ones without a key of their own take the free digits, in order.
  for (const one of offered.filter((each) => each.pinned && !each.hotkey)) {
    const free = "123456789".split("").find((digit) => !byDigit.has(digit));
    if (free) byDigit.set(free, one);
  }
  const digitOf = new Map([...byDigit].map(([digit, one]) => [one.key, digit]));
  const letterOf = new Map([...byLetter].map(([letter, one]) => [one.key, letter.toUpperCase()]));
  const first = [...byDigit.entries()].sort(([a], [b]) => Number(a) - Number(b)).map(([, one]) => one);
  const others = offered.filter((one) => !digitOf.has(one.key));
  /** @type {LabelClass[]} */
  let recent = others.slice(0, RECENT_SHOWN);

  return {
    offered,
    first,
    staged: [...byLetter.entries()].map(([letter, one]) => ({ letter: letter.toUpperCase(), one })),
    get recent() {
      return recent;
    },
    /** Remembers that one was used, so that it stands among the chips. Those already there keep their place. */
    used(key) {
      const one = byKey.get(key);
      if (!one || digitOf.has(key) || recent.some((each) => each.key === key)) return;
      recent = [one, ...recent].slice(0, RECENT_SHOWN);
    },
    /** @param {string} key @returns {LabelClass|undefined} */
    get: (key) => byKey.get(key),
    byDigit: (digit) => byDigit.get(digit),
    byLetter: (letter) => byLetter.get(letter.toLowerCase()),
    /** "1", "F A" or "": what to print on its button. */
    keysOf: (key) => digitOf.get(key) ?? (letterOf.has(key) ? `F ${letterOf.get(key)}` : ""),
    /** @param {string|null} key */
    colourOf: (key) => byKey.get(key)?.colour ?? NO_CLASS_COLOUR,
    /** @param {string|null} key */
    nameOf: (key) => (key ? (byKey.get(key)?.name ?? key) : TEXT.panel.noClass),
    /** Those whose name or key holds the words typed, the ones that begin with them first. @param {string} typed */
    search(typed) {
      const words = typed.trim().toLowerCase();
      const rank = (one) => {
        const at = Math.min(...[one.name, one.key].map((text) => (text.toLowerCase().indexOf(words) + 1 || 999)));
        return at;
      };
      return offered.filter((one) => rank(one) < 999).sort((a, b) => rank(a) - rank(b));
    },
    /**
     * The label classes of the whole picture after one of them is switched. Those of another exclusive group make
     * way: smoke and false positive cannot both be true of one picture.
     * @param {string[]} chosen @param {string} key
     */
    toggle(chosen, key) {
      if (chosen.includes(key)) return chosen.filter((other) => other !== key);
      const group = byKey.get(key)?.exclusive_group ?? null;
      const stays = (other) => {
        const its = byKey.get(other)?.exclusive_group ?? null;
        return !group || !its || its === group;
      };
      return [...chosen.filter(stays), key];
    },
  };
}
