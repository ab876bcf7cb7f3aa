// One table of keys: it binds them, prints them on the buttons and makes the sheet that `?` shows.

import { TEXT } from "./strings.js";

/**
 * @typedef {object} KeyRow
 * @property {string} act what the key does
 * @property {string[]} presses as pressOf() writes them; empty for what only the pointer does
 * @property {string} shown what stands on buttons and on the sheet
 * @property {keyof typeof TEXT.groups} group
 * @property {boolean} [decides] held down, it does not repeat
 */

/** @type {KeyRow[]} */
export const KEYS = [
  { act: "next", presses: ["ArrowRight", "j"], shown: "→ J", group: "step" },
  { act: "previous", presses: ["ArrowLeft", "k"], shown: "← K", group: "step" },
  { act: "accept", presses: ["a"], shown: "A", group: "decide", decides: true },
  { act: "reject", presses: ["x"], shown: "X", group: "decide", decides: true },
  { act: "unsure", presses: ["u"], shown: "U", group: "decide", decides: true },
  { act: "nothing", presses: ["n"], shown: "N", group: "decide", decides: true },
  { act: "submit", presses: ["s"], shown: "S", group: "decide", decides: true },
  { act: "sendBack", presses: ["t"], shown: "T", group: "decide", decides: true },
  { act: "reopen", presses: ["o"], shown: "O", group: "decide", decides: true },
  { act: "park", presses: ["m"], shown: "M", group: "decide", decides: true },
  { act: "comment", presses: ["c"], shown: "C", group: "decide", decides: true },
  { act: "question", presses: ["y"], shown: "Y", group: "decide", decides: true },
  { act: "say", presses: ["i"], shown: "I", group: "decide", decides: true },
  { act: "settleFirst", presses: ["q"], shown: "Q", group: "decide", decides: true },
  { act: "settleSecond", presses: ["e"], shown: "E", group: "decide", decides: true },
  { act: "undo", presses: ["Ctrl+z"], shown: "Ctrl Z", group: "decide" },
  { act: "redo", presses: ["Ctrl+Shift+z", "Ctrl+y"], shown: "Ctrl Shift Z", group: "decide" },
  { act: "box", presses: ["b"], shown: "B", group: "draw", decides: true },
  { act: "polygon", presses: ["p"], shown: "P", group: "draw", decides: true },
  { act: "select", presses: ["v"], shown: "V", group: "draw", decides: true },
  { act: "copy", presses: ["d"], shown: "D", group: "draw", decides: true },
  { act: "takeAll", presses: ["r"], shown: "R", group: "draw", decides: true },
  { act: "takeOne", presses: [], shown: "click", group: "draw" },
  { act: "delete", presses: ["Delete", "Backspace"], shown: "Delete", group: "draw", decides: true },
  { act: "confirm", presses: ["Enter"], shown: "Enter", group: "draw", decides: true },
  { act: "close", presses: ["Escape"], shown: "Esc", group: "draw", decides: true },
  { act: "label", presses: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], shown: "1-9", group: "label", decides: true },
  { act: "staged", presses: ["f"], shown: "F", group: "label", decides: true },
  { act: "whole", presses: ["w"], shown: "W", group: "label", decides: true },
  { act: "find", presses: ["/"], shown: "/", group: "label", decides: true },
  { act: "zoomShape", presses: ["z"], shown: "Z", group: "look", decides: true },
  { act: "fit", presses: ["0"], shown: "0", group: "look" },
  { act: "zoomIn", presses: ["+", "="], shown: "+", group: "look" },
  { act: "zoomOut", presses: ["-"], shown: "−", group: "look" },
  { act: "wheel", presses: [], shown: "wheel", group: "look" },
  { act: "panning", presses: [], shown: "Space drag", group: "look" },
  { act: "hide", presses: ["h"], shown: "H", group: "look", decides: true },
  { act: "darker", presses: ["["], shown: "[", group: "look" },
  { act: "brighter", presses: ["]"], shown: "]", group: "look" },
  { act: "flatter", presses: ["{"], shown: "{", group: "look" },
  { act: "steeper", presses: ["}"], shown: "}", group: "look" },
  { act: "grid", presses: ["g"], shown: "G", group: "look", decides: true },
  { act: "asTaken", presses: ["\\"], shown: "\\", group: "look", decides: true },
  { act: "loop", presses: ["l"], shown: "L", group: "film", decides: true },
  { act: "loopBack", presses: [","], shown: ",", group: "film" },
  { act: "loopOn", presses: ["."], shown: ".", group: "film" },
  { act: "loopSpeed", presses: [">"], shown: ">", group: "film", decides: true },
  { act: "sheet", presses: ["?"], shown: "?", group: "other", decides: true },
];

