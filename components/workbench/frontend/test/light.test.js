import assert from "node:assert/strict";
import { test } from "node:test";

import { gridLines, stepped } from "../src/light.js";

test("brightness steps to as taken and does not run away", () => {
  assert.equal(stepped(1.15, 1 / 1.15), 1);
  assert.equal(stepped(3.9, 1.15), 4);
  assert.equal(stepped(0.26, 1 / 1.15), 0.25);
});

test("grid lines lie at round numbers of pixels, apart enough to see between them", () => {
  const lines = gridLines({ scale: 0.55, offset: 0, length: 1920, room: 1056 });
  assert.deepEqual(lines.map(({ says }) => says), [200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800]);
  assert.equal(lines[0].at, 200 * 0.55);
});

test("close up the grid is one of single pixels' neighbourhoods, and only what is on screen is drawn", () => {
  const lines = gridLines({ scale: 32, offset: -32 * 900, length: 1920, room: 1056 });
  assert.deepEqual(lines.slice(0, 2).map(({ says }) => says), [900, 905]);
  assert.ok(lines.every(({ at }) => at >= 0 && at <= 1056));
});

test("the edges of the picture are no lines", () => {
  const lines = gridLines({ scale: 1, offset: 100, length: 300, room: 600 });
  assert.deepEqual(lines.map(({ says }) => says), [100, 200]);
});
