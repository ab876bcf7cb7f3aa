// Whether a picture knows when it was taken. Only asked when the batch would give it a time.

const DATE_TIME_ORIGINAL = 0x9003;
const EXIF_FOLDER = 0x8769;
/** EXIF lies in the first 64 KB of a JPEG; cameras put a preview before it at most once. */
const HEAD_BYTES = 256 * 1024;

/**
 * @param {Blob} file
 * @returns {Promise<boolean>} true when its EXIF holds a capture time
 */
export async function knowsItsTime(file) {
  return hasCaptureTime(new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer()));
}

/**
 * @param {DataView} view the beginning of a JPEG, PNG or WebP file
 * @returns {boolean}
 */
export function hasCaptureTime(view) {
  try {
    const start = tiffStart(view);
    return start !== null && tiffHasTime(view, start);
  } catch (error) {
    if (error instanceof RangeError) return false; // cut or damaged: as if it had none
    throw error;
  }
}

/** Where the TIFF header of the EXIF part begins (JPEG APP1, PNG eXIf, WebP EXIF), or null. */
function tiffStart(view) {
  if (view.byteLength < 16) return null;
  if (view.getUint16(0) === 0xffd8) return inJpeg(view);
  if (view.getUint32(0) === 0x89504e47) return inChunks(view, 8, "eXIf", (at) => [view.getUint32(at), at + 4, at + 8], 12);
  if (text(view, 0, 4) === "RIFF" && text(view, 8, 4) === "WEBP") {
    return inChunks(view, 12, "EXIF", (at) => [even(view.getUint32(at + 4, true)), at, at + 8], 8);
  }
  return null;
}

function inJpeg(view) {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xda) return null;
    if (marker === 0xe1 && text(view, at + 4, 4) === "Exif") return at + 10;
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function inChunks(view, first, wanted, read, overhead) {
  for (let at = first; at + 8 <= view.byteLength; ) {
    const [length, name, content] = read(at);
    if (text(view, name, 4) === wanted) return text(view, content, 4) === "Exif" ? content + 6 : content;
    at += length + overhead;
  }
  return null;
}

function tiffHasTime(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const folder = findTag(view, start, start + view.getUint32(start + 4, little), EXIF_FOLDER, little);
  if (folder === null) return false;
  const entry = findTag(view, start, start + view.getUint32(folder + 8, little), DATE_TIME_ORIGINAL, little);
  if (entry === null) return false;
  const at = start + view.getUint32(entry + 8, little);
  // Cameras without a clock write zeros or blanks.
  return /^(?!0000)\d{4}:\d\d:\d\d \d\d:\d\d/.test(text(view, at, 16));
}

function findTag(view, start, folder, tag, little) {
  const count = view.getUint16(folder, little);
  for (let index = 0; index < count; index += 1) {
    const entry = folder + 2 + index * 12;
    if (view.getUint16(entry, little) === tag) return entry;
  }
  return null;
}

function text(view, at, length) {
  let found = "";
  for (let index = 0; index < length; index += 1) found += String.fromCharCode(view.getUint8(at + index));
  return found;
}

const even = (length) => length + (length % 2);
