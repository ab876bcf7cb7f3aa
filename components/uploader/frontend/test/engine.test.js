import assert from "node:assert/strict";
import { test } from "node:test";

import { EMPTY_BATCH } from "../src/batch.js";
import { createEngine } from "../src/engine.js";

const stored = (id, twin = false) => ({
  status: twin ? 200 : 201,
  body: { media: { id, created_at: "2026-08-12T17:00:00Z" }, twin, notes: [] },
  retryAfter: null,
});
const lost = { status: 0, body: null, retryAfter: null };
const away = (seconds) => ({ status: 503, body: { detail: "The bucket cannot be reached." }, retryAfter: String(seconds) });
const refused = (detail) => ({ status: 422, body: { detail }, retryAfter: null });

const found = (...names) => names.map((path) => ({ file: new File([`content of ${path}`], path.split("/").pop()), path }));
const frames = (count) => found(...Array.from({ length: count }, (_, index) => `frame-${index}.jpg`));

/** An engine with a clock of its own, which jumps to the next timer, before a server that answers as told. */
function engineBefore(answer) {
  const calls = [];
  let clock = 1_000_000;
  let keys = 0;
  const engine = createEngine({
    newKey: () => `key-${++keys}`,
    now: () => clock,
    random: () => 0.5,
    setTimer: (act, ms) => setImmediate(() => {
      clock += ms;
      act();
    }),
    clearTimer: clearImmediate,
    send: async (row, fields, progress) => {
      calls.push({ name: row.name, fields, key: row.key, at: clock });
      await new Promise((resolve) => setImmediate(resolve));
      return answer(row, calls.length, progress);
    },
  });
  const settled = () => new Promise((resolve) => {
    const look = () => engine.isBusy() && !engine.halted() ? undefined : resolve(undefined);
    engine.subscribe(look);
    look();
  });
  return { engine, calls, settled };
}

const statesOf = (engine) => engine.rows().map((row) => row.state);

test("nothing is sent before the person says so, then everything in natural order", async () => {
  const { engine, calls, settled } = engineBefore((row) => stored(row.id));
  engine.add(found("f10.jpg", "f2.jpg", "f1.jpg"));
  assert.deepEqual(calls, []);
  engine.start(EMPTY_BATCH);
  await settled();
  assert.deepEqual(calls.map((call) => call.name), ["f1.jpg", "f2.jpg", "f10.jpg"]);
  assert.deepEqual(statesOf(engine), ["registered", "registered", "registered"]);
  assert.equal(engine.hasUnsent(), false);
});

test("at most four files are on their way at a time", async () => {
  let now = 0;
  let most = 0;
  const { engine, settled } = engineBefore(async (row) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    return stored(row.id);
  });
  engine.add(frames(30));
  engine.start(EMPTY_BATCH);
  await settled();
  assert.equal(most, 4);
});

test("a lost connection loses no file, and each comes again with the key it had", async () => {
  let failures = 40;
  const { engine, calls, settled } = engineBefore((row) => (failures-- > 0 ? lost : stored(row.id)));
  engine.add(frames(12));
  engine.start(EMPTY_BATCH);
  await settled();
  assert.ok(statesOf(engine).every((state) => state === "registered"));
  assert.equal(calls.length, 52);
  for (const row of engine.rows()) {
    assert.ok(calls.filter((call) => call.name === row.name).every((call) => call.key === row.key));
  }
});

test("while nothing gets through, one file alone tries the way", async () => {
  let failures = 10;
  let onTheWay = 0;
  const together = [];
  const { engine, settled } = engineBefore(async (row) => {
    together.push(++onTheWay);
    await new Promise((resolve) => setImmediate(resolve));
    onTheWay -= 1;
    return failures-- > 0 ? lost : stored(row.id);
  });
  engine.add(frames(20));
  engine.start(EMPTY_BATCH);
  await settled();
  assert.ok(together.slice(4, 10).every((count) => count === 1), String(together));
});

test("a server that says when to come back is not asked before", async () => {
  let first = 4;
  const { engine, calls, settled } = engineBefore((row) => (first-- > 0 ? away(20) : stored(row.id)));
  engine.add(frames(4));
  engine.start(EMPTY_BATCH);
  await settled();
  assert.ok(calls.slice(4).every((call) => call.at - calls[0].at >= 20_000));
});

test("a file that troubles the server alone is put aside, and comes back when asked", async () => {
  let broken = true;
  const { engine, settled } = engineBefore((row) => (broken && row.name === "frame-1.jpg" ? { status: 500, body: null, retryAfter: null } : stored(row.id)));
  engine.add(frames(3));
  engine.start(EMPTY_BATCH);
  await settled();
  assert.deepEqual(statesOf(engine), ["registered", "failed", "registered"]);
  broken = false;
  engine.retryFailed();
  await settled();
  assert.deepEqual(statesOf(engine), ["registered", "registered", "registered"]);
});

