import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";

import { openStore } from "../src/store.js";
import { Acts, Strokes } from "../src/undo.js";

const HOUR = 3600 * 1000;
const act = (id, at = 0, access = 1) => ({ id, access, at, act: "accepted", comment: null, item: { id: 1 }, work: null });

test("strokes are undone and done again, until something new is drawn", () => {
  const strokes = new Strokes("empty");
  strokes.push("one");
  strokes.push("two");
  assert.equal(strokes.undo(), "one");
  assert.equal(strokes.undo(), "empty");
  assert.equal(strokes.undo(), null);
  assert.equal(strokes.redo(), "one");
  strokes.push("other");
  assert.equal(strokes.redo(), null);
  assert.equal(strokes.present, "other");
});

test("decisions are undone last first, and done again", async () => {
  const acts = new Acts(await openStore("acts-1"), 1, () => HOUR);
  acts.add(act("a"));
  acts.add(act("b"));
  assert.equal(acts.takeLast().id, "b");
  assert.equal(acts.takeLast().id, "a");
  assert.equal(acts.takeLast(), null);
  assert.equal(acts.takeUndone().id, "a");
});

test("the day's decisions survive a reload, those of yesterday and of others do not", async () => {
  const store = await openStore("acts-2");
  const now = 30 * HOUR;
  const before = new Acts(store, 1, () => now);
  before.add(act("old", 1 * HOUR));
  before.add(act("mine", 20 * HOUR));
  await store.put("acts", act("theirs", 25 * HOUR, 2));
  const after = new Acts(store, 1, () => now);
  await after.load();
  assert.deepEqual(after.done.map((one) => one.id), ["mine"]);
});

test("a decision that the server refused cannot be undone", async () => {
  const acts = new Acts(await openStore("acts-3"), 1, () => HOUR);
  acts.add(act("a"));
  acts.drop("a");
  assert.equal(acts.takeLast(), null);
});
