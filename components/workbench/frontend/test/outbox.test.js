import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../src/api.js";
import { createOutbox } from "../src/outbox.js";
import { openStore } from "../src/store.js";

let stores = 0;
const aStore = () => openStore(`test-${(stores += 1)}`);
const settled = async (times = 20) => {
  for (let i = 0; i < times; i++) await new Promise((resolve) => setTimeout(resolve));
};
let ids = 0;
const answer = (mediaId, more = {}) => ({ id: `answer-${(ids += 1)}`, access: 1, mediaId, path: "/reviews", body: { media_id: mediaId }, madeAt: ids, kept: {}, follows: null, ...more });

/** A server that answers as told, one reply per request; "ok" for ever after. */
function server(...replies) {
  const got = [];
  const post = async (path, body) => {
    got.push(body.media_id);
    const reply = replies.shift() ?? "ok";
    if (reply !== "ok") throw new ApiError(reply, { detail: `no ${reply}`, code: "x" }, reply === 503 ? 7 : null);
    return { media: { id: body.media_id } };
  };
  return { post, got };
}

/** Timers that ring when told. */
function clock() {
  const timers = [];
  return {
    timers,
    setTimer: (ring, ms) => timers.push({ ring, ms }),
    clearTimer: (number) => (timers[number - 1].ring = () => {}),
    ringLast: () => timers.at(-1).ring(),
  };
}

test("saved is said only after the server has answered", async () => {
  const store = await aStore();
  let reply;
  const outbox = createOutbox({ store, access: 1, post: () => new Promise((resolve) => (reply = resolve)) });
  assert.equal(outbox.status, "saved");
  outbox.add(answer(1));
  assert.equal(outbox.status, "saving");
  await settled();
  assert.equal(outbox.status, "saving");
  assert.equal((await store.all("outbox")).length, 1);
  reply({});
  await settled();
  assert.equal(outbox.status, "saved");
  assert.deepEqual(await store.all("outbox"), []);
});

test("without an answer everything is kept, said and tried again with a growing wait", async () => {
  const { post, got } = server(0, 0, "ok");
  const time = clock();
  const outbox = createOutbox({ store: await aStore(), access: 1, post, ...time });
  outbox.add(answer(1));
  await settled();
  assert.equal(outbox.status, "unsaved");
  time.ringLast();
  await settled();
  time.ringLast();
  await settled();
  assert.deepEqual(got, [1, 1, 1]);
  assert.deepEqual(time.timers.map(({ ms }) => ms), [1000, 2000]);
  assert.equal(outbox.status, "saved");
});

test("a server that asks to wait is waited for", async () => {
  const { post } = server(503);
  const time = clock();
  const outbox = createOutbox({ store: await aStore(), access: 1, post, ...time });
  outbox.add(answer(1));
  await settled();
  assert.equal(time.timers[0].ms, 7000);
  assert.equal(outbox.status, "unsaved");
});

test("signed out: nothing is lost, and it goes on after signing in", async () => {
  const { post, got } = server(401);
  const time = clock();
  const outbox = createOutbox({ store: await aStore(), access: 1, post, ...time });
  outbox.add(answer(1));
  await settled();
  assert.ok(outbox.signedOut);
  outbox.retry();
  await settled();
  assert.deepEqual(got, [1, 1]);
  assert.ok(!outbox.signedOut);
  assert.equal(outbox.status, "saved");
});

test("what was waiting survives a reload, in its order and for its own access only", async () => {
  const store = await aStore();
  const down = server(0, 0, 0, 0);
  const before = createOutbox({ store, access: 1, post: down.post, ...clock() });
  await before.add(answer(5));
  await before.add(answer(6));
  await store.put("outbox", answer(7, { access: 2 }));

  const up = server();
  const after = createOutbox({ store, access: 1, post: up.post });
  await after.load();
  await settled();
  assert.deepEqual(up.got, [5, 6]);
  assert.deepEqual((await store.all("outbox")).map((row) => row.mediaId), [7]);
});

test("what waits is sent although the page is no longer looked at", async () => {
  const waiting = [];
  const said = [];
  const store = await aStore();
  const outbox = createOutbox({ store, access: 1, post: (path, body) => new Promise((resolve) => waiting.push(resolve)), onStored: () => said.push("stored") });
  outbox.add(answer(1));
  outbox.add(answer(1));
  outbox.retire();
  await settled();
  waiting[0]({});
  await settled();
  waiting[1]({});
  await settled();
  assert.deepEqual(said, []);
  assert.deepEqual(await store.all("outbox"), []);
});

