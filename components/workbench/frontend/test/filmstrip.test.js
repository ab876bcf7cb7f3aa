import assert from "node:assert/strict";
import { test } from "node:test";

import { framesInARow, withGaps } from "../src/filmstrip.js";

const frame = (id, minute) => ({ id, captured_at: minute === null ? null : new Date(Date.UTC(2026, 7, 12, 15, minute)).toISOString(), state: "new", shapes: [] });

test("frames say how far they are from the one on screen", () => {
  const parts = withGaps([frame(1, 0), frame(2, 2), frame(3, 6)], 2);
  assert.deepEqual(parts.map((part) => part.caption), ["−2 min", parts[1].caption, "+4 min"]);
  assert.ok(parts[1].current);
  assert.match(parts[1].caption, /^\d\d:\d\d:\d\d$/);
});

test("a long gap is shown, a usual step is not", () => {
  const parts = withGaps([frame(1, 0), frame(2, 2), frame(3, 4), frame(4, 42)], 2);
  assert.deepEqual(parts.map((part) => part.gap ?? part.frame.id), [1, 2, 3, "38 min", 4]);
});

test("frames without a time have no caption and make no gap", () => {
  const parts = withGaps([frame(1, null), frame(2, null)], 1);
  assert.deepEqual(parts.map((part) => part.caption), ["", ""]);
});

test("a loop plays the frames up to the next gap, not what is hours away", () => {
  const frames = [frame(1, -600), frame(2, 0), frame(3, 2), frame(4, 4), frame(5, 6), frame(6, 300)];
  assert.deepEqual(framesInARow(frames, 3).map(({ id }) => id), [2, 3, 4, 5]);
  assert.deepEqual(framesInARow(frames, 6).map(({ id }) => id), [6]);
});
