// Where the picture lies on the stage: `scale` is screen pixels per picture pixel, `x`, `y` its top-left corner in
// screen pixels. Pure functions; stage.js applies them.

import { clamp } from "./geometry.js";

/** @typedef {{scale: number, x: number, y: number}} View */
/** @typedef {import("./geometry.js").Size} Size */

/** A single pixel of the original becomes this many on screen, at most: enough to place an edge between two. */
export const MAX_SCALE = 32;

/** The whole picture, centred. @param {Size} stage @param {Size} picture @returns {View} */
export function fit(stage, picture) {
  const scale = Math.min(stage.width / picture.width, stage.height / picture.height);
  return clampView({ scale, x: 0, y: 0 }, stage, picture);
}

/** Keeps the picture on the stage: centred while it is smaller, without a gap while it is larger. */
export function clampView({ scale, x, y }, stage, picture) {
  const place = (offset, room, length) =>
    length <= room ? (room - length) / 2 : clamp(offset, room - length, 0);
  return {
    scale,
    x: place(x, stage.width, picture.width * scale),
    y: place(y, stage.height, picture.height * scale),
  };
}

/** Zooms so that what lies under `point` (screen pixels) stays under it. */
export function zoomAt(view, factor, [px, py], stage, picture) {
  const least = fit(stage, picture).scale;
  const scale = clamp(view.scale * factor, least, Math.max(MAX_SCALE, least));
  const ratio = scale / view.scale;
  return clampView({ scale, x: px - (px - view.x) * ratio, y: py - (py - view.y) * ratio }, stage, picture);
}

/** Moves the picture by screen pixels. */
export function pan(view, dx, dy, stage, picture) {
  return clampView({ scale: view.scale, x: view.x + dx, y: view.y + dy }, stage, picture);
}

/**
 * Moves and zooms with two fingers: what lay under them stays under them.
 * @param {View} view @param {[number, number][]} from where the two were @param {[number, number][]} to where they are
 * @param {Size} stage @param {Size} picture
 */
export function pinched(view, from, to, stage, picture) {
  const middle = ([[ax, ay], [bx, by]]) => /** @type {[number, number]} */ ([(ax + bx) / 2, (ay + by) / 2]);
  const apart = ([[ax, ay], [bx, by]]) => Math.max(1, Math.hypot(ax - bx, ay - by));
  const [before, after] = [middle(from), middle(to)];
  const zoomed = zoomAt(view, apart(to) / apart(from), before, stage, picture);
  return pan(zoomed, after[0] - before[0], after[1] - before[1], stage, picture);
}

/**
 * Brings a rectangle of the picture to the middle, filling `part` of the stage.
 * @param {import("./geometry.js").Rect} rect @param {Size} stage @param {Size} picture
 */
export function frame(rect, stage, picture, part = 0.4) {
  const least = fit(stage, picture).scale;
  const wanted = part * Math.min(stage.width / Math.max(rect.w, 1), stage.height / Math.max(rect.h, 1));
  const scale = clamp(wanted, least, Math.max(MAX_SCALE, least));
  const x = stage.width / 2 - (rect.x + rect.w / 2) * scale;
  const y = stage.height / 2 - (rect.y + rect.h / 2) * scale;
  return clampView({ scale, x, y }, stage, picture);
}

export const toScreen = (view, [x, y]) => [x * view.scale + view.x, y * view.scale + view.y];
export const toPicture = (view, [x, y]) => [(x - view.x) / view.scale, (y - view.y) / view.scale];

/**
 * The part of the picture that the magnifier shows: three times the object where that is still `magnified`, always
 * the whole object, on the picture where possible.
 * @param {import("./geometry.js").Rect} rect the object @param {Size} picture @param {Size} room of the magnifier
 * @param {number} fitScale screen pixels per picture pixel when the whole picture is shown
 */
export function cropAround(rect, picture, room, fitScale, { times = 3, magnified = 2.5, least = 24 } = {}) {
  const ratio = room.width / room.height;
  const object = Math.max(rect.h, rect.w / ratio);
  const height = Math.max(1.35 * object, Math.min(times * object, room.height / (magnified * fitScale)), least);
  return cut({ x: rect.x + rect.w / 2, y: rect.y + rect.h / 2 }, height, ratio, picture);
}

/** A part of the picture of this height and ratio around a point, pushed onto the picture. */
export function cut(centre, height, ratio, picture) {
  const h = Math.min(height, picture.height, picture.width / ratio);
  const w = h * ratio;
  return { x: clamp(centre.x - w / 2, 0, picture.width - w), y: clamp(centre.y - h / 2, 0, picture.height - h), w, h };
}
