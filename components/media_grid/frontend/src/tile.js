// One tile of the grid: picture, state, shapes, name.

import { lengthMark, lengthText } from "../../../player.js";
import { fitOf, inWindow } from "./geometry.js";
import { drawShapes } from "./overlay.js";
import { pictureElement } from "./picture.js";
import { TEXT } from "./strings.js";
import { dayAndClock } from "./times.js";

/** Every tile has this format, so the grid stands before a single picture has come. */
const FRAME_FORMAT = { width: 16, height: 9 };
const CROP_FORMAT = { width: 1, height: 1 };

/**
 * A shape magnified: what to ask the server for, and which part of the picture that shows.
 * @typedef {{box: string, window: import("./geometry.js").Box}} Crop
 */

/**
 * @typedef {{id: number, file_name: string, state: string, width: number, height: number,
 *            state_name: string, source: string|null, captured_at: string|null, captured_at_assumed?: boolean,
 *            type?: string, duration?: number|null, playable?: boolean|null, frame_rate?: number|null,
 *            bucket_key?: string|null, sized?: boolean, gone?: string|null, crop?: Crop|null, shapes: import("./overlay.js").Shape[]}} Media
 */

/**
 * @param {Media} media
 * @param {string} address where this media opens, for a new tab
 * @param {{eager: boolean, crops: boolean}} look `eager`: loaded at once instead of when it comes near the screen;
 *   `crops`: tiles are squares, for shapes magnified
 * @returns {HTMLAnchorElement}
 */
export function tileElement(media, address, { eager, crops }) {
  const tile = document.createElement("a");
  tile.className = "tile";
  tile.href = address;
  tile.tabIndex = -1;
  tile.draggable = false;
  tile.dataset.id = String(media.id);
  tile.setAttribute("role", "option");
  tile.setAttribute("aria-selected", "false");
  tile.setAttribute("aria-label", describe(media));
  tile.title = [media.file_name, media.source, timeOf(media)].filter(Boolean).join("\n");

  const frame = document.createElement("div");
  frame.className = `frame ${media.crop ? "cover" : fitOf(media, formatOf(crops))}`;
  const picture = media.crop ? pictureElement(media, "crop", { eager, box: media.crop.box }) : pictureElement(media, "thumb", { eager });
  frame.append(picture, badgeElement(media), cornerElement(), ...[lengthMark(media)].filter((mark) => mark !== null));
  tile.append(frame, captionElement(media));
  return tile;
}

/** @param {HTMLElement} tile @param {boolean} selected */
export function markSelected(tile, selected) {
  tile.classList.toggle("selected", selected);
  tile.setAttribute("aria-selected", String(selected));
}

/**
 * Draws the shapes again for the size the tile has now.
 * @param {HTMLElement} tile
 * @param {Media} media
 * @param {import("./geometry.js").Size} screen
 * @param {boolean} crops
 */
export function markShapes(tile, media, screen, crops) {
  const frame = tile.querySelector(".frame");
  frame?.querySelector(".shapes")?.remove();
  // Where a sentence stands in place of the picture, shapes would only strike it out.
  if (!frame || media.gone || media.shapes.length === 0) return;
  if (media.crop) frame.append(drawShapes(inWindow(media.shapes, media.crop.window), CROP_FORMAT, screen, "cover"));
  else frame.append(drawShapes(media.shapes, media, screen, fitOf(media, formatOf(crops))));
}

function formatOf(crops) {
  return crops ? CROP_FORMAT : FRAME_FORMAT;
}

function badgeElement(media) {
  const badge = document.createElement("span");
  badge.className = `state state-${media.state}`;
  badge.textContent = media.state_name;
  return badge;
}

function cornerElement() {
  const corner = document.createElement("span");
  corner.className = "corner";
  corner.title = `${TEXT.select} (X)`;
  corner.innerHTML = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 8.5l3 3 6-7"/></svg>';
  return corner;
}

function captionElement(media) {
  const caption = document.createElement("div");
  caption.className = "caption";
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = media.file_name;
  const time = document.createElement("time");
  time.textContent = dayAndClock(media.captured_at) || TEXT.noTime;
  caption.append(name, time);
  return caption;
}

function timeOf(media) {
  const time = dayAndClock(media.captured_at);
  return time && media.captured_at_assumed ? `${time} (${TEXT.timeAssumed})` : time;
}

function describe(media) {
  const length = media.type === "video" ? `${TEXT.video} ${lengthText(media.duration)}` : "";
  return [media.file_name, length, media.state_name, TEXT.shapes(media.shapes.length), media.source, timeOf(media)].filter(Boolean).join(", ");
}
