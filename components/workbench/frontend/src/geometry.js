// Pure geometry. Shapes travel as fractions of the upright picture and are drawn in its pixels; nothing here knows
// of a screen, a pointer or a network.

/** @typedef {[number, number, number, number]} Box x_min, y_min, x_max, y_max as fractions */
/** @typedef {[number, number]} Point */
/** @typedef {{x: number, y: number, w: number, h: number}} Rect top-left corner and size, pixels of the picture */
/** @typedef {{width: number, height: number}} Size */
/**
 * @typedef {object} Shape one shape as the API has it
 * @property {string|null} label_class
 * @property {Box} box
 * @property {Point[]|null} points
 * @property {"human"|"model"|"import"} origin
 * @property {number|null} confidence
 * @property {number|null} [prediction] the id of the one it was taken from
 * @property {string|null} [model] whose that is
 */

/** Seven decimals are a five-hundredth of a pixel on the largest picture: enough, and the same text every time. */
const DECIMALS = 1e7;

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

const fraction = (value) => clamp(Math.round(value * DECIMALS) / DECIMALS, 0, 1);

/** @param {Box} box @param {Size} size @returns {Rect} */
export function boxToRect([xMin, yMin, xMax, yMax], { width, height }) {
  return { x: xMin * width, y: yMin * height, w: (xMax - xMin) * width, h: (yMax - yMin) * height };
}

/** @param {Rect} rect @param {Size} size @returns {Box} */
export function rectToBox({ x, y, w, h }, { width, height }) {
  return [fraction(x / width), fraction(y / height), fraction((x + w) / width), fraction((y + h) / height)];
}

/** @param {Point[]} points fractions @param {Size} size @returns {Point[]} pixels */
export function pointsToPixels(points, { width, height }) {
  return points.map(([x, y]) => [x * width, y * height]);
}

/** @param {Point[]} points pixels @param {Size} size @returns {Point[]} fractions */
export function pixelsToPoints(points, { width, height }) {
  return points.map(([x, y]) => [fraction(x / width), fraction(y / height)]);
}

/** The rectangle around points. @param {Point[]} points @returns {Rect} */
export function rectAround(points) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}

/** The rectangle between two corners, in whatever order. @param {Point} a @param {Point} b @returns {Rect} */
export function rectBetween([ax, ay], [bx, by]) {
  return { x: Math.min(ax, bx), y: Math.min(ay, by), w: Math.abs(ax - bx), h: Math.abs(ay - by) };
}

/** A point pulled onto the picture. @param {Point} point @param {Size} size @returns {Point} */
export function clampPoint([x, y], { width, height }) {
  return [clamp(x, 0, width), clamp(y, 0, height)];
}

/** How far to push a rectangle so that it lies on the picture, its size kept. */
function pushInside(rect, { width, height }) {
  return [clamp(rect.x, 0, Math.max(0, width - rect.w)) - rect.x, clamp(rect.y, 0, Math.max(0, height - rect.h)) - rect.y];
}

/**
 * A rectangle brought back onto the picture: pushed when it was only moved, cut when it was resized.
 * @param {Rect} rect @param {Size} size @param {boolean} moved @returns {Rect}
 */
export function clampRect(rect, size, moved) {
  if (moved) {
    const [dx, dy] = pushInside(rect, size);
    return { ...rect, x: rect.x + dx, y: rect.y + dy };
  }
  return rectBetween(clampPoint([rect.x, rect.y], size), clampPoint([rect.x + rect.w, rect.y + rect.h], size));
}

/**
 * The same for the corners of a polygon.
 * @param {Point[]} points pixels @param {Size} size @param {boolean} moved @returns {Point[]}
 */
export function clampPoints(points, size, moved) {
  if (!moved) return points.map((point) => clampPoint(point, size));
  const [dx, dy] = pushInside(rectAround(points), size);
  return points.map(([x, y]) => clampPoint([x + dx, y + dy], size));
}

/** Area of a polygon, in square units of its points (shoelace formula). @param {Point[]} points */
export function polygonArea(points) {
  let twice = 0;
  points.forEach(([x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length];
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}

/** Part of the picture a shape covers, 0 to 1. @param {Shape} shape */
export function shareOfPicture({ box, points }) {
  return points ? polygonArea(points) : (box[2] - box[0]) * (box[3] - box[1]);
}

/** On screen nothing is drawn smaller than this, in screen pixels: a speck would not be seen. */
export const LEAST_ON_SCREEN = 8;

/** A rectangle grown around its middle until it is nowhere smaller than that. @param {Rect} rect @returns {Rect} */
export function atLeast({ x, y, w, h }, least = LEAST_ON_SCREEN) {
  const [width, height] = [Math.max(w, least), Math.max(h, least)];
  return { x: x - (width - w) / 2, y: y - (height - h) / 2, w: width, h: height };
}

/** Whether a rectangle had to be grown for that. @param {Rect} rect */
export const isTiny = ({ w, h }, least = LEAST_ON_SCREEN) => w < least || h < least;

/** Intersection over union of two boxes, 0 to 1. @param {Box} a @param {Box} b */
export function overlapOf(a, b) {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const areaOf = ([xMin, yMin, xMax, yMax]) => (xMax - xMin) * (yMax - yMin);
  return (width * height) / (areaOf(a) + areaOf(b) - width * height);
}

/** The shape that covers least, or undefined. @template {Shape} T @param {T[]} shapes @returns {T|undefined} */
export function smallest(shapes) {
  return shapes.reduce((least, shape) => (!least || shareOfPicture(shape) < shareOfPicture(least) ? shape : least), undefined);
}

/** Less than a hundredth of a pixel on the largest picture. */
const SAME_WITHIN = 6e-7;

/** Whether two boxes or polygons are the same but for rounding. */
export function sameNumbers(a, b) {
  if (!a || !b) return !a && !b;
  const [left, right] = [a.flat(), b.flat()];
  return left.length === right.length && left.every((number, i) => Math.abs(number - right[i]) <= SAME_WITHIN);
}

/** Whether two shapes lie in the same place. @param {Shape} a @param {Shape} b */
export const samePlace = (a, b) => sameNumbers(a.points, b.points) && (Boolean(a.points) || sameNumbers(a.box, b.box));

/** Whether two lists hold the same shapes with the same label classes. @param {Shape[]} a @param {Shape[]} b */
export function sameShapes(a, b) {
  return a.length === b.length && a.every((shape, i) => shape.label_class === b[i].label_class && samePlace(shape, b[i]));
}
