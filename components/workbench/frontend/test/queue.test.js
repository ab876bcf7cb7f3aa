import assert from "node:assert/strict";
import { test } from "node:test";

import { createQueue, entryOf } from "../src/queue.js";

/** A queue route over these ids, in pages. */
function route(ids, page = 10) {
  const asked = [];
  return {
    asked,
    fetchPage: async (cursor) => {
      asked.push(cursor);
      const from = cursor ? Number(cursor) : 0;
      const items = ids.slice(from, from + page).map((id) => ({ id }));
      return { items, next_cursor: from + page < ids.length ? String(from + page) : null, count: ids.length, capped: false };
    },
  };
}
const numbers = (n) => Array.from({ length: n }, (_, i) => i + 1);
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("it is stepped through from the first to past the last", async () => {
  const queue = createQueue(route([1, 2]));
  await queue.fetchMore();
  assert.equal(queue.current.item.id, 1);
  assert.equal(queue.next().item.id, 2);
  assert.equal(queue.next(), undefined);
  assert.ok(queue.isComplete);
  assert.equal(queue.previous().item.id, 2);
});

test("more is fetched before it runs out, once at a time", async () => {
  const { fetchPage, asked } = route(numbers(60), 20);
  const queue = createQueue({ fetchPage });
  await queue.fetchMore();
  for (let i = 0; i < 6; i++) queue.next();
  assert.deepEqual(asked, [null]);
  queue.next();
  queue.next();
  await settled();
  assert.deepEqual(asked, [null, "20"]);
  assert.equal(queue.all.length, 40);
  assert.equal(queue.total, 60);
});

test("nothing is lost when a page fails, and it is asked for again", async () => {
  const { fetchPage } = route(numbers(30), 12);
  let broken = true;
  const errors = [];
  const queue = createQueue({
    fetchPage: (cursor) => (cursor && broken ? Promise.reject(new Error("away")) : fetchPage(cursor)),
    onError: (error) => errors.push(error.message),
  });
  await queue.fetchMore();
  queue.next();
  queue.next();
  await settled();
  assert.ok(errors.length > 0);
  broken = false;
  queue.next();
  await settled();
  assert.equal(queue.all.length, 24);
});

test("the next ones and the one before are what has to be ready", async () => {
  const queue = createQueue(route(numbers(20)));
  await queue.fetchMore();
  queue.next();
  assert.deepEqual(queue.nearby(5).map((entry) => entry.item.id), [2, 3, 4, 5, 6, 7, 1]);
});

test("a picture that comes back is the next one, never the one under the finger", async () => {
  const queue = createQueue(route([1, 2, 3, 4]));
  await queue.fetchMore();
  const first = queue.current;
  queue.next();
  queue.next();
  assert.equal(queue.bringBack(first), false);
  assert.equal(queue.current.item.id, 3);
  assert.equal(queue.next().item.id, 1);
  assert.equal(queue.next().item.id, 4);
});

test("one that comes back from an earlier visit joins as the next one", async () => {
  const queue = createQueue(route([1, 2]));
  await queue.fetchMore();
  queue.bringBack(entryOf({ id: 99 }));
  assert.equal(queue.next().item.id, 99);
  assert.equal(queue.next().item.id, 2);
  assert.equal(queue.total, 2);
});

test("a visited picture takes the place of the person, and the queue goes on after it", async () => {
  const queue = createQueue(route([1, 2]));
  await queue.fetchMore();
  assert.equal(queue.visit(entryOf({ id: 50 })).item.id, 50);
  assert.equal(queue.next().item.id, 1);
});

test("after a thousand pictures only some are remembered, and the position is still right", async () => {
  const queue = createQueue(route(numbers(1000), 50));
  await queue.fetchMore();
  for (let i = 0; i < 999; i++) {
    queue.next();
    await settled();
  }
  assert.equal(queue.current.item.id, 1000);
  assert.equal(queue.position, 1000);
  assert.equal(queue.total, 1000);
  assert.ok(queue.all.length <= 202);
});

test("before the end is said, what others have released is asked for once more, from the start", async () => {
  let ids = [1, 2];
  const asked = [];
  const queue = createQueue({
    asksAgain: true,
    fetchPage: async (cursor, again) => {
      asked.push(again);
      return { items: ids.map((id) => ({ id })), next_cursor: null, count: ids.length };
    },
  });
  await queue.fetchMore();
  queue.next();
  ids = [2, 9];
  assert.equal(queue.next(), undefined);
  assert.equal(queue.isComplete, false);
  await queue.fetchMore();
  assert.equal(queue.current.item.id, 9);
  queue.next();
  await queue.fetchMore();
  assert.ok(queue.isComplete);
  assert.deepEqual(asked, [false, true, true]);
});

test("pages full of what was skipped are passed over in the search for something new", async () => {
  const { fetchPage, asked } = route(numbers(30));
  const queue = createQueue({ fetchPage, asksAgain: true });
  while (queue.all.length < 30) await queue.fetchMore();
  for (let i = 0; i < 30; i++) queue.next();
  await queue.fetchMore();
  assert.ok(queue.isComplete);
  assert.deepEqual(asked, [null, "10", "20", null, "10", "20"]);
});

test("what others have taken leaves what is ahead; what is on screen, drawn on or decided stays", async () => {
  const queue = createQueue(route([1, 2, 3, 4, 5]));
  await queue.fetchMore();
  queue.find(3).work = { shapes: [], labels: [], replies: {} };
  queue.find(4).decided = "accepted";
  queue.lose(new Set([1, 2, 3, 4]));
  assert.deepEqual(queue.all.map((entry) => entry.item.id), [1, 3, 4, 5]);
  assert.equal(queue.total, 4);
});

test("what was lost can be had again once it is released", async () => {
  const queue = createQueue({ ...route([1, 2, 3]), asksAgain: true });
  await queue.fetchMore();
  queue.lose(new Set([2]));
  queue.next();
  queue.next();
  await queue.fetchMore();
  assert.equal(queue.current.item.id, 2);
});

test("an answer still on its way is not asked for again", async () => {
  const queue = createQueue({ ...route([1, 2, 3]), isAnswered: (item) => item.id === 1 });
  await queue.fetchMore();
  assert.equal(queue.current.item.id, 2);
});

test("what has to stay with this person: the one at hand, and those ahead without a decision", async () => {
  const queue = createQueue(route([1, 2, 3, 4]));
  await queue.fetchMore();
  queue.next();
  queue.find(3).decided = "rejected";
  assert.deepEqual(queue.ahead().map((entry) => entry.item.id), [2, 4]);
});

test("an empty queue is asked once more, then it is empty", async () => {
  const { fetchPage, asked } = route([]);
  const queue = createQueue({ fetchPage, asksAgain: true });
  await queue.fetchMore();
  assert.ok(queue.isComplete);
  assert.deepEqual(asked, [null, null]);
});
