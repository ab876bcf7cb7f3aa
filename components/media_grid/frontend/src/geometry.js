// From fractions of the upright picture to pixels of a tile. Pure.

/** Smaller than this a shape cannot be seen on a thumbnail (a wildfire is often 0.05 % of the frame). */
export const SMALLEST_ON_SCREEN = 8;

/** A picture is cropped to fill its tile as long as no more than this part of a side is lost. */
const LARGEST_CROP = 0.26;

/**
 * @typedef {{width: number, height: number}} Size pixels
 * @typedef {{left: number, top: number, width: number, height: number}} Rectangle pixels
 * @typedef {[number, number, number, number]} Box x_min, y_min, x_max, y_max as fractions
 */

/**
 * "cover" fills the tile and crops a little, "contain" shows the whole of an unusual format.
 * @param {Size} picture
 * @param {Size} tile
 * @returns {"cover"|"contain"}
 */
export function fitOf(picture, tile) {
  const ratio = picture.width / picture.height / (tile.width / tile.height);
  const lost = 1 - Math.min(ratio, 1 / ratio);
  return lost <= LARGEST_CROP ? "cover" : "contain";
}

/**
 * Where the whole picture lies in tile pixels, parts outside included (as CSS object-fit does it).
 * @param {Size} picture
 * @param {Size} tile
 * @param {"cover"|"contain"} fit
 * @returns {Rectangle}
 */
export function placed(picture, tile, fit) {
  const across = tile.width / picture.width;
  const down = tile.height / picture.height;
  const scale = fit === "cover" ? Math.max(across, down) : Math.min(across, down);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { left: (tile.width - width) / 2, top: (tile.height - height) / 2, width, height };
}

/**
 * A box in tile pixels: never below the smallest size, never outside the tile.
 * @param {Box} box
 * @param {Rectangle} place
 * @param {Size} tile
 * @param {number} smallest
 * @returns {Rectangle}
 */
export function visibleBox(box, place, tile, smallest = SMALLEST_ON_SCREEN) {
  const [left, width] = visibleSpan(place.left + box[0] * place.width, place.left + box[2] * place.width, tile.width, smallest);
  const [top, height] = visibleSpan(place.top + box[1] * place.height, place.top + box[3] * place.height, tile.height, smallest);
  return { left, top, width, height };
}

/**
 * Shapes as they lie in a window of their picture; those outside of it are left away.
 * @template {{box: Box, points?: [number, number][]|null}} S
 * @param {S[]} shapes
 * @param {Box} window corners as fractions of the picture, below 0 or above 1 where it reaches outside
 * @returns {S[]}
 */
export function inWindow(shapes, [left, top, right, bottom]) {
  const across = (/** @type {number} */ x) => (x - left) / (right - left);
  const down = (/** @type {number} */ y) => (y - top) / (bottom - top);
  return shapes
    .map((shape) => ({
      ...shape,
      box: /** @type {Box} */ ([across(shape.box[0]), down(shape.box[1]), across(shape.box[2]), down(shape.box[3])]),
      points: shape.points?.map(([x, y]) => /** @type {[number, number]} */ ([across(x), down(y)])) ?? null,
    }))
    .filter(({ box }) => box[0] < 1 && box[1] < 1 && box[2] > 0 && box[3] > 0);
}

function visibleSpan(from, to, limit, smallest) {
  const start = Math.max(0, Math.min(from, limit));
  const end = Math.max(0, Math.min(to, limit));
  const length = Math.max(smallest, end - start);
  const middle = (start + end) / 2;
  return [Math.max(0, Math.min(middle - length / 2, limit - length)), length];
}

/**
 * A polygon as an SVG `points` value in tile pixels, or null when it would be too small to see.
 * @param {[number, number][]} points fractions
 * @param {Rectangle} place
 * @param {number} smallest
 * @returns {string|null}
 */
export function visiblePolygon(points, place, smallest = SMALLEST_ON_SCREEN) {
  const onScreen = points.map(([x, y]) => [place.left + x * place.width, place.top + y * place.height]);
  const xs = onScreen.map(([x]) => x);
  const ys = onScreen.map(([, y]) => y);
  const extent = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  if (!(extent >= smallest)) return null;
  return onScreen.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}
