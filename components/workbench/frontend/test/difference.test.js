import assert from "node:assert/strict";
import { test } from "node:test";

import { differenceOf, marksOf } from "../src/difference.js";

const shape = (box, label_class = "wildfire") => ({ label_class, box, points: null, origin: "human", confidence: null });
const counts = (difference) => Object.fromEntries(Object.entries(difference).map(([kind, found]) => [kind, found.length]));

test("two equal answers differ in nothing, in whatever order they were drawn", () => {
  const [a, b] = [shape([0, 0, 0.1, 0.1]), shape([0.5, 0.5, 0.6, 0.6])];
  assert.deepEqual(counts(differenceOf([a, b], [b, a])), { added: 0, removed: 0, moved: 0, relabelled: 0, same: 2 });
});

test("an answer that found nothing adds and removes", () => {
  const one = shape([0, 0, 0.1, 0.1]);
  assert.deepEqual(differenceOf([], [one]).added, [one]);
  assert.deepEqual(differenceOf([one], []).removed, [one]);
});

test("half an overlap is the same thing moved, less is another thing", () => {
  const old = shape([0, 0, 0.4, 0.1]);
  const near = shape([0.1, 0, 0.5, 0.1]);
  const far = shape([0.2, 0, 0.6, 0.1]);
  assert.deepEqual(differenceOf([old], [near]).moved, [{ before: old, after: near }]);
  assert.deepEqual(counts(differenceOf([old], [far])), { added: 1, removed: 1, moved: 0, relabelled: 0, same: 0 });
});

test("another label class at the same place is the same thing relabelled", () => {
  const old = shape([0, 0, 0.4, 0.1]);
  const fresh = shape([0, 0, 0.4, 0.1], "antenna");
  assert.deepEqual(differenceOf([old], [fresh]).relabelled, [{ before: old, after: fresh }]);
});

test("of two shapes at one place each finds the one of its own label class", () => {
  const place = [0.2, 0.2, 0.4, 0.4];
  const before = [shape(place, "wildfire"), shape(place, "antenna")];
  const after = [shape(place, "antenna"), shape(place, "wildfire")];
  assert.deepEqual(counts(differenceOf(before, after)), { added: 0, removed: 0, moved: 0, relabelled: 0, same: 2 });
});

test("each shape is paired once, with the one that overlaps most", () => {
  const old = shape([0, 0, 0.4, 0.4]);
  const close = shape([0, 0, 0.4, 0.39]);
  const closer = shape([0, 0, 0.4, 0.398]);
  const { moved, added } = differenceOf([old], [close, closer]);
  assert.deepEqual([moved[0].after, added], [closer, [close]]);
});

test("a difference is told by line and by words", () => {
  const words = { added: "added", removed: "removed", moved: "moved" };
  const old = shape([0, 0, 0.4, 0.1]);
  const difference = differenceOf([old, shape([0.8, 0.8, 0.9, 0.9])], [shape([0.05, 0, 0.45, 0.1]), shape([0.5, 0.5, 0.6, 0.6], "antenna")]);
  const marks = marksOf(difference, (key) => key, words);
  assert.deepEqual(marks.map(({ kind, text }) => [kind, text]), [
    ["before", ""],
    ["moved", "moved: wildfire"],
    ["removed", "removed: wildfire"],
    ["added", "added: antenna"],
  ]);
});
