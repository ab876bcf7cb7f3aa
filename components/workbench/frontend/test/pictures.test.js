import assert from "node:assert/strict";
import { test } from "node:test";

import { createPictures, firstSize } from "../src/pictures.js";

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
