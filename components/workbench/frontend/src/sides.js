// Two answers about one picture that do not agree: who says what, and where they differ. No pixels in here.

/** Two boxes with less in common are not the same thing (intersection over union), as the server has it. */
const SAME_FROM = 0.5;
const MOST_SPOTS = 3;

/**
 * @typedef {object} Side
 * @property {any} annotation null where this side is a decision alone
 * @property {string|null} decision
 * @property {string} author
 * @property {import("./geometry.js").Shape[]} shapes
 * @property {string[]} labels
 * @property {string|null} comment
 */

/**
 * The answer that came first, and what stands against it; null where nobody disagrees.
 * @param {any} item @returns {{first: Side, second: Side}|null}
 */
export function sidesOf(item) {
  if (item.state !== "disputed" || !item.annotation || !item.dispute) return null;
  const { other, review } = item.dispute;
  if (!other && !review) return null;
  const second = other
    ? ofAnnotation(other)
    : { annotation: null, decision: review.decision, author: review.author, shapes: [], labels: [], comment: review.comment };
  return { first: ofAnnotation(item.annotation), second };
}

const ofAnnotation = (annotation) => ({
  annotation,
  decision: null,
  author: annotation.author,
  shapes: annotation.shapes,
  labels: annotation.label_classes,
  comment: annotation.comment ?? null,
});

/** @param {import("./geometry.js").Box} a @param {import("./geometry.js").Box} b */
export function overlap(a, b) {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = ([xMin, yMin, xMax, yMax]) => (xMax - xMin) * (yMax - yMin);
  return (width * height) / (area(a) + area(b) - width * height);
}

/** The shapes of each side that the other one does not have. */
export function unmatched(first, second) {
  const left = [...second];
  const alone = first.filter((shape) => {
    const at = left.findIndex((other) => other.label_class === shape.label_class && overlap(shape.box, other.box) >= SAME_FROM);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...alone, ...left];
}

/**
 * Where to look, the smallest first: boxes around shapes of either side that differ and touch each other; where all
 * shapes agree, the shapes themselves.
 * @param {{first: Side, second: Side}} sides @returns {import("./geometry.js").Box[]}
 */
export function spots({ first, second }) {
  const differing = unmatched(first.shapes, second.shapes);
  /** @type {import("./geometry.js").Box[]} */
  const boxes = [];
  for (const { box } of differing.length ? differing : [...first.shapes, ...second.shapes]) {
    let grown = /** @type {import("./geometry.js").Box} */ ([...box]);
    // One that touches several makes one of them all.
    for (let at = boxes.findIndex((other) => touch(grown, other)); at >= 0; at = boxes.findIndex((other) => touch(grown, other))) {
      grown = around(grown, boxes.splice(at, 1)[0]);
    }
    boxes.push(grown);
  }
  const size = ([xMin, yMin, xMax, yMax]) => (xMax - xMin) * (yMax - yMin);
  return boxes.sort((a, b) => size(a) - size(b)).slice(0, MOST_SPOTS);
}

const touch = (a, b) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
const around = (a, b) => /** @type {import("./geometry.js").Box} */ ([Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]);
