// A picture in a place that is reserved before it arrives, and what stands there when it never does.

import { TEXT } from "./strings.js";

/** A bucket that was away for a moment gets a second chance; a missing object does not come back. */
const RETRY_AFTER_MS = 1500;

/**
 * @param {number} id
 * @param {"thumb"|"screen"|"original"|"crop"} size
 * @param {string} [box] of a crop
 * @returns {string} the address of a media's picture; stable, so that browsers cache it
 */
export function pictureAddress(id, size, box) {
  return `${location.origin}/api/media/${id}/picture?size=${size}${box ? `&box=${box}` : ""}`;
}

/**
 * An image of the media that turns into a placeholder with its name and bucket key when it cannot be had.
 * @param {{id: number, file_name: string, bucket_key?: string|null, gone?: string|null}} media `gone`: why there is none
 * @param {"thumb"|"screen"|"crop"} size
 * @param {{eager?: boolean, box?: string}} [options]
 * @returns {HTMLImageElement}
 */
export function pictureElement(media, size, { eager = false, box } = {}) {
  const image = document.createElement("img");
  image.alt = media.file_name;
  image.decoding = "async";
  image.draggable = false;
  if (!eager) image.loading = "lazy";
  let tries = 0;
  image.addEventListener("error", () => {
    tries += 1;
    if (tries === 1 && !media.gone) setTimeout(() => (image.src = pictureAddress(media.id, size, box)), RETRY_AFTER_MS);
    else image.replaceWith(placeholder(media));
  });
  image.src = pictureAddress(media.id, size, box);
  return image;
}

function placeholder(media) {
  const box = document.createElement("div");
  box.className = "missing";
  const what = document.createElement("strong");
  what.textContent = media.gone ?? TEXT.missing;
  const name = document.createElement("span");
  name.textContent = media.file_name;
  const key = document.createElement("code");
  key.textContent = media.bucket_key ?? "";
  box.append(what, name, key);
  return box;
}
