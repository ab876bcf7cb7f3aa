// What models propose, apart from what is drawn: which of it nobody has taken yet, what a shape taken from it looks
// like, and what of a shape travels. Pure: no screen, no network.

import { atLeast, boxToRect, samePlace } from "./geometry.js";

/**
 * @typedef {object} Prediction as queue items and details have it
 * @property {number} id
 * @property {string} model
 * @property {{label_class: string, box: import("./geometry.js").Box, points: import("./geometry.js").Point[]|null, confidence: number}[]} shapes
 */
/**
 * @typedef {object} Proposed one shape of a prediction
 * @property {string} key what tells it from others on this screen
 * @property {number} prediction
 * @property {string} model
 * @property {string} label_class
 * @property {import("./geometry.js").Box} box
 * @property {import("./geometry.js").Point[]|null} points
 * @property {number} confidence
 */

/** From which confidence on they are shown to who has not chosen. */
export const USUAL_THRESHOLD = 0.1;

/** Where a shape comes from, when it was taken from a prediction. */
export const comesFrom = ({ prediction, model }) => (prediction ? { prediction, model: model ?? null } : {});

/** What travels of a shape: no identity on this screen, and of where it comes from only which prediction. */
export function asSent({ id: _, prediction, model: __, ...shape }) {
  return prediction ? { ...shape, prediction } : shape;
}

/** @param {Proposed} one @param {boolean} keepsClass false where its label class is offered no more */
export const asTaken = ({ prediction, model, label_class, box, points, confidence }, keepsClass = true) => ({
  label_class: keepsClass ? label_class : null,
  box,
  points,
  origin: keepsClass ? "model" : "human",
  confidence: keepsClass ? confidence : null,
  prediction,
  model,
});

const middle = ([xMin, yMin, xMax, yMax]) => [(xMin + xMax) / 2, (yMin + yMax) / 2];

function apart(a, b) {
  const [[ax, ay], [bx, by]] = [middle(a.box), middle(b.box)];
  return Math.hypot(ax - bx, ay - by);
}

/**
 * Which shapes of a prediction have been taken: each drawn one that names it stands for the same one, or, corrected,
 * for the nearest of the others.
 * @param {Prediction} prediction @param {any[]} drawn @returns {Set<number>} places
 */
function takenOf({ id, shapes }, drawn) {
  const taken = new Set();
  const own = drawn.filter((shape) => shape.prediction === id);
  const corrected = own.filter((shape) => {
    const same = shapes.findIndex((one, i) => !taken.has(i) && one.label_class === shape.label_class && samePlace(one, shape));
    if (same >= 0) taken.add(same);
    return same < 0;
  });
  for (const shape of corrected) {
    const free = shapes.map((_, i) => i).filter((i) => !taken.has(i));
    if (free.length) taken.add(free.reduce((best, i) => (apart(shapes[i], shape) < apart(shapes[best], shape) ? i : best)));
  }
  return taken;
}

/**
 * What is proposed and not taken, the most certain first, and how much of it is too uncertain to be shown.
 * @param {Prediction[]} predictions @param {any[]} drawn @param {number} threshold
 * @returns {{left: Proposed[], below: number}}
 */
export function leftOf(predictions, drawn, threshold) {
  const all = predictions.flatMap((prediction) => {
    const taken = takenOf(prediction, drawn);
    return prediction.shapes
      .map((shape, i) => ({ key: `${prediction.id}:${i}`, prediction: prediction.id, model: prediction.model, ...shape }))
      .filter((_, i) => !taken.has(i));
  });
  const left = all.filter(({ confidence }) => confidence >= threshold).sort((a, b) => b.confidence - a.confidence);
  return { left, below: all.length - left.length };
}

/**
 * The smallest that lies under a point, as it is drawn on screen: nothing is smaller there than one can see.
 * @param {Proposed[]} left @param {[number, number]} point pixels of the picture
 * @param {import("./geometry.js").Size} size @param {number} scale @returns {Proposed|null}
 */
export function proposedAt(left, [x, y], size, scale) {
  let found = null;
  let least = Number.POSITIVE_INFINITY;
  for (const one of left) {
    const rect = boxToRect(one.box, size);
    const seen = atLeast({ x: rect.x * scale, y: rect.y * scale, w: rect.w * scale, h: rect.h * scale });
    const inside = x * scale >= seen.x && x * scale <= seen.x + seen.w && y * scale >= seen.y && y * scale <= seen.y + seen.h;
    if (!inside || seen.w * seen.h >= least) continue;
    found = one;
    least = seen.w * seen.h;
  }
  return found;
}
