import assert from "node:assert/strict";
import { test } from "node:test";

import { smallest } from "../src/magnifier.js";

test("the smallest shape is magnified first", () => {
  assert.equal(smallest([{ box: [0, 0, 0.5, 0.5] }, { box: [0.2, 0.2, 0.21, 0.22] }, { box: [0, 0, 1, 1] }]), 1);
});

test("the first of equals, and none of none", () => {
  assert.equal(smallest([{ box: [0, 0, 0.5, 0.5] }, { box: [0.5, 0.5, 1, 1] }]), 0);
  assert.equal(smallest([]), 0);
});
