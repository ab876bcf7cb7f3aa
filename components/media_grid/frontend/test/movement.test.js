import assert from "node:assert/strict";
import { test } from "node:test";

import { columnCount, moved } from "../src/movement.js";

test("left and right run on over the ends of rows and stop at both ends of the page", () => {
  assert.equal(moved("ArrowRight", 5, 14, 6), 6);
  assert.equal(moved("ArrowLeft", 6, 14, 6), 5);
  assert.equal(moved("ArrowLeft", 0, 14, 6), 0);
  assert.equal(moved("ArrowRight", 13, 14, 6), 13);
});

test("up and down stay in their column", () => {
  assert.equal(moved("ArrowDown", 1, 14, 6), 7);
  assert.equal(moved("ArrowUp", 7, 14, 6), 1);
  assert.equal(moved("ArrowUp", 3, 14, 6), 3);
});

test("down into the gap of a short last row leads to its last tile", () => {
  assert.equal(moved("ArrowDown", 10, 14, 6), 13);
  assert.equal(moved("ArrowDown", 13, 14, 6), 13);
});

test("other keys do not move, and nothing moves on an empty page", () => {
  assert.equal(moved("a", 3, 14, 6), null);
  assert.equal(moved("ArrowDown", 0, 0, 6), null);
});

test("columns are counted from what the browser laid out", () => {
  assert.equal(columnCount("213px 213px 213px"), 3);
  assert.equal(columnCount("none"), 1);
});
