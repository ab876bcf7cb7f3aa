import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../src/api.js";
import { createDrafts } from "../src/drafts.js";
import { openStore } from "../src/store.js";

const BOX = { label_class: "wildfire", box: [0.1, 0.1, 0.2, 0.2], points: null, origin: "human", confidence: null };
const drawing = (...shapes) => ({ shapes, labels: [], replies: {} });
const settled = async (times = 20) => {
  for (let i = 0; i < times; i++) await new Promise((resolve) => setTimeout(resolve));
};
let stores = 0;

/** One machine's drafts, over a server whose rows are given. */
async function machine({ store, rows = [], answer = async () => null, at = Date.parse("2026-08-12T10:00:00Z") } = {}) {
  store ??= await openStore(`drafts-${(stores += 1)}`);
  const time = { now: at, timers: [] };
  const sent = [];
  const drafts = createDrafts({
    store,
    access: 1,
    api: {
      put: (path, body) => (sent.push(["PUT", path, body]), answer(path, body)),
      remove: (path) => (sent.push(["DELETE", path]), answer(path)),
    },
    now: () => time.now,
    setTimer: (ring, ms) => {
      const timer = { ring, ms };
      time.timers.push(timer);
      return timer;
    },
    clearTimer: (timer) => (time.timers = time.timers.filter((one) => one !== timer)),
  });
  await drafts.load(rows);
  const ring = async () => {
    for (const timer of time.timers.splice(0)) timer.ring();
    await settled();
  };
  return { drafts, store, sent, time, ring };
}
const row = (mediaId, made_at, shapes = [BOX], based_on = null) => ({ media_id: mediaId, based_on, drawing: { shapes, labels: [], replies: {} }, made_at });

test("every stroke is kept in the browser at once, and the server gets the last one after two seconds", async () => {
  const { drafts, store, sent, time, ring } = await machine();
  drafts.keep(7, null, drawing(BOX));
  drafts.keep(7, null, drawing({ ...BOX, id: "only here" }, BOX));
  assert.deepEqual(drafts.whereIs(7), { here: false, server: false });
  await settled();
  assert.equal((await store.all("drafts"))[0].shapes.length, 2);
  assert.deepEqual(drafts.whereIs(7), { here: true, server: false });
  assert.deepEqual(time.timers.map(({ ms }) => ms), [2000]);
  await ring();
  assert.equal(sent.length, 1);
  const [, path, body] = sent[0];
  assert.equal(path, "/drafts/7");
  assert.deepEqual(body.drawing.shapes, [BOX, BOX]);
  assert.equal(body.made_at, "2026-08-12T10:00:00.001Z");
  assert.deepEqual(drafts.whereIs(7), { here: true, server: true });
});

test("what was drawn while a request was under way is sent after it", async () => {
  let reply;
  const { drafts, sent, ring } = await machine({ answer: () => new Promise((resolve) => (reply = resolve)) });
  drafts.keep(7, null, drawing(BOX));
  await ring();
  drafts.keep(7, null, drawing(BOX, BOX));
  await ring();
  assert.equal(sent.length, 1);
  assert.deepEqual(drafts.whereIs(7).server, false);
  reply();
  await settled();
  assert.equal(drafts.whereIs(7).server, false);
  await ring();
  assert.equal(sent[1][2].drawing.shapes.length, 2);
});

test("without network it is kept here only, and tried again", async () => {
  let away = true;
  const { drafts, sent, ring } = await machine({ answer: async () => (away ? Promise.reject(new ApiError(0, null)) : null) });
  drafts.keep(7, null, drawing(BOX));
  await ring();
  assert.deepEqual(drafts.whereIs(7), { here: true, server: false });
  away = false;
  drafts.retry();
  await settled();
  assert.equal(sent.length, 2);
  assert.deepEqual(drafts.whereIs(7), { here: true, server: true });
});

test("what the server refuses is kept here and not sent again", async () => {
  const { drafts, sent, time, ring } = await machine({ answer: async () => Promise.reject(new ApiError(404, {})) });
  drafts.keep(7, null, drawing(BOX));
  await ring();
  drafts.retry();
  await settled();
  assert.equal(sent.length, 1);
  assert.deepEqual(time.timers, []);
  assert.deepEqual(drafts.whereIs(7), { here: true, server: false });
});

test("a drawing is offered on another machine", async () => {
  const { drafts } = await machine({ rows: [row(7, "2026-08-12T09:59:00Z", [BOX], 12)] });
  assert.deepEqual(drafts.find(7), { basedOn: 12, drawing: drawing(BOX) });
  await settled();
  assert.deepEqual(drafts.whereIs(7), { here: true, server: true });
});

test("of two states of one drawing the newer one counts, whichever side has it", async () => {
  const store = await openStore("drafts-both");
  const first = await machine({ store });
  first.drafts.keep(7, null, drawing(BOX));
  first.drafts.keep(8, null, drawing(BOX));
  await settled();
  const second = await machine({ store, rows: [row(7, "2026-08-12T09:00:00Z", []), row(8, "2026-08-12T11:00:00Z", [BOX, BOX])] });
  await settled();
  assert.equal(second.drafts.find(7).drawing.shapes.length, 1);
  assert.equal(second.drafts.find(8).drawing.shapes.length, 2);
  assert.deepEqual(second.sent.map(([how, path]) => `${how} ${path}`), ["PUT /drafts/7"]);
});

