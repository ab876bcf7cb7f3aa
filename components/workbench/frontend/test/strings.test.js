import assert from "node:assert/strict";
import { test } from "node:test";

import { recentDay } from "../src/strings.js";

const now = new Date(2026, 7, 14, 9, 30); // a Friday

test("a day is named as one would say it", () => {
  const on = (day, hour = 12) => recentDay(new Date(2026, 7, day, hour).toISOString(), now);
  assert.equal(on(14, 0), "today");
  assert.equal(on(13, 23), "yesterday");
  assert.equal(on(11), "last Tuesday");
  assert.equal(on(8), "last Saturday");
  assert.equal(on(7), "7 Aug");
  assert.equal(recentDay(new Date(2025, 7, 11).toISOString(), now), "11 Aug 2025");
});
