import assert from "node:assert/strict";
import { test } from "node:test";

import { overlap, sidesOf, spots, unmatched } from "../src/sides.js";

const shape = (label_class, ...box) => ({ label_class, box, points: null, origin: "human", confidence: null });
const annotation = (id, author, shapes = [], label_classes = []) => ({ id, author, shapes, label_classes, comment: null });
const disputed = (first, other, review = null) => ({ state: "disputed", annotation: first, dispute: { other, review, reason: "shapes" } });

test("two answers are two sides, the first one first", () => {
  const sides = sidesOf(disputed(annotation(1, "anna", [shape("wildfire", 0.1, 0.1, 0.2, 0.2)]), annotation(2, "ben")));
  assert.deepEqual([sides.first.author, sides.second.author], ["anna", "ben"]);
  assert.equal(sides.second.annotation.id, 2);
});

test("a decision can be the other side", () => {
  const { second } = sidesOf(disputed(annotation(1, "anna"), null, { decision: "rejected", author: "ben", comment: "blurred" }));
  assert.deepEqual([second.annotation, second.decision, second.author, second.comment], [null, "rejected", "ben", "blurred"]);
});

test("what is not disputed, or not told, has no sides", () => {
  assert.equal(sidesOf({ state: "annotated", annotation: annotation(1, "anna"), dispute: null }), null);
  assert.equal(sidesOf({ state: "disputed", annotation: annotation(1, "anna") }), null);
  assert.equal(sidesOf({ state: "disputed", annotation: annotation(1, "anna"), dispute: { other: null, review: null } }), null);
});

test("boxes overlap as far as they have in common", () => {
  assert.equal(overlap([0, 0, 0.2, 0.2], [0, 0, 0.2, 0.2]), 1);
  assert.equal(overlap([0, 0, 0.1, 0.1], [0.5, 0.5, 0.6, 0.6]), 0);
  assert.ok(Math.abs(overlap([0, 0, 0.2, 0.1], [0.1, 0, 0.3, 0.1]) - 1 / 3) < 1e-9);
});

test("what both drew in about the same place does not differ; another label class does", () => {
  const a = [shape("wildfire", 0.1, 0.1, 0.2, 0.2), shape("antenna", 0.5, 0.5, 0.6, 0.6)];
  const b = [shape("wildfire", 0.1, 0.1, 0.2, 0.19), shape("tree", 0.5, 0.5, 0.6, 0.6)];
  assert.deepEqual(unmatched(a, b).map((one) => one.label_class), ["antenna", "tree"]);
});

test("the spots to look at are where they differ, together where they touch, the smallest first", () => {
  const a = annotation(1, "anna", [shape("wildfire", 0.1, 0.1, 0.4, 0.4), shape("wildfire", 0.8, 0.8, 0.81, 0.81), shape("dust", 0, 0.9, 0.05, 1)]);
  const b = annotation(2, "ben", [shape("wildfire", 0.3, 0.3, 0.5, 0.6), shape("dust", 0, 0.9, 0.05, 1)]);
  assert.deepEqual(spots(sidesOf(disputed(a, b))), [[0.8, 0.8, 0.81, 0.81], [0.1, 0.1, 0.5, 0.6]]);
});

test("where the shapes agree, they themselves are shown; where there are none, nothing is", () => {
  const same = [shape("wildfire", 0.1, 0.1, 0.2, 0.2)];
  assert.deepEqual(spots(sidesOf(disputed(annotation(1, "anna", same), annotation(2, "ben", same, ["dark"])))), [[0.1, 0.1, 0.2, 0.2]]);
  assert.deepEqual(spots(sidesOf(disputed(annotation(1, "anna"), annotation(2, "ben", [], ["dark"])))), []);
});
