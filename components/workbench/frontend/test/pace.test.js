import assert from "node:assert/strict";
import { test } from "node:test";

import { createPace, planFor, quantile } from "../src/pace.js";

test("before anything is measured some are loaded ahead, three at a time", () => {
  assert.deepEqual(planFor(null, null), { ahead: 5, lanes: 3 });
  assert.deepEqual(planFor(150, null), { ahead: 5, lanes: 3 });
});

test("who looks long at each picture on a quick network needs few ahead", () => {
  assert.deepEqual(planFor(8_000, 40), { ahead: 3, lanes: 2 });
});

test("a key every 150 ms is kept up with for a second", () => {
  const { ahead, lanes } = planFor(150, 60);
  assert.equal(ahead, 8);
  assert.equal(lanes, 2);
});

test("a slow network is met by more ahead and more at a time, within bounds", () => {
  assert.deepEqual(planFor(2_000, 3_000), { ahead: 4, lanes: 3 });
  assert.deepEqual(planFor(800, 3_000), { ahead: 9, lanes: 4 });
  assert.deepEqual(planFor(150, 20_000), { ahead: 12, lanes: 4 });
});

test("what is ahead never runs out at a steady pace, once it is loaded", () => {
  for (const look of [150, 400, 1_000, 3_000]) {
    for (const load of [30, 200, 900]) {
      const { ahead, lanes } = planFor(look, load);
      const wanted = load / look;
      // As many pictures come as are looked at, unless the network cannot carry them at all.
      if (wanted <= 3) assert.ok(lanes / load >= 1 / look, `${look} ${load}`);
      if (wanted <= 3) assert.ok(ahead >= Math.min(12, Math.ceil(wanted)), `${look} ${load}`);
    }
  }
});

test("the pace is the median of what was decided, and time away does not count", () => {
  const pace = createPace();
  assert.equal(pace.median, null);
  assert.equal(pace.perHour, null);
  pace.left(2_000, true);
  pace.left(2_000, true);
  pace.left(4_000, true);
  pace.left(500, false);
  assert.equal(pace.median, 2_000);
  pace.left(3_600_000, true); // lunch
  assert.equal(pace.median, 4_000);
  assert.equal(pace.perHour, Math.round((4 * 3_600_000) / 68_500));
});

test("a decision taken back is no decision", () => {
  const pace = createPace();
  for (let i = 0; i < 4; i++) pace.left(1_000, true);
  pace.takenBack();
  assert.equal(pace.perHour, 2_700);
});

test("the plan follows the last pictures, skipped ones too", () => {
  const pace = createPace();
  for (let i = 0; i < 40; i++) pace.left(5_000, true);
  for (let i = 0; i < 5; i++) pace.loaded(60);
  assert.equal(pace.plan.ahead, 3);
  for (let i = 0; i < 40; i++) pace.left(150, false);
  assert.equal(pace.plan.ahead, 8);
  assert.equal(pace.median, 5_000);
});

test("a quantile of nothing is nothing", () => {
  assert.equal(quantile([], 0.5), null);
  assert.equal(quantile([3, 1, 2], 0.5), 2);
  assert.equal(quantile([1, 2, 3, 4, 100], 0.8), 100);
});
