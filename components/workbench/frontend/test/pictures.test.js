import assert from "node:assert/strict";
import { test } from "node:test";

import { createPictures, decodedBytes, firstSize } from "../src/pictures.js";

const item = (id, more = {}) => ({ id, width: 1920, height: 1080, ...more });
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** Pictures whose bitmaps are counted. */
function cache({ failing = new Set() } = {}) {
  const open = new Set();
  const asked = [];
  const pictures = createPictures({
    fetchPicture: async (id, size, signal) => {
      asked.push(`${id} ${size}`);
      await settled();
      signal.throwIfAborted();
      if (failing.has(id)) throw new Error("away");
      return `${id} ${size}`;
    },
    decode: async (blob) => {
      const bitmap = { blob, close: () => open.delete(bitmap) };
      open.add(bitmap);
      return bitmap;
    },
  });
  return { pictures, open, asked };
}

test("a picture of up to 1,920 pixels is shown as it is, a larger one in its screen size first", () => {
  assert.equal(firstSize(item(1)), "original");
  assert.equal(firstSize(item(1, { width: 4000, height: 3000 })), "screen");
  assert.equal(firstSize(item(1, { original_is_upright: false })), "screen");
});

test("what is wanted first is loaded first, three at a time", async () => {
  const { pictures, asked } = cache();
  pictures.keep([1, 2, 3, 4].map((id) => item(id)));
  assert.deepEqual(asked, ["1 original", "2 original", "3 original"]);
  await pictures.whenReady(4);
  assert.deepEqual(asked, ["1 original", "2 original", "3 original", "4 original"]);
  assert.equal(pictures.ready(3).bitmap.blob, "3 original");
});

test("over a thousand pictures no more than the wanted ones stay in memory", async () => {
  const { pictures, open } = cache();
  for (let at = 1; at <= 1000; at++) {
    pictures.keep(Array.from({ length: 7 }, (_, i) => item(at + i)));
    if (at % 3 === 0) await pictures.whenReady(at);
  }
  await settled();
  await pictures.whenReady(1006);
  assert.equal(pictures.count, 7);
  assert.ok(open.size <= 7);
  pictures.clear();
  assert.equal(open.size, 0);
});

test("one that is no longer wanted is not decoded for nothing, and its waiters are told", async () => {
  const { pictures, open } = cache();
  pictures.keep([item(1), item(2), item(3), item(4)]);
  const fourth = pictures.whenReady(4);
  pictures.keep([item(9)]);
  assert.equal((await fourth).bitmap, null);
  await pictures.whenReady(9);
  await settled();
  assert.equal(open.size, 1);
});

test("the original takes the place of the screen size once somebody looks closer", async () => {
  const { pictures, open } = cache();
  pictures.keep([item(1, { width: 4000, height: 3000 })]);
  await pictures.whenReady(1);
  assert.equal(await pictures.fetchOriginal(1), true);
  assert.equal(pictures.ready(1).bitmap.blob, "1 original");
  assert.equal(open.size, 1);
  assert.equal(await pictures.fetchOriginal(1), false);
});

test("a failure is told and can be tried again", async () => {
  const failing = new Set([1]);
  const { pictures } = cache({ failing });
  pictures.keep([item(1)]);
  assert.equal((await pictures.whenReady(1)).error.message, "away");
  failing.clear();
  pictures.retry(1);
  assert.ok((await pictures.whenReady(1)).bitmap);
});

test("as many are loaded at a time as the pace asks for, and each tells how long it took", async () => {
  const times = [];
  let lanes = 1;
  const asked = [];
  const pictures = createPictures({
    fetchPicture: async (id) => (asked.push(id), await settled(), id),
    decode: async () => ({ close() {} }),
    lanes: () => lanes,
    onLoaded: (ms) => times.push(ms),
  });
  pictures.keep([1, 2, 3, 4].map((id) => item(id)));
  assert.deepEqual(asked, [1]);
  lanes = 3;
  await pictures.whenReady(1);
  assert.deepEqual(asked, [1, 2, 3, 4]);
  await pictures.whenReady(4);
  assert.equal(times.length, 4);
});

test("decoded pictures stay within the budget, the one on screen and the next whatever they take", async () => {
  const full = decodedBytes(item(1));
  assert.equal(full, 1920 * 1080 * 4);
  assert.equal(decodedBytes(item(1, { width: 8000, height: 4000 })), 1600 * 800 * 4);
  const open = new Set();
  const make = (budget) =>
    createPictures({
      fetchPicture: async (id) => id,
      decode: async (id) => {
        const bitmap = { width: 1920, height: 1080, close: () => open.delete(id) };
        open.add(id);
        return bitmap;
      },
      budget,
    });
  const some = make(4.5 * full);
  some.keep(Array.from({ length: 12 }, (_, i) => item(i + 1)));
  await some.whenReady(4);
  await settled();
  assert.deepEqual([...open], [1, 2, 3, 4]);
  assert.equal(some.bytes, 4 * full);
  some.clear();
  const none = make(1);
  none.keep([item(7), item(8), item(9)]);
  assert.equal(none.count, 2);
});

test("an original that takes a lot of memory pushes the furthest ones out", async () => {
  const sizes = { 1: 1600 * 1200, 2: 1600 * 1200, 3: 1600 * 1200 };
  const pictures = createPictures({
    fetchPicture: async (id, size) => ({ id, size }),
    decode: async ({ id, size }) => ({ width: size === "original" ? 6_000 : sizes[id] / 1200, height: size === "original" ? 4_500 : 1200, close() {} }),
    budget: 115 * 1024 * 1024,
  });
  pictures.keep([1, 2, 3].map((id) => item(id, { width: 6_000, height: 4_500 })));
  await pictures.whenReady(3);
  assert.equal(pictures.count, 3);
  await pictures.fetchOriginal(1);
  assert.equal(pictures.count, 2);
});
