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

/** "5.0 MB", "36 KB": in thousands, as disks are sold and as all pages say it. @param {number} bytes */
export function bytesText(bytes) {
  const [small, ...units] = TEXT.bytes;
  if (bytes < 1000) return `${bytes} ${small}`;
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = value < 10 ? 1 : 0;
  const figure = value.toLocaleString(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${figure} ${units[unit]}`;
}

/** "25 MiB", "2 GiB": a limit as the API has it, or what is beyond one, never rounded down to it. @param {number} bytes */
export function limitText(bytes) {
  if (bytes < 2 ** 20) return `${number(bytes)} ${TEXT.bytes[0]}`;
  const [mebi, gibi] = TEXT.limits;
  const [value, unit] = bytes < 2 ** 30 ? [bytes / 2 ** 20, mebi] : [bytes / 2 ** 30, gibi];
  return `${(Math.ceil(value * 10) / 10).toLocaleString(LOCALE)} ${unit}`;
}