test("answers to one picture go one after the other, to several at once", async () => {
  const waiting = [];
  const outbox = createOutbox({ store: await aStore(), access: 1, post: (path, body) => new Promise((resolve) => waiting.push({ body, resolve })) });
  outbox.add(answer(1));
  outbox.add(answer(1));
  outbox.add(answer(2));
  await settled();
  assert.deepEqual(waiting.map(({ body }) => body.media_id), [1, 2]);
  waiting[0].resolve({});
  await settled();
  assert.deepEqual(waiting.map(({ body }) => body.media_id), [1, 2, 1]);
});

for (const status of [403, 404, 409, 422]) {
  test(`${status}: the answer comes back with the sentence and is not tried again`, async () => {
    const { post, got } = server(status);
    const store = await aStore();
    const refused = [];
    const outbox = createOutbox({ store, access: 1, post, onRefused: (one, error) => refused.push([one.mediaId, error.message]) });
    const one = answer(3);
    outbox.add(one);
    await settled();
    assert.deepEqual(refused, [[3, `no ${status}`]]);
    assert.equal(outbox.status, "unsaved");
    assert.deepEqual(got, [3]);
    // It survives a reload as well, until the person has decided what becomes of it.
    const again = createOutbox({ store, access: 1, post });
    assert.deepEqual((await again.load()).map((row) => [row.mediaId, row.refused.status]), [[3, status]]);
    again.settle(one.id);
    await settled();
    assert.equal(again.status, "saved");
    assert.deepEqual(await store.all("outbox"), []);
  });
}

test("what takes a refused answer back is forgotten with it", async () => {
  const { post, got } = server(422);
  const outbox = createOutbox({ store: await aStore(), access: 1, post });
  const one = answer(3);
  outbox.add(one);
  outbox.add(answer(3, { follows: one.id }));
  await settled();
  assert.deepEqual(got, [3]);
});

test("an answer that was never sent can be taken back, one that may have arrived cannot", async () => {
  const outbox = createOutbox({ store: await aStore(), access: 1, post: () => new Promise(() => {}) });
  const sent = answer(1);
  const behind = answer(1);
  outbox.add(sent);
  outbox.add(behind);
  await settled();
  assert.equal(outbox.cancel(sent.id), false);
  assert.equal(outbox.cancel(behind.id), true);
  assert.equal(outbox.waitingCount, 1);
});

test("without a database of the browser's own it works on, and says that it is not durable", async () => {
  const store = await openStore("none", { open: () => { throw new Error("private window"); } });
  assert.equal(store.durable, false);
  const { post, got } = server();
  const outbox = createOutbox({ store, access: 1, post });
  outbox.add(answer(1));
  await settled();
  assert.deepEqual(got, [1]);
  assert.deepEqual(await store.all("outbox"), []);
});

test("what the server cannot take keeps nothing else from it", async () => {
  const got = [];
  const post = async (path, body) => {
    got.push(body.media_id);
    if (body.media_id <= 3) throw new ApiError(500, { detail: "a bug" });
    return { media: { id: body.media_id } };
  };
  const time = clock();
  const outbox = createOutbox({ store: await aStore(), access: 1, post, ...time });
  for (const mediaId of [1, 2, 3, 4, 5]) outbox.add(answer(mediaId));
  await settled();
  assert.deepEqual(got, [1, 2, 3]);
  time.ringLast();
  await settled();
  assert.ok(got.includes(4) && got.includes(5));
  assert.equal(outbox.waitingCount, 3);
  assert.equal(outbox.status, "unsaved");
});

test("what is about several media waits for what was said of each of them, and the next answer waits for it", async () => {
  const replies = [];
  const post = (path) => new Promise((resolve) => replies.push([path, resolve]));
  const outbox = createOutbox({ store: await aStore(), access: 1, post });
  const said = () => replies.map(([path]) => path);
  const reply = async (at) => {
    replies[at][1]({});
    await settled();
  };
  outbox.add(answer(2, { path: "first" }));
  outbox.add(answer(9, { path: "batch", mediaIds: [1, 2] }));
  outbox.add(answer(1, { path: "after" }));
  outbox.add(answer(9, { path: "beside" }));
  assert.ok(outbox.holds(1) && outbox.waitingFor(2).length === 2);
  assert.deepEqual(said(), ["first", "beside"]);
  await reply(0);
  assert.deepEqual(said(), ["first", "beside", "batch"]);
  await reply(2);
  assert.deepEqual(said(), ["first", "beside", "batch", "after"]);
});
