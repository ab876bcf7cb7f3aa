// The words of the language at hand, and how numbers are written in it.

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

/** "1,204". @param {number} value */
export const number = (value) => value.toLocaleString(LOCALE);

/** "36 KB", "1.5 MB": in thousands, as disks are sold and as all pages say it. @param {number} bytes */
export function bytesText(bytes) {
  const [small, thousand, million] = TEXT.bytes;
  if (bytes < 1000) return `${bytes} ${small}`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} ${thousand}`;
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false };
  return `${(bytes / 1e6).toLocaleString(LOCALE, digits)} ${million}`;
}

/** @param {number} rows @param {number|null} total @param {number} bytes @param {number} seconds */
export function progressText(rows, total, bytes, seconds) {
  const counted = total === null ? TEXT.rowsSoFar(number(rows)) : TEXT.rowsOf(number(rows), number(total));
  return `${counted} · ${bytesText(bytes)} · ${Math.round(seconds)} s`;
}

/** @param {number} rows @param {number} bytes @param {string} name */
export const doneText = (rows, bytes, name) => TEXT.saved(name, number(rows), rows, bytesText(bytes));
