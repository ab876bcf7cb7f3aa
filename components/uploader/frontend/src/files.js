// From what was dropped or chosen to a list of files with the folder they lay in.

/** Left behind by systems and archivers beside every picture; nobody means to upload them. */
const JUNK = /(^|\/)(\.[^/]+|__MACOSX\/.*|Thumbs\.db|ehthumbs\.db|desktop\.ini|Icon\r)$/i;

/** @typedef {{file: File, path: string}} Found `path` with folders, as the person sees it */

/**
 * @param {string} path
 * @returns {boolean}
 */
export function isJunk(path) {
  return JUNK.test(path);
}

/**
 * @param {{name: string, type?: string}} file
 * @returns {"archive"|"video"|"picture"} by name; what it really is, the server finds out from its content
 */
export function kindOf(file) {
  if (/\.zip$/i.test(file.name) || file.type === "application/zip") return "archive";
  return /\.(mp4|m4v|mov|webm)$/i.test(file.name) || file.type?.startsWith("video/") ? "video" : "picture";
}

const NATURAL = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/**
 * Frame 2 before frame 10, folder by folder.
 * @template {{path: string}} T
 * @param {T[]} found
 * @returns {T[]}
 */
export function inNaturalOrder(found) {
  return [...found].sort((one, other) => NATURAL.compare(one.path, other.path));
}

/**
 * Files of an input, folders included.
 * @param {FileList} list
 * @returns {Found[]}
 */
export function filesOfInput(list) {
  return [...list].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/**
 * Files of a drop, folders opened all the way down. The items must be read before the event ends, so the
 * entries are collected at once and opened afterwards.
 * @param {DataTransfer} transfer
 * @returns {Promise<Found[]>}
 */
export async function filesOfDrop(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null).filter((entry) => entry !== null);
  if (entries.length === 0) return filesOfInput(transfer.files);
  const nested = [];
  for (const entry of entries) nested.push(...(await filesOfEntry(entry, "")));
  return nested;
}

async function filesOfEntry(entry, folder) {
  const path = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    return file ? [{ file, path }] : [];
  }
  const reader = entry.createReader();
  const found = [];
  // A reader hands out at most 100 entries at a time and says that it is done with an empty list.
  for (;;) {
    const part = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (part.length === 0) return found;
    for (const child of part) found.push(...(await filesOfEntry(child, `${path}/`)));
  }
}
