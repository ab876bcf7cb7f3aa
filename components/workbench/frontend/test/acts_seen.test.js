import assert from "node:assert/strict";
import { test } from "node:test";
import { createActsSeen } from "../src/acts_seen.js";

test("an answer made before one's own last one was stored knows of that one too", () => {
  const seen = createActsSeen();
  const body = { seen_acts: 0, shapes: [] };
  assert.equal(seen.fill({ mediaId: 7, body }).seen_acts, 0);
  seen.stored({ id: "a", mediaId: 7 }, { act: 1, media: { acts: 1 } });
  assert.equal(seen.fill({ mediaId: 7, body }).seen_acts, 1);
  assert.equal(seen.fill({ mediaId: 8, body }).seen_acts, 0);
  assert.equal(body.seen_acts, 0, "the kept answer stays as it was made");
});

test("an undo names the act that its answer became", () => {
  const seen = createActsSeen();
  const undo = { mediaId: 7, follows: "a", body: { decision: "undone", undoes: null } };
  assert.equal(seen.fill(undo).undoes, null);
  seen.stored({ id: "a", mediaId: 7 }, { act: 3, media: { acts: 5 } });
  assert.equal(seen.fill(undo).undoes, 3);
});
