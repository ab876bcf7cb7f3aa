// The words of the language at hand.

import { ENGLISH } from "./english.js";
import { FRENCH } from "./french.js";

/** Read it when a word is needed, never while a module loads: the language may be another one by then. */
export let TEXT = ENGLISH;

/** Say everything in this language from here on. @param {string|undefined} language "en" or "fr" */
export function speak(language) {
  TEXT = language === "fr" ? FRENCH : ENGLISH;
}