test("one that was sent and is gone was submitted elsewhere; one that was never sent is not gone", async () => {
  const store = await openStore("drafts-elsewhere");
  let away = false;
  const answer = async () => (away ? Promise.reject(new ApiError(0, null)) : null);
  const first = await machine({ store, answer });
  first.drafts.keep(7, null, drawing(BOX));
  await first.ring();
  away = true;
  first.drafts.keep(8, null, drawing(BOX));
  await first.ring();
  const second = await machine({ store, rows: [] });
  assert.equal(second.drafts.find(7), null);
  assert.ok(second.drafts.find(8));
  const offline = await machine({ store: await openStore("drafts-elsewhere"), rows: null });
  assert.ok(offline.drafts.find(8));
});

test("submitted before it was ever sent, nothing is sent", async () => {
  const { drafts, sent, store, ring } = await machine();
  drafts.keep(7, null, drawing(BOX));
  drafts.drop(7, Number.POSITIVE_INFINITY);
  await ring();
  assert.deepEqual(sent, []);
  assert.deepEqual(await store.all("drafts"), []);
});

test("submitted while one was on its way, the server is told to forget that one", async () => {
  let reply;
  const { drafts, sent, ring } = await machine({ answer: () => new Promise((resolve) => (reply = resolve)) });
  drafts.keep(7, null, drawing(BOX));
  await ring();
  drafts.drop(7, Number.POSITIVE_INFINITY);
  assert.equal(drafts.find(7), null);
  await ring();
  reply();
  await settled();
  await ring();
  reply();
  await settled();
  assert.deepEqual(sent.map(([how]) => how), ["PUT", "DELETE"]);
});

test("dropped without network, it stays dropped after a reload", async () => {
  const store = await openStore("drafts-dropped");
  let away = false;
  const first = await machine({ store, answer: async () => (away ? Promise.reject(new ApiError(0, null)) : null) });
  first.drafts.keep(7, null, drawing(BOX));
  await first.ring();
  away = true;
  first.drafts.drop(7);
  await first.ring();
  const second = await machine({ store, rows: [row(7, "2026-08-12T10:00:00Z")] });
  await settled();
  assert.equal(second.drafts.find(7), null);
  assert.deepEqual(second.sent, [["DELETE", "/drafts/7"]]);
  assert.deepEqual(await store.all("drafts"), []);
});

test("what was drawn after the answer stays, and is sent once more", async () => {
  const { drafts, sent, time, ring } = await machine();
  drafts.keep(7, null, drawing(BOX));
  await ring();
  drafts.drop(7, time.now - 1_000);
  assert.ok(drafts.find(7));
  assert.equal(drafts.whereIs(7).server, false);
  await ring();
  assert.equal(sent.length, 2);
});

test("leaving the page sends the last state, whatever is still on its way", async () => {
  const { drafts, sent, ring } = await machine({ answer: () => new Promise(() => {}) });
  drafts.keep(7, null, drawing(BOX));
  await ring();
  drafts.keep(7, null, drawing(BOX, BOX));
  drafts.flush();
  assert.equal(sent.at(-1)[2].drawing.shapes.length, 2);
});

test("in a private window it is kept on the server only", async () => {
  const store = await openStore("none", { open: () => { throw new Error("private window"); } });
  const { drafts, ring } = await machine({ store });
  drafts.keep(7, null, drawing(BOX));
  await ring();
  assert.deepEqual(drafts.whereIs(7), { here: false, server: true });
});

test("a week later it is forgotten", async () => {
  const store = await openStore("drafts-week");
  const first = await machine({ store });
  first.drafts.keep(7, null, drawing(BOX));
  await settled();
  const second = await machine({ store, rows: null, at: Date.parse("2026-08-20T10:00:00Z") });
  assert.equal(second.drafts.find(7), null);
});

const CORNERS = { tool: "polygon", points: [[0.1, 0.1], [0.2, 0.1]], label_class: "wildfire" };

test("corners of a polygon that is not closed are kept in the browser only, until it is closed or given up", async () => {
  const { drafts, store, sent, ring } = await machine();
  drafts.keepUnfinished(7, null, CORNERS);
  await ring();
  assert.deepEqual(drafts.find(7), { basedOn: null, drawing: null, unfinished: CORNERS });
  drafts.flush();
  assert.deepEqual(sent, []);
  const again = await machine({ store });
  assert.deepEqual(again.drafts.find(7).unfinished, CORNERS);
  assert.deepEqual(again.drafts.media, [7]);
  again.drafts.keepUnfinished(7, null, null);
  await again.ring();
  assert.equal(again.drafts.find(7), null);
  assert.deepEqual(again.sent, []);
  assert.deepEqual(await store.all("drafts"), []);
});

test("beside what is drawn they go with it, and change nothing of what the server has", async () => {
  const { drafts, sent, store, ring } = await machine();
  drafts.keep(7, null, drawing(BOX));
  await ring();
  drafts.keepUnfinished(7, null, CORNERS);
  await ring();
  assert.equal(sent.length, 1);
  assert.deepEqual(drafts.whereIs(7), { here: true, server: true });
  drafts.keep(7, null, drawing(BOX, BOX));
  await ring();
  assert.ok(!("unfinished" in sent[1][2].drawing));
  const again = await machine({ store, rows: [row(7, sent[1][2].made_at, [BOX, BOX])] });
  assert.deepEqual(again.drafts.find(7), { basedOn: null, drawing: drawing(BOX, BOX), unfinished: CORNERS });
});

test("when the rest of the drawing is taken back the server forgets that, and the corners stay", async () => {
  const { drafts, sent, store, ring } = await machine();
  drafts.keep(7, null, drawing(BOX));
  await ring();
  drafts.drop(7);
  drafts.keepUnfinished(7, null, CORNERS);
  await ring();
  assert.deepEqual(sent.map(([how]) => how), ["PUT", "DELETE"]);
  const again = await machine({ store });
  assert.deepEqual(again.drafts.find(7), { basedOn: null, drawing: null, unfinished: CORNERS });
});
