import assert from "node:assert/strict";
import { test } from "node:test";

import {
  LEAST_ON_SCREEN, atLeast, boxToRect, clampPoints, clampRect, isTiny, overlapOf, pixelsToPoints, polygonArea, rectAround, rectBetween, rectToBox, sameShapes,
  shareOfPicture, smallest,
} from "../src/geometry.js";

const FRAME = { width: 1920, height: 1080 };
const shape = (box, points = null, label_class = "wildfire") => ({ label_class, box, points, origin: "human", confidence: null });

test("a box goes to pixels and comes back the same", () => {
  const box = [0.5, 0.5, 0.5229167, 0.5231481];
  assert.deepEqual(rectToBox(boxToRect(box, FRAME), FRAME), box);
});

test("fractions never leave the picture, whatever the rounding", () => {
  assert.deepEqual(rectToBox({ x: -0.0001, y: 0, w: 1920.0002, h: 1080 }, FRAME), [0, 0, 1, 1]);
  assert.deepEqual(pixelsToPoints([[1920.00001, -1]], FRAME), [[1, 0]]);
});

test("a rectangle between two corners does not care which came first", () => {
  assert.deepEqual(rectBetween([10, 20], [4, 50]), { x: 4, y: 20, w: 6, h: 30 });
});

test("a box that was moved over the edge is pushed back and keeps its size", () => {
  assert.deepEqual(clampRect({ x: -30, y: 1070, w: 44, h: 25 }, FRAME, true), { x: 0, y: 1055, w: 44, h: 25 });
});

test("a box that was resized over the edge is cut there", () => {
  assert.deepEqual(clampRect({ x: 1900, y: 10, w: 44, h: 25 }, FRAME, false), { x: 1900, y: 10, w: 20, h: 25 });
});

test("a polygon moved over the edge keeps its form", () => {
  assert.deepEqual(clampPoints([[-10, 5], [10, 5], [0, 25]], FRAME, true), [[0, 5], [20, 5], [10, 25]]);
});

test("the rectangle around a polygon touches its outermost corners", () => {
  assert.deepEqual(rectAround([[3, 9], [7, 2], [5, 5]]), { x: 3, y: 2, w: 4, h: 7 });
});

test("a polygon's area does not depend on its direction", () => {
  const square = [[0, 0], [2, 0], [2, 2], [0, 2]];
  assert.equal(polygonArea(square), 4);
  assert.equal(polygonArea([...square].reverse()), 4);
});

test("the smallest shape is found among boxes and polygons", () => {
  const speck = shape([0.5, 0.5, 0.52, 0.52]);
  const polygon = shape([0, 0, 0.5, 0.5], [[0, 0], [0.5, 0], [0, 0.5]]);
  assert.equal(smallest([polygon, speck]), speck);
  assert.equal(smallest([]), undefined);
  assert.equal(shareOfPicture(polygon), 0.125);
});

test("rounding does not make a drawing differ, a label class does", () => {
  const stored = shape([0.123456789, 0.2, 0.3, 0.4]);
  assert.ok(sameShapes([stored], [shape([0.1234568, 0.2, 0.3, 0.4])]));
  assert.ok(!sameShapes([stored], [shape([0.1234668, 0.2, 0.3, 0.4])]));
  assert.ok(!sameShapes([stored], [shape(stored.box, null, "antenna")]));
  assert.ok(!sameShapes([stored], []));
});

test("a speck is drawn at the least size on screen, around its own middle", () => {
  assert.equal(LEAST_ON_SCREEN, 8);
  assert.deepEqual(atLeast({ x: 100, y: 50, w: 2, h: 1 }), { x: 97, y: 46.5, w: 8, h: 8 });
  assert.deepEqual(atLeast({ x: 100, y: 50, w: 40, h: 3 }), { x: 100, y: 47.5, w: 40, h: 8 });
  assert.deepEqual(atLeast({ x: 100, y: 50, w: 40, h: 30 }), { x: 100, y: 50, w: 40, h: 30 });
  assert.deepEqual([isTiny({ w: 40, h: 3 }), isTiny({ w: 8, h: 8 })], [true, false]);
});

test("two boxes overlap by what they share of what they cover together", () => {
  assert.equal(overlapOf([0, 0, 0.5, 0.5], [0, 0, 0.5, 0.5]), 1);
  assert.equal(overlapOf([0, 0, 0.5, 1], [0.25, 0, 0.75, 1]), 1 / 3);
  assert.equal(overlapOf([0, 0, 0.5, 0.5], [0.5, 0, 1, 0.5]), 0);
});