/** Streamlit reruns on `r`; whatever keys a person chooses, on this screen it does not (its `c` is ours). */
const SILENCED = new Set(["r"]);

/** Keys that are nobody's to take: they leave, confirm, pan, or are the label classes'. */
const KEPT = new Set(["Tab", "Enter", "Escape", " ", ..."0123456789"]);

/** The acts whose key a person may choose; the others belong to the pointer, to dialogs or to the label classes. */
export const CHOOSABLE = KEYS.filter((row) => row.presses.length > 0 && !["label", "confirm", "close"].includes(row.act));

/** What moves a slider that has the focus. */
const SLIDES = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);

/** What a person has chosen instead of the table's keys, by act. @type {Map<string, string>} */
let own = new Map();

/** @param {KeyRow} row @param {Map<string, string>} chosen */
const pressesOf = (row, chosen = own) => (chosen.has(row.act) ? [chosen.get(row.act)] : row.presses);

let byPress = rowsByPress(own);

/** @param {Map<string, string>} chosen @returns {Map<string, KeyRow>} */
function rowsByPress(chosen) {
  return new Map(KEYS.flatMap((row) => pressesOf(row, chosen).map((press) => [press, row])));
}

/**
 * Why an act cannot have this press beside the other ones chosen: a sentence, or null when it can.
 * @param {Record<string, string>} chosen by act
 * @param {string} act
 * @param {string} press
 */
export function clashOf(chosen, act, press) {
  const shown = nameOf(press);
  if (KEPT.has(press)) return TEXT.ownKeys.kept(shown);
  if (press.startsWith("Ctrl+") || /^F\d+$/.test(press)) return TEXT.ownKeys.browsers(shown);
  const others = new Map(Object.entries(chosen).filter(([other]) => other !== act));
  const taken = KEYS.find((row) => row.act !== act && pressesOf(row, others).includes(press));
  return taken ? TEXT.ownKeys.taken(shown, TEXT.keys[taken.act]) : null;
}

/** Use a person's own keys from here on; one that cannot be had is left out. @param {Record<string, string>} chosen by act */
export function useKeys(chosen) {
  let left = Object.entries(chosen).filter(([act]) => CHOOSABLE.some((row) => row.act === act));
  // One that is left out gets its usual key back, which another one may have taken: once more, until all fit.
  for (let before = Infinity; left.length < before; ) {
    before = left.length;
    const together = Object.fromEntries(left);
    left = left.filter(([act, press]) => clashOf(together, act, press) === null);
  }
  own = new Map(left);
  byPress = rowsByPress(own);
}

/** How a press is printed: "A", "→", "Delete". @param {string} press */
export function nameOf(press) {
  return TEXT.keyNames[press] ?? (press.length === 1 ? press.toUpperCase() : press.replaceAll("+", " "));
}

/** What to print for a row of the table. @param {KeyRow} row */
export const shownOf = (row) => (own.has(row.act) ? nameOf(own.get(row.act)) : (TEXT.keyNames[row.shown] ?? row.shown));

/** What to print on the button of an act. @param {string} act */
export function keyOf(act) {
  const row = KEYS.find((one) => one.act === act);
  return row ? shownOf(row) : "";
}

/** Whether a press is the key of an act. @param {string} act @param {string} press */
export const isKeyOf = (act, press) => byPress.get(press)?.act === act;

/** Names of keys in `aria-keyshortcuts` (WAI-ARIA 1.2) that differ from ours. */
const SPOKEN = { "+": "Plus", "Ctrl+z": "Control+Z", "Ctrl+Shift+z": "Control+Shift+Z", "Ctrl+y": "Control+Y" };

