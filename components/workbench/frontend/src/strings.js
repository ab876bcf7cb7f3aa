// The words of the language at hand, and how numbers and times are written in it.

import { ENGLISH } from "./english.js";
import { FRENCH } from "./french.js";

const LANGUAGES = { en: { text: ENGLISH, locale: "en-GB" }, fr: { text: FRENCH, locale: "fr-FR" } };

/** Read it when a word is needed, never while a module loads: the language may be another one by then. */
export let TEXT = ENGLISH;
export let LOCALE = LANGUAGES.en.locale;

/**
 * Say everything in this language from here on.
 * @param {string|undefined} language "en" or "fr"
 * @param {(act: string) => string} [keyOf] what to print for the key of an act: sentences name keys as `{act}`
 */
export function speak(language, keyOf) {
  ({ text: TEXT, locale: LOCALE } = LANGUAGES[language] ?? LANGUAGES.en);
  if (keyOf) TEXT = withKeys(TEXT, keyOf);
}

const A_KEY = /(?<!\$)\{(\w+)\}/g;

/** Words with their keys in them; what names no key stays as it is. */
function withKeys(words, keyOf) {
  const filled = (text) => text.replace(A_KEY, (whole, act) => keyOf(act) || whole);
  if (typeof words === "string") return filled(words);
  if (typeof words === "function") return A_KEY.test(words) ? (...values) => filled(words(...values)) : words;
  if (Array.isArray(words)) return words.map((each) => withKeys(each, keyOf));
  return Object.fromEntries(Object.entries(words).map(([name, each]) => [name, withKeys(each, keyOf)]));
}

/** "1,204". @param {number} value */
export const number = (value) => value.toLocaleString(LOCALE);

/** "4 min", "2 h", "3 d": a distance in time, short. @param {number} seconds */
export function shortSpan(seconds) {
  const s = Math.abs(seconds);
  if (s < 60) return `${Math.round(s)} s`;
  if (s < 3600) return `${Math.round(s / 60)} min`;
  if (s < 86400) return `${Math.round(s / 3600)} h`;
  return TEXT.days(Math.round(s / 86400));
}

// Made once per language: a formatter costs more than what it formats.
const formatters = new Map();

function format(name, parts, at) {
  const key = `${LOCALE} ${name}`;
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(LOCALE, parts));
  return formatters.get(key).format(at);
}

const day = (at) => format("day", { day: "numeric", month: "short", year: "numeric" }, at);
const dayThisYear = (at) => format("dayThisYear", { day: "numeric", month: "short" }, at);
const hourAndMinute = (at) => format("hourAndMinute", { hour: "2-digit", minute: "2-digit" }, at);

/** "12 Aug 2026 17:42:08" in the browser's zone. @param {string} iso */
export const dayAndTime = (iso) => `${day(new Date(iso))} ${clock(iso)}`;

/** "17:42:08" in the browser's zone. @param {string} iso */
export const clock = (iso) => format("clock", { hour: "2-digit", minute: "2-digit", second: "2-digit" }, new Date(iso));

/** "17:55" when today, "12 Aug 17:55" in this year, else with the year. @param {string} iso */
export function shortMoment(iso, now = new Date()) {
  const at = new Date(iso);
  const time = hourAndMinute(at);
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.getFullYear() === now.getFullYear() ? dayThisYear(at) : day(at)} ${time}`;
}

/** "0.05", and "0,05" in French. @param {string} digits */
export const decimal = (digits) => digits.replace(".", TEXT.decimal);

/** "today", "yesterday", "last Tuesday", else "12 Aug" or with the year. @param {string} iso */
export function recentDay(iso, now = new Date()) {
  const at = new Date(iso);
  const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
  // Rounded: where clocks are put forward a day has 23 hours.
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return TEXT.spots.days.today;
  if (days === 1) return TEXT.spots.days.yesterday;
  if (days > 1 && days < 7) return TEXT.spots.days.last(format("weekday", { weekday: "long" }, at));
  return at.getFullYear() === now.getFullYear() ? dayThisYear(at) : day(at);
}

/** "1.9 s", "12 s", "2 min": how long one picture takes. @param {number} ms */
export function pace(ms) {
  if (ms < 9950) return `${decimal((ms / 1000).toFixed(1))} s`;
  return shortSpan(ms / 1000);
}

/** "28 ms", "1.2 s": how long one waits. @param {number} ms */
export const milliseconds = (ms) => (ms < 1_000 ? `${Math.round(ms)} ms` : pace(ms));

/** "0.05 %", "0.6 %", "12 %": a share of the frame. @param {number} share 0 to 1 */
export function percent(share) {
  const value = share * 100;
  if (value >= 10) return `${Math.round(value)} %`;
  if (value >= 0.095) return `${decimal(value.toFixed(1))} %`;
  if (value >= 0.0095) return `${decimal(value.toFixed(2))} %`;
  return `${decimal(value.toPrecision(1))} %`;
}
