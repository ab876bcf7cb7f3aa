import assert from "node:assert/strict";
import { test } from "node:test";

import { dayAndClock, distance } from "../src/times.js";

test("a missing or broken time is shown as nothing", () => {
  assert.equal(dayAndClock(null), "");
  assert.equal(dayAndClock("yesterday"), "");
});

test("a time names its day and its seconds", () => {
  assert.match(dayAndClock("2026-08-12T17:42:08Z"), /^\d{1,2} Aug 2026 \d\d:\d\d:08$/);
});

test("neighbours say how far away they are in the unit that reads best", () => {
  const from = "2026-08-12T17:00:00Z";
  assert.equal(distance("2026-08-12T16:59:22Z", from), "−38 s");
  assert.equal(distance("2026-08-12T17:04:00+00:00", from), "+4 min");
  assert.equal(distance("2026-08-12T20:00:00Z", from), "+3 h");
  assert.equal(distance("2026-08-10T17:00:00Z", from), "−2 d");
  assert.equal(distance(from, from), "same time");
  assert.equal(distance(null, from), "");
});
