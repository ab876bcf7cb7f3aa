// The words of the language at hand.

import { ENGLISH } from "./english.js";
import { FRENCH } from "./french.js";

const LANGUAGES = { en: { text: ENGLISH, locale: "en-GB" }, fr: { text: FRENCH, locale: "fr-FR" } };

/** Read it when a word is needed, never while a module loads: the language may be another one by then. */
export let TEXT = ENGLISH;
export let LOCALE = LANGUAGES.en.locale;

/** Say everything in this language from here on. @param {string|undefined} language "en" or "fr" */
export function speak(language) {
  ({ text: TEXT, locale: LOCALE } = LANGUAGES[language] ?? LANGUAGES.en);
}

/** A shape's size in pixels of the original. @param {number} width @param {number} height */
export function pixelsText(width, height) {
  return `${Math.round(width)} × ${Math.round(height)} px`;
}
