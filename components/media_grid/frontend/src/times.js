// Times as people read them: stored in UTC, shown in the zone of this browser. Pure but for that zone.

import { LOCALE, TEXT } from "./strings.js";

// Made once per language: a formatter costs more than what it formats.
const formatters = new Map();

function formatter(name, parts) {
  const key = `${LOCALE} ${name}`;
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(LOCALE, parts));
  return formatters.get(key);
}

/**
 * "12 Aug 2026 17:42:08", or an empty text without a time.
 * @param {string|null|undefined} iso
 * @returns {string}
 */
export function dayAndClock(iso) {
  if (!iso) return "";
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return "";
  const day = formatter("day", { day: "numeric", month: "short", year: "numeric" });
  const clock = formatter("clock", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return `${day.format(time)} ${clock.format(time)}`;
}

/**
 * How far another moment lies away: "−4 min", "+38 s", "+3 h", "+2 d"; "same time" for the same one.
 * @param {string|null|undefined} iso
 * @param {string|null|undefined} from
 * @returns {string}
 */
export function distance(iso, from) {
  if (!iso || !from) return "";
  const seconds = Math.round((Date.parse(iso) - Date.parse(from)) / 1000);
  if (!Number.isFinite(seconds)) return "";
  if (seconds === 0) return TEXT.sameTime;
  const sign = seconds < 0 ? "−" : "+";
  const size = Math.abs(seconds);
  if (size < 90) return `${sign}${size} s`;
  if (size < 90 * 60) return `${sign}${Math.round(size / 60)} min`;
  if (size < 36 * 3600) return `${sign}${Math.round(size / 3600)} h`;
  return `${sign}${TEXT.days(Math.round(size / 86400))}`;
}
