import assert from "node:assert/strict";
import { test } from "node:test";

import { createDetails } from "../src/details.js";
import { createPictures } from "../src/pictures.js";
import { createQueue } from "../src/queue.js";

const COUNT = 1_000;
/** As the fastest pace plans it: see pace.js. */
const AHEAD = 12;
const LANES = 4;
const BUDGET = 64 * 1024 * 1024;
const HD = { width: 1920, height: 1080 };
const BYTES = HD.width * HD.height * 4;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A server of a thousand pictures, most of an ordinary size, some far larger. */
function server() {
  const items = Array.from({ length: COUNT }, (_, i) => ({ id: i + 1, source: "tower", annotation: null, ...(i % 40 === 39 ? { width: 8000, height: 6000 } : HD) }));
  return {
    async fetchPage(cursor) {
      const from = Number(cursor ?? 0);
      const to = from + 15;
      return { items: items.slice(from, to), next_cursor: to < COUNT ? String(to) : null, count: COUNT, capped: false };
    },
    async fetchPicture(id, size, signal) {
      await settled();
      signal.throwIfAborted();
      return { ...items[id - 1], size };
    },
    get: async (path) => (path.includes("neighbours") ? [{ id: Number(path.split("/")[2]), shapes: [] }] : []),
  };
}

test("stepping through a thousand pictures takes no more memory than the first hundred", async () => {
  const { fetchPage, fetchPicture, get } = server();
  const open = new Set();
  const most = { open: 0, bytes: 0, slots: 0, entries: 0, loading: 0 };
  let loading = 0;
  const pictures = createPictures({
    async fetchPicture(...asked) {
      most.loading = Math.max(most.loading, (loading += 1));
      return fetchPicture(...asked).finally(() => (loading -= 1));
    },
    async decode({ width, height, size }) {
      for (let i = 0; i < 3; i++) await settled();
      const scale = size === "original" ? 1 : 1600 / width;
      const bitmap = { width: width * scale, height: height * scale, close: () => open.delete(bitmap) };
      open.add(bitmap);
      return bitmap;
    },
    lanes: () => LANES,
    budget: BUDGET,
  });
  const queue = createQueue({ fetchPage });
  const details = createDetails({ api: { get }, onKnown() {} });
  const seen = [];

  await queue.fetchMore();
  while (queue.current) {
    const { item } = queue.current;
    seen.push(item.id);
    pictures.keep(queue.nearby(AHEAD).map((entry) => entry.item));
    // For a while somebody is faster than the pictures, and now and then looks closer.
    if (item.id % 100 < 70) await pictures.whenReady(item.id);
    if (item.id % 40 === 0) {
      await pictures.whenReady(item.id);
      await pictures.fetchOriginal(item.id);
    }
    await Promise.all([details.neighboursOf(item), details.askAnnotations(item.id), details.heard(item.id)]);
    most.open = Math.max(most.open, open.size);
    most.bytes = Math.max(most.bytes, pictures.bytes);
    most.slots = Math.max(most.slots, pictures.count);
    most.entries = Math.max(most.entries, queue.all.length);
    queue.next();
    await settled();
  }

  assert.deepEqual(seen, Array.from({ length: COUNT }, (_, i) => i + 1));
  assert.ok(most.slots <= AHEAD + 2, `${most.slots} slots`);
  // One more for each lane: what was let go while it was being decoded is closed a moment later.
  assert.ok(most.open <= AHEAD + 2 + LANES, `${most.open} bitmaps`);
  // The one on screen and the next are held whatever their size; the largest takes 8,000 by 6,000 pixels.
  assert.ok(most.bytes <= Math.max(BUDGET, 8000 * 6000 * 4 + BYTES), `${most.bytes} bytes`);
  assert.ok(most.loading <= LANES, `${most.loading} at a time`);
  // 200 behind, 13 ahead and a page.
  assert.ok(most.entries <= 200 + 13 + 15 + 1, `${most.entries} entries`);
  // Of what stands around a picture the last sixty are known, and no other.
  const known = (id) => details.historyOf(id) !== null || details.annotationsOf(id) !== null || details.framesOf({ id }) !== null;
  assert.deepEqual(seen.filter(known), seen.slice(-60));
  // Nobody waits for one that was left behind, and nothing stays open at the end.
  assert.equal(pictures.whenReady(500), null);
  pictures.clear();
  await settled();
  assert.deepEqual([open.size, pictures.count, pictures.bytes], [0, 0, 0]);
});
