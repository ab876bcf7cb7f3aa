import assert from "node:assert/strict";
import { test } from "node:test";

import { toggled, withPageToggled, withRange } from "../src/selection.js";

const page = [11, 12, 13, 14, 15];

test("a second click on a selected media lets it go", () => {
  const once = toggled(new Set(), 12);
  assert.deepEqual([...once], [12]);
  assert.deepEqual([...toggled(once, 12)], []);
});

test("shift takes everything between the anchor and the media, in either direction", () => {
  assert.deepEqual([...withRange(new Set(), page, 12, 14)], [12, 13, 14]);
  assert.deepEqual([...withRange(new Set(), page, 14, 12)], [12, 13, 14]);
});

test("a range keeps what was selected before, on other pages too", () => {
  assert.deepEqual([...withRange(new Set([99]), page, 11, 12)].sort(), [11, 12, 99]);
});

test("a range from an anchor of another page is the one media", () => {
  assert.deepEqual([...withRange(new Set(), page, 99, 13)], [13]);
  assert.deepEqual([...withRange(new Set(), page, null, 13)], [13]);
});

test("select all takes the page, and lets the page go when all of it was selected", () => {
  const all = withPageToggled(new Set([99]), page);
  assert.equal(all.size, 6);
  assert.deepEqual([...withPageToggled(all, page)], [99]);
});
