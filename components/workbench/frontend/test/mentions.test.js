import assert from "node:assert/strict";
import { test } from "node:test";

import { completed, mentionAt } from "../src/mentions.js";

test("a name begins at an @ that begins a word", () => {
  assert.deepEqual(mentionAt("look, @Ann", 10), { from: 7, typed: "ann" });
  assert.deepEqual(mentionAt("@", 1), { from: 1, typed: "" });
  assert.equal(mentionAt("ann@example.org", 15), null);
  assert.equal(mentionAt("@ann looks", 10), null);
});

test("only what stands before the caret counts", () => {
  assert.deepEqual(mentionAt("@cu is right", 3), { from: 1, typed: "cu" });
});

test("a name taken is written out, with one space after it", () => {
  assert.deepEqual(completed("see @cu", 7, "curator-2"), { text: "see @curator-2 ", caret: 15 });
  assert.deepEqual(completed("@cu is right", 3, "curator-2"), { text: "@curator-2 is right", caret: 11 });
});