test("a refused file says the rule and is not sent again", async () => {
  const { engine, calls, settled } = engineBefore(() => refused("a.jpg is not a picture. Nothing was stored."));
  engine.add(found("a.jpg"));
  engine.start(EMPTY_BATCH);
  await settled();
  assert.equal(engine.rows()[0].detail, "a.jpg is not a picture. Nothing was stored.");
  assert.equal(calls.length, 1);
});

test("who is signed out keeps every file and goes on after signing in", async () => {
  let signedIn = false;
  const { engine, settled } = engineBefore((row) => (signedIn ? stored(row.id) : { status: 401, body: null, retryAfter: null }));
  engine.add(frames(6));
  engine.start(EMPTY_BATCH);
  await settled();
  assert.match(engine.halted() ?? "", /signed out/);
  assert.equal(engine.hasUnsent(), true);
  signedIn = true;
  engine.goOn();
  await settled();
  assert.ok(statesOf(engine).every((state) => state === "registered"));
});

test("what is surely too large, or empty, is refused without being sent", async () => {
  const { engine, calls, settled } = engineBefore((row) => stored(row.id));
  engine.setLimits({ picture: 100 });
  engine.add([
    { file: new File(["x".repeat(200)], "large.jpg"), path: "large.jpg" },
    { file: new File([], "empty.jpg"), path: "empty.jpg" },
  ]);
  engine.start(EMPTY_BATCH);
  await settled();
  assert.deepEqual(statesOf(engine), ["refused", "refused"]);
  assert.match(engine.rows()[1].detail, /large\.jpg has 200 B; at most 100 B/);
  assert.equal(calls.length, 0);
});

test("files of the system are left out and counted", () => {
  const { engine } = engineBefore((row) => stored(row.id));
  engine.add(found("a.jpg", "x/.DS_Store", "x/Thumbs.db", "__MACOSX/x/a.jpg"));
  assert.deepEqual(engine.rows().map((row) => row.name), ["a.jpg"]);
  assert.equal(engine.skipped(), 3);
});

test("each file gets its place in the batch, and what the batch said when it was started", async () => {
  const { engine, calls, settled } = engineBefore((row) => stored(row.id));
  engine.add(found("f1.jpg", "f2.jpg"));
  engine.start({ ...EMPTY_BATCH, source: "north-ridge-2", start: "2026-08-12T17:00:00Z", interval: 30 });
  engine.add(found("f3.jpg"));
  engine.start({ ...EMPTY_BATCH, source: "south" });
  await settled();
  assert.deepEqual(calls.map((call) => [call.fields.source, call.fields.assumed_captured_at]), [
    ["north-ridge-2", "2026-08-12T17:00:00.000Z"],
    ["north-ridge-2", "2026-08-12T17:00:30.000Z"],
    ["south", undefined],
  ]);
});

test("an archive shows a row for each of its entries", async () => {
  const lines = [
    { name: "a.jpg", result: "registered", media_id: 1, looks_like: [9] },
    { name: "b.txt", result: "refused", detail: "b.txt is not a picture. Nothing was stored." },
  ];
  const { engine, settled } = engineBefore((row, count, progress) => {
    lines.forEach((line) => progress.onLine(line, "2026-08-12T17:00:00Z"));
    return { status: 200, body: null, retryAfter: null };
  });
  engine.add(found("many.zip"));
  engine.start(EMPTY_BATCH);
  await settled();
  assert.deepEqual(engine.rows().map((row) => [row.path, row.state]), [
    ["many.zip", "registered"],
    ["many.zip/a.jpg", "registered"],
    ["many.zip/b.txt", "refused"],
  ]);
  assert.deepEqual(engine.rows().map((row) => row.looksLike), [[], [9], []]);
});

test("an archive whose answer broke off comes again and keeps what it had registered", async () => {
  const { engine, settled } = engineBefore((row, count, progress) => {
    progress.onLine({ name: "a.jpg", result: count === 1 ? "registered" : "already_here", media_id: 1 }, "2026-08-12T17:00:00Z");
    return count === 1 ? lost : { status: 200, body: null, retryAfter: null };
  });
  engine.add(found("many.zip"));
  engine.start(EMPTY_BATCH);
  await settled();
  assert.deepEqual(engine.rows().map((row) => row.state), ["registered", "registered"]);
});

test("an archive that cannot be finished is put aside with the reason", async () => {
  const { engine, settled } = engineBefore((row, count, progress) => {
    progress.onLine({ name: "", result: "refused", detail: "The bucket cannot be reached." }, "2026-08-12T17:00:00Z");
    return { status: 200, body: null, retryAfter: null };
  });
  engine.add(found("many.zip"));
  engine.start(EMPTY_BATCH);
  await settled();
  assert.deepEqual([engine.rows()[0].state, engine.rows()[0].detail], ["failed", "The bucket cannot be reached."]);
});

test("stopping keeps what is done and makes the rest ready again", async () => {
  const { engine } = engineBefore((row) => new Promise(() => row));
  engine.add(frames(6));
  engine.start(EMPTY_BATCH);
  engine.stop();
  assert.ok(statesOf(engine).every((state) => state === "ready"));
});
