// What became of the shapes of one answer in another one. Pure, for the test.

import { overlapOf, samePlace } from "./geometry.js";

/** From this overlap on two boxes are about the same thing. */
const SAME_FROM = 0.5;

/** @typedef {import("./geometry.js").Shape} Shape */
/**
 * @typedef {object} Difference
 * @property {Shape[]} added
 * @property {Shape[]} removed
 * @property {{before: Shape, after: Shape}[]} moved in place or size, the label class kept
 * @property {{before: Shape, after: Shape}[]} relabelled moved or not
 * @property {Shape[]} same
 */

/**
 * Pairs the shapes of two answers, the best overlap first, each at most once. Of pairs that overlap alike the one with
 * the same label class counts: two classes may share a place.
 * @param {Shape[]} before @param {Shape[]} after @returns {Difference}
 */
export function differenceOf(before, after) {
  const pairs = before
    .flatMap((old, i) => after.map((fresh, j) => ({ i, j, overlap: overlapOf(old.box, fresh.box), sameClass: old.label_class === fresh.label_class })))
    .filter(({ overlap }) => overlap >= SAME_FROM)
    .sort((a, b) => b.overlap - a.overlap || Number(b.sameClass) - Number(a.sameClass));
  const partner = new Map();
  const taken = new Set();
  for (const { i, j } of pairs) {
    if (partner.has(i) || taken.has(j)) continue;
    partner.set(i, j);
    taken.add(j);
  }
  /** @type {Difference} */
  const difference = { added: after.filter((_, j) => !taken.has(j)), removed: [], moved: [], relabelled: [], same: [] };
  before.forEach((old, i) => {
    if (!partner.has(i)) {
      difference.removed.push(old);
      return;
    }
    const fresh = after[partner.get(i)];
    if (old.label_class !== fresh.label_class) difference.relabelled.push({ before: old, after: fresh });
    else if (samePlace(old, fresh)) difference.same.push(fresh);
    else difference.moved.push({ before: old, after: fresh });
  });
  return difference;
}

/** @typedef {{shape: Shape, kind: string, text: string|null}} Ghost how overlay.js draws a shape of an earlier answer */

/**
 * The marks that show a difference: kinds tell line styles apart, texts say it in words.
 * @param {Difference} difference @param {(key: string|null) => string} nameOf
 * @param {{added: string, removed: string, moved: string}} words @returns {Ghost[]}
 */
export function marksOf({ added, removed, moved, relabelled, same }, nameOf, words) {
  const named = (word, shape) => `${word}: ${nameOf(shape.label_class)}`;
  return [
    ...same.map((shape) => ({ shape, kind: "same", text: "" })),
    ...moved.flatMap(({ before, after }) => [
      { shape: before, kind: "before", text: "" },
      { shape: after, kind: "moved", text: named(words.moved, after) },
    ]),
    ...relabelled.flatMap(({ before, after }) => [
      ...(samePlace(before, after) ? [] : [{ shape: before, kind: "before", text: "" }]),
      { shape: after, kind: "relabelled", text: `${nameOf(before.label_class)} → ${nameOf(after.label_class)}` },
    ]),
    ...removed.map((shape) => ({ shape, kind: "removed", text: named(words.removed, shape) })),
    ...added.map((shape) => ({ shape, kind: "added", text: named(words.added, shape) })),
  ];
}
