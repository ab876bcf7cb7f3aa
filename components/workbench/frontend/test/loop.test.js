import assert from "node:assert/strict";
import { test } from "node:test";

import { ringStep } from "../src/loop.js";

test("a loop goes on from its last frame to its first, and back", () => {
  assert.deepEqual([ringStep(0, 9, 1), ringStep(8, 9, 1), ringStep(0, 9, -1)], [1, 0, 8]);
  assert.equal(ringStep(0, 0, 1), 0);
});
