import assert from "node:assert/strict";
import { test } from "node:test";

import { createUnheard } from "../src/unheard.js";

const told = (selected, more = {}) => ({ scope: "a", selection_version: 0, selected, ...more });

test("a selection that Python does not know is still to be told", () => {
  const unheard = createUnheard();
  assert.equal(unheard.of(told([])), null);
  unheard.keep(new Set([3, 1]), told([]));
  assert.deepEqual(unheard.of(told([])), [3, 1]);
  assert.deepEqual(unheard.of(told([3])), [3, 1]);
});

test("a selection that was let go is told as well", () => {
  const unheard = createUnheard();
  unheard.keep(new Set(), told([1, 2]));
  assert.deepEqual(unheard.of(told([1, 2])), []);
});

test("what Python has confirmed is forgotten for good", () => {
  const unheard = createUnheard();
  unheard.keep([1, 2], told([]));
  assert.equal(unheard.of(told([2, 1])), null);
  assert.equal(unheard.of(told([])), null);
});

test("another filter, or a selection that Python has made, counts instead", () => {
  for (const more of [{ scope: "b" }, { selection_version: 1 }]) {
    const unheard = createUnheard();
    unheard.keep([1], told([]));
    assert.equal(unheard.of(told([], more)), null);
  }
});