/** The keys of an act as `aria-keyshortcuts` writes them; null where it has none. @param {string} act */
export function shortcutsOf(act) {
  const row = KEYS.find((one) => one.act === act);
  return row && pressesOf(row).length > 0 ? pressesOf(row).map((press) => SPOKEN[press] ?? press).join(" ") : null;
}

/**
 * One text for a key press, whatever the keyboard: "a", "1", "ArrowRight", "Ctrl+Shift+z"; null for one that is not
 * ours to read (Alt, Meta with letters we do not bind, lone modifiers).
 * @param {KeyboardEvent} event
 */
export function pressOf(event) {
  // AltGr counts as Ctrl+Alt on Windows, yet is how many keyboards type [ ] and /.
  const altGr = event.getModifierState?.("AltGraph") ?? false;
  if (event.altKey && !altGr) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if ((event.ctrlKey || event.metaKey) && !altGr) return `Ctrl+${event.shiftKey ? "Shift+" : ""}${key}`;
  // The digit row gives & é " on a French keyboard; the key itself is meant.
  const digit = /^Digit([0-9])$/.exec(event.code ?? "");
  if (digit && !byPress.has(key)) return digit[1];
  return key;
}

/** Whether somebody is typing where the event goes. @param {KeyboardEvent} event */
export function isTyping(event) {
  const target = /** @type {any} */ (event.composedPath?.()[0] ?? event.target);
  if (!target?.tagName) return false;
  if (target.isContentEditable) return true;
  if (target.tagName === "INPUT") return !["button", "checkbox", "radio", "range", "submit"].includes(target.type);
  return target.tagName === "TEXTAREA" || target.tagName === "SELECT";
}

/** Whether a focused button, link or slider keeps this key for itself. */
function belongsToFocused(event, press) {
  const { tagName: tag, type } = /** @type {any} */ (event.composedPath?.()[0] ?? event.target) ?? {};
  if (tag === "INPUT" && type === "range") return SLIDES.has(press);
  if (press !== "Enter" && press !== " ") return false;
  return tag === "BUTTON" || tag === "A" || tag === "SUMMARY";
}

/**
 * Binds the table to a window until the function it returns is called.
 * @param {object} options
 * @param {(act: string, press: string, event: KeyboardEvent) => void} options.onAct
 * @param {(press: string) => boolean} [options.takeStroke] takes the second stroke of two; true when it did
 * @param {(held: boolean) => void} [options.onSpace]
 * @param {() => boolean} [options.isQuiet] true under dialogs
 * @param {(event: KeyboardEvent) => boolean} [options.leaveAlone] true when another part handles this one
 * @param {Window|EventTarget} [options.target]
 */
export function bindKeys({ onAct, takeStroke = () => false, onSpace = () => {}, isQuiet = () => false, leaveAlone = () => false, target = window }) {
  const swallow = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  const onDown = (event) => {
    const press = pressOf(event);
    if (press === null || press === "Tab" || isTyping(event) || isQuiet() || leaveAlone(event)) return;
    if (belongsToFocused(event, press)) return;
    if (press === " ") {
      swallow(event);
      if (!event.repeat) onSpace(true);
      return;
    }
    if (!press.startsWith("Ctrl+") && takeStroke(press)) {
      swallow(event);
      return;
    }
    const row = byPress.get(press);
    if (row) {
      swallow(event);
      if (!(row.decides && event.repeat)) onAct(row.act, press, event);
    } else if (SILENCED.has(press)) {
      swallow(event);
    }
  };
  const onUp = (event) => {
    if (event.key === " ") onSpace(false);
  };
  const onBlur = () => onSpace(false);

  // In the capture phase of the window: before Streamlit's own shortcuts and before the annotator's.
  const first = { capture: true };
  target.addEventListener("keydown", onDown, first);
  target.addEventListener("keyup", onUp, first);
  target.addEventListener("blur", onBlur);
  return () => {
    target.removeEventListener("keydown", onDown, first);
    target.removeEventListener("keyup", onUp, first);
    target.removeEventListener("blur", onBlur);
  };
}
