// Where a file goes while it arrives: straight to the disk where the browser can, else through its memory.

/** Beyond this the browser's memory is no place for a file. */
export const LARGEST_IN_MEMORY = 300 * 1024 * 1024;

/** `kept`: in the browser's memory until the end.
 * @typedef {{kept: boolean, write: (chunk: Uint8Array) => Promise<void>|void, finish: () => Promise<string>, giveUp: () => Promise<void>|void}} Target */

/**
 * A file on the disk that the person has picked, or null where the browser cannot.
 * Must be called straight from a click. Throws AbortError when the person thinks better of it.
 * @param {string} name
 * @returns {Promise<Target|null>}
 */
export async function pickedFile(name) {
  if (!("showSaveFilePicker" in window)) return null;
  const handle = await /** @type {any} */ (window).showSaveFilePicker({
    suggestedName: name,
    types: [{ description: "CSV", accept: { "text/csv": [".csv"] } }],
  });
  const stream = await handle.createWritable();
  return {
    kept: false,
    write: (chunk) => stream.write(chunk),
    finish: async () => {
      await stream.close(); // only now does the file appear, complete
      return handle.name;
    },
    giveUp: () => stream.abort(),
  };
}

/**
 * Kept in memory and handed to the browser's own download at the end.
 * @param {string} name
 * @returns {Target}
 */
export function inMemory(name) {
  /** @type {Uint8Array[]} */
  let chunks = [];
  return {
    kept: true,
    write: (chunk) => void chunks.push(chunk),
    finish: async () => {
      const address = URL.createObjectURL(new Blob(/** @type {BlobPart[]} */ (chunks), { type: "text/csv" }));
      const link = document.createElement("a");
      link.href = address;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      return name;
    },
    giveUp: () => void (chunks = []),
  };
}
