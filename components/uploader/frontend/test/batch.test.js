import assert from "node:assert/strict";
import { test } from "node:test";

import { EMPTY_BATCH, fieldsOf } from "../src/batch.js";
import { inNaturalOrder, isJunk, kindOf } from "../src/files.js";
import { windowOf } from "../src/list.js";
import { queryForRegistered } from "../src/summary.js";

test("what was not said for the batch is not sent", () => {
  assert.deepEqual(fieldsOf(EMPTY_BATCH, 3), {});
  assert.deepEqual(fieldsOf({ ...EMPTY_BATCH, tags: ["haze", "test set"], timezone: "Europe/Paris" }, 0), { tags: "haze;test set", timezone: "Europe/Paris" });
});

test("times follow each other at the interval", () => {
  const batch = { ...EMPTY_BATCH, start: "2026-08-12T19:00:00+02:00", interval: 1.5 };
  assert.equal(fieldsOf(batch, 0).assumed_captured_at, "2026-08-12T17:00:00.000Z");
  assert.equal(fieldsOf(batch, 3).assumed_captured_at, "2026-08-12T17:00:04.500Z");
});

test("an archive gets no time: its pictures have no place yet", () => {
  assert.deepEqual(fieldsOf({ ...EMPTY_BATCH, source: "ridge", start: "2026-08-12T19:00:00+02:00", interval: 30 }, null), { source: "ridge" });
});

test("frame 2 stands before frame 10, folder by folder", () => {
  const paths = ["b/f1.jpg", "a/f10.jpg", "a/f2.jpg"].map((path) => ({ path }));
  assert.deepEqual(inNaturalOrder(paths).map(({ path }) => path), ["a/f2.jpg", "a/f10.jpg", "b/f1.jpg"]);
});

test("what systems leave behind is known, whatever the folder", () => {
  for (const path of [".DS_Store", "a/.DS_Store", "a/Thumbs.db", "__MACOSX/a/._x.jpg", "a/desktop.ini"]) assert.ok(isJunk(path), path);
  for (const path of ["a.jpg", "a.b/c.jpg", "notes.txt"]) assert.ok(!isJunk(path), path);
});

test("a ZIP is an archive by its name or its type", () => {
  assert.equal(kindOf({ name: "frames.ZIP" }), "archive");
  assert.equal(kindOf({ name: "frames", type: "application/zip" }), "archive");
  assert.equal(kindOf({ name: "zip.jpg" }), "picture");
});

test("a video is one by its name or its type", () => {
  assert.equal(kindOf({ name: "clip.MP4" }), "video");
  assert.equal(kindOf({ name: "clip", type: "video/webm" }), "video");
  assert.equal(kindOf({ name: "mp4.jpg", type: "image/jpeg" }), "picture");
});

test("of any number of rows only those around the window exist", () => {
  assert.deepEqual(windowOf(0, 340, 2000), [0, 16]);
  assert.deepEqual(windowOf(34000, 340, 2000), [994, 1016]);
  assert.deepEqual(windowOf(0, 340, 3), [0, 3]);
  assert.deepEqual(windowOf(999999, 340, 20), [20, 20]);
});

test("the link shows what was registered, from the first second to the last", () => {
  const row = (state, createdAt) => ({ state, createdAt });
  const query = queryForRegistered([
    row("registered", "2026-08-12T17:00:03.250Z"), row("already_here", "2026-01-01T00:00:00Z"), row("registered", "2026-08-12T17:04:10Z"),
  ], "curator-1");
  assert.equal(query?.get("uploaded_from"), "2026-08-12T17:00:02Z");
  assert.equal(query?.get("uploaded_to"), "2026-08-12T17:04:12Z");
  assert.equal(query?.get("uploader"), "curator-1");
  assert.equal(queryForRegistered([row("already_here", "2026-01-01T00:00:00Z")], "curator-1"), null);
});
