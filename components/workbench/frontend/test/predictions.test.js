import assert from "node:assert/strict";
import { test } from "node:test";

import { asSent, asTaken, comesFrom, leftOf, proposedAt } from "../src/predictions.js";

const shape = (x, confidence = 0.8, label_class = "wildfire") => ({ label_class, box: [x, 0.1, x + 0.1, 0.2], points: null, confidence });
const prediction = (id, ...shapes) => ({ id, model: `model ${id}`, score: null, shapes });
const keys = ({ left }) => left.map(({ key }) => key);
const SIZE = { width: 1000, height: 500 };

test("what is proposed stands the most certain first, of all models, above the threshold", () => {
  const predictions = [prediction(1, shape(0.1, 0.3), shape(0.5, 0.9)), prediction(2, shape(0.3, 0.6), shape(0.7, 0.05))];
  assert.deepEqual(keys(leftOf(predictions, [], 0)), ["1:1", "2:0", "1:0", "2:1"]);
  const shown = leftOf(predictions, [], 0.3);
  assert.deepEqual([keys(shown), shown.below], [["1:1", "2:0", "1:0"], 1]);
});

test("one that was taken is proposed no more, as it was or corrected; another model's stays", () => {
  const predictions = [prediction(1, shape(0.1), shape(0.5)), prediction(2, shape(0.1))];
  const [first] = leftOf(predictions, [], 0).left;
  const taken = { id: "a", ...asTaken(first) };
  assert.deepEqual(keys(leftOf(predictions, [taken], 0)), ["1:1", "2:0"]);
  const moved = { ...taken, box: [0.62, 0.1, 0.72, 0.2], origin: "human" };
  assert.deepEqual(keys(leftOf(predictions, [moved], 0)), ["1:0", "2:0"]);
  assert.deepEqual(keys(leftOf(predictions, [taken, moved], 0)), ["2:0"]);
  // A second one drawn from the same, once copied, hides nothing more than there is.
  assert.deepEqual(keys(leftOf(predictions, [taken, moved, { ...moved, id: "c" }], 0)), ["2:0"]);
});

test("one's own shape at the same place takes nothing away", () => {
  const predictions = [prediction(1, shape(0.1))];
  assert.deepEqual(keys(leftOf(predictions, [{ id: "a", ...shape(0.1), origin: "human" }], 0)), ["1:0"]);
});

test("a shape taken says which prediction it is from, and no more than that travels", () => {
  const [one] = leftOf([prediction(7, shape(0.1))], [], 0).left;
  const taken = { id: "a", ...asTaken(one) };
  assert.deepEqual(asSent(taken), { label_class: "wildfire", box: one.box, points: null, origin: "model", confidence: 0.8, prediction: 7 });
  assert.deepEqual(comesFrom(taken), { prediction: 7, model: "model 7" });
  const own = { id: "b", label_class: "dust", box: one.box, points: null, origin: "human", confidence: null, model: null };
  assert.deepEqual([asSent(own), comesFrom(own)], [{ label_class: "dust", box: one.box, points: null, origin: "human", confidence: null }, {}]);
});

test("one whose label class is offered no more is taken without it, and is the person's then", () => {
  const [one] = leftOf([prediction(7, shape(0.1))], [], 0).left;
  const { label_class, origin, confidence, prediction: from } = asTaken(one, false);
  assert.deepEqual([label_class, origin, confidence, from], [null, "human", null, 7]);
});

test("the smallest under the pointer is meant, and a speck is as large as it is drawn", () => {
  const large = { ...shape(0.1), box: [0, 0, 1, 1] };
  const speck = { ...shape(0.1), box: [0.5, 0.5, 0.5005, 0.501] };
  const { left } = leftOf([prediction(1, large, speck)], [], 0);
  const at = (x, y, scale) => proposedAt(left, [x, y], SIZE, scale)?.box;
  assert.equal(at(502, 251, 1), speck.box);
  assert.equal(at(520, 251, 1), large.box);
  assert.equal(at(507, 251, 0.5), speck.box);
  assert.equal(at(1200, 251, 1), undefined);
});
