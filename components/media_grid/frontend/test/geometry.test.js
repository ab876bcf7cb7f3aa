import assert from "node:assert/strict";
import { test } from "node:test";

import { fitOf, inWindow, placed, visibleBox, visiblePolygon } from "../src/geometry.js";

const tile = { width: 320, height: 180 };
const wide = { width: 1920, height: 1080 };

test("a 4:3 picture fills the tile, a square or upright one is shown whole", () => {
  assert.equal(fitOf(wide, tile), "cover");
  assert.equal(fitOf({ width: 640, height: 480 }, tile), "cover");
  assert.equal(fitOf({ width: 640, height: 640 }, tile), "contain");
  assert.equal(fitOf({ width: 1080, height: 1920 }, tile), "contain");
});

test("a picture that fills the tile sticks out equally on both sides", () => {
  assert.deepEqual(placed({ width: 640, height: 480 }, tile, "cover"), { left: 0, top: -30, width: 320, height: 240 });
});

test("a picture shown whole leaves equal margins", () => {
  assert.deepEqual(placed({ width: 100, height: 100 }, tile, "contain"), { left: 70, top: 0, width: 180, height: 180 });
});

test("a box of 0.05 % of the frame is eight pixels on screen, around its own middle", () => {
  const place = placed(wide, tile, "cover");
  const box = visibleBox([0.5, 0.5, 0.523, 0.523], place, tile);
  assert.equal(box.width, 8);
  assert.equal(box.height, 8);
  assert.ok(Math.abs(box.left + 4 - 0.5115 * 320) < 1e-9);
});

test("a box larger than that keeps its size", () => {
  const box = visibleBox([0.25, 0.25, 0.75, 0.75], placed(wide, tile, "cover"), tile);
  assert.deepEqual(box, { left: 80, top: 45, width: 160, height: 90 });
});

test("a box in the cropped part is marked at the edge instead of vanishing", () => {
  const place = placed({ width: 640, height: 480 }, tile, "cover");
  const box = visibleBox([0.4, 0, 0.6, 0.05], place, tile);
  assert.equal(box.top, 0);
  assert.equal(box.height, 8);
});

test("a polygon too small to see is left to its box", () => {
  const place = placed(wide, tile, "cover");
  assert.equal(visiblePolygon([[0.5, 0.5], [0.51, 0.5], [0.5, 0.51]], place), null);
  assert.equal(visiblePolygon([[0, 0], [1, 0], [0, 1]], place), "0.0,0.0 320.0,0.0 0.0,180.0");
});

test("shapes are placed in the window of a crop, those outside of it left away", () => {
  const shapes = [
    { box: [0.4, 0.4, 0.6, 0.6], points: [[0.4, 0.4], [0.6, 0.4], [0.5, 0.6]], colour: "#112233" },
    { box: [0.8, 0.4, 0.9, 0.6], points: null, colour: "#445566" },
  ];
  const [inside, ...others] = inWindow(shapes, [0.25, 0.25, 0.75, 0.75]);
  assert.deepEqual(others, []);
  assert.equal(inside.colour, "#112233");
  assert.deepEqual(inside.box.map((number) => Math.round(number * 100)), [30, 30, 70, 70]);
  assert.deepEqual(inside.points.map((point) => point.map((number) => Math.round(number * 100))), [[30, 30], [70, 30], [50, 70]]);
});

test("a window that reaches outside its picture keeps the shape where it is seen", () => {
  const [shape] = inWindow([{ box: [0, 0.4, 1, 0.6] }], [0, -0.5, 1, 1.5]);
  assert.deepEqual(shape.box.map((number) => Math.round(number * 100)), [0, 45, 100, 55]);
});
